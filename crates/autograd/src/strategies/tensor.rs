//! Tensors of random shape and content.

use super::shape::{IntoShapes, Shapes};
use super::views;
use crate::core::value::Scalar;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::NewTree;
use proptest::test_runner::TestRunner;
use std::ops::RangeInclusive;
use tensor::{Shape, Tensor};

/// Random tensors. See [`tensor()`].
#[derive(Clone, Debug)]
pub struct Tensors<S> {
    shapes: Shapes,
    values: S,
    views: bool,
}

/// Tensors of random shape and content: the ranks are a range, as `1..4` for one to three axes, or one shape is given,
/// as `[2, 3]`; the values are a range, or any strategy for numbers. Sizes are 1 to 4.
///
/// ```
/// use autograd::{gradcheck, strategies};
/// use proptest::prelude::*;
/// proptest! {
///     # #![proptest_config(ProptestConfig::with_cases(4))]
///     fn softplus(x in strategies::tensor(1..4, -2.0..2.0).views()) {
///         gradcheck(|x| x.softplus(), x).run()?;
///     }
/// }
/// # softplus();
/// ```
pub fn tensor<T: Scalar, S: Strategy<Value = T>>(shapes: impl IntoShapes, values: S) -> Tensors<S> {
    Tensors { shapes: shapes.into_shapes(), values, views: false }
}

/// Weights to project a gradient on: of either sign, none smaller than 1/2 in size.
pub fn cotangent(shapes: impl IntoShapes) -> Tensors<BoxedStrategy<f64>> {
    tensor(shapes, prop_oneof![0.5..1.5, -1.5..-0.5].boxed())
}

impl<S> Tensors<S> {
    /// The sizes that axes may have, instead of 1..=4; with 0 among them, tensors may be empty.
    pub fn dims(mut self, dims: RangeInclusive<usize>) -> Self {
        self.shapes = self.shapes.dims(dims);
        self
    }

    /// Lets the elements lie in memory otherwise than in order: transposed, in steps, backwards, inside a larger buffer.
    pub fn views(mut self) -> Self {
        self.views = true;
        self
    }
}

impl<T: Scalar, S: Strategy<Value = T> + Clone + 'static> Strategy for Tensors<S> {
    type Tree = <BoxedStrategy<Tensor<T>> as Strategy>::Tree;
    type Value = Tensor<T>;
    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let values = self.values.clone();
        let filled = move |shape: Shape| {
            let size = shape.size();
            vec(values.clone(), size).prop_map(move |data| Tensor::from_vec(&shape, data))
        };
        let tensors = self.shapes.clone().prop_flat_map(filled);
        if self.views { views::viewed(tensors).boxed() } else { tensors.boxed() }.new_tree(runner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck;

    proptest! {
        #[test]
        fn shape_and_values_are_kept(x in tensor(1..4, -2.0..2.0), w in cotangent([2, 3]).views()) {
            prop_assert!((1..4).contains(&x.rank()) && x.to_vec().iter().all(|x: &f64| x.abs() <= 2.0));
            prop_assert!(*w.shape() == [2, 3] && w.to_vec().iter().all(|w| (0.5..=1.5).contains(&w.abs())));
        }

        #[test]
        fn a_failure_converts(x in tensor(0..2, -2.0_f32..2.0), y in tensor([2], -1.0..1.0)) {
            prop_assert!(x.rank() < 2);
            gradcheck(|y| y.exp(), y).run()?;
        }
    }
}
