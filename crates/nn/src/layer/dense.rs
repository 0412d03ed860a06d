//! A fully connected layer.

use crate::activation::Activation;
use crate::init::Init;
use crate::mode::Mode;
use crate::module::Module;
use crate::naming::free_name;
use crate::regularizer::Regularizer;
use crate::shape_error::ShapeError;
use autograd::{Lent, Param, Params, Scalar, Var};
use rand::Rng;
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
    outputs: usize,
    kernel: Param,
    bias: Option<Param>,
    activation: Activation,
    regularizer: Option<Regularizer>,
    init: Init,
}

impl Dense {
    /// The description of a layer of `outputs` neurons on `inputs` numbers; [`build`](DenseBuilder::build) makes it.
    ///
    /// # Panics
    /// If either is 0.
    #[track_caller]
    #[allow(clippy::new_ret_no_self)] // a layer holds keys of a store: there is none without one
    pub fn new(inputs: usize, outputs: usize) -> DenseBuilder {
        assert!(inputs > 0 && outputs > 0, "Dense: a layer from {inputs} to {outputs} numbers computes nothing");
        DenseBuilder {
            name: None,
            inputs,
            outputs,
            activation: Activation::Linear,
            kernel: Init::GlorotUniform,
            bias: Some(Init::Zeros),
            regularizer: None,
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
        self.outputs
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
        self.activation
    }

    /// The keys of W and b.
    pub fn parameters(&self) -> Vec<Param> {
        [self.kernel].into_iter().chain(self.bias).collect()
    }

    #[track_caller]
    fn check(&self, x: &Shape) {
        if x.last() != Some(&self.inputs) {
            panic!(
                "{}: an input of shape {x} does not fit the kernel of shape ({}, {}): its last extent must be {}",
                self.name, self.inputs, self.outputs, self.inputs
            );
        }
    }
}

impl<T: Scalar> Module<T> for Dense {
    #[track_caller]
    fn call<'t>(&self, net: &Lent<'_, 't, T>, x: Var<'t, Tensor<T>>, mode: &mut Mode<'_, T>) -> Var<'t, Tensor<T>> {
        self.activation.apply(self.logits(net, x, mode))
    }

    #[track_caller]
    fn logits<'t>(&self, net: &Lent<'_, 't, T>, x: Var<'t, Tensor<T>>, _: &mut Mode<'_, T>) -> Var<'t, Tensor<T>> {
        self.check(&x.shape());
        let w = net.var(self.kernel);
        match self.bias {
            Some(b) => x.linear(w, net.var(b)),
            None => x.matmul(w),
        }
    }

    fn output_activation(&self) -> Activation {
        self.activation
    }

    fn kernel_init(&self) -> Option<Init> {
        Some(self.init)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn output_shape(&self, _: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
        match input.split_last() {
            Some((&inputs, rest)) if inputs == self.inputs => Ok(rest.iter().copied().chain([self.outputs]).collect()),
            _ => Err(ShapeError::new(&self.name, [input.clone()], Shape::from(self.inputs))),
        }
    }

    fn regularizers(&self) -> Vec<(Param, Regularizer)> {
        self.regularizer.map(|r| (self.kernel, r)).into_iter().collect()
    }

    fn parameters(&self) -> Vec<Param> {
        self.parameters()
    }

    #[track_caller]
    fn predict(&self, params: &Params<T>, x: &Tensor<T>) -> Tensor<T> {
        self.check(x.shape());
        self.activation.of(x.linear(params.get(self.kernel), self.bias.map(|b| params.get(b))))
    }
}

/// The description of a [`Dense`] layer, from [`Dense::new`].
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a description makes no layer until it is built"]
pub struct DenseBuilder {
    name: Option<String>,
    inputs: usize,
    outputs: usize,
    activation: Activation,
    kernel: Init,
    bias: Option<Init>,
    regularizer: Option<Regularizer>,
}

impl DenseBuilder {
    /// What follows the product; nothing unless said.
    pub fn activation(mut self, activation: Activation) -> Self {
        self.activation = activation;
        self
    }

    /// Where the kernel starts from.
    pub fn kernel_init(mut self, init: Init) -> Self {
        self.kernel = init;
        self
    }

    /// Where the bias starts from.
    pub fn bias_init(mut self, init: Init) -> Self {
        self.bias = Some(init);
        self
    }

    /// A penalty on the kernel, which a [`Model`](crate::Model) adds to its loss; none unless said.
    pub fn kernel_regularizer(mut self, regularizer: Regularizer) -> Self {
        self.regularizer = Some(regularizer);
        self
    }

    /// Whether there is a bias.
    pub fn use_bias(mut self, bias: bool) -> Self {
        self.bias = bias.then(|| self.bias.unwrap_or(Init::Zeros));
        self
    }

    /// Kernel and bias evenly from ±1/√in, as PyTorch's `Linear` starts.
    pub fn pytorch(mut self) -> Self {
        let bound = 1.0 / (self.inputs as f64).sqrt();
        let init = Init::Uniform { low: -bound, high: bound };
        (self.kernel, self.bias) = (init, self.bias.map(|_| init));
        self
    }

    /// The name; without one it is `dense`, `dense_1` and so on, the first that is free in the store.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Makes the layer: adds its parameters to the store, as `NAME.w` and `NAME.b`.
    ///
    /// # Panics
    /// If a name that was given is taken.
    #[track_caller]
    pub fn build<T: Scalar>(self, params: &mut Params<T>, rng: &mut (impl Rng + ?Sized)) -> Dense {
        let DenseBuilder { name, inputs, outputs, activation, kernel, bias, regularizer } = self;
        let name = name.unwrap_or_else(|| free_name(params, "dense"));
        let w = params.add(format!("{name}.w"), kernel.sample([inputs, outputs], rng));
        let mut layer = Dense { name, inputs, outputs, kernel: w, bias: None, activation, regularizer, init: kernel };
        if let Some(init) = bias {
            layer.bias = Some(params.add(format!("{}.b", layer.name), init.sample(outputs, rng)));
        }
        layer
    }
}

#[cfg(test)]
mod tests;
