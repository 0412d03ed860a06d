//! The tensor type: a shared buffer with a shape, strides and an offset.

use crate::buffer::Buffer;
use crate::layout;
use crate::real::Real;
use crate::shape::{Shape, Strides, copied};
use smallvec::SmallVec;

/// A dense n-dimensional array of `f32` (the default) or `f64`.
///
/// Cloning shares the buffer; writing ([`data_mut`](Tensor::data_mut)) copies it first if it is shared. Transposes,
/// slices, flips and broadcasts are views. A 0-d tensor, of shape `()`, holds one element.
///
/// ```
/// use tensor::{Tensor, tensor};
/// let a = Tensor::from_vec([2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
/// assert_eq!(a.at([1, 0]), 4.0);
/// assert_eq!(a.transpose().at([0, 1]), 4.0);
/// assert_eq!(a, tensor![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
/// ```
///
/// The operators take tensors by value and by reference, and numbers on either side. Shapes broadcast:
///
/// ```
/// use tensor::{Tensor, tensor};
/// let a: Tensor<f64> = tensor![[1.0, 2.0]];
/// let b = &a * 2.0 - 1.0;
/// let c = (&a / &b).ln().sum();
/// let mut x = tensor![[1.0], [2.0]] + &a;
/// x = x - &b * 0.5;
/// x += 1.0;
/// assert_eq!((b, c), (tensor![[1.0, 3.0]], (2.0_f64 / 3.0).ln()));
/// assert_eq!(x, tensor![[2.5, 2.5], [3.5, 3.5]]);
///
/// let m = (-&a).map(|v| v.max(-1.5));
/// assert_eq!((m[[0, 0]], m[[0, 1]]), (-1.0, -1.5));
/// ```
pub struct Tensor<T: Real = f32> {
    buffer: Buffer<T>,
    offset: usize,
    shape: Shape,
    /// Empty for a packed tensor, whose strides are row-major: most tensors are packed, so creating one does not
    /// compute strides.
    strides: Strides,
}

impl<T: Real> Clone for Tensor<T> {
    #[inline]
    fn clone(&self) -> Self {
        Tensor {
            buffer: self.buffer.clone(),
            offset: self.offset,
            shape: self.shape.clone(),
            strides: copied(&self.strides),
        }
    }
}

impl<T: Real> Tensor<T> {
    /// Creates a packed tensor whose elements are written by `fill`.
    ///
    /// `fill` receives the elements in row-major order. Their initial values are unspecified, because buffers are
    /// recycled, so `fill` must write every element.
    ///
    /// # Panics
    /// If there is not enough memory for a tensor of this shape.
    #[inline]
    #[track_caller]
    pub fn build(shape: impl Into<Shape>, fill: impl FnOnce(&mut [T])) -> Self {
        let shape = shape.into();
        let n = shape.size();
        let Some(mut buffer) = Buffer::<T>::try_scratch(n + T::ALIGNED) else { shape.panic_too_large() };
        let mut offset = 0;
        if let Some(data) = buffer.unique() {
            // Large tensors start on a cache line, so that no load of a kernel straddles two lines.
            if n >= 64 {
                offset = data.as_ptr().align_offset(64).min(T::ALIGNED);
            }
            fill(&mut data[offset..offset + n]);
        }
        Tensor { buffer, offset, shape, strides: Strides::new() }
    }

    /// Returns a view of the same buffer with another shape, strides and offset. If the shape has more elements than
    /// this tensor, the caller must have checked it with [`Shape::size`].
    pub(crate) fn view(&self, shape: Shape, mut strides: Strides, offset: usize) -> Self {
        if layout::is_packed(&shape, &strides) {
            strides.clear();
        }
        Tensor { buffer: self.buffer.clone(), offset, shape, strides }
    }

    /// Returns the shape: the size of each dimension, outermost axis first.
    #[inline]
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Returns the number of axes.
    #[inline]
    pub fn rank(&self) -> usize {
        self.shape.rank()
    }

    /// Returns the number of elements.
    #[inline]
    #[allow(clippy::len_without_is_empty)]
    pub fn size(&self) -> usize {
        self.shape.iter().product() // cannot overflow: the shape was checked when the tensor was created
    }

