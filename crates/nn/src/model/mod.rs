//! A network together with its numbers and its loss: what is trained, evaluated and saved as one.

mod config;
mod custom;
mod head;
mod lint;
mod objective;
mod predict;
mod summary;

pub use config::ModelConfig;
pub use head::Head;
pub use lint::{Lint, Severity};
pub use objective::Objective;
pub use summary::Summary;

use crate::activation::Activation;
use crate::loss::{CustomLoss, Loss};
use crate::module::{LayerSummary, Module};
use crate::regularizer::Regularizer;
use crate::shape_error::ShapeError;
use crate::task::Task;
use crate::term::Term;
use autograd::{Param, Params, Scalar};
use std::sync::Arc;
use tensor::Shape;

/// A network with its parameters, the loss and the metrics of each output, penalties on weights, and a seed.
///
/// Between network and loss stand logits: an output activation that the loss undoes (a softmax before a cross-entropy)
/// is left out in training and applied in [`predict`](Model::predict), whether it was written into the last layer or not.
///
/// Cloning shares the network and the numbers, until one side writes them.
///
/// ```
/// use autograd::Params;
/// use nn::{Dense, Loss, Model, Relu, Sequential, Softmax};
/// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
/// use tensor::Tensor;
///
/// let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
/// let mut params = Params::<f32>::new();
/// let network = Sequential::new()
///     .push(Dense::new(4, 8).activation(Relu).build(&mut params, &mut rng))
///     .push(Dense::new(8, 3).activation(Softmax).build(&mut params, &mut rng));
/// let model = Model::new(network, params, [4])?.loss(Loss::SparseCategoricalCrossentropy(0.0)).metrics(["accuracy"]);
///
/// let p = model.predict(&Tensor::ones([5, 4]));
/// assert!((p.sum() - 5.0).abs() < 1e-5); // five rows of probabilities
/// let z = model.logits(&Tensor::ones([5, 4]));
/// assert_eq!(z.softmax(-1), p);
/// # Ok::<(), nn::ShapeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Model<T: Scalar = f32> {
    network: Arc<dyn Module<T>>,
    params: Params<T>,
    inputs: Vec<Shape>,
    heads: Vec<Head>,
    penalties: Vec<(Param, Regularizer)>,
    custom: Vec<CustomLoss<T>>,
    terms: Vec<Term<T>>,
    task: Option<Task>,
    seed: u64,
}

impl<T: Scalar> Model<T> {
    /// A model of one input; `input` is the shape of one example.
    ///
    /// The loss is that of the activation which an output ends with, unless [`loss`](Model::loss) says otherwise: sparse
    /// categorical cross-entropy of a softmax, binary cross-entropy of a sigmoid, else the mean squared error.
    ///
    /// # Errors
    /// If a layer cannot take what the one before it gives.
    pub fn new(
        module: impl Module<T> + 'static,
        params: Params<T>,
        input: impl Into<Shape>,
    ) -> Result<Self, ShapeError> {
        Model::with_inputs(module, params, vec![input.into()])
    }

    /// A model of any number of inputs and outputs; `inputs` are the shapes of one example.
    ///
    /// # Errors
    /// If a layer cannot take what it is given.
    pub fn with_inputs(
        network: impl Module<T> + 'static,
        params: Params<T>,
        inputs: Vec<Shape>,
    ) -> Result<Self, ShapeError> {
        Model::of(Arc::new(network), params, inputs)
    }

    fn of(network: Arc<dyn Module<T>>, params: Params<T>, inputs: Vec<Shape>) -> Result<Self, ShapeError> {
        let shapes = network.output_shapes(&params, &inputs)?;
        let heads = network.outputs().into_iter().zip(shapes).map(|(output, shape)| Head::new(output, shape)).collect();
        let penalties = network.regularizers();
        Ok(Model {
            network,
            params,
            inputs,
            heads,
            penalties,
            custom: Vec::new(),
            terms: Vec::new(),
            task: None,
            seed: 0,
        })
    }

    /// The loss of every output.
    #[must_use]
    pub fn loss(mut self, loss: Loss) -> Self {
        self.heads.iter_mut().for_each(|head| head.set_loss(loss));
        self
    }

    /// A loss for each output, in their order.
    ///
    /// # Panics
    /// If there are more or fewer than outputs.
    #[must_use]
    #[track_caller]
    pub fn losses(mut self, losses: impl AsRef<[Loss]>) -> Self {
        for (head, &loss) in each(&mut self.heads, losses.as_ref(), "losses") {
            head.set_loss(loss);
        }
        self
    }

