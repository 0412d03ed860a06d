//! Formulas that several derivatives of the elementwise primitives use.

use std::f64::consts::PI;
use tensor::Number;

/// 1 / x for x >= 0, +inf at both zeros, and NaN for x < 0: the derivative of a function whose domain is x >= 0.
#[inline(always)]
pub(super) fn recip_of_positive<N: Number>(x: N) -> N {
    let zero = x.lit(0.0);
    // Adding 0 turns -0 into +0.
    (x + zero).recip().nan_unless(x.is_ge(zero), [x])
}

/// φ(x) = e^(-x²/2) / √(2π), the standard normal density.
#[inline(always)]
pub(super) fn normal_density<N: Number>(x: N) -> N {
    (x * x * x.lit(-0.5)).exp() * x.lit((2.0 * PI).sqrt().recip())
}

/// The derivative of [`gelu_gate`](tensor::formulas::gelu_gate).
#[inline(always)]
pub(super) fn gelu_gate_derivative<N: Number>(x: N) -> N {
    (x * x * x.lit(3.0 * 0.044715) + x.lit(1.0)) * x.lit(2.0 * (2.0 / PI).sqrt())
}
