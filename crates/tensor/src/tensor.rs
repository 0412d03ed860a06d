//! The tensor: a shared buffer seen through a shape and strides.

use crate::buffer::Buffer;
use crate::layout;
use crate::real::Real;
use crate::shape::{Shape, Strides, copied};
use smallvec::SmallVec;

/// A dense n-dimensional array of `f32` (the default) or `f64`.
///
/// Cloning shares the buffer; writing ([`data_mut`](Tensor::data_mut)) copies it first if it is shared. Transposes,
/// slices, flips and broadcasts are views. A 0-d tensor, of shape `()`, has one element.
///
/// ```
/// use tensor::{Tensor, tensor};
/// let a = Tensor::from_vec([2, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
/// assert_eq!(a.at([1, 0]), 4.0);
/// assert_eq!(a.transpose().at([0, 1]), 4.0);
/// assert_eq!(a, tensor![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
/// ```
pub struct Tensor<T: Real = f32> {
    buffer: Buffer<T>,
    offset: usize,
    shape: Shape,
    /// Empty for row-major strides: most tensors are packed, and creating one should not compute strides.
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
    /// A packed tensor whose elements `fill` writes; before that they have unspecified values.
    ///
    /// # Panics
    /// If there is no memory for a tensor of this shape.
    #[inline]
    #[track_caller]
    pub fn build(shape: impl Into<Shape>, fill: impl FnOnce(&mut [T])) -> Self {
        let shape = shape.into();
        let n = shape.size();
        let Some(mut buffer) = Buffer::<T>::try_scratch(n + T::ALIGNED) else { shape.refuse() };
        let mut offset = 0;
        if let Some(data) = buffer.unique() {
            // Long vectors start on a cache line, so that no load of a kernel straddles two.
            if n >= 64 {
                offset = data.as_ptr().align_offset(64).min(T::ALIGNED);
            }
            fill(&mut data[offset..offset + n]);
        }
        Tensor { buffer, offset, shape, strides: Strides::new() }
    }

    /// The same buffer with another shape, strides and offset. The caller has checked a shape with more elements than this
    /// one by [`Shape::size`].
    pub(crate) fn view(&self, shape: Shape, mut strides: Strides, offset: usize) -> Self {
        if layout::is_packed(&shape, &strides) {
            strides.clear();
        }
        Tensor { buffer: self.buffer.clone(), offset, shape, strides }
    }

    /// The sizes of the dimensions, outermost axis first.
    #[inline]
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// The number of axes.
    #[inline]
    pub fn rank(&self) -> usize {
        self.shape.rank()
    }

    /// The number of elements.
    #[inline]
    #[allow(clippy::len_without_is_empty)]
    pub fn size(&self) -> usize {
        self.shape.iter().product() // the shape was checked when the tensor was made
    }

    /// Steps between neighbors along each axis, in elements.
    #[inline]
    pub fn strides(&self) -> SmallVec<[isize; 4]> {
        if self.strides.is_empty() { self.shape.strides() } else { copied(&self.strides) }
    }

    /// The position of the first element in the buffer.
    #[inline]
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    /// The whole buffer, which may have more elements than this tensor.
    #[inline]
    pub(crate) fn buffer(&self) -> &[T] {
        &self.buffer
    }

    /// Whether the elements are stored in row-major order without gaps.
    #[inline]
    pub fn is_packed(&self) -> bool {
        self.strides.is_empty()
    }

    /// Whether two tensors are the same view of the same buffer.
    pub fn same(&self, other: &Self) -> bool {
        self.buffer.same(&other.buffer)
            && (self.offset, &self.shape, &self.strides) == (other.offset, &other.shape, &other.strides)
    }

    /// The elements in row-major order, if they are packed.
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

    /// This tensor with its elements packed; shares the buffer if they are already.
    #[inline]
    #[track_caller]
    pub fn packed(&self) -> Self {
        if self.is_packed() { self.clone() } else { self.copy() }
    }

