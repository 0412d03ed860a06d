//! Which axes a reduction runs over, and whether they stay with size 1.

use smallvec::SmallVec;

/// Axes of a tensor, counted from the front (`0`, `1`, ...) or, when negative, from the back (`-1` is the last).
///
/// Made from one axis, from an array or slice of them, or by [`Axes::all`]; [`keep`] keeps the reduced axes
/// with size 1, so that the result broadcasts against the operand.
///
/// ```
/// use tensor::{keep, tensor};
/// let x = tensor![[1.0, 2.0], [3.0, 4.0]];
/// assert_eq!(x.sum_over(0), tensor![4.0, 6.0]);
/// assert_eq!(x.sum_over(keep(-1)), tensor![[3.0], [7.0]]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Axes {
    /// `None` stands for every axis.
    axes: Option<SmallVec<[isize; 4]>>,
    keep: bool,
}

/// The same axes, kept with size 1.
pub fn keep(axes: impl Into<Axes>) -> Axes {
    Axes { keep: true, ..axes.into() }
}

impl Axes {
    /// Every axis of the tensor.
    pub fn all() -> Axes {
        Axes { axes: None, keep: false }
    }

    /// Whether reduced axes stay with size 1.
    pub fn keeps(&self) -> bool {
        self.keep
    }

    /// Whether these are [`Axes::all`], kept or not.
    pub(crate) fn is_all(&self) -> bool {
        self.axes.is_none()
    }

    /// The axes as sorted positions within a rank. A 0-d tensor counts as a vector of one element: its axis is 0 or
    /// -1, and since nothing is left to do along it, there are no positions.
    ///
    /// # Panics
    /// If an axis lies outside `-rank..rank` or is named twice; `op` names the caller in the message.
    #[track_caller]
    pub fn resolve(&self, rank: usize, op: &str) -> SmallVec<[usize; 4]> {
        let Some(axes) = &self.axes else { return (0..rank).collect() };
        let mut out: SmallVec<[usize; 4]> = SmallVec::new();
        for &axis in axes {
            out.push(Axes::resolve_one(axis, rank, op)); // in no closure, so that a panic is at the caller's line
        }
        out.sort_unstable();
        if let Some(w) = out.windows(2).find(|w| w[0] == w[1]) {
            panic!("{op}: axis {} is named twice; name each axis once", w[0]);
        }
        out.truncate(rank);
        out
    }

    /// One axis as a position within a rank. A 0-d tensor counts as a vector of one element: its axis is 0 or -1, and
    /// the position 0.
    ///
    /// # Panics
    /// If the axis lies outside `-rank..rank`; `op` names the caller in the message.
    #[track_caller]
    pub fn resolve_one(axis: isize, rank: usize, op: &str) -> usize {
        match (rank, axis) {
            (0, 0 | -1) => 0,
            _ => resolve_axis(axis, rank, op),
        }
    }
}

/// One axis as a position within a rank, for operations that a 0-d tensor has no axis for.
#[track_caller]
pub(crate) fn resolve_axis(axis: isize, rank: usize, op: &str) -> usize {
    let at = if axis < 0 { axis + rank as isize } else { axis };
    if at < 0 || at >= rank as isize {
        panic!(
            "{op}: axis {axis} does not exist in a tensor of rank {rank}; {}",
            match rank {
                0 => "a 0-d tensor has no axes".to_string(),
                _ => format!("axes run from {} to {}", -(rank as isize), rank - 1),
            }
        );
    }
    at as usize
}

impl From<isize> for Axes {
    fn from(axis: isize) -> Self {
        Axes { axes: Some(SmallVec::from_slice(&[axis])), keep: false }
    }
}
impl<const N: usize> From<[isize; N]> for Axes {
    fn from(axes: [isize; N]) -> Self {
        Axes { axes: Some(SmallVec::from_slice(&axes)), keep: false }
    }
}
impl From<&[isize]> for Axes {
    fn from(axes: &[isize]) -> Self {
        Axes { axes: Some(SmallVec::from_slice(axes)), keep: false }
    }
}
impl From<&[usize]> for Axes {
    fn from(axes: &[usize]) -> Self {
        Axes { axes: Some(axes.iter().map(|&a| a as isize).collect()), keep: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn negative_axes_count_from_the_back() {
        assert_eq!(Axes::from([-1, 0]).resolve(3, "sum").as_slice(), [0, 2]);
        assert_eq!(Axes::all().resolve(2, "sum").as_slice(), [0, 1]);
    }

    #[test]
    fn a_0d_tensor_counts_as_a_vector_of_one_element() {
        assert!(Axes::from(0).resolve(0, "sum").is_empty() && Axes::from([-1]).resolve(0, "sum").is_empty());
        assert_eq!((Axes::resolve_one(0, 0, "cumsum"), Axes::resolve_one(-1, 0, "cumsum")), (0, 0));
    }

    #[test]
    #[should_panic(expected = "cumsum: axis 1 does not exist in a tensor of rank 0")]
    fn a_0d_tensor_has_no_second_axis() {
        Axes::resolve_one(1, 0, "cumsum");
    }

    #[test]
    #[should_panic(expected = "sum: axis 0 is named twice")]
    fn the_axis_of_a_0d_tensor_is_named_once() {
        Axes::from([0, -1]).resolve(0, "sum");
    }

    #[test]
    #[should_panic(expected = "sum: axis 2 does not exist in a tensor of rank 2; axes run from -2 to 1")]
    fn an_axis_too_far_is_refused() {
        Axes::from(2).resolve(2, "sum");
    }

    #[test]
    #[should_panic(expected = "axis 1 is named twice")]
    fn an_axis_named_twice_is_refused() {
        Axes::from([1, -1]).resolve(2, "mean");
    }
}
