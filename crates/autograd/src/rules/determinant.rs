//! The rules of determinants and linear systems. Their derivatives solve other linear systems.

use super::Op;
use super::linear::Linear;
use crate::rules::array::Array;
use tensor::Tensor;

/// The rule of y = det x, whose derivative is y x⁻ᵀ, or of y = ln |det x|, whose derivative is x⁻ᵀ (`log`).
pub(crate) fn rule<'a, A: Array>(log: bool, x: &A, y: &A) -> Linear<'a, A> {
    let inverse = solve(&x.swap(), &x.constant(Tensor::eye(x.shape()[0])));
    let weights = if log { inverse } else { inverse.mul(y) };
    Linear::Dot { weights, axes: [0, 1].as_slice().into(), keep: false }
}

/// Solves a linear system: a⁻¹ b.
pub(crate) fn solve<A: Array>(a: &A, b: &A) -> A {
    A::apply(Op::Solve, &[a, b])
}
