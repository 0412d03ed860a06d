//! The axes that a reduction runs over, and whether the result keeps them with size 1.

use smallvec::SmallVec;

/// A set of axes of a tensor, counted from the front (`0`, `1`, ...) or, if negative, from the back (`-1` is the last).
///
/// A single axis, an array or a slice of axes converts into `Axes`; [`Axes::all`] selects every axis. [`keep`] makes a
/// reduction keep the reduced axes with size 1, so that its result broadcasts against the operand.
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

/// Returns the same axes, to be kept with size 1 in the result of a reduction (NumPy's `keepdims=True`).
pub fn keep(axes: impl Into<Axes>) -> Axes {
    Axes { keep: true, ..axes.into() }
}

impl Axes {
    /// Selects every axis of the tensor.
    pub fn all() -> Axes {
        Axes { axes: None, keep: false }
    }

    /// Returns whether reduced axes are kept with size 1. Default: false.
    pub fn keeps(&self) -> bool {
        self.keep
    }

    /// Returns whether these are [`Axes::all`], kept or not.
    pub(crate) fn is_all(&self) -> bool {
        self.axes.is_none()
    }

    /// Returns the axes as sorted, nonnegative positions in a tensor of the given rank. For rank 0, the axes 0 and -1
    /// are valid, as for a vector of one element, but the result is empty: there is nothing to reduce.
    ///
    /// # Panics
    /// If an axis lies outside `-rank..rank` or is named twice. `op` names the caller in the message.
    #[track_caller]
    pub fn resolve(&self, rank: usize, op: &str) -> SmallVec<[usize; 4]> {
        let Some(axes) = &self.axes else { return (0..rank).collect() };
        let mut out: SmallVec<[usize; 4]> = SmallVec::new();
        for &axis in axes {
            // Not in a closure, so that `#[track_caller]` reports the caller's line.
            out.push(Axes::resolve_one(axis, rank, op));
        }
        out.sort_unstable();
        if let Some(w) = out.windows(2).find(|w| w[0] == w[1]) {
            panic!("{op}: axis {} is named twice; name each axis once", w[0]);
        }
        out.truncate(rank);
        out
    }

    /// Returns one axis as a nonnegative position in a tensor of the given rank. A 0-d tensor counts as a vector of one
    /// element: the axes 0 and -1 are valid and resolve to 0.
    ///
    /// # Panics
    /// If the axis lies outside `-rank..rank`. `op` names the caller in the message.
    #[track_caller]
    pub fn resolve_one(axis: isize, rank: usize, op: &str) -> usize {
        match (rank, axis) {
            (0, 0 | -1) => 0,
            _ => resolve_axis(axis, rank, op),
        }
    }
}

/// Returns one axis as a nonnegative position, for operations that do not treat a 0-d tensor as a vector.
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
    fn axis_1_of_a_0d_tensor_panics() {
        Axes::resolve_one(1, 0, "cumsum");
    }

    #[test]
    #[should_panic(expected = "sum: axis 0 is named twice")]
    fn duplicate_axis_of_a_0d_tensor_panics() {
        Axes::from([0, -1]).resolve(0, "sum");
    }

    #[test]
    #[should_panic(expected = "sum: axis 2 does not exist in a tensor of rank 2; axes run from -2 to 1")]
    fn out_of_range_axis_panics() {
        Axes::from(2).resolve(2, "sum");
    }

    #[test]
    #[should_panic(expected = "axis 1 is named twice")]
    fn duplicate_axis_panics() {
        Axes::from([1, -1]).resolve(2, "mean");
    }
}
