//! The area under the ROC curve.

use super::row::each_row;
use super::{Direction, Metric};
use crate::accuracy::HALF;
use autograd::Scalar;
use nn::Target;
use tensor::Tensor;

/// The area under the receiver operating characteristic (ROC) curve: the probability that a positive example has a
/// higher score than a negative one, where ties count half (Hanley and McNeil 1982). Random guessing gives 1/2.
///
/// The metric is computed exactly from the scores of all columns, which are stored until the reset with 24 bytes each;
/// Keras interpolates between 200 thresholds instead. It is NaN if all examples are of one class, or a score is NaN.
/// Examples of weight 0 are ignored. Only the order of the scores matters, but logits of several columns are not
/// comparable: pass probabilities.
///
/// ```
/// use tensor::tensor;
/// use nn::Target;
/// use train::metrics::{Auc, Metric};
/// let mut auc = Auc::new();
/// auc.update(&tensor![[0.1], [0.4], [0.35], [0.8]], &Target::from([0, 0, 1, 1]), None);
/// assert_eq!(Metric::<f64>::value(&auc), 0.75);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Auc {
    /// Score, weight if positive, weight if negative.
    scores: Vec<(f64, f64, f64)>,
}

impl Auc {
    /// The metric of no examples.
    pub fn new() -> Self {
        Self::default()
    }
}

impl<T: Scalar> Metric<T> for Auc {
    fn name(&self) -> &str {
        "auc"
    }
    fn direction(&self) -> Direction {
        Direction::Max
    }
    #[track_caller]
    fn update(&mut self, prediction: &Tensor<T>, target: &Target<T>, weights: Option<&[T]>) {
        let scores = &mut self.scores;
        each_row("auc", prediction, target, weights, |row, truth, w| {
            if w == 0.0 {
                return;
            }
            for (k, p) in row.iter().enumerate() {
                let positive = truth.at(k, row.len()) >= HALF;
                scores.push(if positive { (p.to_f64(), w, 0.0) } else { (p.to_f64(), 0.0, w) });
            }
        });
    }

    /// Visits the scores in increasing order, and counts the negatives below each positive, and half of those with an
    /// equal score.
    fn value(&self) -> f64 {
        if self.scores.iter().any(|(score, ..)| score.is_nan()) {
            return f64::NAN;
        }
        let mut scores = self.scores.clone();
        scores.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut below, mut positives, mut ordered) = (0.0, 0.0, 0.0);
        // 0.0 and -0.0 are equal scores, so ties are found with `==` and not with `total_cmp`.
        for tied in scores.chunk_by(|a, b| a.0 == b.0) {
            let (p, n) = tied.iter().fold((0.0, 0.0), |(p, n), s| (p + s.1, n + s.2));
            ordered += p * (below + 0.5 * n);
            below += n;
            positives += p;
        }
        ordered / (positives * below)
    }

    fn reset(&mut self) {
        self.scores.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tensor::tensor;

    fn auc(scores: Vec<f64>, labels: &[usize], weights: &[f64]) -> f64 {
        let mut auc = Auc::new();
        auc.update(&Tensor::from_vec([scores.len(), 1], scores), &Target::from(labels), Some(weights));
        Metric::<f64>::value(&auc)
    }

    #[test]
    fn ties_count_half_and_a_single_class_is_nan() {
        assert_eq!(auc(vec![0.5; 4], &[0, 1, 0, 1], &[1.0; 4]), 0.5);
        assert_eq!(auc(vec![0.0, -0.0], &[0, 1], &[1.0; 2]), 0.5);
        assert!(auc(vec![0.5; 2], &[1, 1], &[1.0; 2]).is_nan());
        assert!(auc(vec![0.5, f64::NAN], &[0, 1], &[1.0; 2]).is_nan());
        assert_eq!(auc(vec![0.5, f64::NAN, 0.7], &[0, 1, 1], &[1.0, 0.0, 1.0]), 1.0);
    }

    #[test]
    fn several_columns_are_combined() {
        let mut auc = Auc::new();
        auc.update(&tensor![[0.9, 0.1], [0.2, 0.8]], &Target::from([0, 1]), None);
        assert_eq!(Metric::<f64>::value(&auc), 1.0);
    }

    proptest! {
        /// Reference: the definition, over all pairs of a positive and a negative.
        #[test]
        fn auc_is_the_fraction_of_ordered_pairs(rows in prop::collection::vec((0u8..5, 0usize..2, 0.5..2.0), 1..30)) {
            let class = |class: usize| rows.iter().filter(move |r| r.1 == class);
            let pairs = || class(1).flat_map(|p| class(0).map(move |n| (p, n)));
            let total: f64 = pairs().map(|(p, n)| p.2 * n.2).sum();
            let ordered: f64 = pairs().map(|(p, n)| {
                p.2 * n.2 * match p.0.cmp(&n.0) {
                    std::cmp::Ordering::Greater => 1.0,
                    std::cmp::Ordering::Equal => 0.5,
                    std::cmp::Ordering::Less => 0.0,
                }
            }).sum();
            let labels: Vec<usize> = rows.iter().map(|r| r.1).collect();
            let weights: Vec<f64> = rows.iter().map(|r| r.2).collect();
            let computed = auc(rows.iter().map(|r| f64::from(r.0)).collect(), &labels, &weights);
            if total == 0.0 {
                prop_assert!(computed.is_nan());
            } else {
                prop_assert!((computed - ordered / total).abs() < 1e-12);
            }
        }
    }
}
