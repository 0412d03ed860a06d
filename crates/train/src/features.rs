//! The features of each example: floats, or bytes that are decoded to floats when a batch is gathered.

use crate::error::DataError;
use crate::positions::Positions;
use crate::rows::Rows;
use crate::scaled::Scaled;
use crate::table::table;
use std::fmt;
use std::sync::Arc;
use tensor::math::simd::dispatch;
use tensor::{Real, Shape, Slice, Tensor};

/// The features of a data set: n examples of one shape, in storage that subsets share.
///
/// Built from a tensor with one example per index of axis 0 (a vector is treated as a column), or from bytes.
///
/// ```
/// use tensor::tensor;
/// use train::Features;
///
/// let floats = Features::new(tensor![[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])?;
/// assert_eq!((floats.len(), floats.example_shape().to_string()), (3, "(2,)".to_string()));
///
/// let pixels = Features::bytes([2, 2], vec![0, 51, 102, 255, 255, 0, 0, 0], 1.0 / 255.0)?;
/// assert_eq!(pixels.len(), 2);
/// assert_eq!(pixels.x().at([0, 1, 1]), 1.0_f32);
/// # Ok::<(), train::DataError>(())
/// ```
#[derive(Clone)]
pub struct Features<T: Real = f32> {
    store: Store<T>,
    example: Shape,
    rows: Rows,
}

#[derive(Clone)]
enum Store<T: Real> {
    /// One contiguous row per example.
    Floats(Tensor<T>),
    /// One row per example; the value of a byte is byte * scale.
    Bytes { data: Arc<Vec<u8>>, scale: f64 },
}

impl Features<f32> {
    /// Examples of the given shape, stored as one byte per element in row-major order. A byte `b` has the value
    /// `b * scale`.
    ///
    /// The bytes are decoded when a batch is gathered. Use [`cast`](Features::cast) for `f64`.
    ///
    /// # Errors
    /// If the number of bytes is not a multiple of the example size, there are no bytes, or `scale` is 0 or not finite
    /// (as an `f32`).
    pub fn bytes(example: impl Into<Shape>, data: Vec<u8>, scale: f64) -> Result<Self, DataError> {
        let example = example.into();
        // Neither the scale nor the largest value may leave the range of f32.
        let in_range = scale as f32 != 0.0 && (255.0 * scale as f32).is_finite();
        if !in_range {
            return Err(DataError::Scale(scale));
        }
        let size = example.iter().try_fold(1usize, |n, &d| n.checked_mul(d)).unwrap_or(0);
        if size == 0 || !data.len().is_multiple_of(size) {
            return Err(DataError::Bytes { bytes: data.len(), shape: example });
        }
        if data.is_empty() {
            return Err(DataError::Empty);
        }
        let rows = Rows::all(data.len() / size);
        Ok(Features { store: Store::Bytes { data: Arc::new(data), scale }, example, rows })
    }
}

impl<T: Real> Features<T> {
    /// The examples along axis 0 of a tensor.
    ///
    /// # Errors
    /// If the tensor is 0-d, there are no examples, an example has no elements, or an element is NaN or infinite.
    pub fn new(x: Tensor<T>) -> Result<Self, DataError> {
        let x = table("features", x)?;
        Ok(Features { example: Shape::from(&x.shape()[1..]), rows: Rows::all(x.shape()[0]), store: Store::Floats(x) })
    }

    /// The number of examples.
    #[inline]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no examples. Always false, because features without examples are an error.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The shape of one example.
    #[inline]
    pub fn example_shape(&self) -> &Shape {
        &self.example
    }

    /// All examples as one tensor, of shape (examples, ...).
    pub fn x(&self) -> Tensor<T> {
        self.batch(&Positions::Run(0..self.len()))
    }

    /// The same values with another element type. Bytes are still stored as bytes.
    pub fn cast<U: Real>(&self) -> Features<U> {
        let store = match &self.store {
            Store::Floats(x) => Store::Floats(x.cast()),
            Store::Bytes { data, scale } => Store::Bytes { data: data.clone(), scale: *scale },
        };
        Features { store, example: self.example.clone(), rows: self.rows.clone() }
    }

