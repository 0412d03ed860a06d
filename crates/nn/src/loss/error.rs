//! What can be wrong with a target.

use super::Loss;
use std::fmt;
use tensor::Shape;

/// Why a loss cannot be computed.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum LossError {
    /// Shapes that do not match.
    Shapes {
        /// Which loss.
        loss: Loss,
        /// The shape of the prediction.
        prediction: Shape,
        /// The shape of the target.
        target: Shape,
    },
    /// As many classes as rows were expected.
    Rows {
        /// Which loss.
        loss: Loss,
        /// The shape of the prediction.
        prediction: Shape,
        /// How many class ids there are.
        classes: usize,
    },
    /// A label that is no class.
    Label {
        /// Which loss.
        loss: Loss,
        /// Which row, counted from 0.
        row: usize,
        /// Its label.
        label: usize,
        /// How many classes there are.
        classes: usize,
    },
    /// Class ids where numbers are needed, or numbers where class ids are.
    Kind {
        /// Which loss.
        loss: Loss,
        /// What it needs.
        needs: &'static str,
    },
    /// A target outside 0..=1.
    Probability {
        /// Which loss.
        loss: Loss,
        /// The position of the number, in row-major order.
        at: usize,
        /// The number.
        value: f64,
    },
    /// Weights that do not belong to the examples.
    Weights {
        /// The shape of the losses.
        losses: Shape,
        /// The shape of the weights.
        weights: Shape,
    },
    /// A loss that is a function which only a model knows.
    Custom {
        /// Its name.
        name: &'static str,
    },
    /// Another number of targets than the model has outputs.
    Targets {
        /// Outputs of the model.
        outputs: usize,
        /// Targets given.
        targets: usize,
    },
}

impl fmt::Display for LossError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use LossError::*;
        match self {
            Shapes { loss, prediction, target } => write!(
                f,
                "{}: a prediction of shape {prediction} and a target of shape {target} do not match; \
                 give the target the shape {prediction}",
                loss.name()
            ),
            Rows { loss, prediction, classes } => write!(
                f,
                "{}: a prediction of shape {prediction} has {} rows, but {classes} class ids were given; \
                 give one per row",
                loss.name(),
                prediction.split_last().map_or(0, |(_, rows)| rows.iter().product())
            ),
            Label { loss, row, label, classes } => write!(
                f,
                "{}: row {row} has label {label}, but there are {classes} classes; labels count from 0",
                loss.name()
            ),
            Kind { loss, needs } => write!(f, "{}: the target must be {needs}", loss.name()),
            Probability { loss, at, value } => write!(
                f,
                "{}: target number {at} is {value}; labels and probabilities lie between 0 and 1",
                loss.name()
            ),
            Weights { losses, weights } => write!(
                f,
                "weights of shape {weights} do not match losses of shape {losses}; give one weight per example"
            ),
            Custom { name } => {
                write!(f, "{name}: this is a function that only its model knows; use `Model::objective`")
            }
            Targets { outputs, targets } => {
                write!(f, "the model has {outputs} outputs, but {targets} targets were given; give one per output")
            }
        }
    }
}

tensor::debug_as_display!(LossError);

impl std::error::Error for LossError {}
