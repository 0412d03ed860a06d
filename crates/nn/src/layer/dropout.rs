//! Numbers left out at random while training.

use super::mask::{check_rate, mask};
use crate::module::{Config, ConfigError, Context, Module, checked, stateless};
use crate::shape_error::ShapeError;
use autograd::{Params, Scalar, TensorVar};
use rand::Rng;
use serde::{Deserialize, Serialize};
use tensor::{Shape, Tensor};

/// Dropout (Srivastava et al. 2014), inverted: while training each number is replaced by 0 with probability p, the
/// rate, and multiplied by 1/(1 - p) otherwise, so that its mean stays; in use nothing happens.
///
/// ```
/// use autograd::{Params, Tape};
/// use nn::{Dropout, Module};
/// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
/// use tensor::Tensor;
///
/// let (params, tape) = (Params::new(), Tape::single());
/// let (dropout, net) = (Dropout::new(0.5), params.bind(&tape));
/// let x = tape.constant(Tensor::ones([4, 1000]));
/// assert_eq!(dropout.forward(&net, x), x);
///
/// let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
/// let y = dropout.forward_train(&net, x, &mut rng).value();
/// assert!(y.iter().all(|&y: &f32| y == 0.0 || y == 2.0));
/// assert!((y.mean() - 1.0).abs() < 0.1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dropout {
    #[serde(deserialize_with = "checked::rate")]
    rate: f64,
}

impl Dropout {
    /// Leaves out this fraction of the numbers; at 1 all of them, so that the output in training is 0, as in Keras and
    /// PyTorch.
    ///
    /// # Panics
    /// If the rate does not lie in 0..=1.
    #[track_caller]
    pub fn new(rate: f64) -> Self {
        check_rate("Dropout", rate);
        Dropout { rate }
    }

    /// The share of numbers left out.
    pub fn rate(&self) -> f64 {
        self.rate
    }

    /// 0 with probability p, else 1/(1 - p).
    fn mask<T: Scalar>(&self, shape: &Shape, rng: &mut dyn Rng) -> Tensor<T> {
        mask(shape, self.rate, T::ZERO, T::from_f64(1.0 / (1.0 - self.rate)), rng)
    }
}

impl<T: Scalar> Module<T> for Dropout {
    #[track_caller]
    fn call<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        let tape = ctx.tape();
        match ctx.rng() {
            Some(rng) if self.rate > 0.0 => x * tape.constant(self.mask(&x.shape(), rng)),
            _ => x,
        }
    }

    fn predict(&self, _: &Params<T>, x: &Tensor<T>) -> Tensor<T> {
        x.clone()
    }

    fn config(&self) -> Result<Config, ConfigError> {
        Ok((*self).into())
    }

    fn output_shape(&self, _: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
        Ok(input.clone())
    }
}

stateless!(Dropout);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::rng;
    use autograd::Tape;

    #[test]
    fn the_share_left_out_is_the_rate() {
        let n = 100_001;
        for rate in [0.1, 0.5, 0.9] {
            let mask = Dropout::new(rate).mask::<f64>(&Shape::from(n), &mut rng(1)).to_vec();
            let out = mask.iter().filter(|&&m| m == 0.0).count() as f64;
            assert!(mask.iter().all(|&m| m == 0.0 || m == 1.0 / (1.0 - rate)));
            // Four standard deviations of the binomial distribution.
            let spread = 4.0 * (n as f64 * rate * (1.0 - rate)).sqrt();
            assert!((out - n as f64 * rate).abs() < spread, "{rate}: {out} of {n}");
        }
    }

    #[test]
    fn gradients_pass_where_numbers_do() {
        let (params, tape) = (Params::<f64>::new(), Tape::new());
        let x = tape.var(Tensor::full([3, 5], 2.0));
        let y = Dropout::new(0.4).forward_train(&params.bind(&tape), x, &mut rng(2));
        let slope = y.sum().backward().wrt(x);
        for (y, slope) in y.value().to_vec().into_iter().zip(slope.to_vec()) {
            assert_eq!(y, 2.0 * slope);
        }
    }

    #[test]
    fn one_seed_one_mask_in_both_precisions() {
        let dropout = Dropout::new(0.3);
        let mask = |seed| dropout.mask::<f64>(&Shape::from([7, 3]), &mut rng(seed));
        assert_eq!(mask(1), mask(1));
        assert_ne!(mask(1), mask(2));
        assert_eq!(dropout.mask::<f32>(&Shape::from([7, 3]), &mut rng(1)), mask(1).cast());
    }

    #[test]
    fn a_rate_of_zero_draws_nothing() {
        let (params, tape) = (Params::<f64>::new(), Tape::new());
        let mut used = rng(3);
        let x = tape.var(Tensor::ones(4));
        let y = Dropout::new(0.0).forward_train(&params.bind(&tape), x, &mut used);
        assert_eq!((y.node(), used), (x.node(), rng(3)));
    }

    #[test]
    fn a_rate_of_one_leaves_zeros_and_a_gradient_of_zeros() {
        let (params, tape) = (Params::<f64>::new(), Tape::new());
        let x = tape.var(Tensor::full([3, 5], 2.0));
        let y = Dropout::new(1.0).forward_train(&params.bind(&tape), x, &mut rng(4));
        assert_eq!((y.value(), y.sum().backward().wrt(x)), (Tensor::zeros([3, 5]), Tensor::zeros([3, 5])));
        assert_eq!(Dropout::new(1.0).forward(&params.bind(&tape), x), x);
    }

    #[test]
    #[should_panic(expected = "Dropout: the rate must lie in 0..=1, but is 1.5")]
    fn more_than_everything_left_out() {
        Dropout::new(1.5);
    }
}
