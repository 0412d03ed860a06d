//! The learning rate of an optimizer: a constant, which can be changed, or a schedule, which cannot.

use crate::schedule::Schedule;
use crate::setting;
use autograd::Scalar;
use std::fmt;
use std::sync::Arc;

const NAME: &str = "the learning rate";

/// A constant, or a function of the step.
#[derive(Clone)]
pub(crate) enum Rate {
    Constant(f64),
    Scheduled(Arc<dyn Schedule>),
}

impl Rate {
    /// # Panics
    /// If it is a constant that is negative or NaN, or not [representable](setting::representable) in `T`.
    #[track_caller]
    pub(crate) fn new<T: Scalar>(schedule: impl Schedule + 'static) -> Self {
        match schedule.constant() {
            Some(rate) => Rate::Constant(setting::representable::<T>(NAME, setting::non_negative(NAME, rate))),
            None => Rate::Scheduled(Arc::new(schedule)),
        }
    }

    /// Returns the rate of a step, counted from 0.
    ///
    /// # Panics
    /// If the schedule returns a rate that is negative, NaN, or infinite in `T`.
    #[track_caller]
    pub(crate) fn at<T: Scalar>(&self, step: u64) -> f64 {
        match self {
            Rate::Constant(rate) => *rate,
            Rate::Scheduled(schedule) => {
                let rate = schedule.rate(step);
                if !is_rate::<T>(rate) {
                    panic!("{} from the schedule in step {step}", setting::expected_non_negative(NAME, rate));
                }
                rate
            }
        }
    }

    pub(crate) fn set<T: Scalar>(&mut self, rate: f64) -> Result<(), LearningRateError> {
        match self {
            Rate::Scheduled(_) => Err(LearningRateError::Scheduled),
            Rate::Constant(_) if !is_rate::<T>(rate) => Err(LearningRateError::Invalid(rate)),
            Rate::Constant(old) => {
                *old = rate;
                Ok(())
            }
        }
    }

    /// Returns the rate if it is a constant.
    pub(crate) fn constant(&self) -> Option<f64> {
        match self {
            Rate::Constant(rate) => Some(*rate),
            Rate::Scheduled(_) => None,
        }
    }
}

impl fmt::Debug for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rate::Constant(rate) => write!(f, "{rate}"),
            Rate::Scheduled(schedule) => write!(f, "schedule starting at {}", schedule.rate(0)),
        }
    }
}

/// Whether a rate is valid for parameters of type `T`. It may round to 0, because a falling schedule can get that low.
pub(crate) fn is_rate<T: Scalar>(rate: f64) -> bool {
    rate >= 0.0 && T::from_f64(rate).is_finite()
}

/// The reason why a learning rate could not be set.
///
/// ```
/// use optim::{ExponentialDecay, Optimizer, LearningRateError, Sgd};
/// let mut sgd = Sgd::<f32>::new(ExponentialDecay::new(0.01, 1000, 0.1));
/// assert_eq!(sgd.set_learning_rate(0.1), Err(LearningRateError::Scheduled));
/// ```
#[derive(Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum LearningRateError {
    /// The optimizer has a schedule, which determines the rate. Keras reports an error in this case too.
    Scheduled,
    /// The rate is negative, NaN, or infinite in the type of the parameters.
    Invalid(f64),
}

impl fmt::Display for LearningRateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LearningRateError::Scheduled => write!(
                f,
                "the learning rate is determined by a schedule and cannot be set; \
                 construct the optimizer with a constant learning rate to change it later"
            ),
            LearningRateError::Invalid(rate) => f.write_str(&setting::expected_non_negative(NAME, *rate)),
        }
    }
}

tensor::debug_as_display!(LearningRateError);

impl std::error::Error for LearningRateError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_constant_rate_can_be_set() {
        let mut rate = Rate::new::<f32>(0.5);
        assert_eq!((rate.set::<f32>(0.25), rate.at::<f32>(7), rate.constant()), (Ok(()), 0.25, Some(0.25)));
        for wrong in [-0.1, f64::INFINITY, 1e39] {
            assert_eq!((rate.set::<f32>(wrong), rate.at::<f32>(0)), (Err(LearningRateError::Invalid(wrong)), 0.25));
        }
        let mut rate = Rate::new::<f64>(|t: u64| t as f64);
        assert_eq!(
            (rate.set::<f64>(0.25), rate.at::<f64>(7), rate.constant()),
            (Err(LearningRateError::Scheduled), 7.0, None)
        );
        assert_eq!(format!("{rate:?}"), "schedule starting at 0");
    }

    #[test]
    #[should_panic(expected = "must be finite and at least 0, got -1 from the schedule in step 3")]
    fn a_schedule_must_not_return_a_negative_rate() {
        Rate::new::<f32>(|t: u64| 2.0 - t as f64).at::<f32>(3);
    }
}
