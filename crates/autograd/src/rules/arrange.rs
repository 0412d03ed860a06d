//! Linear rearrangements of a tensor's elements: reshaping, slicing, gathering, and the sums that transpose them.
//!
//! Each primitive is linear, so its jvp is the primitive itself, and its vjp is the transpose, which is again a
//! primitive of this enum: the family is closed under differentiation.

use crate::rules::Element;
use smallvec::SmallVec;
use tensor::{Indices, Shape, Slice, Tensor};

/// Slices of a tensor's axes. One is stored inline; more would make every record of the tape larger.
pub(crate) type Slices = SmallVec<[Slice; 1]>;

/// A linear rearrangement of one tensor's elements.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Arrange {
    /// The same elements in row-major order under another shape.
    Reshape(Shape),
    /// Axes in another order.
    Permute(SmallVec<[usize; 4]>),
    /// Broadcast to this shape: repeated along new axes and axes of size 1.
    BroadcastTo(Shape),
    /// Summed to this shape over the axes that broadcasting repeated: the transpose of `BroadcastTo`.
    SumTo(Shape),
    /// Axes in reversed order.
    Flip(SmallVec<[isize; 4]>),
    /// The elements that the slices select.
    Slice(Slices),
    /// A tensor of zeros of this shape, with the elements at the positions that the slices select: the transpose of
    /// `Slice`.
    Unslice(Shape, Slices),
    /// The slices of an axis at these indices.
    IndexSelect(usize, Indices),
    /// A tensor of zeros of this shape, each slice added at its index along the axis: the transpose of `IndexSelect`.
    IndexAdd(Shape, usize, Indices),
    /// Along an axis, the element at each given index.
    Gather(usize, Indices),
    /// A tensor of zeros of this shape, each element added at its index along the axis: the transpose of `Gather`.
    ScatterAdd(Shape, usize, Indices),
    /// A vector on the diagonal of a square matrix of zeros.
    Diag,
    /// The diagonal of a matrix of this shape: the transpose of `Undiagonal`.
    Diagonal,
    /// A vector on the diagonal of a matrix of zeros of this shape.
    Undiagonal(Shape),
    /// The elements on and below the k-th diagonal, zeros above.
    Tril(isize),
    /// The elements on and above the k-th diagonal, zeros below.
    Triu(isize),
    /// Cumulative sums along an axis, from its end if `true`.
    CumSum(usize, bool),
}

impl Arrange {
    /// The name of the method that records this primitive.
    pub fn name(&self) -> &'static str {
        match self {
            Arrange::Reshape(_) => "reshape",
            Arrange::Permute(_) => "permute",
            Arrange::BroadcastTo(_) => "broadcast_to",
            Arrange::SumTo(_) => "sum_to",
            Arrange::Flip(_) => "flip",
            Arrange::Slice(_) => "slice",
            Arrange::Unslice(..) => "unslice",
            Arrange::IndexSelect(..) => "index_select",
            Arrange::IndexAdd(..) => "index_add",
            Arrange::Gather(..) => "gather",
            Arrange::ScatterAdd(..) => "scatter_add",
            Arrange::Diag => "diag",
            Arrange::Diagonal => "diagonal",
            Arrange::Undiagonal(_) => "undiagonal",
            Arrange::Tril(_) => "tril",
            Arrange::Triu(_) => "triu",
            Arrange::CumSum(..) => "cumsum",
        }
    }

    /// Returns the rearranged tensor.
    #[track_caller]
    pub(crate) fn value<T: Element>(&self, x: &Tensor<T>) -> Tensor<T> {
        match self {
            Arrange::Reshape(shape) => x.reshape(shape),
            Arrange::Permute(axes) => x.permute(signed(axes)),
            Arrange::BroadcastTo(shape) => x.broadcast_to(shape),
            Arrange::SumTo(shape) => x.sum_to(shape),
            Arrange::Flip(axes) => x.flip(&axes[..]),
            Arrange::Slice(slices) => x.slice(slices),
            Arrange::Unslice(shape, slices) => x.unslice(shape, slices),
            Arrange::IndexSelect(axis, index) => x.index_select(*axis as isize, index),
            Arrange::IndexAdd(shape, axis, index) => Tensor::zeros(shape).index_add(*axis as isize, index, x),
            Arrange::Gather(axis, index) => x.gather(*axis as isize, index),
            Arrange::ScatterAdd(shape, axis, index) => Tensor::zeros(shape).scatter_add(*axis as isize, index, x),
            Arrange::Diag => x.diag(),
            Arrange::Diagonal => x.diagonal(),
            Arrange::Undiagonal(shape) => undiagonal(shape, x),
            Arrange::Tril(k) => x.tril(*k),
            Arrange::Triu(k) => x.triu(*k),
            Arrange::CumSum(axis, false) => x.cumsum(*axis as isize),
            Arrange::CumSum(axis, true) => x.flip(*axis as isize).cumsum(*axis as isize).flip(*axis as isize),
        }
    }

    /// Returns the transpose of this primitive, for an operand of this shape.
    pub(crate) fn transpose(&self, shape: &Shape) -> Arrange {
        match self {
            Arrange::Reshape(_) => Arrange::Reshape(shape.clone()),
            Arrange::Permute(axes) => {
                let mut back = SmallVec::from_elem(0, axes.len());
                for (i, &a) in axes.iter().enumerate() {
                    back[a] = i;
                }
                Arrange::Permute(back)
            }
            Arrange::BroadcastTo(_) => Arrange::SumTo(shape.clone()),
            Arrange::SumTo(_) => Arrange::BroadcastTo(shape.clone()),
            Arrange::Flip(axes) => Arrange::Flip(axes.clone()),
            Arrange::Slice(slices) => Arrange::Unslice(shape.clone(), slices.clone()),
            Arrange::Unslice(_, slices) => Arrange::Slice(slices.clone()),
            Arrange::IndexSelect(axis, index) => Arrange::IndexAdd(shape.clone(), *axis, index.clone()),
            Arrange::IndexAdd(_, axis, index) => Arrange::IndexSelect(*axis, index.clone()),
            Arrange::Gather(axis, index) => Arrange::ScatterAdd(shape.clone(), *axis, index.clone()),
            Arrange::ScatterAdd(_, axis, index) => Arrange::Gather(*axis, index.clone()),
            Arrange::Diag => Arrange::Diagonal,
            Arrange::Diagonal => Arrange::Undiagonal(shape.clone()),
            Arrange::Undiagonal(_) => Arrange::Diagonal,
            Arrange::Tril(k) => Arrange::Tril(*k),
            Arrange::Triu(k) => Arrange::Triu(*k),
            Arrange::CumSum(axis, reverse) => Arrange::CumSum(*axis, !reverse),
        }
    }
}

