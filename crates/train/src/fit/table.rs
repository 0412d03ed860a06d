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

    /// The row of an epoch; above it the line of names, if it is the first row or has other columns than those before.
    pub(super) fn row(&mut self, epoch: usize, logs: &Logs, took: &str, directions: &[(String, Direction)]) -> String {
        let mut text = String::new();
        if !self.columns.iter().map(|column| column.name.as_str()).eq(logs.names()) {
            self.columns = logs.names().map(|name| self.column(name, directions)).collect();
            text = self.head();
        }
        text += &format!("{:>5}", epoch + 1);
        for (column, (name, value)) in self.columns.iter_mut().zip(logs.iter()) {
            let (width, shown) = (column.width(), figure(value));
            // A learning rate is neither good nor bad.
            let better = name != "learning_rate" && direction_of(directions, name).improves(value, column.best, 0.0);
            if better {
                column.best = value;
            }
            let [on, off] = if better && self.coloured { BEST } else { ["", ""] };
            let _ = write!(text, "  {on}{shown:>width$}{off}");
        }
        text + &format!("  {took:>7}")
    }

    /// A column that was there before keeps its best figure.
    fn column(&self, name: &str, directions: &[(String, Direction)]) -> Column {
        let before = self.columns.iter().find(|column| column.name == name).map(|column| column.best);
        Column { name: name.to_string(), best: before.unwrap_or(direction_of(directions, name).worst()) }
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
        // A figure that comes later brings the names anew, and NaN is never the best.
        let third = table.row(2, &logs(&[("loss", 0.75), ("val_accuracy", f64::NAN)]), "1.0s", &directions);
        let lines: Vec<&str> = third.lines().collect();
        assert_eq!(lines[0], "epoch       loss  val_accuracy     took");
        assert_eq!(lines[2], "    3     0.7500           NaN     1.0s");
        assert!(!Table::new(false).row(0, &logs(&[("loss", 1e-5)]), "1ms", &[]).contains('\x1b'));
    }
}
