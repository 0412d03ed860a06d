//! Settings, checked where they are made.

/// A learning rate.
///
/// # Panics
/// If it is negative, infinite or NaN, at the caller's line.
#[track_caller]
pub(crate) fn rate(rate: f64) -> f64 {
    assert!(rate >= 0.0 && rate.is_finite(), "the learning rate must be a number from 0 on, but is {rate}");
    rate
}

/// A share: a number from 0 to 1, both included.
///
/// # Panics
/// If it is not, at the caller's line.
#[track_caller]
pub(crate) fn share(name: &str, x: f64) -> f64 {
    assert!((0.0..=1.0).contains(&x), "{name} must lie in 0..=1, but is {x}");
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_a_rate() {
        assert_eq!((rate(0.0), rate(0.5), share("momentum", 1.0)), (0.0, 0.5, 1.0));
    }

    #[test]
    #[should_panic(expected = "the learning rate must be a number from 0 on, but is inf")]
    fn an_infinite_rate() {
        rate(f64::INFINITY);
    }

    #[test]
    #[should_panic(expected = "momentum must lie in 0..=1, but is NaN")]
    fn no_share() {
        share("momentum", f64::NAN);
    }
}
