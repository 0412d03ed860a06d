//! What is predicted of each example, whatever its form.

use std::fmt;
use std::ops::Range;

/// What a model is to predict: one entry for each example of a [`Dataset`](crate::Dataset).
///
/// There are two forms, [`Classes`](crate::Classes) and [`Targets`](crate::Targets); implement this for a third (say,
/// both at once), and splitting and batching work for it. Positions handed to these functions lie below
/// [`count`](Labels::count).
pub trait Labels: Clone + fmt::Debug {
    /// A few of them together, as a loss wants them.
    type Batch;

    /// How many examples have an entry.
    fn count(&self) -> usize;
    /// The entries at these positions, as a batch.
    fn gather(&self, positions: &[usize]) -> Self::Batch;
    /// The entries at a run of positions, as a batch.
    fn range(&self, positions: Range<usize>) -> Self::Batch;
    /// The entries at a run of positions.
    fn slice(&self, positions: Range<usize>) -> Self;
    /// The entries at these positions, in their order.
    fn select(&self, positions: &[usize]) -> Self;
}
