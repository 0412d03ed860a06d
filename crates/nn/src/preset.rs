//! A multilayer perceptron for a task: outputs, activation, loss and metric follow from it.

use crate::activation::Activation;
use crate::init::Init;
use crate::layer::{AlphaDropout, Dense, Dropout, Flatten};
use crate::loss::Loss;
use crate::mlp::Mlp;
use crate::model::Model;
use crate::regularizer::Regularizer;
use crate::sequential::Sequential;
use crate::task::Task;
use autograd::{Params, Scalar};
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use std::marker::PhantomData;
use tensor::Shape;

/// The description of a [`Model`] for a task, from [`Mlp::regressor`], [`Mlp::binary`], [`Mlp::multilabel`] or
/// [`Mlp::classifier`]; [`build`](Preset::build) makes it.
///
/// Outputs, their activation, loss and metric are those that the table of [`Task`] has for the task. Hidden layers are
/// dense, of ReLU neurons unless said otherwise. One to five of ten to a hundred neurons each are usual; a decreasing
/// [`pyramid`](Mlp::pyramid) was once the custom, layers of one size ([`uniform`](Mlp::uniform)) do as well and are one
/// number to choose.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "a description makes no model until it is built"]
pub struct Preset<T: Scalar = f32> {
    task: Task,
    shape: Shape,
    hidden: Vec<usize>,
    outputs: usize,
    activation: Activation,
    output_activation: Activation,
    init: Option<Init>,
    dropout: f64,
    regularizer: Option<Regularizer>,
    loss: Option<Loss>,
    seed: u64,
    elements: PhantomData<T>,
}

impl Mlp {
    /// A model that predicts `outputs` numbers.
    ///
    /// ```
    /// use nn::{Loss, Mlp};
    /// let model = Mlp::regressor(8, Mlp::uniform(50, 3), 1).loss(Loss::Huber(1.0)).seed(42).build();
    /// assert_eq!(model.params().size(), 8 * 50 + 50 + 2 * (50 * 50 + 50) + 50 + 1);
    /// assert_eq!(model.heads()[0].metrics(), ["root_mean_squared_error"]);
    /// ```
    ///
    /// # Panics
    /// If a size is 0.
    #[track_caller]
    pub fn regressor(inputs: usize, hidden: impl AsRef<[usize]>, outputs: usize) -> Preset {
        Preset::new(Task::Regression, inputs, hidden.as_ref(), outputs)
    }

    /// A model that says yes or no: one output.
    ///
    /// ```
    /// use nn::{Loss, Mlp, Sigmoid};
    /// let model = Mlp::binary(2, [4]).seed(42).build();
    /// assert_eq!(model.heads()[0].loss(), Loss::BinaryCrossentropy(0.0));
    /// assert_eq!(model.heads()[0].activation(), Sigmoid); // in `predict`; the loss sees logits
    /// ```
    ///
    /// # Panics
    /// If a size is 0.
    #[track_caller]
    pub fn binary(inputs: usize, hidden: impl AsRef<[usize]>) -> Preset {
        Preset::new(Task::Binary, inputs, hidden.as_ref(), 1)
    }

    /// A model that says yes or no to each of several labels, independently.
    ///
    /// ```
    /// use nn::Mlp;
    /// use tensor::{Tensor, tensor};
    /// let model = Mlp::multilabel(4, [8], 3).build();
    /// let p = model.predict(&Tensor::zeros([1, 4]));
    /// assert_eq!(p, tensor![[0.5, 0.5, 0.5]]); // they need not sum to 1
    /// ```
    ///
    /// # Panics
    /// If a size is 0.
    #[track_caller]
    pub fn multilabel(inputs: usize, hidden: impl AsRef<[usize]>, labels: usize) -> Preset {
        Preset::new(Task::Multilabel, inputs, hidden.as_ref(), labels)
    }

    /// A model that chooses one of several classes.
    ///
    /// ```
    /// use nn::Mlp;
    /// use tensor::Tensor;
    /// let model = Mlp::classifier(784, [300, 100], 10).seed(42).build();
    /// assert_eq!(model.params().size(), 266_610);
    /// let p = model.predict(&Tensor::ones([2, 784]));
    /// assert!((p.sum() - 2.0).abs() < 1e-5); // two rows of probabilities
    /// ```
    ///
    /// # Panics
    /// If a size is 0.
    #[track_caller]
    pub fn classifier(inputs: usize, hidden: impl AsRef<[usize]>, classes: usize) -> Preset {
        Preset::new(Task::Multiclass, inputs, hidden.as_ref(), classes)
    }

    /// Hidden layers of one size.
    ///
    /// ```
    /// assert_eq!(nn::Mlp::uniform(50, 3), [50, 50, 50]);
    /// ```
    pub fn uniform(neurons: usize, layers: usize) -> Vec<usize> {
        vec![neurons; layers]
    }

