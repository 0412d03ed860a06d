//! Numbers that let others pass.

use crate::module::{Config, ConfigError, Context, Module, stateless};
use crate::shape_error::ShapeError;
use autograd::{Params, Scalar, TensorVar};
use serde::{Deserialize, Serialize};
use tensor::Shape;

/// The gated linear unit (Dauphin et al. 2017): the first half of a row, each number times σ of one of the second half.
/// It is Keras's activation `glu`, and a layer here because it halves the size of the last axis.
///
/// ```
/// use autograd::Params;
/// use nn::{Glu, Module};
/// use tensor::tensor;
/// let y = Glu.predict(&Params::<f64>::new(), &tensor![[3.0, -4.0, 0.0, f64::INFINITY]]);
/// assert_eq!(y, tensor![[1.5, -4.0]]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Glu;

impl<T: Scalar> Module<T> for Glu {
    /// # Panics
    /// If the size of the last axis is odd.
    #[track_caller]
    fn call<'t>(&self, _: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        let shape = x.shape();
        let Some(&n) = shape.last().filter(|n| n.is_multiple_of(2)) else {
            panic!("Glu: an input of shape {shape} has no two halves; the size of its last axis must be even")
        };
        let halves = x.split(-1, &[n / 2, n / 2]);
        halves[0] * halves[1].sigmoid()
    }

    fn config(&self) -> Result<Config, ConfigError> {
        Ok((*self).into())
    }

    fn output_shape(&self, _: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
        match input.split_last() {
            Some((&n, rest)) if n.is_multiple_of(2) => Ok(rest.iter().copied().chain([n / 2]).collect()),
            _ => Err(ShapeError::new("glu", [input.clone()], "rows of an even length")),
        }
    }
}

stateless!(Glu);

#[cfg(test)]
mod tests {
    use super::*;
    use autograd::{Tape, gradcheck};
    use tensor::{Tensor, tensor};

    #[test]
    fn shapes_and_slopes() {
        let params = Params::<f64>::new();
        assert_eq!(Glu.output_shape(&params, &Shape::from([5, 6])), Ok(Shape::from([5, 3])));
        let e = Glu.output_shape(&params, &Shape::from(3)).unwrap_err();
        assert_eq!(e.to_string(), "layer `glu` cannot take an input of shape (3,): it takes rows of an even length");
        let x = tensor![[1.0, -2.0, 0.5, 3.0], [0.0, 1.0, -1.0, 2.0]];
        let checked =
            gradcheck(|x| Glu.forward(&params.bind(x.tape().expect("on a tape")), x).square().sum(), &x).run();
        assert!(checked.is_ok(), "{}", checked.unwrap_err());
        let tape = Tape::new();
        let y = Glu.forward(&params.bind(&tape), tape.constant(x.clone()));
        assert_eq!(y.value(), Glu.predict(&params, &x));
    }

    #[test]
    #[should_panic(expected = "Glu: an input of shape (1, 3) has no two halves")]
    fn an_odd_row() {
        Glu.predict(&Params::<f32>::new(), &Tensor::zeros([1, 3]));
    }
}
