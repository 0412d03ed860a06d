//! Metrics as a configuration spells them.

use super::*;
use std::fmt;
use std::str::FromStr;

/// Under which names each metric goes, the one in a history first, and how it is made.
macro_rules! metrics {
    ($($($name:literal)|+ => $make:expr,)+) => {
        /// Every name there is.
        const NAMES: &[&str] = &[$($($name),+),+];

        impl<T: Scalar> FromStr for Box<dyn Metric<T>> {
            type Err = UnknownMetric;

            /// A metric of a name that Keras knows, with its defaults.
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
    "f1_score" => F1::new(),
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

/// A name that no metric goes by.
///
/// ```
/// use train::metrics::Metric;
/// let mae: Box<dyn Metric<f32>> = "mae".parse()?;
/// assert_eq!(mae.name(), "mean_absolute_error");
/// let e = "acuracy".parse::<Box<dyn Metric<f32>>>().unwrap_err();
/// assert!(e.to_string().starts_with("`acuracy` is no metric; there are accuracy, acc, binary_accuracy, "));
/// # Ok::<(), train::metrics::UnknownMetric>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownMetric(String);

impl fmt::Display for UnknownMetric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is no metric; there are {}", self.0, NAMES.join(", "))
    }
}

impl std::error::Error for UnknownMetric {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_makes_a_metric_and_its_own_name_makes_it_again() {
        for name in NAMES {
            let metric: Box<dyn Metric<f64>> = name.parse().unwrap();
            let again: Box<dyn Metric<f64>> = metric.name().parse().unwrap();
            assert_eq!((metric.name(), metric.direction()), (again.name(), again.direction()));
        }
    }
}
