//! Errors in the examples for a classic neuron.

use std::fmt;
use tensor::Shape;

/// An error in the examples for a classic neuron, or in training it.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum ClassicError {
    /// The examples are not a table with one column per input.
    Shape {
        /// The shape of the examples.
        found: Shape,
        /// The number of inputs of the neuron.
        inputs: usize,
    },
    /// The number of labels is not the number of examples.
    Labels {
        /// The number of examples.
        examples: usize,
        /// The number of labels.
        labels: usize,
    },
    /// A label is not smaller than the number of classes.
    Label {
        /// The index of the example.
        example: usize,
        /// The label.
        label: usize,
        /// The number of classes.
        classes: usize,
    },
    /// An input of a McCulloch-Pitts neuron is neither 0 nor 1.
    NotBoolean {
        /// The index of the example.
        example: usize,
        /// The index of the input.
        column: usize,
        /// The value.
        value: f64,
    },
    /// An input is NaN or infinite.
    NotFinite {
        /// The index of the example.
        example: usize,
        /// The index of the input.
        column: usize,
        /// The value.
        value: f64,
    },
    /// The weights diverged to infinity.
    Diverged {
        /// The epoch, counted from 1.
        epoch: usize,
        /// The learning rate.
        learning_rate: f64,
    },
}

impl fmt::Display for ClassicError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ClassicError::*;
        match self {
            Shape { found, inputs } => write!(f, "expected examples of shape (n, {inputs}), got shape {found}"),
            Labels { examples, labels } => write!(f, "expected {examples} labels, one per example, got {labels}"),
            Label { example, label, classes } => {
                write!(f, "expected labels in 0..{classes}, got {label} for example {example}")
            }
            NotBoolean { example, column, value } => {
                write!(
                    f,
                    "a McCulloch-Pitts neuron expects inputs 0 and 1, got {value} at example {example}, input {column}"
                )
            }
            NotFinite { example, column, value } => {
                write!(f, "expected finite values, got {value} at example {example}, input {column}; drop or impute it")
            }
            Diverged { epoch, learning_rate } => write!(
                f,
                "the weights diverged in epoch {epoch}; \
                 use a learning rate below {learning_rate}, or standardize the inputs"
            ),
        }
    }
}

tensor::debug_as_display!(ClassicError);

impl std::error::Error for ClassicError {}
