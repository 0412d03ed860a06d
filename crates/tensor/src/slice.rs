//! Slices of an axis: a range with a step, or a single position.

use crate::shape::Shape;
use std::ops::{Bound, Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

/// A selection of positions along one axis: a range with a step, or a single position, which removes the axis.
///
/// Ranges and integers of type `isize` convert into a slice; [`s!`](crate::s) is a shorthand for several axes. As in
/// Python, a negative bound counts from the end, out-of-bounds bounds are clamped, and a negative step runs backwards,
/// by default from the last element. A single position must be in bounds.
///
/// ```
/// use tensor::{Slice, s, tensor};
/// let a = tensor![0.0, 1.0, 2.0, 3.0, 4.0];
/// assert_eq!(a.slice([Slice::from(1..-1)]), tensor![1.0, 2.0, 3.0]);
/// assert_eq!(a.slice([Slice::from(..).step(-2)]), tensor![4.0, 2.0, 0.0]);
/// assert_eq!(a.slice(s![3..=1; -1]), tensor![3.0, 2.0, 1.0]);
/// assert_eq!(a.slice(s![-1]).item(), 4.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Slice(Part);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Part {
    At(isize),
    Span { start: Option<isize>, stop: Bound<isize>, step: isize },
}

/// A slice resolved for an axis of known size.
pub(crate) enum Resolved {
    /// A single position.
    Position(isize),
    /// `count` positions: `first`, `first + step`, and so on.
    Range { first: isize, count: usize, step: isize },
}

/// Creates an array of [`Slice`]s, one per axis: single positions, or ranges with an optional step after a semicolon.
///
/// ```
/// use tensor::{Tensor, s, tensor};
/// let a = Tensor::<f64>::arange(12).reshape([3, 4]);
/// assert_eq!(a.slice(s![1]), tensor![4.0, 5.0, 6.0, 7.0]);
/// assert_eq!(a.slice(s![.., -1]), tensor![3.0, 7.0, 11.0]);
/// assert_eq!(a.slice(s![1.., ..; 2]), tensor![[4.0, 6.0], [8.0, 10.0]]);
/// assert_eq!(a.slice(s![0, 2..; -1]), tensor![2.0, 1.0, 0.0]);
/// ```
#[macro_export]
macro_rules! s {
    () => { [$crate::Slice::from(..); 0] };
    ($($part:expr $(; $step:expr)?),+ $(,)?) => {{
        // Here `1..-1` is not an empty range.
        #[allow(clippy::reversed_empty_ranges)]
        let slices = [$($crate::Slice::from($part)$(.step($step))?),+];
        slices
    }};
}

impl Slice {
    /// Returns the same range with the given step. A negative step runs backwards.
    ///
    /// # Panics
    /// If the step is 0, or this is a single position.
    #[track_caller]
    pub fn step(self, step: isize) -> Slice {
        if step == 0 {
            panic!("slice: a step of 0 is invalid; use 1 to take every element or -1 to reverse their order");
        }
        match self.0 {
            Part::At(i) => {
                panic!("slice: the single position {i} cannot have a step; write a range such as {i}..; {step}")
            }
            Part::Span { start, stop, .. } => Slice(Part::Span { start, stop, step }),
        }
    }

    /// Resolves this slice for an axis of a shape. Panics if a single position is out of bounds. `op` names the caller
    /// in the message.
    #[track_caller]
    pub(crate) fn resolve(self, op: &str, shape: &Shape, axis: usize) -> Resolved {
        let n = shape[axis];
        match self.0 {
            Part::Span { start, stop, step } => span(start, stop, step, n),
            Part::At(i) => {
                let from_front = if i < 0 { i + n as isize } else { i };
                if from_front < 0 || from_front >= n as isize {
                    let valid = match n {
                        0 => "an axis of size 0 has no positions".to_string(),
                        n => format!("positions run from {} to {}", -(n as isize), n - 1),
                    };
                    panic!("{op}: position {i} lies outside axis {axis} of shape {shape}; {valid}");
                }
                Resolved::Position(from_front)
            }
        }
    }

    fn span(start: Option<isize>, stop: Bound<isize>) -> Slice {
        Slice(Part::Span { start, stop, step: 1 })
    }
}

impl From<isize> for Slice {
    /// Selects a single position, which removes the axis.
    fn from(at: isize) -> Self {
        Slice(Part::At(at))
    }
}
impl From<Range<isize>> for Slice {
    fn from(r: Range<isize>) -> Self {
        Slice::span(Some(r.start), Bound::Excluded(r.end))
    }
}
impl From<RangeInclusive<isize>> for Slice {
    fn from(r: RangeInclusive<isize>) -> Self {
        Slice::span(Some(*r.start()), Bound::Included(*r.end()))
    }
}
impl From<RangeFrom<isize>> for Slice {
    fn from(r: RangeFrom<isize>) -> Self {
        Slice::span(Some(r.start), Bound::Unbounded)
    }
}
impl From<RangeTo<isize>> for Slice {
    fn from(r: RangeTo<isize>) -> Self {
        Slice::span(None, Bound::Excluded(r.end))
    }
}
impl From<RangeToInclusive<isize>> for Slice {
    fn from(r: RangeToInclusive<isize>) -> Self {
        Slice::span(None, Bound::Included(r.end))
    }
}
impl From<RangeFull> for Slice {
    fn from(_: RangeFull) -> Self {
        Slice::span(None, Bound::Unbounded)
    }
}

