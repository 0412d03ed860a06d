//! Settings, checked where they are made.

use autograd::Scalar;
use std::any::type_name;

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
/// If it is not, or rounds to 1 in `T`, at the caller's line.
#[track_caller]
pub(crate) fn kept<T: Scalar>(name: &str, x: f64) -> f64 {
    assert!((0.0..1.0).contains(&x), "{name} must lie in 0..1, without 1, but is {x}");
    assert!(T::from_f64(x) < T::ONE, "{name} must lie in 0..1, without 1, but {x} rounds to 1 in {}", type_name::<T>());
    x
}

/// A setting that is 0 or more, for parameters of type `T`, in which rules compute with it.
///
/// # Panics
/// If it is not 0, but `T` cannot tell it from 0 (or only with fewer digits), or is infinite in `T`, at the caller's
/// line.
#[track_caller]
pub(crate) fn fits<T: Scalar>(name: &str, x: f64) -> f64 {
    let (y, of) = (T::from_f64(x), type_name::<T>());
    assert!(y.is_finite(), "{name} is {x:e}, which is infinite in {of}; take a smaller number, or f64 parameters");
    assert!(
        x == 0.0 || y >= T::MIN_POSITIVE,
        "{name} is {x:e}, which {of} cannot tell from 0; take 0, a number from {:e} on, or f64 parameters",
        T::MIN_POSITIVE.to_f64()
    );
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
        assert_eq!(
            (from_zero("the learning rate", 0.0), share("momentum", 1.0), kept::<f32>("beta1", 0.0)),
            (0.0, 1.0, 0.0)
        );
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
        kept::<f64>("beta1", 1.0);
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

    #[test]
    fn what_f64_holds_and_f32_does_not() {
        assert_eq!((fits::<f32>("epsilon", 0.0), fits::<f32>("epsilon", 1e-7)), (0.0, 1e-7));
        assert_eq!((fits::<f64>("epsilon", 1e-50), kept::<f64>("rho", 1.0 - 1e-9)), (1e-50, 1.0 - 1e-9));
    }

    #[test]
    #[should_panic(expected = "epsilon is 1e-50, which f32 cannot tell from 0; take 0, a number from 1.17549")]
    fn a_number_that_vanishes() {
        fits::<f32>("epsilon", 1e-50);
    }

    #[test]
    #[should_panic(expected = "the learning rate is 1e39, which is infinite in f32; take a smaller number")]
    fn a_number_that_overflows() {
        fits::<f32>("the learning rate", 1e39);
    }

    #[test]
    #[should_panic(expected = "rho must lie in 0..1, without 1, but 0.999999999 rounds to 1 in f32")]
    fn a_share_that_rounds_to_everything() {
        kept::<f32>("rho", 1.0 - 1e-9);
    }
}
