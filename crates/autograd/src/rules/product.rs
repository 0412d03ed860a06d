//! The transposes of the product rules. A product is bilinear, so its derivative with respect to one factor is the
//! product with the other.

use super::Op;
use crate::rules::array::Array;
use smallvec::SmallVec;
use tensor::{EinsumSpec, Shape};

/// Reshapes the adjoint to the matrix (or batch of matrices) that the product of matrices would have: a vector operand
/// counts as one row on the left, as one column on the right.
fn promoted<A: Array>(g: &A, left: usize, right: usize) -> A {
    if left > 1 && right > 1 {
        return g.clone();
    }
    let mut dims: SmallVec<[usize; 4]> = SmallVec::from_slice(&g.shape());
    if right == 1 {
        dims.push(1);
    }
    if left == 1 {
        dims.insert(dims.len() - 1, 1);
    }
    g.reshape(&Shape::from(&dims[..]))
}

/// g bᵀ: the transpose of dx b, for dx of rank `rank`.
pub(crate) fn pull_right<A: Array>(g: &A, b: &A, rank: usize) -> A {
    let right = b.rank();
    if rank > 1 && right > 1 {
        return g.matmul(&b.swap());
    }
    let g = promoted(g, rank, right);
    let b = if right == 1 { b.reshape(&Shape::from([b.shape()[0], 1])) } else { b.clone() };
    let contribution = g.matmul(&b.swap());
    if rank == 1 { drop_axis(&contribution, 2) } else { contribution }
}

/// aᵀ g: the transpose of a dx, for dx of rank `rank`. If dx is a single matrix, the batches of a are multiplied as one
/// matrix.
pub(crate) fn pull_left<A: Array>(g: &A, a: &A, rank: usize) -> A {
    let left = a.rank();
    if left == 2 && rank == 2 {
        return a.swap().matmul(g);
    }
    if rank == 2 {
        return rows(a).swap().matmul(&rows(g));
    }
    let g = promoted(g, left, rank);
    let a = if left == 1 { a.reshape(&Shape::from([1, a.shape()[0]])) } else { a.clone() };
    let contribution = a.swap().matmul(&g);
    if rank == 1 { drop_axis(&contribution, 1) } else { contribution }
}

/// Drops the axis of size 1 at position `from_end` from the end.
fn drop_axis<A: Array>(x: &A, from_end: usize) -> A {
    let shape = x.shape();
    let at = shape.rank() - from_end;
    x.reshape(&shape.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, &n)| n).collect())
}

/// Merges all leading axes into one.
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

/// The contributions of y = einsum(l, r -> o) are einsum(o, r -> l) and einsum(l, o -> r). In a recorded specification
/// no letter occurs twice in an operand and every letter occurs in at least two of l, r and o, so these are valid too.
pub(crate) fn pull_einsum<A: Array>(spec: &EinsumSpec, k: usize, g: &A, other: &A, shape: &Shape) -> A {
    let (l, r, o) = (spec.left(), spec.right(), spec.output());
    let contribution = if k == 0 {
        A::apply(Op::Einsum(EinsumSpec::new(o, r, l)), &[g, other])
    } else {
        A::apply(Op::Einsum(EinsumSpec::new(l, o, r)), &[other, g])
    };
    contribution.broadcast_to(&grown(&contribution.shape(), shape))
}

/// The broadcast size of each axis, since an axis of size 1 may have been broadcast or be broadcast here.
fn grown(a: &Shape, b: &Shape) -> Shape {
    a.iter().zip(b.iter()).map(|(&a, &b)| if a == 1 { b } else { a }).collect()
}
