//! Helpers for the tests of all schedules.

use super::Schedule;

/// Checks the rates of some steps to 14 digits.
#[track_caller]
pub(crate) fn rates(schedule: impl Schedule, expected: &[(u64, f64)]) {
    for &(step, expected) in expected {
        let got = schedule.rate(step);
        assert!(
            (got - expected).abs() <= 1e-14 * expected.abs().max(1e-3),
            "step {step}: expected {expected}, got {got}"
        );
    }
}

/// Checks that no change between neighboring steps is larger than `max_change`, and that all rates lie in `range`.
pub(crate) fn continuous(schedule: impl Schedule, steps: u64, max_change: f64, range: std::ops::RangeInclusive<f64>) {
    let slack = 1e-12 * range.end();
    let mut last = schedule.rate(0);
    for step in 0..=steps {
        let rate = schedule.rate(step);
        assert!(
            (rate - last).abs() <= max_change + slack && rate >= range.start() - slack && rate <= range.end() + slack,
            "step {step}: the rate changes from {last} to {rate}; at most {max_change} within {range:?} is allowed"
        );
        last = rate;
    }
}