    /// Hidden layers from the widest to the narrowest, each the same factor smaller than the one before.
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

impl Preset {
    #[track_caller]
    fn new(task: Task, inputs: usize, hidden: &[usize], outputs: usize) -> Self {
        // The sizes are checked where those of any perceptron are.
        let _ = Mlp::new(inputs, hidden, outputs);
        Preset {
            task,
            shape: Shape::from(inputs),
            hidden: hidden.to_vec(),
            outputs,
            activation: Activation::Relu,
            output_activation: Activation::Linear,
            init: None,
            dropout: 0.0,
            regularizer: None,
            loss: None,
            seed: 0,
            elements: PhantomData,
        }
    }
}

impl<T: Scalar> Preset<T> {
    /// The model in another precision: `f32` unless said.
    ///
    /// ```
    /// let model = nn::Mlp::binary(2, [4]).precision::<f64>().build();
    /// let p: tensor::Tensor<f64> = model.predict(&tensor::tensor![[0.0, 1.0]]);
    /// # let _ = p;
    /// ```
    pub fn precision<U: Scalar>(self) -> Preset<U> {
        let Preset { task, shape, hidden, outputs, activation, output_activation, init, dropout, .. } = self;
        let Preset { regularizer, loss, seed, .. } = self;
        Preset {
            task,
            shape,
            hidden,
            outputs,
            activation,
            output_activation,
            init,
            dropout,
            regularizer,
            loss,
            seed,
            elements: PhantomData,
        }
    }

    /// The shape of an example, as that of an image, which is then flattened first.
    ///
    /// # Panics
    /// If it holds another number of inputs.
    #[track_caller]
    pub fn input_shape(mut self, shape: impl Into<Shape>) -> Self {
        let shape = shape.into();
        let inputs = self.shape.size();
        assert!(shape.size() == inputs, "Mlp: examples of shape {shape} do not hold {inputs} inputs");
        self.shape = shape;
        self
    }

    /// What follows each hidden layer; ReLU unless said.
    pub fn activation(mut self, activation: Activation) -> Self {
        self.activation = activation;
        self
    }

    /// What the output ends with; nothing unless said.
    ///
    /// For positive numbers softplus (a ReLU may get stuck at 0), for numbers in -1..1 tanh, in 0..1 a sigmoid. The
    /// tasks of classification bring their own.
    pub fn output_activation(mut self, activation: Activation) -> Self {
        self.output_activation = activation;
        self
    }

    /// Where kernels start from: without a word, [`Init::LecunNormal`] for SELU and [`Init::GlorotUniform`], Keras's
    /// default, otherwise.
    pub fn init(mut self, init: Init) -> Self {
        self.init = Some(init);
        self
    }

    /// Leaves out this share of each hidden layer's output while training; alpha dropout if the activation is SELU.
    ///
    /// # Panics
    /// If the rate does not lie in 0..=1.
    #[track_caller]
    pub fn dropout(mut self, rate: f64) -> Self {
        self.dropout = Dropout::new(rate).rate();
        self
    }

    /// A penalty on every kernel.
    pub fn regularizer(mut self, regularizer: Regularizer) -> Self {
        self.regularizer = Some(regularizer);
        self
    }

    /// Another loss than the task's, as [`Loss::Mae`] or [`Loss::Huber`] where there are outliers.
    pub fn loss(mut self, loss: Loss) -> Self {
        self.loss = Some(loss);
        self
    }

    /// Where random numbers start: of the initial weights, and of training. 0 unless said.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Makes the model.
    pub fn build(self) -> Model<T> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(self.seed);
        let mut params = Params::new();
        let init = self.init.unwrap_or(match self.activation {
            Activation::Selu => Init::LecunNormal,
            _ => Init::GlorotUniform,
        });
        let mut network = Sequential::new();
        if self.shape.rank() != 1 {
            network = network.push(Flatten);
        }
        let mut inputs = self.shape.size();
        let last = self.hidden.len();
        for (i, &outputs) in self.hidden.iter().chain([&self.outputs]).enumerate() {
            let activation = if i == last { self.output_activation } else { self.activation };
            let mut layer = Dense::new(inputs, outputs).activation(activation).kernel_init(init);
            if let Some(regularizer) = self.regularizer {
                layer = layer.kernel_regularizer(regularizer);
            }
            network = network.push(layer.build(&mut params, &mut rng));
            if i < last && self.dropout > 0.0 {
                network = match self.activation {
                    Activation::Selu => network.push(AlphaDropout::new(self.dropout)),
                    _ => network.push(Dropout::new(self.dropout)),
                };
            }
            inputs = outputs;
        }
        let model = match Model::new(network, params, self.shape) {
            Ok(model) => model.task(self.task).seed(self.seed),
            Err(e) => unreachable!("each layer takes what the one before gives: {e}"),
        };
        match self.loss {
            Some(loss) => model.loss(loss),
            None => model,
        }
    }
}

#[cfg(test)]
mod tests;