    /// The same values with each example reshaped to `example`.
    ///
    /// # Errors
    /// If the number of elements differs.
    pub fn reshape(mut self, example: impl Into<Shape>) -> Result<Self, DataError> {
        let to = example.into();
        let size = to.iter().try_fold(1usize, |n, &d| n.checked_mul(d));
        if size != Some(self.example.size()) {
            return Err(DataError::Reshape { from: self.example, to });
        }
        self.example = to;
        Ok(self)
    }

    /// The same values with each example flattened to one axis.
    pub fn flatten(mut self) -> Self {
        self.example = Shape::from(self.example.size());
        self
    }

    /// The examples at `positions`; the storage is shared.
    pub(crate) fn part(&self, positions: &Positions<'_>) -> Self {
        let rows = match positions {
            Positions::Run(run) => self.rows.slice(run.clone()),
            Positions::List(list) => self.rows.select(list),
        };
        Features { rows, ..self.clone() }
    }

    /// The examples at `positions` as one tensor: a view if they are floats that are contiguous in storage.
    pub(crate) fn batch(&self, positions: &Positions<'_>) -> Tensor<T> {
        match positions {
            Positions::List(list) => self.collect(list.iter().map(|&p| self.rows.at(p))),
            Positions::Run(run) => match (&self.store, self.rows.run(run)) {
                (Store::Floats(x), Some(run)) => {
                    x.slice([Slice::from(run.start as isize..run.end as isize)]).reshape(self.batch_shape(run.len()))
                }
                _ => self.collect(run.clone().map(|p| self.rows.at(p))),
            },
        }
    }

    /// The shape of `n` examples.
    fn batch_shape(&self, n: usize) -> Shape {
        std::iter::once(n).chain(self.example.iter().copied()).collect()
    }

    /// Rows of the storage as one tensor, in a pooled buffer.
    fn collect(&self, rows: impl ExactSizeIterator<Item = usize>) -> Tensor<T> {
        let width = self.example.size();
        Tensor::build(self.batch_shape(rows.len()), |out| match &self.store {
            Store::Floats(x) => {
                let data = x.as_slice().unwrap_or(&[]);
                for (out, row) in out.chunks_exact_mut(width).zip(rows) {
                    out.copy_from_slice(&data[row * width..(row + 1) * width]);
                }
            }
            Store::Bytes { data, scale } => dispatch(Scaled { data, width, rows, scale: T::from_f64(*scale), out }),
        })
    }
}

/// Types that convert to [`Features`]: a [`Tensor`], or [`Features`] themselves.
pub trait IntoFeatures {
    /// The element type.
    type Elem: Real;
    /// Validates and converts the features.
    ///
    /// # Errors
    /// The errors of [`Features::new`].
    fn into_features(self) -> Result<Features<Self::Elem>, DataError>;
}

impl<T: Real> IntoFeatures for Features<T> {
    type Elem = T;
    fn into_features(self) -> Result<Features<T>, DataError> {
        Ok(self)
    }
}

impl<T: Real> IntoFeatures for Tensor<T> {
    type Elem = T;
    fn into_features(self) -> Result<Features<T>, DataError> {
        Features::new(self)
    }
}