    /// A packed copy in a new buffer.
    ///
    /// # Panics
    /// If there is no memory for it: a view can have more elements than memory can hold.
    #[track_caller]
    pub fn copy(&self) -> Self {
        Tensor::build(&self.shape, |out| self.copy_to(out))
    }

    /// Copies the elements to a slice of the same size, in row-major order.
    ///
    /// # Panics
    /// If the slice has another length.
    #[track_caller]
    pub fn copy_to(&self, out: &mut [T]) {
        assert_eq!(
            out.len(),
            self.size(),
            "copy_to: the slice must hold the {} elements of {}",
            self.size(),
            self.shape
        );
        match self.as_slice() {
            Some(data) => out.copy_from_slice(data),
            None => layout::gather(&self.buffer, self.offset, &self.shape, &self.strides(), out),
        }
    }

    /// The elements in row-major order.
    ///
    /// # Panics
    /// If there is no memory for them: a view can have more elements than memory can hold.
    #[track_caller]
    pub fn to_vec(&self) -> Vec<T> {
        if let Some(data) = self.as_slice() {
            return data.to_vec();
        }
        let mut v = Vec::new();
        if v.try_reserve_exact(self.size()).is_err() {
            self.shape.refuse();
        }
        v.resize(self.size(), T::ZERO);
        self.copy_to(&mut v);
        v
    }

    /// The elements in row-major order, for writing. A shared or unpacked tensor is copied first.
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

    /// The elements for writing, if they are packed and this tensor is their only owner.
    #[inline]
    pub fn unique_mut(&mut self) -> Option<&mut [T]> {
        if !self.is_packed() {
            return None;
        }
        let (at, n) = (self.offset, self.size());
        Some(&mut self.buffer.unique()?[at..at + n])
    }

    /// The element at an index; negative positions count from the end of their axis.
    ///
    /// # Panics
    /// If the index does not have one position per axis, or lies outside the shape.
    #[track_caller]
    pub fn at<const N: usize>(&self, index: [isize; N]) -> T {
        self.buffer[self.locate(&index)]
    }

    /// The position in the buffer of an index.
    #[track_caller]
    pub(crate) fn locate(&self, index: &[isize]) -> usize {
        if index.len() != self.rank() {
            panic!(
                "at: index {index:?} has {} positions, but shape {} has {} axes",
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

    /// The only element of a tensor of one element, of any rank.
    ///
    /// # Panics
    /// If the tensor does not have exactly one element.
    #[inline]
    #[track_caller]
    pub fn item(&self) -> T {
        if self.size() != 1 {
            panic!(
                "item: shape {} holds {} elements, not one; take one with `at`, or reduce first",
                self.shape,
                self.size()
            );
        }
        self.buffer[self.offset]
    }

    /// Whether every element is neither NaN nor infinite.
    #[track_caller]
    pub fn is_finite(&self) -> bool {
        match self.as_slice() {
            Some(data) => data.iter().all(|x| x.is_finite()),
            None => self.packed().is_finite(),
        }
    }

    /// The same elements, converted to another element type.
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
    /// Whether shapes and elements are equal; NaN is not equal to anything, as in IEEE 754.
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
    /// A tensor without elements, of shape `(0,)`.
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
    #[should_panic(expected = "item: shape (2,) holds 2 elements, not one")]
    fn item_of_several() {
        tensor![1.0, 2.0].item();
    }

    #[test]
    #[should_panic(expected = "at: position 2 lies outside axis 0 of shape (2,)")]
    fn at_outside() {
        tensor![1.0, 2.0].at([2]);
    }

    #[test]
    fn long_tensors_start_on_a_cache_line() {
        let a = Tensor::<f32>::zeros(1000);
        assert_eq!(a.as_slice().unwrap().as_ptr() as usize % 64, 0);
    }
}
