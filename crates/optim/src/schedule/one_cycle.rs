//! The one-cycle schedule.

use super::Schedule;
use super::cosine::half_wave;
use crate::setting;

/// One increase and one decrease of the learning rate over the whole training (Smith 2018). The large rates in the
/// middle train fast and find wide minima.
///
/// There are two variants, for N steps and the maximum rate m:
///
/// * [`new`](OneCycle::new): from m/25 up to m in the first 30 % of the steps, then down to m/250,000, both along half
///   a cosine, as PyTorch's `OneCycleLR` and fastai do. The maximum is at step 0.3 N - 1, the end at step N - 1.
/// * [`linear`](OneCycle::linear): linear from m/10 up to m, down to m/10 in as many steps, then down to m/10,000 in
///   the last N/10 + 1 steps, as in Géron's book. Halves and tenths are rounded down.
///
/// After N steps the rate is constant.
///
/// ```
/// use optim::{OneCycle, Schedule};
/// let schedule = OneCycle::linear(0.5, 100); // 44 steps up, 44 down, and the last 11
/// assert!((schedule.rate(0) - 0.05).abs() < 1e-15 && (schedule.rate(88) - 0.05).abs() < 1e-15);
/// assert_eq!(schedule.rate(44), 0.5);
/// let schedule = OneCycle::new(0.5, 100);
/// assert_eq!((schedule.rate(0), schedule.rate(29)), (0.02, 0.5));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct OneCycle {
    /// The points (step, rate) between which the rate is interpolated.
    points: [(f64, f64); 4],
    linear: bool,
}

impl OneCycle {
    /// Creates the usual variant, with half cosines.
    ///
    /// # Panics
    /// If `max` is negative, infinite or NaN, or if `steps` is 0.
    #[track_caller]
    pub fn new(max: f64, steps: u64) -> Self {
        let (max, n) = OneCycle::checked(max, steps);
        let (start, last) = (max / 25.0, n - 1.0);
        let top = (0.3 * n - 1.0).clamp(0.0, last);
        let end = (last, start / 1e4);
        OneCycle { points: [(0.0, start), (top, max), end, end], linear: false }
    }

    /// Creates the variant with three linear parts.
    ///
    /// # Panics
    /// If `max` is negative, infinite or NaN, or if `steps` is 0.
    #[track_caller]
    pub fn linear(max: f64, steps: u64) -> Self {
        let (max, n) = OneCycle::checked(max, steps);
        let half = (steps.saturating_sub(steps / 10 + 1) / 2) as f64;
        let start = max / 10.0;
        OneCycle { points: [(0.0, start), (half, max), (2.0 * half, start), (n, start / 1000.0)], linear: true }
    }

    #[track_caller]
    fn checked(max: f64, steps: u64) -> (f64, f64) {
        let max = setting::non_negative("the maximum learning rate", max);
        (max, setting::at_least_one("the number of steps", steps) as f64)
    }
}

impl Schedule for OneCycle {
    fn rate(&self, step: u64) -> f64 {
        let t = step as f64;
        for pair in self.points.windows(2) {
            let ((from, start), (to, end)) = (pair[0], pair[1]);
            if t < to {
                let x = (t - from) / (to - from);
                let fraction = if self.linear { x } else { 1.0 - half_wave(x) };
                return start + (end - start) * fraction;
            }
        }
        self.points[3].1
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{continuous, rates};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn linear_matches_reference_values() {
        // 20 steps: 8 up, 8 down, and the last 3.
        let schedule = OneCycle::linear(1.0, 20);
        rates(schedule.clone(), &[(0, 0.1), (4, 0.55), (8, 1.0), (12, 0.55), (16, 0.1), (18, 0.05005), (20, 1e-4)]);
        rates(schedule, &[(99, 1e-4)]);
    }

    #[test]
    fn new_matches_reference_values() {
        // 20 steps: the maximum at 5, the end at 19.
        let schedule = OneCycle::new(1.0, 20);
        rates(schedule, &[(0, 0.04), (5, 1.0), (12, 0.5 * (1.0 + 4e-6)), (19, 4e-6), (99, 4e-6)]);
        let short = OneCycle::new(1.0, 10); // the maximum at 2
        rates(short, &[(1, 0.52), (2, 1.0)]);
    }

    #[test]
    fn very_short_schedules_stay_in_range() {
        for n in 1..5 {
            for schedule in [OneCycle::new(1.0, n), OneCycle::linear(1.0, n)] {
                assert!((0..9).all(|t| (0.0..=1.0).contains(&schedule.rate(t))), "{schedule:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn is_continuous(max in 1e-6..10.0, steps in 20u64..500) {
            let n = steps as f64;
            continuous(OneCycle::new(max, steps), 2 * steps, max * 2.0 / (0.3 * n - 1.0), 0.0..=max);
            continuous(OneCycle::linear(max, steps), 2 * steps, max / (0.45 * n - 1.5), 0.0..=max);
        }
    }
}
