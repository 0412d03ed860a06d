//! The traits of `num_traits` for `Real`, and `Product`.
//!
//! `Float` is that of [`Var`](crate::Var), which `Real` hands its numbers to. Numbers that generic code creates
//! (`T::zero()`, `T::from(2).unwrap()`) are constants.

use super::Real;
use super::apply::apply;
use num_traits::{
    Bounded, Euclid, Float, FloatConst, FromPrimitive, Inv, MulAdd, MulAddAssign, Num, NumCast, One, Pow, Signed,
    ToPrimitive, Zero,
};
use std::iter::{Product, Sum};
use std::num::FpCategory;

impl Zero for Real {
    #[inline]
    fn zero() -> Real {
        Real::constant(0.0)
    }
    /// Whether the value is 0.
    #[inline]
    fn is_zero(&self) -> bool {
        self.value == 0.0
    }
}

impl One for Real {
    #[inline]
    fn one() -> Real {
        Real::constant(1.0)
    }
}

impl Num for Real {
    type FromStrRadixErr = <f64 as Num>::FromStrRadixErr;
    /// A constant.
    fn from_str_radix(text: &str, radix: u32) -> Result<Real, Self::FromStrRadixErr> {
        <f64 as Num>::from_str_radix(text, radix).map(Real::constant)
    }
}

macro_rules! to_primitive {
    ($($name:ident $t:ident)*) => {
        /// Converts the value.
        impl ToPrimitive for Real {
            $( fn $name(&self) -> Option<$t> { self.value.$name() } )*
        }
    };
}
to_primitive! {
    to_isize isize to_i8 i8 to_i16 i16 to_i32 i32 to_i64 i64 to_i128 i128
    to_usize usize to_u8 u8 to_u16 u16 to_u32 u32 to_u64 u64 to_u128 u128
    to_f32 f32 to_f64 f64
}

macro_rules! from_primitive {
    ($($name:ident $t:ident)*) => {
        /// Makes constants.
        impl FromPrimitive for Real {
            $( fn $name(n: $t) -> Option<Real> { f64::$name(n).map(Real::constant) } )*
        }
    };
}
from_primitive! {
    from_isize isize from_i8 i8 from_i16 i16 from_i32 i32 from_i64 i64 from_i128 i128
    from_usize usize from_u8 u8 from_u16 u16 from_u32 u32 from_u64 u64 from_u128 u128
    from_f32 f32 from_f64 f64
}

impl NumCast for Real {
    /// A constant.
    fn from<N: ToPrimitive>(n: N) -> Option<Real> {
        <f64 as NumCast>::from(n).map(Real::constant)
    }
}

impl Bounded for Real {
    fn min_value() -> Real {
        Real::constant(f64::MIN)
    }
    fn max_value() -> Real {
        Real::constant(f64::MAX)
    }
}

macro_rules! float {
    (constants: $($c:ident)*; tests: $($t:ident)*; functions: $($name:ident($($x:ident),*))*) => {
        impl Float for Real {
            $( fn $c() -> Real { Real::constant(<f64 as Float>::$c()) } )*
            $( fn $t(self) -> bool { self.value.$t() } )*
            $(
                #[inline]
                #[track_caller]
                fn $name(self, $($x: Real),*) -> Real {
                    apply!(x = self $(, $x = $x)* => Float::$name(x, $($x),*))
                }
            )*
            #[inline]
            #[track_caller]
            fn powi(self, n: i32) -> Real { Real::powi(self, n) }
            #[inline]
            #[track_caller]
            fn sin_cos(self) -> (Real, Real) { Real::sin_cos(self) }
            fn classify(self) -> FpCategory { self.value.classify() }
            fn integer_decode(self) -> (u64, i16, i8) { self.value.integer_decode() }
        }
    };
}
float! {
    constants: nan infinity neg_infinity neg_zero min_value min_positive_value max_value epsilon;
    tests: is_nan is_infinite is_finite is_normal is_subnormal is_sign_positive is_sign_negative;
    functions: floor() ceil() round() trunc() fract() abs() signum() recip() sqrt() cbrt() exp() exp2() exp_m1()
        ln() ln_1p() log2() log10() sin() cos() tan() asin() acos() atan() sinh() cosh() tanh() asinh() acosh() atanh()
        to_degrees() to_radians()
        log(y) powf(y) max(y) min(y) abs_sub(y) hypot(y) atan2(y) copysign(y) mul_add(a, b)
}

