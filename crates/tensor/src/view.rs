//! Operations that reorder the elements without copying them: only the shape, strides and offset change.

use crate::axes::{Axes, resolve_axis};
use crate::real::Real;
use crate::shape::Strides;
use crate::tensor::Tensor;
use smallvec::SmallVec;

impl<T: Real> Tensor<T> {
    /// Swaps the last two axes, which transposes each matrix of a batch. A tensor of rank 0 or 1 is returned unchanged.
    /// The result is a view.
    ///
    /// ```
    /// # use tensor::tensor;
    /// let a = tensor![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]];
    /// assert_eq!(a.transpose(), tensor![[1.0, 3.0, 5.0], [2.0, 4.0, 6.0]]);
    /// ```
    #[inline]
    pub fn transpose(&self) -> Self {
        let rank = self.rank();
        if rank < 2 {
            return self.clone();
        }
        let (rows, columns) = (self.shape()[rank - 2], self.shape()[rank - 1]);
        let mut strides = self.strides();
        strides.swap(rank - 2, rank - 1);
        self.view(self.shape().set(rank - 2, columns).set(rank - 1, rows), strides, self.offset())
    }

    /// Reorders the axes: axis `i` of the result is axis `axes[i]` of this tensor. The result is a view.
    ///
    /// ```
    /// # use tensor::Tensor;
    /// let a = Tensor::<f64>::zeros([2, 3, 4]);
    /// assert_eq!(a.permute([2, 0, 1]).shape(), &[4, 2, 3]);
    /// assert_eq!(a.permute([-1, 1, 0]).shape(), &[4, 3, 2]);
    /// ```
    ///
    /// # Panics
    /// If an axis is missing, named twice, or does not exist.
    #[track_caller]
    pub fn permute(&self, axes: impl AsRef<[isize]>) -> Self {
        let (axes, rank) = (axes.as_ref(), self.rank());
        if axes.len() != rank {
            panic!(
                "permute: {axes:?} names {} axes, but shape {} has {rank}; name each axis once",
                axes.len(),
                self.shape()
            );
        }
        Axes::from(axes).resolve(rank, "permute"); // panics on a duplicate
        let order: SmallVec<[usize; 4]> = axes.iter().map(|&a| resolve_axis(a, rank, "permute")).collect();
        let shape = order.iter().map(|&a| self.shape()[a]).collect();
        let strides = order.iter().map(|&a| self.strides()[a]).collect();
        self.view(shape, strides, self.offset())
    }

    /// Reverses the order of the elements along the given axes. The result is a view.
    ///
    /// ```
    /// # use tensor::tensor;
    /// let a = tensor![[1.0, 2.0], [3.0, 4.0]];
    /// assert_eq!(a.flip(0), tensor![[3.0, 4.0], [1.0, 2.0]]);
    /// assert_eq!(a.flip([0, 1]), tensor![[4.0, 3.0], [2.0, 1.0]]);
    /// ```
    ///
    /// # Panics
    /// If an axis does not exist or is named twice.
    #[track_caller]
    pub fn flip(&self, axes: impl Into<Axes>) -> Self {
        let axes = axes.into().resolve(self.rank(), "flip");
        if self.size() == 0 {
            return self.clone();
        }
        let mut strides = self.strides();
        let mut offset = self.offset() as isize;
        for axis in axes {
            offset += strides[axis] * (self.shape()[axis] as isize - 1);
            strides[axis] = -strides[axis];
        }
        self.view(self.shape().clone(), strides, offset as usize)
    }

    /// Returns the diagonal of a matrix, the elements (i, i), as a view. [`diag`](Tensor::diag) copies instead.
    ///
    /// ```
    /// # use tensor::tensor;
    /// assert_eq!(tensor![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]].diagonal(), tensor![1.0, 5.0]);
    /// ```
    ///
    /// # Panics
    /// If the tensor does not have rank 2.
    #[track_caller]
    pub fn diagonal(&self) -> Self {
        let (&[rows, columns], &[down, right]) = (&self.shape()[..], &self.strides()[..]) else {
            panic!("diagonal: expected a matrix, got shape {}", self.shape());
        };
        self.view(rows.min(columns).into(), Strides::from_slice(&[down + right]), self.offset())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Shape, tensor};
    use proptest::prelude::*;

    fn count(shape: impl Into<Shape>) -> Tensor<f64> {
        let shape = shape.into();
        Tensor::arange(shape.size()).reshape(shape)
    }

    #[test]
    fn views_of_0d_and_empty_tensors() {
        let zero_d = Tensor::scalar(7.0);
        for same in [zero_d.transpose(), zero_d.flip(Axes::all()), zero_d.permute([])] {
            assert!(same.same(&zero_d));
        }
        let empty = Tensor::<f64>::zeros([0, 3]);
        assert_eq!(empty.transpose().shape(), &[3, 0]);
        assert_eq!(empty.flip(Axes::all()).to_vec(), [0.0; 0]);
        assert_eq!(empty.diagonal().shape(), &[0]);
    }

    #[test]
    fn diagonal_of_views() {
        let a = count([3, 4]);
        assert_eq!(a.diagonal(), tensor![0.0, 5.0, 10.0]);
        assert_eq!(a.transpose().diagonal(), a.diagonal());
        assert_eq!(a.flip(1).diagonal(), tensor![3.0, 6.0, 9.0]);
    }

    #[test]
    #[should_panic(expected = "permute: [0] names 1 axes, but shape (2, 3) has 2")]
    fn permute_with_a_missing_axis_panics() {
        count([2, 3]).permute([0]);
    }

    #[test]
    #[should_panic(expected = "permute: axis 1 is named twice")]
    fn permute_with_a_duplicate_axis_panics() {
        count([2, 3]).permute([1, -1]);
    }

    #[test]
    #[should_panic(expected = "diagonal: expected a matrix, got shape (3,)")]
    fn diagonal_of_a_vector_panics() {
        count(3).diagonal();
    }

    proptest! {
        /// Element (i₀, i₁, ...) of a permuted tensor is the element whose index along axis axes\[k\] is iₖ, and the
        /// inverse permutation restores the tensor.
        #[test]
        fn permute_round_trip(dims in prop::collection::vec(0usize..4, 4), order in Just(vec![0isize, 1, 2, 3]).prop_shuffle()) {
            let a = count(dims);
            let p = a.permute(&order);
            let expected = Tensor::from_fn(p.shape(), |i| {
                let mut from = [0; 4];
                (0..4).for_each(|k| from[order[k] as usize] = i[k] as isize);
                a.at(from)
            });
            prop_assert_eq!(&p, &expected);
            let mut inverse = [0; 4];
            (0..4).for_each(|k| inverse[order[k] as usize] = k as isize);
            prop_assert!(p.permute(inverse).same(&a));
        }
    }
}
