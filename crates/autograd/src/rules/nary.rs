//! The scalar primitives of many operands. Each records one node, so a long sum does not cost one node per term.

use crate::rules::Bounds;
use smallvec::SmallVec;
use tensor::Number;

/// A scalar primitive of many operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[non_exhaustive]
pub enum Nary {
    /// x₁ + ... + xₙ
    Sum,
    /// a₁b₁ + ... + aₙbₙ; operands a₁, b₁, a₂, b₂, ...
    Dot,
    /// x₁² + ... + xₙ²
    NormSquared,
    /// ln(e^x₁ + ... + e^xₙ)
    LogSumExp,
    /// c₀ + c₁x + ... + cₙxⁿ; operands x, c₀, ..., cₙ
    Polynomial,
    /// a b + c, rounded once
    MulAdd,
    /// min(max(x, lo), hi), both bounds variables
    Clamp,
    /// min(max(x, lo), hi), lo a plain number and hi a variable
    ClampAbove,
    /// min(max(x, lo), hi), hi a plain number and lo a variable
    ClampBelow,
    /// min(max(x, lo), hi), both bounds plain numbers
    ClampWithin,
}

impl Nary {
    /// Every primitive, in the order of their codes.
    pub(crate) const ALL: [Nary; 10] = [
        Nary::Sum,
        Nary::Dot,
        Nary::NormSquared,
        Nary::LogSumExp,
        Nary::Polynomial,
        Nary::MulAdd,
        Nary::Clamp,
        Nary::ClampAbove,
        Nary::ClampBelow,
        Nary::ClampWithin,
    ];

