//! A ReLU that learns how leaky to be.

use crate::init::Init;
use crate::module::{BuildContext, Config, ConfigError, Context, LayerConfig, Module, alone, generator};
use crate::shape_error::ShapeError;
use autograd::{Param, Params, Scalar, TensorVar};
use serde::{Deserialize, Serialize};
use tensor::Shape;

/// The parametric rectified linear unit (He et al. 2015): x above 0, α x below, with a slope α for each number of an
/// example, which is learned. It starts at 0, where the unit is a ReLU (Keras's default; PyTorch starts at 0.25).
///
/// ```
/// use autograd::Params;
/// use nn::{Module, PRelu};
/// use tensor::tensor;
/// let mut params = Params::<f64>::new();
/// let layer = PRelu::new([2], &mut params);
/// params.set(layer.alpha(), tensor![0.5, 0.25]);
/// assert_eq!(layer.predict(&params, &tensor![[-2.0, -2.0], [3.0, 3.0]]), tensor![[-1.0, -0.5], [3.0, 3.0]]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PRelu {
    name: String,
    shape: Shape,
    alpha: Param,
}

impl PRelu {
    /// A layer for examples of this shape: adds `NAME.alpha` (zeros) to the store, NAME being `prelu`, `prelu_1` and so
    /// on, the first that is free there.
    pub fn new<T: Scalar>(shape: impl Into<Shape>, params: &mut Params<T>) -> Self {
        let input = Some(shape.into());
        alone((PReluConfig::KIND, None), input, params, &mut generator(0), |at| PRelu::inferred().make(at))
    }

    /// The config of a layer whose shape is inferred when the network around it is built.
    pub fn inferred() -> PReluConfig {
        PReluConfig::default()
    }

    /// The key of α, of an example's shape.
    pub fn alpha(&self) -> Param {
        self.alpha
    }
}

/// The config of a [`PRelu`] layer, from [`PRelu::inferred`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use = "a config makes no layer until it is built"]
pub struct PReluConfig {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shape: Option<Vec<usize>>,
}

impl PReluConfig {
    /// The name; without one it is `prelu`, `prelu_1` and so on, the first that is free in the store.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    fn make<T: Scalar>(&self, at: &mut BuildContext<'_, T>) -> Result<PRelu, ConfigError> {
        let shape = match &self.shape {
            Some(shape) => Shape::from(&shape[..]),
            None => at.input()?.clone(),
        };
        let name = at.name().to_string();
        let alpha = at.param("alpha", &shape, Init::Zeros)?;
        Ok(PRelu { name, shape, alpha })
    }
}

impl LayerConfig for PReluConfig {
    const KIND: &'static str = "PRelu";

    fn build_in<T: Scalar>(&self, at: &mut BuildContext<'_, T>) -> Result<Box<dyn Module<T>>, ConfigError> {
        Ok(Box::new(self.make(at)?))
    }
}

impl<T: Scalar> Module<T> for PRelu {
    #[track_caller]
    fn call<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        let shape = x.shape();
        if !shape.ends_with(&self.shape) {
            panic!("{}: an input of shape {shape} does not fit slopes of shape {}", self.name, self.shape);
        }
        x.leaky_relu(ctx.var(self.alpha))
    }

    fn parameters(&self) -> Vec<Param> {
        vec![self.alpha]
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn config(&self) -> Result<Config, ConfigError> {
        Ok(PReluConfig { name: Some(self.name.clone()), shape: Some(self.shape.to_vec()) }.into())
    }

    fn output_shape(&self, _: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
        if *input == self.shape {
            return Ok(input.clone());
        }
        Err(ShapeError::new(&self.name, [input.clone()], &self.shape))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autograd::{ParamGradients, Tape};
    use tensor::tensor;

    #[test]
    fn the_slope_is_learned_from_what_is_below_zero() {
        let mut params = Params::<f64>::new();
        let layer = PRelu::new([2], &mut params);
        let tape = Tape::new();
        let x = tape.var(tensor![[-2.0, 4.0], [-3.0, -5.0]]);
        let y = layer.forward(&params.bind(&tape), x);
        assert_eq!(y.value(), tensor![[0.0, 4.0], [0.0, 0.0]]);
        let grads = y.sum().backward();
        assert_eq!(grads.gradient(&params, layer.alpha()), Some(&tensor![-5.0, -5.0]));
        assert_eq!(grads.wrt(x), tensor![[0.0, 1.0], [0.0, 0.0]]);
        assert!(layer.output_shape(&params, &Shape::from([2, 2])).is_err());
    }
}
