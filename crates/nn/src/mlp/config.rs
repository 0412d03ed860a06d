//! The config of a multilayer perceptron, alone or as a model for a task.

use super::{Between, Mlp};
use crate::activation::Activation;
use crate::init::Init;
use crate::layer::{AlphaDropout, Dense, DenseConfig, Dropout, Flatten};
use crate::model::Model;
use crate::module::{Config, LayerConfig, alone, generator};
use crate::regularizer::Regularizer;
use crate::sequential::SequentialConfig;
use crate::task::Task;
use autograd::{Params, Scalar};
use rand::Rng;
use tensor::Shape;

/// The config of an [`Mlp`], from [`Mlp::new`], or of a model for a task, from [`Mlp::regressor`], [`Mlp::binary`],
/// [`Mlp::multilabel`] or [`Mlp::classifier`].
///
/// [`build`](MlpConfig::build) adds the layers to a store; [`model`](MlpConfig::model) makes a [`Model`] of them.
///
/// One to five hidden layers of ten to a hundred neurons each are usual. A decreasing [`pyramid`](Mlp::pyramid) was once
/// the custom; layers of one size ([`uniform`](Mlp::uniform)) do as well and leave one number to choose.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a config makes no network until it is built"]
pub struct MlpConfig {
    input: Shape,
    hidden: Vec<usize>,
    outputs: usize,
    activation: Activation,
    output_activation: Activation,
    init: Option<Init>,
    output_init: Option<Init>,
    dropout: f64,
    regularizer: Option<Regularizer>,
    task: Option<Task>,
}

impl Mlp {
    /// The config of a network with `inputs` inputs, hidden layers of the given sizes, and `outputs` outputs.
    ///
    /// `hidden` is an array, a slice or a `Vec`; if it is empty, the network is a single layer.
    ///
    /// # Panics
    /// If a size is 0.
    #[track_caller]
    #[allow(clippy::new_ret_no_self)] // a network holds keys of a store: there is none without one
    pub fn new(inputs: usize, hidden: impl AsRef<[usize]>, outputs: usize) -> MlpConfig {
        let hidden = hidden.as_ref().to_vec();
        assert!(
            inputs > 0 && outputs > 0 && !hidden.contains(&0),
            "Mlp: all sizes must be at least 1, got {inputs} inputs, hidden layers of {hidden:?} and {outputs} outputs"
        );
        MlpConfig {
            input: Shape::from(inputs),
            hidden,
            outputs,
            activation: Activation::Relu,
            output_activation: Activation::Linear,
            init: None,
            output_init: None,
            dropout: 0.0,
            regularizer: None,
            task: None,
        }
    }

    /// A model that predicts `outputs` values.
    ///
    /// ```
    /// use nn::{Loss, Mlp};
    /// let model = Mlp::regressor(8, Mlp::uniform(50, 3), 1).model::<f32>(42).loss(Loss::Huber(1.0));
    /// assert_eq!(model.params().size(), 8 * 50 + 50 + 2 * (50 * 50 + 50) + 50 + 1);
    /// assert_eq!(model.heads()[0].metrics(), ["root_mean_squared_error"]);
    /// ```
    ///
    /// # Panics
    /// If a size is 0.
    #[track_caller]
    pub fn regressor(inputs: usize, hidden: impl AsRef<[usize]>, outputs: usize) -> MlpConfig {
        Mlp::new(inputs, hidden, outputs).task(Task::Regression)
    }

    /// A model that answers yes or no, with one output.
    ///
    /// ```
    /// use nn::{Loss, Mlp, Sigmoid};
    /// let model = Mlp::binary(2, [4]).model::<f32>(42);
    /// assert_eq!(model.heads()[0].loss(), Loss::BinaryCrossentropy(0.0));
    /// assert_eq!(model.heads()[0].activation(), Sigmoid); // in `predict`; the loss sees logits
    /// ```
    ///
    /// # Panics
    /// If a size is 0.
    #[track_caller]
    pub fn binary(inputs: usize, hidden: impl AsRef<[usize]>) -> MlpConfig {
        Mlp::new(inputs, hidden, 1).task(Task::Binary)
    }

    /// A model that answers yes or no for each of several labels, independently.
    ///
    /// ```
    /// use nn::Mlp;
    /// use tensor::{Tensor, tensor};
    /// let model = Mlp::multilabel(4, [8], 3).model::<f32>(42);
    /// let p = model.predict(&Tensor::zeros([1, 4]));
    /// assert_eq!(p, tensor![[0.5, 0.5, 0.5]]); // they need not sum to 1
    /// ```
    ///
    /// # Panics
    /// If a size is 0.
    #[track_caller]
    pub fn multilabel(inputs: usize, hidden: impl AsRef<[usize]>, labels: usize) -> MlpConfig {
        Mlp::new(inputs, hidden, labels).task(Task::Multilabel)
    }

    /// A model that chooses one of several classes.
    ///
    /// ```
    /// use nn::Mlp;
    /// use tensor::Tensor;
    /// let model = Mlp::classifier(784, [300, 100], 10).model::<f32>(42);
    /// assert_eq!(model.params().size(), 266_610);
    /// let p = model.predict(&Tensor::ones([2, 784]));
    /// assert!((p.sum() - 2.0).abs() < 1e-5); // two rows of probabilities
    /// ```
    ///
    /// # Panics
    /// If a size is 0.
    #[track_caller]
    pub fn classifier(inputs: usize, hidden: impl AsRef<[usize]>, classes: usize) -> MlpConfig {
        Mlp::new(inputs, hidden, classes).task(Task::Multiclass)
    }

    /// Hidden layers of one size.
    ///
    /// ```
    /// assert_eq!(nn::Mlp::uniform(50, 3), [50, 50, 50]);
    /// ```
    pub fn uniform(neurons: usize, layers: usize) -> Vec<usize> {
        vec![neurons; layers]
    }

