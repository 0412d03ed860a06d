//! The history of a training run: the metrics of every epoch.

use crate::csv_header::header;
use crate::error::SaveError;
use crate::logs::Logs;
use crate::metrics::Direction;
use crate::save::replace;
use std::fmt;
use std::io::Write;
use std::path::Path;

/// The metrics of every epoch, as named columns.
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
    /// Why training ended before the last epoch.
    stop_reason: Option<String>,
    planned_epochs: usize,
    steps: Option<usize>,
}

impl History {
    /// An empty history.
    pub fn new() -> Self {
        History::default()
    }

    /// Adds the metrics of an epoch. The value of a metric is NaN in the epochs that do not have it.
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

    /// The number of epochs.
    pub fn len(&self) -> usize {
        self.epochs.len()
    }

    /// Whether there are no epochs.
    pub fn is_empty(&self) -> bool {
        self.epochs.is_empty()
    }

    /// The names of the metrics.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|(name, _)| name.as_str())
    }

    /// The values of a metric, one for each epoch.
    pub fn get(&self, name: &str) -> Option<&[f64]> {
        self.columns.iter().find(|(n, _)| n == name).map(|(_, values)| &values[..])
    }

    /// The value of a metric in the last epoch.
    pub fn last(&self, name: &str) -> Option<f64> {
        self.get(name)?.last().copied()
    }

    /// The epoch with the best value of a metric, and this value. Ties go to the first epoch; NaN is never the best.
    pub fn best(&self, name: &str, direction: Direction) -> Option<(usize, f64)> {
        let mut best = None;
        for (&epoch, &value) in self.epochs.iter().zip(self.get(name)?) {
            let so_far = best.map_or(direction.worst(), |(_, value)| value);
            if direction.improves(value, so_far, 0.0) {
                best = Some((epoch, value));
            }
        }
        best
    }

    /// Why training ended before the last epoch; `None` if it did not.
    pub fn stop_reason(&self) -> Option<&str> {
        self.stop_reason.as_deref()
    }

    pub(crate) fn stop(&mut self, reason: Option<String>) {
        self.stop_reason = reason;
    }

    /// The planned number of epochs, and the number of steps per epoch if it was known in advance: Keras's
    /// `history.params`.
    ///
    /// ```
    /// use train::{Fit, Training, Verbosity};
    /// let mut model = nn::Mlp::classifier(64, [8], 10).model::<f32>(0);
    /// let history = model.fit(&train::digits(), Fit::new(optim::Sgd::new(0.1)).verbosity(Verbosity::Quiet))?;
    /// assert_eq!(history.planned(), (1, Some(57))); // 1797 images in batches of 32
    /// # Ok::<(), train::FitError>(())
    /// ```
    pub fn planned(&self) -> (usize, Option<usize>) {
        (self.planned_epochs, self.steps)
    }

    pub(crate) fn plan(&mut self, epochs: usize, steps: Option<usize>) {
        (self.planned_epochs, self.steps) = (epochs, steps);
    }

    /// A history with these columns, each with one value per epoch.
    pub(crate) fn from_columns(epochs: Vec<usize>, columns: Vec<(String, Vec<f64>)>) -> Self {
        History { epochs, columns, ..History::default() }
    }

    /// The history as CSV: a header, and a line for each epoch. A metric that an epoch does not have is `NaN`.
    pub fn to_csv(&self) -> String {
        let mut text = header(self.names());
        for (i, epoch) in self.epochs.iter().enumerate() {
            text.push_str(&format!("\n{epoch}"));
            self.columns.iter().for_each(|(_, values)| text.push_str(&format!(",{}", values[i])));
        }
        text + "\n"
    }

    /// Writes [`to_csv`](History::to_csv) to a file. Missing folders are created.
    ///
    /// # Errors
    /// If the file cannot be written. Then an existing file is unchanged.
    pub fn write_csv(&self, path: impl AsRef<Path>) -> Result<(), SaveError> {
        replace(path.as_ref(), |file| file.write_all(self.to_csv().as_bytes()))
    }

    /// Writes [`to_svg`](History::to_svg) to a file. Missing folders are created.
    ///
    /// # Errors
    /// If the file cannot be written. Then an existing file is unchanged.
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
    fn missing_metrics_are_nan() {
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
