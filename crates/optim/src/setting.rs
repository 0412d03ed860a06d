//! Checks of settings, made by the builder methods that take them.
//!
//! Every check panics at the caller's line if the value is out of range.

use autograd::Scalar;
use std::any::type_name;

/// Returns `x` if it is finite and at least 0: a learning rate, a weight decay.
#[track_caller]
pub(crate) fn non_negative(name: &str, x: f64) -> f64 {
    assert!(x >= 0.0 && x.is_finite(), "{}", expected_non_negative(name, x));
    x
}

/// The message about a value that must be finite and at least 0, but is not.
pub(crate) fn expected_non_negative(name: &str, x: f64) -> String {
    format!("{name} must be finite and at least 0, got {x}")
}

/// Returns `x` if it is finite and above 0: a bound, the base of a power.
#[track_caller]
pub(crate) fn positive(name: &str, x: f64) -> f64 {
    assert!(x > 0.0 && x.is_finite(), "{name} must be finite and greater than 0, got {x}");
    x
}

/// Returns `x` if it is finite and greater than 1: a growth factor.
#[track_caller]
pub(crate) fn above_one(name: &str, x: f64) -> f64 {
    assert!(x > 1.0 && x.is_finite(), "{name} must be finite and greater than 1, got {x}");
    x
}

/// Returns `x` if it lies in [0, 1].
#[track_caller]
pub(crate) fn fraction(name: &str, x: f64) -> f64 {
    assert!((0.0..=1.0).contains(&x), "{name} must lie in [0, 1], got {x}");
    x
}

/// Returns `x` if it is the decay factor of a moving average: in [0, 1), also after rounding to `T`. At 1 the average
/// would never change.
#[track_caller]
pub(crate) fn decay_factor<T: Scalar>(name: &str, x: f64) -> f64 {
    assert!((0.0..1.0).contains(&x), "{name} must lie in [0, 1), got {x}");
    assert!(T::from_f64(x) < T::ONE, "{name} must lie in [0, 1), but {x} rounds to 1 in {}", type_name::<T>());
    x
}

/// Returns the two decay factors of Adam and related methods.
#[track_caller]
pub(crate) fn betas<T: Scalar>(beta1: f64, beta2: f64) -> (f64, f64) {
    (decay_factor::<T>("beta1", beta1), decay_factor::<T>("beta2", beta2))
}

/// Returns the ε of a denominator.
#[track_caller]
pub(crate) fn epsilon<T: Scalar>(epsilon: f64) -> f64 {
    representable::<T>("epsilon", non_negative("epsilon", epsilon))
}

/// Returns `x >= 0` if `T`, the type in which rules compute, represents it: it is 0, or neither subnormal nor infinite
/// in `T`.
#[track_caller]
pub(crate) fn representable<T: Scalar>(name: &str, x: f64) -> f64 {
    let (y, of) = (T::from_f64(x), type_name::<T>());
    assert!(y.is_finite(), "{name} is {x:e}, which is infinite in {of}; use a smaller value, or f64 parameters");
    assert!(
        x == 0.0 || y >= T::MIN_POSITIVE,
        "{name} is {x:e}, which is too small for {of}; use 0, a value of at least {:e}, or f64 parameters",
        T::MIN_POSITIVE.to_f64()
    );
    x
}

/// Returns `n` if it is not 0.
#[track_caller]
pub(crate) fn at_least_one(name: &str, n: u64) -> u64 {
    assert!(n > 0, "{name} must be at least 1, got 0");
    n
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_at_the_ends_of_the_ranges_are_accepted() {
        assert_eq!((non_negative("rate", 0.0), fraction("momentum", 1.0)), (0.0, 1.0));
        assert_eq!((betas::<f32>(0.0, 0.5), epsilon::<f32>(0.0)), ((0.0, 0.5), 0.0));
        assert_eq!((positive("epsilon", 1e-300), at_least_one("steps", 1)), (1e-300, 1));
        assert_eq!(above_one("factor", 1.0 + f64::EPSILON), 1.0 + f64::EPSILON);
    }

    #[test]
    #[should_panic(expected = "the learning rate must be finite and at least 0, got inf")]
    fn non_negative_rejects_infinity() {
        non_negative("the learning rate", f64::INFINITY);
    }

    #[test]
    #[should_panic(expected = "momentum must lie in [0, 1], got NaN")]
    fn fraction_rejects_nan() {
        fraction("momentum", f64::NAN);
    }

    #[test]
    #[should_panic(expected = "beta1 must lie in [0, 1), got 1")]
    fn decay_factor_rejects_one() {
        decay_factor::<f64>("beta1", 1.0);
    }

    #[test]
    #[should_panic(expected = "max must be finite and greater than 0, got 0")]
    fn positive_rejects_zero() {
        positive("max", 0.0);
    }

    #[test]
    #[should_panic(expected = "factor must be finite and greater than 1, got 1")]
    fn above_one_rejects_one() {
        above_one("factor", 1.0);
    }

    #[test]
    #[should_panic(expected = "steps must be at least 1, got 0")]
    fn at_least_one_rejects_zero() {
        at_least_one("steps", 0);
    }

    #[test]
    fn f64_represents_values_that_f32_does_not() {
        assert_eq!((representable::<f32>("epsilon", 0.0), representable::<f32>("epsilon", 1e-7)), (0.0, 1e-7));
        assert_eq!(
            (representable::<f64>("epsilon", 1e-50), decay_factor::<f64>("rho", 1.0 - 1e-9)),
            (1e-50, 1.0 - 1e-9)
        );
    }

    #[test]
    #[should_panic(expected = "epsilon is 1e-50, which is too small for f32; use 0, a value of at least 1.17549")]
    fn representable_rejects_underflow() {
        representable::<f32>("epsilon", 1e-50);
    }

    #[test]
    #[should_panic(expected = "the learning rate is 1e39, which is infinite in f32; use a smaller value")]
    fn representable_rejects_overflow() {
        representable::<f32>("the learning rate", 1e39);
    }

    #[test]
    #[should_panic(expected = "rho must lie in [0, 1), but 0.999999999 rounds to 1 in f32")]
    fn decay_factor_rejects_what_rounds_to_one() {
        decay_factor::<f32>("rho", 1.0 - 1e-9);
    }
}
