//! What a callback sees of a training run, and may change.

use crate::error::FitError;
use crate::history::History;
use crate::logs::Logs;
use crate::metrics::{Direction, direction_of};
use autograd::Scalar;
use nn::Model;
use optim::Optimizer;
use std::fmt;

/// A training run, as a callback sees it.
pub struct TrainingState<'c, T: Scalar = f32> {
    /// The model.
    pub model: &'c mut Model<T>,
    /// The optimizer.
    pub optimizer: &'c mut dyn Optimizer<T>,
    /// The figures of the epoch; complete at its end. What is added here comes into the history.
    pub logs: &'c mut Logs,
    pub(crate) history: &'c History,
    pub(crate) epoch: usize,
    pub(crate) epochs: usize,
    pub(crate) directions: &'c [(String, Direction)],
    /// There is a validation set, but this epoch is not one of those after which the model is evaluated on it.
    pub(crate) unevaluated: bool,
    pub(crate) stop: &'c mut Option<String>,
}

/// What a step came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepReport {
    /// Which step of the epoch, counted from 0.
    pub step: usize,
    /// The loss of this batch alone.
    pub batch_loss: f64,
    /// The mean loss of the epoch so far, over its examples.
    pub running_loss: f64,
}

impl<T: Scalar> TrainingState<'_, T> {
    /// The epoch, counted from 0.
    pub fn epoch(&self) -> usize {
        self.epoch
    }

    /// The epoch before which training ends at the latest.
    pub fn epochs(&self) -> usize {
        self.epochs
    }

    /// The epochs before this one.
    pub fn history(&self) -> &History {
        self.history
    }

    /// A figure of this epoch.
    ///
    /// # Errors
    /// If there is none of that name.
    pub fn figure(&self, name: &str) -> Result<f64, FitError> {
        self.logs.get(name).ok_or_else(|| FitError::Monitor {
            name: name.to_string(),
            known: self.logs.names().map(str::to_string).collect(),
        })
    }

    /// A figure to watch from epoch to epoch: nothing if it is one of the validation set and the model is not evaluated
    /// after this epoch (see [`Fit::validation_every`](crate::Fit::validation_every)).
    ///
    /// # Errors
    /// If there is none of that name.
    pub fn watched(&self, name: &str) -> Result<Option<f64>, FitError> {
        match self.figure(name) {
            Err(_) if self.unevaluated && name.starts_with("val_") => Ok(None),
            found => found.map(Some),
        }
    }

    /// Which values of a figure are the better ones: those of a metric say so themselves, losses are to be small.
    pub fn direction(&self, name: &str) -> Direction {
        direction_of(self.directions, name)
    }

    /// Ends training after this epoch, and says why. Said in a step, the further steps of the epoch are left out.
    pub fn stop(&mut self, why: impl Into<String>) {
        *self.stop = Some(why.into());
    }
}

impl<T: Scalar> fmt::Debug for TrainingState<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrainingState(epoch {} of {}: {})", self.epoch + 1, self.epochs, self.logs)
    }
}
