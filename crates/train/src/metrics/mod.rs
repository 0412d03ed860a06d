//! Metrics, accumulated over batches.
//!
//! A [`Metric`] accumulates predictions and targets (`update`), returns its value (`value`), and starts again
//! (`reset`). All metrics support example weights. They equal the Keras metrics of the same name, except where their
//! documentation says otherwise, and at the threshold: a probability equal to the threshold is positive here, as in
//! [`Model::predict_classes`](nn::Model::predict_classes), and negative in Keras.
//!
//! ```
//! use tensor::tensor;
//! use train::metrics::{Accuracy, F1Score, Metric};
//! use nn::Target;
//!
//! let (scores, labels) = (tensor![[0.9], [0.2], [0.6], [0.4]], [1, 0, 0, 1]);
//! let metrics: [Box<dyn Metric<f64>>; 2] = [Box::new(Accuracy::new()), Box::new(F1Score::new())];
//! for mut metric in metrics {
//!     metric.update(&scores, &Target::from(labels), None);
//!     assert_eq!((metric.value(), metric.reset()), (0.5, ()));
//! }
//! ```
//!
//! | file | idea |
//! |---|---|
//! | `mean.rs` | a running weighted mean |
//! | `row.rs` | iteration over rows of predictions and targets |
//! | `accuracy.rs`, `top_k.rs` | accuracies |
//! | `counts.rs`, `auc.rs` | precision, recall and F-scores; the area under the ROC curve |
//! | `error.rs`, `r2.rs` | regression errors; the coefficient of determination |
//! | `entropy.rs` | cross-entropies |
//! | `by_name.rs` | metrics by name |

mod accuracy;
mod auc;
mod by_name;
mod counts;
mod entropy;
mod error;
mod mean;
mod r2;
mod row;
mod top_k;

pub use accuracy::{Accuracy, BinaryAccuracy, CategoricalAccuracy, SparseCategoricalAccuracy};
pub use auc::Auc;
pub use by_name::UnknownMetric;
pub use counts::{Average, F1Score, FBetaScore, Precision, Recall};
pub use entropy::{BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy};
pub use error::{
    CosineSimilarity, LogCoshError, MeanAbsoluteError, MeanAbsolutePercentageError, MeanSquaredError,
    RootMeanSquaredError,
};
pub use mean::Mean;
pub use r2::R2Score;
pub use top_k::TopKCategoricalAccuracy;

use crate::logs::metric_of;
use autograd::Scalar;
use nn::Target;
use std::fmt::Debug;
use tensor::Tensor;

/// Whether smaller or larger values of a metric are better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Smaller values are better, as for an error.
    Min,
    /// Larger values are better, as for an accuracy.
    Max,
}

impl Direction {
    /// Whether `value` is better than `best` by more than `margin`. NaN is never better.
    ///
    /// ```
    /// use train::Direction::{Max, Min};
    /// assert!(Min.improves(0.4, 0.5, 0.0) && !Min.improves(0.4, 0.5, 0.1));
    /// assert!(Max.improves(0.7, f64::NEG_INFINITY, 0.0) && !Max.improves(f64::NAN, 0.1, 0.0));
    /// ```
    pub fn improves(self, value: f64, best: f64, margin: f64) -> bool {
        match self {
            Direction::Min => value < best - margin,
            Direction::Max => value > best + margin,
        }
    }

    /// The worst value: infinity for `Min`, -infinity for `Max`.
    pub fn worst(self) -> f64 {
        match self {
            Direction::Min => f64::INFINITY,
            Direction::Max => f64::NEG_INFINITY,
        }
    }
}

/// The direction of a metric by its name in a history, which may have a prefix `val_` or `eval_`. Unknown names are
/// losses, which are minimized.
pub(crate) fn direction_of(known: &[(String, Direction)], name: &str) -> Direction {
    let name = metric_of(name);
    known.iter().find(|(n, _)| n == name).map_or(Direction::Min, |(_, direction)| *direction)
}

/// A metric, accumulated over batches.
///
/// The trait is object-safe. A custom metric:
///
/// ```
/// use autograd::Scalar;
/// use tensor::{Tensor, tensor};
/// use train::metrics::{Mean, Metric};
/// use nn::Target;
/// use train::Direction;
///
/// /// The mean of the predictions, to detect a biased model.
/// #[derive(Debug, Default)]
/// struct MeanPrediction(Mean);
///
/// impl<T: Scalar> Metric<T> for MeanPrediction {
///     fn name(&self) -> &str {
///         "mean_prediction"
///     }
///     fn direction(&self) -> Direction {
///         Direction::Min
///     }
///     fn update(&mut self, prediction: &Tensor<T>, _: &Target<T>, _: Option<&[T]>) {
///         self.0.add(prediction.mean().to_f64(), prediction.size() as f64);
///     }
///     fn value(&self) -> f64 {
///         self.0.value()
///     }
///     fn reset(&mut self) {
///         self.0.reset();
///     }
/// }
///
/// let mut metric: Box<dyn Metric<f32>> = Box::new(MeanPrediction::default());
/// metric.update(&tensor![[1.0], [2.0]], &Target::from([0, 1]), None);
/// assert_eq!(metric.value(), 1.5);
/// ```
pub trait Metric<T: Scalar = f32>: Debug + Send {
    /// The default name in a history, such as `accuracy` or `mean_absolute_error`.
    fn name(&self) -> &str;

    /// Whether smaller or larger values are better.
    fn direction(&self) -> Direction;

    /// Whether predictions can be logits instead of probabilities, because only the order of a row's elements matters.
    /// Then `fit` passes logits, which saves a softmax. Default: false.
    fn accepts_logits(&self) -> bool {
        false
    }

    /// Adds a batch: a row of predictions for each example, the targets, and the weights of the examples (default: 1).
    ///
    /// # Panics
    /// If the numbers of predictions, targets and weights differ, or the shapes of predictions and targets do not
    /// match.
    #[track_caller]
    fn update(&mut self, prediction: &Tensor<T>, target: &Target<T>, weights: Option<&[T]>);

    /// The value for all batches since the last reset; NaN without examples.
    fn value(&self) -> f64;

    /// Removes all batches.
    fn reset(&mut self);
}

impl<T: Scalar, M: Metric<T> + ?Sized> Metric<T> for Box<M> {
    fn name(&self) -> &str {
        (**self).name()
    }
    fn direction(&self) -> Direction {
        (**self).direction()
    }
    fn accepts_logits(&self) -> bool {
        (**self).accepts_logits()
    }
    #[track_caller]
    fn update(&mut self, prediction: &Tensor<T>, target: &Target<T>, weights: Option<&[T]>) {
        (**self).update(prediction, target, weights);
    }
    fn value(&self) -> f64 {
        (**self).value()
    }
    fn reset(&mut self) {
        (**self).reset();
    }
}
