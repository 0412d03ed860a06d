//! The rules of `concat` and `stack`. The contribution to each operand is the part of the adjoint at its place in the
//! result.

use super::Op;
use super::arrange::Slices;
use crate::rules::Element;
use crate::rules::arrange::Arrange;
use crate::rules::array::Array;
use smallvec::SmallVec;
use tensor::{Slice, Tensor};

/// Stacks scalars (0-d tensors) to a vector.
pub(crate) fn stack_value<T: Element>(xs: &[&Tensor<T>]) -> Tensor<T> {
    Tensor::build(xs.len(), |out| {
        for (o, x) in out.iter_mut().zip(xs) {
            *o = x.item();
        }
    })
}

/// The map from operand k to its element of a stack.
pub(crate) fn place_in_stack<A: Array>(k: usize, y: &A) -> Arrange {
    Arrange::Unslice(y.shape(), SmallVec::from_slice(&[Slice::from(k as isize)]))
}

/// The map from operand k to its slice of a concatenation.
pub(crate) fn place<A: Array>(axis: usize, k: usize, xs: &[&A], y: &A) -> Arrange {
    let start: usize = xs[..k].iter().map(|x| x.shape()[axis]).sum();
    let end = start + xs[k].shape()[axis];
    let mut slices: Slices = SmallVec::from_elem(Slice::from(..), axis);
    slices.push(Slice::from(start as isize..end as isize));
    Arrange::Unslice(y.shape(), slices)
}

/// Joins the tangents the same way, with zeros for operands without a tangent.
pub(crate) fn jvp<A: Array>(op: &Op<A::T>, xs: &[&A], dxs: &[Option<&A>]) -> Option<A> {
    let like = dxs.iter().flatten().next()?;
    let zeros: Vec<A> = xs.iter().map(|x| like.constant(Tensor::zeros(x.shape()))).collect();
    let filled: Vec<&A> = dxs.iter().zip(&zeros).map(|(dx, zero)| dx.unwrap_or(zero)).collect();
    Some(A::apply(op.clone(), &filled))
}