    /// The weight of each output's loss in the total loss. Default: 1.
    ///
    /// # Panics
    /// If there are more or fewer than outputs, or one is not finite.
    #[must_use]
    #[track_caller]
    pub fn loss_weights(mut self, weights: impl AsRef<[f64]>) -> Self {
        for (head, &weight) in each(&mut self.heads, weights.as_ref(), "loss weights") {
            assert!(weight.is_finite(), "Model: the loss weight {weight} is not finite");
            head.weight = weight;
        }
        self
    }

    /// The metrics of every output, by name.
    #[must_use]
    pub fn metrics<S: Into<String>>(mut self, metrics: impl IntoIterator<Item = S>) -> Self {
        let metrics: Vec<String> = metrics.into_iter().map(Into::into).collect();
        self.heads.iter_mut().for_each(|head| head.metrics.clone_from(&metrics));
        self
    }

    /// What the model is for: sets loss and metric of every output as the table of [`Task`] has them.
    #[must_use]
    pub fn task(mut self, task: Task) -> Self {
        self.task = Some(task);
        self.loss(task.loss()).metrics([task.metric()])
    }

    /// The seed of the random numbers in training. Default: 0.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// One more penalty, on a parameter of the model.
    ///
    /// # Panics
    /// If the key is of another store, or the penalty is one on matrices and the parameter is none.
    #[must_use]
    #[track_caller]
    pub fn regularize(mut self, param: Param, regularizer: Regularizer) -> Self {
        if let Err(e) = regularizer.check(self.params.name(param), self.params.get(param).shape()) {
            panic!("Model: {e}");
        }
        self.penalties.push((param, regularizer));
        self
    }

    /// The network.
    pub fn network(&self) -> &dyn Module<T> {
        &*self.network
    }

    /// The numbers.
    pub fn params(&self) -> &Params<T> {
        &self.params
    }

    /// The numbers, for writing.
    pub fn params_mut(&mut self) -> &mut Params<T> {
        &mut self.params
    }

    /// The outputs, each with its loss and its metrics.
    pub fn heads(&self) -> &[Head] {
        &self.heads
    }

    /// The penalties on parameters.
    pub fn penalties(&self) -> &[(Param, Regularizer)] {
        &self.penalties
    }

    /// The shape of one example, for each input.
    pub fn input_shapes(&self) -> &[Shape] {
        &self.inputs
    }

    /// The layers, as the network lists them.
    pub fn layers(&self) -> Vec<LayerSummary> {
        match self.network.layers(&self.params, &self.inputs) {
            Ok(layers) => layers,
            Err(e) => unreachable!("the shapes were followed when the model was made: {e}"),
        }
    }

    /// The layers with their shapes and the counts of their parameters, as a table in Keras's form.
    pub fn summary(&self) -> Summary {
        Summary::of(self)
    }

    /// What does not go together in this model; see [`Lint`].
    ///
    /// ```
    /// use autograd::Params;
    /// use nn::{Dense, Lint, Model, Severity, Softmax};
    /// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
    ///
    /// let mut params = Params::<f32>::new();
    /// let layer = Dense::new(4, 1).activation(Softmax).build(&mut params, &mut Xoshiro256PlusPlus::seed_from_u64(42));
    /// let model = Model::new(layer, params, [4])?;
    /// assert_eq!(model.lint(), [Lint::SoftmaxOfOne { output: "dense".into() }]);
    /// assert_eq!(model.lint()[0].severity(), Severity::Error);
    /// # Ok::<(), nn::ShapeError>(())
    /// ```
    pub fn lint(&self) -> Vec<Lint> {
        lint::lints(&self.heads, &self.layers())
    }

    /// What the model is for, if that was said.
    pub fn purpose(&self) -> Option<Task> {
        self.task
    }

    /// The seed of whatever is random in training.
    pub fn random_seed(&self) -> u64 {
        self.seed
    }
}

/// Pairs the outputs with what was given for them.
#[track_caller]
fn each<'h, X>(heads: &'h mut [Head], given: &'h [X], what: &str) -> impl Iterator<Item = (&'h mut Head, &'h X)> {
    assert!(
        heads.len() == given.len(),
        "Model: {} {what} were given for {} outputs; give one per output",
        given.len(),
        heads.len()
    );
    heads.iter_mut().zip(given)
}

/// The loss that goes with an output activation, where none is given.
fn loss_of(activation: Activation) -> Loss {
    match activation {
        Activation::Softmax => Loss::SparseCategoricalCrossentropy(0.0),
        Activation::Sigmoid => Loss::BinaryCrossentropy(0.0),
        _ => Loss::Mse,
    }
}

#[cfg(test)]
mod tests;
