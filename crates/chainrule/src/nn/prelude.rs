//! The names of programs that build networks: `use chainrule::nn::prelude::*;`. They include the
//! [everyday prelude](crate::prelude).
//!
//! ```
//! use chainrule::nn::prelude::*;
//!
//! let mut rng = seeded(1);
//! let mut params = Params::<f32>::new();
//! let network = Sequential::new()
//!     .push(Dense::new(8, 16).kernel_init(Init::HeNormal).build(&mut params, &mut rng))
//!     .push(LayerNorm::new(16).build(&mut params))
//!     .push(Gelu)
//!     .push(Dropout::new(0.1))
//!     .push(Dense::new(16, 3).build(&mut params, &mut rng));
//! let x = Tensor::ones([4, 8]);
//! assert_eq!(network.predict(&params, &x).shape(), &Shape::from([4, 3]));
//! ```

pub use crate::prelude::*;

// --- activations
pub use ::nn::Activation::*;

// --- layers and networks
pub use ::nn::{BatchNorm, Concatenate, Dropout, Embedding, Flatten, Graph, LayerNorm, Normalization, Rescaling};

// --- custom layers
pub use ::autograd::Scalar;
pub use ::nn::{BuildContext, ConfigError, Context, Init, LayerConfig};
pub use ::tensor::Shape;

// --- models and losses
pub use ::autograd::{huber, softmax_cross_entropy_smoothed, softmax_cross_entropy_soft};
pub use ::nn::{Config, CustomLoss, Lint, ModelConfig, Reduction, Registry, Regularizer, Target};

// --- random numbers
pub use ::rand::rngs::Xoshiro256PlusPlus;
pub use ::rand::{Rng, RngExt, SeedableRng};
