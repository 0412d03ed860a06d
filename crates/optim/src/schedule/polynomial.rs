//! Polynomial decay.

use super::{Schedule, checked};
use crate::setting;

/// (η₀ - η₁)(1 - min(t, d)/d)^p + η₁, which decays from η₀ to η₁ in d steps and is constant afterwards. Keras:
/// `PolynomialDecay`. PyTorch: `PolynomialLR`, with η₁ = 0.
///
/// ```
/// use optim::{PolynomialDecay, Schedule};
/// let linear = PolynomialDecay::new(0.1, 100).end_learning_rate(0.0);
/// assert_eq!((linear.rate(0), linear.rate(50), linear.rate(200)), (0.1, 0.05, 0.0));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PolynomialDecay {
    initial: f64,
    steps: u64,
    end: f64,
    power: f64,
    cycle: bool,
}

impl PolynomialDecay {
    /// Creates a schedule from the learning rate `initial` to [`end_learning_rate`](PolynomialDecay::end_learning_rate)
    /// in `steps` steps.
    ///
    /// # Panics
    /// If `initial` is negative, infinite or NaN, or if `steps` is 0.
    #[track_caller]
    pub fn new(initial: f64, steps: u64) -> Self {
        let (initial, steps) = checked(initial, steps);
        PolynomialDecay { initial, steps, end: 1e-4, power: 1.0, cycle: false }
    }

    /// Sets η₁, the learning rate at the end. Default: 1e-4, as in Keras.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN.
    #[track_caller]
    pub fn end_learning_rate(mut self, rate: f64) -> Self {
        self.end = setting::non_negative("end_learning_rate", rate);
        self
    }

    /// Sets the power p. Default: 1, which is a linear decay.
    ///
    /// # Panics
    /// If it is not positive and finite.
    #[track_caller]
    pub fn power(mut self, power: f64) -> Self {
        self.power = setting::positive("power", power);
        self
    }

    /// Restarts the decay every d steps: replaces d by d ⌈t/d⌉, so the rate jumps up after each period, by less each
    /// time.
    pub fn cycle(mut self) -> Self {
        self.cycle = true;
        self
    }
}

impl Schedule for PolynomialDecay {
    fn rate(&self, step: u64) -> f64 {
        let periods = if self.cycle { step.div_ceil(self.steps).max(1) } else { 1 };
        let left = 1.0 - (step as f64 / (self.steps as f64 * periods as f64)).min(1.0);
        (self.initial - self.end) * left.powf(self.power) + self.end
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{continuous, rates};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn matches_reference_values() {
        rates(PolynomialDecay::new(0.05, 10), &[(0, 0.05), (5, 0.02505), (10, 1e-4), (15, 1e-4)]);
        rates(
            PolynomialDecay::new(0.05, 10).end_learning_rate(0.01).power(2.0),
            &[(0, 0.05), (5, 0.02), (9, 0.0104), (10, 0.01)],
        );
        rates(PolynomialDecay::new(1.0, 16).end_learning_rate(0.0).power(0.5), &[(12, 0.5), (15, 0.25)]);
    }

    #[test]
    fn a_cycle_restarts() {
        let cycle = PolynomialDecay::new(1.0, 10).end_learning_rate(0.0).cycle();
        rates(cycle, &[(0, 1.0), (5, 0.5), (10, 0.0), (11, 0.45), (15, 0.25), (20, 0.0), (21, 0.3)]);
    }

    proptest! {
        #[test]
        fn is_continuous(initial in 1e-6..10.0, steps in 1u64..300, fraction in 0.0..1.0, power in 1.0..3.0) {
            let schedule = PolynomialDecay::new(initial, steps).end_learning_rate(fraction * initial).power(power);
            continuous(schedule, 2 * steps, power * initial / steps as f64, fraction * initial..=initial);
        }
    }
}
