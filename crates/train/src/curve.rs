//! The learning curve of a training run, as a picture.

use crate::history::History;
use std::fmt::Write;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 20.0;
const BOTTOM: f64 = 45.0;
/// Colours that stay apart for colour-blind readers (Okabe and Ito 2008).
const COLOURS: [&str; 6] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];

impl History {
    /// The learning curves as an SVG picture: solid lines of the training set, dashed ones of the validation set.
    ///
    /// A figure of the training set is a mean over its epoch, while those that begin with `val_` or `eval_` are taken at its
    /// end: so training curves are drawn half an epoch to the left. Figures that are not finite leave gaps, and the learning
    /// rate is left out.
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
        let names: Vec<&str> = self.names().filter(|name| *name != "learning_rate").collect();
        let curves: Vec<Vec<Option<(f64, f64)>>> = names.iter().map(|name| self.points(name)).collect();
        let seen = || curves.iter().flatten().flatten();
        let (low, high) = seen().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), p| (l.min(p.1), h.max(p.1)));
        let (low, high) = if low < high {
            (low, high)
        } else if low == high {
            (low - 0.5, low + 0.5)
        } else {
            (0.0, 1.0)
        };
        let first = self.epochs().first().map_or(0.0, |&e| e as f64);
        let last = self.epochs().last().map_or(1.0, |&e| e as f64 + 1.0);
        let x = |epochs: f64| LEFT + (epochs - first) / (last - first) * (WIDTH - LEFT - RIGHT);
        let y = |value: f64| HEIGHT - BOTTOM - (value - low) / (high - low) * (HEIGHT - TOP - BOTTOM);

        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
             font-size=\"12\">\n<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"white\"/>\n"
        );
        let mut draw = |line: String| {
            svg.push_str(&line);
            svg.push('\n');
        };
        for value in ticks(low, high) {
            let at = y(value);
            draw(format!("<path d=\"M{LEFT} {at:.1}H{:.1}\" stroke=\"#ddd\"/>", WIDTH - RIGHT));
            draw(format!("<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{value}</text>", LEFT - 6.0, at + 4.0));
        }
        for epochs in ticks(first, last).into_iter().filter(|e| e.fract() == 0.0) {
            draw(format!(
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{epochs}</text>",
                x(epochs),
                HEIGHT - BOTTOM + 18.0
            ));
        }
        let middle = x((first + last) / 2.0);
        draw(format!("<text x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\">epochs</text>", HEIGHT - 8.0));
        for (i, (name, curve)) in names.iter().zip(&curves).enumerate() {
            let plain = name.strip_prefix("val_").unwrap_or(name);
            let hue = names.iter().map(|n| n.strip_prefix("val_").unwrap_or(n)).position(|n| n == plain).unwrap_or(i);
            let dashes = if name.starts_with("val_") { " stroke-dasharray=\"6 3\"" } else { "" };
            let style =
                format!("fill=\"none\" stroke=\"{}\" stroke-width=\"1.5\"{dashes}", COLOURS[hue % COLOURS.len()]);
            let mut path = String::new();
            let mut pen_is_down = false;
            for point in curve {
                if let Some((e, v)) = point {
                    let command = if pen_is_down { 'L' } else { 'M' };
                    let _ = write!(path, "{command}{:.1} {:.1}", x(*e), y(*v)); // a String takes everything
                }
                pen_is_down = point.is_some();
            }
            draw(format!("<path d=\"{path}\" {style}/>"));
            let at = TOP + 12.0 + 18.0 * i as f64;
            let key = WIDTH - RIGHT + 10.0;
            draw(format!("<path d=\"M{key} {:.1}h24\" {style}/>", at - 4.0));
            draw(format!("<text x=\"{}\" y=\"{at}\">{}</text>", key + 30.0, escaped(name)));
        }
        svg + "</svg>\n"
    }

    /// When, in epochs since the start, which figure was taken; nothing where it is not finite.
    fn points(&self, name: &str) -> Vec<Option<(f64, f64)>> {
        let late = if name.starts_with("val_") || name.starts_with("eval_") { 1.0 } else { 0.5 };
        let values = self.get(name).unwrap_or(&[]).iter();
        self.epochs().iter().zip(values).map(|(&e, &v)| v.is_finite().then_some((e as f64 + late, v))).collect()
    }
}

/// Round numbers in a range, about five: 1, 2 or 5 times a power of ten apart.
fn ticks(low: f64, high: f64) -> Vec<f64> {
    let rough = (high - low) / 5.0;
    let power = 10.0_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|m| m * power).into_iter().find(|&s| s >= rough).unwrap_or(rough);
    let (from, to) = ((low / step).ceil() as i64, (high / step).floor() as i64);
    // What is written as a number must not end in the dust of a multiplication.
    (from..=to).take(20).map(|k| (k as f64 * step * 1e12).round() / 1e12).collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::logs::Logs;

    fn history(rows: &[[f64; 2]]) -> History {
        let mut history = History::new();
        for (epoch, [loss, val_loss]) in rows.iter().enumerate() {
            let mut logs = Logs::new();
            logs.set("loss", *loss);
            logs.set("val_loss", *val_loss);
            history.push(epoch, &logs);
        }
        history
    }

    #[test]
    fn the_training_curve_is_half_an_epoch_early() {
        let history = history(&[[1.0, 2.0], [0.5, f64::NAN], [0.25, 1.0]]);
        assert_eq!(history.points("loss"), [Some((0.5, 1.0)), Some((1.5, 0.5)), Some((2.5, 0.25))]);
        assert_eq!(history.points("val_loss"), [Some((1.0, 2.0)), None, Some((3.0, 1.0))]);
        let at_the_end = History::from_columns(vec![0], vec![("eval_loss".to_string(), vec![0.5])]);
        assert_eq!(at_the_end.points("eval_loss"), [Some((1.0, 0.5))]);
        let svg = history.to_svg();
        assert!(svg.contains("stroke-dasharray"), "{svg}");
        assert_eq!(svg.matches("NaN").count(), 0);
    }

    #[test]
    fn pictures_of_little() {
        for rows in [&[][..], &[[f64::NAN; 2]], &[[1.0; 2]]] {
            let svg = history(rows).to_svg();
            assert!(svg.ends_with("</svg>\n") && !svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(ticks(0.0, 1.0), [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
        assert_eq!(ticks(0.13, 0.92), [0.2, 0.4, 0.6, 0.8]);
        assert_eq!(ticks(0.0, 30.0), [0.0, 10.0, 20.0, 30.0]);
    }
}
