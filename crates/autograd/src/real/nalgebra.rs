//! The traits that the crate nalgebra requires of the numbers in its matrices.
//!
//! Values and branches are those of nalgebra's own implementation for `f64`; derivatives are those of `Var`.

use super::Real;
use approx::{AbsDiffEq, RelativeEq, UlpsEq};
use simba::scalar::{ComplexField, Field, RealField, SubsetOf};
use simba::simd::SimdValue;
use std::f64::consts;

impl AbsDiffEq for Real {
    type Epsilon = Real;
    fn default_epsilon() -> Real {
        Real::constant(f64::default_epsilon())
    }
    /// Compares the values.
    fn abs_diff_eq(&self, other: &Real, epsilon: Real) -> bool {
        self.value.abs_diff_eq(&other.value, epsilon.value)
    }
}

impl RelativeEq for Real {
    fn default_max_relative() -> Real {
        Real::constant(f64::default_max_relative())
    }
    /// Compares the values.
    fn relative_eq(&self, other: &Real, epsilon: Real, max_relative: Real) -> bool {
        self.value.relative_eq(&other.value, epsilon.value, max_relative.value)
    }
}

impl UlpsEq for Real {
    fn default_max_ulps() -> u32 {
        f64::default_max_ulps()
    }
    /// Compares the values.
    fn ulps_eq(&self, other: &Real, epsilon: Real, max_ulps: u32) -> bool {
        self.value.ulps_eq(&other.value, epsilon.value, max_ulps)
    }
}

/// One lane.
impl SimdValue for Real {
    const LANES: usize = 1;
    type Element = Real;
    type SimdBool = bool;

    #[inline(always)]
    fn splat(value: Real) -> Real {
        value
    }
    #[inline(always)]
    fn extract(&self, _: usize) -> Real {
        *self
    }
    #[inline(always)]
    unsafe fn extract_unchecked(&self, _: usize) -> Real {
        *self
    }
    #[inline(always)]
    fn replace(&mut self, _: usize, value: Real) {
        *self = value;
    }
    #[inline(always)]
    unsafe fn replace_unchecked(&mut self, _: usize, value: Real) {
        *self = value;
    }
    #[inline(always)]
    fn select(self, condition: bool, other: Real) -> Real {
        if condition { self } else { other }
    }
}

impl Field for Real {}

impl SubsetOf<Real> for Real {
    #[inline]
    fn to_superset(&self) -> Real {
        *self
    }
    #[inline]
    fn from_superset_unchecked(element: &Real) -> Real {
        *element
    }
    #[inline]
    fn is_in_subset(_: &Real) -> bool {
        true
    }
}

// Plain numbers become constants, and a `Real` becomes its value.
macro_rules! subset_of_real {
    ($($t:ty)*) => { $(
        impl SubsetOf<Real> for $t {
            #[inline]
            fn to_superset(&self) -> Real {
                Real::constant(f64::from(*self))
            }
            #[inline]
            fn from_superset_unchecked(element: &Real) -> $t {
                element.value as $t
            }
            #[inline]
            fn is_in_subset(_: &Real) -> bool {
                true
            }
        }
    )* };
}
subset_of_real!(f32 f64);

macro_rules! complex_field {
    (identities: $($i:ident)*; functions: $($name:ident($($x:ident),*))*) => {
        impl ComplexField for Real {
            type RealField = Real;

            $( #[inline] fn $i(self) -> Real { self } )*
            $(
                #[inline]
                #[track_caller]
                fn $name(self, $($x: Real),*) -> Real { Real::$name(self, $($x),*) }
            )*
            #[inline]
            fn from_real(re: Real) -> Real { re }
            #[inline]
            fn imaginary(self) -> Real { Real::constant(0.0) }
            #[inline]
            #[track_caller]
            fn modulus(self) -> Real { self.abs() }
            #[inline]
            #[track_caller]
            fn norm1(self) -> Real { self.abs() }
            #[inline]
            #[track_caller]
            fn modulus_squared(self) -> Real { self * self }
            #[inline]
            fn argument(self) -> Real { Real::constant(if self >= 0.0 { 0.0 } else { consts::PI }) }
            #[inline]
            #[track_caller]
            fn to_exp(self) -> (Real, Real) {
                if self >= 0.0 { (self, Real::constant(1.0)) } else { (-self, Real::constant(-1.0)) }
            }
            #[inline]
            #[track_caller]
            fn scale(self, factor: Real) -> Real { self * factor }
            #[inline]
            #[track_caller]
            fn unscale(self, factor: Real) -> Real { self / factor }
            #[inline]
            #[track_caller]
            fn powi(self, n: i32) -> Real { Real::powi(self, n) }
            #[inline]
            #[track_caller]
            fn powc(self, exponent: Real) -> Real { self.pow(exponent) }
            #[inline]
            #[track_caller]
            fn sin_cos(self) -> (Real, Real) { Real::sin_cos(self) }
            #[inline]
            #[track_caller]
            fn try_sqrt(self) -> Option<Real> { if self >= 0.0 { Some(self.sqrt()) } else { None } }
            #[inline]
            fn is_finite(&self) -> bool { self.value.is_finite() }
        }
    };
}
complex_field! {
    identities: real conjugate;
    functions: floor() ceil() round() trunc() fract() abs() signum() recip() sqrt() cbrt() exp() exp2() exp_m1()
        ln() ln_1p() log2() log10() sin() cos() tan() asin() acos() atan() sinh() cosh() tanh() asinh() acosh() atanh()
        log(y) powf(y) hypot(y) mul_add(a, b)
}

macro_rules! real_field {
    (constants: $($c:ident $value:ident)*; functions: $($name:ident($($x:ident),*))*) => {
        impl RealField for Real {
            $( #[inline] fn $c() -> Real { Real::constant(consts::$value) } )*
            $(
                #[inline]
                #[track_caller]
                fn $name(self, $($x: Real),*) -> Real { Real::$name(self, $($x),*) }
            )*
            fn is_sign_positive(&self) -> bool { self.value.is_sign_positive() }
            fn is_sign_negative(&self) -> bool { self.value.is_sign_negative() }
            fn min_value() -> Option<Real> { Some(Real::constant(f64::MIN)) }
            fn max_value() -> Option<Real> { Some(Real::constant(f64::MAX)) }
        }
    };
}
real_field! {
    constants: pi PI two_pi TAU frac_pi_2 FRAC_PI_2 frac_pi_3 FRAC_PI_3 frac_pi_4 FRAC_PI_4 frac_pi_6 FRAC_PI_6
        frac_pi_8 FRAC_PI_8 frac_1_pi FRAC_1_PI frac_2_pi FRAC_2_PI frac_2_sqrt_pi FRAC_2_SQRT_PI e E log2_e LOG2_E
        log10_e LOG10_E ln_2 LN_2 ln_10 LN_10;
    functions: max(y) min(y) atan2(y) copysign(sign) clamp(lo, hi)
}
