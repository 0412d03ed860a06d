//! The same factor over every so many steps.

use super::{Schedule, start};
use crate::setting;

/// η₀ r^(t/d): the rate is multiplied by r every d steps, little by little, or at once in a
/// [`staircase`](Exponential::staircase). Keras's `ExponentialDecay`.
///
/// ```
/// use optim::{Exponential, Schedule};
/// let schedule = Exponential::new(0.01, 20_000, 0.1);
/// assert!((schedule.rate(20_000) - 0.001).abs() < 1e-15);
/// assert_eq!(schedule.staircase().rate(19_999), 0.01);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Exponential {
    initial: f64,
    steps: u64,
    factor: f64,
    staircase: bool,
}

impl Exponential {
    /// From `initial`, by `factor` over `steps` steps. A factor above 1 makes it rise.
    ///
    /// # Panics
    /// If the rate is negative, infinite or NaN, there are no steps, or the factor is not above 0.
    #[track_caller]
    pub fn new(initial: f64, steps: u64, factor: f64) -> Self {
        let (initial, steps) = start(initial, steps);
        Exponential { initial, steps, factor: setting::positive("the factor", factor), staircase: false }
    }

    /// In steps of its own: t/d is rounded down.
    pub fn staircase(mut self) -> Self {
        self.staircase = true;
        self
    }
}

impl Schedule for Exponential {
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
        let epochs = Exponential::new(0.01, 20, 0.1);
        let shown: Vec<String> = (0..5).chain([19]).map(|epoch| format!("{:.4}", epochs.rate(epoch))).collect();
        assert_eq!(shown, ["0.0100", "0.0089", "0.0079", "0.0071", "0.0063", "0.0011"]);
        rates(epochs, &[(0, 0.01), (1, 0.01 * 0.1_f64.powf(0.05)), (20, 0.001), (40, 1e-4)]);
    }

    #[test]
    fn stairs() {
        rates(Exponential::new(1.0, 10, 0.5).staircase(), &[(0, 1.0), (9, 1.0), (10, 0.5), (19, 0.5), (20, 0.25)]);
    }

    proptest! {
        #[test]
        fn has_no_jumps(initial in 1e-6..10.0, steps in 1u64..300, factor in 0.01f64..1.0) {
            let most = initial * (1.0 - factor.powf(1.0 / steps as f64));
            continuous(Exponential::new(initial, steps, factor), 3 * steps, most, 0.0..=initial);
        }
    }
}