impl<T: Real> fmt::Debug for Features<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let storage = match self.store {
            Store::Floats(_) => "floats",
            Store::Bytes { .. } => "bytes",
        };
        write!(f, "Features({} examples of shape {}, stored as {storage})", self.len(), self.example)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::tensor;

    #[test]
    fn bytes_and_floats_agree() {
        let data: Vec<u8> = (0..5 * 37).map(|i| (i * 83 % 256) as u8).collect();
        let bytes = Features::bytes(37, data.clone(), 1.0 / 255.0).unwrap();
        let floats = Tensor::from_vec([5, 37], data.iter().map(|&b| f32::from(b) * (1.0 / 255.0)).collect::<Vec<_>>());
        let floats = Features::new(floats).unwrap();
        for positions in [&[4, 0, 0, 3][..], &[2], &[0, 1, 2, 3, 4]] {
            assert_eq!(bytes.batch(&Positions::List(positions)), floats.batch(&Positions::List(positions)));
        }
        assert_eq!(bytes.x(), floats.x());
        let part = |all: &Features| all.part(&Positions::List(&[3, 1, 4])).part(&Positions::Run(1..3));
        let (bytes, floats) = (part(&bytes), part(&floats));
        assert_eq!(bytes.x(), floats.x());
        assert_eq!(bytes.batch(&Positions::List(&[1])), floats.batch(&Positions::Run(1..2)));
    }

    #[test]
    fn a_run_of_floats_is_a_view() {
        let x: Tensor<f64> = Tensor::arange(12).reshape([4, 3]);
        let features = Features::new(x.clone()).unwrap();
        assert!(features.x().same(&x));
        assert_eq!(
            features.part(&Positions::Run(1..4)).batch(&Positions::Run(1..3)),
            tensor![[6.0, 7.0, 8.0], [9.0, 10.0, 11.0]]
        );
    }

    #[test]
    fn views_become_contiguous_and_vectors_become_columns() {
        let x: Tensor<f64> = tensor![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
        assert_eq!(
            Features::new(x.transpose()).unwrap().batch(&Positions::List(&[2, 0])),
            tensor![[3.0, 6.0], [1.0, 4.0]]
        );
        assert_eq!(Features::new(tensor![7.0, 8.0]).unwrap().x(), tensor![[7.0], [8.0]]);
    }

    #[test]
    fn other_shapes_and_types() {
        let pixels = Features::bytes([2, 2], vec![0, 1, 2, 3, 4, 5, 6, 255], 1.0 / 255.0).unwrap();
        let exact = pixels.cast::<f64>();
        assert_eq!(exact.x().at([1, 1, 1]), 255.0 * (1.0 / 255.0));
        let flat = pixels.clone().reshape(4).unwrap();
        assert_eq!(flat.batch(&Positions::List(&[1])), pixels.batch(&Positions::List(&[1])).reshape([1, 4]));
        assert_eq!(Features::new(tensor![[1.0, 2.0]]).unwrap().reshape([2, 1]).unwrap().x(), tensor![[[1.0], [2.0]]]);
        assert!(matches!(pixels.clone().reshape(3), Err(DataError::Reshape { .. })));
        assert!(matches!(pixels.reshape([usize::MAX, 4]), Err(DataError::Reshape { .. })));
    }

    #[test]
    fn invalid_features_are_errors() {
        let none: Tensor<f32> = Tensor::zeros([0, 3]);
        assert!(matches!(Features::new(none), Err(DataError::Empty)));
        assert!(matches!(Features::new(Tensor::<f32>::zeros([3, 0])), Err(DataError::Axes { .. })));
        assert!(matches!(Features::new(Tensor::scalar(1.0)), Err(DataError::Axes { .. })));
        let e = Features::new(tensor![[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [f64::INFINITY, 7.0]]]).unwrap_err();
        assert!(matches!(e, DataError::NotFinite { example: 1, column: 2, .. }), "{e}");
        assert!(matches!(Features::bytes(3, vec![1; 4], 1.0), Err(DataError::Bytes { bytes: 4, .. })));
        assert!(matches!(Features::bytes([3, 0], vec![1; 4], 1.0), Err(DataError::Bytes { .. })));
        assert!(matches!(Features::bytes([usize::MAX, 2], vec![1; 4], 1.0), Err(DataError::Bytes { .. })));
        assert!(matches!(Features::bytes(4, vec![], 1.0), Err(DataError::Empty)));
        for scale in [0.0, f64::NAN, f64::INFINITY, 1e-60, 1e37] {
            assert!(matches!(Features::bytes(4, vec![1; 4], scale), Err(DataError::Scale(_))));
        }
    }
}
