//! Power decay.

use super::{Schedule, checked};
use crate::setting;

/// η₀ / (1 + t/s)^c. With c = 1, the learning rate is η₀/2 after s steps, η₀/3 after 2s, and so on; this is
/// [`InverseTimeDecay`](super::InverseTimeDecay), the only case that Keras has.
///
/// ```
/// use optim::{PowerDecay, Schedule};
/// let schedule = PowerDecay::new(0.01, 10_000);
/// assert_eq!((schedule.rate(0), schedule.rate(10_000)), (0.01, 0.005));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PowerDecay {
    initial: f64,
    steps: u64,
    power: f64,
}

impl PowerDecay {
    /// Creates a schedule from the learning rate `initial` with s = `steps`.
    ///
    /// # Panics
    /// If `initial` is negative, infinite or NaN, or if `steps` is 0.
    #[track_caller]
    pub fn new(initial: f64, steps: u64) -> Self {
        let (initial, steps) = checked(initial, steps);
        PowerDecay { initial, steps, power: 1.0 }
    }

    /// Sets the power c. Default: 1.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN.
    #[track_caller]
    pub fn power(mut self, power: f64) -> Self {
        self.power = setting::non_negative("power", power);
        self
    }
}

impl Schedule for PowerDecay {
    fn rate(&self, step: u64) -> f64 {
        self.initial / (1.0 + step as f64 / self.steps as f64).powf(self.power)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{continuous, rates};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn matches_reference_values() {
        rates(PowerDecay::new(0.6, 10), &[(0, 0.6), (10, 0.3), (20, 0.2), (50, 0.1)]);
        rates(PowerDecay::new(0.6, 10).power(2.0), &[(10, 0.15), (20, 0.6 / 9.0)]);
        rates(PowerDecay::new(0.6, 10).power(0.5), &[(30, 0.3)]);
    }

    proptest! {
        #[test]
        fn is_continuous(initial in 1e-6..10.0, steps in 1u64..300, power in 0.0..3.0) {
            let schedule = PowerDecay::new(initial, steps).power(power);
            continuous(schedule, 3 * steps, initial * power / steps as f64, 0.0..=initial);
        }
    }
}
