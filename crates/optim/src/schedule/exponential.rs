//! Exponential decay.

use super::{Schedule, checked};
use crate::setting;

/// η₀ r^(t/d), which multiplies the learning rate by r every d steps. Keras: `ExponentialDecay`. With
/// [`staircase`](ExponentialDecay::staircase) it is PyTorch's `StepLR`.
///
/// ```
/// use optim::{ExponentialDecay, Schedule};
/// let schedule = ExponentialDecay::new(0.01, 20_000, 0.1);
/// assert!((schedule.rate(20_000) - 0.001).abs() < 1e-15);
/// assert_eq!(schedule.staircase().rate(19_999), 0.01);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ExponentialDecay {
    initial: f64,
    steps: u64,
    factor: f64,
    staircase: bool,
}

impl ExponentialDecay {
    /// Creates a schedule that starts at the learning rate `initial` and multiplies it by `factor` every `steps` steps.
    /// With a factor above 1 the rate grows.
    ///
    /// # Panics
    /// If `initial` is negative, infinite or NaN, if `steps` is 0, or if `factor` is not positive and finite.
    #[track_caller]
    pub fn new(initial: f64, steps: u64, factor: f64) -> Self {
        let (initial, steps) = checked(initial, steps);
        ExponentialDecay { initial, steps, factor: setting::positive("factor", factor), staircase: false }
    }

    /// Rounds t/d down, so the rate is constant for d steps at a time.
    pub fn staircase(mut self) -> Self {
        self.staircase = true;
        self
    }
}

impl Schedule for ExponentialDecay {
    fn rate(&self, step: u64) -> f64 {
        let t = step as f64 / self.steps as f64;
        self.initial * self.factor.powf(if self.staircase { t.floor() } else { t })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{continuous, rates};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_tenth_every_twenty_epochs() {
        let epochs = ExponentialDecay::new(0.01, 20, 0.1);
        let shown: Vec<String> = (0..5).chain([19]).map(|epoch| format!("{:.4}", epochs.rate(epoch))).collect();
        assert_eq!(shown, ["0.0100", "0.0089", "0.0079", "0.0071", "0.0063", "0.0011"]);
        rates(epochs, &[(0, 0.01), (1, 0.01 * 0.1_f64.powf(0.05)), (20, 0.001), (40, 1e-4)]);
    }

    #[test]
    fn a_staircase_is_constant_between_multiples() {
        rates(ExponentialDecay::new(1.0, 10, 0.5).staircase(), &[(0, 1.0), (9, 1.0), (10, 0.5), (19, 0.5), (20, 0.25)]);
    }

    proptest! {
        #[test]
        fn is_continuous(initial in 1e-6..10.0, steps in 1u64..300, factor in 0.01f64..1.0) {
            let max_change = initial * (1.0 - factor.powf(1.0 / steps as f64));
            continuous(ExponentialDecay::new(initial, steps, factor), 3 * steps, max_change, 0.0..=initial);
        }
    }
}