macro_rules! float_const {
    ($($name:ident)*) => {
        #[allow(non_snake_case)]
        impl FloatConst for Real {
            $( fn $name() -> Real { Real::constant(<f64 as FloatConst>::$name()) } )*
        }
    };
}
float_const! {
    E FRAC_1_PI FRAC_1_SQRT_2 FRAC_2_PI FRAC_2_SQRT_PI FRAC_PI_2 FRAC_PI_3 FRAC_PI_4 FRAC_PI_6 FRAC_PI_8 LN_10 LN_2
    LOG10_E LOG2_E LOG10_2 LOG2_10 PI TAU SQRT_2
}

impl Signed for Real {
    #[track_caller]
    fn abs(&self) -> Real {
        Real::abs(*self)
    }
    #[track_caller]
    fn abs_sub(&self, other: &Real) -> Real {
        Float::abs_sub(*self, *other)
    }
    #[track_caller]
    fn signum(&self) -> Real {
        Real::signum(*self)
    }
    fn is_positive(&self) -> bool {
        Signed::is_positive(&self.value)
    }
    fn is_negative(&self) -> bool {
        Signed::is_negative(&self.value)
    }
}

/// Division with a remainder that is not negative, by the rules of `trunc` and `%`.
impl Euclid for Real {
    #[track_caller]
    fn div_euclid(&self, divisor: &Real) -> Real {
        let quotient = (self / divisor).trunc();
        match self.value % divisor.value < 0.0 {
            true => quotient - divisor.value.signum(),
            false => quotient,
        }
    }
    #[track_caller]
    fn rem_euclid(&self, divisor: &Real) -> Real {
        let remainder = self % divisor;
        if remainder < 0.0 { remainder + divisor.abs() } else { remainder }
    }
}

impl Inv for Real {
    type Output = Real;
    #[track_caller]
    fn inv(self) -> Real {
        self.recip()
    }
}

impl MulAdd for Real {
    type Output = Real;
    #[track_caller]
    fn mul_add(self, a: Real, b: Real) -> Real {
        Real::mul_add(self, a, b)
    }
}

impl MulAddAssign for Real {
    #[track_caller]
    fn mul_add_assign(&mut self, a: Real, b: Real) {
        *self = Real::mul_add(*self, a, b);
    }
}

macro_rules! pow {
    ($($t:ty, $method:ident;)*) => { $(
        impl Pow<$t> for Real {
            type Output = Real;
            #[track_caller]
            fn pow(self, exponent: $t) -> Real {
                Real::$method(self, exponent)
            }
        }
        impl Pow<&$t> for Real {
            type Output = Real;
            #[track_caller]
            fn pow(self, exponent: &$t) -> Real {
                Real::$method(self, *exponent)
            }
        }
    )* };
}
pow! {
    Real, pow;
    f64, pow;
    i32, powi;
}

impl<'a> Sum<&'a Real> for Real {
    fn sum<I: Iterator<Item = &'a Real>>(terms: I) -> Real {
        terms.copied().sum()
    }
}

impl Product for Real {
    fn product<I: Iterator<Item = Real>>(factors: I) -> Real {
        let mut product = Real::constant(1.0);
        for factor in factors {
            product *= factor;
        }
        product
    }
}

impl<'a> Product<&'a Real> for Real {
    fn product<I: Iterator<Item = &'a Real>>(factors: I) -> Real {
        factors.copied().product()
    }
}
