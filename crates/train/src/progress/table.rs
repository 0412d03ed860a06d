//! The table of `Verbosity::Table`: a header, and a row for each epoch.

use crate::logs::{Logs, format_value};
use crate::metrics::{Direction, direction_of};
use crate::text::{columns, shortened};

/// The escape sequences for bold green, and for the default.
const BEST: [&str; 2] = ["\x1b[1;32m", "\x1b[0m"];
/// The minimum width of a column, which is the maximum width of a value.
const NARROWEST: usize = 9;
/// The widths of the first column, the epoch, and the last one, its duration.
const EPOCH: usize = 5;
const TIME: usize = 7;
const GAP: &str = "  ";
/// Marks a row whose last cells are omitted.
const MARK: &str = " >";

/// A table that is written row by row. A value that is better than all above it is highlighted.
#[derive(Debug, Default)]
pub(super) struct Table {
    columns: Vec<Column>,
    colored: bool,
}

#[derive(Debug)]
struct Column {
    name: String,
    best: f64,
}

impl Table {
    pub(super) fn new(colored: bool) -> Self {
        Table { columns: Vec::new(), colored }
    }

    /// The row of an epoch, preceded by the header if it is the first row or has new columns. The cell of a metric that
    /// the epoch does not have is blank. Each line has at most `width` columns: names are abbreviated first, then the
    /// last cells are omitted.
    pub(super) fn row(
        &mut self,
        epoch: usize,
        logs: &Logs,
        time: &str,
        directions: &[(String, Direction)],
        width: Option<usize>,
    ) -> String {
        let (width, known) = (width.unwrap_or(usize::MAX), self.columns.len());
        for name in logs.names() {
            if !self.columns.iter().any(|column| column.name == name) {
                let best = direction_of(directions, name).worst();
                self.columns.push(Column { name: name.to_string(), best });
            }
        }
        let text = if known == 0 || self.columns.len() > known { self.header(width) } else { String::new() };
        let longest = self.longest_name(width);
        let mut cells = vec![Cell::new(epoch + 1, EPOCH)];
        for column in &mut self.columns {
            let Some(value) = logs.get(&column.name) else {
                cells.push(Cell::new("", column.width(longest)));
                continue;
            };
            let mut cell = Cell::new(format_value(value), column.width(longest));
            // A learning rate has no better direction.
            let direction = direction_of(directions, &column.name);
            let better = column.name != "learning_rate" && direction.improves(value, column.best, 0.0);
            if better {
                column.best = value;
                cell.highlighted = self.colored;
            }
            cells.push(cell);
        }
        cells.push(Cell::new(time, TIME));
        text + &joined(&cells, width)
    }

    fn header(&self, width: usize) -> String {
        let longest = self.longest_name(width);
        let (mut names, mut rule) = (vec![Cell::new("epoch", EPOCH)], vec![Cell::rule(EPOCH)]);
        for column in &self.columns {
            let name = shortened(&column.name.replace(char::is_control, " "), longest);
            names.push(Cell::new(name, column.width(longest)));
            rule.push(Cell::rule(column.width(longest)));
        }
        names.push(Cell::new("time", TIME));
        rule.push(Cell::rule(TIME));
        format!("{}\n{}\n", joined(&names, width), joined(&rule, width))
    }

    /// The maximum length of a name for which the table fits.
    fn longest_name(&self, width: usize) -> usize {
        let longest = self.columns.iter().map(|column| columns(&column.name)).max().unwrap_or(0);
        let between = |name| self.columns.iter().map(|column| GAP.len() + column.width(name)).sum::<usize>();
        let fits = |name: &usize| EPOCH + between(*name) + GAP.len() + TIME <= width;
        (NARROWEST..=longest).rev().find(fits).unwrap_or(NARROWEST)
    }
}

impl Column {
    /// The width of the column if names have at most `longest` columns.
    fn width(&self, longest: usize) -> usize {
        columns(&self.name).min(longest).max(NARROWEST)
    }
}

/// A right-aligned cell.
struct Cell {
    text: String,
    width: usize,
    highlighted: bool,
}

impl Cell {
    fn new(text: impl ToString, width: usize) -> Self {
        let text = text.to_string();
        Cell { width: width.max(columns(&text)), text, highlighted: false }
    }

    fn rule(width: usize) -> Self {
        Cell::new("-".repeat(width), width)
    }
}