    /// Returns the distance between neighboring elements along each axis, in elements.
    #[inline]
    pub fn strides(&self) -> SmallVec<[isize; 4]> {
        if self.strides.is_empty() { self.shape.strides() } else { copied(&self.strides) }
    }

    /// Returns the position of the first element in the buffer.
    #[inline]
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    /// Returns the whole buffer, of which this tensor may be a part.
    #[inline]
    pub(crate) fn buffer(&self) -> &[T] {
        &self.buffer
    }

    /// Returns whether the elements are contiguous in row-major order.
    #[inline]
    pub fn is_packed(&self) -> bool {
        self.strides.is_empty()
    }

    /// Returns whether two tensors are the same view of the same buffer: same offset, shape and strides.
    pub fn same(&self, other: &Self) -> bool {
        self.buffer.same(&other.buffer)
            && (self.offset, &self.shape, &self.strides) == (other.offset, &other.shape, &other.strides)
    }

    /// Returns the elements in row-major order if the tensor is packed, otherwise `None`.
    ///
    /// ```
    /// # use tensor::tensor;
    /// let a = tensor![[1.0, 2.0], [3.0, 4.0]];
    /// assert_eq!(a.as_slice(), Some(&[1.0, 2.0, 3.0, 4.0][..]));
    /// assert_eq!(a.transpose().as_slice(), None);
    /// ```
    #[inline]
    pub fn as_slice(&self) -> Option<&[T]> {
        self.is_packed().then(|| &self.buffer[self.offset..self.offset + self.size()])
    }

    /// Returns this tensor in packed form. Shares the buffer if the tensor is packed already, otherwise copies.
    ///
    /// # Panics
    /// If there is not enough memory for a copy: a view can have more elements than memory can hold.
    #[inline]
    #[track_caller]
    pub fn packed(&self) -> Self {
        if self.is_packed() { self.clone() } else { self.copy() }
    }

    /// Returns a packed copy in a new buffer.
    ///
    /// # Panics
    /// If there is not enough memory for the copy: a view can have more elements than memory can hold.
    #[track_caller]
    pub fn copy(&self) -> Self {
        Tensor::build(&self.shape, |out| self.copy_to(out))
    }

    /// Copies the elements to a slice, in row-major order.
    ///
    /// # Panics
    /// If the length of the slice differs from the number of elements.
    #[track_caller]
    pub fn copy_to(&self, out: &mut [T]) {
        assert_eq!(
            out.len(),
            self.size(),
            "copy_to: expected a slice of length {}, the number of elements of shape {}",
            self.size(),
            self.shape
        );
        match self.as_slice() {
            Some(data) => out.copy_from_slice(data),
            None => layout::gather(&self.buffer, self.offset, &self.shape, &self.strides(), out),
        }
    }

    /// Returns a vector of the elements in row-major order.
    ///
    /// # Panics
    /// If there is not enough memory for the vector: a view can have more elements than memory can hold.
    #[track_caller]
    pub fn to_vec(&self) -> Vec<T> {
        if let Some(data) = self.as_slice() {
            return data.to_vec();
        }
        let mut v = Vec::new();
        if v.try_reserve_exact(self.size()).is_err() {
            self.shape.panic_too_large();
        }
        v.resize(self.size(), T::ZERO);
        self.copy_to(&mut v);
        v
    }

    /// Returns the elements in row-major order for writing. A shared or unpacked tensor is copied first.
    ///
    /// ```
    /// # use tensor::tensor;
    /// let a = tensor![1.0, 2.0];
    /// let mut b = a.clone();
    /// b.data_mut()[0] = 9.0;
    /// assert_eq!((a.at([0]), b.at([0])), (1.0, 9.0));
    /// ```
    #[track_caller]
    pub fn data_mut(&mut self) -> &mut [T] {
        if !(self.is_packed() && self.buffer.unique().is_some()) {
            *self = self.copy();
        }
        let (at, n) = (self.offset, self.size());
        match self.buffer.unique() {
            Some(data) => &mut data[at..at + n],
            None => unreachable!("a fresh copy has one owner"),
        }
    }

    /// Returns the elements for writing if the tensor is packed and is the only owner of its buffer, otherwise `None`.
    #[inline]
    pub fn unique_mut(&mut self) -> Option<&mut [T]> {
        if !self.is_packed() {
            return None;
        }
        let (at, n) = (self.offset, self.size());
        Some(&mut self.buffer.unique()?[at..at + n])
    }

