//! The positions of the largest and the smallest elements.

use super::fold::row;
use super::step::{self, Step};
use crate::axes::Axes;
use crate::math::simd::{Arch, Kernel, dispatch};
use crate::real::Real;
use crate::tensor::Tensor;

impl<T: Real> Tensor<T> {
    /// Returns the position of the largest element in row-major order; the first one if there are several. NaN counts
    /// as the largest.
    ///
    /// ```
    /// # use tensor::tensor;
    /// assert_eq!(tensor![[3.0, 7.0], [7.0, 1.0]].argmax(), 1);
    /// ```
    ///
    /// # Panics
    /// If there are no elements.
    #[track_caller]
    pub fn argmax(&self) -> usize {
        self.arg_all(step::Max, "argmax")
    }

    /// Returns the position of the smallest element in row-major order; the first one if there are several. NaN counts
    /// as the smallest.
    ///
    /// ```
    /// # use tensor::tensor;
    /// assert_eq!(tensor![[3.0, 1.0], [7.0, 1.0]].argmin(), 1);
    /// ```
    ///
    /// # Panics
    /// If there are no elements.
    #[track_caller]
    pub fn argmin(&self) -> usize {
        self.arg_all(step::Min, "argmin")
    }

    /// Returns the position of the largest element along an axis, as [`argmax`](Tensor::argmax) does, for each index of
    /// the other axes in row-major order.
    ///
    /// ```
    /// # use tensor::tensor;
    /// assert_eq!(tensor![[3.0, 7.0], [9.0, 1.0]].argmax_over(-1), [1, 0]);
    /// ```
    ///
    /// # Panics
    /// If the axis does not exist or is empty.
    #[track_caller]
    pub fn argmax_over(&self, axis: isize) -> Vec<usize> {
        self.arg_over(step::Max, axis, "argmax_over")
    }

    /// Returns the position of the smallest element along an axis, as [`argmin`](Tensor::argmin) does, for each index
    /// of the other axes in row-major order.
    ///
    /// ```
    /// # use tensor::tensor;
    /// assert_eq!(tensor![[3.0, 7.0], [9.0, 1.0]].argmin_over(0), [0, 1]);
    /// ```
    ///
    /// # Panics
    /// If the axis does not exist or is empty.
    #[track_caller]
    pub fn argmin_over(&self, axis: isize) -> Vec<usize> {
        self.arg_over(step::Min, axis, "argmin_over")
    }

    /// Returns the largest elements along an axis, and the position of the first occurrence of each along it.
    ///
    /// ```
    /// # use tensor::tensor;
    /// let (largest, at) = tensor![[3.0, 7.0], [9.0, 9.0]].max_with_index_over(1);
    /// assert_eq!((largest, at), (tensor![7.0, 9.0], vec![1, 0]));
    /// ```
    ///
    /// # Panics
    /// If the axis does not exist or is empty.
    #[track_caller]
    pub fn max_with_index_over(&self, axis: isize) -> (Tensor<T>, Vec<usize>) {
        let at = Axes::resolve_one(axis, self.rank(), "max_with_index_over");
        (self.max_over(axis), self.arg_over(step::Max, at as isize, "max_with_index_over"))
    }

    #[track_caller]
    fn arg_all<S: Step>(&self, step: S, op: &str) -> usize {
        if self.size() == 0 {
            panic!("{op}: shape {} has no elements; expected at least one", self.shape());
        }
        let x = self.packed();
        let mut at = [0];
        let data = x.as_slice().unwrap_or(&[]);
        dispatch(Arg { step, data, n: data.len(), out: &mut at });
        at[0]
    }

    #[track_caller]
    fn arg_over<S: Step>(&self, step: S, axis: isize, op: &str) -> Vec<usize> {
        let axis = Axes::resolve_one(axis, self.rank(), op);
        let (n, _) = self.shape().rows_along(axis);
        let mut out = vec![0; self.shape().without(axis).size()];
        if n == 0 && !out.is_empty() {
            panic!("{op}: axis {axis} of shape {} is empty; expected at least one element", self.shape());
        }
        let rows = if self.rank() < 2 { self.packed() } else { self.with_axis_last(axis).packed() };
        dispatch(Arg { step, data: rows.as_slice().unwrap_or(&[]), n, out: &mut out });
        out
    }

    /// Returns a view with this axis moved to the end.
    pub(crate) fn with_axis_last(&self, axis: usize) -> Tensor<T> {
        let (mut shape, mut strides) = (self.shape().without(axis), self.strides().to_vec());
        shape = shape.with(shape.rank(), self.shape()[axis]);
        strides[axis..].rotate_left(1);
        self.view(shape, strides.into_iter().collect(), self.offset())
    }
}

/// Finds the extreme value of each row, then the position of its first occurrence.
struct Arg<'a, T, S> {
    step: S,
    data: &'a [T],
    n: usize,
    out: &'a mut [usize],
}

impl<T: Real, S: Step> Kernel for Arg<'_, T, S> {
    type Output = ();
    #[inline(always)]
    fn run<A: Arch>(self) {
        for (i, out) in self.out.iter_mut().enumerate() {
            let data = &self.data[i * self.n..][..self.n];
            let best = row::<T, A, S>(self.step, data, T::ZERO);
            let found = |&x: &T| x.is_eq(best) | (x.is_nan() & best.is_nan());
            // Search in pieces without an early exit, so that the loop vectorizes. The last piece needs no search.
            let searched = &data[..data.len().saturating_sub(64)];
            let piece = searched.chunks(64).position(|piece| piece.iter().fold(false, |any, x| any | found(x)));
            let from = piece.map_or(searched.len(), |piece| piece * 64);
            let at = data[from..].iter().position(found).map(|at| from + at);
            *out = at.unwrap_or(0);
        }
    }
}
