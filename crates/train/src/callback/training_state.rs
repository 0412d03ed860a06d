//! The state of a training run that callbacks read and change.

use crate::error::FitError;
use crate::history::History;
use crate::logs::Logs;
use crate::metrics::{Direction, direction_of};
use autograd::Scalar;
use nn::Model;
use optim::Optimizer;
use std::fmt;

/// The state of a training run, passed to callbacks.
pub struct TrainingState<'c, T: Scalar = f32> {
    /// The model.
    pub model: &'c mut Model<T>,
    /// The optimizer.
    pub optimizer: &'c mut dyn Optimizer<T>,
    /// The metrics of the epoch, complete at its end. Metrics that a callback adds are included in the history.
    pub logs: &'c mut Logs,
    pub(crate) history: &'c History,
    pub(crate) epoch: usize,
    pub(crate) epochs: usize,
    pub(crate) directions: &'c [(String, Direction)],
    /// Whether there is a validation set that is not evaluated in this epoch.
    pub(crate) skips_validation: bool,
    pub(crate) stop: &'c mut Option<String>,
}

/// The result of a training step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepReport {
    /// The step, counted from 0 in each epoch.
    pub step: usize,
    /// The loss of this batch.
    pub batch_loss: f64,
    /// The mean loss over the examples of the epoch so far.
    pub running_loss: f64,
}

impl<T: Scalar> TrainingState<'_, T> {
    /// The epoch, counted from 0.
    pub fn epoch(&self) -> usize {
        self.epoch
    }

    /// The number of epochs of the run.
    pub fn epochs(&self) -> usize {
        self.epochs
    }

    /// The metrics of the earlier epochs.
    pub fn history(&self) -> &History {
        self.history
    }

    /// The value of a metric in this epoch.
    ///
    /// # Errors
    /// If the logs have no metric of this name.
    pub fn metric(&self, name: &str) -> Result<f64, FitError> {
        self.logs.get(name).ok_or_else(|| FitError::Monitor {
            name: name.to_string(),
            known: self.logs.names().map(str::to_string).collect(),
        })
    }

    /// The value of a metric that a callback monitors. `None` for a validation metric in an epoch without validation
    /// (see [`Fit::validation_freq`](crate::Fit::validation_freq)).
    ///
    /// # Errors
    /// If the logs have no metric of this name.
    pub fn monitored(&self, name: &str) -> Result<Option<f64>, FitError> {
        match self.metric(name) {
            Err(_) if self.skips_validation && name.starts_with("val_") => Ok(None),
            found => found.map(Some),
        }
    }

    /// Whether smaller or larger values of a metric are better. Losses are minimized.
    pub fn direction(&self, name: &str) -> Direction {
        direction_of(self.directions, name)
    }

    /// Stops training after this epoch, for the given reason. If called in a step, the remaining steps of the epoch are
    /// skipped.
    pub fn stop(&mut self, reason: impl Into<String>) {
        *self.stop = Some(reason.into());
    }
}

impl<T: Scalar> fmt::Debug for TrainingState<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrainingState(epoch {} of {}: {})", self.epoch + 1, self.epochs, self.logs)
    }
}
