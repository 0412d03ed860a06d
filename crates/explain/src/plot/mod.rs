//! Plots as SVG: functions and their derivatives, boundaries, surfaces and paths on them, norms of gradients.
//!
//! Needs the feature `plot`. The pictures are drawn for light ground and turn dark where the reader has chosen so. The
//! learning curves of a training run are drawn by its history: `History::to_svg` in `train`.
//!
//! | file | what it shows |
//! |---|---|
//! | `function.rs` | functions of a number, each with its derivative |
//! | `boundary.rs` | what a classifier says over a plane, and the examples |
//! | `surface.rs` | a function of two numbers, and paths on it |
//! | `norms.rs` | the size of the gradient in each layer |
//! | `bands.rs` | values over a plane in bands of one color |
//! | `compact.rs` | the same drawing in fewer words |

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
/// Colors that stay apart for color-blind readers (Okabe and Ito 2008).
const COLORS: [RGBColor; 7] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
    RGBColor(0, 0, 0),
];

/// Why there is no plot.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum PlotError {
    /// A range without an inside.
    Range {
        /// Where it begins.
        start: f64,
        /// Where it ends.
        end: f64,
    },
    /// Nothing was given that could be drawn: no value is a finite number.
    NoFiniteValues,
    /// The drawing failed.
    Drawing(String),
}

impl fmt::Display for PlotError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlotError::Range { start, end } => {
                write!(f, "the range from {start} to {end} has no inside; choose finite numbers in ascending order")
            }
            PlotError::NoFiniteValues => write!(f, "no value is a finite number, so there is nothing to plot"),
            PlotError::Drawing(why) => write!(f, "the plot could not be drawn: {why}"),
        }
    }
}

tensor::debug_as_display!(PlotError);

impl std::error::Error for PlotError {}

type Canvas<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

/// What is drawn on a canvas, as SVG.
fn drawn(draw: impl FnOnce(&Canvas<'_>) -> Drawn) -> Result<String, PlotError> {
    let mut svg = String::new();
    {
        let canvas = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        canvas.fill(&WHITE).and_then(|()| draw(&canvas)).map_err(|e| PlotError::Drawing(e.to_string()))?;
        canvas.present().map_err(|e| PlotError::Drawing(e.to_string()))?;
    }
    let svg = compact::compact(&svg);
    // Black for white, and every hue as it was.
    const DARK: &str =
        "<style>@media (prefers-color-scheme: dark) { svg { filter: invert(0.9) hue-rotate(180deg); } }</style>";
    Ok(match svg.find('>') {
        Some(end) => format!("{}\n{DARK}{}", &svg[..=end], &svg[end + 1..]),
        None => svg,
    })
}

/// A chart under its title, with room for the numbers below and beside it, in pixels.
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

fn checked(range: &Range<f64>) -> Result<(), PlotError> {
    let Range { start, end } = *range;
    if start < end && (end - start).is_finite() { Ok(()) } else { Err(PlotError::Range { start, end }) }
}

/// The range of the finite values, with a little room at both ends.
fn range_of(values: impl Iterator<Item = f64>) -> Result<Range<f64>, PlotError> {
    let (low, high) =
        values.filter(|v| v.is_finite()).fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    if low > high {
        return Err(PlotError::NoFiniteValues);
    }
    let room = if low < high { 0.05 * (high - low) } else { 0.5 };
    Ok(low - room..high + room)
}

/// How the numbers beside an axis are written: what is 0 but for rounding is 0.
fn tick(range: &Range<f64>) -> impl Fn(&f64) -> String + use<> {
    let grain = (range.end - range.start) * 1e-6;
    move |at| number((at / grain).round() * grain, 4)
}

/// What a legend says. The drawing crate knows no fonts and makes its box a little too narrow.
fn legend(name: &str) -> String {
    format!("{}\u{a0}\u{a0}", plain(name))
}

/// Text that a picture can hold: the drawing crate escapes what means something in XML, but not control characters.
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
