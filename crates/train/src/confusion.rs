//! The confusion matrix of a classifier.

use crate::accuracy::{classes_of, decisions};
use std::fmt;
use tensor::{Real, Tensor};

/// The number of examples of each true class that were predicted as each class, accumulated batch by batch.
///
/// ```
/// use tensor::tensor;
/// use train::ConfusionMatrix;
///
/// let mut matrix = ConfusionMatrix::named(["cat", "dog"]);
/// matrix.add(&tensor![[2.0, 1.0], [0.0, 3.0], [0.5, 0.1]], &[0, 1, 1]);
/// assert_eq!((matrix.count(1, 0), matrix.recall(1), matrix.total()), (1, Some(0.5), 3));
/// assert_eq!(
///     matrix.to_string(),
///     "true \\ predicted  cat  dog  recall\n\
///      cat                 1    0  100.0%\n\
///      dog                 1    1   50.0%\n\
///      accuracy                     66.7%\n"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfusionMatrix {
    names: Vec<String>,
    /// Row-major: a row for each true class, with a column for each predicted class and a last one for NaN predictions.
    counts: Vec<usize>,
}

impl ConfusionMatrix {
    /// An empty matrix for classes named "0", "1", ...
    pub fn new(classes: usize) -> Self {
        ConfusionMatrix::named((0..classes).map(|c| c.to_string()))
    }

    /// An empty matrix for classes with these names.
    pub fn named(names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let counts = vec![0; names.len() * (names.len() + 1)];
        ConfusionMatrix { names, counts }
    }

    /// Adds a batch: a row of logits or probabilities for each label, in which the largest entry is the prediction.
    ///
    /// For two classes, a single column of probabilities of class 1, shape (n, 1) or (n), works as well: at least 1/2
    /// predicts class 1. A row that contains NaN predicts no class: it counts as a wrong example.
    ///
    /// ```
    /// use tensor::tensor;
    /// use train::ConfusionMatrix;
    /// let mut matrix = ConfusionMatrix::new(2);
    /// matrix.add(&tensor![[0.9], [0.2], [0.7]], &[1, 0, 0]);
    /// assert_eq!((matrix.count(1, 1), matrix.count(0, 0), matrix.count(0, 1)), (1, 1, 1));
    /// ```
    ///
    /// # Panics
    /// If the predictions do not have one row for each label and one column for each class, or a label is not below the
    /// number of classes.
    #[track_caller]
    pub fn add<T: Real>(&mut self, predictions: &Tensor<T>, labels: &[usize]) {
        let classes = self.classes();
        if classes_of(predictions.shape()) != classes {
            panic!(
                "ConfusionMatrix: expected predictions with {classes} columns, one per class, got shape {}",
                predictions.shape()
            );
        }
        for (label, decision) in decisions("ConfusionMatrix", predictions, labels) {
            self.counts[label * (classes + 1) + decision.unwrap_or(classes)] += 1;
        }
    }

    /// The number of classes.
    pub fn classes(&self) -> usize {
        self.names.len()
    }

    /// The number of examples of class `label` that were predicted as class `predicted`.
    ///
    /// # Panics
    /// If a class is not below the number of classes.
    #[track_caller]
    pub fn count(&self, label: usize, predicted: usize) -> usize {
        self.check(predicted);
        self.row(label)[predicted]
    }

    /// The number of examples.
    pub fn total(&self) -> usize {
        self.counts.iter().sum()
    }

    /// The fraction of all examples whose class was predicted correctly; NaN without examples.
    pub fn accuracy(&self) -> f64 {
        let right: usize = (0..self.classes()).map(|c| self.count(c, c)).sum();
        right as f64 / self.total() as f64
    }

    /// The fraction of the examples of class `label` that were predicted as `label`; `None` without such examples.
    ///
    /// # Panics
    /// If `label` is not below the number of classes.
    #[track_caller]
    pub fn recall(&self, label: usize) -> Option<f64> {
        let row = self.row(label);
        let all: usize = row.iter().sum();
        (all > 0).then(|| row[label] as f64 / all as f64)
    }

    /// The fraction of the predictions of class `predicted` that are correct; `None` without such predictions.
    ///
    /// # Panics
    /// If `predicted` is not below the number of classes.
    #[track_caller]
    pub fn precision(&self, predicted: usize) -> Option<f64> {
        self.check(predicted);
        let all: usize = (0..self.classes()).map(|label| self.count(label, predicted)).sum();
        (all > 0).then(|| self.count(predicted, predicted) as f64 / all as f64)
    }

    /// Sets all counts to 0.
    pub fn reset(&mut self) {
        self.counts.fill(0);
    }

    /// The predictions for the examples of a class; the last count is that of NaN predictions.
    #[track_caller]
    fn row(&self, label: usize) -> &[usize] {
        self.check(label);
        let width = self.classes() + 1;
        &self.counts[label * width..(label + 1) * width]
    }

