//! `num_traits::Float` for scalar variables, so that functions generic over `Float` can be differentiated unchanged.
//!
//! ```
//! use autograd::Tape;
//! use num_traits::Float;
//!
//! fn norm<R: Float>(x: &[R]) -> R {
//!     x.iter().fold(R::zero(), |s, &v| s + v * v).sqrt()
//! }
//! assert_eq!(norm(&[3.0, 4.0]), 5.0);
//! let tape = Tape::new();
//! let x = [tape.var(3.0_f64), tape.var(4.0)];
//! let g = norm(&x).backward();
//! assert!((g.wrt(x[0]) - 0.6).abs() < 1e-15 && (g.wrt(x[1]) - 0.8).abs() < 1e-15);
//! ```
//!
//! Numbers that such a function creates (`R::zero()`, `R::from(2).unwrap()`) are constants without a tape.

use crate::core::value::{Scalar, Value};
use crate::core::var::Var;
use crate::fast::nodes::NONE;
use num_traits::{Float, FloatConst, FromPrimitive, Num, NumCast, One, ToPrimitive, Zero};
use std::num::FpCategory;

/// A constant without a tape.
#[inline]
fn free<'t, T: Scalar>(x: T) -> Var<'t, T> {
    Var { tape: None, id: NONE, carried: x }
}

