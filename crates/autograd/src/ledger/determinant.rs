//! Determinants and linear systems: their derivatives are solutions of other linear systems.

use super::Op;
use crate::algebra::{Array, Product};
use tensor::{Reduction, Tensor};

/// ∂y/∂x of y = det x, which is y x⁻ᵀ, or of y = ln |det x|, which is x⁻ᵀ.
fn weights<A: Array>(log: bool, x: &A, y: &A) -> A {
    let inverse = solve(&x.swap(), &x.constant(Tensor::eye(x.shape()[0])));
    if log { inverse } else { inverse.mul(y) }
}

pub(crate) fn vjp<A: Array>(p: Product, log: bool, g: &A, x: &A, y: &A) -> A {
    g.weigh(p, &weights(log, x, y))
}

pub(crate) fn jvp<A: Array>(p: Product, log: bool, dx: &A, x: &A, y: &A) -> A {
    dx.weigh(p, &weights(log, x, y)).reduce(Reduction::Sum, &[0, 1], false)
}

fn solve<A: Array>(a: &A, b: &A) -> A {
    A::apply(Op::Solve, &[a, b])
}

/// y = a⁻¹ b: the contributions are -a⁻ᵀ g yᵀ and a⁻ᵀ g.
pub(crate) fn solve_vjp<A: Array>(k: usize, g: &A, a: &A, y: &A) -> A {
    let to_b = solve(&a.swap(), g);
    if k == 0 { to_b.neg().matmul(&y.swap()) } else { to_b }
}

/// a dy = db - da y.
pub(crate) fn solve_jvp<A: Array>(k: usize, dx: &A, a: &A, y: &A) -> A {
    if k == 0 { solve(a, &dx.matmul(y).neg()) } else { solve(a, dx) }
}
