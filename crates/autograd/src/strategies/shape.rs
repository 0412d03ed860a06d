//! Shapes, shapes that broadcast together, and axes.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::NewTree;
use proptest::test_runner::TestRunner;
use std::ops::{Range, RangeInclusive};
use tensor::Shape;

/// Types that specify shapes: a range of ranks, or one shape.
///
/// `1..4` specifies shapes of one to three axes; `[2, 3]` specifies that shape.
pub trait IntoShapes {
    /// Returns the strategy for these shapes.
    fn into_shapes(self) -> Shapes;
}

/// Random shapes. See [`shape`].
#[derive(Clone, Debug)]
pub struct Shapes {
    ranks: RangeInclusive<usize>,
    dims: RangeInclusive<usize>,
    /// The only shape, if one is given.
    fixed: Option<Shape>,
}

/// Random shapes of these ranks, with axes of sizes 1 to 4.
///
/// ```
/// use autograd::strategies::shape;
/// use proptest::prelude::*;
/// proptest! {
///     # #![proptest_config(ProptestConfig::with_cases(8))]
///     fn fits(s in shape(0..3).dims(0..=5)) {
///         prop_assert!(s.rank() < 3 && s.iter().all(|&n| n <= 5));
///     }
/// }
/// # fits();
/// ```
pub fn shape(ranks: impl IntoShapes) -> Shapes {
    ranks.into_shapes()
}

impl Shapes {
    /// Sets the range of the sizes of axes. Default: 1..=4. If it includes 0, tensors may be empty.
    pub fn dims(mut self, dims: RangeInclusive<usize>) -> Self {
        self.dims = dims;
        self
    }

    fn strategy(&self) -> BoxedStrategy<Shape> {
        match &self.fixed {
            Some(shape) => Just(shape.clone()).boxed(),
            None => {
                let dims = self.dims.clone();
                let shapes = self.ranks.clone().prop_flat_map(move |rank| vec(dims.clone(), rank));
                shapes.prop_map(Shape::from).boxed()
            }
        }
    }
}

impl Strategy for Shapes {
    type Tree = <BoxedStrategy<Shape> as Strategy>::Tree;
    type Value = Shape;
    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        self.strategy().new_tree(runner)
    }
}

fn of_ranks(ranks: RangeInclusive<usize>) -> Shapes {
    Shapes { ranks, dims: 1..=4, fixed: None }
}

fn fixed(shape: Shape) -> Shapes {
    Shapes { ranks: 0..=0, dims: 1..=4, fixed: Some(shape) }
}

impl IntoShapes for Shapes {
    fn into_shapes(self) -> Shapes {
        self
    }
}
impl IntoShapes for Range<usize> {
    /// # Panics
    /// If the range is empty.
    #[track_caller]
    fn into_shapes(self) -> Shapes {
        assert!(!self.is_empty(), "into_shapes: expected a range of ranks, got the empty range {self:?}");
        of_ranks(self.start..=self.end - 1)
    }
}
impl IntoShapes for RangeInclusive<usize> {
    fn into_shapes(self) -> Shapes {
        of_ranks(self)
    }
}
impl<const N: usize> IntoShapes for [usize; N] {
    fn into_shapes(self) -> Shapes {
        fixed(self.into())
    }
}
impl IntoShapes for Shape {
    fn into_shapes(self) -> Shapes {
        fixed(self)
    }
}
impl IntoShapes for &Shape {
    fn into_shapes(self) -> Shapes {
        fixed(self.clone())
    }
}
impl IntoShapes for () {
    fn into_shapes(self) -> Shapes {
        fixed(self.into())
    }
}

/// `N` shapes that broadcast together. Each is a random shape of `joint` with some leading axes dropped and some sizes
/// replaced by 1; all are made from the same shape.
///
/// ```
/// use autograd::strategies::broadcasting;
/// use proptest::prelude::*;
/// use tensor::Shape;
/// proptest! {
///     # #![proptest_config(ProptestConfig::with_cases(8))]
///     fn fits([a, b] in broadcasting(0..4)) {
///         prop_assert!(Shape::broadcast(&a, &b).is_some());
///     }
/// }
/// # fits();
/// ```
pub fn broadcasting<const N: usize>(joint: impl IntoShapes) -> impl Strategy<Value = [Shape; N]> {
    joint.into_shapes().prop_flat_map(|joint| {
        let rank = joint.rank();
        let one = (0..=rank, vec(prop::bool::weighted(0.3), rank));
        vec(one, N).prop_map(move |cuts| {
            std::array::from_fn(|k| {
                let (dropped, ones) = &cuts[k];
                joint.iter().zip(ones).skip(*dropped).map(|(&n, &one)| if one { 1 } else { n }).collect()
            })
        })
    })
}

/// An axis of a tensor of this rank, either from the front or, as a negative number, from the end.
///
/// # Panics
/// If the rank is 0.
#[track_caller]
pub fn axis(rank: usize) -> impl Strategy<Value = isize> {
    assert!(rank > 0, "axis: expected a rank of at least 1, got 0");
    -(rank as isize)..rank as isize
}

/// A subset of the axes of a tensor of this rank, possibly empty, in random order, each positive or negative.
pub fn axes(rank: usize) -> impl Strategy<Value = Vec<isize>> {
    let all: Vec<isize> = (0..rank as isize).collect();
    (prop::sample::subsequence(all, 0..=rank).prop_shuffle(), vec(any::<bool>(), rank)).prop_map(move |(axes, back)| {
        axes.into_iter().zip(back).map(|(a, back)| if back { a - rank as isize } else { a }).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest! {
        #[test]
        fn three_shapes_broadcast([a, b, c] in broadcasting(0..5)) {
            let ab = Shape::broadcast(&a, &b).unwrap();
            prop_assert!(Shape::broadcast(&ab, &c).is_some());
        }

        #[test]
        fn ranks_and_dims_are_in_range(s in shape(1..4), t in shape([2, 5]), e in shape(2..=2).dims(0..=1)) {
            prop_assert!((1..4).contains(&s.rank()) && s.iter().all(|n| (1..=4).contains(n)));
            prop_assert_eq!(t, Shape::from([2, 5]));
            prop_assert!(e.rank() == 2 && e.size() <= 1);
        }

        #[test]
        fn axes_are_distinct(axes in axes(4), one in axis(3)) {
            let mut front: Vec<isize> = axes.iter().map(|&a| if a < 0 { a + 4 } else { a }).collect();
            front.sort_unstable();
            prop_assert!(front.windows(2).all(|w| w[0] < w[1]) && front.iter().all(|a| (0..4).contains(a)));
            prop_assert!((-3..3).contains(&one));
        }
    }
}
