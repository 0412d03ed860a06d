//! What became of a training run: the figures of every epoch.

use crate::csv_header::header;
use crate::error::SaveError;
use crate::logs::Logs;
use crate::metrics::Direction;
use crate::save::replace;
use std::fmt;
use std::io::Write;
use std::path::Path;

/// The figures of every epoch, as columns under their names.
///
/// ```
/// use train::{Direction, History, Logs};
/// let mut history = History::new();
/// for (epoch, loss) in [0.9, 0.4, 0.5].into_iter().enumerate() {
///     let mut logs = Logs::new();
///     logs.set("loss", loss);
///     history.push(epoch, &logs);
/// }
/// assert_eq!(history.get("loss"), Some(&[0.9, 0.4, 0.5][..]));
/// assert_eq!(history.best("loss", Direction::Min), Some((1, 0.4)));
/// assert_eq!(history.to_csv(), "epoch,loss\n0,0.9\n1,0.4\n2,0.5\n");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    epochs: Vec<usize>,
    columns: Vec<(String, Vec<f64>)>,
    /// Why training ended before its last epoch.
    stopped: Option<String>,
    asked: usize,
    steps: Option<usize>,
}

impl History {
    /// Of no epochs.
    pub fn new() -> Self {
        History::default()
    }

    /// Adds the figures of an epoch. A figure that was not there before is NaN in earlier epochs, one that is no longer
    /// there is NaN from now on.
    pub fn push(&mut self, epoch: usize, logs: &Logs) {
        for (name, _) in logs.iter() {
            if self.get(name).is_none() {
                self.columns.push((name.to_string(), vec![f64::NAN; self.epochs.len()]));
            }
        }
        self.epochs.push(epoch);
        for (name, values) in &mut self.columns {
            values.push(logs.get(name).unwrap_or(f64::NAN));
        }
    }

    /// The epochs, counted from 0.
    pub fn epochs(&self) -> &[usize] {
        &self.epochs
    }

    /// How many epochs there were.
    pub fn len(&self) -> usize {
        self.epochs.len()
    }

    /// Whether there were none.
    pub fn is_empty(&self) -> bool {
        self.epochs.is_empty()
    }

    /// The names of the columns.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// The figures of this name, one for each epoch.
    pub fn get(&self, name: &str) -> Option<&[f64]> {
        self.columns.iter().find(|(n, _)| n == name).map(|(_, values)| &values[..])
    }

    /// The figure of this name in the last epoch.
    pub fn last(&self, name: &str) -> Option<f64> {
        self.get(name)?.last().copied()
    }

    /// The best figure of this name and its epoch, of equal ones the first; NaN is never the best.
    pub fn best(&self, name: &str, direction: Direction) -> Option<(usize, f64)> {
        let mut best = None;
        for (&epoch, &value) in self.epochs.iter().zip(self.get(name)?) {
            let bar = best.map_or(direction.worst(), |(_, value)| value);
            if direction.improves(value, bar, 0.0) {
                best = Some((epoch, value));
            }
        }
        best
    }

    /// Why training ended before its last epoch, if it did.
    pub fn stopped(&self) -> Option<&str> {
        self.stopped.as_deref()
    }

    pub(crate) fn stop(&mut self, why: Option<String>) {
        self.stopped = why;
    }

    /// How many epochs the run was to have at most, and how many steps each, if that was known beforehand: what Keras
    /// keeps as `history.params`.
    ///
    /// ```
    /// use train::{Fit, Training, Verbosity};
    /// let mut model = nn::Mlp::classifier(64, [8], 10).model::<f32>(0);
    /// let history = model.fit(&train::digits(), Fit::new(optim::Sgd::new(0.1)).verbosity(Verbosity::Quiet))?;
    /// assert_eq!(history.planned(), (1, Some(57))); // 1797 images in batches of 32
    /// # Ok::<(), train::FitError>(())
    /// ```
    pub fn planned(&self) -> (usize, Option<usize>) {
        (self.asked, self.steps)
    }

    pub(crate) fn plan(&mut self, epochs: usize, steps: Option<usize>) {
        (self.asked, self.steps) = (epochs, steps);
    }

    /// A history of these columns, which are as long as there are epochs.
    pub(crate) fn from_columns(epochs: Vec<usize>, columns: Vec<(String, Vec<f64>)>) -> Self {
        History { epochs, columns, ..History::default() }
    }

    /// A line for each epoch, under a line of names. A metric that an epoch does not have is `NaN`.
    pub fn to_csv(&self) -> String {
        let mut text = header(self.names());
        for (i, epoch) in self.epochs.iter().enumerate() {
            text.push_str(&format!("\n{epoch}"));
            self.columns.iter().for_each(|(_, values)| text.push_str(&format!(",{}", values[i])));
        }
        text + "\n"
    }

    /// Writes [`to_csv`](History::to_csv) into a file; missing folders are created.
    ///
    /// # Errors
    /// If it cannot be written; what was there before stays.
    pub fn write_csv(&self, path: impl AsRef<Path>) -> Result<(), SaveError> {
        replace(path.as_ref(), |file| file.write_all(self.to_csv().as_bytes()))
    }

    /// Writes [`to_svg`](History::to_svg) into a file; missing folders are created.
    ///
    /// # Errors
    /// If it cannot be written; what was there before stays.
    pub fn write_svg(&self, path: impl AsRef<Path>) -> Result<(), SaveError> {
        replace(path.as_ref(), |file| file.write_all(self.to_svg().as_bytes()))
    }
}

impl fmt::Display for History {
    /// A line for each epoch.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, epoch) in self.epochs.iter().enumerate() {
            let mut logs = Logs::new();
            self.columns.iter().for_each(|(name, values)| logs.set(name, values[i]));
            writeln!(f, "epoch {:>3}   {logs}", epoch + 1)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_come_and_go() {
        let mut history = History::new();
        let mut logs = Logs::new();
        logs.set("loss", f64::NAN);
        history.push(3, &logs);
        logs.clear();
        logs.set("val_loss", 0.5);
        history.push(4, &logs);
        assert_eq!(history.to_csv(), "epoch,loss,val_loss\n3,NaN,NaN\n4,NaN,0.5\n");
        assert_eq!(
            (history.best("loss", Direction::Min), history.best("val_loss", Direction::Max)),
            (None, Some((4, 0.5)))
        );
        assert_eq!((history.last("val_loss"), history.last("mae")), (Some(0.5), None));
    }
}
