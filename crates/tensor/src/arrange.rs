//! Concatenating, stacking, splitting, padding and repeating tensors.

use crate::axes::resolve_axis;
use crate::real::Real;
use crate::shape::Shape;
use crate::slicing::place;
use crate::tensor::Tensor;
use smallvec::SmallVec;
use std::borrow::Borrow;

/// References to tensors that are given by value or by reference.
fn as_refs<T: Real, P: Borrow<Tensor<T>>>(parts: &[P]) -> SmallVec<[&Tensor<T>; 8]> {
    parts.iter().map(Borrow::borrow).collect()
}

impl<T: Real> Tensor<T> {
    /// Concatenates tensors, or references to them, along an axis. Their sizes along the other axes must be equal.
    ///
    /// ```
    /// # use tensor::{Tensor, tensor};
    /// let (a, b) = (tensor![[1.0], [2.0]], tensor![[3.0, 4.0], [5.0, 6.0]]);
    /// assert_eq!(Tensor::concat(&[&a, &b], 1), tensor![[1.0, 3.0, 4.0], [2.0, 5.0, 6.0]]);
    /// ```
    ///
    /// # Panics
    /// If `parts` is empty, the axis does not exist, or the sizes along another axis differ.
    #[track_caller]
    pub fn concat<P: Borrow<Tensor<T>>>(parts: &[P], axis: isize) -> Self {
        let parts = as_refs(parts);
        let Some(first) = parts.first() else {
            panic!("concat: expected at least one tensor, got none");
        };
        let axis = resolve_axis(axis, first.rank(), "concat");
        let mut size: usize = 0;
        for (i, part) in parts.iter().enumerate() {
            if part.rank() != first.rank() || part.shape().set(axis, 0) != first.shape().set(axis, 0) {
                panic!(
                    "concat: part 0 has shape {} and part {i} has shape {}; only the sizes of axis {axis} may differ",
                    first.shape(),
                    part.shape()
                );
            }
            size = size.saturating_add(part.shape()[axis]); // `Tensor::build` checks the shape of the result
        }
        let shape = first.shape().set(axis, size);
        let strides = shape.strides();
        Tensor::build(shape, |out| {
            let mut offset = 0;
            for part in &parts {
                place(part, out, offset, &strides);
                offset += part.shape()[axis] * strides[axis] as usize;
            }
        })
    }

    /// Joins tensors of one shape, or references to them, along a new axis, which becomes axis `axis` of the result (-1 is its last).
    ///
    /// ```
    /// # use tensor::{Tensor, tensor};
    /// let (a, b) = (tensor![1.0, 2.0], tensor![3.0, 4.0]);
    /// assert_eq!(Tensor::stack(&[&a, &b], 0), tensor![[1.0, 2.0], [3.0, 4.0]]);
    /// assert_eq!(Tensor::stack(&[a, b], -1), tensor![[1.0, 3.0], [2.0, 4.0]]);
    /// ```
    ///
    /// # Panics
    /// If `parts` is empty, the shapes differ, or `axis` is not an axis of the result.
    #[track_caller]
    pub fn stack<P: Borrow<Tensor<T>>>(parts: &[P], axis: isize) -> Self {
        let parts = as_refs(parts);
        let Some(first) = parts.first() else {
            panic!("stack: expected at least one tensor, got none");
        };
        let axis = resolve_axis(axis, first.rank() + 1, "stack");
        if let Some((i, part)) = parts.iter().enumerate().find(|(_, p)| p.shape() != first.shape()) {
            panic!(
                "stack: part 0 has shape {} and part {i} has shape {}; the shapes must be equal",
                first.shape(),
                part.shape()
            );
        }
        let shape = first.shape().with(axis, parts.len());
        let mut strides = shape.strides();
        let step = strides.remove(axis) as usize;
        Tensor::build(shape, |out| {
            for (i, part) in parts.iter().enumerate() {
                place(part, out, i * step, &strides);
            }
        })
    }

    /// Splits the tensor along an axis into consecutive parts of the given sizes: the inverse of
    /// [`concat`](Tensor::concat). The parts are views.
    ///
    /// ```
    /// # use tensor::tensor;
    /// let parts = tensor![1.0, 2.0, 3.0].split(0, &[1, 2]);
    /// assert_eq!(parts, [tensor![1.0], tensor![2.0, 3.0]]);
    /// ```
    ///
    /// # Panics
    /// If the axis does not exist, or the sizes do not add up to its size.
    #[track_caller]
    pub fn split(&self, axis: isize, sizes: &[usize]) -> Vec<Self> {
        let axis = resolve_axis(axis, self.rank(), "split");
        let n = self.shape()[axis];
        let total = sizes.iter().try_fold(0usize, |n, &size| n.checked_add(size));
        if total != Some(n) {
            panic!("split: the sizes {sizes:?} must add up to {n}, the size of axis {axis} of shape {}", self.shape());
        }
        let mut start = 0;
        let mut part = |&size: &usize| {
            let shape = self.shape().set(axis, size);
            // An empty view may not point past the end of its buffer.
            let skip = if shape.contains(&0) { 0 } else { start * self.strides()[axis] };
            start += size as isize;
            self.view(shape, self.strides(), (self.offset() as isize + skip) as usize)
        };
        sizes.iter().map(&mut part).collect()
    }

