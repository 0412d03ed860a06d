//! Products: bilinear, so the tangent's rule is the product itself with one factor replaced by its tangent, and the
//! gradient's is the product of the adjoint with the other factor.

use super::Op;
use crate::algebra::Array;
use smallvec::SmallVec;
use tensor::{EinsumSpec, Shape};

/// d(y)/d(operand k) applied to its tangent, for the bilinear primitives.
pub(crate) fn bilinear_jvp<A: Array>(op: &Op<A::T>, k: usize, dx: &A, xs: &[&A]) -> A {
    A::apply(op.clone(), &if k == 0 { [dx, xs[1]] } else { [xs[0], dx] })
}

/// y = a b: the shares are g bᵀ and aᵀ g; a vector counts as one row on the left, one column on the right.
pub(crate) fn matmul_vjp<A: Array>(k: usize, g: &A, a: &A, b: &A) -> A {
    let (ra, rb) = (a.shape().rank(), b.shape().rank());
    let as_row = |v: &A| v.reshape(&Shape::from([1, v.shape()[0]]));
    let as_column = |v: &A| v.reshape(&Shape::from([v.shape()[0], 1]));
    // g as the matrix (or batch of them) that the promoted operands' product has
    let mut extents: SmallVec<[usize; 4]> = SmallVec::from_slice(&g.shape());
    if rb == 1 {
        extents.push(1);
    }
    if ra == 1 {
        extents.insert(extents.len() - 1, 1);
    }
    let g = g.reshape(&Shape::from(&extents[..]));
    if k == 0 {
        let b = if rb == 1 { as_column(b) } else { b.clone() };
        let share = g.matmul(&b.swap());
        if ra == 1 { drop_axis(&share, 2) } else { share }
    } else {
        let a = if ra == 1 { as_row(a) } else { a.clone() };
        let share = a.swap().matmul(&g);
        if rb == 1 { drop_axis(&share, 1) } else { share }
    }
}

/// Without the axis of extent 1 that stands `from_end` from the end.
fn drop_axis<A: Array>(x: &A, from_end: usize) -> A {
    let shape = x.shape();
    let at = shape.rank() - from_end;
    x.reshape(&shape.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, &n)| n).collect())
}

/// y = x W + b: the shares are g Wᵀ, xᵀ g over all rows, and the sum of g's rows (which the edge takes).
pub(crate) fn affine_vjp<A: Array>(k: usize, g: &A, xs: &[&A]) -> A {
    match k {
        0 => g.matmul(&xs[1].swap()),
        1 => rows(xs[0]).swap().matmul(&rows(g)),
        _ => g.clone(),
    }
}

pub(crate) fn affine_jvp<A: Array>(k: usize, dx: &A, xs: &[&A]) -> A {
    match k {
        0 => dx.matmul(xs[1]),
        1 => xs[0].matmul(dx),
        _ => dx.clone(),
    }
}

/// All leading axes as one.
fn rows<A: Array>(x: &A) -> A {
    let shape = x.shape();
    match shape.rank() {
        1 => x.reshape(&Shape::from([1, shape[0]])),
        2 => x.clone(),
        rank => {
            let last = shape[rank - 1];
            let lead = shape[..rank - 1].iter().product::<usize>();
            x.reshape(&Shape::from([lead, last]))
        }
    }
}

/// y = einsum(l, r -> o): the shares are einsum(o, r -> l) and einsum(l, o -> r). Recorded specifications name no letter
/// twice in an operand, and each letter in two places at least, so these are specifications too.
pub(crate) fn einsum_vjp<A: Array>(spec: &EinsumSpec, k: usize, g: &A, a: &A, b: &A) -> A {
    let (l, r, o) = (spec.left(), spec.right(), spec.output());
    if k == 0 {
        let share = A::apply(Op::Einsum(EinsumSpec::new(o, r, l)), &[g, b]);
        share.broadcast_to(&grown(&share.shape(), &a.shape()))
    } else {
        let share = A::apply(Op::Einsum(EinsumSpec::new(l, o, r)), &[a, g]);
        share.broadcast_to(&grown(&share.shape(), &b.shape()))
    }
}

/// The larger of both extents, axis by axis: a letter of extent 1 may have been stretched, or be stretched here.
fn grown(a: &Shape, b: &Shape) -> Shape {
    a.iter().zip(b.iter()).map(|(&a, &b)| if a == 1 { b } else { a }).collect()
}
