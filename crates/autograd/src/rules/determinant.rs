//! Determinants and linear systems: their derivatives are solutions of other linear systems.

use super::Op;
use super::linear::Linear;
use crate::rules::array::Array;
use tensor::Tensor;

/// ∂y/∂x of y = det x, which is y x⁻ᵀ, or of y = ln |det x|, which is x⁻ᵀ.
pub(crate) fn rule<'a, A: Array>(log: bool, x: &A, y: &A) -> Linear<'a, A> {
    let inverse = solve(&x.swap(), &x.constant(Tensor::eye(x.shape()[0])));
    let weights = if log { inverse } else { inverse.mul(y) };
    Linear::Dot { weights, axes: [0, 1].as_slice().into(), keep: false }
}

/// a⁻¹ b.
pub(crate) fn solve<A: Array>(a: &A, b: &A) -> A {
    A::apply(Op::Solve, &[a, b])
}
