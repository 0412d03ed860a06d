//! The multilayer perceptron.

use crate::activation::Activation;
use crate::context::Context;
use crate::init::Init;
use crate::layer::Dense;
use crate::layer::Dropout;
use crate::module::Module;
use crate::shape_error::ShapeError;
use autograd::{Param, Params, Scalar, TensorVar};
use rand::Rng;
use tensor::{Shape, Tensor};

/// A multilayer perceptron: [`Dense`] layers one after the other, an activation after each but the last.
///
/// The last layer gives logits, which is what the losses want (`softmax_cross_entropy`, `bce_with_logits`), or plain
/// numbers for a regression.
///
/// ```
/// use autograd::Params;
/// use nn::{Mlp, Module, Tanh};
/// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
/// use tensor::tensor;
///
/// let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
/// let mut params = Params::<f64>::new();
/// let model = Mlp::new(2, [4], 1).activation(Tanh).build(&mut params, &mut rng);
/// assert_eq!(model.layers().len(), 2);
/// let y = model.predict(&params, &tensor![[0.0, 1.0], [1.0, 1.0], [1.0, 0.0]]);
/// assert_eq!(y.shape().to_string(), "(3, 1)");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Mlp {
    layers: Vec<Dense>,
    dropout: Option<Dropout>,
}

impl Mlp {
    /// The description of a network from `inputs` to `outputs` numbers with hidden layers of these sizes in between;
    /// [`build`](MlpBuilder::build) makes it.
    ///
    /// `hidden` is an array, a slice or a `Vec`; empty, it makes a single layer.
    ///
    /// # Panics
    /// If a size is 0.
    #[track_caller]
    #[allow(clippy::new_ret_no_self)] // a network holds keys of a store: there is none without one
    pub fn new(inputs: usize, hidden: impl AsRef<[usize]>, outputs: usize) -> MlpBuilder {
        let hidden = hidden.as_ref().to_vec();
        assert!(
            inputs > 0 && outputs > 0 && !hidden.contains(&0),
            "Mlp: a network from {inputs} by {hidden:?} to {outputs} numbers has a layer that computes nothing"
        );
        MlpBuilder {
            inputs,
            hidden,
            outputs,
            activation: Activation::Relu,
            output_activation: Activation::Linear,
            init: Init::GlorotUniform,
            output_init: Init::GlorotUniform,
            dropout: 0.0,
        }
    }

    /// The layers, from the input on.
    pub fn layers(&self) -> &[Dense] {
        &self.layers
    }

    /// What follows each hidden layer in training, if anything.
    pub fn dropout(&self) -> Option<Dropout> {
        self.dropout
    }

    /// The keys of all kernels and biases, from the input on.
    pub fn parameters(&self) -> Vec<Param> {
        self.layers.iter().flat_map(Dense::parameters).collect()
    }

    /// The modules in the order of the computation: dropout stands before each layer but the first.
    fn chain<T: Scalar>(&self) -> impl DoubleEndedIterator<Item = &dyn Module<T>> {
        self.layers.iter().enumerate().flat_map(|(i, layer)| {
            let dropout = self.dropout.iter().filter(move |_| i > 0).map(|dropout| dropout as &dyn Module<T>);
            dropout.chain([layer as &dyn Module<T>])
        })
    }
}

impl<T: Scalar> Module<T> for Mlp {
    #[track_caller]
    fn call<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        self.chain().fold(x, |x, module| module.call(ctx, x))
    }

    #[track_caller]
    fn logits<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        let mut chain = self.chain();
        let Some(last) = chain.next_back() else { return x };
        let x = chain.fold(x, |x, module| module.call(ctx, x));
        last.logits(ctx, x)
    }

    #[track_caller]
    fn predict(&self, params: &Params<T>, x: &Tensor<T>) -> Tensor<T> {
        self.chain().fold(x.clone(), |x, module| module.predict(params, &x))
    }

    fn children(&self) -> Vec<&dyn Module<T>> {
        self.chain().collect()
    }

    fn output_shape(&self, params: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
        self.layers.iter().try_fold(input.clone(), |shape, layer| layer.output_shape(params, &shape))
    }

    fn output_activation(&self) -> Activation {
        self.layers.last().map_or(Activation::Linear, Dense::activation)
    }
}

/// The description of an [`Mlp`], from [`Mlp::new`].
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a description makes no network until it is built"]
pub struct MlpBuilder {
    inputs: usize,
    hidden: Vec<usize>,
    outputs: usize,
    activation: Activation,
    output_activation: Activation,
    init: Init,
    output_init: Init,
    dropout: f64,
}

impl MlpBuilder {
    /// What follows each hidden layer; ReLU unless said.
    pub fn activation(mut self, activation: Activation) -> Self {
        self.activation = activation;
        self
    }

    /// What follows the last layer; nothing unless said.
    pub fn output_activation(mut self, activation: Activation) -> Self {
        self.output_activation = activation;
        self
    }

    /// Where the kernels of the hidden layers start from; [`Init::GlorotUniform`] unless said.
    ///
    /// For deep networks of ReLU neurons [`Init::HeNormal`] is the better choice.
    pub fn init(mut self, init: Init) -> Self {
        self.init = init;
        self
    }

