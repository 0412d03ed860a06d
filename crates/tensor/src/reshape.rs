//! Operations that change the shape but not the row-major order of the elements.

use crate::axes::{Axes, resolve_axis};
use crate::layout::{self, Walk};
use crate::real::Real;
use crate::shape::{Shape, Strides};
use crate::tensor::Tensor;

impl<T: Real> Tensor<T> {
    /// Returns a tensor with the same elements in row-major order and another shape of the same size.
    ///
    /// The result is a view if strides can express it (always for a packed tensor), otherwise a copy.
    ///
    /// ```
    /// # use tensor::{Tensor, tensor};
    /// let a = Tensor::<f64>::arange(6).reshape([2, 3]);
    /// assert_eq!(a, tensor![[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]);
    /// assert_eq!(a.transpose().reshape(6), tensor![0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
    /// ```
    ///
    /// # Panics
    /// If the number of elements differs.
    #[track_caller]
    pub fn reshape(&self, shape: impl Into<Shape>) -> Self {
        let shape = shape.into();
        let (from, to) = (self.size(), shape.size());
        if from != to {
            panic!(
                "reshape: shape {} holds {from} elements, but shape {shape} holds {to}; they must hold the same number",
                self.shape()
            );
        }
        if self.is_packed() {
            let strides = shape.strides();
            return self.view(shape, strides, self.offset());
        }
        match reshaped(self.shape(), &self.strides(), &shape) {
            Some(strides) => self.view(shape, strides, self.offset()),
            None => {
                let (copy, strides) = (self.copy(), shape.strides());
                copy.view(shape, strides, copy.offset())
            }
        }
    }

    /// Returns a vector of the elements in row-major order. A view where [`reshape`](Tensor::reshape) is one.
    ///
    /// ```
    /// # use tensor::tensor;
    /// assert_eq!(tensor![[1.0, 2.0], [3.0, 4.0]].flatten(), tensor![1.0, 2.0, 3.0, 4.0]);
    /// ```
    pub fn flatten(&self) -> Self {
        self.reshape(self.size())
    }

    /// Removes the given axes, which must have size 1. [`Axes::all`] removes every axis of size 1. The result is a
    /// view.
    ///
    /// ```
    /// # use tensor::{Axes, Tensor};
    /// let a = Tensor::<f64>::zeros([1, 3, 1]);
    /// assert_eq!(a.squeeze(-1).shape(), &[1, 3]);
    /// assert_eq!(a.squeeze(Axes::all()).shape(), &[3]);
    /// ```
    ///
    /// # Panics
    /// If an axis does not exist, is named twice, or is given explicitly and does not have size 1.
    #[track_caller]
    pub fn squeeze(&self, axes: impl Into<Axes>) -> Self {
        let axes = axes.into();
        let mut drop = axes.resolve(self.rank(), "squeeze");
        if axes.is_all() {
            drop.retain(|a| self.shape()[*a] == 1);
        }
        if let Some(&axis) = drop.iter().find(|&&a| self.shape()[a] != 1) {
            panic!(
                "squeeze: axis {axis} of shape {} has size {}; only an axis of size 1 can be removed",
                self.shape(),
                self.shape()[axis]
            );
        }
        let kept = |axis: &usize| !drop.contains(axis);
        let shape = (0..self.rank()).filter(kept).map(|a| self.shape()[a]).collect();
        let strides = (0..self.rank()).filter(kept).map(|a| self.strides()[a]).collect();
        self.view(shape, strides, self.offset())
    }

    /// Inserts a new axis of size 1, which becomes axis `axis` of the result (-1 is its last). The result is a view.
    ///
    /// ```
    /// # use tensor::tensor;
    /// let a = tensor![1.0, 2.0];
    /// assert_eq!(a.unsqueeze(0), tensor![[1.0, 2.0]]);
    /// assert_eq!(a.unsqueeze(-1), tensor![[1.0], [2.0]]);
    /// ```
    ///
    /// # Panics
    /// If `axis` is not an axis of the result.
    #[track_caller]
    pub fn unsqueeze(&self, axis: isize) -> Self {
        let axis = resolve_axis(axis, self.rank() + 1, "unsqueeze");
        let mut strides = self.strides();
        strides.insert(axis, 1);
        self.view(self.shape().with(axis, 1), strides, self.offset())
    }

    /// Broadcasts to a larger shape: repeats the elements along new leading axes and along axes of size 1. The result
    /// is a view, with stride 0 along the broadcast axes.
    ///
    /// ```
    /// # use tensor::tensor;
    /// assert_eq!(tensor![1.0, 2.0].broadcast_to([2, 2]), tensor![[1.0, 2.0], [1.0, 2.0]]);
    /// assert_eq!(tensor![[1.0], [2.0]].broadcast_to([2, 2]), tensor![[1.0, 1.0], [2.0, 2.0]]);
    /// ```
    ///
    /// # Panics
    /// If the shape does not broadcast to the larger one: aligned at their last axis, each size must be 1 or equal.
    #[inline]
    #[track_caller]
    pub fn broadcast_to(&self, shape: impl Into<Shape>) -> Self {
        let shape = shape.into();
        if *self.shape() == shape {
            return self.clone();
        }
        if Shape::broadcast(self.shape(), &shape).as_ref() != Some(&shape) {
            panic!(
                "broadcast_to: shape {} does not broadcast to {shape}; aligned at the last axis, sizes must be equal or 1",
                self.shape()
            );
        }
        shape.size(); // check for overflow: only this function creates views with more elements than their buffer
        let strides = layout::broadcast_strides(self.shape(), &self.strides(), &shape);
        self.view(shape, strides, self.offset())
    }
}

