//! The progress line of an epoch, fitted to the width of the terminal.

use crate::logs::{Logs, format_value};
use crate::text::{columns, shortened};

/// The full length of a bar, and the minimum length; a shorter bar is omitted.
const BAR: usize = 20;
const SHORTEST_BAR: usize = 4;
/// Names are abbreviated to this many columns before the time is omitted.
const SHORT_NAME: usize = 4;
/// The escape sequences for green and for the default color.
const GREEN: [&str; 2] = ["\x1b[32m", "\x1b[0m"];

/// The contents of a line: position, time and metrics.
pub(super) struct Line<'l> {
    /// `Epoch 2/10`, or `12/45` for the steps of an epoch.
    pub(super) position: String,
    /// The completed fraction of the epoch, for a line with a bar.
    pub(super) done: Option<f64>,
    /// Whether the bar is green.
    pub(super) colored: bool,
    /// `None` without a clock.
    pub(super) time: Option<String>,
    pub(super) logs: &'l Logs,
}

/// The parts of a line to display.
#[derive(Clone, Copy)]
struct Form {
    bar: usize,
    position: bool,
    time: bool,
    /// The maximum number of columns of a name; 0 omits the names.
    name: usize,
}

impl Line<'_> {
    /// The line in at most `width` columns. The bar is shortened first, then the names are abbreviated, then all parts
    /// but the values are omitted.
    pub(super) fn fitted(&self, width: Option<usize>) -> String {
        let width = width.unwrap_or(usize::MAX);
        let fitting = self.forms().find(|&form| columns(&self.format(form, false)) <= width);
        fitting.map_or_else(|| self.truncated(width), |form| self.format(form, self.colored))
    }

    /// All forms, from the complete line to the values only.
    fn forms(&self) -> impl Iterator<Item = Form> + use<> {
        let longest = self.logs.names().map(columns).max().unwrap_or(0);
        let complete = Form { bar: BAR, position: true, time: true, name: longest };
        let no_bar = Form { bar: 0, ..complete };
        let bars = self.done.map(|_| (SHORTEST_BAR..=BAR).rev().map(move |bar| Form { bar, ..complete }));
        let names = (SHORT_NAME..longest).rev().map(move |name| Form { name, ..no_bar });
        let brief = (2..=SHORT_NAME).rev().chain([0]).map(move |name| Form { name, time: false, ..no_bar });
        let values = Form { bar: 0, position: false, time: false, name: 0 };
        bars.into_iter().flatten().chain([no_bar]).chain(names).chain(brief).chain([values])
    }

    fn format(&self, form: Form, colored: bool) -> String {
        let mut parts = Vec::new();
        if form.position {
            parts.push(self.position.clone());
        }
        let (mut beside, separator) = (Vec::new(), if self.done.is_some() { " " } else { " - " });
        if let Some(done) = self.done
            && form.bar > 0
        {
            beside.push(bar(done, form.bar, colored));
        }
        if form.time {
            beside.extend(self.time.clone());
        }
        if let Some(position) = parts.first_mut() {
            beside.iter().for_each(|part| position.extend([separator, part]));
        }
        parts.extend(self.logs.iter().map(|(name, value)| match form.name {
            0 => format_value(value),
            width => format!("{}: {}", shortened(&name.replace(char::is_control, " "), width), format_value(value)),
        }));
        parts.join(" - ")
    }

    /// As many complete values as fit.
    fn truncated(&self, width: usize) -> String {
        let values: Vec<String> = self.logs.iter().map(|(_, value)| format_value(value)).collect();
        let mut lines = (1..values.len()).rev().map(|n| values[..n].join(" - ") + " …");
        let last = || shortened(values.first().unwrap_or(&self.position), width);
        lines.find(|line| columns(line) <= width).unwrap_or_else(last)
    }
}

