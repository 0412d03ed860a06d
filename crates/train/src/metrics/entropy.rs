//! Cross-entropy of predicted probabilities.

use super::error::{EPSILON, mean_metrics};
use super::mean::Mean;
use super::row::{Truth, each_row};
use super::{Direction, Metric};
use autograd::Scalar;
use nn::Target;
use tensor::Tensor;

/// The mean over the columns of -y ln p - (1 - y) ln(1 - p), with p clipped to [1e-7, 1 - 1e-7].
fn binary<T: Scalar>(row: &[T], truth: Truth<'_, T>) -> f64 {
    let sum: f64 = (0..row.len())
        .map(|k| {
            let (p, y) = (row[k].to_f64().clamp(EPSILON, 1.0 - EPSILON), truth.at(k, row.len()));
            -(y * p.ln() + (1.0 - y) * (1.0 - p).ln())
        })
        .sum();
    sum / row.len() as f64
}

/// -Σ y ln(p / Σ p), with the quotient clipped to [1e-7, 1 - 1e-7].
fn categorical<T: Scalar>(row: &[T], truth: Truth<'_, T>) -> f64 {
    let total: f64 = row.iter().map(|p| p.to_f64()).sum();
    let neg_log = |k: usize| -(row[k].to_f64() / total).clamp(EPSILON, 1.0 - EPSILON).ln();
    match truth {
        Truth::Class(class) if row.len() > 1 => neg_log(class),
        _ => (0..row.len()).map(|k| truth.at(k, row.len()) * neg_log(k)).sum(),
    }
}

mean_metrics! {
    /// The mean of -y ln p - (1 - y) ln(1 - p) over all columns, for probabilities p.
    ///
    /// Losses are computed from logits and are unbounded; this metric is at most -ln 1e-7 ≈ 16.1, as in Keras.
    ///
    /// ```
    /// use tensor::tensor;
    /// use nn::Target;
    /// use train::metrics::{BinaryCrossentropy, Metric};
    /// let mut entropy = BinaryCrossentropy::new();
    /// entropy.update(&tensor![[0.25], [0.5]], &Target::from([1, 0]), None);
    /// assert!((Metric::<f64>::value(&entropy) - 1.5 * 2.0_f64.ln()).abs() < 1e-15);
    /// ```
    BinaryCrossentropy "binary_crossentropy" Min binary |v| v;

    /// The mean of -Σ y ln p over the rows, each of which is first divided by its sum.
    ///
    /// ```
    /// use tensor::tensor;
    /// use nn::Target;
    /// use train::metrics::{CategoricalCrossentropy, Metric};
    /// let mut entropy = CategoricalCrossentropy::new();
    /// entropy.update(&tensor![[0.25, 0.75]], &Target::from(tensor![[1.0, 0.0]]), None);
    /// assert!((Metric::<f64>::value(&entropy) - 4.0_f64.ln()).abs() < 1e-15);
    /// ```
    CategoricalCrossentropy "categorical_crossentropy" Min categorical |v| v;

    /// [`CategoricalCrossentropy`] with class ids as targets.
    ///
    /// ```
    /// use tensor::tensor;
    /// use nn::Target;
    /// use train::metrics::{Metric, SparseCategoricalCrossentropy};
    /// let mut entropy = SparseCategoricalCrossentropy::new();
    /// entropy.update(&tensor![[0.25, 0.75]], &Target::from([0]), None);
    /// assert!((Metric::<f64>::value(&entropy) - 4.0_f64.ln()).abs() < 1e-15);
    /// ```
    SparseCategoricalCrossentropy "sparse_categorical_crossentropy" Min categorical |v| v;
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::tensor;

    #[test]
    fn crossentropy_is_bounded_for_wrong_predictions_of_0_and_1() {
        let mut entropy = SparseCategoricalCrossentropy::new();
        entropy.update(&tensor![[1.0, 0.0]], &Target::from([1]), None);
        assert!((Metric::<f64>::value(&entropy) + EPSILON.ln()).abs() < 1e-12);
        let mut entropy = BinaryCrossentropy::new();
        entropy.update(&tensor![[1.0]], &Target::from([0]), None);
        assert!((Metric::<f64>::value(&entropy) + EPSILON.ln()).abs() < 1e-8);
    }
}
