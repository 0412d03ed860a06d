//! What can be wrong with a description of a network.

use crate::init::Init;
use crate::shape_error::ShapeError;
use std::fmt;
use tensor::Shape;

/// Why a network cannot be described, read or built.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum ConfigError {
    /// Text that is no description, and where in it.
    Text(String),
    /// A text of a later version of this library.
    Version {
        /// Its version.
        found: u64,
        /// The latest version that is read.
        known: u64,
    },
    /// A layer that cannot take what it is given.
    Shape(ShapeError),
    /// A layer that gives no description of itself: a function, or one of the user's own.
    Undescribed {
        /// Its name, or its kind if it has none.
        layer: String,
        /// What sort of layer it is.
        kind: String,
    },
    /// A layer or a loss of the user's own, which nobody registered.
    Unknown {
        /// Its kind.
        kind: String,
        /// What is registered.
        known: Vec<String>,
    },
    /// More numbers than there may be.
    Size {
        /// The name of the layer.
        layer: String,
        /// The shape of what it holds, or gives.
        shape: Shape,
        /// How many numbers there may be.
        most: usize,
    },
    /// A name that something else has.
    Name {
        /// The name.
        name: String,
        /// What is to have it.
        shape: Shape,
        /// What has it.
        found: Shape,
    },
    /// An initializer of matrices where there is none.
    Matrix {
        /// The name of the parameter.
        name: String,
        /// The initializer.
        init: Init,
        /// The shape of the parameter.
        shape: Shape,
    },
    /// Something else, in words: what was found, and what would fit.
    Other(String),
}

impl ConfigError {
    pub(crate) fn unknown_kind<'k>(kind: &str, known: impl IntoIterator<Item = &'k str>) -> Self {
        ConfigError::Unknown { kind: kind.into(), known: known.into_iter().map(str::to_string).collect() }
    }
}

impl From<ShapeError> for ConfigError {
    fn from(e: ShapeError) -> Self {
        ConfigError::Shape(e)
    }
}

impl From<serde_json::Error> for ConfigError {
    fn from(e: serde_json::Error) -> Self {
        ConfigError::Text(e.to_string())
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ConfigError::*;
        match self {
            Text(what) => write!(f, "invalid network config: {what}"),
            Version { found, known } => {
                write!(f, "the description is of version {found}, but up to {known} is read; use a later chainrule")
            }
            Shape(e) => e.fmt(f),
            Undescribed { layer, kind } => write!(
                f,
                "layer `{layer}` ({kind}) has no config; make it a `LayerConfig`, or build the network in the program and \
                 load its weights alone"
            ),
            Unknown { kind, known } => {
                write!(f, "`{kind}` is not part of the library; add it to the `Registry`, which ")?;
                if known.is_empty() { write!(f, "is empty") } else { write!(f, "has {}", known.join(", ")) }
            }
            Size { layer, shape, most } => {
                write!(f, "layer `{layer}`: numbers of shape {shape} are too many; there may be {most} in all")
            }
            Name { name, shape, found } => write!(
                f,
                "there is a parameter named `{name}` already, of shape {found}, where one of shape {shape} is to go; \
                 give each its own name"
            ),
            Matrix { name, init, shape } => {
                write!(f, "`{name}` has shape {shape}, but {init} starts matrices; take another initializer")
            }
            Other(what) => f.write_str(what),
        }
    }
}

tensor::debug_as_display!(ConfigError);

impl std::error::Error for ConfigError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ConfigError::Shape(e) => Some(e),
            _ => None,
        }
    }
}
