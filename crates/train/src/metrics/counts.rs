//! Precision, recall and F-scores, from the counts of true and false predictions.

use super::row::{Truth, each_row};
use super::{Direction, Metric};
use crate::accuracy::{HALF, largest};
use autograd::Scalar;
use nn::Target;
use tensor::Tensor;

/// How the scores of several columns are combined.
///
/// The default of [`Precision`] and [`Recall`] is `Micro`, as in Keras. The default of [`F1Score`] and [`FBetaScore`]
/// is `Macro`; Keras's default is one score per column. With a class id for each example, `Micro` equals the accuracy:
/// use `Macro` or `Weighted` there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Average {
    /// The mean over columns: rare classes count as much as frequent ones.
    Macro,
    /// The score computed from the total counts of all columns.
    Micro,
    /// The mean over columns, weighted by the number of positive examples of each column.
    Weighted,
}

/// True positives, false positives and false negatives of a column.
#[derive(Clone, Copy, Debug, Default)]
struct Column {
    tp: f64,
    fp: f64,
    fn_: f64,
}

impl Column {
    /// tp / (tp + fp); 0 without positive predictions.
    fn precision(&self) -> f64 {
        ratio(self.tp, self.tp + self.fp)
    }
    /// tp / (tp + fn); 0 without positive examples.
    fn recall(&self) -> f64 {
        ratio(self.tp, self.tp + self.fn_)
    }
    /// (1 + β²) P R / (β² P + R), expressed in counts: finite even if P and R are both 0.
    fn f(&self, beta: f64) -> f64 {
        let b = beta * beta;
        ratio((1.0 + b) * self.tp, (1.0 + b) * self.tp + b * self.fn_ + self.fp)
    }
}

fn ratio(part: f64, total: f64) -> f64 {
    if total > 0.0 { part / total } else { 0.0 }
}

/// The counts of every column.
///
/// For several columns with a class id per example, only the largest prediction of a row is positive. Otherwise each
/// prediction is positive if it is at least the threshold. NaN is negative.
#[derive(Clone, Debug)]
struct Counts {
    columns: Vec<Column>,
    threshold: f64,
    average: Average,
}

impl Counts {
    fn new(average: Average) -> Self {
        Counts { columns: Vec::new(), threshold: HALF, average }
    }

    #[track_caller]
    fn update<T: Scalar>(&mut self, op: &str, p: &Tensor<T>, target: &Target<T>, weights: Option<&[T]>) {
        let (columns, threshold) = (&mut self.columns, self.threshold);
        each_row(op, p, target, weights, |row, truth, w| {
            columns.resize(row.len(), Column::default());
            let predicted_class = match truth {
                Truth::Class(_) if row.len() > 1 => Some(largest(row)),
                _ => None,
            };
            for (k, column) in columns.iter_mut().enumerate() {
                let predicted = match predicted_class {
                    Some(class) => class == Some(k),
                    None => row[k].to_f64() >= threshold,
                };
                match (predicted, truth.at(k, row.len()) >= HALF) {
                    (true, true) => column.tp += w,
                    (true, false) => column.fp += w,
                    (false, true) => column.fn_ += w,
                    (false, false) => {}
                }
            }
        });
    }

    fn value(&self, score: impl Fn(&Column) -> f64) -> f64 {
        let columns = &self.columns;
        let mean = |weight: &dyn Fn(&Column) -> f64| {
            let total: f64 = columns.iter().map(weight).sum();
            ratio(columns.iter().map(|c| weight(c) * score(c)).sum(), total)
        };
        match (&columns[..], self.average) {
            ([], _) => f64::NAN,
            ([column], _) => score(column),
            (_, Average::Macro) => mean(&|_| 1.0),
            (_, Average::Weighted) => mean(&|c| c.tp + c.fn_),
            (_, Average::Micro) => score(&columns.iter().fold(Column::default(), |sum, c| Column {
                tp: sum.tp + c.tp,
                fp: sum.fp + c.fp,
                fn_: sum.fn_ + c.fn_,
            })),
        }
    }
}

