//! Shapes: the sizes of a tensor's dimensions, and the rule by which two shapes broadcast.

use smallvec::SmallVec;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

/// The sizes of a tensor's dimensions, outermost axis first. Up to four are stored inline, without an allocation.
///
/// A shape dereferences to `[usize]`. The empty shape belongs to a 0-d tensor, which holds one element.
/// Arrays, slices, vectors and a single `usize` convert into a shape.
///
/// ```
/// use tensor::Shape;
/// let s = Shape::from([2, 3]);
/// assert_eq!((s.len(), s.size()), (2, 6));
/// assert_eq!(s.to_string(), "(2, 3)");
/// assert_eq!(Shape::from(5).to_string(), "(5,)");
/// ```
#[derive(Default)]
pub struct Shape(SmallVec<[usize; 4]>);

// Every operation copies and compares shapes several times. Spelled out for the usual ranks, this takes a few register
// moves; going through slices calls `memcpy` or `memcmp`, which slows down operations on small tensors.

impl Clone for Shape {
    #[inline]
    fn clone(&self) -> Self {
        Shape(copied(&self.0))
    }
}

impl PartialEq for Shape {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        match (&self.0[..], &other.0[..]) {
            ([], []) => true,
            ([a], [b]) => a == b,
            ([a, b], [c, d]) => a == c && b == d,
            (a, b) => a == b,
        }
    }
}

impl Eq for Shape {}

impl Hash for Shape {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

/// Returns a copy of the sizes or the strides of a tensor.
#[inline]
pub(crate) fn copied<T: Copy + Default>(from: &[T]) -> SmallVec<[T; 4]> {
    let o = T::default();
    match *from {
        [] => SmallVec::new(),
        [a] => SmallVec::from_buf_and_len([a, o, o, o], 1),
        [a, b] => SmallVec::from_buf_and_len([a, b, o, o], 2),
        [a, b, c] => SmallVec::from_buf_and_len([a, b, c, o], 3),
        _ => SmallVec::from_slice(from),
    }
}

impl Shape {
    /// Returns the number of elements of a tensor of this shape: the product of all sizes, 1 for `()`.
    ///
    /// # Panics
    /// If the product of the nonzero sizes exceeds `isize::MAX`. So any product of sizes of a valid shape fits in
    /// `isize`, whatever the order of multiplication.
    #[inline]
    #[track_caller]
    pub fn size(&self) -> usize {
        let (mut n, mut empty, mut over) = (1usize, false, false);
        for &d in self.0.iter() {
            empty |= d == 0;
            let (product, wraps) = n.overflowing_mul(d.max(1));
            n = product;
            over |= wraps;
        }
        if over | (n > isize::MAX as usize) {
            self.panic_too_large();
        }
        if empty { 0 } else { n }
    }

    /// Panics because a tensor of this shape does not fit in memory.
    #[cold]
    #[track_caller]
    pub(crate) fn panic_too_large(&self) -> ! {
        panic!("shape {self} has more elements than memory can hold");
    }

    /// Returns the number of axes.
    #[inline]
    pub fn rank(&self) -> usize {
        self.0.len()
    }

    /// Returns the row-major strides, in elements.
    #[inline]
    pub(crate) fn strides(&self) -> Strides {
        match self.0[..] {
            [_] => return copied(&[1]),
            [_, n] => return copied(&[n as isize, 1]),
            _ => {}
        }
        let mut strides = Strides::from_elem(1, self.0.len());
        let mut step = 1isize;
        for axis in (0..self.0.len()).rev() {
            strides[axis] = step;
            // Saturate: the caller may compute strides before `size`, which panics if the product overflows.
            step = step.saturating_mul(self.0[axis] as isize);
        }
        strides
    }

    /// Returns the shape to which two operands broadcast by NumPy's rule: shapes are aligned at their last axis, a
    /// missing axis counts as size 1, and a dimension of size 1 is broadcast to the size of the other operand.
    /// Returns `None` if the shapes do not broadcast.
    ///
    /// ```
    /// use tensor::Shape;
    /// let s = Shape::broadcast(&[3, 1], &[4]).unwrap();
    /// assert_eq!(s, Shape::from([3, 4]));
    /// assert_eq!(Shape::broadcast(&[3], &[4]), None);
    /// ```
    pub fn broadcast(a: &[usize], b: &[usize]) -> Option<Shape> {
        if a == b {
            return Some(Shape::from(a));
        }
        let rank = a.len().max(b.len());
        let mut out = SmallVec::from_elem(1, rank);
        for i in 0..rank {
            let dim = |s: &[usize]| if i < s.len() { s[s.len() - 1 - i] } else { 1 };
            out[rank - 1 - i] = match (dim(a), dim(b)) {
                (x, y) if x == y => x,
                (1, y) => y,
                (x, 1) => x,
                _ => return None,
            };
        }
        Some(Shape(out))
    }

