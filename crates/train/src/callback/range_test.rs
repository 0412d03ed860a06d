//! The learning rate range test as a callback.

use super::{Callback, StepReport, TrainingState};
use crate::error::FitError;
use autograd::Scalar;
use optim::LrRangeTest;

/// The range test as a callback: sets the learning rate before each step, records the loss after it, and stops training
/// when the test is over. A non-finite loss also ends the test, without an error.
///
/// ```
/// use nn::Mlp;
/// use optim::{LrRangeTest, Sgd};
/// use train::{Fit, Training, Verbosity};
///
/// let mut test = LrRangeTest::with_factor(1e-3, 1.1);
/// // The test trains a copy, because it leaves the weights in a bad state.
/// let mut model = Mlp::classifier(64, [32], 10).model::<f32>(42);
/// let fit = Fit::new(Sgd::new(0.0)).epochs(100).callback(&mut test).verbosity(Verbosity::Quiet);
/// let history = model.clone().fit(&train::digits(), fit)?;
/// assert_eq!(history.stop_reason(), Some("the range test is over"));
/// let rate = test.suggestion().unwrap();
/// assert!((0.02..2.0).contains(&rate), "{rate}");
/// # Ok::<(), train::FitError>(())
/// ```
impl<T: Scalar> Callback<T> for LrRangeTest {
    fn step_begin(&mut self, cx: &mut TrainingState<'_, T>, _: usize) -> Result<(), FitError> {
        match self.next_rate() {
            Some(rate) => Ok(cx.optimizer.set_learning_rate(rate)?),
            None => Ok(()),
        }
    }

    fn step_end(&mut self, cx: &mut TrainingState<'_, T>, step: &StepReport) -> Result<(), FitError> {
        self.record(step.batch_loss);
        if self.next_rate().is_none() {
            cx.stop("the range test is over");
        }
        Ok(())
    }

    fn tolerates_non_finite(&self) -> bool {
        true
    }
}
