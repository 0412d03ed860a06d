//! Dropout that suits SELU.

use super::mask::{check_rate, mask};
use crate::module::{Config, ConfigError, Context, Module, checked, stateless};
use crate::shape_error::ShapeError;
use autograd::{Params, Scalar, TensorVar};
use serde::{Deserialize, Serialize};
use tensor::{Shape, Tensor};

/// -λα of SELU: where it saturates.
const SATURATED: f64 = -1.758_099_340_847_376_6;

/// Dropout that keeps mean 0 and variance 1 (Klambauer et al. 2017), to be used after SELU.
///
/// While training each number is replaced by s = -λα, SELU's value far below zero, with probability p; then
/// y = a x + b with a = ((1 - p)(1 + p s²))^(-1/2) and b = -a p s brings mean and variance back. In use nothing happens.
///
/// ```
/// use autograd::{Params, Tape};
/// use nn::{AlphaDropout, Module};
/// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
/// use tensor::Tensor;
///
/// let (params, tape, mut rng) = (Params::new(), Tape::single(), Xoshiro256PlusPlus::seed_from_u64(42));
/// let x = Tensor::<f32>::random_normal(100_000, 0.0, 1.0, &mut rng);
/// let y = AlphaDropout::new(0.3).forward_train(&params.bind(&tape), tape.constant(x), &mut rng).value();
/// assert!(y.mean().abs() < 0.02 && (y.std(0) - 1.0).abs() < 0.02);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlphaDropout {
    #[serde(deserialize_with = "checked::rate")]
    rate: f64,
}

impl AlphaDropout {
    /// Leaves out this fraction of the numbers; at 1 all of them, so that the output in training is 0, as in PyTorch.
    ///
    /// # Panics
    /// If the rate does not lie in 0..=1.
    #[track_caller]
    pub fn new(rate: f64) -> Self {
        check_rate("AlphaDropout", rate);
        AlphaDropout { rate }
    }

    /// The share of numbers left out.
    pub fn rate(&self) -> f64 {
        self.rate
    }
}

/// a, b and a s + b for the rate p: the last in a form that is 0 at p = 1, where no number is kept and a is infinite.
fn line(p: f64) -> (f64, f64, f64) {
    let spread = 1.0 + p * SATURATED * SATURATED;
    let a = ((1.0 - p) * spread).powf(-0.5);
    (a, -a * p * SATURATED, SATURATED * ((1.0 - p) / spread).sqrt())
}

impl<T: Scalar> Module<T> for AlphaDropout {
    #[track_caller]
    fn call<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        let (Some(rng), p) = (ctx.rng(), self.rate) else { return x };
        if p == 0.0 {
            return x;
        }
        let (a, b, dropped) = line(p);
        let number = T::from_f64;
        // y = factor x + offset: (a, b) where x is kept, (0, a s + b) where it is not.
        let factor = mask(&x.shape(), p, T::ZERO, number(a), rng);
        let offset = |f: T| if f == T::ZERO { number(dropped) } else { number(b) };
        let offset = Tensor::from_vec(factor.shape(), factor.to_vec().into_iter().map(offset).collect::<Vec<_>>());
        x * ctx.tape().constant(factor) + ctx.tape().constant(offset)
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

stateless!(AlphaDropout);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::Activation::Selu;
    use crate::testing::rng;
    use autograd::Tape;
    use tensor::tensor;

    #[test]
    fn selu_saturates_where_this_says() {
        assert!((Selu.of(tensor![-1e3_f64]).item() - SATURATED).abs() < 1e-15);
    }

    #[test]
    fn kept_numbers_are_scaled_and_the_others_are_saturated() {
        let (params, tape, p) = (Params::<f64>::new(), Tape::default(), 0.25);
        let x = tape.var(Tensor::full(200, 2.0));
        let y = AlphaDropout::new(p).forward_train(&params.bind(&tape), x, &mut rng(1));
        let a = ((1.0 - p) * (1.0 + p * SATURATED * SATURATED)).powf(-0.5);
        let (b, dropped_to) = (-a * p * SATURATED, a * SATURATED * (1.0 - p));
        let slope = y.sum().backward().wrt(x).to_vec();
        let mut dropped = 0;
        for (y, slope) in y.value().to_vec().into_iter().zip(slope) {
            let (value, factor) = if slope == 0.0 { (dropped_to, 0.0) } else { (2.0 * a + b, a) };
            dropped += usize::from(slope == 0.0);
            assert!((y - value).abs() < 1e-15 && slope == factor, "{y}, not {value}");
        }
        assert!((20..80).contains(&dropped), "{dropped} of 200");
        assert_eq!(AlphaDropout::new(p).forward(&params.bind(&tape), x), x);
    }

    #[test]
    fn a_rate_of_one_leaves_zeros() {
        let (params, tape) = (Params::<f32>::new(), Tape::default());
        let x = tape.var(Tensor::full([3, 5], 2.0));
        let y = AlphaDropout::new(1.0).forward_train(&params.bind(&tape), x, &mut rng(1));
        assert_eq!((y.value(), y.sum().backward().wrt(x)), (Tensor::zeros([3, 5]), Tensor::zeros([3, 5])));
    }
}
