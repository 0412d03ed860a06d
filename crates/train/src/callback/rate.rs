//! Sets the learning rate of each epoch.

use super::{Callback, TrainingState};
use crate::error::FitError;
use autograd::Scalar;
use std::fmt;

/// Sets the learning rate before each epoch, as a function of the epoch and the current rate. The history contains the
/// rate as `learning_rate`.
///
/// For a rate that changes in every step, use a schedule of the optimizer.
///
/// ```
/// use train::{Fit, LearningRateScheduler};
/// // Constant for ten epochs, then multiplied by 0.9 in each epoch.
/// let schedule = LearningRateScheduler::new(|epoch, rate| if epoch < 10 { rate } else { rate * 0.9 });
/// let fit = Fit::<f32>::new(optim::Sgd::new(0.01)).callback(schedule);
/// ```
pub struct LearningRateScheduler<F>(F);

impl<F: FnMut(usize, f64) -> f64> LearningRateScheduler<F> {
    /// A scheduler with a function of the epoch, counted from 0, and the current rate.
    pub fn new(schedule: F) -> Self {
        LearningRateScheduler(schedule)
    }
}

impl<T: Scalar, F: FnMut(usize, f64) -> f64> Callback<T> for LearningRateScheduler<F> {
    fn epoch_begin(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        let rate = (self.0)(cx.epoch(), cx.optimizer.learning_rate());
        Ok(cx.optimizer.set_learning_rate(rate)?)
    }

    fn epoch_end(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        cx.logs.set("learning_rate", cx.optimizer.learning_rate());
        Ok(())
    }
}

impl<F> fmt::Debug for LearningRateScheduler<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LearningRateScheduler")
    }
}
