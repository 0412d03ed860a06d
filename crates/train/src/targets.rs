//! Regression targets: the numbers to predict of an example.

use crate::error::DataError;
use crate::positions::Positions;
use crate::table::table;
use std::fmt;
use tensor::{Indices, Real, Slice, Tensor};

/// One row of numbers per example.
///
/// A vector counts as a column, of shape (n, 1): the shape in which a layer with one output predicts, so that a loss
/// compares like with like.
///
/// ```
/// use tensor::tensor;
/// use train::Targets;
/// let y = Targets::new(tensor![1.5, 2.5])?;
/// assert_eq!(y.values(), &tensor![[1.5], [2.5]]);
/// # Ok::<(), train::DataError>(())
/// ```
#[derive(Clone)]
pub struct Targets<T: Real = f32>(Tensor<T>);

impl<T: Real> Targets<T> {
    /// The rows of a tensor.
    ///
    /// # Errors
    /// If there are none, the tensor is 0-d, a row has no elements, or one of them is NaN or infinite.
    pub fn new(y: Tensor<T>) -> Result<Self, DataError> {
        table("targets", y).map(Targets)
    }

    /// All rows.
    #[inline]
    pub fn values(&self) -> &Tensor<T> {
        &self.0
    }

    /// The same numbers with another element type.
    pub fn cast<U: Real>(&self) -> Targets<U> {
        Targets(self.0.cast())
    }
}

impl<T: Real> Targets<T> {
    /// The rows of some examples.
    pub(crate) fn batch(&self, positions: &Positions<'_>) -> Tensor<T> {
        match positions {
            Positions::Run(run) => self.0.slice([Slice::from(run.start as isize..run.end as isize)]),
            Positions::List(list) => self.0.index_select(0, Indices::from(*list)),
        }
    }

    /// Those of some examples.
    pub(crate) fn part(&self, positions: &Positions<'_>) -> Self {
        Targets(self.batch(positions))
    }
}

impl<T: Real> fmt::Debug for Targets<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "targets of shape {}", self.0.shape())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::tensor;

    #[test]
    fn parts_and_batches() {
        let y: Tensor<f64> = tensor![[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]];
        let y = Targets::new(y.clone()).unwrap().part(&Positions::Run(1..3));
        assert_eq!(y.batch(&Positions::List(&[1, 1])), tensor![[4.0, 5.0], [4.0, 5.0]]);
        assert_eq!(y.batch(&Positions::Run(0..1)), tensor![[2.0, 3.0]]);
        assert_eq!(y.part(&Positions::List(&[1, 0])).values(), &tensor![[4.0, 5.0], [2.0, 3.0]]);
        assert_eq!(y.cast::<f32>().values(), &tensor![[2.0, 3.0], [4.0, 5.0]]);
    }

    #[test]
    fn a_number_that_is_none_is_named() {
        let e = Targets::new(tensor![[0.0, 1.0], [2.0, f64::NAN]]).unwrap_err();
        assert!(matches!(e, DataError::NotFinite { what: "targets", example: 1, column: 1, .. }), "{e}");
        assert!(matches!(Targets::new(Tensor::<f32>::zeros(0)), Err(DataError::Empty)));
    }
}
