//! Normal noise while training.

use crate::module::{Config, ConfigError, Context, Module, checked, stateless};
use crate::shape_error::ShapeError;
use autograd::{Params, Scalar, TensorVar};
use serde::{Deserialize, Serialize};
use tensor::{Shape, Tensor};

/// Adds noise of mean 0 while training, so that a network does not rely on single numbers; in use nothing happens.
///
/// ```
/// use autograd::{Params, Tape};
/// use nn::{GaussianNoise, Module};
/// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
/// use tensor::Tensor;
///
/// let (params, tape) = (Params::<f32>::new(), Tape::single());
/// let x = tape.constant(Tensor::zeros(10_000));
/// let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
/// let y = GaussianNoise::new(0.1).forward_train(&params.bind(&tape), x, &mut rng).value();
/// assert!((y.std(0) - 0.1).abs() < 0.01);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GaussianNoise {
    #[serde(deserialize_with = "checked::from_zero")]
    std: f64,
}

impl GaussianNoise {
    /// Noise of this standard deviation.
    ///
    /// # Panics
    /// If it is negative or not finite.
    #[track_caller]
    pub fn new(std: f64) -> Self {
        assert!(std >= 0.0 && std.is_finite(), "GaussianNoise: there is no standard deviation of {std}");
        GaussianNoise { std }
    }
}

/// Multiplies by noise of mean 1 and variance p/(1 - p) while training: what [`Dropout`](crate::Dropout) of rate p does
/// on average, without zeros (Srivastava et al. 2014). In use nothing happens.
///
/// ```
/// use autograd::Params;
/// use nn::{GaussianDropout, Module};
/// use tensor::tensor;
/// assert_eq!(GaussianDropout::new(0.5).predict(&Params::new(), &tensor![1.0, 2.0]), tensor![1.0, 2.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GaussianDropout {
    #[serde(deserialize_with = "checked::rate_below_one")]
    rate: f64,
}

impl GaussianDropout {
    /// Noise like dropout's of this rate.
    ///
    /// # Panics
    /// If the rate does not lie in 0..1: at 1, unlike that of [`Dropout`](crate::Dropout), the noise would be infinite.
    #[track_caller]
    pub fn new(rate: f64) -> Self {
        assert!((0.0..1.0).contains(&rate), "GaussianDropout: the rate must lie in 0..1, without 1, but is {rate}");
        GaussianDropout { rate }
    }
}

macro_rules! noise {
    ($layer:ident, |$self:ident, $x:ident, $noise:ident| $std:expr, $mean:expr, $result:expr) => {
        impl<T: Scalar> Module<T> for $layer {
            #[track_caller]
            fn call<'t>(
                &$self, ctx: &mut Context<'_, 't, T>, $x: TensorVar<'t, T>) -> TensorVar<'t, T> {
                let std: f64 = $std;
                match ctx.rng() {
                    Some(rng) if std > 0.0 => {
                        // Drawn in f64, so that one seed gives the same noise in both precisions.
                        let noise = Tensor::<f64>::random_normal($x.shape(), $mean, std, rng);
                        let $noise = ctx.tape().constant(noise.cast());
                        $result
                    }
                    _ => $x,
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
    };
}

noise!(GaussianNoise, |self, x, noise| self.std, 0.0, x + noise);
noise!(GaussianDropout, |self, x, noise| (self.rate / (1.0 - self.rate)).sqrt(), 1.0, x * noise);

stateless!(GaussianNoise GaussianDropout);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::rng;
    use autograd::Tape;

    /// Mean and standard deviation of what becomes of 40,000 threes.
    fn of_threes(layer: impl Module<f64>) -> (f64, f64) {
        let (params, tape) = (Params::new(), Tape::new());
        let x = tape.constant(Tensor::full(40_000, 3.0));
        let y = layer.forward_train(&params.bind(&tape), x, &mut rng(1)).value();
        assert_eq!(layer.forward(&params.bind(&tape), x), x);
        (y.mean(), y.std(0))
    }

    #[test]
    fn mean_and_spread() {
        // Four standard errors of the mean, and of the standard deviation, which is 1/√2 of that.
        for (layer, std) in [
            (&GaussianNoise::new(0.5) as &dyn Module<f64>, 0.5),
            (&GaussianDropout::new(0.2), 3.0 * 0.5),
            (&GaussianNoise::new(0.0), 0.0),
        ] {
            let (mean, spread) = of_threes(ByReference(layer));
            assert!((mean - 3.0).abs() <= 4.0 * std / 200.0, "{layer:?}: mean {mean}");
            assert!((spread - std).abs() <= 3.0 * std / 200.0, "{layer:?}: standard deviation {spread}");
        }
    }

    #[derive(Debug)]
    struct ByReference<'m>(&'m dyn Module<f64>);
    impl Module<f64> for ByReference<'_> {
        fn call<'t>(&self, ctx: &mut Context<'_, 't, f64>, x: TensorVar<'t>) -> TensorVar<'t> {
            self.0.call(ctx, x)
        }
    }

    #[test]
    #[should_panic(expected = "GaussianDropout: the rate must lie in 0..1, without 1, but is 1")]
    fn infinite_noise() {
        GaussianDropout::new(1.0);
    }
}