    #[track_caller]
    fn check(&self, class: usize) {
        let classes = self.classes();
        assert!(class < classes, "ConfusionMatrix: expected a class below {classes}, got {class}");
    }
}

impl fmt::Display for ConfusionMatrix {
    /// A row for each true class, with a column for each predicted class (and one for NaN, if any) and the recall.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const CORNER: &str = "true \\ predicted";
        let lost = (0..self.classes()).any(|c| self.row(c).last() != Some(&0));
        let mut heads: Vec<&str> = self.names.iter().map(String::as_str).collect();
        if lost {
            heads.push("NaN");
        }
        let widest = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0);
        let side = widest(&mut heads.iter().chain([&CORNER]).map(|s| s.chars().count()));
        let column = |c: usize| {
            let counts = (0..self.classes()).map(|r| self.row(r)[c].to_string().len());
            widest(&mut counts.chain([heads[c].chars().count()]))
        };
        let widths: Vec<usize> = (0..heads.len()).map(column).collect();

        write!(f, "{CORNER:<side$}")?;
        for (head, &width) in heads.iter().zip(&widths) {
            write!(f, "  {head:>width$}")?;
        }
        writeln!(f, "  recall")?;
        for (label, name) in self.names.iter().enumerate() {
            write!(f, "{name:<side$}")?;
            for (count, &width) in self.row(label).iter().zip(&widths) {
                write!(f, "  {count:>width$}")?;
            }
            writeln!(f, "  {:>6}", percent(self.recall(label)))?;
        }
        let gap = widths.iter().map(|w| w + 2).sum::<usize>() + side + 2;
        let all = (self.total() > 0).then(|| self.accuracy());
        writeln!(f, "{:<gap$}{:>6}", "accuracy", percent(all))
    }
}

fn percent(fraction: Option<f64>) -> String {
    fraction.map_or("-".to_string(), |x| format!("{:.1}%", 100.0 * x))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::tensor;

    #[test]
    fn columns_are_aligned() {
        let mut m = ConfusionMatrix::named(["a", "Ankle boot", "c"]);
        for _ in 0..120 {
            m.add(&tensor![[1.0_f32, 0.0, 0.0]], &[0]);
        }
        m.add(&tensor![[0.0, 1.0, 0.0], [0.0, 0.0, f64::NAN]], &[0, 1]);
        let table = m.to_string();
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(
            lines,
            [
                "true \\ predicted    a  Ankle boot  c  NaN  recall",
                "a                 120           1  0    0   99.2%",
                "Ankle boot          0           0  0    1    0.0%",
                "c                   0           0  0    0       -",
                "accuracy                                    98.4%",
            ]
        );
    }

    #[test]
    fn an_empty_matrix() {
        let m = ConfusionMatrix::new(3);
        assert!(m.accuracy().is_nan() && m.total() == 0 && m.recall(2).is_none());
        assert!(m.to_string().ends_with(" -\n"));
    }

    #[test]
    fn accuracy_recall_and_precision() {
        let logits = tensor![[0.1, 0.9, 0.0], [0.8, 0.1, 0.1], [0.2, 0.3, 0.5], [0.4, 0.3, 0.3]];
        let mut m = ConfusionMatrix::new(3);
        m.add(&logits, &[1, 2, 2, 0]);
        assert_eq!(m.accuracy(), crate::accuracy(&logits, &[1, 2, 2, 0]));
        assert_eq!((m.count(2, 0), m.count(2, 2), m.recall(2)), (1, 1, Some(0.5)));
        assert_eq!((m.precision(0), m.precision(2)), (Some(0.5), Some(1.0)));
        m.reset();
        assert_eq!((m.total(), m.precision(0)), (0, None));
    }

    #[test]
    #[should_panic(expected = "ConfusionMatrix: expected predictions with 3 columns, one per class, got shape (1, 2)")]
    fn too_few_columns() {
        ConfusionMatrix::new(3).add(&tensor![[0.0, 1.0]], &[0]);
    }

    #[test]
    fn predictions_of_a_binary_model() {
        let model = nn::Mlp::binary(2, [4]).model::<f32>(3);
        let x = Tensor::<f32>::linspace(-2.0, 2.0, 20).reshape([10, 2]);
        let (p, labels) = (model.predict(&x), model.predict_classes(&x));
        let mut m = ConfusionMatrix::new(2);
        m.add(&p, &labels);
        assert_eq!((p.shape().to_string().as_str(), m.accuracy(), m.total()), ("(10, 1)", 1.0, 10));
        assert_eq!(crate::accuracy(&p, &labels), 1.0);
        m.add(&tensor![[f32::NAN]], &[1]);
        assert_eq!((m.recall(1).unwrap() < 1.0, m.total()), (true, 11));
    }

    #[test]
    #[should_panic(expected = "ConfusionMatrix: expected predictions with 3 columns, one per class, got shape (1, 1)")]
    fn a_single_column_for_three_classes() {
        ConfusionMatrix::new(3).add(&tensor![[0.5]], &[0]);
    }
}