    /// Returns the element at an index. Negative positions count from the end of their axis.
    ///
    /// # Panics
    /// If the length of the index differs from the rank of the tensor, or a position is out of bounds.
    #[track_caller]
    pub fn at<const N: usize>(&self, index: [isize; N]) -> T {
        self.buffer[self.locate(&index)]
    }

    /// Returns the position of an index in the buffer.
    #[track_caller]
    pub(crate) fn locate(&self, index: &[isize]) -> usize {
        if index.len() != self.rank() {
            panic!(
                "at: index {index:?} has {} positions, but shape {} has {} axes; give one position per axis",
                index.len(),
                self.shape,
                self.rank()
            );
        }
        let strides = self.strides();
        let mut at = self.offset as isize;
        for (axis, (&i, &n)) in index.iter().zip(self.shape.iter()).enumerate() {
            let from_front = if i < 0 { i + n as isize } else { i };
            if from_front < 0 || from_front >= n as isize {
                panic!("at: position {i} lies outside axis {axis} of shape {}", self.shape);
            }
            at += from_front * strides[axis];
        }
        at as usize
    }

    /// Returns the only element of a tensor of size 1, of any rank.
    ///
    /// # Panics
    /// If the tensor does not have exactly one element.
    #[inline]
    #[track_caller]
    pub fn item(&self) -> T {
        if self.size() != 1 {
            panic!(
                "item: expected one element, got shape {} with {}; use `at`, or reduce the tensor first",
                self.shape,
                self.size()
            );
        }
        self.buffer[self.offset]
    }

    /// Returns whether every element is finite, that is, neither NaN nor infinite.
    #[track_caller]
    pub fn is_finite(&self) -> bool {
        match self.as_slice() {
            Some(data) => data.iter().all(|x| x.is_finite()),
            None => self.packed().is_finite(),
        }
    }

    /// Returns the tensor converted to another element type.
    ///
    /// ```
    /// # use tensor::{Tensor, tensor};
    /// let a: Tensor<f32> = tensor![0.5, 1.5].cast();
    /// assert_eq!(a.at([1]), 1.5_f32);
    /// ```
    #[track_caller]
    pub fn cast<U: Real>(&self) -> Tensor<U> {
        let source = self.packed();
        Tensor::build(&self.shape, |out| {
            for (o, &x) in out.iter_mut().zip(source.as_slice().unwrap_or(&[])) {
                *o = U::from_f64(x.to_f64());
            }
        })
    }
}

impl<T: Real> PartialEq for Tensor<T> {
    /// Returns whether shapes and elements are equal. NaN does not equal anything, as in IEEE arithmetic.
    fn eq(&self, other: &Self) -> bool {
        if self.shape != other.shape {
            return false;
        }
        match (self.as_slice(), other.as_slice()) {
            (Some(a), Some(b)) => a == b,
            _ => self.to_vec() == other.to_vec(),
        }
    }
}

impl<T: Real> Default for Tensor<T> {
    /// Returns an empty tensor of shape `(0,)`.
    fn default() -> Self {
        Tensor::build(0, |_| {})
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, tensor};

    #[test]
    fn writing_to_a_shared_tensor_copies() {
        let a = tensor![[1.0, 2.0], [3.0, 4.0]];
        let mut b = a.clone();
        assert!(a.same(&b) && b.unique_mut().is_none());
        b.data_mut()[3] = 0.0;
        assert_eq!(a.at([1, 1]), 4.0);
        assert_eq!(b.at([-1, -1]), 0.0);
    }

    #[test]
    #[should_panic(expected = "item: expected one element, got shape (2,) with 2")]
    fn item_of_two_elements_panics() {
        tensor![1.0, 2.0].item();
    }

    #[test]
    #[should_panic(expected = "at: position 2 lies outside axis 0 of shape (2,)")]
    fn at_out_of_bounds_panics() {
        tensor![1.0, 2.0].at([2]);
    }

    #[test]
    fn long_tensors_start_on_a_cache_line() {
        let a = Tensor::<f32>::zeros(1000);
        assert_eq!(a.as_slice().unwrap().as_ptr() as usize % 64, 0);
    }
}
