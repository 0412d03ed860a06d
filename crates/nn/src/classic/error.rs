//! What can be wrong with the examples of a classic neuron.

use std::fmt;
use tensor::Shape;

/// Why a classic neuron cannot learn from, or judge, some examples.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum ClassicError {
    /// Another shape than a row of numbers per example.
    Shape {
        /// The shape found.
        found: Shape,
        /// How many inputs the neuron has.
        inputs: usize,
    },
    /// As many labels as examples were expected.
    Labels {
        /// How many examples there are.
        examples: usize,
        /// How many labels.
        labels: usize,
    },
    /// A label that is no class.
    Label {
        /// Which example, counted from 0.
        example: usize,
        /// Its label.
        label: usize,
        /// How many classes there are.
        classes: usize,
    },
    /// An input of a McCulloch-Pitts neuron that is neither 0 nor 1.
    NotBoolean {
        /// Which example, counted from 0.
        example: usize,
        /// Which input of it.
        column: usize,
        /// Its value.
        value: f64,
    },
    /// A NaN or an infinity.
    NotFinite {
        /// Which example, counted from 0.
        example: usize,
        /// Which input of it.
        column: usize,
        /// Its value.
        value: f64,
    },
    /// Weights that grew beyond all bounds.
    Diverged {
        /// In which epoch, counted from 1.
        epoch: usize,
        /// With which learning rate.
        learning_rate: f64,
    },
}

impl fmt::Display for ClassicError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ClassicError::*;
        match self {
            Shape { found, inputs } => write!(
                f,
                "the examples have shape {found}; expected (n, {inputs}), a row of {inputs} inputs for each of them"
            ),
            Labels { examples, labels } => {
                write!(f, "there are {examples} examples but {labels} labels; give one label to each example")
            }
            Label { example, label, classes } => {
                write!(f, "example {example} has label {label}, but there are {classes} classes; labels count from 0")
            }
            NotBoolean { example, column, value } => {
                write!(f, "input {column} of example {example} is {value}; a McCulloch-Pitts neuron takes 0 and 1 only")
            }
            NotFinite { example, column, value } => {
                write!(f, "input {column} of example {example} is {value}; leave the example out or fill in a number")
            }
            Diverged { epoch, learning_rate } => write!(
                f,
                "the weights grew beyond all bounds in epoch {epoch}; \
                 choose a learning rate below {learning_rate}, or standardize the inputs"
            ),
        }
    }
}

tensor::debug_as_display!(ClassicError);

impl std::error::Error for ClassicError {}
