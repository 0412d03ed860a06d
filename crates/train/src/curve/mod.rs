//! The learning curves of a training run as an SVG image, with a panel for each metric.

mod axis;

use crate::history::History;
use crate::logs::metric_of;
use crate::text::{columns, shortened};
use axis::{Axis, label};
use std::fmt::Write;

/// Sizes in pixels: the width of a panel, its height if it is the only one or one of several, and the margins.
const PLOT: f64 = 430.0;
const SINGLE: f64 = 335.0;
const SHARED: f64 = 180.0;
const GAP: f64 = 25.0;
const TOP: f64 = 20.0;
const BOTTOM: f64 = 45.0;
const KEY: f64 = 24.0;
/// An upper bound on the width of a character.
const CHARACTER: f64 = 7.0;
/// The maximum number of columns of a name.
const LONGEST_NAME: usize = 40;
/// DejaVu is first, because resvg uses a serif font if the first font is missing, and most Linux systems have it.
const FONTS: &str = "'DejaVu Sans', Helvetica, Arial, sans-serif";
/// A palette for color-blind readers (Okabe and Ito 2008).
const COLORS: [&str; 6] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

/// The time of each value, in epochs since the start, and the value; `None` if it is not finite.
type Points = Vec<Option<(f64, f64)>>;

/// A metric and its curves: training, `val_` and `eval_`.
struct Panel<'h> {
    metric: &'h str,
    curves: Vec<(&'h str, Points)>,
}

impl Panel<'_> {
    fn axis(&self) -> Axis {
        Axis::of(self.curves.iter().flat_map(|(_, points)| points).flatten().map(|point| point.1))
    }
}

