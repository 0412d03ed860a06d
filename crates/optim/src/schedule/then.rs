//! A sequence of schedules.

use super::Schedule;

/// The first schedule for n steps, then the second from its step 0. Created by [`Schedule::then`], which can be
/// chained. PyTorch: `SequentialLR`.
///
/// ```
/// use optim::{ExponentialDecay, PolynomialDecay, Schedule};
/// let schedule = PolynomialDecay::new(0.1, 100)
///     .end_learning_rate(0.01)
///     .then(100, ExponentialDecay::new(0.01, 1000, 0.5))
///     .then(500, 1e-4);
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
    fn each_schedule_starts_from_its_step_0() {
        let up = |t: u64| t as f64;
        rates(up.then(3, up).then(5, 9.0), &[(0, 0.0), (2, 2.0), (3, 0.0), (4, 1.0), (5, 9.0), (50, 9.0)]);
        rates(up.then(0, 0.5), &[(0, 0.5)]);
    }
}
