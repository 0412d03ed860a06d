//! The elementary functions, for scalars and for the loops of [`simd`].
//!
//! [`Math`] has each function for both element types, generic over the [`Arch`] it is compiled for. Most functions are
//! branch-free polynomials, which vectorize in a `for` loop inside a [`Kernel`](simd::Kernel). The others call the
//! standard library or the `libm` crate, one element at a time.
//!
//! # Accuracy
//!
//! * `f32`: the error is at most 2 units in the last place, for each of the 2^32 inputs.
//! * `f64`: the relative error is at most `4e-16` (2 units in the last place), also in both tails and near zeros at the
//!   origin.
//!
//! For positive x, the logarithm of gamma and its derivatives up to order 10 have this accuracy; derivatives up to the
//! limit of order 150 have a relative error of `1e-14`. For negative x, where these functions have zeros, the error is
//! relative to the larger of the terms that cancel there. The same holds for `log_add_exp`.
//! Functions of the standard library are as accurate as the platform's implementation.
//!
//! NaN propagates. Infinities and signed zeros follow IEEE 754. The tests of each file check a sample of all `f32`
//! inputs; with `CHAINRULE_EXHAUSTIVE=1` they check all of them (use `--release`).

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

/// Declares the trait and implements it for both types, from a table of `name(arguments) => f32 path, f64 path`.
macro_rules! functions {
    ($($(#[$doc:meta])* $name:ident($($argument:ident: $kind:ty),*) => $for_f32:path, $for_f64:path;)*) => {
        /// The elementary functions, generic over the [`Arch`], which multiplies and adds.
        ///
        /// Methods of the standard library have the same names and take precedence for a concrete `f32` or `f64`, so
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
    /// The natural logarithm; -inf at 0, NaN for x < 0.
    ln() => log::ln_f32::<A>, log::ln_f64::<A>;
    /// The base-2 logarithm.
    log2() => log::log2_f32::<A>, f64::log2;
    /// The base-10 logarithm.
    log10() => log::log10_f32, f64::log10;
    /// ln(1 + x), without cancellation near 0.
    ln_1p() => log_1p::ln_1p_f32::<A>, log_1p::ln_1p_f64::<A>;
    /// The sine of x radians, with exact argument reduction for any x.
    sin() => trig::sin_f32::<A>, f64::sin;
    /// The cosine of x radians.
    cos() => trig::cos_f32::<A>, f64::cos;
    /// The tangent of x radians.
    tan() => trig::tan_f32::<A>, f64::tan;
    /// The inverse sine, in [-pi/2, pi/2].
    asin() => trig::asin_f32, f64::asin;
    /// The inverse cosine, in [0, pi].
    acos() => trig::acos_f32, f64::acos;
    /// The inverse tangent, in [-pi/2, pi/2].
    atan() => trig::atan_f32, f64::atan;
    /// The angle of the point `(x, y)`, in [-pi, pi], where `self` is y.
    atan2(x: Self) => trig::atan2_f32, f64::atan2;
    /// (e^x - e^-x) / 2.
    sinh() => hyperbolic::sinh_f32, f64::sinh;
    /// (e^x + e^-x) / 2.
    cosh() => hyperbolic::cosh_f32, f64::cosh;
    /// sinh x / cosh x, to full relative accuracy near 0.
    tanh() => hyperbolic::tanh_f32::<A>, hyperbolic::tanh_f64::<A>;
    /// The inverse of sinh.
    asinh() => hyperbolic::asinh_f32, libm::asinh;
    /// The nonnegative inverse of cosh; NaN for x < 1.
    acosh() => hyperbolic::acosh_f32, libm::acosh;
    /// The inverse of tanh.
    atanh() => hyperbolic::atanh_f32, libm::atanh;
    /// 1 / (1 + e^-x), to full precision in the left tail.
    sigmoid() => logistic::sigmoid_f32::<A>, logistic::sigmoid_f64::<A>;
    /// sigmoid(x) sigmoid(-x), the derivative of sigmoid, to full precision in both tails.
    bell() => logistic::bell_f32::<A>, logistic::bell_f64::<A>;
    /// ln(1 + e^x), to full precision in the left tail; not approximated by x for large x.
    softplus() => logistic::softplus_f32::<A>, logistic::softplus_f64::<A>;
    /// ln(e^a + e^b), without intermediate overflow, also for infinite and equal arguments.
    log_add_exp(other: Self) => logistic::log_add_exp_f32::<A>, logistic::log_add_exp_f64::<A>;
    /// The error function: 2/sqrt(pi) times the integral of e^(-t^2) from 0 to x.
    erf() => erf::erf_f32::<A>, libm::erf;
    /// The complementary error function, 1 - erf x, to full precision in the right tail.
    erfc() => erf::erfc_f32::<A>, libm::erfc;
    /// ln|gamma(x)|; +inf at the poles 0, -1, -2, ...
    ln_gamma() => gamma::ln_gamma_f32, libm::lgamma;
    /// Derivative `n + 1` of [`ln_gamma`](Math::ln_gamma): digamma for `n` = 0, trigamma for `n` = 1, and so on.
    ///
    /// # Panics
    /// If `n` is above [`POLYGAMMA_LIMIT`].
    polygamma(n: u32) => gamma::polygamma_f32, gamma::polygamma;
    /// The cube root, also for negative x.
    cbrt() => power::cbrt_f32, libm::cbrt;
    /// The square root; NaN for x < 0.
    sqrt() => f32::sqrt, f64::sqrt;
    /// x^y; NaN for x < 0 unless y is an integer.
    powf(y: Self) => power::powf_f32, f64::powf;
    /// x^n for an integer n and any sign of x; 0^0 = 1.
    powi(n: i32) => power::powi_f32, power::powi_f64;
    /// sqrt(x^2 + y^2), without intermediate overflow or underflow.
    hypot(other: Self) => power::hypot_f32, f64::hypot;
}