impl History {
    /// Draws the learning curves as an SVG image: one panel per metric, each with its own axis, and a common axis of
    /// epochs. Training curves are solid, `val_` curves dashed and `eval_` curves dotted.
    ///
    /// A training metric is a mean over its epoch, while `val_` and `eval_` metrics are computed at its end, so
    /// training curves are drawn half an epoch to the left. Non-finite values are gaps. The learning rate is omitted.
    ///
    /// ```
    /// use train::{History, Logs};
    /// let mut history = History::new();
    /// for epoch in 0..3 {
    ///     let mut logs = Logs::new();
    ///     logs.set("loss", 1.0 / (epoch + 1) as f64);
    ///     logs.set("val_loss", 1.2 / (epoch + 1) as f64);
    ///     history.push(epoch, &logs);
    /// }
    /// let svg = history.to_svg();
    /// assert!(svg.starts_with("<svg ") && svg.contains("val_loss") && svg.ends_with("</svg>\n"));
    /// ```
    pub fn to_svg(&self) -> String {
        let panels = self.panels();
        let plot = if panels.len() > 1 { SHARED } else { SINGLE };
        let first = self.epochs().first().map_or(0.0, |&e| e as f64);
        let last = self.epochs().last().map_or(1.0, |&e| e as f64 + 1.0);
        let epochs = Axis::of([first, last].into_iter());
        let names = panels.iter().flat_map(|panel| &panel.curves).map(|(name, _)| columns(name).min(LONGEST_NAME));
        let labels = panels.iter().flat_map(|panel| panel.axis().ticks()).map(|tick| label(tick).len());
        let left = 14.0 + CHARACTER * labels.max().unwrap_or(0) as f64;
        let right = left + PLOT;
        let width = right + 22.0 + KEY + CHARACTER * names.max().unwrap_or(0) as f64;
        let count = panels.len().max(1) as f64;
        let bottom = TOP + count * plot + (count - 1.0) * GAP;
        let height = bottom + BOTTOM;
        let x = |epoch: f64| left + PLOT * epochs.place(epoch);

        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" font-family=\"{FONTS}\" font-size=\"12\" fill=\"#000000\">\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
        );
        let mut draw = |line: std::fmt::Arguments<'_>| {
            let _ = writeln!(svg, "{line}"); // writing to a String cannot fail
        };
        let grid = "fill=\"none\" stroke=\"#dddddd\"";
        for epoch in epochs.ticks().into_iter().filter(|e| e.fract() == 0.0) {
            let (at, y) = (x(epoch), bottom + 18.0);
            draw(format_args!("<text x=\"{at:.1}\" y=\"{y:.1}\" text-anchor=\"middle\">{epoch}</text>"));
        }
        let (middle, y) = (left + PLOT / 2.0, height - 8.0);
        draw(format_args!("<text x=\"{middle:.1}\" y=\"{y:.1}\" text-anchor=\"middle\">epochs</text>"));
        for (i, panel) in panels.iter().enumerate() {
            let (axis, top) = (panel.axis(), TOP + i as f64 * (plot + GAP));
            let y = |value: f64| top + plot * (1.0 - axis.place(value));
            draw(format_args!("<rect x=\"{left}\" y=\"{top}\" width=\"{PLOT}\" height=\"{plot}\" {grid}/>"));
            for tick in axis.ticks() {
                let (at, text, end) = (y(tick), label(tick), left - 6.0);
                draw(format_args!("<path d=\"M{left} {at:.1}H{right:.1}\" {grid}/>"));
                draw(format_args!("<text x=\"{end:.1}\" y=\"{:.1}\" text-anchor=\"end\">{text}</text>", at + 4.0));
            }
            for (k, (name, points)) in panel.curves.iter().enumerate() {
                let dashes = match *name {
                    name if name == panel.metric => "",
                    name if name.starts_with("val_") => " stroke-dasharray=\"6 3\"",
                    _ => " stroke-dasharray=\"2 3\"",
                };
                let color = COLORS[i % COLORS.len()];
                let style = format!("fill=\"none\" stroke=\"{color}\" stroke-width=\"1.5\"{dashes}");
                draw(format_args!("<path d=\"{}\" {style}/>", path(points, x, y)));
                let (key, at) = (right + 10.0, top + 12.0 + 18.0 * k as f64);
                draw(format_args!("<path d=\"M{key} {:.1}h{KEY}\" {style}/>", at - 4.0));
                let name = escaped(&shortened(name, LONGEST_NAME));
                draw(format_args!("<text x=\"{}\" y=\"{at}\">{name}</text>", key + KEY + 6.0));
            }
        }
        svg + "</svg>\n"
    }

    /// The panels, in the order of their metrics.
    fn panels(&self) -> Vec<Panel<'_>> {
        let mut panels: Vec<Panel<'_>> = Vec::new();
        for name in self.names().filter(|name| *name != "learning_rate") {
            let (metric, curve) = (metric_of(name), (name, self.points(name)));
            match panels.iter_mut().find(|panel| panel.metric == metric) {
                Some(panel) => panel.curves.push(curve),
                None => panels.push(Panel { metric, curves: vec![curve] }),
            }
        }
        panels
    }

    fn points(&self, name: &str) -> Points {
        let time = if metric_of(name) == name { 0.5 } else { 1.0 };
        let values = self.get(name).unwrap_or(&[]).iter();
        self.epochs().iter().zip(values).map(|(&e, &v)| v.is_finite().then_some((e as f64 + time, v))).collect()
    }
}

/// An SVG path through the points, with gaps for missing ones. A point between two gaps is a dot.
fn path(points: &[Option<(f64, f64)>], x: impl Fn(f64) -> f64, y: impl Fn(f64) -> f64) -> String {
    let mut path = String::new();
    for run in points.split(Option::is_none) {
        for (i, (epoch, value)) in run.iter().flatten().enumerate() {
            let command = if i == 0 { 'M' } else { 'L' };
            let _ = write!(path, "{command}{:.1} {:.1}", x(*epoch), y(*value));
        }
        if run.len() == 1 {
            path.push_str("m-1.5 0h3");
        }
    }
    path
}

