//! Selecting whole slices along an axis, and adding to them.
//!
//! The two operations are adjoint: for all x and y of matching shapes,
//! ⟨y, index_select x⟩ = ⟨index_add of y to zeros, x⟩.

use crate::axes::Axes;
use crate::indices::Indices;
use crate::layout;
use crate::real::Real;
use crate::shape::Shape;
use crate::tensor::Tensor;

impl<T: Real> Tensor<T> {
    /// Selects slices along an axis by index: out\[.., k, ..\] = self\[.., indices\[k\], ..\].
    ///
    /// For axis 0 of a matrix this selects rows, such as a batch of a data set. A 0-d tensor counts as a vector of one
    /// element.
    ///
    /// ```
    /// # use tensor::tensor;
    /// let a = tensor![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]];
    /// assert_eq!(a.index_select(0, [2, 0]), tensor![[5.0, 6.0], [1.0, 2.0]]);
    /// ```
    ///
    /// # Panics
    /// If the indices are not 1-d, or an index is out of bounds.
    #[track_caller]
    pub fn index_select(&self, axis: isize, indices: impl Into<Indices>) -> Self {
        let indices = &indices.into();
        let axis = Axes::resolve_one(axis, self.rank(), "index_select");
        check_vector("index_select", indices, self.shape(), axis);
        let indices = indices.as_slice();
        let (n, inner) = self.shape().rows_along(axis);
        let shape = self.shape().set(axis, indices.len());
        if axis == 0 && inner > 0 && !self.is_packed() {
            // Copy only the selected rows of the view: packing all of it would cost more.
            let strides = self.strides();
            let (row, steps) = (self.shape().without(0), &strides[1..]);
            return Tensor::build(shape, |out| {
                for (out, &i) in out.chunks_exact_mut(inner).zip(indices) {
                    let at = self.offset() as isize + i as isize * strides[0];
                    layout::gather(self.buffer(), at as usize, &row, steps, out);
                }
            });
        }
        let source = self.packed();
        let data = source.as_slice().unwrap_or(&[]);
        Tensor::build(shape, |out| {
            if out.is_empty() {
                return;
            }
            let blocks = out.chunks_exact_mut(indices.len() * inner).zip(data.chunks_exact(n * inner));
            for (out, data) in blocks {
                if inner == 1 {
                    for (o, &i) in out.iter_mut().zip(indices) {
                        *o = data[i];
                    }
                } else {
                    for (out, &i) in out.chunks_exact_mut(inner).zip(indices) {
                        out.copy_from_slice(&data[i * inner..(i + 1) * inner]);
                    }
                }
            }
        })
    }

    /// Returns a copy of this tensor with the slices of `src` added at the given indices along an axis:
    /// out\[.., indices\[k\], ..\] += src\[.., k, ..\], for each k in order. Repeated indices accumulate.
    ///
    /// ```
    /// # use tensor::{Tensor, tensor};
    /// let a = Tensor::zeros(3).index_add(0, [2, 0, 2], &tensor![1.0, 2.0, 4.0]);
    /// assert_eq!(a, tensor![2.0, 0.0, 5.0]);
    /// ```
    ///
    /// # Panics
    /// If the indices are not 1-d, an index is out of bounds, or the shape of `src` is not the shape of this tensor
    /// with the size of `axis` replaced by the number of indices.
    #[track_caller]
    pub fn index_add(&self, axis: isize, indices: impl Into<Indices>, src: &Tensor<T>) -> Self {
        let indices = &indices.into();
        let axis = Axes::resolve_one(axis, self.rank(), "index_add");
        check_vector("index_add", indices, self.shape(), axis);
        let indices = indices.as_slice();
        let expected = self.shape().set(axis, indices.len());
        if *src.shape() != expected {
            panic!(
                "index_add: {} indices along axis {axis} of shape {} need a source of shape {expected}, got shape {}",
                indices.len(),
                self.shape(),
                src.shape()
            );
        }
        let (mut out, src) = (self.copy(), src.packed());
        if src.size() == 0 {
            return out;
        }
        let (n, inner) = self.shape().rows_along(axis);
        let data = src.as_slice().unwrap_or(&[]);
        let blocks = out.data_mut().chunks_exact_mut(n * inner).zip(data.chunks_exact(indices.len() * inner));
        for (out, data) in blocks {
            for (data, &i) in data.chunks_exact(inner).zip(indices) {
                for (o, &x) in out[i * inner..(i + 1) * inner].iter_mut().zip(data) {
                    *o += x;
                }
            }
        }
        out
    }
}

