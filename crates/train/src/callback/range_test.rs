//! Which learning rate to begin with, found by a run of `fit`.

use super::{Callback, StepReport, TrainingState};
use crate::error::FitError;
use autograd::Scalar;
use optim::LrRangeTest;

/// The range test as a callback: it sets the rate before each step, takes in the loss after it, and ends training when
/// it is over. A loss that is no longer finite is such an end, not an error.
///
/// ```
/// use nn::Mlp;
/// use optim::{LrRangeTest, Sgd};
/// use train::{Fit, Training, Verbosity};
///
/// let mut test = LrRangeTest::with_factor(1e-3, 1.1);
/// // A copy is trained: what the test leaves of the weights is no good.
/// let mut model = Mlp::classifier(64, [32], 10).model::<f32>(42);
/// let fit = Fit::new(Sgd::new(0.0)).epochs(100).callback(&mut test).verbosity(Verbosity::Quiet);
/// let history = model.clone().fit(&train::digits(), fit)?;
/// assert_eq!(history.stopped(), Some("the range test is over"));
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

    fn forgives_non_finite(&self) -> bool {
        true
    }
}
