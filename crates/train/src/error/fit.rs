//! Why a model could not be trained or evaluated.

use super::{DataError, SaveError};
use crate::metrics::UnknownMetric;
use nn::LossError;
use optim::LearningRateError;
use std::fmt;
use tensor::Shape;

/// Why training or evaluation ended early. The model holds the numbers of the last epoch that was finished.
#[non_exhaustive]
pub enum FitError {
    /// The data are at fault.
    Data(DataError),
    /// Targets or weights do not match the outputs.
    Loss(LossError),
    /// The examples have another shape than the model takes.
    Input {
        /// The shapes of one example, an input each.
        found: Vec<Shape>,
        /// What the model takes.
        expected: Vec<Shape>,
    },
    /// There were no examples.
    NoExamples,
    /// A loss, or a parameter, became infinite or NaN.
    NonFinite(NonFinite),
    /// A metric that does not exist.
    Metric(UnknownMetric),
    /// A callback watches a figure that is not there.
    Monitor {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A learning rate that cannot be set.
    Rate(LearningRateError),
    /// Something could not be saved or loaded.
    Save(SaveError),
    /// A setting that makes no sense.
    Setting {
        /// Which one.
        name: &'static str,
        /// What was found.
        found: String,
        /// What would fit.
        expected: &'static str,
    },
    /// A callback gave up.
    Callback(Box<dyn std::error::Error + Send + Sync>),
}

/// Where a number that is not finite came up.
///
/// ```
/// use train::NonFinite;
/// let report = NonFinite { epoch: 2, step: 17, loss: f64::NAN, culprit: "layer `exp` (Exp) gives inf".into() };
/// assert_eq!(
///     report.to_string(),
///     "the loss is NaN in step 17 of epoch 3: layer `exp` (Exp) gives inf; \
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
    /// What went wrong first: a parameter, an input, a layer, or the loss itself.
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
                "the model takes examples of shape {}, but these have {}; reshape or flatten the set",
                list(expected),
                list(found)
            ),
            NoExamples => write!(f, "there were no examples in the epoch; check what the batches are made of"),
            NonFinite(report) => write!(f, "{report}"),
            Metric(source) => write!(f, "{source}"),
            Monitor { name, known } => {
                write!(f, "there is no figure `{name}` to watch; there are {}", known.join(", "))?;
                match name.starts_with("val_") && !known.iter().any(|k| k.starts_with("val_")) {
                    true => write!(f, "; give a validation set"),
                    false => Ok(()),
                }
            }
            Rate(source) => write!(f, "{source}"),
            Save(source) => write!(f, "{source}"),
            Setting { name, found, expected } => write!(f, "{name} is {found}; choose {expected}"),
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
