//! The coefficient of determination.

use super::row::each_row;
use super::{Direction, Metric};
use autograd::Scalar;
use nn::Target;
use tensor::Tensor;

/// The coefficient of determination, R² = 1 - Σ w (y - p)² / Σ w (y - ȳ)², averaged over columns. A perfect prediction
/// scores 1, the mean of the targets 0.
///
/// A column with constant targets scores 1 if the prediction is exact and 0 otherwise, as in scikit-learn.
///
/// ```
/// use tensor::tensor;
/// use nn::Target;
/// use train::metrics::{Metric, R2Score};
/// let mut r2 = R2Score::new();
/// r2.update(&tensor![2.5, 0.0, 2.0, 8.0], &Target::from(tensor![3.0, -0.5, 2.0, 7.0]), None);
/// assert!((Metric::<f64>::value(&r2) - 0.9486081370449679).abs() < 1e-15);
/// ```
#[derive(Clone, Debug, Default)]
pub struct R2Score {
    columns: Vec<Column>,
}

/// Σ w, the mean of y, Σ w (y - ȳ)² by Welford's update (1962), and Σ w (y - p)².
#[derive(Clone, Copy, Debug, Default)]
struct Column {
    weight: f64,
    mean: f64,
    spread: f64,
    residual: f64,
}

impl R2Score {
    /// The metric of no examples.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Column {
    fn add(&mut self, p: f64, y: f64, w: f64) {
        if w == 0.0 {
            return;
        }
        self.weight += w;
        let before = y - self.mean;
        self.mean += before * w / self.weight;
        self.spread += w * before * (y - self.mean);
        self.residual += w * (y - p).powi(2);
    }

    fn score(&self) -> f64 {
        match (self.weight > 0.0, self.residual == 0.0, self.spread == 0.0) {
            (false, _, _) => f64::NAN,
            (_, true, _) => 1.0,
            (_, false, true) => 0.0,
            _ => 1.0 - self.residual / self.spread,
        }
    }
}

impl<T: Scalar> Metric<T> for R2Score {
    fn name(&self) -> &str {
        "r2_score"
    }
    fn direction(&self) -> Direction {
        Direction::Max
    }
    #[track_caller]
    fn update(&mut self, prediction: &Tensor<T>, target: &Target<T>, weights: Option<&[T]>) {
        let columns = &mut self.columns;
        each_row("r2_score", prediction, target, weights, |row, truth, w| {
            columns.resize(row.len(), Column::default());
            for (k, (column, p)) in columns.iter_mut().zip(row).enumerate() {
                column.add(p.to_f64(), truth.at(k, row.len()), w);
            }
        });
    }
    fn value(&self) -> f64 {
        self.columns.iter().map(Column::score).sum::<f64>() / self.columns.len() as f64
    }
    fn reset(&mut self) {
        self.columns.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::tensor;

    fn r2(p: Tensor<f64>, y: Tensor<f64>) -> f64 {
        let mut r2 = R2Score::new();
        r2.update(&p, &Target::from(y), None);
        Metric::<f64>::value(&r2)
    }

    #[test]
    fn perfect_mean_and_constant_predictions() {
        let y = tensor![1.0, 2.0, 6.0];
        assert_eq!(r2(y.clone(), y.clone()), 1.0);
        assert!(r2(Tensor::full(3, 3.0), y).abs() < 1e-15);
        assert_eq!((r2(tensor![1.0, 2.0], tensor![5.0, 5.0]), r2(tensor![5.0], tensor![5.0])), (0.0, 1.0));
        // No cancellation for values far from 0.
        assert!(
            (r2(tensor![1e8 + 1.0, 1e8 + 2.0, 1e8 + 4.0], tensor![1e8 + 1.0, 1e8 + 2.0, 1e8 + 3.0]) - 0.5).abs()
                < 1e-12
        );
    }

    #[test]
    fn the_score_is_the_mean_over_columns() {
        let (p, y) = (tensor![[1.0, 0.0], [2.0, 0.0]], tensor![[1.0, 10.0], [2.0, -10.0]]);
        assert_eq!(r2(p, y), 0.5);
    }
}