/// A progress bar, filled to the fraction `done`.
fn bar(done: f64, length: usize, colored: bool) -> String {
    let full = ((done * length as f64) as usize).min(length);
    let [on, off] = if colored { GREEN } else { ["", ""] };
    let tip = if full < length { "╸" } else { "" };
    format!("{on}{}{tip}{off}{}", "━".repeat(full), "─".repeat((length - full).saturating_sub(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn logs(values: &[(&str, f64)]) -> Logs {
        let mut logs = Logs::new();
        values.iter().for_each(|(name, value)| logs.set(name, *value));
        logs
    }

    #[test]
    fn the_bar_is_shortened_first_then_the_names() {
        let logs = logs(&[("loss", 0.5), ("mean_absolute_error", 0.25)]);
        let time = Some("1s 12ms/step".to_string());
        let line = Line { position: "22/45".into(), done: Some(0.5), colored: false, time, logs: &logs };
        let fitted = |width| line.fitted(Some(width));
        let complete = "22/45 ━━━━━━━━━━╸───────── 1s 12ms/step - loss: 0.5000 - mean_absolute_error: 0.2500";
        assert_eq!((line.fitted(None), fitted(84)), (complete.to_string(), complete.to_string()));
        assert_eq!(fitted(71), "22/45 ━━━╸─── 1s 12ms/step - loss: 0.5000 - mean_absolute_error: 0.2500");
        assert_eq!(fitted(63), "22/45 1s 12ms/step - loss: 0.5000 - mean_absolute_error: 0.2500");
        assert_eq!(fitted(50), "22/45 1s 12ms/step - loss: 0.5000 - mean_…: 0.2500");
        assert_eq!(fitted(35), "22/45 - loss: 0.5000 - mea…: 0.2500");
        assert_eq!(fitted(25), "22/45 - 0.5000 - 0.2500");
        assert_eq!(fitted(20), "0.5000 - 0.2500");
        assert_eq!(fitted(12), "0.5000 …");
    }

    #[test]
    fn a_line_without_a_bar_is_shortened_the_same_way() {
        let logs = logs(&[("loss", 0.5), ("验证损失_validation", 1e30)]);
        let line =
            Line { position: "Epoch 1/20".into(), done: None, colored: false, time: Some("44ms".into()), logs: &logs };
        assert_eq!(line.fitted(None), "Epoch 1/20 - 44ms - loss: 0.5000 - 验证损失_validation: 1.0000e30");
        assert_eq!(line.fitted(Some(50)), "Epoch 1/20 - 44ms - loss: 0.5000 - 验…: 1.0000e30");
    }

    #[test]
    fn colors_have_no_width() {
        let logs = Logs::new();
        let line =
            Line { position: "1/2".into(), done: Some(0.5), colored: true, time: Some("1s".into()), logs: &logs };
        assert_eq!(line.fitted(Some(27)), "1/2 \x1b[32m━━━━━━━━━━╸\x1b[0m───────── 1s");
    }

    proptest! {
        #[test]
        fn no_line_exceeds_the_width_and_all_values_are_shown_if_they_fit(
            width in 20usize..200,
            names in prop::collection::vec("\\PC{0,30}|[a-z_]{1,40}|[精度損失]{1,20}|[a-z\n\t]{1,9}", 0..6),
            values in prop::collection::vec(prop::num::f64::ANY, 6),
            done in prop::option::of(0.0..=1.0),
            (steps, seconds) in (1u64.., 0u32..),
        ) {
            let mut logs = Logs::new();
            names.iter().zip(&values).for_each(|(name, value)| logs.set(name, *value));
            let (position, time) = (format!("{steps}/{steps}"), Some(format!("{seconds}s")));
            let line = Line { position, done, colored: false, time, logs: &logs }.fitted(Some(width));
            prop_assert!(columns(&line) <= width, "{} > {width}: {line:?}", columns(&line));
            prop_assert!(!line.contains(char::is_control), "{line:?}");
            let values: Vec<String> = logs.iter().map(|(_, value)| format_value(value)).collect();
            if columns(&values.join(" - ")) <= width {
                prop_assert!(values.iter().all(|value| line.contains(value)), "{values:?} in {line:?}");
            }
        }
    }
}
