//! Some of the examples of a set.

use std::ops::Range;

/// The positions of some examples, below the number of examples.
#[derive(Clone, Debug)]
pub(crate) enum Positions<'p> {
    /// A run of positions.
    Run(Range<usize>),
    /// These positions, in their order.
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
