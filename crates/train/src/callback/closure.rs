//! A function as a callback.

use super::{Callback, TrainingState};
use crate::error::FitError;
use autograd::Scalar;
use std::fmt;

/// Calls a function after each epoch.
///
/// ```
/// use train::OnEpoch;
/// let mut seen = Vec::new();
/// let callback = OnEpoch::new(|cx: &mut train::TrainingState<'_>| seen.push(cx.figure("loss").unwrap_or(f64::NAN)));
/// ```
pub struct OnEpoch<F>(F);

impl<F> OnEpoch<F> {
    /// The function is shown the run and may change it, as by `cx.stop("...")`.
    pub fn new<T: Scalar>(f: F) -> Self
    where
        F: FnMut(&mut TrainingState<'_, T>),
    {
        OnEpoch(f)
    }
}

impl<T: Scalar, F: FnMut(&mut TrainingState<'_, T>)> Callback<T> for OnEpoch<F> {
    fn epoch_end(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        (self.0)(cx);
        Ok(())
    }
}

impl<F> fmt::Debug for OnEpoch<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnEpoch")
    }
}
