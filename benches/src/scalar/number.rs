//! The arithmetic trait of the scalar workloads.

use autograd::{Real, Var};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A scalar: a plain `f64`, or a variable of either tape. For a plain `f64` on the left, see the bounds of
/// [`Objective::eval`].
pub trait Number:
    Copy
    + Neg<Output = Self>
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Add<f64, Output = Self>
    + Mul<f64, Output = Self>
{
    /// Returns the value.
    fn value(self) -> f64;
    /// Returns a constant on the tape of this scalar.
    fn constant(self, c: f64) -> Self;
    /// eˣ.
    fn exp(self) -> Self;
    /// The natural logarithm.
    fn ln(self) -> Self;
    /// The sine.
    fn sin(self) -> Self;
    /// The hyperbolic tangent.
    fn tanh(self) -> Self;
}

macro_rules! number {
    ($t:ty, |$x:ident| $value:expr, |$y:ident, $c:ident| $constant:expr, $($by:tt)?) => {
        impl Number for $t {
            #[inline(always)]
            fn value(self) -> f64 {
                let $x = self;
                $value
            }
            #[inline(always)]
            fn constant(self, $c: f64) -> Self {
                let $y = self;
                $constant
            }
            // Inherent methods take precedence over those of this trait.
            #[inline(always)]
            fn exp(self) -> Self {
                <$t>::exp($($by)? self)
            }
            #[inline(always)]
            fn ln(self) -> Self {
                <$t>::ln($($by)? self)
            }
            #[inline(always)]
            fn sin(self) -> Self {
                <$t>::sin($($by)? self)
            }
            #[inline(always)]
            fn tanh(self) -> Self {
                <$t>::tanh($($by)? self)
            }
        }
    };
}
number!(f64, |x| x, |_x, c| c,);
number!(Var<'_, f64>, |x| Var::value(x), |x, c| x.tape().map_or(x, |tape| tape.constant(c)),);
number!(Real, |x| Real::value(x), |_x, c| Real::constant(c),);
number!(reverse::Var<'_>, |x| x.val, |x, c| x.tape.add_var(c), &);

/// A scalar function of several variables, and the point where its gradient is computed.
pub trait Objective {
    /// The point.
    fn start(&self) -> Vec<f64>;

    /// The function.
    fn eval<R: Number>(&self, x: &[R]) -> R
    where
        f64: Sub<R, Output = R> + Div<R, Output = R>;
}
