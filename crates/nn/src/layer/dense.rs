//! A fully connected layer.

use crate::activation::Activation;
use crate::init::Init;
use crate::module::{BuildContext, Config, ConfigError, Context, LayerConfig, Module, alone, checked};
use crate::regularizer::Regularizer;
use crate::shape_error::ShapeError;
use autograd::{Param, Params, Scalar, TensorVar};
use rand::Rng;
use serde::{Deserialize, Serialize};
use tensor::{Shape, Tensor};

/// A fully connected layer: y = φ(x W + b).
///
/// The kernel W has shape (in, out), so that a batch of rows x is multiplied from the left. The product and the bias
/// are one fused operation. By default there is no activation, W starts as [`Init::GlorotUniform`] and b as zeros: the
/// defaults of Keras.
///
/// ```
/// use autograd::Params;
/// use nn::{Dense, Init, Module, Relu};
/// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
/// use tensor::tensor;
///
/// let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
/// let mut params = Params::new();
/// let hidden = Dense::new(2, 3).activation(Relu).kernel_init(Init::HeNormal).build(&mut params, &mut rng);
/// let output = Dense::new(3, 1).use_bias(false).build(&mut params, &mut rng);
///
/// let names: Vec<&str> = params.keys().map(|p| params.name(p)).collect();
/// assert_eq!(names, ["dense.w", "dense.b", "dense_1.w"]);
///
/// params.set(hidden.kernel(), tensor![[1.0, -1.0, 2.0], [0.0, 1.0, 1.0]]);
/// assert_eq!(hidden.predict(&params, &tensor![[1.0, 0.5]]), tensor![[1.0, 0.0, 2.5]]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Dense {
    name: String,
    inputs: usize,
    kernel: Param,
    bias: Option<Param>,
    config: DenseConfig,
}

impl Dense {
    /// The config of a layer with `inputs` inputs and `outputs` neurons; [`build`](DenseConfig::build) makes the layer.
    ///
    /// # Panics
    /// If either is 0.
    #[track_caller]
    #[allow(clippy::new_ret_no_self)] // a layer holds keys of a store: there is none without one
    pub fn new(inputs: usize, outputs: usize) -> DenseConfig {
        assert!(inputs > 0 && outputs > 0, "Dense: a layer from {inputs} to {outputs} numbers computes nothing");
        DenseConfig { inputs: Some(inputs), ..Dense::units(outputs) }
    }

    /// The config of a layer with `units` neurons. The number of inputs is inferred when the network around the layer is
    /// built, for example by [`SequentialConfig::build`](crate::SequentialConfig::build).
    ///
    /// # Panics
    /// If there are no neurons.
    #[track_caller]
    pub fn units(units: usize) -> DenseConfig {
        assert!(units > 0, "Dense: a layer of no neurons computes nothing");
        DenseConfig {
            name: None,
            inputs: None,
            units,
            activation: Activation::Linear,
            kernel_init: Init::GlorotUniform,
            bias_init: Some(Init::Zeros),
            kernel_regularizer: None,
            bias_regularizer: None,
            pytorch: false,
        }
    }

    /// The name; those of the parameters start with it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The length of a row of the input.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// The number of neurons.
    pub fn outputs(&self) -> usize {
        self.config.units
    }

    /// The key of W, of shape (in, out).
    pub fn kernel(&self) -> Param {
        self.kernel
    }

    /// The key of b, of shape (out), unless the layer was made without.
    pub fn bias(&self) -> Option<Param> {
        self.bias
    }

    /// The activation.
    pub fn activation(&self) -> Activation {
        self.config.activation
    }

    /// The keys of W and b.
    pub fn parameters(&self) -> Vec<Param> {
        [self.kernel].into_iter().chain(self.bias).collect()
    }

    #[track_caller]
    fn check(&self, x: &Shape) {
        if x.last() != Some(&self.inputs) {
            panic!(
                "{}: an input of shape {x} does not fit the kernel of shape ({}, {}): the size of its last axis must be {}",
                self.name,
                self.inputs,
                self.outputs(),
                self.inputs
            );
        }
    }
}

impl<T: Scalar> Module<T> for Dense {
    #[track_caller]
    fn call<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        self.activation().apply(self.logits(ctx, x))
    }

    #[track_caller]
    fn logits<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        self.check(&x.shape());
        let w = ctx.var(self.kernel);
        match self.bias {
            Some(b) => x.linear(w, ctx.var(b)),
            None => x.matmul(w),
        }
    }

    fn output_activation(&self) -> Activation {
        self.activation()
    }

    fn kernel_init(&self) -> Option<Init> {
        Some(self.config.kernel_init)
    }

    fn config(&self) -> Result<Config, ConfigError> {
        Ok(self.config.clone().into())
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn output_shape(&self, _: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
        match input.split_last() {
            Some((&inputs, rest)) if inputs == self.inputs => {
                Ok(rest.iter().copied().chain([self.outputs()]).collect())
            }
            _ => Err(ShapeError::new(&self.name, [input.clone()], Shape::from(self.inputs))),
        }
    }

    fn regularizers(&self) -> Vec<(Param, Regularizer)> {
        let kernel = self.config.kernel_regularizer.map(|r| (self.kernel, r));
        let bias = self.bias.zip(self.config.bias_regularizer);
        kernel.into_iter().chain(bias).collect()
    }

    fn parameters(&self) -> Vec<Param> {
        self.parameters()
    }

    #[track_caller]
    fn predict(&self, params: &Params<T>, x: &Tensor<T>) -> Tensor<T> {
        self.check(x.shape());
        self.activation().of(x.linear(params.get(self.kernel), self.bias.map(|b| params.get(b))))
    }
}

