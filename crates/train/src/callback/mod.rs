//! What is done while a model is trained: after each step, after each epoch.
//!
//! | file | idea |
//! |---|---|
//! | `training_state.rs` | what a callback sees, and may change |
//! | `early_stopping.rs` | ends training when nothing gets better |
//! | `model_checkpoint.rs`, `pattern.rs` | saves the model, under a name with figures in it |
//! | `plateau.rs`, `rate.rs`, `range_test.rs` | the learning rate: lowered, set, found |
//! | `csv_logger.rs`, `tensor_board.rs` | figures in files |
//! | `terminate.rs`, `closure.rs` | an end without an error; a function of yours |

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

pub use closure::OnEpoch;
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

/// Something that is done while a model is trained. All methods do nothing unless said.
///
/// | here | in Keras |
/// |---|---|
/// | `train_begin`, `train_end` | `on_train_begin`, `on_train_end` |
/// | `epoch_begin`, `epoch_end` | `on_epoch_begin`, `on_epoch_end` |
/// | `step_begin`, `step_end` | `on_train_batch_begin`, `on_train_batch_end` |
/// | `evaluation_begin`, `evaluation_step_end`, `evaluation_end` | `on_test_begin`, `on_test_batch_end`, `on_test_end` |
///
/// ```
/// use train::{Callback, TrainingState, FitError};
///
/// /// Prints how far the model overfits.
/// #[derive(Debug)]
/// struct Ratio;
///
/// impl Callback for Ratio {
///     fn epoch_end(&mut self, cx: &mut TrainingState<'_>) -> Result<(), FitError> {
///         println!("epoch {}, val/train = {:.2}", cx.epoch(), cx.figure("val_loss")? / cx.figure("loss")?);
///         Ok(())
///     }
/// }
/// ```
pub trait Callback<T: Scalar = f32>: Debug {
    /// Before the first epoch.
    ///
    /// # Errors
    /// Ends the run, as do those of all methods.
    fn train_begin(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        let _ = cx;
        Ok(())
    }

    /// Before the first step of an epoch.
    ///
    /// # Errors
    /// Ends the run.
    fn epoch_begin(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        let _ = cx;
        Ok(())
    }

    /// Before each step, counted from 0 in its epoch.
    ///
    /// # Errors
    /// Ends the run.
    fn step_begin(&mut self, cx: &mut TrainingState<'_, T>, step: usize) -> Result<(), FitError> {
        let _ = (cx, step);
        Ok(())
    }

    /// After each step.
    ///
    /// # Errors
    /// Ends the run.
    fn step_end(&mut self, cx: &mut TrainingState<'_, T>, step: &StepReport) -> Result<(), FitError> {
        let _ = (cx, step);
        Ok(())
    }

    /// Before the model is evaluated, on the validation set or the training set.
    ///
    /// # Errors
    /// Ends the run.
    fn evaluation_begin(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        let _ = cx;
        Ok(())
    }

    /// After each batch of an evaluation, counted from 0.
    ///
    /// # Errors
    /// Ends the run.
    fn evaluation_step_end(&mut self, cx: &mut TrainingState<'_, T>, step: usize) -> Result<(), FitError> {
        let _ = (cx, step);
        Ok(())
    }

    /// After an evaluation, when its figures are there.
    ///
    /// # Errors
    /// Ends the run.
    fn evaluation_end(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        let _ = cx;
        Ok(())
    }

    /// After an epoch and its validation, when all figures are there.
    ///
    /// # Errors
    /// Ends the run.
    fn epoch_end(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        let _ = cx;
        Ok(())
    }

    /// After the last epoch, however that came about; not after an error.
    ///
    /// # Errors
    /// Ends the run.
    fn train_end(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        let _ = cx;
        Ok(())
    }

    /// Whether a loss that is not finite ends training as a finished one, instead of with an error.
    fn forgives_non_finite(&self) -> bool {
        false
    }

    /// What it must remember for a run to be taken up again; nothing by default.
    fn state(&self) -> CallbackState<T> {
        CallbackState::default()
    }

    /// Takes up a state that [`state`](Callback::state) gave; `params` are those of the model. Whether it could be read.
    fn restore(&mut self, state: &CallbackState<T>, params: &Params<T>) -> bool {
        let _ = params;
        *state == CallbackState::default()
    }
}

/// What a [`Callback`] remembers: figures, and numbers by the names of the parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct CallbackState<T: Scalar = f32> {
    /// Figures, as JSON.
    pub figures: Value,
    /// Numbers.
    pub tensors: Vec<(String, Tensor<T>)>,
}

impl<T: Scalar> Default for CallbackState<T> {
    fn default() -> Self {
        CallbackState { figures: Value::Null, tensors: Vec::new() }
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
    fn forgives_non_finite(&self) -> bool {
        (**self).forgives_non_finite()
    }
    fn state(&self) -> CallbackState<T> {
        (**self).state()
    }
    fn restore(&mut self, state: &CallbackState<T>, params: &Params<T>) -> bool {
        (**self).restore(state, params)
    }
}
