//! The line of an epoch, fitted to the width of a terminal.

use crate::logs::{Logs, figure};
use crate::text::{columns, shortened};

/// The length of a bar where there is room for it, and the shortest one that still says something.
const BAR: usize = 20;
const SHORTEST_BAR: usize = 4;
/// A name is abbreviated to this many columns before anything else but the bar is left out.
const SHORT_NAME: usize = 4;
/// Green, and back to the default.
const GREEN: [&str; 2] = ["\x1b[32m", "\x1b[0m"];

/// What a line says: where the run is, how long it takes, and the metrics.
pub(super) struct Line<'l> {
    /// `Epoch 2/10`, or `12/45` for the steps of an epoch.
    pub(super) position: String,
    /// The part of the epoch that is done, from 0 to 1, for a line with a bar.
    pub(super) done: Option<f64>,
    /// Whether the bar is green.
    pub(super) colored: bool,
    /// Nothing without a clock.
    pub(super) time: Option<String>,
    pub(super) logs: &'l Logs,
}

/// Which parts of a line are shown.
#[derive(Clone, Copy)]
struct Form {
    bar: usize,
    position: bool,
    time: bool,
    /// The most columns that a name may take; none is shown if 0.
    name: usize,
}

impl Line<'_> {
    /// The line in at most so many columns; whole if there is no limit. The bar gives way first, then names are
    /// abbreviated, then everything but the numbers is left out.
    pub(super) fn fitted(&self, width: Option<usize>) -> String {
        let width = width.unwrap_or(usize::MAX);
        let fitting = self.forms().find(|&form| columns(&self.written(form, false)) <= width);
        fitting.map_or_else(|| self.cut(width), |form| self.written(form, self.colored))
    }

    /// All forms, from the whole line to the numbers alone.
    fn forms(&self) -> impl Iterator<Item = Form> + use<> {
        let longest = self.logs.names().map(columns).max().unwrap_or(0);
        let whole = Form { bar: BAR, position: true, time: true, name: longest };
        let no_bar = Form { bar: 0, ..whole };
        let bars = self.done.map(|_| (SHORTEST_BAR..=BAR).rev().map(move |bar| Form { bar, ..whole }));
        let names = (SHORT_NAME..longest).rev().map(move |name| Form { name, ..no_bar });
        let brief = (2..=SHORT_NAME).rev().chain([0]).map(move |name| Form { name, time: false, ..no_bar });
        let numbers = Form { bar: 0, position: false, time: false, name: 0 };
        bars.into_iter().flatten().chain([no_bar]).chain(names).chain(brief).chain([numbers])
    }

    fn written(&self, form: Form, colored: bool) -> String {
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
            0 => figure(value),
            most => format!("{}: {}", shortened(&name.replace(char::is_control, " "), most), figure(value)),
        }));
        parts.join(" - ")
    }

    /// As many whole numbers as fit.
    fn cut(&self, width: usize) -> String {
        let numbers: Vec<String> = self.logs.iter().map(|(_, value)| figure(value)).collect();
        let cuts = (1..numbers.len()).rev().map(|n| numbers[..n].join(" - ") + " …");
        let last = || shortened(numbers.first().unwrap_or(&self.position), width);
        cuts.into_iter().find(|line| columns(line) <= width).unwrap_or_else(last)
    }
}

/// A bar that has grown to a part of its length.
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
    fn the_bar_gives_way_first_and_then_names_are_abbreviated() {
        let logs = logs(&[("loss", 0.5), ("mean_absolute_error", 0.25)]);
        let time = Some("1s 12ms/step".to_string());
        let line = Line { position: "22/45".into(), done: Some(0.5), colored: false, time, logs: &logs };
        let fitted = |width| line.fitted(Some(width));
        let whole = "22/45 ━━━━━━━━━━╸───────── 1s 12ms/step - loss: 0.5000 - mean_absolute_error: 0.2500";
        assert_eq!((line.fitted(None), fitted(84)), (whole.to_string(), whole.to_string()));
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
    fn color_takes_no_room() {
        let logs = Logs::new();
        let line =
            Line { position: "1/2".into(), done: Some(0.5), colored: true, time: Some("1s".into()), logs: &logs };
        assert_eq!(line.fitted(Some(27)), "1/2 \x1b[32m━━━━━━━━━━╸\x1b[0m───────── 1s");
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_terminal_and_all_numbers_stay_if_they_fit(
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
            let numbers: Vec<String> = logs.iter().map(|(_, value)| figure(value)).collect();
            if columns(&numbers.join(" - ")) <= width {
                prop_assert!(numbers.iter().all(|number| line.contains(number)), "{numbers:?} in {line:?}");
            }
        }
    }
}
