//! The rows of a shared storage that belong to a data set, and their order.

use std::ops::Range;
use std::sync::Arc;

/// A range of rows, or a range of a list of rows. Slices share the list.
#[derive(Clone, Debug)]
pub(crate) struct Rows {
    list: Option<Arc<[usize]>>,
    range: Range<usize>,
}

impl Rows {
    /// The rows 0 to n - 1, in order.
    pub(crate) fn all(n: usize) -> Self {
        Rows { list: None, range: 0..n }
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.range.len()
    }

    /// The storage row at a position.
    #[inline(always)]
    pub(crate) fn at(&self, position: usize) -> usize {
        let at = self.range.start + position;
        match &self.list {
            Some(list) => list[at],
            None => at,
        }
    }

    /// The storage rows at consecutive positions, if they are consecutive in the storage, too.
    pub(crate) fn run(&self, positions: &Range<usize>) -> Option<Range<usize>> {
        let start = self.range.start;
        self.list.is_none().then(|| start + positions.start..start + positions.end)
    }

    /// The rows at consecutive positions.
    pub(crate) fn slice(&self, positions: Range<usize>) -> Self {
        debug_assert!(positions.end <= self.len());
        let start = self.range.start;
        Rows { list: self.list.clone(), range: start + positions.start..start + positions.end }
    }

    /// The rows at `positions`, in that order.
    pub(crate) fn select(&self, positions: &[usize]) -> Self {
        let list = positions.iter().map(|&p| self.at(p)).collect();
        Rows { list: Some(list), range: 0..positions.len() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(rows: &Rows) -> Vec<usize> {
        (0..rows.len()).map(|p| rows.at(p)).collect()
    }

    #[test]
    fn nested_parts_refer_to_the_storage() {
        let rows = Rows::all(10).slice(2..9);
        assert_eq!(all(&rows), [2, 3, 4, 5, 6, 7, 8]);
        let rows = rows.slice(1..4);
        assert_eq!((all(&rows), rows.run(&(1..3))), (vec![3, 4, 5], Some(4..6)));
        let rows = rows.select(&[2, 0, 0, 1]);
        assert_eq!((all(&rows), rows.run(&(1..3))), (vec![5, 3, 3, 4], None));
        let rows = rows.slice(1..4);
        assert_eq!(all(&rows), [3, 3, 4]);
        assert_eq!(all(&rows.select(&[2, 2])), [4, 4]);
    }
}
