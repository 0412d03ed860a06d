//! A power of time.

use super::{Schedule, start};
use crate::setting;

/// η₀ / (1 + t/s)^c: after s steps half of η₀ (if c is 1), after 2s a third, and so on.
///
/// Keras has it as [`InverseTime`](super::InverseTime) with c = 1 only.
///
/// ```
/// use optim::{Power, Schedule};
/// let schedule = Power::new(0.01, 10_000);
/// assert_eq!((schedule.rate(0), schedule.rate(10_000)), (0.01, 0.005));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Power {
    initial: f64,
    steps: u64,
    power: f64,
}

impl Power {
    /// From `initial`, halved after `steps` steps: the power is 1 unless set.
    ///
    /// # Panics
    /// If the rate is negative, infinite or NaN, or there are no steps.
    #[track_caller]
    pub fn new(initial: f64, steps: u64) -> Self {
        let (initial, steps) = start(initial, steps);
        Power { initial, steps, power: 1.0 }
    }

    /// The power c.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN.
    #[track_caller]
    pub fn power(mut self, power: f64) -> Self {
        self.power = setting::from_zero("the power", power);
        self
    }
}

impl Schedule for Power {
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
    fn by_hand() {
        rates(Power::new(0.6, 10), &[(0, 0.6), (10, 0.3), (20, 0.2), (50, 0.1)]);
        rates(Power::new(0.6, 10).power(2.0), &[(10, 0.15), (20, 0.6 / 9.0)]);
        rates(Power::new(0.6, 10).power(0.5), &[(30, 0.3)]);
    }

    proptest! {
        #[test]
        fn has_no_jumps(initial in 1e-6..10.0, steps in 1u64..300, power in 0.0..3.0) {
            let schedule = Power::new(initial, steps).power(power);
            continuous(schedule, 3 * steps, initial * power / steps as f64, 0.0..=initial);
        }
    }
}
