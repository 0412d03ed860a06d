//! The arithmetic that a formula may use, whatever the numbers are.
//!
//! A formula written once over [`Number`] runs on a plain `f32` or `f64`, on a lane of a vectorised kernel,
//! and, in the `autograd` crate, on recorded variables.

use crate::math::Math;
use crate::math::simd::{Arch, Plain};
use crate::real::Lane;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// Calls a macro with the functions of one argument: first those that std has, then those that it lacks.
macro_rules! functions {
    ($callback:ident! $($head:tt)*) => {
        $callback! { $($head)*
            [sqrt cbrt exp exp2 exp_m1 ln log2 log10 ln_1p sin cos tan asin acos atan sinh cosh tanh
             abs floor ceil round trunc]
            [asinh acosh atanh sigmoid softplus erf erfc ln_gamma]
        }
    };
}

macro_rules! declare {
    ([$($std:ident)*] [$($own:ident)*]) => {
        /// A number, in the widest sense: something formulas compute with.
        ///
        /// Branches are [`select`](Number::select)s on a [`Mask`](Number::Mask), so that a formula is a straight
        /// line and vectorises. The functions keep the names and meanings of `f64`'s own; beside them stand
        /// `sigmoid` 1/(1+e^-x), `softplus` ln(1+e^x), `erf`, `erfc` and `ln_gamma` ln|Γ(x)|.
        pub trait Number:
            Copy
            + Add<Output = Self>
            + Sub<Output = Self>
            + Mul<Output = Self>
            + Div<Output = Self>
            + Neg<Output = Self>
        {
            /// The outcome of a comparison: `bool` for one number, an array of them for many.
            type Mask: Copy;

            /// A constant, living where `self` lives.
            fn lit(self, value: f64) -> Self;
            /// Whether `self > other`; false where either is NaN.
            fn is_gt(self, other: Self) -> Self::Mask;
            /// Whether `self >= other`; false where either is NaN.
            fn is_ge(self, other: Self) -> Self::Mask;
            /// Whether `self == other`; false where either is NaN.
            fn is_eq(self, other: Self) -> Self::Mask;
            /// `yes` where the mask holds, `no` elsewhere; the side not taken leaves no trace, not even a NaN.
            fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;

            $( #[doc = concat!("`", stringify!($std), "`, as in `f64`.")]
               fn $std(self) -> Self; )*
            $( #[doc = concat!("`", stringify!($own), "` (see the trait's own text).")]
               fn $own(self) -> Self; )*
            /// `self` to an integer power, by multiplication: never by exp and log.
            fn powi(self, n: i32) -> Self;
            /// `self` to a power.
            fn powf(self, exponent: Self) -> Self;
            /// The angle of the point (`other`, `self`), as in `f64`.
            fn atan2(self, other: Self) -> Self;
            /// The length of (`self`, `other`), without overflow or underflow on the way.
            fn hypot(self, other: Self) -> Self;
            /// The remainder of `self / other` with the sign of `self`, as `%`.
            fn rem(self, other: Self) -> Self;
            /// ln(e^self + e^other), without overflow on the way.
            fn log_add_exp(self, other: Self) -> Self;
            /// The n-th derivative of the digamma function: the (n+1)-th of [`ln_gamma`](Number::ln_gamma).
            fn polygamma(self, n: u32) -> Self;
            /// `self * other + addend`, rounded once where the hardware can.
            fn mul_add(self, other: Self, addend: Self) -> Self;

            /// 1 / `self`.
            #[inline(always)]
            fn recip(self) -> Self {
                self.lit(1.0) / self
            }
            /// σ(x) σ(-x), the derivative of `sigmoid`: even, and of full precision in both tails.
            ///
            /// Spelled as a product here, which differentiates again to any order; plain numbers have a form of their
            /// own, with one exponential.
            #[inline(always)]
            fn bell(self) -> Self {
                self.sigmoid() * (-self).sigmoid()
            }
            /// The larger; NaN if either is NaN.
            #[inline(always)]
            fn maximum(self, other: Self) -> Self {
                let larger = Self::select(self.is_gt(other), self, other);
                Self::select(self.is_eq(self), larger, self)
            }
            /// The smaller; NaN if either is NaN.
            #[inline(always)]
            fn minimum(self, other: Self) -> Self {
                let smaller = Self::select(other.is_gt(self), self, other);
                Self::select(self.is_eq(self), smaller, self)
            }
            /// -1, 0 or 1 with the sign of `self`; 0 at both zeros, NaN at NaN.
            #[inline(always)]
            fn sign(self) -> Self {
                let (zero, one) = (self.lit(0.0), self.lit(1.0));
                let down = Self::select(zero.is_gt(self), -one, self * zero);
                Self::select(self.is_gt(zero), one, down)
            }
            /// The Heaviside step: 0 below zero, 1 from zero on, NaN at NaN.
            #[inline(always)]
            fn heaviside(self) -> Self {
                let (zero, one) = (self.lit(0.0), self.lit(1.0));
                let below = Self::select(zero.is_gt(self), zero, self);
                Self::select(self.is_ge(zero), one, below)
            }
        }
    };
}
functions!(declare!);

