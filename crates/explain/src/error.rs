//! What cannot be explained, and why.

use std::fmt;
use tensor::Shape;

/// Why there is no explanation.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum ExplainError {
    /// The output is a constant that stands on no tape.
    NoTape,
    /// What was asked for is on another tape than the output.
    OtherTape {
        /// Its place among what was asked for.
        position: usize,
    },
    /// The output does not depend on what was asked for.
    Unconnected {
        /// Its place among what was asked for.
        position: usize,
        /// Its name, if it has one.
        name: Option<String>,
    },
    /// The output is a tensor, and no cotangent was given.
    NoCotangent {
        /// The extents of the output.
        shape: Shape,
    },
    /// The cotangent has other extents than the output.
    CotangentShape {
        /// The extents of the output.
        output: Shape,
        /// Those of the cotangent.
        cotangent: Shape,
    },
}

impl fmt::Display for ExplainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExplainError::NoTape => {
                f.write_str("the output is a constant without a node, so nothing was recorded to be explained")
            }
            ExplainError::OtherTape { position } => write!(
                f,
                "item {position} of what was asked for is on another tape than the output; record both on one tape"
            ),
            ExplainError::Unconnected { position, name } => {
                write!(f, "the output does not depend on item {position} of what was asked for")?;
                if let Some(name) = name {
                    write!(f, ", {name:?}")?;
                }
                f.write_str(": its gradient is zero everywhere. Was it detached, or computed from constants alone?")
            }
            ExplainError::NoCotangent { shape } => write!(
                f,
                "a derivation starts from one number, but the output has shape {shape}; reduce it, or give a cotangent of \
                 this shape"
            ),
            ExplainError::CotangentShape { output, cotangent } => {
                write!(f, "the output has shape {output}, but the cotangent has {cotangent}")
            }
        }
    }
}

tensor::debug_as_display!(ExplainError);

impl std::error::Error for ExplainError {}
