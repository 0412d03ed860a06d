//! The share of right answers.

use super::mean::Mean;
use super::row::{Truth, each_row};
use super::{Direction, Metric};
use crate::accuracy::{HALF, largest};
use autograd::Scalar;
use nn::Target;
use tensor::Tensor;

/// The share of right answers, of the kind that the shapes call for, as Keras resolves the name "accuracy": one column
/// is [`BinaryAccuracy`], several are [`CategoricalAccuracy`] or its sparse form.
///
/// For several labels that may hold at once take [`BinaryAccuracy`]: shapes cannot tell them from classes.
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

/// The share of numbers on the right side of a threshold, over all columns and examples.
///
/// A number that is at least the threshold, 1/2 unless said, says yes; so does a target of at least 1/2. NaN is wrong.
///
/// ```
/// use tensor::tensor;
/// use nn::Target;
/// use train::metrics::{BinaryAccuracy, Metric};
/// let mut accuracy = BinaryAccuracy::new();
/// // Several labels for each example.
/// accuracy.update(&tensor![[0.9, 0.2], [0.5, 0.1]], &Target::from(tensor![[1.0, 0.0], [0.0, 0.0]]), None);
/// assert_eq!(Metric::<f64>::value(&accuracy), 0.75);
/// ```
#[derive(Clone, Debug)]
pub struct BinaryAccuracy {
    mean: Mean,
    threshold: f64,
}

/// The share of examples whose largest prediction stands where the largest target does.
///
/// Logits serve as well as probabilities. A row that holds NaN is wrong.
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

/// [`CategoricalAccuracy`] against class ids.
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

impl Accuracy {
    /// Of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }
}

impl BinaryAccuracy {
    /// With the threshold 1/2.
    pub fn new() -> Self {
        BinaryAccuracy { mean: Mean::new(), threshold: HALF }
    }

    /// With another threshold.
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

impl CategoricalAccuracy {
    /// Of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }
}

impl SparseCategoricalAccuracy {
    /// Of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }
}

fn binary<T: Scalar>(mean: &mut Mean, row: &[T], truth: Truth<'_, T>, weight: f64, threshold: f64) {
    for (k, p) in row.iter().enumerate() {
        let right = !p.is_nan() && (p.to_f64() >= threshold) == (truth.at(k, row.len()) >= HALF);
        mean.add(f64::from(u8::from(right)), weight);
    }
}

fn categorical<T: Scalar>(mean: &mut Mean, row: &[T], truth: Truth<'_, T>, weight: f64) {
    mean.add(f64::from(u8::from(largest(row) == Some(truth.class()))), weight);
}

impl<T: Scalar> Metric<T> for Accuracy {
    fn name(&self) -> &str {
        "accuracy"
    }
    fn direction(&self) -> Direction {
        Direction::Max
    }
    #[track_caller]
    fn update(&mut self, prediction: &Tensor<T>, target: &Target<T>, weights: Option<&[T]>) {
        let mean = &mut self.0;
        each_row("accuracy", prediction, target, weights, |row, truth, w| match row.len() {
            1 => binary(mean, row, truth, w, HALF),
            _ => categorical(mean, row, truth, w),
        });
    }
    fn value(&self) -> f64 {
        self.0.value()
    }
    fn reset(&mut self) {
        self.0.reset();
    }
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

/// The two that look for the largest number of a row differ in their names.
macro_rules! categorical {
    ($($metric:ident $name:literal),+) => {$(
        impl<T: Scalar> Metric<T> for $metric {
            fn name(&self) -> &str {
                $name
            }
            fn direction(&self) -> Direction {
                Direction::Max
            }
            fn reads_order_only(&self) -> bool {
                true
            }
            #[track_caller]
            fn update(&mut self, prediction: &Tensor<T>, target: &Target<T>, weights: Option<&[T]>) {
                let mean = &mut self.0;
                each_row($name, prediction, target, weights, |row, truth, w| categorical(mean, row, truth, w));
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

categorical!(CategoricalAccuracy "categorical_accuracy", SparseCategoricalAccuracy "sparse_categorical_accuracy");

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
    fn the_name_means_what_the_shapes_call_for() {
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
