//! Gathering single elements along an axis, and adding to them.
//!
//! The two operations are adjoint: for all x and y of matching shapes,
//! ⟨y, gather x⟩ = ⟨scatter_add of y to zeros, x⟩.

use crate::axes::Axes;
use crate::indices::Indices;
use crate::layout::Walk;
use crate::operand::RightTensor;
use crate::real::Real;
use crate::shape::{Shape, Strides};
use crate::tensor::Tensor;

impl<T: Real> Tensor<T> {
    /// Gathers elements along an axis. For axis 1 of a matrix, out\[i, j\] = self\[i, index\[i, j\]\].
    ///
    /// The index has the rank of this tensor, and the result has the shape of the index. Along the other axes the index
    /// may be smaller than the tensor, but not larger. As in PyTorch, a 0-d tensor or index counts as a vector of one
    /// element, and an empty index may have any rank.
    ///
    /// ```
    /// # use tensor::tensor;
    /// let a = tensor![[1.0, 2.0], [3.0, 4.0]];
    /// assert_eq!(a.gather(1, [[0, 0], [1, 0]]), tensor![[1.0, 1.0], [4.0, 3.0]]);
    /// assert_eq!(a.gather(0, [[1, 0]]), tensor![[3.0, 2.0]]);
    /// ```
    ///
    /// # Panics
    /// If the ranks differ, the index is larger than the tensor along another axis, or a position in the index is out of
    /// bounds.
    #[track_caller]
    pub fn gather(&self, axis: isize, index: impl Into<Indices>) -> Self {
        let index = &index.into();
        let axis = Axes::resolve_one(axis, self.rank(), "gather");
        check_grid("gather", index, self.shape(), axis);
        let (stride, steps) = split_axis(&self.strides(), axis, index.shape());
        let (data, index_data) = (self.buffer(), index.as_slice());
        Tensor::build(index.shape(), |out| {
            let walk = Walk::new(index.shape(), [&index.shape().strides(), &steps]);
            let [step, x_step] = walk.inner_strides();
            walk.runs([0, self.offset() as isize], |[at, x_at]| {
                for k in 0..walk.inner() as isize {
                    let i = (at + k * step) as usize;
                    out[i] = data[(x_at + k * x_step + index_data[i] as isize * stride) as usize];
                }
            });
        })
    }

    /// Returns a copy of this tensor with elements of `src` added at indices along an axis. For axis 1 of a matrix,
    /// out\[i, index\[i, j\]\] += src\[i, j\]. Elements are added in row-major order, and repeated indices accumulate.
    ///
    /// The index has the rank of both tensors. It may be smaller than `src`, whose other elements are then not read. A
    /// 0-d tensor or index counts as a vector of one element, and an empty index may have any rank.
    ///
    /// ```
    /// # use tensor::{Tensor, tensor};
    /// let src = tensor![[1.0, 2.0], [3.0, 4.0]];
    /// let a = Tensor::zeros([2, 2]).scatter_add(1, [[0, 0], [1, 0]], &src);
    /// assert_eq!(a, tensor![[3.0, 0.0], [4.0, 3.0]]);
    /// ```
    ///
    /// # Panics
    /// If the ranks differ, the index is larger than `src` along any axis or larger than this tensor along another
    /// axis, or a position in the index is out of bounds.
    #[track_caller]
    pub fn scatter_add<O: RightTensor<T>>(&self, axis: isize, index: impl Into<Indices>, src: O) -> O::Output {
        O::scatter_add(self, axis, index.into(), src)
    }

    #[track_caller]
    pub(crate) fn add_at(&self, axis: isize, index: &Indices, src: &Tensor<T>) -> Self {
        let axis = Axes::resolve_one(axis, self.rank(), "scatter_add");
        check_grid("scatter_add", index, self.shape(), axis);
        if index.as_slice().is_empty() {
            return self.copy();
        }
        let is_larger = |axis: usize| index.shape()[axis] > src.shape().rows_along(axis).0;
        if src.rank().max(1) != self.rank().max(1) || (0..index.shape().rank()).any(is_larger) {
            panic!(
                "scatter_add: an index of shape {} needs a source at least as large, got shape {}",
                index.shape(),
                src.shape()
            );
        }
        let mut out = self.copy();
        let (stride, steps) = split_axis(&self.shape().strides(), axis, index.shape());
        let (data, index_data) = (src.buffer(), index.as_slice());
        let target = out.data_mut();
        let (_, src_steps) = split_axis(&src.strides(), usize::MAX, index.shape());
        let walk = Walk::new(index.shape(), [&index.shape().strides(), &steps, &src_steps]);
        let [step, out_step, src_step] = walk.inner_strides();
        walk.runs([0, 0, src.offset() as isize], |[at, out_at, src_at]| {
            for k in 0..walk.inner() as isize {
                let i = index_data[(at + k * step) as usize] as isize;
                target[(out_at + k * out_step + i * stride) as usize] += data[(src_at + k * src_step) as usize];
            }
        });
        out
    }
}

/// Returns the stride of `axis`, which the index values multiply, and the strides that follow the index along its other
/// axes, with 0 for `axis` itself. A missing axis gets stride 0: the tensor is then 0-d, or the index is empty.
fn split_axis(strides: &[isize], axis: usize, index: &Shape) -> (isize, Strides) {
    let stride = |a: usize| strides.get(a).copied().unwrap_or(0);
    (stride(axis), (0..index.rank()).map(|a| if a == axis { 0 } else { stride(a) }).collect())
}

