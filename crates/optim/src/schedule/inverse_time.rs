//! Inverse time decay.

use super::{Schedule, checked};
use crate::setting;

/// η₀ / (1 + r t/d), the classic schedule of convergence proofs (Robbins and Monro 1951). Keras: `InverseTimeDecay`.
///
/// ```
/// use optim::{InverseTimeDecay, Schedule};
/// assert_eq!(InverseTimeDecay::new(0.01, 10_000, 1.0).rate(10_000), 0.005);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct InverseTimeDecay {
    initial: f64,
    steps: u64,
    decay: f64,
    staircase: bool,
}

impl InverseTimeDecay {
    /// Creates a schedule that starts at the learning rate `initial`, with decay rate r = `decay` per `steps` steps.
    ///
    /// # Panics
    /// If `initial` or `decay` is negative, infinite or NaN, or if `steps` is 0.
    #[track_caller]
    pub fn new(initial: f64, steps: u64, decay: f64) -> Self {
        let (initial, steps) = checked(initial, steps);
        InverseTimeDecay { initial, steps, decay: setting::non_negative("decay", decay), staircase: false }
    }

    /// Rounds t/d down, so the rate is constant for d steps at a time.
    pub fn staircase(mut self) -> Self {
        self.staircase = true;
        self
    }
}

impl Schedule for InverseTimeDecay {
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
    fn matches_reference_values() {
        let schedule = InverseTimeDecay::new(0.9, 10, 2.0);
        rates(schedule.clone(), &[(0, 0.9), (5, 0.45), (10, 0.3), (20, 0.18)]);
        rates(schedule.staircase(), &[(9, 0.9), (10, 0.3), (19, 0.3), (20, 0.18)]);
    }

    proptest! {
        #[test]
        fn is_continuous(initial in 1e-6..10.0, steps in 1u64..300, decay in 0.0..5.0) {
            let max_change = initial * decay / steps as f64;
            continuous(InverseTimeDecay::new(initial, steps, decay), 3 * steps, max_change, 0.0..=initial);
        }
    }
}