/// Returns the strides that view strided memory as another shape of the same size, or `None` if there are none.
///
/// Neighboring axes that form one evenly spaced run in memory are merged first. Each merged run must then split exactly
/// into new axes, innermost first.
fn reshaped(shape: &Shape, strides: &[isize], to: &Shape) -> Option<Strides> {
    let mut out = to.strides();
    if to.contains(&0) {
        return Some(out);
    }
    let walk = Walk::new(shape, [strides]);
    let mut runs = walk.dims.iter().zip(&walk.strides).rev();
    let (mut left, mut step) = (1, 1); // the remaining length of the current run, and its stride
    for axis in (0..to.len()).rev() {
        if to[axis] == 1 {
            continue;
        }
        if left == 1 {
            let (&n, &[stride]) = runs.next()?;
            (left, step) = (n, stride);
        }
        if left % to[axis] != 0 {
            return None;
        }
        out[axis] = step;
        step *= to[axis] as isize;
        left /= to[axis];
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor;
    use proptest::prelude::*;

    fn count(shape: impl Into<Shape>) -> Tensor<f64> {
        let shape = shape.into();
        Tensor::arange(shape.size()).reshape(shape)
    }

    #[test]
    fn reshape_is_a_view_where_strides_allow() {
        let a = count([4, 6]);
        let shares = |b: &Tensor<f64>| std::ptr::eq(b.buffer(), a.buffer());
        assert!(shares(&a.reshape([2, 2, 3, 2])));
        assert!(shares(&a.transpose().reshape([3, 2, 2, 2])), "each axis is split in two");
        assert!(shares(&a.broadcast_to([5, 4, 6]).reshape([5, 24])));
        assert!(shares(&a.flip([0, 1]).flatten()), "fully reversed elements are evenly spaced");
        assert!(!shares(&a.transpose().flatten()) && !shares(&a.flip(1).flatten()));
    }

    #[test]
    fn reshape_0d_and_empty_tensors() {
        let zero_d = Tensor::scalar(7.0);
        assert_eq!(zero_d.reshape([1, 1]).reshape(()).item(), 7.0);
        assert_eq!((zero_d.flatten(), zero_d.unsqueeze(0)), (tensor![7.0], tensor![7.0]));
        assert_eq!(zero_d.broadcast_to(2), tensor![7.0, 7.0]);
        let empty = Tensor::<f64>::zeros([0, 3]);
        assert_eq!(empty.reshape([7, 0]).shape(), &[7, 0]);
        assert_eq!(empty.transpose().flatten().to_vec(), [0.0; 0]);
        assert_eq!(Tensor::<f64>::zeros([1, 3]).broadcast_to([0, 3]).to_vec(), [0.0; 0]);
    }

    #[test]
    fn squeeze_all_keeps_axes_of_other_sizes() {
        let a = count([1, 2, 1]);
        assert_eq!(a.squeeze(Axes::all()), tensor![0.0, 1.0]);
        assert_eq!(a.squeeze([0, -1]), tensor![0.0, 1.0]);
        assert_eq!(count([1, 1]).squeeze(Axes::all()).shape(), &[0; 0]);
        assert_eq!(a.unsqueeze(1).shape(), &[1, 1, 2, 1]);
    }

    #[test]
    #[should_panic(expected = "reshape: shape (2, 3) holds 6 elements, but shape (4,) holds 4")]
    fn reshape_to_another_size_panics() {
        count([2, 3]).reshape(4);
    }

    #[test]
    #[should_panic(expected = "squeeze: axis 1 of shape (1, 3) has size 3")]
    fn squeeze_of_size_3_panics() {
        count([1, 3]).squeeze(1);
    }

    #[test]
    #[should_panic(expected = "broadcast_to: shape (3,) does not broadcast to (3, 2)")]
    fn broadcast_to_another_size_panics() {
        count(3).broadcast_to([3, 2]);
    }

    #[test]
    #[should_panic(expected = "broadcast_to: shape (2, 3) does not broadcast to (3,)")]
    fn broadcast_to_fewer_axes_panics() {
        count([2, 3]).broadcast_to(3);
    }

    proptest! {
        /// A reshape keeps the row-major order, whatever the layout of the operand.
        #[test]
        fn reshape_keeps_the_order(
            (a, b, c) in (1usize..4, 1usize..4, 1usize..4),
            order in Just(vec![0isize, 1, 2]).prop_shuffle(),
            flips in prop::collection::vec(any::<bool>(), 3),
        ) {
            let mut x = count([a, b, c]).permute(&order);
            for axis in (0..3).filter(|&k| flips[k]) {
                x = x.flip(axis as isize);
            }
            let shape = x.shape();
            let n = x.size();
            for to in [vec![n], vec![1, n, 1], vec![shape[0] * shape[1], shape[2]], vec![shape[0], shape[1] * shape[2]], vec![a, b, c]] {
                let y = x.reshape(to.clone());
                prop_assert_eq!(y.shape(), &Shape::from(to));
                prop_assert_eq!(y.to_vec(), x.to_vec());
            }
        }
    }
}
