//! Precision, recall and their means: what was found, and what was missed.

use super::row::{Truth, each_row};
use super::{Direction, Metric};
use crate::accuracy::{HALF, largest};
use autograd::Scalar;
use nn::Target;
use tensor::Tensor;

/// How figures of several columns become one.
///
/// Unless said, [`Precision`] and [`Recall`] count all columns together, as Keras's do; [`F1`] and [`FBeta`] are means over
/// columns, where Keras's give a figure for each. With a class id for each example, all columns together are no more than
/// the accuracy: there, choose one of the means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Average {
    /// The mean over columns: rare classes count as much as common ones.
    Macro,
    /// The figure of all columns' counts together.
    Micro,
    /// The mean over columns, weighted by how often each is true.
    Weighted,
}

/// True positives, false positives and false negatives of a column.
#[derive(Clone, Copy, Debug, Default)]
struct Column {
    hits: f64,
    alarms: f64,
    misses: f64,
}

impl Column {
    /// hits / (hits + alarms); 0 if nothing was said.
    fn precision(&self) -> f64 {
        share(self.hits, self.hits + self.alarms)
    }
    /// hits / (hits + misses); 0 if there was nothing to find.
    fn recall(&self) -> f64 {
        share(self.hits, self.hits + self.misses)
    }
    /// (1 + β²) P R / (β² P + R), in counts: finite where P and R are both 0.
    fn f(&self, beta: f64) -> f64 {
        let b = beta * beta;
        share((1.0 + b) * self.hits, (1.0 + b) * self.hits + b * self.misses + self.alarms)
    }
}

fn share(part: f64, of: f64) -> f64 {
    if of > 0.0 { part / of } else { 0.0 }
}

/// The counts of every column.
///
/// Of several columns with a class id for each example, the largest number of a row says yes and the others no;
/// otherwise each number says yes from the threshold on. NaN says no.
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
            let decided = match truth {
                Truth::Class(_) if row.len() > 1 => Some(largest(row)),
                _ => None,
            };
            for (k, column) in columns.iter_mut().enumerate() {
                let said = match decided {
                    Some(class) => class == Some(k),
                    None => row[k].to_f64() >= threshold,
                };
                match (said, truth.at(k, row.len()) >= HALF) {
                    (true, true) => column.hits += w,
                    (true, false) => column.alarms += w,
                    (false, true) => column.misses += w,
                    (false, false) => {}
                }
            }
        });
    }

    fn value(&self, of: impl Fn(&Column) -> f64) -> f64 {
        let columns = &self.columns;
        let mean = |weight: &dyn Fn(&Column) -> f64| {
            let total: f64 = columns.iter().map(weight).sum();
            share(columns.iter().map(|c| weight(c) * of(c)).sum(), total)
        };
        match (&columns[..], self.average) {
            ([], _) => f64::NAN,
            ([one], _) => of(one),
            (_, Average::Macro) => mean(&|_| 1.0),
            (_, Average::Weighted) => mean(&|c| c.hits + c.misses),
            (_, Average::Micro) => of(&columns.iter().fold(Column::default(), |sum, c| Column {
                hits: sum.hits + c.hits,
                alarms: sum.alarms + c.alarms,
                misses: sum.misses + c.misses,
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
            /// The probability from which on an answer counts as yes; 1/2 unless said. Of several columns with a class
            /// id for each example the largest is the answer, whatever the threshold.
            pub fn threshold(mut self, threshold: f64) -> Self {
                self.counts.threshold = threshold;
                self
            }

            #[doc = concat!("How the figures of several columns become one; [`Average::", stringify!($average), "`] unless said.")]
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
    /// Of what was called positive, the share that is; 0 if nothing was.
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

    /// Of what is positive, the share that was called so; 0 if nothing is.
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
    /// use train::metrics::{Average, F1, Metric};
    /// let (logits, labels) = (tensor![[2.0, 1.0, 0.0], [0.0, 3.0, 1.0], [4.0, 3.0, 1.0]], [0, 1, 2]);
    /// let mut f1 = F1::new();
    /// f1.update(&logits, &Target::from(labels), None);
    /// assert_eq!(Metric::<f64>::value(&f1), (2.0 / 3.0 + 1.0 + 0.0) / 3.0);
    /// let mut f1 = F1::new().average(Average::Micro);
    /// f1.update(&logits, &Target::from(labels), None);
    /// assert_eq!(Metric::<f64>::value(&f1), 2.0 / 3.0); // with one class to each example this is the accuracy
    /// ```
    F1 {} "f1_score" Macro |_, c| c.f(1.0);

    /// (1 + β²) P R / (β² P + R): recall counts β times as much as precision (van Rijsbergen 1979).
    ///
    /// ```
    /// use tensor::tensor;
    /// use nn::Target;
    /// use train::metrics::{FBeta, Metric};
    /// let mut f2 = FBeta::new(2.0);
    /// f2.update(&tensor![[0.9], [0.8], [0.1]], &Target::from([1, 0, 0]), None);
    /// assert_eq!(Metric::<f64>::value(&f2), 5.0 / 6.0); // P = 1/2, R = 1
    /// ```
    FBeta { beta } "fbeta_score" Macro |m, c| c.f(m.beta);
}

/// The three that take no argument.
macro_rules! plain {
    ($($metric:ident $average:ident),+) => {$(
        impl $metric {
            #[doc = concat!("With the threshold 1/2 and [`Average::", stringify!($average), "`].")]
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
plain!(Precision Micro, Recall Micro, F1 Macro);

impl FBeta {
    /// With this β, the threshold 1/2 and [`Average::Macro`].
    ///
    /// # Panics
    /// If it is not above 0.
    #[track_caller]
    pub fn new(beta: f64) -> Self {
        assert!(beta > 0.0, "FBeta: beta must be above 0, but is {beta}");
        FBeta { counts: Counts::new(Average::Macro), beta }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::tensor;

    #[test]
    fn averages() {
        // Classes of 3, 1 and 0 examples; one of class 0 is taken for class 1.
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
    fn labels_that_hold_at_once_are_judged_one_by_one() {
        let mut precision = Precision::new();
        let (p, y) = (tensor![[0.9, 0.8], [0.2, 0.6]], tensor![[1.0, 1.0], [0.0, 0.0]]);
        precision.update(&p, &Target::from(y), None);
        assert_eq!(Metric::<f64>::value(&precision), 2.0 / 3.0);
    }

    /// Three labels of three examples: 2, 1 and 2 of them are true, and 1, 2 and 1 are said, of which 1, 1 and 0 rightly.
    #[test]
    fn columns_count_together_in_precision_and_recall_and_alike_in_f1() {
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
        assert!((value(&mut F1::new()) - 4.0 / 9.0).abs() < 1e-15);
        assert!((value(&mut FBeta::new(1.0)) - 4.0 / 9.0).abs() < 1e-15);
        // Where nothing is true, nothing can be found.
        let mut none = Recall::new().average(Average::Weighted);
        none.update(&p, &Target::from(Tensor::zeros([3, 3])), None);
        assert_eq!(Metric::<f64>::value(&none), 0.0);
    }

    #[test]
    fn weights_count_and_nan_finds_nothing() {
        let mut recall = Recall::new();
        recall.update(&tensor![[0.9], [f64::NAN]], &Target::from([1, 1]), Some(&[3.0, 1.0]));
        assert_eq!(Metric::<f64>::value(&recall), 0.75);
        assert!(Metric::<f64>::value(&F1::new()).is_nan());
    }
}
