//! Up and down once.

use super::Schedule;
use super::cosine::half_wave;
use crate::setting;

/// One rise and one fall over a whole training (Smith 2018): large rates in the middle train fast and find wide minima.
///
/// Over N steps, with the largest rate m, in one of two forms:
///
/// * [`new`](OneCycle::new): up from m/25 to m over the first 0.3 of the steps, down to m/250,000, both along half a
///   cosine: PyTorch's `OneCycleLR` and fastai's. The top is at step 0.3 N - 1, the end at step N - 1.
/// * [`linear`](OneCycle::linear): up from m/10 to m over half of what the tail leaves, down to m/10 as fast, then in a
///   tail of N/10 + 1 steps to m/10,000, all along lines: Géron's. Halves and tenths are rounded down.
///
/// After N steps the rate stays where it is.
///
/// ```
/// use optim::{OneCycle, Schedule};
/// let schedule = OneCycle::linear(0.5, 100); // a tail of 11 steps leaves 44 for each slope
/// assert!((schedule.rate(0) - 0.05).abs() < 1e-15 && (schedule.rate(88) - 0.05).abs() < 1e-15);
/// assert_eq!(schedule.rate(44), 0.5);
/// let schedule = OneCycle::new(0.5, 100);
/// assert_eq!((schedule.rate(0), schedule.rate(29)), (0.02, 0.5));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct OneCycle {
    /// Where the rate turns, from the first step to the last: (step, rate).
    turns: [(f64, f64); 4],
    lines: bool,
}

impl OneCycle {
    /// The usual form.
    ///
    /// # Panics
    /// If the rate is negative, infinite or NaN, or there are no steps.
    #[track_caller]
    pub fn new(max: f64, steps: u64) -> Self {
        let (max, n) = OneCycle::checked(max, steps);
        let (start, last) = (max / 25.0, n - 1.0);
        let top = (0.3 * n - 1.0).clamp(0.0, last);
        let end = (last, start / 1e4);
        OneCycle { turns: [(0.0, start), (top, max), end, end], lines: false }
    }

    /// Three lines.
    ///
    /// # Panics
    /// If the rate is negative, infinite or NaN, or there are no steps.
    #[track_caller]
    pub fn linear(max: f64, steps: u64) -> Self {
        let (max, n) = OneCycle::checked(max, steps);
        let half = (steps.saturating_sub(steps / 10 + 1) / 2) as f64;
        let start = max / 10.0;
        OneCycle { turns: [(0.0, start), (half, max), (2.0 * half, start), (n, start / 1000.0)], lines: true }
    }

    #[track_caller]
    fn checked(max: f64, steps: u64) -> (f64, f64) {
        let max = setting::from_zero("the largest learning rate", max);
        (max, setting::count("the number of steps of a schedule", steps) as f64)
    }
}

impl Schedule for OneCycle {
    fn rate(&self, step: u64) -> f64 {
        let t = step as f64;
        for pair in self.turns.windows(2) {
            let ((from, start), (to, end)) = (pair[0], pair[1]);
            if t < to {
                let x = (t - from) / (to - from);
                let gone = if self.lines { x } else { 1.0 - half_wave(x) };
                return start + (end - start) * gone;
            }
        }
        self.turns[3].1
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{continuous, rates};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn three_lines() {
        // 20 steps: a tail of 3, and 8 for each slope.
        let schedule = OneCycle::linear(1.0, 20);
        rates(schedule.clone(), &[(0, 0.1), (4, 0.55), (8, 1.0), (12, 0.55), (16, 0.1), (18, 0.05005), (20, 1e-4)]);
        rates(schedule, &[(99, 1e-4)]);
    }

    #[test]
    fn two_cosines() {
        // 20 steps: the top at 5, the end at 19.
        let schedule = OneCycle::new(1.0, 20);
        rates(schedule, &[(0, 0.04), (5, 1.0), (12, 0.5 * (1.0 + 4e-6)), (19, 4e-6), (99, 4e-6)]);
        let half_up = OneCycle::new(1.0, 10); // the top at 2
        rates(half_up, &[(1, 0.52), (2, 1.0)]);
    }

    #[test]
    fn shorter_than_its_parts() {
        for n in 1..5 {
            for schedule in [OneCycle::new(1.0, n), OneCycle::linear(1.0, n)] {
                assert!((0..9).all(|t| (0.0..=1.0).contains(&schedule.rate(t))), "{schedule:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn has_no_jumps(max in 1e-6..10.0, steps in 20u64..500) {
            let n = steps as f64;
            continuous(OneCycle::new(max, steps), 2 * steps, max * 2.0 / (0.3 * n - 1.0), 0.0..=max);
            continuous(OneCycle::linear(max, steps), 2 * steps, max / (0.45 * n - 1.5), 0.0..=max);
        }
    }
}