    /// The name of the function that records this primitive.
    pub fn name(self) -> &'static str {
        match self {
            Nary::Sum => "sum",
            Nary::Dot => "dot",
            Nary::NormSquared => "norm_squared",
            Nary::LogSumExp => "logsumexp",
            Nary::Polynomial => "polynomial",
            Nary::MulAdd => "mul_add",
            Nary::Clamp | Nary::ClampAbove | Nary::ClampBelow | Nary::ClampWithin => "clamp",
        }
    }

    /// Computes the value of `n` operands, where `x(i)` is operand i and `zero` is the 0 of its type.
    #[inline]
    pub(crate) fn value<N: Number>(self, zero: N, n: usize, x: impl Fn(usize) -> N) -> N {
        match self {
            Nary::Sum => (0..n).fold(zero, |s, i| s + x(i)),
            Nary::Dot => (0..n / 2).fold(zero, |s, i| s + x(2 * i) * x(2 * i + 1)),
            Nary::NormSquared => (0..n).fold(zero, |s, i| s + x(i) * x(i)),
            Nary::LogSumExp => {
                let top = (0..n).fold(zero.lit(f64::NEG_INFINITY), |m, i| m.maximum(x(i)));
                // The largest terms are counted, so that ln(1 + ·) keeps the precision of the others.
                let (one, none) = (zero.lit(1.0), zero);
                let (more, rest) = (0..n).fold((-one, zero), |(m, s), i| {
                    let is_top = x(i).is_eq(top);
                    (m + N::select(is_top, one, none), s + N::select(is_top, none, (x(i) - top).exp()))
                });
                N::select(top.abs().is_eq(zero.lit(f64::INFINITY)), top, top + (more + rest).ln_1p())
            }
            // Horner's scheme, from the highest coefficient.
            Nary::Polynomial => (1..n).rev().fold(zero, |s, i| s * x(0) + x(i)),
            Nary::MulAdd => x(0).mul_add(x(1), x(2)),
            Nary::Clamp | Nary::ClampAbove | Nary::ClampBelow | Nary::ClampWithin => x(0).maximum(x(1)).minimum(x(2)),
        }
    }

    /// Calls `give` with the index and the partial derivative ∂y/∂x_i of each of `n` operands, where `x(i)` is operand
    /// i.
    ///
    /// ```
    /// use autograd::Nary;
    /// let x = [1.0, 2.0, 3.0, 4.0];
    /// let mut weights = [0.0; 4];
    /// Nary::Dot.weights(4, 14.0, |i| x[i], |i, w| weights[i] = w);
    /// assert_eq!(weights, [2.0, 1.0, 4.0, 3.0]);
    /// ```
    #[inline]
    pub fn weights<N: Number>(self, n: usize, y: N, x: impl Fn(usize) -> N, mut give: impl FnMut(usize, N)) {
        let mut clamp = |lo_is_plain, hi_is_plain| {
            let bounds = Bounds { lo_is_plain, hi_is_plain };
            (0..3).for_each(|k| give(k, bounds.derivative(k, x(0), x(1), x(2))));
        };
        match self {
            Nary::Sum => (0..n).for_each(|i| give(i, y.lit(1.0))),
            Nary::Dot => (0..n).for_each(|i| give(i, x(i ^ 1))),
            Nary::NormSquared => (0..n).for_each(|i| give(i, x(i).twice())),
            Nary::LogSumExp => {
                // Divided by their sum, which is 1 up to the rounding of y.
                let none = y.is_eq(y.lit(f64::NEG_INFINITY));
                // Equal infinities are a tie, although their difference is NaN.
                let part = |x: N| {
                    let tie = N::select(x.is_eq(y), y.lit(1.0), y.lit(0.0));
                    N::select(y.is_eq(y.lit(f64::INFINITY)), tie, (x - y).exp())
                };
                let parts: SmallVec<[N; 16]> = (0..n).map(|i| part(x(i))).collect();
                let total = parts.iter().fold(y.lit(0.0), |s, &e| s + e);
                parts.iter().enumerate().for_each(|(i, &e)| give(i, N::select(none, y.lit(0.0), e / total)));
            }
            Nary::Polynomial => {
                // p'(x) by Horner's scheme on the coefficients of p', then the powers of x.
                give(0, (2..n).rev().fold(y.lit(0.0), |s, i| s * x(0) + x(i) * y.lit((i - 1) as f64)));
                let mut power = y.lit(1.0);
                for i in 1..n {
                    give(i, power);
                    power = power * x(0);
                }
            }
            Nary::MulAdd => {
                give(0, x(1));
                give(1, x(0));
                give(2, y.lit(1.0));
            }
            Nary::Clamp => clamp(false, false),
            Nary::ClampAbove => clamp(true, false),
            Nary::ClampBelow => clamp(false, true),
            Nary::ClampWithin => clamp(true, true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(op: Nary, x: &[f64]) -> f64 {
        op.value(0.0, x.len(), |i| x[i])
    }
    fn weights(op: Nary, x: &[f64]) -> Vec<f64> {
        let mut w = vec![0.0; x.len()];
        op.weights(x.len(), value(op, x), |i| x[i], |i, d| w[i] = d);
        w
    }

    #[test]
    fn values_and_weights() {
        assert_eq!(value(Nary::Dot, &[1.0, 2.0, 3.0, 4.0]), 14.0);
        assert_eq!(weights(Nary::Dot, &[1.0, 2.0, 3.0, 4.0]), [2.0, 1.0, 4.0, 3.0]);
        // 5 + 3x + 2x² at x = 2, with derivative 3 + 4x
        assert_eq!(value(Nary::Polynomial, &[2.0, 5.0, 3.0, 2.0]), 19.0);
        assert_eq!(weights(Nary::Polynomial, &[2.0, 5.0, 3.0, 2.0]), [11.0, 1.0, 2.0, 4.0]);
        assert_eq!(value(Nary::Polynomial, &[2.0]), 0.0);
        assert!((value(Nary::LogSumExp, &[1e4, 1e4]) - 10000.693147180560).abs() < 1e-11);
        assert_eq!(weights(Nary::LogSumExp, &[f64::NEG_INFINITY; 2]), [0.0, 0.0]);
    }

    #[test]
    fn at_a_variable_bound_the_derivative_is_split_and_at_a_plain_bound_it_is_zero() {
        for (x, lo, hi, y, variables, plain) in [
            (0.5, 0.0, 1.0, 0.5, [1.0, 0.0, 0.0], 1.0),
            (0.0, 0.0, 1.0, 0.0, [0.5, 0.5, 0.0], 0.0),
            (1.0, 0.0, 1.0, 1.0, [0.5, 0.0, 0.5], 0.0),
            (1.0, 1.0, 1.0, 1.0, [0.25, 0.25, 0.5], 0.0),
            (-1.0, 0.0, 1.0, 0.0, [0.0, 1.0, 0.0], 0.0),
            (2.0, 0.0, 1.0, 1.0, [0.0, 0.0, 1.0], 0.0),
            (0.5, 2.0, 1.0, 1.0, [0.0, 0.0, 1.0], 0.0),
        ] {
            let at = [x, lo, hi];
            assert_eq!((value(Nary::Clamp, &at), weights(Nary::Clamp, &at)), (y, variables.to_vec()));
            assert_eq!((value(Nary::ClampWithin, &at), weights(Nary::ClampWithin, &at)[0]), (y, plain));
        }
        assert_eq!(weights(Nary::ClampAbove, &[0.0, 0.0, 1.0])[0], 0.0);
        assert_eq!(weights(Nary::ClampAbove, &[1.0, 0.0, 1.0]), [0.5, 0.0, 0.5]);
        assert_eq!(weights(Nary::ClampBelow, &[0.0, 0.0, 1.0]), [0.5, 0.5, 0.0]);
        assert_eq!(weights(Nary::ClampBelow, &[1.0, 0.0, 1.0])[0], 0.0);
    }

    #[test]
    fn equal_infinities_split_the_derivative_of_logsumexp() {
        let inf = f64::INFINITY;
        assert_eq!(weights(Nary::LogSumExp, &[inf, 1.0]), [1.0, 0.0]);
        assert_eq!(weights(Nary::LogSumExp, &[inf, -inf, inf]), [0.5, 0.0, 0.5]);
        assert!(weights(Nary::LogSumExp, &[inf, f64::NAN]).iter().all(|w| w.is_nan()));
    }
}
