//! Linear warm-up.

use super::Schedule;
use crate::setting;

/// A linear warm-up over the first w steps, then a schedule from its step 0.
///
/// With f the learning rate at the start, set by [`from`](WarmUp::from), and η₀ the rate of the schedule at its step 0,
/// the rate of step t is f + (η₀ - f) t/w for t < w, and that of the schedule at step t - w otherwise. Created by
/// [`Schedule::warm_up`].
///
/// ```
/// use optim::{ExponentialDecay, Schedule, WarmUp};
/// let schedule = ExponentialDecay::new(0.1, 1000, 0.5).warm_up(100);
/// assert_eq!((schedule.rate(0), schedule.rate(50), schedule.rate(100)), (0.0, 0.05, 0.1));
/// assert_eq!(schedule.rate(1100), 0.05);
/// assert_eq!(WarmUp::new(100, 0.1).from(0.02).rate(50), 0.06);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct WarmUp<S> {
    from: f64,
    steps: u64,
    schedule: S,
}

impl<S: Schedule> WarmUp<S> {
    /// Creates a warm-up over `steps` steps before `schedule`.
    ///
    /// # Panics
    /// If `steps` is 0.
    #[track_caller]
    pub fn new(steps: u64, schedule: S) -> Self {
        WarmUp { from: 0.0, steps: setting::at_least_one("the number of warm-up steps", steps), schedule }
    }

    /// Sets the learning rate of step 0. Default: 0.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN.
    #[track_caller]
    pub fn from(mut self, rate: f64) -> Self {
        self.from = setting::non_negative("the initial learning rate", rate);
        self
    }
}

impl<S: Schedule> Schedule for WarmUp<S> {
    fn rate(&self, step: u64) -> f64 {
        if step >= self.steps {
            return self.schedule.rate(step - self.steps);
        }
        self.from + (self.schedule.rate(0) - self.from) * (step as f64 / self.steps as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{continuous, rates};
    use super::super::{CosineDecay, PowerDecay};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_schedule_follows_the_warm_up() {
        rates(PowerDecay::new(1.0, 2).warm_up(4), &[(0, 0.0), (1, 0.25), (3, 0.75), (4, 1.0), (6, 0.5)]);
        rates(WarmUp::new(4, |t: u64| 1.0 + t as f64).from(2.0), &[(0, 2.0), (2, 1.5), (4, 1.0), (5, 2.0)]);
    }

    proptest! {
        #[test]
        fn is_continuous(initial in 1e-6..10.0, steps in 1u64..300, warm in 1u64..100) {
            let max_change = initial * (1.0 / warm as f64).max(std::f64::consts::PI / 2.0 / steps as f64);
            continuous(CosineDecay::new(initial, steps).warm_up(warm), warm + 2 * steps, max_change, 0.0..=initial);
        }
    }
}
