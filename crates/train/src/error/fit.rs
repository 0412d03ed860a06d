//! Errors of training and evaluation.

use super::{DataError, SaveError};
use crate::metrics::UnknownMetric;
use nn::LossError;
use optim::LearningRateError;
use std::fmt;
use tensor::Shape;

/// Why training or evaluation failed. The model has the parameters of the last completed epoch.
#[non_exhaustive]
pub enum FitError {
    /// The data are invalid.
    Data(DataError),
    /// Targets or weights do not match the outputs of the model.
    Loss(LossError),
    /// The examples do not have the input shape of the model.
    Input {
        /// The example shape of each input of the batch.
        found: Vec<Shape>,
        /// The example shape of each input of the model.
        expected: Vec<Shape>,
    },
    /// There were no examples.
    NoExamples,
    /// A loss or a parameter became infinite or NaN.
    NonFinite(NonFinite),
    /// A metric name is unknown.
    Metric(UnknownMetric),
    /// A callback monitors a metric that is not in the logs.
    Monitor {
        /// The monitored name.
        name: String,
        /// The names in the logs.
        known: Vec<String>,
    },
    /// The learning rate cannot be set.
    Rate(LearningRateError),
    /// Saving or loading failed.
    Save(SaveError),
    /// A setting of [`Fit`](crate::Fit) is invalid.
    Setting {
        /// The name of the setting.
        name: &'static str,
        /// The value found.
        found: String,
        /// The values allowed.
        expected: &'static str,
    },
    /// A callback failed.
    Callback(Box<dyn std::error::Error + Send + Sync>),
}

/// Where a value became infinite or NaN.
///
/// ```
/// use train::NonFinite;
/// let report = NonFinite { epoch: 2, step: 17, loss: f64::NAN, culprit: "layer `exp` (Exp) outputs inf".into() };
/// assert_eq!(
///     report.to_string(),
///     "the loss is NaN in step 17 of epoch 3: layer `exp` (Exp) outputs inf; \
///      lower the learning rate, clip the gradients or check the data"
/// );
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct NonFinite {
    /// The epoch, counted from 0.
    pub epoch: usize,
    /// The step within the epoch, counted from 0.
    pub step: usize,
    /// The loss of that step.
    pub loss: f64,
    /// The first non-finite value: a parameter, an input, the output of a layer, or the loss.
    pub culprit: String,
}

impl fmt::Display for NonFinite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let NonFinite { epoch, step, loss, culprit } = self;
        let epoch = epoch + 1;
        write!(
            f,
            "the loss is {loss} in step {step} of epoch {epoch}: {culprit}; \
             lower the learning rate, clip the gradients or check the data"
        )
    }
}

impl fmt::Display for FitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use FitError::*;
        let list = |shapes: &[Shape]| shapes.iter().map(Shape::to_string).collect::<Vec<_>>().join(" and ");
        match self {
            Data(source) => write!(f, "{source}"),
            Loss(source) => write!(f, "{source}"),
            Input { found, expected } => write!(
                f,
                "the model expects examples of shape {}, found {}; reshape or flatten the data set",
                list(expected),
                list(found)
            ),
            NoExamples => {
                write!(f, "expected at least one example per epoch, found none; check the source of the data")
            }
            NonFinite(report) => write!(f, "{report}"),
            Metric(source) => write!(f, "{source}"),
            Monitor { name, known } => {
                write!(f, "unknown metric `{name}`; available: {}", known.join(", "))?;
                match name.starts_with("val_") && !known.iter().any(|k| k.starts_with("val_")) {
                    true => write!(f, "; add a validation set"),
                    false => Ok(()),
                }
            }
            Rate(source) => write!(f, "{source}"),
            Save(source) => write!(f, "{source}"),
            Setting { name, found, expected } => write!(f, "{name}: expected {expected}, got {found}"),
            Callback(source) => write!(f, "{source}"),
        }
    }
}

tensor::debug_as_display!(FitError);

impl std::error::Error for FitError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            FitError::Data(source) => Some(source),
            FitError::Loss(source) => Some(source),
            FitError::Metric(source) => Some(source),
            FitError::Rate(source) => Some(source),
            FitError::Save(source) => Some(source),
            FitError::Callback(source) => Some(&**source),
            _ => None,
        }
    }
}

macro_rules! from {
    ($($variant:ident $source:ty),+) => {$(
        impl From<$source> for FitError {
            fn from(source: $source) -> Self {
                FitError::$variant(source)
            }
        }
    )+};
}
from!(Data DataError, Loss LossError, NonFinite NonFinite, Metric UnknownMetric, Rate LearningRateError, Save SaveError);
