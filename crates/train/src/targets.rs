//! Regression targets: the values to predict for each example.

use crate::error::DataError;
use crate::positions::Positions;
use crate::table::table;
use std::fmt;
use tensor::{Indices, Real, Slice, Tensor};

/// One row of values per example.
///
/// A vector is treated as a column of shape (n, 1), the output shape of a layer with one unit.
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
    /// If the tensor is 0-d, there are no rows, a row has no elements, or an element is NaN or infinite.
    pub fn new(y: Tensor<T>) -> Result<Self, DataError> {
        table("targets", y).map(Targets)
    }

    /// All rows.
    #[inline]
    pub fn values(&self) -> &Tensor<T> {
        &self.0
    }

    /// The same values with another element type.
    pub fn cast<U: Real>(&self) -> Targets<U> {
        Targets(self.0.cast())
    }
}

impl<T: Real> Targets<T> {
    /// The rows of the examples at `positions`.
    pub(crate) fn batch(&self, positions: &Positions<'_>) -> Tensor<T> {
        match positions {
            Positions::Run(run) => self.0.slice([Slice::from(run.start as isize..run.end as isize)]),
            Positions::List(list) => self.0.index_select(0, Indices::from(*list)),
        }
    }

    /// The targets of the examples at `positions`.
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
    fn non_finite_and_missing_targets_are_errors() {
        let e = Targets::new(tensor![[0.0, 1.0], [2.0, f64::NAN]]).unwrap_err();
        assert!(matches!(e, DataError::NotFinite { what: "targets", example: 1, column: 1, .. }), "{e}");
        assert!(matches!(Targets::new(Tensor::<f32>::zeros(0)), Err(DataError::Empty)));
    }
}