macro_rules! count_metrics {
    ($($(#[$doc:meta])* $metric:ident { $($field:ident)? } $name:literal $average:ident $of:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub struct $metric {
            counts: Counts,
            $($field: f64,)?
        }

        impl $metric {
            /// The probability from which a prediction is positive. Default: 1/2. Ignored for several columns with a
            /// class id per example, where the largest prediction is positive.
            pub fn threshold(mut self, threshold: f64) -> Self {
                self.counts.threshold = threshold;
                self
            }

            /// How the scores of several columns are combined.
            #[doc = concat!("Default: [`Average::", stringify!($average), "`].")]
            pub fn average(mut self, average: Average) -> Self {
                self.counts.average = average;
                self
            }
        }

        impl<T: Scalar> Metric<T> for $metric {
            fn name(&self) -> &str {
                $name
            }
            fn direction(&self) -> Direction {
                Direction::Max
            }
            #[track_caller]
            fn update(&mut self, prediction: &Tensor<T>, target: &Target<T>, weights: Option<&[T]>) {
                self.counts.update($name, prediction, target, weights);
            }
            fn value(&self) -> f64 {
                let of: fn(&Self, &Column) -> f64 = $of;
                self.counts.value(|c| of(self, c))
            }
            fn reset(&mut self) {
                self.counts.columns.clear();
            }
        }
    )+};
}

count_metrics! {
    /// The fraction of the positive predictions that are correct, tp / (tp + fp); 0 without positive predictions.
    ///
    /// ```
    /// use tensor::tensor;
    /// use nn::Target;
    /// use train::metrics::{Metric, Precision};
    /// let mut precision = Precision::new();
    /// precision.update(&tensor![[0.9], [0.8], [0.7], [0.1]], &Target::from([1, 1, 0, 1]), None);
    /// assert_eq!(Metric::<f64>::value(&precision), 2.0 / 3.0);
    /// ```
    Precision {} "precision" Micro |_, c| c.precision();

    /// The fraction of the positive examples that are predicted as positive, tp / (tp + fn); 0 without positive
    /// examples.
    ///
    /// ```
    /// use tensor::tensor;
    /// use nn::Target;
    /// use train::metrics::{Metric, Recall};
    /// let mut recall = Recall::new().threshold(0.75);
    /// recall.update(&tensor![[0.9], [0.8], [0.7], [0.1]], &Target::from([1, 1, 0, 1]), None);
    /// assert_eq!(Metric::<f64>::value(&recall), 2.0 / 3.0);
    /// ```
    Recall {} "recall" Micro |_, c| c.recall();

    /// The harmonic mean of precision and recall, 2 P R / (P + R).
    ///
    /// ```
    /// use tensor::tensor;
    /// use nn::Target;
    /// use train::metrics::{Average, F1Score, Metric};
    /// let (logits, labels) = (tensor![[2.0, 1.0, 0.0], [0.0, 3.0, 1.0], [4.0, 3.0, 1.0]], [0, 1, 2]);
    /// let mut f1 = F1Score::new();
    /// f1.update(&logits, &Target::from(labels), None);
    /// assert_eq!(Metric::<f64>::value(&f1), (2.0 / 3.0 + 1.0 + 0.0) / 3.0);
    /// let mut f1 = F1Score::new().average(Average::Micro);
    /// f1.update(&logits, &Target::from(labels), None);
    /// assert_eq!(Metric::<f64>::value(&f1), 2.0 / 3.0); // equals the accuracy
    /// ```
    F1Score {} "f1_score" Macro |_, c| c.f(1.0);

    /// The weighted harmonic mean of precision and recall, (1 + β²) P R / (β² P + R), in which recall is β times as
    /// important as precision (van Rijsbergen 1979).
    ///
    /// ```
    /// use tensor::tensor;
    /// use nn::Target;
    /// use train::metrics::{FBetaScore, Metric};
    /// let mut f2 = FBetaScore::new(2.0);
    /// f2.update(&tensor![[0.9], [0.8], [0.1]], &Target::from([1, 0, 0]), None);
    /// assert_eq!(Metric::<f64>::value(&f2), 5.0 / 6.0); // P = 1/2, R = 1
    /// ```
    FBetaScore { beta } "fbeta_score" Macro |m, c| c.f(m.beta);
}

