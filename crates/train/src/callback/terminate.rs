//! An end without an error where a loss is not finite.

use super::Callback;
use autograd::Scalar;

/// Ends training where a loss becomes infinite or NaN, as a finished run: without this it is an error.
///
/// The model then holds the weights from before that epoch, and [`History::stopped`](crate::History::stopped) says
/// what went wrong first.
///
/// ```
/// use train::{Fit, TerminateOnNan};
/// let fit = Fit::<f32>::new(optim::Sgd::new(0.01)).callback(TerminateOnNan);
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct TerminateOnNan;

impl<T: Scalar> Callback<T> for TerminateOnNan {
    fn forgives_non_finite(&self) -> bool {
        true
    }
}