    /// Hidden layers from the widest to the narrowest, each smaller than the one before by the same factor.
    ///
    /// ```
    /// assert_eq!(nn::Mlp::pyramid(400, 100, 3), [400, 200, 100]);
    /// ```
    pub fn pyramid(widest: usize, narrowest: usize, layers: usize) -> Vec<usize> {
        let steps = layers.saturating_sub(1).max(1) as f64;
        let factor = (narrowest as f64 / widest.max(1) as f64).powf(1.0 / steps);
        (0..layers).map(|i| (widest as f64 * factor.powi(i as i32)).round() as usize).collect()
    }
}

impl MlpConfig {
    /// The shape of an example, such as that of an image, for a [`model`](MlpConfig::model), which flattens it first.
    ///
    /// # Panics
    /// If its size is not the number of inputs.
    #[track_caller]
    pub fn input_shape(mut self, shape: impl Into<Shape>) -> Self {
        let shape = shape.into();
        let inputs = self.input.size();
        assert!(shape.size() == inputs, "Mlp: expected examples of {inputs} values, got the shape {shape}");
        self.input = shape;
        self
    }

    /// The activation after each hidden layer. Default: ReLU.
    pub fn activation(mut self, activation: Activation) -> Self {
        self.activation = activation;
        self
    }

    /// The activation after the last layer. Default: none.
    ///
    /// In a regression: softplus for positive values (a ReLU may get stuck at 0), tanh for values in -1..1, a sigmoid for
    /// values in 0..1. A classifier needs none: its loss takes logits.
    pub fn output_activation(mut self, activation: Activation) -> Self {
        self.output_activation = activation;
        self
    }

    /// The initializer of all kernels. Default: [`Init::LecunNormal`] for SELU, and [`Init::GlorotUniform`], Keras's
    /// default, otherwise. For deep networks of ReLU neurons [`Init::HeNormal`] is the better choice.
    pub fn init(mut self, init: Init) -> Self {
        self.init = Some(init);
        self
    }

    /// The initializer of the last kernel. Default: that of the others.
    pub fn output_init(mut self, init: Init) -> Self {
        self.output_init = Some(init);
        self
    }

    /// The fraction of each hidden layer's output that dropout sets to 0 in training mode; alpha dropout for SELU.
    /// Default: 0. A bare training loop then uses [`forward_train`](crate::Module::forward_train).
    ///
    /// # Panics
    /// If the rate does not lie in 0..=1.
    #[track_caller]
    pub fn dropout(mut self, rate: f64) -> Self {
        self.dropout = Dropout::new(rate).rate();
        self
    }

    /// A penalty on every kernel, which a [`Model`] adds to its loss. Default: none.
    pub fn regularizer(mut self, regularizer: Regularizer) -> Self {
        self.regularizer = Some(regularizer);
        self
    }

    /// The task of a [`model`](MlpConfig::model): its loss and its metric are those of the table of [`Task`].
    /// Default: none.
    pub fn task(mut self, task: Task) -> Self {
        self.task = Some(task);
        self
    }

    /// Builds the network: adds the parameters of its layers to the store.
    #[track_caller]
    pub fn build<T: Scalar>(&self, params: &mut Params<T>, rng: &mut (impl Rng + ?Sized)) -> Mlp {
        let layers = self.dense().map(|layer| layer.build(params, rng)).collect();
        Mlp { layers, between: self.between() }
    }

    /// Builds the network as a model, with weights drawn from a seed.
    pub fn model<T: Scalar>(&self, seed: u64) -> Model<T> {
        let flatten = (self.input.rank() != 1).then(|| Flatten.into());
        let between = self.between();
        let layers = self.dense().enumerate().flat_map(|(i, layer)| {
            let between = between.iter().filter(|_| i > 0).map(|between| match *between {
                Between::Dropout(layer) => layer.into(),
                Between::AlphaDropout(layer) => layer.into(),
            });
            between.chain([Config::from(layer)]).collect::<Vec<_>>()
        });
        let network: SequentialConfig = flatten.into_iter().chain(layers).collect();
        let (mut params, input) = (Params::new(), self.input.clone());
        let label = (SequentialConfig::KIND, None);
        let network = alone(label, Some(input.clone()), &mut params, &mut generator(seed), |at| network.make(at));
        match Model::new(network, params, input) {
            Ok(model) => self.task.into_iter().fold(model, Model::task).seed(seed),
            Err(e) => unreachable!("each layer takes the output of the one before: {e}"),
        }
    }

    /// The dense layers.
    fn dense(&self) -> impl Iterator<Item = DenseConfig> {
        let selu = self.activation == Activation::Selu;
        let init = self.init.unwrap_or(if selu { Init::LecunNormal } else { Init::GlorotUniform });
        let inputs = std::iter::once(self.input.size()).chain(self.hidden.iter().copied());
        let outputs = self.hidden.iter().copied().chain([self.outputs]);
        inputs.zip(outputs).enumerate().map(move |(i, (inputs, outputs))| {
            let (activation, init) = match i == self.hidden.len() {
                true => (self.output_activation, self.output_init.unwrap_or(init)),
                false => (self.activation, init),
            };
            let layer = Dense::new(inputs, outputs).activation(activation).kernel_init(init);
            self.regularizer.into_iter().fold(layer, DenseConfig::kernel_regularizer)
        })
    }

    fn between(&self) -> Option<Between> {
        (self.dropout > 0.0).then(|| match self.activation {
            Activation::Selu => Between::AlphaDropout(AlphaDropout::new(self.dropout)),
            _ => Between::Dropout(Dropout::new(self.dropout)),
        })
    }
}
