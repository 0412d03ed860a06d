//! Tensors of random shapes and values.

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

/// Random tensors. `shapes` is a range of ranks, such as `1..4` for one to three axes, with axes of sizes 1 to 4, or
/// one shape, such as `[2, 3]`. `values` is a range or any strategy for the elements.
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

/// Random cotangents: elements of either sign with absolute values from 0.5 to 1.5.
pub fn cotangent(shapes: impl IntoShapes) -> Tensors<BoxedStrategy<f64>> {
    tensor(shapes, prop_oneof![0.5..1.5, -1.5..-0.5].boxed())
}

impl<S> Tensors<S> {
    /// Sets the range of the sizes of axes. Default: 1..=4. If it includes 0, tensors may be empty.
    pub fn dims(mut self, dims: RangeInclusive<usize>) -> Self {
        self.shapes = self.shapes.dims(dims);
        self
    }

    /// Generates strided views too: transposed, with steps, reversed, inside a larger buffer. Default: contiguous
    /// tensors only.
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
        fn shapes_and_values_are_in_range(x in tensor(1..4, -2.0..2.0), w in cotangent([2, 3]).views()) {
            prop_assert!((1..4).contains(&x.rank()) && x.to_vec().iter().all(|x: &f64| x.abs() <= 2.0));
            prop_assert!(*w.shape() == [2, 3] && w.to_vec().iter().all(|w| (0.5..=1.5).contains(&w.abs())));
        }

        #[test]
        fn a_gradcheck_error_converts_to_a_test_failure(x in tensor(0..2, -2.0_f32..2.0), y in tensor([2], -1.0..1.0)) {
            prop_assert!(x.rank() < 2);
            gradcheck(|y| y.exp(), y).run()?;
        }
    }
}
