//! Numbers sorted into bins.

use crate::module::{Config, ConfigError, Context, Module, checked, stateless};
use crate::shape_error::ShapeError;
use autograd::{Params, Scalar, TensorVar};
use serde::{Deserialize, Deserializer, Serialize};
use tensor::{Shape, Tensor};

/// Each number as that of its bin: how many boundaries it has reached, 0 to their count. No gradient goes through it.
///
/// Together with [`CategoryEncoding`](crate::CategoryEncoding) or [`Embedding`](crate::Embedding) it lets a network treat
/// ranges of a number as categories.
///
/// ```
/// use autograd::Params;
/// use nn::{Discretization, Module};
/// use tensor::tensor;
/// let ages = Discretization::new([18.0, 50.0]);
/// assert_eq!(ages.predict(&Params::new(), &tensor![10.0, 18.0, 49.9, 93.0]), tensor![0.0, 1.0, 1.0, 2.0]);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Discretization {
    #[serde(deserialize_with = "checked_boundaries")]
    boundaries: Vec<f64>,
}

fn checked_boundaries<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<f64>, D::Error> {
    checked::if_ok(d, |value: &Vec<f64>| Discretization::check(value))
}

impl Discretization {
    /// Bins between these boundaries.
    ///
    /// # Panics
    /// If they do not ascend, or one is not finite.
    #[track_caller]
    pub fn new(boundaries: impl Into<Vec<f64>>) -> Self {
        let boundaries = boundaries.into();
        if let Err(e) = Discretization::check(&boundaries) {
            panic!("Discretization: {e}");
        }
        Discretization { boundaries }
    }

    /// Refuses boundaries between which there are no bins.
    fn check(boundaries: &[f64]) -> Result<(), String> {
        if boundaries.is_sorted_by(|a, b| a < b) && boundaries.iter().all(|b| b.is_finite()) {
            return Ok(());
        }
        Err(format!("the boundaries {boundaries:?} do not ascend, or one is not finite"))
    }

    /// How many bins there are.
    pub fn bins(&self) -> usize {
        self.boundaries.len() + 1
    }
}

impl<T: Scalar> Module<T> for Discretization {
    fn call<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        ctx.tape().constant(self.predict(ctx.net().params(), &x.value()))
    }

    fn predict(&self, _: &Params<T>, x: &Tensor<T>) -> Tensor<T> {
        let bin = |x: T| T::from_usize(self.boundaries.partition_point(|&b| b <= x.to_f64()));
        Tensor::from_vec(x.shape(), x.to_vec().into_iter().map(bin).collect::<Vec<_>>())
    }

    fn config(&self) -> Result<Config, ConfigError> {
        Ok(self.clone().into())
    }

    fn output_shape(&self, _: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
        Ok(input.clone())
    }
}

stateless!(Discretization);

#[cfg(test)]
mod tests {
    use super::*;
    use autograd::Tape;
    use tensor::tensor;

    #[test]
    fn bins_and_no_gradient() {
        let layer = Discretization::new([0.0]);
        let (params, tape) = (Params::<f64>::new(), Tape::new());
        let x = tape.var(tensor![[-1.0, 0.0], [f64::NEG_INFINITY, f64::INFINITY]]);
        let y = layer.forward(&params.bind(&tape), x);
        assert_eq!((y.value(), layer.bins()), (tensor![[0.0, 1.0], [0.0, 1.0]], 2));
        assert!(!(y.sum() + x.sum() * 0.0).is_constant() && y.is_constant());
    }

    #[test]
    #[should_panic(expected = "the boundaries [1.0, 1.0] do not ascend, or one is not finite")]
    fn a_boundary_twice() {
        Discretization::new([1.0, 1.0]);
    }
}
