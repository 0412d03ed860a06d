//! Two things to predict of each example, for a model of two outputs.

use crate::error::DataError;
use crate::labels::Labels;
use std::fmt;
use std::ops::Range;

/// Labels for two outputs of a model; a pair inside a pair is for three.
///
/// ```
/// use tensor::tensor;
/// use train::{Classes, Dataset, Pair, Targets};
/// // Which of two kinds, and how heavy?
/// let labels = Pair::new(Classes::new([0, 1], 2)?, Targets::new(tensor![3.5, 7.25])?)?;
/// let set = Dataset::new(tensor![[1.0], [2.0]], labels)?;
/// let (kind, weight) = set.y();
/// assert_eq!((kind.as_slice(), weight), (&[0, 1][..], tensor![[3.5], [7.25]]));
/// # Ok::<(), train::DataError>(())
/// ```
#[derive(Clone)]
pub struct Pair<A, B>(A, B);

impl<A: Labels, B: Labels> Pair<A, B> {
    /// Both together.
    ///
    /// # Errors
    /// If one has more entries than the other.
    pub fn new(first: A, second: B) -> Result<Self, DataError> {
        match (first.count(), second.count()) {
            (a, b) if a == b => Ok(Pair(first, second)),
            (features, labels) => Err(DataError::Counts { features, labels }),
        }
    }

    /// The labels for the first output.
    pub fn first(&self) -> &A {
        &self.0
    }

    /// The labels for the second output.
    pub fn second(&self) -> &B {
        &self.1
    }
}

impl<A: Labels, B: Labels> Labels for Pair<A, B> {
    type Batch = (A::Batch, B::Batch);

    fn count(&self) -> usize {
        self.0.count()
    }
    fn gather(&self, positions: &[usize]) -> Self::Batch {
        (self.0.gather(positions), self.1.gather(positions))
    }
    fn range(&self, positions: Range<usize>) -> Self::Batch {
        (self.0.range(positions.clone()), self.1.range(positions))
    }
    fn slice(&self, positions: Range<usize>) -> Self {
        Pair(self.0.slice(positions.clone()), self.1.slice(positions))
    }
    fn select(&self, positions: &[usize]) -> Self {
        Pair(self.0.select(positions), self.1.select(positions))
    }
}

impl<A: fmt::Debug, B: fmt::Debug> fmt::Debug for Pair<A, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} and {:?}", self.0, self.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classes::Classes;

    #[test]
    fn parts_keep_both_together() {
        let pair = Pair::new(Classes::new([0, 1, 2], 3).unwrap(), Classes::new([1, 0, 1], 2).unwrap()).unwrap();
        let part = pair.slice(1..3).select(&[1, 0]);
        let (a, b) = part.gather(&[0, 1]);
        assert_eq!((a.as_slice(), b.as_slice(), part.count()), (&[2, 1][..], &[1, 0][..], 2));
        assert_eq!((pair.first().classes(), pair.second().classes()), (3, 2));
        assert!(matches!(
            Pair::new(Classes::new([0], 1).unwrap(), Classes::new([0, 0], 1).unwrap()),
            Err(DataError::Counts { features: 1, labels: 2 })
        ));
    }
}
