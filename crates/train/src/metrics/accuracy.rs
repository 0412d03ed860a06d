//! Accuracy: the fraction of correct predictions.

use super::mean::Mean;
use super::row::{Truth, each_row};
use super::{Direction, Metric};
use crate::accuracy::{HALF, largest};
use autograd::Scalar;
use nn::Target;
use tensor::Tensor;

/// The fraction of correct predictions. The kind depends on the shape, as Keras resolves the name "accuracy": one
/// column is [`BinaryAccuracy`], several columns are [`CategoricalAccuracy`] or its sparse form.
///
/// For multi-label targets use [`BinaryAccuracy`], because their shape does not differ from that of classes.
///
/// ```
/// use tensor::tensor;
/// use nn::Target;
/// use train::metrics::{Accuracy, Metric};
/// let mut accuracy = Accuracy::new();
/// accuracy.update(&tensor![[0.2, 0.8], [0.7, 0.3]], &Target::from([1, 1]), None);
/// accuracy.update(&tensor![[0.4_f64, 0.6]], &Target::from(tensor![[0.0, 1.0]]), None);
/// assert_eq!(Metric::<f64>::value(&accuracy), 2.0 / 3.0);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Accuracy(Mean);

/// The fraction of predictions on the correct side of a threshold, over all columns and examples.
///
/// A prediction is positive if it is at least the threshold, a target if it is at least 1/2. NaN is wrong.
///
/// ```
/// use tensor::tensor;
/// use nn::Target;
/// use train::metrics::{BinaryAccuracy, Metric};
/// let mut accuracy = BinaryAccuracy::new();
/// // Multi-label targets.
/// accuracy.update(&tensor![[0.9, 0.2], [0.5, 0.1]], &Target::from(tensor![[1.0, 0.0], [0.0, 0.0]]), None);
/// assert_eq!(Metric::<f64>::value(&accuracy), 0.75);
/// ```
#[derive(Clone, Debug)]
pub struct BinaryAccuracy {
    mean: Mean,
    threshold: f64,
}

/// The fraction of examples whose largest prediction is in the same column as the largest target.
///
/// Predictions can be logits or probabilities. A row that contains NaN is wrong.
///
/// ```
/// use tensor::tensor;
/// use nn::Target;
/// use train::metrics::{CategoricalAccuracy, Metric};
/// let mut accuracy = CategoricalAccuracy::new();
/// let one_hot = tensor![[0.0, 1.0], [0.0, 1.0]];
/// accuracy.update(&tensor![[-1.0_f32, 2.0], [7.0, 3.0]], &Target::from(one_hot), Some(&[3.0, 1.0]));
/// assert_eq!(Metric::<f32>::value(&accuracy), 0.75);
/// ```
#[derive(Clone, Debug, Default)]
pub struct CategoricalAccuracy(Mean);

/// [`CategoricalAccuracy`] with class ids as targets.
///
/// ```
/// use tensor::tensor;
/// use nn::Target;
/// use train::metrics::{Metric, SparseCategoricalAccuracy};
/// let mut accuracy = SparseCategoricalAccuracy::new();
/// accuracy.update(&tensor![[-1.0_f32, 2.0], [7.0, 3.0]], &Target::from([1, 1]), None);
/// assert_eq!(Metric::<f32>::value(&accuracy), 0.5);
/// ```
#[derive(Clone, Debug, Default)]
pub struct SparseCategoricalAccuracy(Mean);

impl BinaryAccuracy {
    /// The metric with a threshold of 1/2.
    pub fn new() -> Self {
        BinaryAccuracy { mean: Mean::new(), threshold: HALF }
    }

    /// The value from which a prediction is positive. Default: 1/2.
    pub fn threshold(mut self, threshold: f64) -> Self {
        self.threshold = threshold;
        self
    }
}

impl Default for BinaryAccuracy {
    fn default() -> Self {
        Self::new()
    }
}

