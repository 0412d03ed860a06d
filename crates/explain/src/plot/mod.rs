//! Plots as SVG: functions and their derivatives, boundaries, surfaces and paths on them, norms of gradients.
//!
//! Requires the feature `plot`. The pictures have light colors, and dark ones if the browser prefers them. The learning
//! curves of a training run are plotted by `History::to_svg` in `train`.
//!
//! | file | contents |
//! |---|---|
//! | `function.rs` | functions of one variable, each with its derivative |
//! | `boundary.rs` | the output of a classifier over a plane, and examples |
//! | `surface.rs` | a function of two variables, and paths on it |
//! | `norms.rs` | the norm of the gradient in each layer |
//! | `bands.rs` | values over a plane in bands of equal color |
//! | `compact.rs` | smaller SVG files |

mod bands;
mod boundary;
mod compact;
mod function;
mod norms;
mod surface;

pub use boundary::boundary;
pub use function::{Function, functions};
pub use norms::norms;
pub use surface::{Path, surface};

use crate::notation::number;
use plotters::prelude::*;
use std::fmt;
use std::ops::Range;

const SIZE: (u32, u32) = (640, 480);
/// Colors that color-blind readers can distinguish (Okabe and Ito 2008).
const COLORS: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(0, 0, 0),
];

/// The error of a plot.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum PlotError {
    /// A range is empty or not finite.
    Range {
        /// The start of the range.
        start: f64,
        /// The end of the range.
        end: f64,
    },
    /// No value is finite, so there is nothing to plot.
    NoFiniteValues,
    /// The drawing failed.
    Drawing(String),
}

impl fmt::Display for PlotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlotError::Range { start, end } => {
                write!(f, "expected a finite range in ascending order, got {start}..{end}")
            }
            PlotError::NoFiniteValues => write!(f, "no value is finite, so there is nothing to plot"),
            PlotError::Drawing(why) => write!(f, "the plot could not be drawn: {why}"),
        }
    }
}

tensor::debug_as_display!(PlotError);

impl std::error::Error for PlotError {}

type Canvas<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// Draws on a canvas, and returns the SVG.
fn drawn(draw: impl FnOnce(&Canvas<'_>) -> Drawn) -> Result<String, PlotError> {
    let mut svg = String::new();
    {
        let canvas = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        canvas.fill(&WHITE).and_then(|()| draw(&canvas)).map_err(|e| PlotError::Drawing(e.to_string()))?;
        canvas.present().map_err(|e| PlotError::Drawing(e.to_string()))?;
    }
    let svg = compact::compact(&svg);
    // The filter exchanges black and white, and keeps the hues.
    const DARK: &str =
        "<style>@media (prefers-color-scheme: dark) { svg { filter: invert(0.9) hue-rotate(180deg); } }</style>";
    Ok(match svg.find('>') {
        Some(end) => format!("{}\n{DARK}{}", &svg[..=end], &svg[end + 1..]),
        None => svg,
    })
}

/// Creates a chart with a title, and this space for the labels below and on the left, in pixels.
fn titled<'c, 'a>(
    canvas: &'c Canvas<'a>,
    title: &str,
    below: i32,
    beside: i32,
) -> ChartBuilder<'c, 'static, SVGBackend<'a>> {
    let mut chart = ChartBuilder::on(canvas);
    chart.caption(plain(title), ("sans-serif", 18)).margin(10).x_label_area_size(below).y_label_area_size(beside);
    chart
}

/// Draws a curve with a legend entry, and gaps where `inside` is false.
fn curve<C: CoordTranslate<From = (f64, f64)>>(
    chart: &mut ChartContext<'_, SVGBackend<'_>, C>,
    points: &[(f64, f64)],
    inside: impl Fn(&(f64, f64)) -> bool,
    name: &str,
    color: RGBColor,
    is_dashed: bool,
) -> Drawn {
    let style = color.stroke_width(2);
    for (i, run) in points.split(|p| !inside(p)).filter(|run| !run.is_empty()).enumerate() {
        let run = run.iter().copied();
        let drawn = match is_dashed {
            true => chart.draw_series(DashedLineSeries::new(run, 5, 4, style))?,
            false => chart.draw_series(LineSeries::new(run, style))?,
        };
        if i == 0 && is_dashed {
            drawn
                .label(legend(name))
                .legend(move |(x, y)| plotters::element::DashedPathElement::new([(x, y), (x + 20, y)], 5, 4, style));
        } else if i == 0 {
            drawn.label(legend(name)).legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], style));
        }
    }
    Ok(())
}

fn checked(range: &Range<f64>) -> Result<(), PlotError> {
    let Range { start, end } = *range;
    if start < end && (end - start).is_finite() { Ok(()) } else { Err(PlotError::Range { start, end }) }
}

/// Returns the range of the finite values, with a margin at both ends.
fn range_of(values: impl Iterator<Item = f64>) -> Result<Range<f64>, PlotError> {
    let (low, high) =
        values.filter(|v| v.is_finite()).fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    if low > high {
        return Err(PlotError::NoFiniteValues);
    }
    let room = if low < high { 0.05 * (high - low) } else { 0.5 };
    Ok(low - room..high + room)
}

/// Formats the labels of an axis. Rounding errors around 0 are written as 0.
fn tick(range: &Range<f64>) -> impl Fn(&f64) -> String + use<> {
    let grain = (range.end - range.start) * 1e-6;
    move |at| number((at / grain).round() * grain, 4)
}

/// Returns the text of a legend entry. The spaces make up for the box, which the crate `plotters` makes too narrow.
fn legend(name: &str) -> String {
    format!("{}\u{a0}\u{a0}", plain(name))
}

/// Removes control characters. The crate `plotters` escapes XML, but keeps these, which XML does not allow.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_plain_numbers() {
        let tick = tick(&(-1.0..1.0));
        assert_eq!(["0", "0.2", "-0.4"], [-1e-17, 0.1 + 0.1 + 1e-16, -0.4].map(|x| tick(&x)));
    }

    #[test]
    fn every_plot_has_plain_colors() {
        let plane = |x: f64, y: f64| x - y;
        let unit = || 0.0..1.0;
        let plots = [
            functions("t", -1.0..1.0, &[("tanh", |x| x.tanh())]),
            norms("t", &[("relu", vec![1.0, 2.0])]),
            boundary("t", unit(), unit(), plane, &[([0.5, 0.5], 1)]),
            surface("t", unit(), unit(), plane, &[("path", vec![[0.2, 0.2], [0.8, 0.5]])]),
        ];
        for svg in plots {
            crate::picture::color::assert_plain_colors(&svg.expect("a plot"));
        }
    }

    #[test]
    fn ranges() {
        assert_eq!(checked(&(0.0..1.0)), Ok(()));
        for range in [1.0..1.0, 1.0..0.0, 0.0..f64::INFINITY, f64::NAN..1.0] {
            assert!(matches!(checked(&range), Err(PlotError::Range { .. })), "{range:?}");
        }
        assert_eq!(range_of([1.0, f64::NAN, 3.0].into_iter()), Ok(0.9..3.1));
        assert_eq!(range_of([2.0].into_iter()), Ok(1.5..2.5));
        assert_eq!(range_of([f64::INFINITY].into_iter()), Err(PlotError::NoFiniteValues));
    }
}