macro_rules! plain {
    ($t:ident [$($std:ident)*] [$($own:ident)*]) => {
        impl Number for $t {
            type Mask = bool;
            #[inline(always)]
            fn lit(self, value: f64) -> Self { value as $t }
            #[inline(always)]
            fn is_gt(self, other: Self) -> bool { self > other }
            #[inline(always)]
            fn is_ge(self, other: Self) -> bool { self >= other }
            #[inline(always)]
            fn is_eq(self, other: Self) -> bool { self == other }
            #[inline(always)]
            fn select(mask: bool, yes: Self, no: Self) -> Self { if mask { yes } else { no } }
            $( #[inline(always)] fn $std(self) -> Self { plain!(@std $t self $std) } )*
            $( #[inline] fn $own(self) -> Self { Math::$own::<Plain>(self) } )*
            #[inline(always)]
            fn powi(self, n: i32) -> Self { $t::powi(self, n) }
            #[inline(always)]
            fn powf(self, exponent: Self) -> Self { $t::powf(self, exponent) }
            #[inline(always)]
            fn atan2(self, other: Self) -> Self { $t::atan2(self, other) }
            #[inline(always)]
            fn hypot(self, other: Self) -> Self { $t::hypot(self, other) }
            #[inline(always)]
            fn rem(self, other: Self) -> Self { self % other }
            #[inline]
            fn bell(self) -> Self { Math::bell::<Plain>(self) }
            #[inline]
            fn log_add_exp(self, other: Self) -> Self { Math::log_add_exp::<Plain>(self, other) }
            #[inline]
            fn polygamma(self, n: u32) -> Self { Math::polygamma::<Plain>(self, n) }
            #[inline(always)]
            fn mul_add(self, other: Self, addend: Self) -> Self { $t::mul_add(self, other, addend) }
        }
    };
    // The C library's tanh takes three times as long as ours and is no more precise: half the time of a recurrent network.
    (@std $t:ident $s:ident tanh) => { Math::tanh::<Plain>($s) };
    (@std $t:ident $s:ident $name:ident) => { $t::$name($s) };
}
functions!(plain! f32);
functions!(plain! f64);

macro_rules! lane {
    ($t:ident $fma:ident [$($std:ident)*] [$($own:ident)*]) => {
        impl<A: Arch> Number for Lane<$t, A> {
            type Mask = bool;
            #[inline(always)]
            fn lit(self, value: f64) -> Self { Lane::new(value as $t) }
            #[inline(always)]
            fn is_gt(self, other: Self) -> bool { self.get() > other.get() }
            #[inline(always)]
            fn is_ge(self, other: Self) -> bool { self.get() >= other.get() }
            #[inline(always)]
            fn is_eq(self, other: Self) -> bool { self.get() == other.get() }
            #[inline(always)]
            fn select(mask: bool, yes: Self, no: Self) -> Self {
                Lane::new(if mask { yes.get() } else { no.get() })
            }
            $( #[inline(always)] fn $std(self) -> Self { lane!(@std $t A self $std) } )*
            $( #[inline(always)] fn $own(self) -> Self { Lane::new(Math::$own::<A>(self.get())) } )*
            #[inline(always)]
            fn powi(self, n: i32) -> Self { Lane::new(Math::powi::<A>(self.get(), n)) }
            #[inline(always)]
            fn powf(self, exponent: Self) -> Self { Lane::new(Math::powf::<A>(self.get(), exponent.get())) }
            #[inline(always)]
            fn atan2(self, other: Self) -> Self { Lane::new(Math::atan2::<A>(self.get(), other.get())) }
            #[inline(always)]
            fn hypot(self, other: Self) -> Self { Lane::new(Math::hypot::<A>(self.get(), other.get())) }
            #[inline(always)]
            fn rem(self, other: Self) -> Self { Lane::new(self.get() % other.get()) }
            #[inline(always)]
            fn bell(self) -> Self { Lane::new(Math::bell::<A>(self.get())) }
            #[inline(always)]
            fn log_add_exp(self, other: Self) -> Self {
                Lane::new(Math::log_add_exp::<A>(self.get(), other.get()))
            }
            #[inline(always)]
            fn polygamma(self, n: u32) -> Self { Lane::new(Math::polygamma::<A>(self.get(), n)) }
            #[inline(always)]
            fn mul_add(self, other: Self, addend: Self) -> Self {
                Lane::new(A::$fma(self.get(), other.get(), addend.get()))
            }
        }
    };
    // These are single instructions, or as good as: the math kit need not know them.
    (@std $t:ident $A:ident $s:ident abs) => { Lane::new($s.get().abs()) };
    (@std $t:ident $A:ident $s:ident floor) => { Lane::new($s.get().floor()) };
    (@std $t:ident $A:ident $s:ident ceil) => { Lane::new($s.get().ceil()) };
    (@std $t:ident $A:ident $s:ident round) => { Lane::new($s.get().round()) };
    (@std $t:ident $A:ident $s:ident trunc) => { Lane::new($s.get().trunc()) };
    (@std $t:ident $A:ident $s:ident $name:ident) => { Lane::new(Math::$name::<$A>($s.get())) };
}
functions!(lane! f32 fma32);
functions!(lane! f64 fma64);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nan_side_wins() {
        let nan = f64::NAN;
        assert!(Number::maximum(nan, 1.0).is_nan() && Number::maximum(1.0, nan).is_nan());
        assert!(Number::minimum(nan, 1.0).is_nan() && Number::minimum(1.0, nan).is_nan());
        assert_eq!((Number::maximum(2.0, 1.0), Number::minimum(2.0, 1.0)), (2.0, 1.0));
    }

    #[test]
    fn sign_and_step_at_the_kink() {
        assert_eq!((Number::sign(-0.0), Number::sign(-3.0), Number::sign(5.0)), (0.0, -1.0, 1.0));
        assert_eq!((Number::sign(f64::INFINITY), Number::sign(f64::NEG_INFINITY)), (1.0, -1.0));
        assert_eq!((Number::heaviside(0.0), Number::heaviside(-0.0), Number::heaviside(-1e-300)), (1.0, 1.0, 0.0));
        assert!(Number::sign(f64::NAN).is_nan() && Number::heaviside(f64::NAN).is_nan());
    }
}
