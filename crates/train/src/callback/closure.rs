//! A closure as a callback.

use super::{Callback, TrainingState};
use crate::error::FitError;
use autograd::Scalar;
use std::fmt;

/// Calls a closure at the end of each epoch, as Keras's `LambdaCallback(on_epoch_end=...)`.
///
/// ```
/// use train::OnEpochEnd;
/// let mut losses = Vec::new();
/// let callback = OnEpochEnd::new(|cx: &mut train::TrainingState<'_>| losses.extend(cx.metric("loss").ok()));
/// ```
pub struct OnEpochEnd<F>(F);

impl<F> OnEpochEnd<F> {
    /// A callback from a closure, which can read the state of the run and change it, such as with `cx.stop("...")`.
    pub fn new<T: Scalar>(f: F) -> Self
    where
        F: FnMut(&mut TrainingState<'_, T>),
    {
        OnEpochEnd(f)
    }
}

impl<T: Scalar, F: FnMut(&mut TrainingState<'_, T>)> Callback<T> for OnEpochEnd<F> {
    fn epoch_end(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        (self.0)(cx);
        Ok(())
    }
}

impl<F> fmt::Debug for OnEpochEnd<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnEpochEnd")
    }
}