/// The config of a [`Dense`] layer, from [`Dense::new`] or [`Dense::units`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use = "a config makes no layer until it is built"]
pub struct DenseConfig {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "checked::some_count")]
    inputs: Option<usize>,
    #[serde(deserialize_with = "checked::count")]
    units: usize,
    #[serde(default)]
    activation: Activation,
    #[serde(default)]
    kernel_init: Init,
    #[serde(default = "zeros")]
    bias_init: Option<Init>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kernel_regularizer: Option<Regularizer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bias_regularizer: Option<Regularizer>,
    /// Whether both start as PyTorch's do.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pytorch: bool,
}

fn zeros() -> Option<Init> {
    Some(Init::Zeros)
}

impl DenseConfig {
    /// The activation after the product. Default: none.
    pub fn activation(mut self, activation: Activation) -> Self {
        self.activation = activation;
        self
    }

    /// Where the kernel starts from.
    pub fn kernel_init(mut self, init: Init) -> Self {
        self.kernel_init = init;
        self
    }

    /// Where the bias starts from.
    pub fn bias_init(mut self, init: Init) -> Self {
        self.bias_init = Some(init);
        self
    }

    /// A penalty on the kernel, which a [`Model`](crate::Model) adds to its loss. Default: none.
    pub fn kernel_regularizer(mut self, regularizer: Regularizer) -> Self {
        self.kernel_regularizer = Some(regularizer);
        self
    }

    /// A penalty on the bias. Default: none.
    pub fn bias_regularizer(mut self, regularizer: Regularizer) -> Self {
        self.bias_regularizer = Some(regularizer);
        self
    }

    /// Whether there is a bias.
    pub fn use_bias(mut self, bias: bool) -> Self {
        self.bias_init = bias.then(|| self.bias_init.unwrap_or(Init::Zeros));
        self
    }

    /// Kernel and bias evenly from ±1/√in, as PyTorch's `Linear` starts, whatever else was said of them.
    pub fn pytorch(mut self) -> Self {
        self.pytorch = true;
        self
    }

    /// The name; without one it is `dense`, `dense_1` and so on, the first that is free in the store.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Builds the layer: adds its parameters to the store, as `NAME.w` and `NAME.b`.
    ///
    /// # Panics
    /// If the given name is taken, the number of inputs is unknown, or an initializer or regularizer of matrices is set
    /// for the bias.
    #[track_caller]
    pub fn build<T: Scalar>(self, params: &mut Params<T>, mut rng: &mut (impl Rng + ?Sized)) -> Dense {
        let label = (DenseConfig::KIND, self.name.as_deref());
        alone(label, self.inputs.map(Shape::from), params, &mut rng, |at| self.make(at))
    }

    fn make<T: Scalar>(&self, at: &mut BuildContext<'_, T>) -> Result<Dense, ConfigError> {
        let inputs = self.inputs.map_or_else(|| at.features(), Ok)?;
        let name = at.name().to_string();
        let mut config = DenseConfig { name: Some(name.clone()), inputs: Some(inputs), pytorch: false, ..self.clone() };
        if self.pytorch {
            let bound = 1.0 / (inputs as f64).sqrt();
            let init = Init::Uniform { low: -bound, high: bound };
            config.kernel_init = init;
            config.bias_init = config.bias_init.map(|_| init);
        }
        let kernel = at.param("w", [inputs, self.units], config.kernel_init)?;
        let bias = config.bias_init.map(|init| at.param("b", self.units, init)).transpose()?;
        if let Some((b, penalty)) = bias.zip(config.bias_regularizer) {
            penalty.check(at.params.name(b), at.params.get(b).shape()).map_err(ConfigError::Other)?;
        }
        Ok(Dense { name, inputs, kernel, bias, config })
    }
}

impl LayerConfig for DenseConfig {
    const KIND: &'static str = "Dense";

    fn build_in<T: Scalar>(&self, at: &mut BuildContext<'_, T>) -> Result<Box<dyn Module<T>>, ConfigError> {
        Ok(Box::new(self.make(at)?))
    }
}

#[cfg(test)]
mod tests;
