//! Cross-entropy of predicted probabilities: how surprising the truth is to the model.

use super::error::{EPSILON, mean_metrics};
use super::mean::Mean;
use super::row::{Truth, each_row};
use super::{Direction, Metric};
use autograd::Scalar;
use nn::Target;
use tensor::Tensor;

/// The mean over the columns of -y ln p - (1 - y) ln(1 - p), p being kept from 0 and 1 by 1e-7.
fn binary<T: Scalar>(row: &[T], truth: Truth<'_, T>) -> f64 {
    let sum: f64 = (0..row.len())
        .map(|k| {
            let (p, y) = (row[k].to_f64().clamp(EPSILON, 1.0 - EPSILON), truth.at(k, row.len()));
            -(y * p.ln() + (1.0 - y) * (1.0 - p).ln())
        })
        .sum();
    sum / row.len() as f64
}

/// -Σ y ln(p / Σ p), p being kept from 0 and 1 by 1e-7 after the division.
fn categorical<T: Scalar>(row: &[T], truth: Truth<'_, T>) -> f64 {
    let total: f64 = row.iter().map(|p| p.to_f64()).sum();
    let surprise = |k: usize| -(row[k].to_f64() / total).clamp(EPSILON, 1.0 - EPSILON).ln();
    match truth {
        Truth::Class(class) if row.len() > 1 => surprise(class),
        _ => (0..row.len()).map(|k| truth.at(k, row.len()) * surprise(k)).sum(),
    }
}

mean_metrics! {
    /// The mean of -y ln p - (1 - y) ln(1 - p) over all columns: of probabilities, not of logits.
    ///
    /// Losses are evaluated from logits and know no bound; this figure stops at -ln 1e-7 ≈ 16.1, as Keras's does.
    ///
    /// ```
    /// use tensor::tensor;
    /// use nn::Target;
    /// use train::metrics::{BinaryCrossentropy, Metric};
    /// let mut surprise = BinaryCrossentropy::new();
    /// surprise.update(&tensor![[0.25], [0.5]], &Target::from([1, 0]), None);
    /// assert!((Metric::<f64>::value(&surprise) - 1.5 * 2.0_f64.ln()).abs() < 1e-15);
    /// ```
    BinaryCrossentropy "binary_crossentropy" Min binary |v| v;

    /// The mean of -Σ y ln p over the columns of a row, the row being divided by its sum first.
    ///
    /// ```
    /// use tensor::tensor;
    /// use nn::Target;
    /// use train::metrics::{CategoricalCrossentropy, Metric};
    /// let mut surprise = CategoricalCrossentropy::new();
    /// surprise.update(&tensor![[0.25, 0.75]], &Target::from(tensor![[1.0, 0.0]]), None);
    /// assert!((Metric::<f64>::value(&surprise) - 4.0_f64.ln()).abs() < 1e-15);
    /// ```
    CategoricalCrossentropy "categorical_crossentropy" Min categorical |v| v;

    /// [`CategoricalCrossentropy`] against class ids.
    ///
    /// ```
    /// use tensor::tensor;
    /// use nn::Target;
    /// use train::metrics::{Metric, SparseCategoricalCrossentropy};
    /// let mut surprise = SparseCategoricalCrossentropy::new();
    /// surprise.update(&tensor![[0.25, 0.75]], &Target::from([0]), None);
    /// assert!((Metric::<f64>::value(&surprise) - 4.0_f64.ln()).abs() < 1e-15);
    /// ```
    SparseCategoricalCrossentropy "sparse_categorical_crossentropy" Min categorical |v| v;
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::tensor;

    #[test]
    fn certainty_that_is_wrong_costs_a_bounded_amount() {
        let mut surprise = SparseCategoricalCrossentropy::new();
        surprise.update(&tensor![[1.0, 0.0]], &Target::from([1]), None);
        assert!((Metric::<f64>::value(&surprise) + EPSILON.ln()).abs() < 1e-12);
        let mut surprise = BinaryCrossentropy::new();
        surprise.update(&tensor![[1.0]], &Target::from([0]), None);
        assert!((Metric::<f64>::value(&surprise) + EPSILON.ln()).abs() < 1e-8);
    }
}
