//! Categories as zeros and ones.

use crate::module::{Config, ConfigError, Context, Module, stateless};
use crate::shape_error::ShapeError;
use autograd::{Params, Scalar, TensorVar};
use serde::{Deserialize, Serialize};
use tensor::{Indices, Shape, Tensor};

/// Ids 0, 1, ... as rows of numbers, one for each category. No gradient goes through it.
///
/// ```
/// use autograd::Params;
/// use nn::{CategoryEncoding, Module};
/// use tensor::tensor;
/// let params = Params::<f32>::new();
/// let one_hot = CategoryEncoding::one_hot(3);
/// assert_eq!(one_hot.predict(&params, &tensor![2.0, 0.0]), tensor![[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]);
/// let counts = CategoryEncoding::count(3);
/// assert_eq!(counts.predict(&params, &tensor![[2.0, 0.0, 2.0]]), tensor![[1.0, 0.0, 2.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryEncoding {
    categories: usize,
    output: Form,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Form {
    OneHot,
    MultiHot,
    Count,
}

impl CategoryEncoding {
    /// A row of its own for each id: 1 at its place. A last axis of size 1 is taken for the row of a single id.
    pub fn one_hot(categories: usize) -> Self {
        CategoryEncoding { categories, output: Form::OneHot }
    }

    /// A row for each last axis of ids: 1 at the place of each id that occurs there.
    pub fn multi_hot(categories: usize) -> Self {
        CategoryEncoding { categories, output: Form::MultiHot }
    }

    /// A row for each last axis of ids: how often each occurs there.
    pub fn count(categories: usize) -> Self {
        CategoryEncoding { categories, output: Form::Count }
    }

    /// How many ids make a row of the output, and the shape of the output: both of the input's shape.
    fn rows(&self, input: &[usize]) -> (usize, Shape) {
        let (per_row, before) = match (self.output, input.split_last()) {
            (Form::OneHot, Some((1, before))) => (1, before),
            (Form::OneHot, _) | (_, None) => (1, input),
            (_, Some((&n, before))) => (n, before),
        };
        (per_row, before.iter().copied().chain([self.categories]).collect())
    }
}

/// The ids that a tensor holds.
#[track_caller]
pub(super) fn ids<T: Scalar>(layer: &str, x: &Tensor<T>, categories: usize) -> Indices {
    let id = |x: T| {
        let id = x.to_f64();
        if !(id >= 0.0 && id < categories as f64 && id.fract() == 0.0) {
            panic!("{layer}: {id} is no id; ids are the whole numbers 0 to {}", categories.saturating_sub(1));
        }
        id as usize
    };
    let mut ids = Vec::with_capacity(x.size());
    for x in x.to_vec() {
        ids.push(id(x));
    }
    Indices::from(ids)
}

impl<T: Scalar> Module<T> for CategoryEncoding {
    /// # Panics
    /// If an element is no id of a category.
    #[track_caller]
    fn call<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        ctx.tape().constant(self.predict(ctx.net().params(), &x.value()))
    }

    #[track_caller]
    fn predict(&self, _: &Params<T>, x: &Tensor<T>) -> Tensor<T> {
        let ids = ids("category_encoding", x, self.categories);
        let (per_row, shape) = self.rows(x.shape());
        Tensor::build(shape, |out| {
            out.fill(T::ZERO);
            for (row, ids) in out.chunks_mut(self.categories.max(1)).zip(ids.as_slice().chunks(per_row.max(1))) {
                for &id in ids {
                    row[id] = if self.output == Form::Count { row[id] + T::ONE } else { T::ONE };
                }
            }
        })
    }

    fn config(&self) -> Result<Config, ConfigError> {
        Ok((*self).into())
    }

    fn output_shape(&self, _: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
        Ok(self.rows(input).1)
    }
}

stateless!(CategoryEncoding);

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::tensor;

    #[test]
    fn the_three_forms() {
        let params = Params::<f64>::new();
        let x = tensor![[1.0, 1.0], [0.0, 2.0]];
        let one_hot = CategoryEncoding::one_hot(3);
        let y = one_hot.predict(&params, &x);
        assert_eq!(y.shape(), &Shape::from([2, 2, 3]));
        assert_eq!(y.sum_over(-1), Tensor::ones([2, 2]));
        assert_eq!(one_hot.predict(&params, &tensor![[1.0], [0.0]]), tensor![[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]);
        let multi = CategoryEncoding::multi_hot(3).predict(&params, &x);
        assert_eq!(multi, tensor![[0.0, 1.0, 0.0], [1.0, 0.0, 1.0]]);
        let count = CategoryEncoding::count(3).predict(&params, &x);
        assert_eq!(count, tensor![[0.0, 2.0, 0.0], [1.0, 0.0, 1.0]]);
        let shape = |layer: &dyn Module<f64>, n: &[usize]| layer.output_shape(&params, &Shape::from(n)).unwrap();
        assert_eq!(shape(&one_hot, &[1]), Shape::from(3));
        assert_eq!(shape(&CategoryEncoding::count(3), &[2]), Shape::from(3));
    }

    #[test]
    #[should_panic(expected = "category_encoding: 0.5 is no id; ids are the whole numbers 0 to 2")]
    fn half_an_id() {
        CategoryEncoding::one_hot(3).predict(&Params::<f32>::new(), &tensor![0.5]);
    }
}