fn escaped(text: &str) -> String {
    text.replace(char::is_control, " ").replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::Logs;

    /// A history with these columns.
    fn history(columns: &[(&str, &[f64])]) -> History {
        let mut history = History::new();
        for epoch in 0..columns.first().map_or(0, |(_, values)| values.len()) {
            let mut logs = Logs::new();
            columns.iter().for_each(|(name, values)| logs.set(name, values[epoch]));
            history.push(epoch, &logs);
        }
        history
    }

    /// The y-coordinates of the curve with this style.
    fn heights(svg: &str, style: &str) -> Vec<f64> {
        let line = svg.lines().find(|line| line.contains(style) && line.contains('L')).expect("the curve");
        let d = line.split('"').nth(1).expect("its path");
        d.split(['M', 'L']).filter_map(|point| point.split(' ').nth(1)?.parse().ok()).collect()
    }

    #[test]
    fn training_curves_are_half_an_epoch_to_the_left() {
        let history = history(&[("loss", &[1.0, 0.5, 0.25]), ("val_loss", &[2.0, f64::NAN, 1.0])]);
        assert_eq!(history.points("loss"), [Some((0.5, 1.0)), Some((1.5, 0.5)), Some((2.5, 0.25))]);
        assert_eq!(history.points("val_loss"), [Some((1.0, 2.0)), None, Some((3.0, 1.0))]);
        let at_the_end = History::from_columns(vec![0], vec![("eval_loss".to_string(), vec![0.5])]);
        assert_eq!(at_the_end.points("eval_loss"), [Some((1.0, 0.5))]);
        let svg = history.to_svg();
        assert!(svg.contains("stroke-dasharray"), "{svg}");
        assert_eq!(svg.matches("NaN").count(), 0);
    }

    #[test]
    fn every_metric_has_its_own_panel() {
        let columns: [(&str, &[f64]); 4] = [
            ("loss", &[3e4, 2e4, 1e4]),
            ("r2_score", &[0.1, 0.5, 0.98]),
            ("val_loss", &[4e4, 3e4, 2e4]),
            ("val_r2_score", &[0.0, 0.4, 0.9]),
        ];
        let history = history(&columns);
        let panels: Vec<(&str, usize)> = history.panels().iter().map(|p| (p.metric, p.curves.len())).collect();
        assert_eq!(panels, [("loss", 2), ("r2_score", 2)]);
        let svg = history.to_svg();
        let (loss, r2) = (heights(&svg, &format!("{}\" stroke-width", COLORS[0])), heights(&svg, COLORS[1]));
        assert!(r2[0] - r2[2] > 0.8 * SHARED, "R2 uses most of its panel: {r2:?}");
        assert!(r2[2] >= loss[0].max(loss[2]) + GAP, "below the panel of the loss: {loss:?} {r2:?}");
    }

    #[test]
    fn a_single_metric_fills_the_image() {
        let svg = history(&[("loss", &[1.0, 0.0])]).to_svg();
        assert_eq!(heights(&svg, COLORS[0]), [TOP, TOP + SINGLE]);
    }

    #[test]
    fn the_image_is_wide_enough_for_long_names() {
        let width = |name: &str| -> f64 {
            let svg = history(&[(name, &[1.0, 0.5])]).to_svg();
            svg.split("width=\"").nth(1).and_then(|rest| rest.split('"').next()?.parse().ok()).expect("a width")
        };
        let (short, long) = (width("loss"), width("val_mean_absolute_percentage_error"));
        assert_eq!(long - short, 30.0 * CHARACTER);
        assert_eq!(width(&"x".repeat(500)) - short, (LONGEST_NAME - 4) as f64 * CHARACTER);
    }

    #[test]
    fn colors_are_svg_attributes() {
        let svg = history(&[("loss", &[1.0, 0.5]), ("mae", &[1.0, 0.5])]).to_svg();
        assert!(svg.lines().next().is_some_and(|root| root.contains(" fill=\"#")), "the color of the text");
        assert!(!svg.contains("<style") && !svg.contains("style=") && !svg.contains("var("), "{svg}");
        for line in svg.lines().filter(|line| line.starts_with("<path")) {
            assert!(line.contains(" fill=\"none\" stroke=\"#"), "{line}");
        }
    }

    #[test]
    fn empty_and_extreme_histories() {
        let rows: [&[f64]; 5] = [&[], &[f64::NAN], &[1.0], &[f64::MAX, f64::MIN], &[0.0, 1e-320]];
        for values in rows {
            let svg = history(&[("loss", values), ("a\u{1}<b>", values)]).to_svg();
            assert!(svg.ends_with("</svg>\n") && !svg.contains("NaN") && !svg.contains("inf"), "{svg}");
            assert!(!svg.contains('\u{1}') && !svg.contains("<b>"), "{svg}");
        }
    }
}
