//! Callbacks, which are called before and after training, epochs, steps and evaluations.
//!
//! | file | idea |
//! |---|---|
//! | `training_state.rs` | the state of a run that callbacks read and change |
//! | `early_stopping.rs` | stops training when a metric has stopped improving |
//! | `model_checkpoint.rs`, `pattern.rs` | saves the model, under file names that contain metrics |
//! | `plateau.rs`, `rate.rs`, `range_test.rs` | reduces, schedules or searches the learning rate |
//! | `csv_logger.rs`, `tensor_board.rs` | write metrics to files |
//! | `terminate.rs`, `closure.rs` | stops training at a non-finite loss; a closure as a callback |

mod closure;
mod csv_logger;
mod early_stopping;
mod model_checkpoint;
mod pattern;
mod plateau;
mod range_test;
mod rate;
mod tensor_board;
mod terminate;
#[cfg(test)]
mod tests;
mod training_state;

pub use closure::OnEpochEnd;
pub use csv_logger::CsvLogger;
pub use early_stopping::EarlyStopping;
pub use model_checkpoint::ModelCheckpoint;
pub use plateau::ReduceLrOnPlateau;
pub use rate::LearningRateScheduler;
pub use tensor_board::TensorBoard;
pub use terminate::TerminateOnNan;
pub use training_state::{StepReport, TrainingState};

use crate::error::FitError;
use autograd::{Params, Scalar};
use serde_json::Value;
use std::fmt::Debug;
use tensor::Tensor;

/// A callback of [`Training::fit`](crate::Training::fit). By default all methods do nothing.
///
/// | method | in Keras |
/// |---|---|
/// | `train_begin`, `train_end` | `on_train_begin`, `on_train_end` |
/// | `epoch_begin`, `epoch_end` | `on_epoch_begin`, `on_epoch_end` |
/// | `step_begin`, `step_end` | `on_train_batch_begin`, `on_train_batch_end` |
/// | `evaluation_begin`, `evaluation_end` | `on_test_begin`, `on_test_end` |
/// | `evaluation_step_end` | `on_test_batch_end` |
///
/// ```
/// use train::{Callback, TrainingState, FitError};
///
/// /// Prints the ratio of validation to training loss.
/// #[derive(Debug)]
/// struct Ratio;
///
/// impl Callback for Ratio {
///     fn epoch_end(&mut self, cx: &mut TrainingState<'_>) -> Result<(), FitError> {
///         println!("epoch {}, val/train = {:.2}", cx.epoch(), cx.metric("val_loss")? / cx.metric("loss")?);
///         Ok(())
///     }
/// }
/// ```
pub trait Callback<T: Scalar = f32>: Debug {
    /// Called before the first epoch.
    ///
    /// # Errors
    /// An error of any method ends the run with this error.
    fn train_begin(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        let _ = cx;
        Ok(())
    }

    /// Called before the first step of an epoch.
    ///
    /// # Errors
    /// Ends the run.
    fn epoch_begin(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        let _ = cx;
        Ok(())
    }

    /// Called before each step. Steps are counted from 0 in each epoch.
    ///
    /// # Errors
    /// Ends the run.
    fn step_begin(&mut self, cx: &mut TrainingState<'_, T>, step: usize) -> Result<(), FitError> {
        let _ = (cx, step);
        Ok(())
    }

    /// Called after each step.
    ///
    /// # Errors
    /// Ends the run.
    fn step_end(&mut self, cx: &mut TrainingState<'_, T>, step: &StepReport) -> Result<(), FitError> {
        let _ = (cx, step);
        Ok(())
    }

    /// Called before an evaluation on the validation set or the training set.
    ///
    /// # Errors
    /// Ends the run.
    fn evaluation_begin(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        let _ = cx;
        Ok(())
    }

    /// Called after each batch of an evaluation. Batches are counted from 0.
    ///
    /// # Errors
    /// Ends the run.
    fn evaluation_step_end(&mut self, cx: &mut TrainingState<'_, T>, step: usize) -> Result<(), FitError> {
        let _ = (cx, step);
        Ok(())
    }

    /// Called after an evaluation, when its metrics are in the logs.
    ///
    /// # Errors
    /// Ends the run.
    fn evaluation_end(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        let _ = cx;
        Ok(())
    }

    /// Called after an epoch and its evaluations, when all its metrics are in the logs.
    ///
    /// # Errors
    /// Ends the run.
    fn epoch_end(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        let _ = cx;
        Ok(())
    }

    /// Called after the last epoch, also if training was stopped, but not after an error.
    ///
    /// # Errors
    /// Ends the run.
    fn train_end(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        let _ = cx;
        Ok(())
    }

    /// Whether a non-finite loss stops training without an error. Default: false.
    fn tolerates_non_finite(&self) -> bool {
        false
    }

    /// The state to save in a [`resumable`](crate::Fit::resumable) run. Default: empty.
    fn state(&self) -> CallbackState<T> {
        CallbackState::default()
    }

    /// Restores a state returned by [`state`](Callback::state). `params` are the parameters of the model. Returns
    /// whether the state is valid.
    fn restore(&mut self, state: &CallbackState<T>, params: &Params<T>) -> bool {
        let _ = params;
        *state == CallbackState::default()
    }
}

/// The state of a [`Callback`] in serialized form.
#[derive(Clone, Debug, PartialEq)]
pub struct CallbackState<T: Scalar = f32> {
    /// Any values, as JSON.
    pub values: Value,
    /// Named tensors, such as the weights of the best epoch by parameter name.
    pub tensors: Vec<(String, Tensor<T>)>,
}

impl<T: Scalar> Default for CallbackState<T> {
    fn default() -> Self {
        CallbackState { values: Value::Null, tensors: Vec::new() }
    }
}

impl<T: Scalar, C: Callback<T> + ?Sized> Callback<T> for &mut C {
    fn train_begin(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        (**self).train_begin(cx)
    }
    fn epoch_begin(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        (**self).epoch_begin(cx)
    }
    fn step_begin(&mut self, cx: &mut TrainingState<'_, T>, step: usize) -> Result<(), FitError> {
        (**self).step_begin(cx, step)
    }
    fn step_end(&mut self, cx: &mut TrainingState<'_, T>, step: &StepReport) -> Result<(), FitError> {
        (**self).step_end(cx, step)
    }
    fn evaluation_begin(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        (**self).evaluation_begin(cx)
    }
    fn evaluation_step_end(&mut self, cx: &mut TrainingState<'_, T>, step: usize) -> Result<(), FitError> {
        (**self).evaluation_step_end(cx, step)
    }
    fn evaluation_end(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        (**self).evaluation_end(cx)
    }
    fn epoch_end(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        (**self).epoch_end(cx)
    }
    fn train_end(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        (**self).train_end(cx)
    }
    fn tolerates_non_finite(&self) -> bool {
        (**self).tolerates_non_finite()
    }
    fn state(&self) -> CallbackState<T> {
        (**self).state()
    }
    fn restore(&mut self, state: &CallbackState<T>, params: &Params<T>) -> bool {
        (**self).restore(state, params)
    }
}
