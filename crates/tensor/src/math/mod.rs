//! The elementary functions, for scalars and for the loops of [`simd`].
//!
//! [`Math`] gives each function once per element type, generic over the [`Arch`] it is compiled for. Most are
//! branch-free polynomials: written in a plain `for` loop inside a [`Kernel`](simd::Kernel) they vectorize. The rest
//! call the standard library or the `libm` crate, one element at a time.
//!
//! # Accuracy
//!
//! * `f32`: at most 2 units in the last place from the true value, for every one of the 2^32 inputs.
//! * `f64`: relative error at most `4e-16` (2 units in the last place), in both tails and near zeros at the origin.
//!
//! The logarithm of gamma and its derivatives to order 10 keep this for positive x, those up to the limit of 150 an error
//! of `1e-14`; on the negative axis, where they have zeros, the error is relative to the larger of the terms that cancel
//! there. `log_add_exp` likewise.
//! Functions of the standard library are as accurate as the platform's.
//!
//! NaN gives NaN, infinities and signed zeros are those of IEEE 754. The tests of each file check a stride of all
//! `f32` inputs; with `CHAINRULE_EXHAUSTIVE=1` they check each of them (use `--release`).

pub mod simd;

mod erf;
mod exp;
mod gamma;
mod hyperbolic;
mod log;
mod log_1p;
mod logistic;
mod power;
mod reduce;
#[cfg(test)]
mod testing;
mod trig;

pub use gamma::POLYGAMMA_LIMIT;
use simd::Arch;

/// Declares the trait and implements it for both types from one table of `name(arguments) => f32 path, f64 path`.
macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $kind:ty),*) => $for_f32:path, $for_f64:path;)*) => {
        /// The elementary functions, generic over how the [`Arch`] multiplies and adds.
        ///
        /// The standard library's methods have the same names and take precedence on a concrete `f32` or `f64`:
        /// write `Math::exp::<A>(x)`.
        ///
        /// ```
        /// use tensor::math::{Math, simd::Plain};
        /// assert_eq!(Math::softplus::<Plain>(-40.0_f64), 4.248354255291589e-18);
        /// ```
        pub trait Math: Copy {
            $($(#[$doc])* fn $name<A: Arch>(self $(, $argument: $kind)*) -> Self;)*
        }

        impl Math for f32 {
            $(#[inline(always)]
            fn $name<A: Arch>(self $(, $argument: $kind)*) -> Self {
                $for_f32(self $(, $argument)*)
            })*
        }

        impl Math for f64 {
            $(#[inline(always)]
            fn $name<A: Arch>(self $(, $argument: $kind)*) -> Self {
                $for_f64(self $(, $argument)*)
            })*
        }
    };
}

functions! {
    /// e^x.
    exp() => exp::exp_f32::<A>, exp::exp_f64::<A>;
    /// 2^x.
    exp2() => exp::exp2_f32::<A>, f64::exp2;
    /// e^x - 1, without cancellation near 0.
    exp_m1() => exp::exp_m1_f32::<A>, exp::exp_m1_f64::<A>;
    /// The natural logarithm; -inf at 0, NaN below.
    ln() => log::ln_f32::<A>, log::ln_f64::<A>;
    /// The logarithm to base 2.
    log2() => log::log2_f32::<A>, f64::log2;
    /// The logarithm to base 10.
    log10() => log::log10_f32, f64::log10;
    /// ln(1 + x), without cancellation near 0.
    ln_1p() => log_1p::ln_1p_f32::<A>, log_1p::ln_1p_f64::<A>;
    /// The sine of x radians, exact reduction at any size.
    sin() => trig::sin_f32::<A>, f64::sin;
    /// The cosine.
    cos() => trig::cos_f32::<A>, f64::cos;
    /// The tangent.
    tan() => trig::tan_f32::<A>, f64::tan;
    /// The inverse sine, in [-pi/2, pi/2].
    asin() => trig::asin_f32, f64::asin;
    /// The inverse cosine, in [0, pi].
    acos() => trig::acos_f32, f64::acos;
    /// The inverse tangent, in [-pi/2, pi/2].
    atan() => trig::atan_f32, f64::atan;
    /// The angle of the point `(x, y)`, `self` being y: in [-pi, pi].
    atan2(x: Self) => trig::atan2_f32, f64::atan2;
    /// (e^x - e^-x) / 2.
    sinh() => hyperbolic::sinh_f32, f64::sinh;
    /// (e^x + e^-x) / 2.
    cosh() => hyperbolic::cosh_f32, f64::cosh;
    /// sinh / cosh, accurate relative to x near 0.
    tanh() => hyperbolic::tanh_f32::<A>, hyperbolic::tanh_f64::<A>;
    /// The inverse of sinh.
    asinh() => hyperbolic::asinh_f32, libm::asinh;
    /// The inverse of cosh, at least 0; NaN below 1.
    acosh() => hyperbolic::acosh_f32, libm::acosh;
    /// The inverse of tanh.
    atanh() => hyperbolic::atanh_f32, libm::atanh;
    /// 1 / (1 + e^-x), of full precision in the left tail.
    sigmoid() => logistic::sigmoid_f32::<A>, logistic::sigmoid_f64::<A>;
    /// sigmoid(x) sigmoid(-x), the bell that is its derivative; of full precision in both tails.
    bell() => logistic::bell_f32::<A>, logistic::bell_f64::<A>;
    /// ln(1 + e^x), of full precision in the left tail; no threshold.
    softplus() => logistic::softplus_f32::<A>, logistic::softplus_f64::<A>;
    /// ln(e^a + e^b), stable: infinities and equal arguments give their limits.
    log_add_exp(other: Self) => logistic::log_add_exp_f32::<A>, logistic::log_add_exp_f64::<A>;
    /// 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x.
    erf() => erf::erf_f32::<A>, libm::erf;
    /// 1 - erf, of full precision in the right tail.
    erfc() => erf::erfc_f32::<A>, libm::erfc;
    /// ln|gamma(x)|; +inf at the poles 0, -1, -2, ...
    ln_gamma() => gamma::ln_gamma_f32, libm::lgamma;
    /// The derivative of order `n + 1` of [`ln_gamma`](Math::ln_gamma): digamma for 0, trigamma for 1, and so on.
    ///
    /// # Panics
    /// If `n` is above [`POLYGAMMA_LIMIT`].
    polygamma(n: u32) => gamma::polygamma_f32, gamma::polygamma;
    /// The cube root, also of negative numbers.
    cbrt() => power::cbrt_f32, libm::cbrt;
    /// The square root; NaN below 0.
    sqrt() => f32::sqrt, f64::sqrt;
    /// x^y; NaN for a negative x unless y is an integer.
    powf(y: Self) => power::powf_f32, f64::powf;
    /// x^n for an integer n and any sign of x; 0^0 = 1.
    powi(n: i32) => power::powi_f32, power::powi_f64;
    /// sqrt(x^2 + y^2), without overflow or underflow on the way.
    hypot(other: Self) => power::hypot_f32, f64::hypot;
}
