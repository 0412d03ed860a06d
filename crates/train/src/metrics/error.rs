//! Regression errors: mean distances between predictions and targets.

use super::mean::Mean;
use super::row::{Truth, each_row};
use super::{Direction, Metric};
use autograd::Scalar;
use nn::Target;
use tensor::Tensor;

/// Keras's epsilon: the minimum of denominators.
pub(crate) const EPSILON: f64 = 1e-7;

/// The mean over a row of f(prediction, truth).
fn mean_of<T: Scalar>(row: &[T], truth: Truth<'_, T>, f: impl Fn(f64, f64) -> f64) -> f64 {
    let sum: f64 = row.iter().enumerate().map(|(k, p)| f(p.to_f64(), truth.at(k, row.len()))).sum();
    sum / row.len() as f64
}

fn squared<T: Scalar>(row: &[T], truth: Truth<'_, T>) -> f64 {
    mean_of(row, truth, |p, y| (p - y).powi(2))
}

fn absolute<T: Scalar>(row: &[T], truth: Truth<'_, T>) -> f64 {
    mean_of(row, truth, |p, y| (p - y).abs())
}

fn percentage<T: Scalar>(row: &[T], truth: Truth<'_, T>) -> f64 {
    100.0 * mean_of(row, truth, |p, y| (p - y).abs() / y.abs().max(EPSILON))
}

/// ln cosh e, computed as in the loss: accurate near 0, and without overflow for large e.
fn log_cosh<T: Scalar>(row: &[T], truth: Truth<'_, T>) -> f64 {
    mean_of(row, truth, |p, y| match (p - y).abs() {
        e if e <= 1.0 => 0.5 * e.sinh().powi(2).ln_1p(),
        e => e + (-2.0 * e).exp().ln_1p() - std::f64::consts::LN_2,
    })
}

/// p · y / (|p| |y|); 0 if p or y is 0.
fn cosine<T: Scalar>(row: &[T], truth: Truth<'_, T>) -> f64 {
    let (mut dot, mut pp, mut yy) = (0.0, 0.0, 0.0);
    for (k, p) in row.iter().enumerate() {
        let (p, y) = (p.to_f64(), truth.at(k, row.len()));
        dot += p * y;
        pp += p * p;
        yy += y * y;
    }
    if pp == 0.0 || yy == 0.0 { 0.0 } else { dot / (pp.sqrt() * yy.sqrt()) }
}

/// Metrics that are the mean of a value per example.
macro_rules! mean_metrics {
    ($($(#[$doc:meta])* $metric:ident $name:literal $direction:ident $of:ident $finish:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Default)]
        pub struct $metric(Mean);

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
                Direction::$direction
            }
            #[track_caller]
            fn update(&mut self, prediction: &Tensor<T>, target: &Target<T>, weights: Option<&[T]>) {
                let mean = &mut self.0;
                each_row($name, prediction, target, weights, |row, truth, w| mean.add($of(row, truth), w));
            }
            fn value(&self) -> f64 {
                let finish: fn(f64) -> f64 = $finish;
                finish(self.0.value())
            }
            fn reset(&mut self) {
                self.0.reset();
            }
        }
    )+};
}
pub(crate) use mean_metrics;