    /// Where the kernel of the last layer starts from; [`Init::GlorotUniform`] unless said.
    pub fn output_init(mut self, init: Init) -> Self {
        self.output_init = init;
        self
    }

    /// Leaves out this share of each hidden layer's output while training. Such a network is trained with
    /// [`forward_train`](Module::forward_train).
    ///
    /// # Panics
    /// If the rate does not lie in 0..=1.
    #[track_caller]
    pub fn dropout(mut self, rate: f64) -> Self {
        self.dropout = Dropout::new(rate).rate();
        self
    }

    /// Makes the network: adds the parameters of its layers to the store.
    #[track_caller]
    pub fn build<T: Scalar>(&self, params: &mut Params<T>, rng: &mut (impl Rng + ?Sized)) -> Mlp {
        let mut layers = Vec::with_capacity(self.hidden.len() + 1);
        let mut inputs = self.inputs;
        for &outputs in &self.hidden {
            let layer = Dense::new(inputs, outputs).activation(self.activation).kernel_init(self.init);
            layers.push(layer.build(params, rng));
            inputs = outputs;
        }
        let last = Dense::new(inputs, self.outputs).activation(self.output_activation).kernel_init(self.output_init);
        layers.push(last.build(params, rng));
        Mlp { layers, dropout: (self.dropout > 0.0).then(|| Dropout::new(self.dropout)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::Activation::*;
    use crate::testing::rng;
    use autograd::Tape;
    use tensor::tensor;

    #[test]
    fn sizes_come_as_arrays_slices_and_vectors() {
        let sizes = vec![3, 4];
        let array = Mlp::new(2, [3, 4], 5);
        assert_eq!(array, Mlp::new(2, &sizes[..], 5));
        assert_eq!(array, Mlp::new(2, sizes, 5));
        let mut params = Params::<f32>::new();
        let extents = |m: &Mlp| m.layers().iter().map(|l| (l.inputs(), l.outputs())).collect::<Vec<_>>();
        assert_eq!(extents(&array.build(&mut params, &mut rng(0))), [(2, 3), (3, 4), (4, 5)]);
        assert_eq!(extents(&Mlp::new(2, [], 5).build(&mut params, &mut rng(0))), [(2, 5)]);
    }

    #[test]
    fn the_network_of_the_slides() {
        let mut params = Params::<f32>::new();
        let model = Mlp::new(784, [300, 100], 10).build(&mut params, &mut rng(42));
        assert_eq!((params.size(), model.parameters()), (266_610, params.keys().collect()));
        let names: Vec<&str> = params.keys().map(|p| params.name(p)).collect();
        assert_eq!(names, ["dense.w", "dense.b", "dense_1.w", "dense_1.b", "dense_2.w", "dense_2.b"]);
        let activations: Vec<Activation> = model.layers().iter().map(Dense::activation).collect();
        assert_eq!((activations, model.dropout()), (vec![Relu, Relu, Linear], None));
    }

    #[test]
    fn predict_is_forward_for_batches_and_for_one() {
        for (activation, output) in [(Relu, Linear), (Tanh, Softmax), (LeakyRelu(0.1), Sigmoid)] {
            let mut params = Params::<f32>::new();
            let builder = Mlp::new(7, [20, 9], 4).activation(activation).output_activation(output).dropout(0.5);
            let model = builder.build(&mut params, &mut rng(1));
            for x in [[40, 7], [1, 7]].map(|shape| Tensor::random_normal(shape, 0.0, 1.0, &mut rng(2))) {
                let tape = Tape::default();
                let y = model.forward(&params.bind(&tape), tape.constant(x.clone())).value();
                assert_eq!(model.predict(&params, &x), y);
            }
            let one = Tensor::random_normal(7, 0.0, 1.0, &mut rng(3));
            let tape = Tape::default();
            let y = model.forward(&params.bind(&tape), tape.constant(one.clone())).value();
            assert_eq!((model.predict(&params, &one), y.shape().rank()), (y, 1));
        }
    }

    #[test]
    fn dropout_stands_between_layers_only() {
        let mut params = Params::<f64>::new();
        let builder = Mlp::new(2, [2], 2).init(Init::Ones).output_init(Init::Ones).dropout(0.5);
        let model = builder.build(&mut params, &mut rng(0));
        let (tape, mut rng) = (Tape::default(), rng(5));
        let (net, x) = (params.bind(&tape), tape.constant(tensor![1.0, 2.0]));
        // Two hidden neurons of 3, each 0 or doubled; both outputs see the same sum.
        let mut seen = Vec::new();
        for _ in 0..64 {
            let y = model.forward_train(&net, x, &mut rng).value();
            assert_eq!(y.at([0]), y.at([1]));
            seen.push(y.at([0]) as usize);
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen, [0, 6, 12]);
    }

    #[test]
    #[should_panic(expected = "Mlp: a network from 2 by [3, 0] to 1 numbers has a layer that computes nothing")]
    fn an_empty_layer() {
        let _ = Mlp::new(2, [3, 0], 1);
    }
}
