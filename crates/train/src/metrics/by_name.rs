//! Metrics by name.

use super::*;
use std::fmt;
use std::str::FromStr;

/// The names of each metric, the one used in a history first, and its constructor.
macro_rules! metrics {
    ($($($name:literal)|+ => $make:expr,)+) => {
        /// All names.
        const NAMES: &[&str] = &[$($($name),+),+];

        impl<T: Scalar> FromStr for Box<dyn Metric<T>> {
            type Err = UnknownMetric;

            /// The metric with this Keras name, with its default settings.
            fn from_str(name: &str) -> Result<Self, UnknownMetric> {
                Ok(match name.trim() {
                    $($($name)|+ => Box::new($make),)+
                    other => return Err(UnknownMetric(other.to_string())),
                })
            }
        }
    };
}

metrics! {
    "accuracy" | "acc" => Accuracy::new(),
    "binary_accuracy" => BinaryAccuracy::new(),
    "categorical_accuracy" => CategoricalAccuracy::new(),
    "sparse_categorical_accuracy" => SparseCategoricalAccuracy::new(),
    "top_k_categorical_accuracy" | "sparse_top_k_categorical_accuracy" => TopKCategoricalAccuracy::new(5),
    "precision" => Precision::new(),
    "recall" => Recall::new(),
    "f1_score" => F1Score::new(),
    "auc" => Auc::new(),
    "mean_squared_error" | "mse" => MeanSquaredError::new(),
    "root_mean_squared_error" | "rmse" => RootMeanSquaredError::new(),
    "mean_absolute_error" | "mae" => MeanAbsoluteError::new(),
    "mean_absolute_percentage_error" | "mape" => MeanAbsolutePercentageError::new(),
    "logcosh" => LogCoshError::new(),
    "cosine_similarity" => CosineSimilarity::new(),
    "r2_score" => R2Score::new(),
    "binary_crossentropy" => BinaryCrossentropy::new(),
    "categorical_crossentropy" => CategoricalCrossentropy::new(),
    "sparse_categorical_crossentropy" => SparseCategoricalCrossentropy::new(),
}

/// An unknown metric name.
///
/// ```
/// use train::metrics::Metric;
/// let mae: Box<dyn Metric<f32>> = "mae".parse()?;
/// assert_eq!(mae.name(), "mean_absolute_error");
/// let e = "acuracy".parse::<Box<dyn Metric<f32>>>().unwrap_err();
/// assert!(e.to_string().starts_with("unknown metric `acuracy`; expected one of accuracy, acc, binary_accuracy, "));
/// # Ok::<(), train::metrics::UnknownMetric>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct UnknownMetric(String);

impl fmt::Display for UnknownMetric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown metric `{}`; expected one of {}", self.0, NAMES.join(", "))
    }
}

tensor::debug_as_display!(UnknownMetric);

impl std::error::Error for UnknownMetric {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Metrics are independent of the division into batches, and ignore examples of weight 0.
        #[test]
        fn metrics_are_independent_of_batches(
            rows in prop::collection::vec((prop::collection::vec(1u8..9, 3), 0usize..3, 0u8..4), 1..24),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 2),
        ) {
            let mut cuts: Vec<usize> = cuts.iter().map(|i| i.index(rows.len() + 1)).collect();
            cuts.sort();
            let feed = |metric: &mut Box<dyn Metric<f64>>, rows: &[(Vec<u8>, usize, u8)], one_hot: bool| {
                let p = rows.iter().flat_map(|r| r.0.iter().map(|&p| f64::from(p) / 9.0)).collect::<Vec<_>>();
                let ids: Vec<usize> = rows.iter().map(|r| r.1).collect();
                let row = |&id: &usize| [0, 1, 2].map(|k| f64::from(u8::from(k == id)));
                let hot: Vec<f64> = ids.iter().flat_map(row).collect();
                let target = match one_hot {
                    true => Target::from(Tensor::from_vec([ids.len(), 3], hot)),
                    false => Target::from(ids),
                };
                let weights: Vec<f64> = rows.iter().map(|r| f64::from(r.2)).collect();
                metric.update(&Tensor::from_vec([rows.len(), 3], p), &target, Some(&weights));
            };
            let weighted: Vec<_> = rows.iter().filter(|r| r.2 > 0).cloned().collect();
            for (name, one_hot) in NAMES.iter().flat_map(|name| [(name, false), (name, true)]) {
                let [mut whole, mut parts, mut without] = [0; 3].map(|_| name.parse::<Box<dyn Metric<f64>>>().unwrap());
                feed(&mut whole, &rows, one_hot);
                for part in [&rows[..cuts[0]], &rows[cuts[0]..cuts[1]], &rows[cuts[1]..]] {
                    feed(&mut parts, part, one_hot);
                }
                feed(&mut without, &weighted, one_hot);
                let (whole, parts, without) = (whole.value(), parts.value(), without.value());
                let close = |a: f64, b: f64| (a - b).abs() < 1e-9 * b.abs().max(1.0);
                let same = |a: f64, b: f64| a == b || close(a, b) || a.is_nan() && b.is_nan();
                prop_assert!(same(whole, parts), "{name}: {whole} in one batch, {parts} in three");
                prop_assert!(
                    weighted.is_empty() || same(whole, without),
                    "{name}: {whole} with weights of 0, {without} without"
                );
            }
        }
    }

    #[test]
    fn every_name_is_parsed_and_names_round_trip() {
        for name in NAMES {
            let metric: Box<dyn Metric<f64>> = name.parse().unwrap();
            let again: Box<dyn Metric<f64>> = metric.name().parse().unwrap();
            assert_eq!((metric.name(), metric.direction()), (again.name(), again.direction()));
        }
    }
}
