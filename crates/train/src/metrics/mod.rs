//! Metrics: how well a model does, gathered batch by batch.
//!
//! A [`Metric`] is shown predictions and what they should have been (`update`), tells how things stand (`value`), and
//! starts again (`reset`). All of them can weigh examples, and all agree with their namesakes in Keras, except where they
//! say otherwise, and at a threshold itself: a probability that is equal to it says yes here, as
//! [`Model::predict_classes`](nn::Model::predict_classes) does, and no there.
//!
//! ```
//! use tensor::tensor;
//! use train::metrics::{Accuracy, F1, Metric};
//! use nn::Target;
//!
//! let (scores, labels) = (tensor![[0.9], [0.2], [0.6], [0.4]], [1, 0, 0, 1]);
//! let metrics: [Box<dyn Metric<f64>>; 2] = [Box::new(Accuracy::new()), Box::new(F1::new())];
//! for mut metric in metrics {
//!     metric.update(&scores, &Target::from(labels), None);
//!     assert_eq!((metric.value(), metric.reset()), (0.5, ()));
//! }
//! ```
//!
//! | file | idea |
//! |---|---|
//! | `mean.rs` | a weighted mean that grows |
//! | `row.rs` | a prediction beside what it should have been, whatever form that comes in |
//! | `accuracy.rs`, `top_k.rs` | the share of right answers |
//! | `counts.rs`, `auc.rs` | what was found and what was missed, at one threshold and at all of them |
//! | `error.rs`, `r2.rs` | distances between numbers |
//! | `entropy.rs` | surprise at the truth |
//! | `by_name.rs` | metrics as a configuration spells them |

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
pub use counts::{Average, F1, FBeta, Precision, Recall};
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

/// Which values of a metric are the better ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Small ones, as of an error.
    Min,
    /// Large ones, as of an accuracy.
    Max,
}

impl Direction {
    /// Whether `value` is better than `best` by more than `margin`. NaN is never better than anything.
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

    /// What everything is better than.
    pub fn worst(self) -> f64 {
        match self {
            Direction::Min => f64::INFINITY,
            Direction::Max => f64::NEG_INFINITY,
        }
    }
}

/// Which values of a figure are the better ones: those of a known metric say so themselves, losses are to be small. The
/// names are those of a history, so `val_` and `eval_` may stand before them.
pub(crate) fn direction_of(known: &[(String, Direction)], name: &str) -> Direction {
    let name = metric_of(name);
    known.iter().find(|(n, _)| n == name).map_or(Direction::Min, |(_, direction)| *direction)
}

/// A figure of how well a model does, gathered batch by batch.
///
/// The trait can be made an object. One of your own is a few lines:
///
/// ```
/// use autograd::Scalar;
/// use tensor::{Tensor, tensor};
/// use train::metrics::{Mean, Metric};
/// use nn::Target;
/// use train::Direction;
///
/// /// The mean of the predictions: is the model biased?
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
    /// The name it goes by in a history, unless it was asked for by another: `accuracy`, `mean_absolute_error`.
    fn name(&self) -> &str;

    /// Which values are the better ones.
    fn direction(&self) -> Direction;

    /// Whether only the order of a row's numbers counts, so that logits serve as well as probabilities.
    ///
    /// `fit` then shows the metric logits, which saves a softmax.
    fn reads_order_only(&self) -> bool {
        false
    }

    /// Takes in a batch: a row of predictions for each example, what it should have been, and how much each example
    /// counts (1 unless said).
    ///
    /// # Panics
    /// If there are not as many rows of predictions as of the target, or as weights; if their widths do not fit.
    #[track_caller]
    fn update(&mut self, prediction: &Tensor<T>, target: &Target<T>, weights: Option<&[T]>);

    /// The figure for everything taken in since the last reset; NaN if that was nothing.
    fn value(&self) -> f64;

    /// Forgets what was taken in.
    fn reset(&mut self);
}

impl<T: Scalar, M: Metric<T> + ?Sized> Metric<T> for Box<M> {
    fn name(&self) -> &str {
        (**self).name()
    }
    fn direction(&self) -> Direction {
        (**self).direction()
    }
    fn reads_order_only(&self) -> bool {
        (**self).reads_order_only()
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
