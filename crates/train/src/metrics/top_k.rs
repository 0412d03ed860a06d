//! Top-k accuracy: the fraction of examples whose class is among the k most probable ones.

use super::mean::Mean;
use super::row::each_row;
use super::{Direction, Metric};
use autograd::Scalar;
use nn::Target;
use tensor::Tensor;

/// The fraction of examples for which fewer than k predictions are larger than that of the true class.
///
/// Predictions can be logits or probabilities. A row that contains NaN is wrong. Name in a history:
/// `top_k_categorical_accuracy`.
///
/// ```
/// use tensor::tensor;
/// use nn::Target;
/// use train::metrics::{Metric, TopKCategoricalAccuracy};
/// let mut top_2 = TopKCategoricalAccuracy::new(2);
/// top_2.update(&tensor![[0.1, 0.5, 0.4], [0.1, 0.5, 0.4]], &Target::from([2, 0]), None);
/// assert_eq!(Metric::<f64>::value(&top_2), 0.5);
/// ```
#[derive(Clone, Debug)]
pub struct TopKCategoricalAccuracy {
    k: usize,
    mean: Mean,
}

impl TopKCategoricalAccuracy {
    /// The metric with this k. Keras's default is 5.
    pub fn new(k: usize) -> Self {
        TopKCategoricalAccuracy { k, mean: Mean::new() }
    }
}

impl<T: Scalar> Metric<T> for TopKCategoricalAccuracy {
    fn name(&self) -> &str {
        "top_k_categorical_accuracy"
    }
    fn direction(&self) -> Direction {
        Direction::Max
    }
    fn accepts_logits(&self) -> bool {
        true
    }
    #[track_caller]
    fn update(&mut self, prediction: &Tensor<T>, target: &Target<T>, weights: Option<&[T]>) {
        let (k, mean) = (self.k, &mut self.mean);
        each_row("top_k_categorical_accuracy", prediction, target, weights, |row, truth, w| {
            let rank = row.get(truth.class()).map(|own| row.iter().filter(|p| *p > own).count());
            let correct = rank.is_some_and(|rank| rank < k) && row.iter().all(|p| !p.is_nan());
            mean.add(f64::from(u8::from(correct)), w);
        });
    }
    fn value(&self) -> f64 {
        self.mean.value()
    }
    fn reset(&mut self) {
        self.mean.reset();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::tensor;

    #[test]
    fn values_for_every_k() {
        let p = tensor![[0.1, 0.9, 0.8], [0.05, 0.95, 0.0], [f64::NAN, 0.1, 0.2]];
        let value = |k| {
            let mut m = TopKCategoricalAccuracy::new(k);
            m.update(&p, &Target::from([2, 1, 2]), None);
            Metric::<f64>::value(&m)
        };
        assert_eq!([value(0), value(1), value(2), value(3)], [0.0, 1.0 / 3.0, 2.0 / 3.0, 2.0 / 3.0]);
    }
}
