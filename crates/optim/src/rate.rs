//! The learning rate of an optimizer: a number that may be set anew, or a schedule that may not.

use crate::schedule::Schedule;
use crate::setting;
use autograd::Scalar;
use std::fmt;
use std::sync::Arc;

/// A number, or a function of the step.
#[derive(Clone)]
pub(crate) enum Rate {
    Fixed(f64),
    Scheduled(Arc<dyn Schedule>),
}

impl Rate {
    /// # Panics
    /// If it is a number that is negative, infinite or NaN, or that `T` cannot hold.
    #[track_caller]
    pub(crate) fn new<T: Scalar>(schedule: impl Schedule + 'static) -> Self {
        const NAME: &str = "the learning rate";
        match schedule.fixed() {
            Some(rate) => Rate::Fixed(setting::fits::<T>(NAME, setting::from_zero(NAME, rate))),
            None => Rate::Scheduled(Arc::new(schedule)),
        }
    }

    /// The rate of a step, counted from 0.
    ///
    /// # Panics
    /// If the schedule gives none.
    #[track_caller]
    pub(crate) fn at<T: Scalar>(&self, step: u64) -> f64 {
        match self {
            Rate::Fixed(rate) => *rate,
            Rate::Scheduled(schedule) => {
                let rate = schedule.rate(step);
                if !is_rate::<T>(rate) {
                    panic!("a learning rate is a number from 0 on, but the schedule gives {rate} for step {step}");
                }
                rate
            }
        }
    }

    pub(crate) fn set<T: Scalar>(&mut self, rate: f64) -> Result<(), RateError> {
        match self {
            Rate::Scheduled(_) => Err(RateError::Scheduled),
            Rate::Fixed(_) if !is_rate::<T>(rate) => Err(RateError::NotARate(rate)),
            Rate::Fixed(old) => {
                *old = rate;
                Ok(())
            }
        }
    }

    /// The number, if it is no schedule.
    pub(crate) fn fixed(&self) -> Option<f64> {
        match self {
            Rate::Fixed(rate) => Some(*rate),
            Rate::Scheduled(_) => None,
        }
    }
}

impl fmt::Debug for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rate::Fixed(rate) => write!(f, "{rate}"),
            Rate::Scheduled(schedule) => write!(f, "a schedule from {}", schedule.rate(0)),
        }
    }
}

/// Whether it is a rate for parameters of this type. One that falls in the course of training may come to round to 0.
pub(crate) fn is_rate<T: Scalar>(rate: f64) -> bool {
    rate >= 0.0 && T::from_f64(rate).is_finite()
}

/// Why a learning rate was not set.
///
/// ```
/// use optim::{Exponential, Optimizer, RateError, Sgd};
/// let mut sgd = Sgd::<f32>::new(Exponential::new(0.01, 1000, 0.1));
/// assert_eq!(sgd.set_learning_rate(0.1), Err(RateError::Scheduled));
/// ```
#[derive(Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum RateError {
    /// The optimizer follows a schedule, which says what the rate is. Keras refuses it likewise.
    Scheduled,
    /// Negative, NaN, or infinite in the type of the parameters.
    NotARate(f64),
}

impl fmt::Display for RateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RateError::Scheduled => write!(
                f,
                "the learning rate follows a schedule and cannot be set; \
                 make the optimizer with a number to set it by hand or by a callback"
            ),
            RateError::NotARate(rate) => write!(f, "the learning rate must be a number from 0 on, but is {rate}"),
        }
    }
}

tensor::debug_as_display!(RateError);

impl std::error::Error for RateError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_number_can_be_set() {
        let mut rate = Rate::new::<f32>(0.5);
        assert_eq!((rate.set::<f32>(0.25), rate.at::<f32>(7), rate.fixed()), (Ok(()), 0.25, Some(0.25)));
        for wrong in [-0.1, f64::INFINITY, 1e39] {
            assert_eq!((rate.set::<f32>(wrong), rate.at::<f32>(0)), (Err(RateError::NotARate(wrong)), 0.25));
        }
        let mut rate = Rate::new::<f64>(|t: u64| t as f64);
        assert_eq!((rate.set::<f64>(0.25), rate.at::<f64>(7), rate.fixed()), (Err(RateError::Scheduled), 7.0, None));
        assert_eq!(format!("{rate:?}"), "a schedule from 0");
    }

    #[test]
    #[should_panic(expected = "the schedule gives -1 for step 3")]
    fn a_schedule_that_goes_below_zero() {
        Rate::new::<f32>(|t: u64| 2.0 - t as f64).at::<f32>(3);
    }
}
