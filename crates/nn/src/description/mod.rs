//! Layers and networks as data: what they are, without their numbers.
//!
//! | file | idea |
//! |---|---|
//! | `build.rs` | from a description to a network, its sizes inferred on the way |
//! | `site.rs` | where parameters go meanwhile, and how many there may be |
//! | `registry.rs` | layers and losses of the user's own |
//! | `checked.rs`, `error.rs` | what is refused |

mod build;
pub(crate) mod checked;
mod error;
mod registry;
mod site;
#[cfg(test)]
mod tests;

pub(crate) use build::in_store;
pub use error::ConfigError;
pub use registry::Registry;
pub(crate) use site::{Site, Start};

use crate::activation::Activation;
use crate::graph::GraphDescription;
use crate::layer::*;
use crate::sequential::SequentialBuilder;
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use serde::{Deserialize, Serialize};

/// How many numbers a network may hold that is built from a text, and so may an example of what a layer of it gives:
/// 2²⁸, which is 1 GiB of `f32`.
pub(crate) const MOST: usize = 1 << 28;

/// The generator of a seed.
pub(crate) fn generator(seed: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed)
}

macro_rules! descriptions {
    (
        settings { $( $(#[$doc:meta])* $variant:ident($settings:ty) $kind:literal )* }
        alone { $( $(#[$single_doc:meta])* $single:ident )* }
    ) => {
        /// A layer or a network as data: its kind and its settings, but none of its numbers.
        ///
        /// It comes from a layer's own description, such as [`Dense::units`], or from a layer that was built, by
        /// [`Module::description`](crate::Module::description), or from a text. As a text it is JSON, a kind and its
        /// settings; what is left out there is Keras's default.
        ///
        /// ```
        /// use nn::{Dense, Description, Relu};
        /// let layer = Description::from(Dense::units(30).activation(Relu));
        /// assert_eq!(Description::from_json(r#"{"dense": {"units": 30, "activation": "relu"}}"#)?, layer);
        ///
        /// let e = Description::from_json(r#"{"dense": {"units": 0}}"#).unwrap_err().to_string();
        /// assert!(e.starts_with("this is no description of a network: 0 is no count; there must be one at least"));
        /// # Ok::<(), nn::ConfigError>(())
        /// ```
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum Description {
            $( $(#[$doc])* $variant($settings), )*
            $( $(#[$single_doc])* $single, )*
            /// A layer of the user's own, from [`Description::custom`].
            Custom {
                /// Under what it is registered.
                kind: String,
                /// Whatever it is built from.
                settings: serde_json::Value,
            },
        }

        impl Description {
            /// What sort of layer it is, as a summary has it.
            pub fn kind(&self) -> &str {
                match self {
                    $( Description::$variant(_) => $kind, )*
                    $( Description::$single => stringify!($single), )*
                    Description::Custom { kind, .. } => kind,
                }
            }
        }

        $(
            impl From<$settings> for Description {
                fn from(settings: $settings) -> Self {
                    Description::$variant(settings)
                }
            }
        )*
        $(
            impl From<$single> for Description {
                fn from(_: $single) -> Self {
                    Description::$single
                }
            }
        )*
    };
}

descriptions! {
    settings {
        /// A fully connected layer.
        Dense(DenseBuilder) "Dense"
        /// An activation as a layer.
        Activation(Activation) "Activation"
        /// Dropout.
        Dropout(Dropout) "Dropout"
        /// Dropout that suits SELU.
        AlphaDropout(AlphaDropout) "AlphaDropout"
        /// Noise that is added.
        GaussianNoise(GaussianNoise) "GaussianNoise"
        /// Noise that is multiplied.
        GaussianDropout(GaussianDropout) "GaussianDropout"
        /// Normalization over a batch.
        BatchNorm(BatchNormBuilder) "BatchNorm"
        /// Normalization of each row.
        LayerNorm(LayerNormBuilder) "LayerNorm"
        /// Inputs brought to mean 0 and standard deviation 1.
        Normalization(NormalizationBuilder) "Normalization"
        /// Inputs brought to another range.
        Rescaling(Rescaling) "Rescaling"
        /// Numbers sorted into bins.
        Discretization(Discretization) "Discretization"
        /// Categories as zeros and ones.
        CategoryEncoding(CategoryEncoding) "CategoryEncoding"
        /// A row of numbers for each of a set of things.
        Embedding(EmbeddingBuilder) "Embedding"
        /// A ReLU that learns how leaky to be.
        #[serde(rename = "prelu")]
        PRelu(PReluBuilder) "PRelu"
        /// Another shape.
        Reshape(Reshape) "Reshape"
        /// Several inputs one after the other.
        Concatenate(Concatenate) "Concatenate"
        /// Layers one after the other.
        Sequential(SequentialBuilder) "Sequential"
        /// Layers wired as one likes.
        Graph(GraphDescription) "Graph"
    }
    alone {
        /// One row.
        Flatten
        /// Half of the numbers gated by the other half.
        Glu
        /// Rows of length 1.
        UnitNorm
        /// Nothing.
        Identity
        /// The sum of several inputs.
        Add
        /// The difference of two.
        Subtract
        /// The product of several.
        Multiply
        /// The mean of several.
        Average
        /// The largest of several.
        Maximum
        /// The smallest of several.
        Minimum
    }
}

impl Description {
    /// A layer of the user's own: its kind, under which a [`Registry`] knows how to build it, and whatever that takes.
    ///
    /// # Errors
    /// If the settings cannot be written as JSON, as a map whose keys are no texts.
    pub fn custom(kind: impl Into<String>, settings: impl Serialize) -> Result<Self, ConfigError> {
        Ok(Description::Custom { kind: kind.into(), settings: serde_json::to_value(settings)? })
    }

    /// The name that it was given, if any.
    pub fn name(&self) -> Option<&str> {
        let name = match self {
            Description::Dense(layer) => &layer.name,
            Description::BatchNorm(layer) => &layer.name,
            Description::LayerNorm(layer) => &layer.name,
            Description::Normalization(layer) => &layer.name,
            Description::Embedding(layer) => &layer.name,
            Description::PRelu(layer) => &layer.name,
            Description::Sequential(network) => &network.name,
            Description::Graph(graph) => return Some(graph.name()).filter(|name| !name.is_empty()),
            _ => &None,
        };
        name.as_deref()
    }

    /// Whether a layer of this kind holds numbers, whose shapes its input decides.
    pub(crate) fn has_parameters(&self) -> bool {
        use Description::*;
        matches!(
            self,
            Dense(_)
                | BatchNorm(_)
                | LayerNorm(_)
                | Normalization(_)
                | Embedding(_)
                | PRelu(_)
                | Sequential(_)
                | Graph(_)
                | Custom { .. }
        )
    }

    /// Every name given to a layer in it.
    fn names(&self, names: &mut Vec<String>) {
        names.extend(self.name().map(str::to_string));
        match self {
            Description::Sequential(network) => network.layers().iter().for_each(|layer| layer.names(names)),
            Description::Graph(graph) => graph.layers().for_each(|layer| layer.names(names)),
            _ => {}
        }
    }

    /// The description as JSON.
    pub fn to_json(&self) -> String {
        match serde_json::to_string(self) {
            Ok(text) => text,
            Err(e) => unreachable!("a description holds numbers, texts and lists of them: {e}"),
        }
    }

    /// A description from JSON.
    ///
    /// # Errors
    /// If the text is no JSON, or not that of a description: the error says where, and what is expected there. Nesting
    /// deeper than 128 brackets is refused.
    pub fn from_json(text: &str) -> Result<Self, ConfigError> {
        Ok(serde_json::from_str(text)?)
    }
}
