//! Class labels: which of c classes each example belongs to.

use crate::error::DataError;
use crate::positions::Positions;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use tensor::{Buffer, Indices};

/// One class id per example, from 0 to c - 1.
///
/// ```
/// use train::Classes;
/// let y = Classes::new([0, 2, 2], 3)?;
/// assert_eq!((y.labels(), y.classes(), y.class_counts()), (&[0, 2, 2][..], 3, vec![1, 0, 2]));
/// # Ok::<(), train::DataError>(())
/// ```
#[derive(Clone)]
pub struct Classes {
    labels: Arc<[usize]>,
    /// The part of `labels` that belongs to this set.
    range: Range<usize>,
    classes: usize,
}

impl Classes {
    /// The label of each example. `classes` is the number of classes, whether or not all of them occur.
    ///
    /// # Errors
    /// If a label is not below `classes`, or there are no labels.
    pub fn new(labels: impl AsRef<[usize]>, classes: usize) -> Result<Self, DataError> {
        let labels = labels.as_ref();
        if let Some(example) = labels.iter().position(|&label| label >= classes) {
            return Err(DataError::Label { example, label: labels[example], classes });
        }
        if labels.is_empty() {
            return Err(DataError::Empty);
        }
        Ok(Classes { labels: labels.into(), range: 0..labels.len(), classes })
    }

    /// The class of each example.
    #[inline]
    pub fn labels(&self) -> &[usize] {
        &self.labels[self.range.clone()]
    }

    /// The number of classes.
    #[inline]
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The number of examples of each class.
    pub fn class_counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.classes];
        for &label in self.labels() {
            counts[label] += 1;
        }
        counts
    }
}

impl Classes {
    /// The class ids of the examples at `positions`.
    pub(crate) fn batch(&self, positions: &Positions<'_>) -> Indices {
        let labels = self.labels();
        match positions {
            Positions::Run(run) => Indices::from(&labels[run.clone()]),
            Positions::List(list) => {
                let mut batch = Buffer::scratch(list.len());
                if let Some(batch) = batch.unique() {
                    for (out, &p) in batch.iter_mut().zip(*list) {
                        *out = labels[p];
                    }
                }
                Indices::new(list.len(), &batch[..list.len()])
            }
        }
    }

    /// The labels of the examples at `positions`.
    pub(crate) fn part(&self, positions: &Positions<'_>) -> Self {
        match positions {
            Positions::Run(run) => {
                let start = self.range.start;
                Classes { range: start + run.start..start + run.end, ..self.clone() }
            }
            Positions::List(list) => {
                let labels = list.iter().map(|&p| self.labels()[p]).collect();
                Classes { labels, range: 0..list.len(), classes: self.classes }
            }
        }
    }
}

impl fmt::Debug for Classes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} classes", self.classes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_keep_the_number_of_classes() {
        let y = Classes::new(vec![3, 1, 0, 2, 1], 4).unwrap().part(&Positions::Run(1..4));
        assert_eq!(y.labels(), [1, 0, 2]);
        assert_eq!(y.batch(&Positions::List(&[2, 0])), Indices::from([2, 1]));
        assert_eq!(y.batch(&Positions::Run(1..3)), Indices::from([0, 2]));
        let y = y.part(&Positions::List(&[1, 1]));
        assert_eq!((y.labels(), y.classes()), (&[0, 0][..], 4));
        assert_eq!(y.class_counts(), [2, 0, 0, 0]);
    }

    #[test]
    fn labels_out_of_range_are_errors() {
        let e = Classes::new([0, 1, 5, 9], 5).unwrap_err();
        assert!(matches!(e, DataError::Label { example: 2, label: 5, classes: 5 }));
        assert!(matches!(Classes::new([0], 0), Err(DataError::Label { classes: 0, .. })));
        assert!(matches!(Classes::new([], 5), Err(DataError::Empty)));
    }
}
