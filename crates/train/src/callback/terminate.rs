//! Stops training when the loss becomes infinite or NaN.

use super::Callback;
use autograd::Scalar;

/// Stops training when the loss becomes infinite or NaN, as Keras's `TerminateOnNaN`. Without this callback, it is an
/// error.
///
/// The model then has the weights from before that epoch, and [`History::stop_reason`](crate::History::stop_reason)
/// names the origin of the first non-finite value.
///
/// ```
/// use train::{Fit, TerminateOnNan};
/// let fit = Fit::<f32>::new(optim::Sgd::new(0.01)).callback(TerminateOnNan);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct TerminateOnNan;

impl<T: Scalar> Callback<T> for TerminateOnNan {
    fn tolerates_non_finite(&self) -> bool {
        true
    }
}