mean_metrics! {
    /// The mean of (p - y)² over columns and examples. Name in a history: `mean_squared_error`.
    ///
    /// ```
    /// use tensor::tensor;
    /// use nn::Target;
    /// use train::metrics::{MeanSquaredError, Metric};
    /// let mut mse = MeanSquaredError::new();
    /// mse.update(&tensor![[1.0], [2.0]], &Target::from(tensor![0.0, 4.0]), None);
    /// assert_eq!(Metric::<f64>::value(&mse), 2.5);
    /// ```
    MeanSquaredError "mean_squared_error" Min squared |v| v;

    /// The square root of the mean of (p - y)² over all batches. Name in a history: `root_mean_squared_error`.
    ///
    /// ```
    /// use tensor::tensor;
    /// use nn::Target;
    /// use train::metrics::{Metric, RootMeanSquaredError};
    /// let mut rmse = RootMeanSquaredError::new();
    /// rmse.update(&tensor![3.0], &Target::from(tensor![0.0]), None);
    /// rmse.update(&tensor![0.0], &Target::from(tensor![4.0]), None);
    /// assert_eq!(Metric::<f64>::value(&rmse), 12.5_f64.sqrt()); // not the mean of 3 and 4
    /// ```
    RootMeanSquaredError "root_mean_squared_error" Min squared f64::sqrt;

    /// The mean of |p - y|. Name in a history: `mean_absolute_error`.
    ///
    /// ```
    /// use tensor::tensor;
    /// use nn::Target;
    /// use train::metrics::{MeanAbsoluteError, Metric};
    /// let mut mae = MeanAbsoluteError::new();
    /// mae.update(&tensor![[1.0], [2.0]], &Target::from(tensor![0.0, 4.0]), Some(&[1.0, 3.0]));
    /// assert_eq!(Metric::<f64>::value(&mae), 1.75);
    /// ```
    MeanAbsoluteError "mean_absolute_error" Min absolute |v| v;

    /// The mean of 100 |p - y| / max(|y|, 1e-7), in percent. Name in a history: `mean_absolute_percentage_error`.
    ///
    /// ```
    /// use tensor::tensor;
    /// use nn::Target;
    /// use train::metrics::{MeanAbsolutePercentageError, Metric};
    /// let mut mape = MeanAbsolutePercentageError::new();
    /// mape.update(&tensor![11.0, 80.0], &Target::from(tensor![10.0, 100.0]), None);
    /// assert_eq!(Metric::<f64>::value(&mape), 15.0);
    /// ```
    MeanAbsolutePercentageError "mean_absolute_percentage_error" Min percentage |v| v;

    /// The mean of ln cosh(p - y), about e²/2 for small errors e and |e| for large ones. Name in a history: `logcosh`.
    ///
    /// ```
    /// use tensor::tensor;
    /// use nn::Target;
    /// use train::metrics::{LogCoshError, Metric};
    /// let mut log_cosh = LogCoshError::new();
    /// log_cosh.update(&tensor![1e6], &Target::from(tensor![0.0]), None);
    /// assert_eq!(Metric::<f64>::value(&log_cosh), 1e6 - 2.0_f64.ln());
    /// ```
    LogCoshError "logcosh" Min log_cosh |v| v;

    /// The mean cosine of the angle between a row of predictions and its target: 1 for the same direction, -1 for
    /// opposite directions. Name in a history: `cosine_similarity`.
    ///
    /// ```
    /// use tensor::tensor;
    /// use nn::Target;
    /// use train::metrics::{CosineSimilarity, Metric};
    /// let mut cosine = CosineSimilarity::new();
    /// cosine.update(&tensor![[0.0, 1.0], [1.0, 1.0]], &Target::from(tensor![[1.0, 0.0], [2.0, 2.0]]), None);
    /// assert!((Metric::<f64>::value(&cosine) - 0.5).abs() < 1e-15);
    /// ```
    CosineSimilarity "cosine_similarity" Max cosine |v| v;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tensor::tensor;

    #[test]
    fn no_examples_are_nan_and_zero_rows_have_similarity_0() {
        assert!(Metric::<f32>::value(&MeanSquaredError::new()).is_nan());
        let mut cosine = CosineSimilarity::new();
        cosine.update(&tensor![[0.0, 0.0]], &Target::from(tensor![[1.0, 0.0]]), None);
        assert_eq!(Metric::<f64>::value(&cosine), 0.0);
    }

    #[test]
    fn class_ids_are_one_hot_targets() {
        let mut mse = MeanSquaredError::new();
        mse.update(&tensor![[0.5, 0.5], [0.0, 1.0]], &Target::from([0, 1]), None);
        assert_eq!(Metric::<f64>::value(&mse), 0.125);
    }

    proptest! {
        #[test]
        fn errors_are_independent_of_batches(
            rows in prop::collection::vec((-9.0..9.0, -9.0..9.0, 0.1..2.0), 2..20),
            cut: prop::sample::Index,
        ) {
            type Row = (f64, f64, f64);
            let cut = cut.index(rows.len());
            let column = |rows: &[Row], f: fn(&Row) -> f64| rows.iter().map(f).collect::<Vec<_>>();
            let metrics = || -> Vec<Box<dyn Metric<f64>>> { vec![
                Box::new(MeanSquaredError::new()), Box::new(RootMeanSquaredError::new()), Box::new(LogCoshError::new()),
                Box::new(MeanAbsoluteError::new()), Box::new(crate::metrics::R2Score::new()),
            ] };
            for (mut whole, mut parts) in metrics().into_iter().zip(metrics()) {
                let feed = |m: &mut Box<dyn Metric<f64>>, rows: &[_]| {
                    let [p, y, w] = [column(rows, |r| r.0), column(rows, |r| r.1), column(rows, |r| r.2)];
                    m.update(&Tensor::from_vec(p.len(), p), &Target::from(Tensor::from_vec(y.len(), y)), Some(&w));
                };
                feed(&mut whole, &rows);
                feed(&mut parts, &rows[..cut]);
                feed(&mut parts, &rows[cut..]);
                prop_assert!((whole.value() - parts.value()).abs() < 1e-9 * whole.value().abs().max(1.0));
            }
        }
    }
}