fn binary<T: Scalar>(mean: &mut Mean, row: &[T], truth: Truth<'_, T>, weight: f64, threshold: f64) {
    for (k, p) in row.iter().enumerate() {
        let correct = !p.is_nan() && (p.to_f64() >= threshold) == (truth.at(k, row.len()) >= HALF);
        mean.add(f64::from(u8::from(correct)), weight);
    }
}

fn categorical<T: Scalar>(mean: &mut Mean, row: &[T], truth: Truth<'_, T>, weight: f64) {
    mean.add(f64::from(u8::from(largest(row) == Some(truth.class()))), weight);
}

impl<T: Scalar> Metric<T> for BinaryAccuracy {
    fn name(&self) -> &str {
        "binary_accuracy"
    }
    fn direction(&self) -> Direction {
        Direction::Max
    }
    #[track_caller]
    fn update(&mut self, prediction: &Tensor<T>, target: &Target<T>, weights: Option<&[T]>) {
        let (mean, threshold) = (&mut self.mean, self.threshold);
        each_row("binary_accuracy", prediction, target, weights, |row, truth, w| {
            binary(mean, row, truth, w, threshold)
        });
    }
    fn value(&self) -> f64 {
        self.mean.value()
    }
    fn reset(&mut self) {
        self.mean.reset();
    }
}

fn binary_or_categorical<T: Scalar>(mean: &mut Mean, row: &[T], truth: Truth<'_, T>, weight: f64) {
    match row.len() {
        1 => binary(mean, row, truth, weight, HALF),
        _ => categorical(mean, row, truth, weight),
    }
}

/// The accuracies without settings: name, whether logits are accepted, and how a row is added.
macro_rules! accuracies {
    ($($metric:ident $name:literal $accepts_logits:literal $add:ident),+) => {$(
        impl $metric {
            /// The metric of no examples.
            pub fn new() -> Self {
                Self::default()
            }
        }

        impl<T: Scalar> Metric<T> for $metric {
            fn name(&self) -> &str {
                $name
            }
            fn direction(&self) -> Direction {
                Direction::Max
            }
            fn accepts_logits(&self) -> bool {
                $accepts_logits
            }
            #[track_caller]
            fn update(&mut self, prediction: &Tensor<T>, target: &Target<T>, weights: Option<&[T]>) {
                let mean = &mut self.0;
                each_row($name, prediction, target, weights, |row, truth, w| $add(mean, row, truth, w));
            }
            fn value(&self) -> f64 {
                self.0.value()
            }
            fn reset(&mut self) {
                self.0.reset();
            }
        }
    )+};
}

accuracies!(
    Accuracy "accuracy" false binary_or_categorical,
    CategoricalAccuracy "categorical_accuracy" true categorical,
    SparseCategoricalAccuracy "sparse_categorical_accuracy" true categorical
);

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::tensor;

    fn of(metric: &mut dyn Metric<f64>, p: &Tensor<f64>, y: &Target<f64>) -> f64 {
        metric.reset();
        metric.update(p, y, None);
        metric.value()
    }

    #[test]
    fn accuracy_depends_on_the_shape() {
        let column = tensor![[0.5], [0.4], [f64::NAN]];
        assert_eq!(of(&mut Accuracy::new(), &column, &Target::from([1, 0, 0])), 2.0 / 3.0);
        let (p, one_hot) = (tensor![[0.1, 0.9, 0.0], [1.0, 1.0, 0.0]], tensor![[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]);
        assert_eq!(of(&mut Accuracy::new(), &p, &Target::from([1, 1])), 0.5);
        assert_eq!(of(&mut Accuracy::new(), &p, &Target::from(&one_hot)), 1.0);
        assert_eq!(of(&mut CategoricalAccuracy::new(), &p, &Target::from(one_hot)), 1.0);
    }

    #[test]
    fn thresholds() {
        let (p, y) = (tensor![0.2, 0.3, 0.4], tensor![0.0, 1.0, 1.0]);
        assert_eq!(of(&mut BinaryAccuracy::new(), &p, &Target::from(&y)), 1.0 / 3.0);
        assert_eq!(of(&mut BinaryAccuracy::new().threshold(0.3), &p, &Target::from(y)), 1.0);
    }
}
