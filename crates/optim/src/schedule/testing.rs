//! What the tests of all schedules share.

use super::Schedule;

/// The rates of some steps, to 14 digits.
#[track_caller]
pub(crate) fn rates(schedule: impl Schedule, expected: &[(u64, f64)]) {
    for &(step, expected) in expected {
        let got = schedule.rate(step);
        assert!((got - expected).abs() <= 1e-14 * expected.abs().max(1e-3), "step {step}: {got}, not {expected}");
    }
}

/// No jump between neighboring steps is larger than `most`, and all rates lie in `range`.
pub(crate) fn continuous(schedule: impl Schedule, steps: u64, most: f64, range: std::ops::RangeInclusive<f64>) {
    let slack = 1e-12 * range.end();
    let mut last = schedule.rate(0);
    for step in 0..=steps {
        let rate = schedule.rate(step);
        assert!(
            (rate - last).abs() <= most + slack && rate >= range.start() - slack && rate <= range.end() + slack,
            "from {last} to {rate} at step {step}, where {most} within {range:?} is allowed"
        );
        last = rate;
    }
}