/// Panics if the indices are not 1-d, or an index is out of bounds.
#[track_caller]
fn check_vector(op: &str, indices: &Indices, shape: &Shape, axis: usize) {
    if indices.shape().rank() != 1 {
        panic!("{op}: expected 1-d indices, got shape {}", indices.shape());
    }
    indices.check(op, shape, axis);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indices::tests::{dot, integers};
    use crate::tensor;
    use proptest::prelude::*;

    #[test]
    fn index_select_of_views() {
        let a = Tensor::<f64>::arange(24).reshape([2, 3, 4]);
        let i = Indices::from([2, 0, 0]);
        for x in [a.clone(), a.flip([0, 2]), a.permute([1, 2, 0]).copy().permute([2, 0, 1])] {
            let y = x.index_select(1, &i);
            assert_eq!(
                y,
                Tensor::from_fn([2, 3, 4], |k| x.at([k[0] as isize, i.as_slice()[k[1]] as isize, k[2] as isize]))
            );
            assert_eq!(x.transpose().index_select(-1, &i), y.transpose());
            assert_eq!(x.permute([1, 0, 2]).index_select(0, &i), y.permute([1, 0, 2]));
        }
    }

    #[test]
    fn a_0d_tensor_counts_as_a_vector() {
        let (x, twice) = (Tensor::scalar(3.0), Indices::from([0, 0]));
        assert_eq!(x.index_select(0, &twice), tensor![3.0, 3.0]);
        assert_eq!(x.index_add(-1, &twice, &tensor![1.0, 2.0]), Tensor::scalar(6.0));
    }

    #[test]
    fn empty_selections() {
        let no_indices = Indices::new(0, &[]);
        let a = Tensor::<f64>::ones([2, 3]);
        assert_eq!(a.index_select(0, &no_indices).shape(), &[0, 3]);
        assert_eq!(a.index_add(1, &no_indices, &Tensor::zeros([2, 0])), a);
        let empty = Tensor::<f64>::zeros([2, 0]);
        assert_eq!(empty.index_select(0, [1, 1, 0]).shape(), &[3, 0]);
        assert_eq!(empty.transpose().index_select(1, &no_indices).shape(), &[0, 0]);
    }

    #[test]
    #[should_panic(
        expected = "index_select: position 3 lies outside axis 0 of shape (3, 2); positions run from 0 to 2"
    )]
    fn index_out_of_bounds_panics() {
        Tensor::<f64>::zeros([3, 2]).index_select(0, [0, 3]);
    }

    #[test]
    #[should_panic(expected = "index_select: expected 1-d indices, got shape (1, 1)")]
    fn two_dimensional_indices_panic() {
        Tensor::<f64>::zeros([3, 2]).index_select(0, [[0]]);
    }

    #[test]
    #[should_panic(
        expected = "index_add: 2 indices along axis 0 of shape (3, 2) need a source of shape (2, 2), got shape (2,)"
    )]
    fn source_of_another_shape_panics() {
        Tensor::<f64>::zeros([3, 2]).index_add(0, [0, 1], &Tensor::zeros(2));
    }

    proptest! {
        #[test]
        fn index_select_reads_where_index_add_adds(
            shape in prop::collection::vec(1usize..4, 1..4),
            axis: prop::sample::Index,
            picks in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
            seed in 0usize..100,
        ) {
            let axis = axis.index(shape.len());
            let indices = Indices::from(picks.iter().map(|p| p.index(shape[axis])).collect::<Vec<_>>());
            let u = integers(&shape, seed);
            let selected = u.index_select(axis as isize, &indices);
            prop_assert_eq!(&selected, &u.copy().index_select(axis as isize, &indices));
            let v = integers(selected.shape(), seed + 1);
            prop_assert_eq!(dot(&v, &selected), dot(&Tensor::zeros(shape).index_add(axis as isize, &indices, &v), &u));
        }
    }
}
