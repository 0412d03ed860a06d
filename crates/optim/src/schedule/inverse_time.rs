//! One over time.

use super::{Schedule, start};
use crate::setting;

/// η₀ / (1 + r t/d): falls fast at first, then ever more slowly; the classic rate for convergence (Robbins and Monro
/// 1951). With [`staircase`](InverseTime::staircase), t/d is rounded down. Keras's `InverseTimeDecay`.
///
/// ```
/// use optim::{InverseTime, Schedule};
/// assert_eq!(InverseTime::new(0.01, 10_000, 1.0).rate(10_000), 0.005);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct InverseTime {
    initial: f64,
    steps: u64,
    decay: f64,
    staircase: bool,
}

impl InverseTime {
    /// From `initial`; after `steps` steps divided by 1 + `decay`.
    ///
    /// # Panics
    /// If the rate or the decay is negative, infinite or NaN, or there are no steps.
    #[track_caller]
    pub fn new(initial: f64, steps: u64, decay: f64) -> Self {
        let (initial, steps) = start(initial, steps);
        InverseTime { initial, steps, decay: setting::from_zero("the decay", decay), staircase: false }
    }

    /// In steps of its own: t/d is rounded down.
    pub fn staircase(mut self) -> Self {
        self.staircase = true;
        self
    }
}

impl Schedule for InverseTime {
    fn rate(&self, step: u64) -> f64 {
        let t = step as f64 / self.steps as f64;
        self.initial / (1.0 + self.decay * if self.staircase { t.floor() } else { t })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{continuous, rates};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn by_hand() {
        let schedule = InverseTime::new(0.9, 10, 2.0);
        rates(schedule.clone(), &[(0, 0.9), (5, 0.45), (10, 0.3), (20, 0.18)]);
        rates(schedule.staircase(), &[(9, 0.9), (10, 0.3), (19, 0.3), (20, 0.18)]);
    }

    proptest! {
        #[test]
        fn has_no_jumps(initial in 1e-6..10.0, steps in 1u64..300, decay in 0.0..5.0) {
            let most = initial * decay / steps as f64;
            continuous(InverseTime::new(initial, steps, decay), 3 * steps, most, 0.0..=initial);
        }
    }
}
