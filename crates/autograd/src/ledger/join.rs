//! Joining: several operands become one tensor; each gets back the part of the adjoint that it filled.

use super::Op;
use super::arrange::Slices;
use crate::algebra::Array;
use crate::ledger::arrange::Arrange;
use crate::value::Scalar;
use smallvec::SmallVec;
use tensor::{Slice, Tensor};

/// Scalars (0-d tensors) as the elements of a vector.
pub(crate) fn stack_value<T: Scalar>(xs: &[&Tensor<T>], lift: bool) -> Tensor<T> {
    if lift {
        return xs[0].clone();
    }
    Tensor::build(xs.len(), |out| {
        for (o, x) in out.iter_mut().zip(xs) {
            *o = x.item();
        }
    })
}

pub(crate) fn stack_vjp<A: Array>(lift: bool, k: usize, g: &A) -> A {
    if lift { g.clone() } else { g.arrange(Arrange::Slice(SmallVec::from_slice(&[Slice::from(k as isize)]))) }
}

/// The slice of the result that operand k filled.
pub(crate) fn concat_vjp<A: Array>(axis: usize, k: usize, g: &A, xs: &[&A]) -> A {
    let start: usize = xs[..k].iter().map(|x| x.shape()[axis]).sum();
    let end = start + xs[k].shape()[axis];
    let mut slices: Slices = SmallVec::from_elem(Slice::from(..), axis);
    slices.push(Slice::from(start as isize..end as isize));
    g.arrange(Arrange::Slice(slices))
}

/// The tangents joined in the same way; a missing one is zeros.
pub(crate) fn jvp<A: Array>(op: &Op<A::T>, xs: &[&A], dxs: &[Option<&A>]) -> Option<A> {
    let like = dxs.iter().flatten().next()?;
    let zeros: Vec<A> = xs.iter().map(|x| like.constant(Tensor::zeros(x.shape()))).collect();
    let filled: Vec<&A> = dxs.iter().zip(&zeros).map(|(dx, zero)| dx.unwrap_or(zero)).collect();
    Some(A::apply(op.clone(), &filled))
}
