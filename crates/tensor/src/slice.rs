//! The part of an axis that a slice takes: a range with a step, or one position.

use crate::shape::Shape;
use std::ops::{Bound, Range, RangeFrom, RangeFull, RangeInclusive, RangeTo, RangeToInclusive};

/// The part of one axis: a range with a step, or one position, which drops the axis.
///
/// Made from ranges and numbers of type `isize`, most shortly by [`s!`](crate::s), with Python's meaning: a negative
/// bound counts from the end, bounds beyond the ends are clamped, and a negative step runs backwards, from the last
/// element unless a start is given. A single position must exist.
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

/// What a slice takes of an axis of known size.
pub(crate) enum Taken {
    /// One position.
    One(isize),
    /// A number of positions, from the first, with a step.
    Several { first: isize, count: usize, step: isize },
}

/// An array of [`Slice`]s, one for each axis: ranges (with a step after a semicolon) and positions.
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
        // `1..-1` is no empty range here.
        #[allow(clippy::reversed_empty_ranges)]
        let slices = [$($crate::Slice::from($part)$(.step($step))?),+];
        slices
    }};
}

impl Slice {
    /// The same range in steps of `step`; a negative one runs backwards.
    ///
    /// # Panics
    /// If the step is 0, or this is a single position.
    #[track_caller]
    pub fn step(self, step: isize) -> Slice {
        if step == 0 {
            panic!("slice: a step of 0 never arrives; use 1 to take every element or -1 to take them backwards");
        }
        match self.0 {
            Part::At(i) => panic!("slice: the single position {i} takes no step; write a range, as {i}..; {step}"),
            Part::Span { start, stop, .. } => Slice(Part::Span { start, stop, step }),
        }
    }

    /// What this takes of an axis of a shape; `op` names the caller.
    #[track_caller]
    pub(crate) fn resolve(self, op: &str, shape: &Shape, axis: usize) -> Taken {
        let n = shape[axis];
        match self.0 {
            Part::Span { start, stop, step } => span(start, stop, step, n),
            Part::At(i) => {
                let from_front = if i < 0 { i + n as isize } else { i };
                if from_front < 0 || from_front >= n as isize {
                    let fits = match n {
                        0 => "an axis of size 0 has no positions".to_string(),
                        n => format!("positions run from {} to {}", -(n as isize), n - 1),
                    };
                    panic!("{op}: position {i} lies outside axis {axis} of shape {shape}; {fits}");
                }
                Taken::One(from_front)
            }
        }
    }

    fn span(start: Option<isize>, stop: Bound<isize>) -> Slice {
        Slice(Part::Span { start, stop, step: 1 })
    }
}

impl From<isize> for Slice {
    /// One position, which drops its axis.
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

/// A range over an axis of size `n`.
fn span(start: Option<isize>, stop: Bound<isize>, step: isize, n: usize) -> Taken {
    let n = n as isize;
    // Forwards the bounds live in 0..=n; backwards in -1..=n-1, where -1 is the place before the first element.
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
    Taken::Several { first: start, count, step }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::Tensor;
    use proptest::prelude::*;

    /// Python's rule, spelled out: walk from the start and keep what lies on the way to the stop.
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
            let arrived = match stop {
                Some(i) => {
                    if step > 0 {
                        at >= wrap(i)
                    } else {
                        at <= wrap(i)
                    }
                }
                None => false,
            };
            if arrived || !(0..n).contains(&at) {
                return out;
            }
            out.push(at as usize);
            at += step;
        }
    }

    /// A range with its start, stop and step.
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
    fn pythons_meaning() {
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
    #[should_panic(expected = "a step of 0 never arrives")]
    fn a_step_of_zero() {
        Slice::from(..).step(0);
    }

    #[test]
    #[should_panic(expected = "the single position 2 takes no step")]
    fn a_step_from_one_position() {
        Slice::from(2).step(2);
    }
}