/// As many cells as fit, and a mark if some are omitted.
fn joined(cells: &[Cell], width: usize) -> String {
    let total =
        |n: usize| cells[..n].iter().map(|cell| cell.width + GAP.len()).sum::<usize>().saturating_sub(GAP.len());
    let (shown, mark) = match (1..cells.len()).rev().find(|&n| total(n) + MARK.len() <= width) {
        _ if total(cells.len()) <= width => (cells.len(), ""),
        shown => (shown.unwrap_or(1), MARK),
    };
    let mut text = String::new();
    for (i, Cell { text: cell, width, highlighted }) in cells[..shown].iter().enumerate() {
        let [on, off] = if *highlighted { BEST } else { ["", ""] };
        let (gap, pad) = (if i > 0 { GAP } else { "" }, " ".repeat(width - columns(cell)));
        text.extend([gap, on, &pad, cell, off]);
    }
    text + mark
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
    fn the_best_values_are_highlighted() {
        let directions = [("accuracy".to_string(), Direction::Max)];
        let mut table = Table::new(true);
        let first = table.row(0, &logs(&[("loss", 0.7220), ("accuracy", 0.7649)]), "2.1s", &directions, None);
        assert_eq!(
            first,
            "epoch       loss   accuracy     time\n\
             -----  ---------  ---------  -------\n    \
             1  \x1b[1;32m   0.7220\x1b[0m  \x1b[1;32m   0.7649\x1b[0m     2.1s"
        );
        let second = table.row(1, &logs(&[("loss", 0.8), ("accuracy", 0.8)]), "1.0s", &directions, None);
        assert_eq!(second, "    2     0.8000  \x1b[1;32m   0.8000\x1b[0m     1.0s");
        // A new metric repeats the header, and NaN is never the best.
        let third = table.row(2, &logs(&[("loss", 0.75), ("val_accuracy", f64::NAN)]), "1.0s", &directions, None);
        let lines: Vec<&str> = third.lines().collect();
        assert_eq!(lines[0], "epoch       loss   accuracy  val_accuracy     time");
        assert_eq!(lines[2], "    3     0.7500                      NaN     1.0s");
        assert!(!Table::new(false).row(0, &logs(&[("loss", 1e-5)]), "1ms", &[], None).contains('\x1b'));
    }

    #[test]
    fn a_narrow_terminal_abbreviates_names_and_omits_the_last_cells() {
        let values = [("loss", 0.5), ("mean_absolute_error", 0.25)];
        let text = |width| Table::new(false).row(0, &logs(&values), "2.1s", &[], Some(width));
        assert_eq!(
            text(40),
            "epoch       loss  mean_absolut…     time\n\
             -----  ---------  -------------  -------\n    \
             1     0.5000         0.2500     2.1s"
        );
        assert_eq!(text(20).lines().last(), Some("    1     0.5000 >"));
    }

    proptest! {
        #[test]
        fn no_row_is_wider_than_the_terminal(
            width in 20usize..200,
            names in prop::collection::vec("\\PC{0,30}|[a-z_]{1,40}|[精度損失]{1,20}|[a-z\n\t]{1,9}", 0..6),
            values in prop::collection::vec(prop::num::f64::ANY, 6),
        ) {
            let values: Vec<(&str, f64)> = names.iter().map(String::as_str).zip(values).collect();
            for line in Table::new(false).row(0, &logs(&values), "2.1s", &[], Some(width)).lines() {
                prop_assert!(columns(line) <= width, "{} > {width}: {line:?}", columns(line));
            }
        }
    }

    /// With `validation_freq(2)`.
    #[test]
    fn a_metric_of_every_other_epoch_has_one_header_and_one_best_value() {
        let mut table = Table::new(true);
        let mut row = |epoch, val_loss: Option<f64>| {
            let mut metrics = vec![("loss", 1.0)];
            metrics.extend(val_loss.map(|value| ("val_loss", value)));
            table.row(epoch, &logs(&metrics), "1s", &[], None)
        };
        assert_eq!(row(0, None).lines().count(), 3);
        assert!(row(1, Some(0.5)).contains("\x1b[1;32m   0.5000"));
        assert_eq!(row(2, None), "    3     1.0000                  1s");
        assert_eq!(row(3, Some(0.75)), "    4     1.0000     0.7500       1s", "not the best");
    }
}