fn signed(axes: &[usize]) -> SmallVec<[isize; 4]> {
    axes.iter().map(|&a| a as isize).collect()
}

fn undiagonal<T: Element>(shape: &Shape, x: &Tensor<T>) -> Tensor<T> {
    let mut out = Tensor::zeros(shape);
    let step = shape[1] + 1;
    for (o, d) in out.data_mut().iter_mut().step_by(step).zip(x.to_vec()) {
        *o = d;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::{s, tensor};

    /// <v, A u> = <Aᵀ v, u>, and transposing twice gives the primitive itself.
    #[test]
    fn transposes_are_adjoint() {
        let u = Tensor::<f64>::from_fn([3, 4], |i| (i[0] * 4 + i[1]) as f64 * 0.37 - 1.0);
        let shape = u.shape().clone();
        for a in [
            Arrange::Reshape([2, 6].into()),
            Arrange::Permute(SmallVec::from_slice(&[1, 0])),
            Arrange::BroadcastTo([2, 3, 4].into()),
            Arrange::SumTo([1, 4].into()),
            Arrange::Flip(SmallVec::from_slice(&[-1])),
            Arrange::Slice(s![1.., ..;-2].into_iter().collect()),
            Arrange::Unslice([7, 4].into(), s![1..7;2].into_iter().collect()),
            Arrange::IndexSelect(0, Indices::from([0, 0, 2])),
            Arrange::IndexAdd([5, 4].into(), 0, Indices::from([4, 1, 1])),
            Arrange::Gather(1, Indices::from([[0, 0], [3, 1], [2, 2]])),
            Arrange::ScatterAdd([3, 6].into(), 1, Indices::from([[0, 0, 5, 1], [3, 1, 1, 1], [2, 2, 0, 4]])),
            Arrange::Diagonal,
            Arrange::Tril(0),
            Arrange::Triu(-1),
            Arrange::CumSum(1, false),
            Arrange::CumSum(0, true),
        ] {
            let y = a.value(&u);
            let v = Tensor::from_fn(y.shape(), |i| i.iter().sum::<usize>() as f64 * 0.91 + 0.3);
            let back = a.transpose(&shape).value(&v);
            assert_eq!(back.shape(), &shape, "{a:?}");
            let left: f64 = v.to_vec().iter().zip(y.to_vec()).map(|(v, y)| v * y).sum();
            let right: f64 = back.to_vec().iter().zip(u.to_vec()).map(|(b, u)| b * u).sum();
            assert!((left - right).abs() < 1e-12 * left.abs().max(1.0), "{a:?}: {left} {right}");
        }
        let v = tensor![1.0, 2.0, 3.0];
        assert_eq!(Arrange::Diag.transpose(v.shape()).value(&Arrange::Diag.value(&v)), v);
    }
}
