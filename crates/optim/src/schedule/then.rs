//! One schedule after the other.

use super::Schedule;

/// The first schedule for n steps, then the second, from its own beginning. Made by [`Schedule::then`]; chains of any
/// length are made of these.
///
/// ```
/// use optim::{Exponential, Polynomial, Schedule};
/// let schedule = Polynomial::new(0.1, 100).end(0.01).then(100, Exponential::new(0.01, 1000, 0.5)).then(500, 1e-4);
/// assert_eq!((schedule.rate(0), schedule.rate(100), schedule.rate(500)), (0.1, 0.01, 1e-4));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Then<A, B> {
    first: A,
    steps: u64,
    second: B,
}

impl<A: Schedule, B: Schedule> Then<A, B> {
    pub(super) fn new(first: A, steps: u64, second: B) -> Self {
        Then { first, steps, second }
    }
}

impl<A: Schedule, B: Schedule> Schedule for Then<A, B> {
    fn rate(&self, step: u64) -> f64 {
        match step.checked_sub(self.steps) {
            Some(since) => self.second.rate(since),
            None => self.first.rate(step),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::rates;
    use super::*;

    #[test]
    fn each_from_its_own_beginning() {
        let up = |t: u64| t as f64;
        rates(up.then(3, up).then(5, 9.0), &[(0, 0.0), (2, 2.0), (3, 0.0), (4, 1.0), (5, 9.0), (50, 9.0)]);
        rates(up.then(0, 0.5), &[(0, 0.5)]);
    }
}
