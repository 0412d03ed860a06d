//! The trait [`Number`]: the arithmetic that formulas are written in.
//!
//! A formula that is generic over [`Number`] runs on a plain `f32` or `f64`, on a lane of a vectorized kernel,
//! and, in the `autograd` crate, on recorded variables.

use crate::lane::Lane;
use crate::math::Math;
use crate::math::simd::{Arch, Plain};
use std::f64::consts::FRAC_1_SQRT_2;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// Calls a macro with two lists of functions of one argument: those in the standard library, then the others.
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
        /// A type that formulas compute with: a float, a lane of a vectorized kernel, or a recorded variable.
        ///
        /// Instead of branching, formulas [`select`](Number::select) on a [`Mask`](Number::Mask), so that they are
        /// free of branches and vectorize. Functions have the names and meanings of the methods of `f64`. In addition
        /// there are `sigmoid` 1/(1+e^-x), `softplus` ln(1+e^x), `erf`, `erfc` and `ln_gamma` ln|Γ(x)|.
        pub trait Number:
            Copy
            + Add<Output = Self>
            + Sub<Output = Self>
            + Mul<Output = Self>
            + Div<Output = Self>
            + Neg<Output = Self>
        {
            /// The result of a comparison: `bool` for a single value, an array of `bool` for several.
            type Mask: Copy;

            /// Returns a constant in the context of `self`: for a recorded variable, on the same tape.
            fn lit(self, value: f64) -> Self;
            /// Whether `self > other`; false where either is NaN.
            fn is_gt(self, other: Self) -> Self::Mask;
            /// Whether `self >= other`; false where either is NaN.
            fn is_ge(self, other: Self) -> Self::Mask;
            /// Whether `self == other`; false where either is NaN.
            fn is_eq(self, other: Self) -> Self::Mask;
            /// `yes` where the mask is true, `no` elsewhere. The other argument does not affect the result, even if
            /// NaN.
            fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;

            $( #[doc = concat!("`", stringify!($std), "`, as in `f64`.")]
               fn $std(self) -> Self; )*
            $( #[doc = concat!("`", stringify!($own), "` (see the documentation of the trait).")]
               fn $own(self) -> Self; )*
            /// `self` raised to an integer power.
            fn powi(self, n: i32) -> Self;
            /// `self` raised to the power `exponent`.
            fn powf(self, exponent: Self) -> Self;
            /// The angle of the point (`other`, `self`), as in `f64`.
            fn atan2(self, other: Self) -> Self;
            /// The length of the vector (`self`, `other`), without intermediate overflow or underflow.
            fn hypot(self, other: Self) -> Self;
            /// The remainder of `self / other` with the sign of `self`, like `%`.
            fn rem(self, other: Self) -> Self;
            /// ln(e^self + e^other), without intermediate overflow.
            fn log_add_exp(self, other: Self) -> Self;
            /// The n-th derivative of the digamma function: derivative n + 1 of [`ln_gamma`](Number::ln_gamma).
            ///
            /// # Panics
            /// If `n` is above [`POLYGAMMA_LIMIT`](crate::math::POLYGAMMA_LIMIT).
            fn polygamma(self, n: u32) -> Self;
            /// `self * other + addend`, with a single rounding if the hardware supports it.
            fn mul_add(self, other: Self, addend: Self) -> Self;

            /// 1 / `self`.
            #[inline(always)]
            fn recip(self) -> Self {
                self.lit(1.0) / self
            }
            // The methods from here to `nan_unless` are building blocks of derivatives. A recorded variable records
            // each as one operation with a custom rule, which preserves accuracy and NaNs that composed rules would
            // lose.

            /// σ(x) σ(-x), the derivative of `sigmoid`: an even function, accurate to full precision in both tails.
            ///
            /// The default implementation is the product; floats compute it with a single exponential.
            #[inline(always)]
            fn bell(self) -> Self {
                self.sigmoid() * (-self).sigmoid()
            }
            /// 0, or NaN if `self` is NaN: the derivative of a piecewise constant function.
            #[inline(always)]
            fn flat(self) -> Self {
                Self::select(self.is_eq(self), self.lit(0.0), self)
            }
            /// 2x, the derivative of x².
            #[inline(always)]
            fn twice(self) -> Self {
                self * self.lit(2.0)
            }
            /// (1 - x)(1 + x), which is accurate near ±1, where 1 - x² cancels.
            #[inline(always)]
            fn one_minus_square(self) -> Self {
                (self.lit(1.0) - self) * (self.lit(1.0) + self)
            }
            /// 1 / (1 + x²), the derivative of `atan`.
            #[inline(always)]
            fn lorentzian(self) -> Self {
                (self * self + self.lit(1.0)).recip()
            }
            /// `self * other`, but 0 if a factor is exactly zero: `0 * inf` and `0 * NaN` are 0.
            #[inline(always)]
            fn absent_mul(self, other: Self) -> Self {
                let zero = self.lit(0.0);
                let product = Self::select(other.is_eq(zero), zero, self * other);
                Self::select(self.is_eq(zero), zero, product)
            }
            /// 1 / b, the derivative of a / b with respect to a; NaN if the quotient is, for 0/0 and inf/inf.
            #[inline(always)]
            fn quotient_derivative(self, divisor: Self) -> Self {
                let derivative = divisor.recip();
                // Avoids a second division: a * (1 / b) can be NaN only if |a| = |b|, or if a is NaN.
                let same = self.abs().is_eq(divisor.abs());
                let check = Self::select(same, self * derivative, self);
                derivative.nan_unless(check.is_eq(check), [self, divisor])
            }
            /// a / √(a² + b²), the derivative of `hypot` with respect to a: the first coordinate of the unit vector in
            /// the direction of (a, b). 0 at the origin. ±1 if only a is infinite, ±1/√2 if both are.
            #[inline(always)]
            fn direction(self, other: Self) -> Self {
                direction(self, other, self.hypot(other))
            }
            /// a / (a² + b²), the negated derivative of `atan2` with respect to its second argument: the first
            /// coordinate of the point (a, b) inverted in the unit circle. 0 at the origin and at infinity.
            #[inline(always)]
            fn inversion(self, other: Self) -> Self {
                let r = self.hypot(other);
                let zero = self.lit(0.0);
                let image = Self::select(r.is_eq(zero), zero, direction(self, other, r) / r);
                // hypot(inf, NaN) is inf
                image + other.flat()
            }
            /// b aᵇ⁻¹, the derivative of aᵇ with respect to a; 0 for b = 0 and any a.
            #[inline(always)]
            fn pow_base(self, exponent: Self) -> Self {
                // `flat` makes the power NaN if a is NaN: IEEE defines NaN⁰ as 1.
                let power = self.powf(exponent - exponent.lit(1.0)) + self.flat();
                let derivative = exponent.absent_mul(power);
                // b - 1 may round to an integer if b is not one, but the power of a negative a is then NaN.
                let whole = Self::select(self.lit(0.0).is_gt(self), exponent.trunc(), exponent);
                derivative.nan_unless(whole.is_eq(exponent), [self, exponent])
            }
            /// aᵇ ln a, the derivative of aᵇ with respect to b. 0 for a = 0 and b >= 0; NaN for a < 0.
            #[inline(always)]
            fn pow_exponent(self, exponent: Self) -> Self {
                let (zero, log) = (self.lit(0.0), self.ln());
                let derivative = self.powf(exponent).absent_mul(log);
                let at_zero = Self::select(exponent.is_eq(zero), zero, derivative);
                Self::select(self.is_eq(zero), at_zero, derivative) + log.flat()
            }
            /// `self` where the mask is true, NaN elsewhere.
            ///
            /// `of` lists the variables that `self` is computed from. For a recorded variable, derivatives of the NaN
            /// with respect to them are NaN at every order; derivatives of `lit(f64::NAN)` would be 0.
            #[inline(always)]
            fn nan_unless<const K: usize>(self, mask: Self::Mask, of: [Self; K]) -> Self {
                let _ = of;
                Self::select(mask, self, self.lit(f64::NAN))
            }
            /// The larger of two values; NaN if either is NaN.
            #[inline(always)]
            fn maximum(self, other: Self) -> Self {
                let larger = Self::select(self.is_gt(other), self, other);
                Self::select(self.is_eq(self), larger, self)
            }
            /// The smaller of two values; NaN if either is NaN.
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
            /// The Heaviside step function: 0 for x < 0, 1 for x >= 0, NaN at NaN.
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

/// a / r, where r is the length of (a, b); see [`Number::direction`].
#[inline(always)]
fn direction<N: Number>(a: N, b: N, r: N) -> N {
    let (zero, infinity) = (a.lit(0.0), a.lit(f64::INFINITY));
    let size = N::select(b.abs().is_eq(infinity), a.lit(FRAC_1_SQRT_2), a.lit(1.0));
    let cosine = N::select(a.abs().is_eq(infinity), a.sign() * size, a / r);
    N::select(r.is_eq(zero), zero, cosine)
}

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
    // The C library's tanh takes three times as long, which is half the time of a recurrent network, and is not more
    // accurate.
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
    // These compile to one instruction or a few, so `Math` does not implement them.
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
    fn maximum_and_minimum_propagate_nan() {
        let nan = f64::NAN;
        assert!(Number::maximum(nan, 1.0).is_nan() && Number::maximum(1.0, nan).is_nan());
        assert!(Number::minimum(nan, 1.0).is_nan() && Number::minimum(1.0, nan).is_nan());
        assert_eq!((Number::maximum(2.0, 1.0), Number::minimum(2.0, 1.0)), (2.0, 1.0));
    }

    #[test]
    fn sign_and_heaviside_at_zero() {
        assert_eq!((Number::sign(-0.0), Number::sign(-3.0), Number::sign(5.0)), (0.0, -1.0, 1.0));
        assert_eq!((Number::sign(f64::INFINITY), Number::sign(f64::NEG_INFINITY)), (1.0, -1.0));
        assert_eq!((Number::heaviside(0.0), Number::heaviside(-0.0), Number::heaviside(-1e-300)), (1.0, 1.0, 0.0));
        assert!(Number::sign(f64::NAN).is_nan() && Number::heaviside(f64::NAN).is_nan());
    }
}
