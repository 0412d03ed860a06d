//! Down to an end, along a line or a power.

use super::{Schedule, start};
use crate::setting;

/// (η₀ - η₁)(1 - min(t, d)/d)^p + η₁: from η₀ to η₁ in d steps, then η₁. Keras's `PolynomialDecay`.
///
/// With [`cycle`](Polynomial::cycle) it goes on falling: d is replaced by d ⌈t/d⌉, so that the rate jumps back up, ever
/// less, each time it has arrived.
///
/// ```
/// use optim::{Polynomial, Schedule};
/// let line = Polynomial::new(0.1, 100).end(0.0);
/// assert_eq!((line.rate(0), line.rate(50), line.rate(200)), (0.1, 0.05, 0.0));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Polynomial {
    initial: f64,
    steps: u64,
    end: f64,
    power: f64,
    cycle: bool,
}

impl Polynomial {
    /// From `initial` in `steps` steps; to 1e-4 along a line, as in Keras, unless set.
    ///
    /// # Panics
    /// If the rate is negative, infinite or NaN, or there are no steps.
    #[track_caller]
    pub fn new(initial: f64, steps: u64) -> Self {
        let (initial, steps) = start(initial, steps);
        Polynomial { initial, steps, end: 1e-4, power: 1.0, cycle: false }
    }

    /// The rate at the end.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN.
    #[track_caller]
    pub fn end(mut self, end: f64) -> Self {
        self.end = setting::from_zero("the learning rate at the end", end);
        self
    }

    /// The power p.
    ///
    /// # Panics
    /// If it is not above 0.
    #[track_caller]
    pub fn power(mut self, power: f64) -> Self {
        self.power = setting::positive("the power", power);
        self
    }

    /// Starts again where it would have ended, over a time that is longer by d.
    pub fn cycle(mut self) -> Self {
        self.cycle = true;
        self
    }
}

impl Schedule for Polynomial {
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
    fn powers() {
        rates(Polynomial::new(0.05, 10), &[(0, 0.05), (5, 0.02505), (10, 1e-4), (15, 1e-4)]);
        rates(Polynomial::new(0.05, 10).end(0.01).power(2.0), &[(0, 0.05), (5, 0.02), (9, 0.0104), (10, 0.01)]);
        rates(Polynomial::new(1.0, 16).end(0.0).power(0.5), &[(12, 0.5), (15, 0.25)]);
    }

    #[test]
    fn cycles() {
        let cycle = Polynomial::new(1.0, 10).end(0.0).cycle();
        rates(cycle, &[(0, 1.0), (5, 0.5), (10, 0.0), (11, 0.45), (15, 0.25), (20, 0.0), (21, 0.3)]);
    }

    proptest! {
        #[test]
        fn has_no_jumps(initial in 1e-6..10.0, steps in 1u64..300, share in 0.0..1.0, power in 1.0..3.0) {
            let schedule = Polynomial::new(initial, steps).end(share * initial).power(power);
            continuous(schedule, 2 * steps, power * initial / steps as f64, share * initial..=initial);
        }
    }
}
