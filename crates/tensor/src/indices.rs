//! Integer indices along an axis: class labels, the rows of a batch, the elements a gather reads.

use crate::buffer::Buffer;
use crate::shape::Shape;
use std::fmt;

/// An n-dimensional array of indices along an axis, counted from 0.
///
/// Cloning shares the buffer. When the last owner is dropped, the buffer returns to the pool.
///
/// ```
/// use tensor::Indices;
/// let i = Indices::from([[0, 2], [1, 1]]);
/// assert_eq!((i.shape().rank(), i.as_slice()), (2, &[0, 2, 1, 1][..]));
/// assert_eq!(i, Indices::new([2, 2], &[0, 2, 1, 1]));
/// ```
#[derive(Clone)]
pub struct Indices {
    buffer: Buffer<usize>,
    shape: Shape,
}

impl Indices {
    /// Creates an array of the given shape from indices in row-major order.
    ///
    /// ```
    /// # use tensor::Indices;
    /// assert_eq!(Indices::new(3, &[2, 0, 1]), Indices::from([2, 0, 1]));
    /// ```
    ///
    /// # Panics
    /// If `data` does not hold exactly as many indices as the shape.
    #[track_caller]
    pub fn new(shape: impl Into<Shape>, data: &[usize]) -> Self {
        let shape = shape.into();
        if shape.size() != data.len() {
            panic!("Indices: shape {shape} holds {} positions, but {} were given", shape.size(), data.len());
        }
        let mut buffer = Buffer::scratch(data.len());
        if let Some(out) = buffer.unique() {
            out[..data.len()].copy_from_slice(data);
        }
        Indices { buffer, shape }
    }

    /// Returns the shape of the array.
    #[inline]
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Returns the indices in row-major order.
    #[inline]
    pub fn as_slice(&self) -> &[usize] {
        // The buffer may be longer than requested.
        &self.buffer[..self.shape.iter().product()]
    }

    /// Panics if an index is out of bounds for an axis of the given shape. `op` names the caller in the message.
    #[track_caller]
    pub(crate) fn check(&self, op: &str, shape: &Shape, axis: usize) {
        let (size, _) = shape.rows_along(axis);
        if let Some(&i) = self.as_slice().iter().find(|&&i| i >= size) {
            let valid = match size {
                0 => "an axis of size 0 has no positions".to_string(),
                n => format!("positions run from 0 to {}", n - 1),
            };
            panic!("{op}: position {i} lies outside axis {axis} of shape {shape}; {valid}");
        }
    }
}

impl fmt::Debug for Indices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Indices({:?}, shape={})", self.as_slice(), self.shape)
    }
}

impl PartialEq for Indices {
    fn eq(&self, other: &Self) -> bool {
        self.shape == other.shape && self.as_slice() == other.as_slice()
    }
}
impl Eq for Indices {}

impl From<&Indices> for Indices {
    /// Clones the handle; the buffer is shared.
    fn from(indices: &Indices) -> Self {
        indices.clone()
    }
}
impl From<&[usize]> for Indices {
    fn from(x: &[usize]) -> Self {
        Indices::new(x.len(), x)
    }
}
impl From<&Vec<usize>> for Indices {
    fn from(x: &Vec<usize>) -> Self {
        Indices::new(x.len(), x)
    }
}
impl From<Vec<usize>> for Indices {
    fn from(x: Vec<usize>) -> Self {
        Indices::new(x.len(), &x)
    }
}
impl<const N: usize> From<[usize; N]> for Indices {
    fn from(x: [usize; N]) -> Self {
        Indices::new(N, &x)
    }
}
impl<const N: usize, const M: usize> From<[[usize; M]; N]> for Indices {
    fn from(x: [[usize; M]; N]) -> Self {
        Indices::new([N, M], x.as_flattened())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::Tensor;

    /// ⟨a, b⟩ = Σᵢ aᵢ bᵢ.
    pub(crate) fn dot(a: &Tensor<f64>, b: &Tensor<f64>) -> f64 {
        assert_eq!(a.shape(), b.shape());
        a.to_vec().iter().zip(b.to_vec()).map(|(a, b)| a * b).sum()
    }

    /// Returns a view that is not packed, of small integers, so that sums are exact in any order.
    pub(crate) fn integers(shape: &[usize], seed: usize) -> Tensor<f64> {
        let size = shape.iter().product();
        let reversed: Shape = shape.iter().rev().copied().collect();
        let x: Tensor<f64> = (0..size).map(|i| ((i * 7 + seed) % 17) as f64 - 8.0).collect();
        x.reshape(reversed).permute((0..shape.len() as isize).rev().collect::<Vec<_>>())
    }

    #[test]
    fn conversions_agree() {
        let v = vec![3, 1];
        let i = Indices::from([3, 1]);
        assert_eq!([Indices::from(&v), Indices::from(&v[..]), Indices::from(v)], [i.clone(), i.clone(), i.clone()]);
        assert_eq!(format!("{i:?}"), "Indices([3, 1], shape=(2,))");
        assert_eq!(Indices::new((), &[7]).as_slice(), [7]);
        assert_eq!(Indices::new([0, 3], &[]).as_slice(), [0; 0]);
    }

    #[test]
    fn clones_share_the_buffer() {
        let i = Indices::from([3, 1]);
        assert!(std::ptr::eq(i.clone().as_slice(), i.as_slice()));
    }

    #[test]
    #[should_panic(expected = "Indices: shape (2, 2) holds 4 positions, but 3 were given")]
    fn too_few_indices_panic() {
        Indices::new([2, 2], &[1, 2, 3]);
    }
}
