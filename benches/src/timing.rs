//! Measuring cases alternately, A B A B ..., so that disturbances of the machine affect all of them.

use crate::clock::Clock;
use std::time::Duration;

/// How samples are taken.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The number of samples of each case.
    pub repeats: usize,
    /// The minimum duration of a sample. A faster case is repeated within a sample.
    pub sample: Duration,
    /// The clock.
    pub clock: Clock,
}

/// A case to measure: runs as many times as its argument says.
pub type Lap<'a> = Box<dyn FnMut(u64) + 'a>;

/// Makes a case from a closure.
pub fn lap<'a, R>(mut f: impl FnMut() -> R + 'a) -> Lap<'a> {
    Box::new(move |n| {
        for _ in 0..n {
            std::hint::black_box(f());
        }
    })
}

/// Measures several cases alternately, after a warm-up of each. Returns seconds per run.
pub fn interleave<const N: usize>(plan: Plan, mut laps: [Lap<'_>; N]) -> [Samples; N] {
    let counts = laps.each_mut().map(|lap| {
        lap(1);
        calibrate(plan.sample.as_secs_f64(), |n| time(plan.clock, lap, n))
    });
    let mut samples = [const { Vec::new() }; N];
    for _ in 0..plan.repeats {
        for ((lap, &n), samples) in laps.iter_mut().zip(&counts).zip(&mut samples) {
            samples.push(time(plan.clock, lap, n) / n as f64);
        }
    }
    samples.map(Samples::new)
}

/// Returns the number of runs in a sample of `target` seconds. The runs that determine it are the warm-up.
fn calibrate(target: f64, mut time: impl FnMut(u64) -> f64) -> u64 {
    let mut n = 1;
    loop {
        let seconds = time(n);
        if seconds >= target {
            return n;
        }
        // Short times are unreliable, so the number grows in steps, with a margin.
        let factor = (1.1 * target / seconds.max(1e-9)).clamp(1.1, 20.0);
        n = (n as f64 * factor).ceil() as u64;
    }
}

fn time(clock: Clock, lap: &mut Lap<'_>, n: u64) -> f64 {
    let start = clock.now();
    lap(n);
    start.elapsed()
}

/// Measured values in ascending order.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples(Vec<f64>);

impl Samples {
    /// Creates samples from values in any order.
    pub fn new(mut values: Vec<f64>) -> Samples {
        values.sort_by(f64::total_cmp);
        Samples(values)
    }

    /// Applies a function to each value.
    pub fn map(&self, f: impl FnMut(f64) -> f64) -> Samples {
        Samples::new(self.0.iter().copied().map(f).collect())
    }

    /// Returns the median; NaN if there are no values.
    pub fn median(&self) -> f64 {
        let n = self.0.len();
        match n {
            0 => f64::NAN,
            _ => (self.0[(n - 1) / 2] + self.0[n / 2]) / 2.0,
        }
    }

    /// Returns the minimum.
    pub fn min(&self) -> f64 {
        self.0.first().copied().unwrap_or(f64::NAN)
    }

    /// Returns the maximum.
    pub fn max(&self) -> f64 {
        self.0.last().copied().unwrap_or(f64::NAN)
    }

    /// Returns the number of values.
    pub fn repeats(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_turn_and_as_often() {
        let order = std::cell::RefCell::new(Vec::new());
        let plan = Plan { repeats: 3, sample: Duration::ZERO, clock: Clock::Wall };
        let [a, b] = interleave(plan, [lap(|| order.borrow_mut().push('a')), lap(|| order.borrow_mut().push('b'))]);
        assert_eq!(order.into_inner(), ['a', 'a', 'b', 'b', 'a', 'b', 'a', 'b', 'a', 'b']);
        assert_eq!((a.repeats(), b.repeats()), (3, 3));
    }

    #[test]
    fn fast_things_run_often_enough() {
        for (seconds, target) in [(1e-9, 25e-3), (1e-6, 2e-3), (0.4, 25e-3), (1.0, 0.0)] {
            let mut asked = Vec::new();
            let n = calibrate(target, |n| {
                asked.push(n);
                n as f64 * seconds
            });
            assert!(n as f64 * seconds >= target && n as f64 * seconds <= 2.0 * target.max(seconds), "{n}");
            assert!(asked.len() < 12 && asked.is_sorted(), "{asked:?}");
        }
    }

    #[test]
    fn middles() {
        assert_eq!(Samples::new(vec![3.0, 1.0, 2.0]).median(), 2.0);
        let even = Samples::new(vec![4.0, 1.0, 2.0, 3.0]);
        assert_eq!((even.median(), even.min(), even.max()), (2.5, 1.0, 4.0));
        assert!(Samples::new(vec![]).median().is_nan());
    }
}