macro_rules! float {
    ($($t:ident),*) => {$(
        impl Zero for Var<'_, $t> {
            #[inline]
            fn zero() -> Self { free(0.0) }
            #[inline]
            fn is_zero(&self) -> bool { self.carried == 0.0 }
        }

        impl One for Var<'_, $t> {
            #[inline]
            fn one() -> Self { free(1.0) }
        }

        impl Num for Var<'_, $t> {
            type FromStrRadixErr = <$t as Num>::FromStrRadixErr;
            fn from_str_radix(s: &str, radix: u32) -> Result<Self, Self::FromStrRadixErr> {
                <$t as Num>::from_str_radix(s, radix).map(free)
            }
        }

        impl ToPrimitive for Var<'_, $t> {
            fn to_i64(&self) -> Option<i64> { self.carried.to_i64() }
            fn to_u64(&self) -> Option<u64> { self.carried.to_u64() }
            fn to_f64(&self) -> Option<f64> { ToPrimitive::to_f64(&self.carried) }
        }

        impl NumCast for Var<'_, $t> {
            fn from<N: ToPrimitive>(n: N) -> Option<Self> { <$t as NumCast>::from(n).map(free) }
        }

        impl FromPrimitive for Var<'_, $t> {
            fn from_i64(n: i64) -> Option<Self> { <$t as FromPrimitive>::from_i64(n).map(free) }
            fn from_u64(n: u64) -> Option<Self> { <$t as FromPrimitive>::from_u64(n).map(free) }
            fn from_f64(n: f64) -> Option<Self> { <$t as FromPrimitive>::from_f64(n).map(free) }
        }

        impl From<$t> for Var<'_, $t> {
            /// A constant without a tape.
            fn from(x: $t) -> Self { free(x) }
        }

        impl Float for Var<'_, $t> {
            float!(@constants $t nan infinity neg_infinity neg_zero min_value min_positive_value max_value epsilon);
            float!(@tests $t is_nan is_infinite is_finite is_normal is_sign_positive is_sign_negative);
            float!(@unary floor ceil round trunc abs recip sqrt exp exp2 ln log2 log10 cbrt sin cos tan asin acos
                atan exp_m1 ln_1p sinh cosh tanh asinh acosh atanh);

            fn classify(self) -> FpCategory { self.carried.classify() }
            fn integer_decode(self) -> (u64, i16, i8) { self.carried.integer_decode() }
            /// The fractional part; derivative 1 between the integers.
            fn fract(self) -> Self { self - self.trunc() }
            /// ±1 by the sign bit, as in `f64`; derivative 0.
            fn signum(self) -> Self {
                Var { tape: self.tape, id: NONE, carried: self.carried.signum() }
            }
            #[track_caller]
            fn mul_add(self, a: Self, b: Self) -> Self { Var::mul_add(self, a, b) }
            fn powi(self, n: i32) -> Self { Var::powi(self, n) }
            #[track_caller]
            fn powf(self, n: Self) -> Self { Var::pow(self, n) }
            #[track_caller]
            fn log(self, base: Self) -> Self { Var::ln(self) / Var::ln(base) }
            /// The maximum, ignoring NaN as `f64::max` does; `maximum` returns NaN.
            fn max(self, other: Self) -> Self {
                if self.carried.is_nan() { other } else if other.carried.is_nan() { self } else { self.maximum(other) }
            }
            /// The minimum, ignoring NaN as `f64::min` does; `minimum` returns NaN.
            fn min(self, other: Self) -> Self {
                if self.carried.is_nan() { other } else if other.carried.is_nan() { self } else { self.minimum(other) }
            }
            fn abs_sub(self, other: Self) -> Self { if self.carried <= other.carried { free(0.0) } else { self - other } }
            #[track_caller]
            fn hypot(self, other: Self) -> Self { Var::hypot(self, other) }
            #[track_caller]
            fn atan2(self, other: Self) -> Self { Var::atan2(self, other) }
            fn sin_cos(self) -> (Self, Self) { (Var::sin(self), Var::cos(self)) }
        }

        impl FloatConst for Var<'_, $t> {
            float!(@float_const $t E FRAC_1_PI FRAC_1_SQRT_2 FRAC_2_PI FRAC_2_SQRT_PI FRAC_PI_2 FRAC_PI_3 FRAC_PI_4
                FRAC_PI_6 FRAC_PI_8 LN_10 LN_2 LOG10_E LOG2_E PI SQRT_2);
        }
    )*};
    (@constants $t:ident $($name:ident)*) => { $( fn $name() -> Self { free(<$t as Float>::$name()) } )* };
    (@tests $t:ident $($name:ident)*) => { $( fn $name(self) -> bool { self.carried.$name() } )* };
    (@unary $($name:ident)*) => { $( #[inline] fn $name(self) -> Self { Var::$name(self) } )* };
    (@float_const $t:ident $($name:ident)*) => {
        $( #[allow(non_snake_case)] fn $name() -> Self { free(<$t as FloatConst>::$name()) } )*
    };
}
float!(f32, f64);

impl<V: Value> Default for Var<'_, V>
where
    Self: Zero,
{
    fn default() -> Self {
        Self::zero()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tape, Var};
    use num_traits::Float;

    /// A function with constants, a branch and several kinds of arithmetic.
    fn body<R: Float>(x: R, y: R) -> R {
        let two = R::from(2.0).unwrap();
        let mut s = R::zero();
        for k in 1..4 {
            s = s + (x.powi(k) / R::from(k).unwrap()).sin() * y.exp().ln_1p();
        }
        if s > R::one() { s / two } else { s.hypot(y) - R::one() }
    }

    #[test]
    fn a_generic_function_on_numbers_and_variables() {
        let tape = Tape::new();
        let (x, y) = (tape.var(0.7), tape.var(0.4));
        let f = body(x, y);
        assert_eq!(f.value(), body(0.7, 0.4));
        let g = f.backward();
        let h = 1e-6;
        let dx = (body(0.7 + h, 0.4) - body(0.7 - h, 0.4)) / (2.0 * h);
        let dy = (body(0.7, 0.4 + h) - body(0.7, 0.4 - h)) / (2.0 * h);
        assert!((g.wrt(x) - dx).abs() < 1e-9 && (g.wrt(y) - dy).abs() < 1e-9);
    }

    #[test]
    fn constants_record_no_nodes() {
        let tape = Tape::new();
        let x = tape.var(3.0);
        let before = tape.len();
        let c: Var<f64> = num_traits::one::<Var<f64>>() + Var::from(2.0);
        assert_eq!((c.value(), tape.len()), (3.0, before));
        assert_eq!((x * c).backward().wrt(x), 3.0);
    }
}
