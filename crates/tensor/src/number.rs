//! The arithmetic that a formula may use, for any kind of number.
//!
//! A formula written once over [`Number`] runs on a plain `f32` or `f64`, on a lane of a vectorized kernel,
//! and, in the `autograd` crate, on recorded variables.

use crate::lane::Lane;
use crate::math::Math;
use crate::math::simd::{Arch, Plain};
use std::f64::consts::FRAC_1_SQRT_2;
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
        /// A number that formulas compute with: a float, a lane of a kernel, or a recorded variable.
        ///
        /// Branches are [`select`](Number::select)s on a [`Mask`](Number::Mask), so that a formula is a straight
        /// line and vectorizes. The functions keep the names and meanings of `f64`'s own; beside them stand
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

            /// A constant of the same kind: for a variable, on the same tape.
            fn lit(self, value: f64) -> Self;
            /// Whether `self > other`; false where either is NaN.
            fn is_gt(self, other: Self) -> Self::Mask;
            /// Whether `self >= other`; false where either is NaN.
            fn is_ge(self, other: Self) -> Self::Mask;
            /// Whether `self == other`; false where either is NaN.
            fn is_eq(self, other: Self) -> Self::Mask;
            /// `yes` where the mask holds, `no` elsewhere; the other side has no effect, even if it is NaN.
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
            ///
            /// # Panics
            /// If `n` is above [`POLYGAMMA_LIMIT`](crate::math::POLYGAMMA_LIMIT).
            fn polygamma(self, n: u32) -> Self;
            /// `self * other + addend`, rounded once where the hardware can.
            fn mul_add(self, other: Self, addend: Self) -> Self;

            /// 1 / `self`.
            #[inline(always)]
            fn recip(self) -> Self {
                self.lit(1.0) / self
            }
            // From here on to `nan_unless`: what derivatives are made of. A recorded variable takes each as one operation
            // with a rule of its own, which keeps the digits, and the NaNs, that the rules of its parts would lose.

            /// σ(x) σ(-x), the derivative of `sigmoid`: even, and of full precision in both tails.
            ///
            /// Spelled as a product here; plain numbers have a form with one exponential.
            #[inline(always)]
            fn bell(self) -> Self {
                self.sigmoid() * (-self).sigmoid()
            }
            /// 0, and NaN at NaN: the derivative of a piecewise constant function, and of this one.
            #[inline(always)]
            fn flat(self) -> Self {
                Self::select(self.is_eq(self), self.lit(0.0), self)
            }
            /// 2x, the derivative of x².
            #[inline(always)]
            fn twice(self) -> Self {
                self * self.lit(2.0)
            }
            /// (1 - x)(1 + x), which keeps its digits near ±1 where 1 - x² cancels.
            #[inline(always)]
            fn one_minus_square(self) -> Self {
                (self.lit(1.0) - self) * (self.lit(1.0) + self)
            }
            /// 1 / (1 + x²), the derivative of `atan`.
            #[inline(always)]
            fn lorentzian(self) -> Self {
                (self * self + self.lit(1.0)).recip()
            }
            /// `self * other`, where a factor of exactly zero is absent: `0 * inf` and `0 * NaN` are 0.
            #[inline(always)]
            fn absent_mul(self, other: Self) -> Self {
                let zero = self.lit(0.0);
                let product = Self::select(other.is_eq(zero), zero, self * other);
                Self::select(self.is_eq(zero), zero, product)
            }
            /// 1 / b, the derivative of a / b in a; NaN where the quotient is, for 0/0 and inf/inf.
            #[inline(always)]
            fn quotient_derivative(self, divisor: Self) -> Self {
                let derivative = divisor.recip();
                // without a second division: only of operands of one size can the product with 1 / b be NaN
                let same = self.abs().is_eq(divisor.abs());
                let doubt = Self::select(same, self * derivative, self);
                derivative.nan_unless(doubt.is_eq(doubt), [self, divisor])
            }
            /// a / √(a² + b²), the derivative of `hypot` in a: the first coordinate of the direction of the point
            /// (a, b). 0 at the origin. An infinite coordinate outweighs a finite one; two of them are a tie.
            #[inline(always)]
            fn direction(self, other: Self) -> Self {
                direction(self, other, self.hypot(other))
            }
            /// a / (a² + b²), the derivative of `atan2` in its second argument but for the sign: the first coordinate
            /// of the point (a, b) inverted in the unit circle. 0 at the origin and at infinity.
            #[inline(always)]
            fn inversion(self, other: Self) -> Self {
                let r = self.hypot(other);
                let zero = self.lit(0.0);
                let image = Self::select(r.is_eq(zero), zero, direction(self, other, r) / r);
                // hypot(inf, NaN) is inf
                image + other.flat()
            }
            /// b aᵇ⁻¹, the derivative of aᵇ in a; 0 for b = 0, whatever a is.
            #[inline(always)]
            fn pow_base(self, exponent: Self) -> Self {
                // a⁰ is 1 even where a is NaN
                let derivative = exponent.absent_mul(self.powf(exponent - exponent.lit(1.0)) + self.flat());
                // b - 1 may round to an integer where b is none, and the power of a negative number is NaN
                let whole = Self::select(self.lit(0.0).is_gt(self), exponent.trunc(), exponent);
                derivative.nan_unless(whole.is_eq(exponent), [self, exponent])
            }
            /// aᵇ ln a, the derivative of aᵇ in b. 0 for a = 0 and b >= 0, where aᵇ does not move with b; NaN for a < 0.
            #[inline(always)]
            fn pow_exponent(self, exponent: Self) -> Self {
                let (zero, log) = (self.lit(0.0), self.ln());
                let derivative = self.powf(exponent).absent_mul(log);
                let at_zero = Self::select(exponent.is_eq(zero), zero, derivative);
                Self::select(self.is_eq(zero), at_zero, derivative) + log.flat()
            }
            /// `self` where the mask holds; elsewhere NaN.
            ///
            /// `of` are the variables that `self` is computed from. A recorded variable gives the NaN derivatives with
            /// respect to them that are NaN too, at every order; those of a NaN spelled `lit(f64::NAN)` would be 0.
            #[inline(always)]
            fn nan_unless<const K: usize>(self, mask: Self::Mask, of: [Self; K]) -> Self {
                let _ = of;
                Self::select(mask, self, self.lit(f64::NAN))
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

/// a / r, with r the length of (a, b).
#[inline(always)]
fn direction<N: Number>(a: N, b: N, r: N) -> N {
    let (zero, infinity) = (a.lit(0.0), a.lit(f64::INFINITY));
    let share = N::select(b.abs().is_eq(infinity), a.lit(FRAC_1_SQRT_2), a.lit(1.0));
    let far = N::select(a.abs().is_eq(infinity), a.sign() * share, a / r);
    N::select(r.is_eq(zero), zero, far)
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
