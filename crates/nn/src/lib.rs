//! Layers and networks.
//!
//! A layer is plain data: it holds *keys* of parameters, while the numbers live in a
//! [`Params`](autograd::Params) store. So a layer is cheap to copy, sharing a weight is sharing a key, and freezing or
//! saving a network is the store's business. A [`Context`] tells a layer at each call whether it is in training or
//! evaluation mode: there is no hidden state.
//!
//! ```
//! use autograd::{Params, Tape, softmax_cross_entropy};
//! use nn::{Mlp, Module, Relu};
//! use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
//! use tensor::Tensor;
//!
//! let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
//! let mut params = Params::<f32>::new();
//! let model = Mlp::new(784, [300, 100], 10).activation(Relu).build(&mut params, &mut rng);
//! assert_eq!(params.size(), 266_610);
//!
//! let images = Tensor::zeros([32, 784]);
//! let tape = Tape::single();
//! let logits = model.forward(&params.bind(&tape), tape.constant(&images));
//! let loss = softmax_cross_entropy(logits, [3; 32]);
//! assert_eq!(model.predict(&params, &images), logits.value()); // the same numbers, without a tape
//! # let _ = loss;
//! ```
//!
//! A network runs on whatever variables are bound: on those of the store, on weights computed from them, as in MAML,
//! and in a checkpoint, which computes a part of the network again in the reverse sweep instead of storing it:
//!
//! ```
//! use autograd::{ParamGradients, Params, Tape};
//! use nn::{Dense, Mlp, Module, Tanh};
//! use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
//! use tensor::tensor;
//!
//! let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
//! let mut params = Params::<f64>::new();
//! let block = Mlp::new(2, [8, 8], 3).activation(Tanh).build(&mut params, &mut rng);
//! let head = Dense::new(3, 1).build(&mut params, &mut rng);
//!
//! let tape = Tape::new();
//! let net = params.bind(&tape);
//! let x = tape.constant(tensor![[1.0, 2.0]]);
//! let h = block.checkpoint(&net, x);
//! let loss = head.forward(&net, h).square().sum();
//!
//! let g = loss.grads(&net);
//! let fast = net.map(|key, w| w - g.get(key) * 0.01); // bound parameters again
//! let after = head.forward(&fast, block.forward(&fast, x)).square().sum();
//! assert!(after.value() < loss.value());
//! let gradients = after.backward(); // of the loss after the step, by the parameters before it
//! assert!(params.keys().all(|key| gradients.gradient(&params, key).is_some()));
//! ```
//!
//! A [`Model`] is a network together with its numbers and its loss, which is what a training loop and a file want. For a
//! usual task it is made in one line, and says of itself what it is, and what in it does not go together:
//!
//! ```
//! use nn::{Mlp, Task};
//! let model = Mlp::classifier(784, [300, 100], 10).model::<f32>(42);
//! assert_eq!(model.purpose(), Some(Task::Multiclass));
//! assert!(model.lint().is_empty());
//! println!("{}", model.summary());
//! ```
//!
//! | file | idea |
//! |---|---|
//! | `module/` | what every layer and network is; layers as data |
//! | `shape_error.rs` | shapes that do not fit |
//! | `loss/` | what training makes small |
//! | `model/`, `task.rs` | a network with its numbers and its loss: what is trained and saved |
//! | `regularizer.rs` | penalties on weights |
//! | `layer/` | the layers |
//! | `activation.rs` | what stands between them |
//! | `init.rs` | where weights start from |
//! | `sequential.rs`, `mlp.rs`, `graph/` | networks |
//! | `library.rs`, `registry.rs` | the library's kinds of layers; custom layers, losses and terms |
//! | [`classic`] | the first neurons: McCulloch and Pitts, the perceptron, Adaline |
//! | `named.rs`, `naming.rs` | activations, initializers and losses by name; names for layers |

#![forbid(unsafe_code)]
#![warn(missing_docs)]

mod activation;
pub mod classic;
mod direction;
mod graph;
mod init;
mod layer;
mod library;
mod loss;
mod mlp;
mod model;
mod module;
mod named;
mod naming;
mod registry;
mod regularizer;
mod sequential;
mod shape_error;
mod task;
mod term;
#[cfg(test)]
mod testing;

pub use activation::Activation;
pub use activation::Activation::*;
pub use graph::{Graph, GraphBuilder, GraphConfig, Node};
pub use init::{Fan, Init, Spread};
pub use layer::{
    Add, AlphaDropout, Average, BatchNorm, BatchNormConfig, CategoryEncoding, Concatenate, Dense, DenseConfig,
    Discretization, Dropout, Embedding, EmbeddingConfig, Flatten, GaussianDropout, GaussianNoise, Glu, Identity,
    Lambda, LayerNorm, LayerNormConfig, Maximum, Minimum, Multiply, Normalization, NormalizationConfig,
    NormalizationError, PRelu, PReluConfig, Rescaling, Reshape, Subtract, UnitNorm,
};
pub use loss::{CustomLoss, Loss, LossError, Reduction, Target};
pub use mlp::{Mlp, MlpConfig};
pub use model::{Head, Lint, Model, ModelConfig, Objective, Severity, Summary};
pub use module::{BuildContext, Config, ConfigError, Context, LayerConfig, LayerSummary, Module, Output, Updates};
pub use named::UnknownName;
pub use registry::Registry;
pub use regularizer::Regularizer;
pub use sequential::{Sequential, SequentialConfig};
pub use shape_error::ShapeError;
pub use task::Task;
