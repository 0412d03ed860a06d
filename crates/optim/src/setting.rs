//! Settings, checked where they are made.

/// A number from 0 on: a learning rate, a weight decay.
///
/// # Panics
/// If it is negative, infinite or NaN, at the caller's line.
#[track_caller]
pub(crate) fn from_zero(name: &str, x: f64) -> f64 {
    assert!(x >= 0.0 && x.is_finite(), "{name} must be a number from 0 on, but is {x}");
    x
}

/// A number above 0: a bound, a base.
///
/// # Panics
/// If it is not, or infinite, at the caller's line.
#[track_caller]
pub(crate) fn positive(name: &str, x: f64) -> f64 {
    assert!(x > 0.0 && x.is_finite(), "{name} must be a number above 0, but is {x}");
    x
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

/// How much of an average is kept from step to step: a number from 0 to 1, without 1, at which nothing new would count.
///
/// # Panics
/// If it is not, at the caller's line.
#[track_caller]
pub(crate) fn kept(name: &str, x: f64) -> f64 {
    assert!((0.0..1.0).contains(&x), "{name} must lie in 0..1, without 1, but is {x}");
    x
}

/// A count from 1 on.
///
/// # Panics
/// If it is 0, at the caller's line.
#[track_caller]
pub(crate) fn count(name: &str, n: u64) -> u64 {
    assert!(n > 0, "{name} must be at least 1, but is 0");
    n
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_of_the_ranges() {
        assert_eq!((from_zero("the learning rate", 0.0), share("momentum", 1.0), kept("beta1", 0.0)), (0.0, 1.0, 0.0));
        assert_eq!((positive("epsilon", 1e-300), count("steps", 1)), (1e-300, 1));
    }

    #[test]
    #[should_panic(expected = "the learning rate must be a number from 0 on, but is inf")]
    fn an_infinite_rate() {
        from_zero("the learning rate", f64::INFINITY);
    }

    #[test]
    #[should_panic(expected = "momentum must lie in 0..=1, but is NaN")]
    fn no_share() {
        share("momentum", f64::NAN);
    }

    #[test]
    #[should_panic(expected = "beta1 must lie in 0..1, without 1, but is 1")]
    fn everything_kept() {
        kept("beta1", 1.0);
    }

    #[test]
    #[should_panic(expected = "max must be a number above 0, but is 0")]
    fn nothing() {
        positive("max", 0.0);
    }

    #[test]
    #[should_panic(expected = "steps must be at least 1")]
    fn no_steps() {
        count("steps", 0);
    }
}
