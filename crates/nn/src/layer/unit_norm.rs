//! Rows of length 1.

use crate::direction::direction;
use crate::module::{Config, ConfigError, Context, Module, stateless};
use crate::shape_error::ShapeError;
use autograd::{Params, Scalar, TensorVar};
use serde::{Deserialize, Serialize};
use tensor::Shape;

/// x / |x| along the last axis: only the direction counts. |x|² is at least 1e-12.
///
/// ```
/// use autograd::Params;
/// use nn::{Module, UnitNorm};
/// use tensor::tensor;
/// let y = UnitNorm.predict(&Params::<f64>::new(), &tensor![[3.0, -4.0], [0.0, 0.0]]);
/// assert!((y.at([0, 1]) + 0.8).abs() < 1e-15);
/// assert_eq!(y.at([1, 1]), 0.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitNorm;

impl<T: Scalar> Module<T> for UnitNorm {
    #[track_caller]
    fn call<'t>(&self, _: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        direction(x)
    }

    fn config(&self) -> Result<Config, ConfigError> {
        Ok((*self).into())
    }

    fn output_shape(&self, _: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
        Ok(input.clone())
    }
}

stateless!(UnitNorm);

#[cfg(test)]
mod tests {
    use super::*;
    use autograd::gradcheck;
    use tensor::tensor;

    #[test]
    fn the_slope_is_across_the_row() {
        let x = tensor![[3.0, -4.0, 1.0], [0.5, 0.25, 2.0]];
        let y = UnitNorm.predict(&Params::new(), &x);
        assert!(y.norm_over(-1).to_vec().iter().all(|n: &f64| (n - 1.0).abs() < 1e-15));
        let weights = tensor![[1.0, 2.0, -1.0], [0.5, -3.0, 1.0]];
        let checked = gradcheck(
            |x| (direction(x) * x.tape().expect("a tensor is on a tape").constant(weights.clone())).sum(),
            &x,
        );
        assert!(checked.run().is_ok());
    }
}