/// Panics if the rank or shape of an index does not match a tensor of the given shape, or a position is out of bounds.
#[track_caller]
fn check_grid(op: &str, index: &Indices, shape: &Shape, axis: usize) {
    if index.as_slice().is_empty() {
        return;
    }
    if index.shape().rank().max(1) != shape.rank().max(1) {
        panic!(
            "{op}: expected an index with the {} axes of shape {shape}, got shape {} with {}",
            shape.rank(),
            index.shape(),
            index.shape().rank(),
        );
    }
    if let Some(off) = (0..shape.rank()).find(|&a| a != axis && index.shape()[a] > shape[a]) {
        panic!(
            "{op}: an index of shape {} is larger than shape {shape} along axis {off}; only axis {axis} may be longer",
            index.shape()
        );
    }
    index.check(op, shape, axis);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indices::tests::{dot, integers};
    use crate::tensor;
    use proptest::prelude::*;

    #[test]
    fn index_smaller_along_another_axis() {
        let a = tensor![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
        assert_eq!(a.gather(1, [[2, 2, 0, 0]]), tensor![[3.0, 3.0, 1.0, 1.0]]);
        let added = a.scatter_add(1, [[2, 2]], &Tensor::full([5, 5], 10.0));
        assert_eq!(added, tensor![[1.0, 2.0, 23.0], [4.0, 5.0, 6.0]]);
        assert_eq!(a.at([0, 2]), 3.0, "the original is untouched");
    }

    #[test]
    fn empty_index() {
        let a = Tensor::<f64>::ones([2, 3]);
        assert_eq!(a.gather(1, Indices::new([2, 0], &[])).shape(), &[2, 0]);
        assert_eq!(a.scatter_add(1, Indices::new([0, 3], &[]), &Tensor::zeros([0, 3])), a);
    }

    #[test]
    fn empty_index_of_any_rank() {
        let a = Tensor::<f64>::ones([2, 3]);
        for empty in [Indices::new(0, &[]), Indices::new([4, 0], &[]), Indices::new([1, 0, 2], &[])] {
            assert_eq!(a.gather(0, &empty).shape(), empty.shape());
            assert_eq!(a.scatter_add(1, &empty, &Tensor::zeros(empty.shape())), a);
        }
    }

    #[test]
    fn a_0d_tensor_or_index_counts_as_a_vector() {
        let (x, first) = (Tensor::scalar(3.0), Indices::new((), &[0]));
        assert_eq!(x.gather(0, &first), x);
        assert_eq!(x.gather(-1, [0, 0]), tensor![3.0, 3.0]);
        assert_eq!(tensor![5.0, 7.0].gather(0, Indices::new((), &[1])), Tensor::scalar(7.0));
        assert_eq!(x.scatter_add(0, &first, &x), Tensor::scalar(6.0));
        assert_eq!(x.scatter_add(0, [0, 0], &tensor![1.0, 2.0]), Tensor::scalar(6.0));
        assert_eq!(tensor![5.0, 7.0].scatter_add(0, Indices::new((), &[1]), &x), tensor![5.0, 10.0]);
    }

    #[test]
    #[should_panic(expected = "gather: position 1 lies outside axis 0 of shape (); positions run from 0 to 0")]
    fn index_out_of_bounds_of_a_0d_tensor_panics() {
        Tensor::scalar(3.0).gather(0, [1]);
    }

    #[test]
    #[should_panic(expected = "gather: expected an index with the 2 axes of shape (3, 2), got shape (2,) with 1")]
    fn index_of_another_rank_panics() {
        Tensor::<f64>::zeros([3, 2]).gather(0, [0, 1]);
    }

    #[test]
    #[should_panic(expected = "gather: an index of shape (1, 3) is larger than shape (3, 2) along axis 1")]
    fn index_larger_along_another_axis_panics() {
        Tensor::<f64>::zeros([3, 2]).gather(0, [[0, 1, 2]]);
    }

    #[test]
    #[should_panic(
        expected = "scatter_add: an index of shape (2, 2) needs a source at least as large, got shape (2, 1)"
    )]
    fn small_source_panics() {
        Tensor::<f64>::zeros([2, 2]).scatter_add(0, [[0, 0], [1, 1]], &Tensor::zeros([2, 1]));
    }

    /// Generates a shape, an axis, and an index along it that is not larger than the shape along the other axes.
    fn grid() -> impl Strategy<Value = (Vec<usize>, usize, Indices)> {
        (prop::collection::vec(1usize..4, 1..4), any::<prop::sample::Index>()).prop_flat_map(|(shape, axis)| {
            let axis = axis.index(shape.len());
            let dims: Vec<_> = (0..shape.len()).map(|a| if a == axis { 0..6 } else { 0..shape[a] + 1 }).collect();
            (Just(shape), Just(axis), dims).prop_flat_map(|(shape, axis, dims)| {
                let positions = prop::collection::vec(0..shape[axis], dims.iter().product::<usize>());
                positions.prop_map(move |p| (shape.clone(), axis, Indices::new(dims.clone(), &p)))
            })
        })
    }

    proptest! {
        #[test]
        fn gather_reads_where_scatter_add_adds((shape, axis, index) in grid(), seed in 0usize..100) {
            let u = integers(&shape, seed);
            let gathered = u.gather(axis as isize, &index);
            let mut positions = index.as_slice().iter();
            let expected = Tensor::from_fn(index.shape(), |i| {
                let mut at: Vec<isize> = i.iter().map(|&i| i as isize).collect();
                at[axis] = positions.next().map_or(0, |&p| p as isize);
                u.buffer()[u.locate(&at)]
            });
            prop_assert_eq!(&gathered, &expected);
            let v = integers(index.shape(), seed + 1);
            prop_assert_eq!(dot(&v, &gathered), dot(&Tensor::zeros(shape).scatter_add(axis as isize, &index, &v), &u));
        }
    }
}