    /// Pads the tensor with a constant: `widths[i]` is the number of entries added before and after axis `i`.
    ///
    /// ```
    /// # use tensor::tensor;
    /// assert_eq!(tensor![1.0, 2.0].pad(&[(1, 2)], 0.0), tensor![0.0, 1.0, 2.0, 0.0, 0.0]);
    /// ```
    ///
    /// # Panics
    /// If the number of widths differs from the number of axes.
    #[track_caller]
    pub fn pad(&self, widths: &[(usize, usize)], value: T) -> Self {
        if widths.len() != self.rank() {
            panic!(
                "pad: got {} pairs of widths, but shape {} has {} axes; expected one pair per axis",
                widths.len(),
                self.shape(),
                self.rank()
            );
        }
        let shape: Shape = self
            .shape()
            .iter()
            .zip(widths)
            .map(|(&n, &(before, after))| n.saturating_add(before).saturating_add(after))
            .collect();
        shape.size(); // panics if the result is too large, before offsets are computed from its sizes
        let strides = shape.strides();
        let offset = widths.iter().zip(&strides).map(|(&(before, _), &stride)| before * stride as usize).sum();
        Tensor::build(shape, |out| {
            out.fill(value);
            place(self, out, offset, &strides);
        })
    }

    /// Repeats the tensor `times[i]` times along axis `i` (NumPy's `tile`). More counts than axes add leading axes.
    ///
    /// ```
    /// # use tensor::tensor;
    /// let a = tensor![1.0, 2.0];
    /// assert_eq!(a.repeat(&[2]), tensor![1.0, 2.0, 1.0, 2.0]);
    /// assert_eq!(a.repeat(&[2, 1]), tensor![[1.0, 2.0], [1.0, 2.0]]);
    /// ```
    ///
    /// # Panics
    /// If there are fewer counts than axes.
    #[track_caller]
    pub fn repeat(&self, times: &[usize]) -> Self {
        let Some(lead) = times.len().checked_sub(self.rank()) else {
            panic!(
                "repeat: got {} counts, but shape {} has {} axes; expected at least one count per axis",
                times.len(),
                self.shape(),
                self.rank()
            );
        };
        // Each axis becomes a pair of axes, (times, size), of which the first is broadcast.
        let size = |axis: usize| if axis < lead { 1 } else { self.shape()[axis - lead] };
        let axes = 0..times.len();
        let single: Shape = axes.clone().flat_map(|a| [1, size(a)]).collect();
        let repeated: Shape = axes.clone().flat_map(|a| [times[a], size(a)]).collect();
        let shape: Shape = axes.map(|a| times[a].saturating_mul(size(a))).collect();
        shape.size(); // checked first, so that the panic message names the shape of the result
        self.reshape(single).broadcast_to(repeated).reshape(shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{s, tensor};
    use proptest::prelude::*;

    fn count(shape: impl Into<Shape>) -> Tensor<f64> {
        let shape = shape.into();
        Tensor::arange(shape.size()).reshape(shape)
    }

    #[test]
    fn concat_of_views() {
        let a = count([2, 3]);
        let both = Tensor::concat(&[&a.transpose(), &a.reshape([3, 2]), &Tensor::zeros([3, 0])], -1);
        assert_eq!(both, tensor![[0.0, 3.0, 0.0, 1.0], [1.0, 4.0, 2.0, 3.0], [2.0, 5.0, 4.0, 5.0]]);
        assert_eq!(Tensor::concat(&[&a, &a.flip(0).slice(s![..1])], 0).slice(s![2]), tensor![3.0, 4.0, 5.0]);
        let wide = Tensor::scalar(7.0).broadcast_to([2, 1]);
        assert_eq!(Tensor::concat(&[&wide, &a], 1), tensor![[7.0, 0.0, 1.0, 2.0], [7.0, 3.0, 4.0, 5.0]]);
    }

    #[test]
    fn stack_of_0d_and_empty_tensors() {
        let (a, b) = (Tensor::scalar(1.0), Tensor::scalar(2.0));
        assert_eq!(Tensor::stack(&[&a, &b], 0), tensor![1.0, 2.0]);
        let empty = Tensor::<f64>::zeros([0, 2]);
        assert_eq!(Tensor::stack(&[&empty, &empty, &empty], 1).shape(), &[0, 3, 2]);
        assert_eq!(Tensor::stack(&[&count([2, 2]), &count([2, 2]).transpose()], 1).slice(s![1, 1]), tensor![1.0, 3.0]);
    }

    #[test]
    fn split_returns_views() {
        let a = count([2, 5]);
        let parts = a.split(1, &[0, 2, 3, 0]);
        assert!(parts.iter().all(|p| std::ptr::eq(p.buffer(), a.buffer())));
        assert_eq!(parts[1], tensor![[0.0, 1.0], [5.0, 6.0]]);
        assert_eq!(parts[3].to_vec(), [0.0; 0]);
        assert_eq!(a.transpose().flip(0).split(-2, &[4, 1])[1], tensor![[0.0, 5.0]]);
        assert!(Tensor::<f64>::zeros(0).split(0, &[]).is_empty());
    }

    #[test]
    fn pad_two_axes_and_empty_tensors() {
        let a = tensor![[1.0, 2.0]].pad(&[(1, 0), (0, 1)], 9.0);
        assert_eq!(a, tensor![[9.0, 9.0, 9.0], [1.0, 2.0, 9.0]]);
        assert_eq!(Tensor::zeros([0, 1]).pad(&[(1, 1), (0, 1)], 2.0), Tensor::full([2, 2], 2.0));
        assert_eq!(Tensor::scalar(4.0).pad(&[], 0.0).item(), 4.0);
    }

    #[test]
    fn repeat_tiles_the_tensor() {
        let a = tensor![[1.0, 2.0], [3.0, 4.0]];
        let wide = a.repeat(&[1, 2]);
        assert_eq!(wide, tensor![[1.0, 2.0, 1.0, 2.0], [3.0, 4.0, 3.0, 4.0]]);
        assert_eq!(a.transpose().repeat(&[2, 1, 1]), Tensor::stack(&[&a.transpose(), &a.transpose()], 0));
        assert_eq!(a.repeat(&[0, 3]).shape(), &[0, 6]);
        assert_eq!(Tensor::scalar(5.0).repeat(&[2]), tensor![5.0, 5.0]);
        assert_eq!(Tensor::scalar(5.0).repeat(&[]).item(), 5.0);
    }

    #[test]
    #[should_panic(expected = "concat: part 0 has shape (2, 3) and part 1 has shape (3, 2); only the sizes of axis 0")]
    fn concat_of_different_shapes_panics() {
        Tensor::concat(&[&count([2, 3]), &count([3, 2])], 0);
    }

    #[test]
    #[should_panic(expected = "concat: axis 0 does not exist in a tensor of rank 0")]
    fn concat_of_0d_tensors_panics() {
        Tensor::concat(&[&Tensor::scalar(1.0)], 0);
    }

    #[test]
    #[should_panic(expected = "stack: expected at least one tensor, got none")]
    fn stack_of_nothing_panics() {
        Tensor::stack::<Tensor<f64>>(&[], 0);
    }

    #[test]
    #[should_panic(expected = "stack: part 0 has shape (2,) and part 1 has shape (3,)")]
    fn stack_of_different_shapes_panics() {
        Tensor::stack(&[&count(2), &count(3)], 0);
    }

    #[test]
    #[should_panic(expected = "split: the sizes [1, 1] must add up to 3, the size of axis 0 of shape (3,)")]
    fn split_into_wrong_sizes_panics() {
        count(3).split(0, &[1, 1]);
    }

    #[test]
    #[should_panic(expected = "pad: got 1 pairs of widths, but shape (2, 3) has 2 axes")]
    fn pad_with_a_missing_pair_panics() {
        count([2, 3]).pad(&[(1, 1)], 0.0);
    }

    #[test]
    #[should_panic(expected = "repeat: got 1 counts, but shape (2, 3) has 2 axes")]
    fn repeat_with_a_missing_count_panics() {
        count([2, 3]).repeat(&[2]);
    }

    proptest! {
        #[test]
        fn concat_inverts_split(
            (outer, inner) in (0usize..4, 0usize..4),
            sizes in prop::collection::vec(0usize..4, 1..5),
            permuted: bool,
        ) {
            let n = sizes.iter().sum();
            let a = if permuted { count([inner, n, outer]).permute([2, 1, 0]) } else { count([outer, n, inner]) };
            let parts = a.split(1, &sizes);
            prop_assert_eq!(Tensor::concat(&parts.iter().collect::<Vec<_>>(), 1), a);
        }
    }
}
