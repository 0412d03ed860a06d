//! Normalization of each row by itself.

use crate::init::Init;
use crate::module::{BuildContext, Config, ConfigError, Context, LayerConfig, Module, alone, checked, generator};
use crate::shape_error::ShapeError;
use autograd::{Param, Params, Scalar, TensorVar};
use serde::{Deserialize, Serialize};
use tensor::Shape;

/// Layer normalization (Ba, Kiros and Hinton 2016): y = γ (x - μ) / √(σ² + ε) + β with μ and the biased σ² of each row,
/// along the last axis. It does the same in training and in use. ε is Keras's, 0.001; PyTorch's is 0.00001.
///
/// ```
/// use autograd::Params;
/// use nn::{LayerNorm, Module};
/// use tensor::tensor;
/// let mut params = Params::<f64>::new();
/// let layer = LayerNorm::new(2).eps(0.0).build(&mut params);
/// assert_eq!(layer.predict(&params, &tensor![[1.0, 3.0], [20.0, 10.0]]), tensor![[-1.0, 1.0], [1.0, -1.0]]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LayerNorm {
    name: String,
    features: usize,
    gamma: Param,
    beta: Param,
    config: LayerNormConfig,
}

/// The config of a [`LayerNorm`] layer, from [`LayerNorm::new`] or [`LayerNorm::inferred`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use = "a config makes no layer until it is built"]
pub struct LayerNormConfig {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    features: Option<usize>,
    #[serde(default = "eps", deserialize_with = "checked::from_zero")]
    eps: f64,
}

/// Keras's.
fn eps() -> f64 {
    1e-3
}

impl LayerNorm {
    /// The config of a layer for rows of `features` values; [`build`](LayerNormConfig::build) makes the layer.
    #[allow(clippy::new_ret_no_self)] // a layer holds keys of a store: there is none without one
    pub fn new(features: usize) -> LayerNormConfig {
        LayerNormConfig { features: Some(features), ..LayerNorm::inferred() }
    }

    /// The config of a layer whose number of features is inferred when the network around it is built.
    pub fn inferred() -> LayerNormConfig {
        LayerNormConfig { name: None, features: None, eps: eps() }
    }

    /// The key of γ, of shape (n).
    pub fn gamma(&self) -> Param {
        self.gamma
    }

    /// The key of β, of shape (n).
    pub fn beta(&self) -> Param {
        self.beta
    }
}

impl LayerNormConfig {
    /// ε, which keeps the divisor away from 0.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN.
    #[track_caller]
    pub fn eps(mut self, eps: f64) -> Self {
        self.eps = checked::eps("LayerNorm", eps);
        self
    }

    /// PyTorch's ε.
    pub fn pytorch(self) -> Self {
        self.eps(1e-5)
    }

    /// The name; without one it is `layer_norm`, `layer_norm_1` and so on, the first that is free in the store.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Builds the layer: adds `NAME.gamma` (ones) and `NAME.beta` (zeros) to the store.
    ///
    /// # Panics
    /// If the given name is taken, or the number of features is unknown.
    #[track_caller]
    pub fn build<T: Scalar>(self, params: &mut Params<T>) -> LayerNorm {
        let label = (LayerNormConfig::KIND, self.name.as_deref());
        alone(label, self.features.map(Shape::from), params, &mut generator(0), |at| self.make(at))
    }

    fn make<T: Scalar>(&self, at: &mut BuildContext<'_, T>) -> Result<LayerNorm, ConfigError> {
        let features = self.features.map_or_else(|| at.features(), Ok)?;
        let name = at.name().to_string();
        let gamma = at.param("gamma", features, Init::Ones)?;
        let beta = at.param("beta", features, Init::Zeros)?;
        let config = LayerNormConfig { name: Some(name.clone()), features: Some(features), ..self.clone() };
        Ok(LayerNorm { name, features, gamma, beta, config })
    }
}

impl LayerConfig for LayerNormConfig {
    const KIND: &'static str = "LayerNorm";

    fn build_in<T: Scalar>(&self, at: &mut BuildContext<'_, T>) -> Result<Box<dyn Module<T>>, ConfigError> {
        Ok(Box::new(self.make(at)?))
    }
}

impl<T: Scalar> Module<T> for LayerNorm {
    #[track_caller]
    fn call<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        let shape = x.shape();
        if shape.last() != Some(&self.features) {
            panic!(
                "{}: an input of shape {shape} does not fit: the size of its last axis must be {}",
                self.name, self.features
            );
        }
        x.layer_norm(ctx.var(self.gamma), ctx.var(self.beta), self.config.eps)
    }

    fn parameters(&self) -> Vec<Param> {
        vec![self.gamma, self.beta]
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn config(&self) -> Result<Config, ConfigError> {
        Ok(self.config.clone().into())
    }

    fn output_shape(&self, _: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
        ShapeError::unless_features(&self.name, input, self.features)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::tensor;

    #[test]
    fn gain_bias_and_epsilon() {
        let mut params = Params::<f64>::new();
        let layer = LayerNorm::new(2).name("ln").build(&mut params);
        params.set(layer.gamma(), tensor![2.0, 3.0]);
        params.set(layer.beta(), tensor![1.0, -1.0]);
        let y = layer.predict(&params, &tensor![[0.0, 2.0]]).to_vec();
        let unit = 1.0 / 1.001_f64.sqrt();
        assert!((y[0] - (1.0 - 2.0 * unit)).abs() < 1e-14 && (y[1] - (3.0 * unit - 1.0)).abs() < 1e-14);
        let torch = LayerNorm::new(2).pytorch().build(&mut params).predict(&params, &tensor![[0.0, 2.0]]);
        assert!((torch.at([0, 1]) - 1.0 / 1.00001_f64.sqrt()).abs() < 1e-15);
        let e = layer.output_shape(&params, &Shape::from(3)).unwrap_err();
        assert_eq!(e.to_string(), "layer `ln` cannot take an input of shape (3,): it takes (2,)");
    }
}
