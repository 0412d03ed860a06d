//! Activations, losses and other functions that the standard library lacks, written once for any [`Number`]: plain
//! numbers, lanes of vectorized kernels, and recorded variables.
//!
//! ```
//! use tensor::formulas;
//! assert_eq!(formulas::relu(-2.0), 0.0);
//! assert_eq!(formulas::leaky_relu(-2.0, 0.1), -0.2);
//! ```

use crate::number::Number;
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// α of [`selu`] (Klambauer et al. 2017).
pub const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;
/// λ of [`selu`] (Klambauer et al. 2017).
pub const SELU_LAMBDA: f64 = 1.050_700_987_355_480_5;

/// x · w, and 0 where w is 0, even for an infinite x.
#[inline(always)]
pub fn present_mul<N: Number>(x: N, w: N) -> N {
    N::select(w.is_eq(w.lit(0.0)), w, x * w)
}

/// ln σ(x).
#[inline(always)]
pub fn log_sigmoid<N: Number>(x: N) -> N {
    -(-x).softplus()
}

/// max(x, 0); NaN for NaN.
#[inline(always)]
pub fn relu<N: Number>(x: N) -> N {
    x.maximum(x.lit(0.0))
}

/// min(max(x, 0), 6); NaN for NaN.
#[inline(always)]
pub fn relu6<N: Number>(x: N) -> N {
    x.maximum(x.lit(0.0)).minimum(x.lit(6.0))
}

/// λx above 0, λα(eˣ - 1) below, with the constants of self-normalizing networks.
#[inline(always)]
pub fn selu<N: Number>(x: N) -> N {
    N::select(x.is_gt(x.lit(0.0)), x, x.exp_m1() * x.lit(SELU_ALPHA)) * x.lit(SELU_LAMBDA)
}

/// Φ(x), the standard normal cumulative distribution function.
#[inline(always)]
pub fn normal_cdf<N: Number>(x: N) -> N {
    (x * x.lit(-FRAC_1_SQRT_2)).erfc() * x.lit(0.5)
}

/// x Φ(x), with Φ the standard normal cumulative distribution function; 0 at -inf.
#[inline(always)]
pub fn gelu<N: Number>(x: N) -> N {
    present_mul(x, normal_cdf(x))
}

/// 2u = 2√(2/π) (x + 0.044715 x³), the argument of the sigmoid in [`gelu_tanh`].
#[inline(always)]
pub fn gelu_gate<N: Number>(x: N) -> N {
    x * (x * x * x.lit(0.044715) + x.lit(1.0)) * x.lit(2.0 * (2.0 / PI).sqrt())
}

/// GELU with Φ(x) ≈ σ(2u), u = √(2/π) (x + 0.044715 x³); 0 at -inf.
#[inline(always)]
pub fn gelu_tanh<N: Number>(x: N) -> N {
    present_mul(x, gelu_gate(x).sigmoid())
}

/// x σ(x), also called swish; 0 at -inf.
#[inline(always)]
pub fn silu<N: Number>(x: N) -> N {
    present_mul(x, x.sigmoid())
}

/// x tanh(softplus(x)); 0 at -inf.
#[inline(always)]
pub fn mish<N: Number>(x: N) -> N {
    present_mul(x, x.softplus().tanh())
}

/// x / (1 + |x|); ±1 at ±inf.
#[inline(always)]
pub fn softsign<N: Number>(x: N) -> N {
    N::select(x.abs().is_eq(x.lit(f64::INFINITY)), x.sign(), x / (x.abs() + x.lit(1.0)))
}

/// min(max(x, -1), 1); NaN for NaN.
#[inline(always)]
pub fn hard_tanh<N: Number>(x: N) -> N {
    x.maximum(x.lit(-1.0)).minimum(x.lit(1.0))
}

/// a ln b, and 0 where a is 0, unless b is NaN.
#[inline(always)]
pub fn xlogy<N: Number>(a: N, b: N) -> N {
    let zero = a.lit(0.0);
    let absent = N::select(b.is_eq(b), zero, b);
    N::select(a.is_eq(zero), absent, a * b.ln())
}

/// x above 0, `negative_slope` · x elsewhere.
#[inline(always)]
pub fn leaky_relu<N: Number>(x: N, negative_slope: N) -> N {
    N::select(x.is_gt(x.lit(0.0)), x, negative_slope * x)
}

/// x above 0, `alpha` · (eˣ - 1) elsewhere.
#[inline(always)]
pub fn elu<N: Number>(x: N, alpha: N) -> N {
    N::select(x.is_gt(x.lit(0.0)), x, alpha * x.exp_m1())
}

/// (a - b)².
#[inline(always)]
pub fn squared_error<N: Number>(a: N, b: N) -> N {
    (a - b) * (a - b)
}

/// |a - b|.
#[inline(always)]
pub fn absolute_error<N: Number>(a: N, b: N) -> N {
    (a - b).abs()
}

/// The binary cross-entropy of logit z and target t: (1 - t) softplus(z) + t softplus(-z).
#[inline(always)]
pub fn bce_with_logits<N: Number>(z: N, t: N) -> N {
    (t.lit(1.0) - t).absent_mul(z.softplus()) + t.absent_mul((-z).softplus())
}

/// min(max(x, lo), hi): `hi` if `lo > hi`; NaN if an argument is NaN.
#[inline(always)]
pub fn clamp<N: Number>(x: N, lo: N, hi: N) -> N {
    x.maximum(lo).minimum(hi)
}

/// 1 where the mask holds, 0 elsewhere.
#[inline(always)]
pub fn indicator<N: Number>(x: N, mask: N::Mask) -> N {
    N::select(mask, x.lit(1.0), x.lit(0.0))
}