/// Resolves a range over an axis of size `n`.
fn span(start: Option<isize>, stop: Bound<isize>, step: isize, n: usize) -> Resolved {
    let n = n as isize;
    // Bounds are clamped to 0..=n for a positive step. For a negative step they are clamped to -1..=n-1, where -1 is
    // the position before the first element.
    let (low, high) = if step > 0 { (0, n) } else { (-1, n - 1) };
    let from_front = |i: isize| if i < 0 { i + n } else { i };
    let start = start.map_or(if step > 0 { low } else { high }, |i| from_front(i).clamp(low, high));
    let stop = match stop {
        Bound::Unbounded => {
            if step > 0 {
                high
            } else {
                low
            }
        }
        Bound::Excluded(i) => from_front(i).clamp(low, high),
        Bound::Included(i) => from_front(i).saturating_add(step.signum()).clamp(low, high),
    };
    let distance = if step > 0 { stop - start } else { start - stop };
    let count = if distance > 0 { (distance as usize).div_ceil(step.unsigned_abs()) } else { 0 };
    Resolved::Range { first: start, count, step }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::Tensor;
    use proptest::prelude::*;

    /// Returns the positions that Python's `start:stop:step` selects, by stepping from the start to the stop.
    pub(crate) fn naive(start: Option<isize>, stop: Option<isize>, step: isize, n: isize) -> Vec<usize> {
        let wrap = |i: isize| if i < 0 { (i + n).max(-1) } else { i.min(n) };
        let mut at = match start {
            Some(i) if step > 0 => wrap(i).max(0),
            Some(i) => wrap(i).min(n - 1),
            None => {
                if step > 0 {
                    0
                } else {
                    n - 1
                }
            }
        };
        let mut out = vec![];
        loop {
            let done = match stop {
                Some(i) => {
                    if step > 0 {
                        at >= wrap(i)
                    } else {
                        at <= wrap(i)
                    }
                }
                None => false,
            };
            if done || !(0..n).contains(&at) {
                return out;
            }
            out.push(at as usize);
            at += step;
        }
    }

    /// Generates slices with their start, stop and step.
    pub(crate) fn any_slice() -> impl Strategy<Value = (Option<isize>, Option<isize>, isize, Slice)> {
        let bound = || prop::option::of(-7isize..8);
        (bound(), bound(), prop_oneof![-3isize..0, 1isize..4]).prop_map(|(start, stop, step)| {
            let slice = match (start, stop) {
                (Some(a), Some(b)) => Slice::from(a..b),
                (Some(a), None) => Slice::from(a..),
                (None, Some(b)) => Slice::from(..b),
                (None, None) => Slice::from(..),
            };
            (start, stop, step, slice.step(step))
        })
    }

    #[test]
    fn ranges_follow_python() {
        let a = Tensor::<f64>::arange(5);
        let took = |s: [Slice; 1]| a.slice(s).to_vec();
        assert_eq!(took(s![1..3]), [1.0, 2.0]);
        assert_eq!(took(s![-2..]), [3.0, 4.0]);
        assert_eq!(took(s![..-3]), [0.0, 1.0]);
        assert_eq!(took(s![-100..100]), [0.0, 1.0, 2.0, 3.0, 4.0]);
        assert_eq!(took(s![7..9]), [0.0; 0]);
        assert_eq!(took(s![3..1]), [0.0; 0]);
        assert_eq!(took(s![..; 3]), [0.0, 3.0]);
        assert_eq!(took(s![..; -1]), [4.0, 3.0, 2.0, 1.0, 0.0]);
        assert_eq!(took(s![5..1; -1]), [4.0, 3.0, 2.0]);
        assert_eq!(took(s![3..; -2]), [3.0, 1.0]);
        assert_eq!(took(s![..2; -1]), [4.0, 3.0]);
        assert_eq!(took(s![2..=-1]), [2.0, 3.0, 4.0]);
        assert_eq!(took(s![..=0]), [0.0]);
        assert_eq!(took(s![3..=0; -1]), [3.0, 2.0, 1.0, 0.0]);
        assert_eq!(took(s![..=-2; -1]), [4.0, 3.0]);
        assert_eq!(took(s![isize::MIN..=isize::MAX; isize::MAX]), [0.0]);
        assert_eq!(took(s![isize::MAX..isize::MIN; isize::MIN]), [4.0]);
    }

    #[test]
    #[should_panic(expected = "a step of 0 is invalid")]
    fn step_of_zero_panics() {
        Slice::from(..).step(0);
    }

    #[test]
    #[should_panic(expected = "the single position 2 cannot have a step")]
    fn step_of_a_position_panics() {
        Slice::from(2).step(2);
    }
}
