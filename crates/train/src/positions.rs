//! Positions of examples in a data set.

use std::ops::Range;

/// The positions of some examples of a data set, counted from 0.
#[derive(Clone, Debug)]
pub(crate) enum Positions<'p> {
    /// Consecutive positions.
    Run(Range<usize>),
    /// Any positions, in any order.
    List(&'p [usize]),
}

impl Positions<'_> {
    pub(crate) fn len(&self) -> usize {
        match self {
            Positions::Run(run) => run.len(),
            Positions::List(list) => list.len(),
        }
    }
}
