//! What several rules of the elementwise primitives are made of.

use std::f64::consts::{FRAC_1_SQRT_2, PI};
use tensor::Number;

/// 1 / |d| where x >= 0 or x is NaN's kin; NaN where x < 0: the slope of a function that lives on x >= 0.
#[inline(always)]
pub(super) fn on_positive<N: Number>(x: N, d: N) -> N {
    N::select(x.is_ge(x.lit(0.0)), d.abs().recip(), x.lit(f64::NAN))
}

/// 1 - x², keeping its digits near ±1.
#[inline(always)]
pub(super) fn one_minus_square<N: Number>(x: N) -> N {
    (x.lit(1.0) - x) * (x.lit(1.0) + x)
}

/// 1 where x > kink, 0 where x <= kink, NaN at NaN.
#[inline(always)]
pub(super) fn above<N: Number>(x: N, kink: N) -> N {
    let closed = N::select(kink.is_ge(x), x.lit(0.0), x + kink);
    N::select(x.is_gt(kink), x.lit(1.0), closed)
}

/// x * w where w = 0 means absent: a tail that has vanished silences an infinite x.
#[inline(always)]
pub(super) fn present_mul<N: Number>(x: N, w: N) -> N {
    N::select(w.is_eq(w.lit(0.0)), w, x * w)
}

/// Φ(x), the normal distribution.
#[inline(always)]
pub(super) fn normal_cdf<N: Number>(x: N) -> N {
    (x * x.lit(-FRAC_1_SQRT_2)).erfc() * x.lit(0.5)
}

/// φ(x) = e^(-x²/2) / √(2π), the normal density.
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
pub(super) fn gelu_gate_slope<N: Number>(x: N) -> N {
    (x * x * x.lit(3.0 * 0.044715) + x.lit(1.0)) * x.lit(2.0 * (2.0 / PI).sqrt())
}