macro_rules! constructors {
    ($($metric:ident $average:ident),+) => {$(
        impl $metric {
            #[doc = concat!("The metric with a threshold of 1/2 and [`Average::", stringify!($average), "`].")]
            pub fn new() -> Self {
                $metric { counts: Counts::new(Average::$average) }
            }
        }

        impl Default for $metric {
            fn default() -> Self {
                Self::new()
            }
        }
    )+};
}
constructors!(Precision Micro, Recall Micro, F1Score Macro);

impl FBetaScore {
    /// The metric with this β, a threshold of 1/2 and [`Average::Macro`].
    ///
    /// # Panics
    /// If `beta` is not above 0.
    #[track_caller]
    pub fn new(beta: f64) -> Self {
        assert!(beta > 0.0, "FBetaScore: beta must be above 0, got {beta}");
        FBetaScore { counts: Counts::new(Average::Macro), beta }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::tensor;

    #[test]
    fn averages() {
        // Classes of 3, 1 and 0 examples; one example of class 0 is predicted as class 1.
        let p = tensor![[1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 1.0, 0.0]];
        let value = |average| {
            let mut recall = Recall::new().average(average);
            recall.update(&p, &Target::from([0, 0, 0, 1]), None);
            Metric::<f64>::value(&recall)
        };
        assert!((value(Average::Macro) - (2.0 / 3.0 + 1.0 + 0.0) / 3.0).abs() < 1e-15);
        assert_eq!((value(Average::Micro), value(Average::Weighted)), (0.75, 0.75));
    }

    #[test]
    fn multi_label_predictions_are_independent() {
        let mut precision = Precision::new();
        let (p, y) = (tensor![[0.9, 0.8], [0.2, 0.6]], tensor![[1.0, 1.0], [0.0, 0.0]]);
        precision.update(&p, &Target::from(y), None);
        assert_eq!(Metric::<f64>::value(&precision), 2.0 / 3.0);
    }

    /// Three labels with 2, 1 and 2 positive examples, and 1, 2 and 1 positive predictions, of which 1, 1 and 0 are
    /// correct.
    #[test]
    fn precision_and_recall_default_to_micro_and_f1_to_macro() {
        let p = tensor![[0.9, 0.7, 0.1], [0.2, 0.8, 0.3], [0.4, 0.1, 0.6]];
        let y = tensor![[1.0, 1.0, 1.0], [1.0, 0.0, 1.0], [0.0, 0.0, 0.0]];
        let value = |metric: &mut dyn Metric<f64>| {
            metric.update(&p, &Target::from(&y), None);
            metric.value()
        };
        assert_eq!((value(&mut Precision::new()), value(&mut Recall::new())), (0.5, 0.4));
        let means =
            (value(&mut Precision::new().average(Average::Macro)), value(&mut Recall::new().average(Average::Macro)));
        assert_eq!(means, (0.5, 0.5));
        // 2 · 1 / (2 + 1), 2 · 1 / (1 + 2) and 0.
        assert!((value(&mut F1Score::new()) - 4.0 / 9.0).abs() < 1e-15);
        assert!((value(&mut FBetaScore::new(1.0)) - 4.0 / 9.0).abs() < 1e-15);
        // Without positive examples, recall is 0.
        let mut none = Recall::new().average(Average::Weighted);
        none.update(&p, &Target::from(Tensor::zeros([3, 3])), None);
        assert_eq!(Metric::<f64>::value(&none), 0.0);
    }

    #[test]
    fn weights_are_used_and_nan_is_negative() {
        let mut recall = Recall::new();
        recall.update(&tensor![[0.9], [f64::NAN]], &Target::from([1, 1]), Some(&[3.0, 1.0]));
        assert_eq!(Metric::<f64>::value(&recall), 0.75);
        assert!(Metric::<f64>::value(&F1Score::new()).is_nan());
    }
}