    /// Returns the size of an axis and the number of elements in one step along it. A 0-d tensor counts as a vector.
    #[inline]
    pub(crate) fn rows_along(&self, axis: usize) -> (usize, usize) {
        match self.0.get(axis) {
            Some(&n) => (n, self.0[axis + 1..].iter().product()),
            None => (1, 1),
        }
    }

    /// Returns the shape without the given axis. A 0-d tensor counts as a vector.
    pub(crate) fn without(&self, axis: usize) -> Shape {
        let mut s = self.clone();
        if axis < s.0.len() {
            s.0.remove(axis);
        }
        s
    }

    /// Returns the shape with a new axis of the given size inserted at position `axis`.
    pub(crate) fn with(&self, axis: usize, size: usize) -> Shape {
        let mut s = self.clone();
        s.0.insert(axis, size);
        s
    }

    /// Returns the shape with the size of one axis replaced. A 0-d tensor counts as a vector.
    pub(crate) fn set(&self, axis: usize, size: usize) -> Shape {
        if self.0.is_empty() {
            return Shape::from(size);
        }
        let mut s = self.clone();
        s.0[axis] = size;
        s
    }
}

/// The distance between neighboring elements along each axis, in elements; negative along a reversed axis.
pub(crate) type Strides = SmallVec<[isize; 4]>;

impl Deref for Shape {
    type Target = [usize];
    #[inline]
    fn deref(&self) -> &[usize] {
        &self.0
    }
}

impl fmt::Display for Shape {
    /// Formats the shape as a tuple: `()`, `(3,)`, `(2, 3)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "(")?;
        for (i, d) in self.0.iter().enumerate() {
            if i > 0 {
                write!(f, ", ")?;
            }
            write!(f, "{d}")?;
        }
        write!(f, "{}", if self.0.len() == 1 { ",)" } else { ")" })
    }
}

impl fmt::Debug for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<const N: usize> From<[usize; N]> for Shape {
    #[inline]
    fn from(s: [usize; N]) -> Self {
        Shape(copied(&s))
    }
}
impl<const N: usize> From<&[usize; N]> for Shape {
    #[inline]
    fn from(s: &[usize; N]) -> Self {
        Shape(copied(s))
    }
}
impl From<&[usize]> for Shape {
    #[inline]
    fn from(s: &[usize]) -> Self {
        Shape(copied(s))
    }
}
impl From<Vec<usize>> for Shape {
    fn from(s: Vec<usize>) -> Self {
        Shape(SmallVec::from_vec(s))
    }
}
impl From<&Shape> for Shape {
    #[inline]
    fn from(s: &Shape) -> Self {
        s.clone()
    }
}
impl From<usize> for Shape {
    /// Returns the shape of a vector with `n` elements.
    #[inline]
    fn from(n: usize) -> Self {
        Shape(copied(&[n]))
    }
}
impl From<()> for Shape {
    /// Returns the shape of a 0-d tensor.
    #[inline]
    fn from((): ()) -> Self {
        Shape(SmallVec::new())
    }
}
impl FromIterator<usize> for Shape {
    fn from_iter<I: IntoIterator<Item = usize>>(sizes: I) -> Self {
        Shape(sizes.into_iter().collect())
    }
}
impl PartialEq<[usize]> for Shape {
    fn eq(&self, other: &[usize]) -> bool {
        self.0[..] == *other
    }
}
impl<const N: usize> PartialEq<[usize; N]> for Shape {
    fn eq(&self, other: &[usize; N]) -> bool {
        self.0[..] == other[..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broadcasting_aligns_last_axes() {
        let b = |a: &[usize], b: &[usize]| Shape::broadcast(a, b).map(|s| s.to_vec());
        assert_eq!(b(&[], &[]), Some(vec![]));
        assert_eq!(b(&[2, 1, 4], &[3, 1]), Some(vec![2, 3, 4]));
        assert_eq!(b(&[1, 3], &[0, 3]), Some(vec![0, 3]));
        assert_eq!(b(&[0], &[2]), None);
        assert_eq!(b(&[2, 3], &[2]), None);
    }

    #[test]
    fn strides_are_row_major() {
        assert_eq!(Shape::from([2, 3, 4]).strides().as_slice(), [12, 4, 1]);
        assert_eq!(Shape::from(()).size(), 1);
        assert_eq!(Shape::from([3, 0]).size(), 0);
    }

    #[test]
    fn overflowing_shapes_panic() {
        let panics = |shape: Shape| std::panic::catch_unwind(|| shape.size()).is_err();
        let half = 1 << (usize::BITS / 2);
        assert!(panics([usize::MAX, 2].into()) && panics([half, half].into()) && panics([half, half, half].into()));
        assert!(panics(usize::MAX.into()) && panics([isize::MAX as usize + 1].into()));
        assert!(!panics([isize::MAX as usize].into()));
        // The order of the axes does not matter.
        assert!(panics([0, half, half].into()) && panics([half, half, 0].into()) && !panics([half, 0, 2].into()));
    }
}
