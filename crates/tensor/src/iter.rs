//! Iterating over the elements and over the rows, and sums of tensors.

use crate::layout::Walk;
use crate::real::Real;
use crate::slice::Slice;
use crate::tensor::Tensor;
use smallvec::SmallVec;
use std::iter::{FusedIterator, Sum};

/// The elements of a tensor in row-major order. See [`Tensor::iter`].
#[derive(Clone, Debug)]
pub struct Iter<'a, T> {
    buffer: &'a [T],
    /// The position of the next element.
    at: isize,
    /// The stride of the innermost axis, and the number of elements left in the current run along it.
    step: isize,
    run: usize,
    /// The length of a run, and the other axes.
    inner: usize,
    outer: SmallVec<[Axis; 4]>,
    /// The number of elements left.
    left: usize,
}

#[derive(Clone, Copy, Debug)]
struct Axis {
    size: usize,
    step: isize,
    index: usize,
}

impl<T: Real> Tensor<T> {
    /// The elements in row-major order, for any layout.
    ///
    /// ```
    /// # use tensor::tensor;
    /// let a = tensor![[1.0, 2.0], [3.0, 4.0]];
    /// let column_by_column: Vec<f64> = a.transpose().iter().copied().collect();
    /// assert_eq!(column_by_column, [1.0, 3.0, 2.0, 4.0]);
    /// ```
    pub fn iter(&self) -> Iter<'_, T> {
        let walk = Walk::new(self.shape(), [&self.strides()]);
        let (inner, [step]) = (walk.inner(), walk.inner_strides());
        let outer = walk.dims.iter().zip(&walk.strides).take(walk.dims.len() - 1);
        Iter {
            buffer: self.buffer(),
            at: self.offset() as isize,
            step,
            run: inner,
            inner,
            outer: outer.map(|(&size, &[step])| Axis { size, step, index: 0 }).collect(),
            left: self.size(),
        }
    }

    /// The elements in row-major order, for writing. A shared or unpacked tensor is copied first.
    ///
    /// ```
    /// # use tensor::tensor;
    /// let mut a = tensor![[1.0, 2.0], [3.0, 4.0]];
    /// a.iter_mut().for_each(|x| *x *= 2.0);
    /// assert_eq!(a, tensor![[2.0, 4.0], [6.0, 8.0]]);
    /// ```
    #[track_caller]
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.data_mut().iter_mut()
    }

    /// The sub-tensors along the first axis, as views: for shape `(n, ...)`, n tensors of shape `(...)`. The rows of a
    /// matrix are vectors, the rows of a vector are 0-d tensors.
    ///
    /// ```
    /// # use tensor::tensor;
    /// let a = tensor![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]];
    /// let largest: Vec<f64> = a.rows().map(|row| row.max()).collect();
    /// assert_eq!(largest, [2.0, 4.0, 6.0]);
    /// assert_eq!(a.transpose().rows().next_back(), Some(tensor![2.0, 4.0, 6.0])); // the last column
    /// ```
    ///
    /// # Panics
    /// If this is a 0-d tensor.
    #[track_caller]
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = Self> + ExactSizeIterator + FusedIterator + Clone {
        let Some(&n) = self.shape().first() else {
            panic!("rows: expected a tensor with at least one axis, got shape (); use `item` to read its element");
        };
        (0..n as isize).map(move |i| self.slice([Slice::from(i)]))
    }
}

impl<T> Iter<'_, T> {
    /// Moves from the end of a run to the start of the next one.
    fn next_run(&mut self) {
        self.at -= self.step * self.inner as isize;
        self.run = self.inner;
        for axis in self.outer.iter_mut().rev() {
            axis.index += 1;
            self.at += axis.step;
            if axis.index < axis.size {
                break;
            }
            self.at -= axis.step * axis.size as isize;
            axis.index = 0;
        }
    }
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;

    #[inline]
    fn next(&mut self) -> Option<&'a T> {
        if self.left == 0 {
            return None;
        }
        if self.run == 0 {
            self.next_run();
        }
        let element = &self.buffer[self.at as usize];
        self.at += self.step;
        self.run -= 1;
        self.left -= 1;
        Some(element)
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }

    /// Loops over whole runs, which are slices where the elements are adjacent.
    #[inline]
    fn fold<B, F: FnMut(B, &'a T) -> B>(mut self, mut value: B, mut f: F) -> B {
        while self.left > 0 {
            if self.run == 0 {
                self.next_run();
            }
            let (at, run) = (self.at as usize, self.run);
            if self.step == 1 {
                value = self.buffer[at..at + run].iter().fold(value, &mut f);
            } else {
                for i in 0..run as isize {
                    value = f(value, &self.buffer[(self.at + i * self.step) as usize]);
                }
            }
            self.at += self.step * run as isize;
            self.left -= run;
            self.run = 0;
        }
        value
    }
}

impl<T> ExactSizeIterator for Iter<'_, T> {}
impl<T> FusedIterator for Iter<'_, T> {}

impl<'a, T: Real> IntoIterator for &'a Tensor<T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;
    /// The elements in row-major order.
    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<'a, T: Real> IntoIterator for &'a mut Tensor<T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;
    /// The elements in row-major order, for writing.
    #[track_caller]
    fn into_iter(self) -> std::slice::IterMut<'a, T> {
        self.iter_mut()
    }
}

/// The sum of tensors, which broadcast; a 0-d zero for no tensors.
///
/// ```
/// # use tensor::{Tensor, tensor};
/// let sum: Tensor<f64> = [tensor![1.0, 2.0], tensor![3.0, 4.0]].into_iter().sum();
/// assert_eq!(sum, tensor![4.0, 6.0]);
/// ```
///
/// # Panics
/// If the shapes do not broadcast.
impl<T: Real> Sum for Tensor<T> {
    #[track_caller]
    fn sum<I: Iterator<Item = Self>>(mut tensors: I) -> Self {
        let Some(mut sum) = tensors.next() else { return Tensor::scalar(T::ZERO) };
        for x in tensors {
            sum = x + sum; // in no closure, so that a panic is at the caller's line
        }
        sum
    }
}

impl<'a, T: Real> Sum<&'a Tensor<T>> for Tensor<T> {
    /// The sum of tensors, which broadcast; a 0-d zero for no tensors.
    #[track_caller]
    fn sum<I: Iterator<Item = &'a Tensor<T>>>(tensors: I) -> Self {
        <Self as Sum>::sum(tensors.cloned())
    }
}
