//! A row for each epoch, under a line of names: how `Verbosity::Table` shows a run.

use crate::logs::{Logs, figure};
use crate::metrics::{Direction, direction_of};
use std::fmt::Write;

/// Bold and green, and neither.
const BEST: [&str; 2] = ["\x1b[1;32m", "\x1b[0m"];
/// The narrowest column: as wide as the widest figure.
const NARROWEST: usize = 9;

/// A table that grows by a row at a time; a figure that is better than all above it stands out.
#[derive(Debug, Default)]
pub(super) struct Table {
    columns: Vec<Column>,
    coloured: bool,
}

#[derive(Debug)]
struct Column {
    name: String,
    best: f64,
}

impl Table {
    pub(super) fn new(coloured: bool) -> Self {
        Table { columns: Vec::new(), coloured }
    }

    /// The row of an epoch; above it the line of names, if it is the first row or has columns that none had before. The
    /// cell of a metric that this epoch does not have is blank.
    pub(super) fn row(&mut self, epoch: usize, logs: &Logs, took: &str, directions: &[(String, Direction)]) -> String {
        let known = self.columns.len();
        for name in logs.names() {
            if !self.columns.iter().any(|column| column.name == name) {
                let best = direction_of(directions, name).worst();
                self.columns.push(Column { name: name.to_string(), best });
            }
        }
        let mut text = if known == 0 || self.columns.len() > known { self.head() } else { String::new() };
        text += &format!("{:>5}", epoch + 1);
        for column in &mut self.columns {
            let width = column.width();
            let Some(value) = logs.get(&column.name) else {
                let _ = write!(text, "  {:width$}", "");
                continue;
            };
            // A learning rate is neither good nor bad.
            let direction = direction_of(directions, &column.name);
            let better = column.name != "learning_rate" && direction.improves(value, column.best, 0.0);
            if better {
                column.best = value;
            }
            let [on, off] = if better && self.coloured { BEST } else { ["", ""] };
            let _ = write!(text, "  {on}{:>width$}{off}", figure(value));
        }
        text + &format!("  {took:>7}")
    }

    fn head(&self) -> String {
        let (mut names, mut rule) = (String::from("epoch"), "-".repeat(5));
        for column in &self.columns {
            let width = column.width();
            let _ = write!(names, "  {:>width$}", column.name);
            let _ = write!(rule, "  {}", "-".repeat(width));
        }
        format!("{names}  {:>7}\n{rule}  {}\n", "took", "-".repeat(7))
    }
}

impl Column {
    fn width(&self) -> usize {
        self.name.len().max(NARROWEST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logs(figures: &[(&str, f64)]) -> Logs {
        let mut logs = Logs::new();
        figures.iter().for_each(|(name, value)| logs.set(name, *value));
        logs
    }

    #[test]
    fn rows_under_names_and_the_best_stand_out() {
        let directions = [("accuracy".to_string(), Direction::Max)];
        let mut table = Table::new(true);
        let first = table.row(0, &logs(&[("loss", 0.7220), ("accuracy", 0.7649)]), "2.1s", &directions);
        assert_eq!(
            first,
            "epoch       loss   accuracy     took\n\
             -----  ---------  ---------  -------\n    \
             1  \x1b[1;32m   0.7220\x1b[0m  \x1b[1;32m   0.7649\x1b[0m     2.1s"
        );
        let second = table.row(1, &logs(&[("loss", 0.8), ("accuracy", 0.8)]), "1.0s", &directions);
        assert_eq!(second, "    2     0.8000  \x1b[1;32m   0.8000\x1b[0m     1.0s");
        // A metric that comes later brings the names anew, and NaN is never the best.
        let third = table.row(2, &logs(&[("loss", 0.75), ("val_accuracy", f64::NAN)]), "1.0s", &directions);
        let lines: Vec<&str> = third.lines().collect();
        assert_eq!(lines[0], "epoch       loss   accuracy  val_accuracy     took");
        assert_eq!(lines[2], "    3     0.7500                      NaN     1.0s");
        assert!(!Table::new(false).row(0, &logs(&[("loss", 1e-5)]), "1ms", &[]).contains('\x1b'));
    }

    /// Under `validation_every(2)`.
    #[test]
    fn a_metric_of_every_other_epoch_has_one_line_of_names_and_one_best() {
        let mut table = Table::new(true);
        let mut row = |epoch, val_loss: Option<f64>| {
            let mut metrics = vec![("loss", 1.0)];
            metrics.extend(val_loss.map(|value| ("val_loss", value)));
            table.row(epoch, &logs(&metrics), "1s", &[])
        };
        assert_eq!(row(0, None).lines().count(), 3);
        assert!(row(1, Some(0.5)).contains("\x1b[1;32m   0.5000"));
        assert_eq!(row(2, None), "    3     1.0000                  1s");
        assert_eq!(row(3, Some(0.75)), "    4     1.0000     0.7500       1s", "it was better before");
    }
}
