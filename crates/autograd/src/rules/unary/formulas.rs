//! Formulas that several rules of the elementwise primitives use.

use std::f64::consts::{FRAC_1_SQRT_2, PI};
use tensor::Number;

/// 1 / x for x >= 0, +inf at both zeros, and NaN for x < 0: the derivative of a function whose domain is x >= 0.
#[inline(always)]
pub(super) fn recip_of_positive<N: Number>(x: N) -> N {
    let zero = x.lit(0.0);
    // Adding 0 turns -0 into +0.
    (x + zero).recip().nan_unless(x.is_ge(zero), [x])
}

/// 1 where the mask holds, 0 elsewhere.
#[inline(always)]
pub(super) fn indicator<N: Number>(x: N, mask: N::Mask) -> N {
    N::select(mask, x.lit(1.0), x.lit(0.0))
}

/// x · w, and 0 where w is 0, even for an infinite x.
#[inline(always)]
pub(super) fn present_mul<N: Number>(x: N, w: N) -> N {
    N::select(w.is_eq(w.lit(0.0)), w, x * w)
}

/// Φ(x), the standard normal cumulative distribution function.
#[inline(always)]
pub(super) fn normal_cdf<N: Number>(x: N) -> N {
    (x * x.lit(-FRAC_1_SQRT_2)).erfc() * x.lit(0.5)
}

/// φ(x) = e^(-x²/2) / √(2π), the standard normal density.
#[inline(always)]
pub(super) fn normal_density<N: Number>(x: N) -> N {
    (x * x * x.lit(-0.5)).exp() * x.lit((2.0 * PI).sqrt().recip())
}

/// 2u = 2√(2/π) (x + 0.044715 x³).
#[inline(always)]
pub(super) fn gelu_gate<N: Number>(x: N) -> N {
    x * (x * x * x.lit(0.044715) + x.lit(1.0)) * x.lit(2.0 * (2.0 / PI).sqrt())
}

/// The derivative of [`gelu_gate`].
#[inline(always)]
pub(super) fn gelu_gate_derivative<N: Number>(x: N) -> N {
    (x * x * x.lit(3.0 * 0.044715) + x.lit(1.0)) * x.lit(2.0 * (2.0 / PI).sqrt())
}
