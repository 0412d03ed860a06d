//! Errors of a request for an explanation.

use std::fmt;
use tensor::Shape;

/// The reason why a request has no explanation.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum ExplainError {
    /// The output is a constant without a tape.
    NoTape,
    /// A requested node is on another tape than the output.
    OtherTape {
        /// Its position in the request.
        position: usize,
    },
    /// The output does not depend on a requested node.
    Unconnected {
        /// Its position in the request.
        position: usize,
        /// Its name, if it has one.
        name: Option<String>,
    },
    /// The output is a tensor, and no cotangent was given.
    NoCotangent {
        /// The shape of the output.
        shape: Shape,
    },
    /// The cotangent and the output have different shapes.
    CotangentShape {
        /// The shape of the output.
        output: Shape,
        /// The shape of the cotangent.
        cotangent: Shape,
    },
}

impl fmt::Display for ExplainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ExplainError::NoTape => {
                f.write_str("the output is a constant without a node, so there is no record to explain")
            }
            ExplainError::OtherTape { position } => {
                write!(f, "requested node {position} is on another tape than the output; record both on the same tape")
            }
            ExplainError::Unconnected { position, name } => {
                write!(f, "the output does not depend on requested node {position}")?;
                if let Some(name) = name {
                    write!(f, ", {name:?}")?;
                }
                f.write_str("; use `explain::diagnose` to find out where the connection ends")
            }
            ExplainError::NoCotangent { shape } => write!(
                f,
                "expected an output with one element, got shape {shape}; reduce it, for example by `sum`, or set a \
                 cotangent of this shape by `with_cotangent`"
            ),
            ExplainError::CotangentShape { output, cotangent } => {
                write!(f, "expected a cotangent of shape {output}, that of the output, got {cotangent}")
            }
        }
    }
}

tensor::debug_as_display!(ExplainError);

impl std::error::Error for ExplainError {}
