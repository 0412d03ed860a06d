//! `a[[i, j]]`: reading and writing one element.

use crate::real::Real;
use crate::shape::Shape;
use crate::tensor::Tensor;
use std::ops::{Index, IndexMut};

/// The element at an index from the front; [`at`](Tensor::at) also counts from the end.
///
/// ```
/// # use tensor::tensor;
/// let a = tensor![[1.0, 2.0], [3.0, 4.0]];
/// assert_eq!(a[[1, 0]], 3.0);
/// ```
///
/// # Panics
/// If the index does not have one position per axis, or lies outside the shape.
impl<T: Real, const N: usize> Index<[usize; N]> for Tensor<T> {
    type Output = T;
    #[inline]
    #[track_caller]
    fn index(&self, index: [usize; N]) -> &T {
        &self.buffer()[self.position(index)]
    }
}

/// The element at an index, for writing. A shared or unpacked tensor is copied first.
///
/// ```
/// # use tensor::tensor;
/// let mut a = tensor![[1.0, 2.0], [3.0, 4.0]];
/// a[[1, 0]] += 10.0;
/// assert_eq!(a, tensor![[1.0, 2.0], [13.0, 4.0]]);
/// ```
///
/// # Panics
/// If the index does not have one position per axis, or lies outside the shape.
impl<T: Real, const N: usize> IndexMut<[usize; N]> for Tensor<T> {
    #[inline]
    #[track_caller]
    fn index_mut(&mut self, index: [usize; N]) -> &mut T {
        self.position(index); // refused before anything is copied
        let at = row_major(self.shape(), index);
        &mut self.data_mut()[at]
    }
}

/// The number of elements before an index in row-major order.
#[inline]
fn row_major<const N: usize>(shape: &Shape, index: [usize; N]) -> usize {
    index.iter().zip(shape.iter()).fold(0, |at, (&i, &n)| at * n + i)
}

impl<T: Real> Tensor<T> {
    /// The position of an index in the buffer.
    #[inline]
    #[track_caller]
    fn position<const N: usize>(&self, index: [usize; N]) -> usize {
        let shape = self.shape();
        if N != shape.rank() {
            panic!("index: expected one position per axis of shape {shape}, got {index:?}");
        }
        for (axis, (&i, &n)) in index.iter().zip(shape.iter()).enumerate() {
            if i >= n {
                panic!("index: {index:?} is outside shape {shape}: axis {axis} has size {n}, got position {i}");
            }
        }
        if self.is_packed() {
            return row_major(shape, index) + self.offset();
        }
        let steps = index.iter().zip(self.strides()).map(|(&i, step)| i as isize * step);
        (self.offset() as isize + steps.sum::<isize>()) as usize
    }
}
