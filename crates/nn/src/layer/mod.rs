//! The layers.

mod activation;
mod alpha_dropout;
mod batch_norm;
mod category_encoding;
mod dense;
mod discretization;
mod dropout;
mod embedding;
mod glu;
mod join;
mod lambda;
mod layer_norm;
pub(crate) mod mask;
mod noise;
mod normalization;
mod prelu;
mod rescaling;
mod reshape;
mod unit_norm;

pub use alpha_dropout::AlphaDropout;
pub use batch_norm::{BatchNorm, BatchNormConfig};
pub use category_encoding::CategoryEncoding;
pub use dense::{Dense, DenseConfig};
pub use discretization::Discretization;
pub use dropout::Dropout;
pub use embedding::{Embedding, EmbeddingConfig};
pub use glu::Glu;
pub use join::{Add, Average, Concatenate, Maximum, Minimum, Multiply, Subtract};
pub use lambda::{Identity, Lambda};
pub use layer_norm::{LayerNorm, LayerNormConfig};
pub use noise::{GaussianDropout, GaussianNoise};
pub use normalization::{Normalization, NormalizationConfig, NormalizationError};
pub use prelu::{PRelu, PReluConfig};
pub use rescaling::Rescaling;
pub use reshape::{Flatten, Reshape};
pub use unit_norm::UnitNorm;
