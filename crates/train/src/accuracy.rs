//! The fraction of examples a classifier gets right.

use tensor::{Real, Shape, Tensor};

/// The probability from which on an answer counts as yes.
pub(crate) const HALF: f64 = 0.5;

/// The fraction of predictions that name the right class.
///
/// With a column for each class, a row of logits or probabilities names the class whose entry is the largest; of equal
/// ones the first counts. A single column, shape (n, 1) or (n), holds the probability of class 1: it names class 1 from
/// 1/2 on and class 0 below, as [`Model::predict_classes`](nn::Model::predict_classes) does for a sigmoid output. A row
/// that holds NaN is wrong, whatever its label. Without rows the result is NaN.
///
/// ```
/// use tensor::tensor;
/// let logits = tensor![[2.0, -1.0], [0.0, 3.0], [0.5, 0.1]];
/// assert_eq!(train::accuracy(&logits, &[0, 1, 1]), 2.0 / 3.0);
/// let probabilities = tensor![[0.9], [0.5], [0.2]];
/// assert_eq!(train::accuracy(&probabilities, &[1, 1, 1]), 2.0 / 3.0);
/// ```
///
/// # Panics
/// If the predictions do not have one row for each label, or a label has no column (with a single column, if it is
/// neither 0 nor 1).
#[track_caller]
pub fn accuracy<T: Real>(predictions: &Tensor<T>, labels: &[usize]) -> f64 {
    let right = decisions("accuracy", predictions, labels).filter(|&(label, decision)| decision == Some(label)).count();
    right as f64 / labels.len() as f64
}

/// How many classes predictions of this shape tell apart: the number of columns, and two for a single one.
pub(crate) fn classes_of(predictions: &Shape) -> usize {
    match predictions.rank() {
        0 | 1 => 2,
        rank => predictions[rank - 1].max(2),
    }
}

/// The label of each row, and the class its predictions speak for; none if one of them is NaN.
#[track_caller]
pub(crate) fn decisions<T: Real>(
    op: &str,
    predictions: &Tensor<T>,
    labels: &[usize],
) -> impl Iterator<Item = (usize, Option<usize>)> {
    let shape = predictions.shape();
    if !matches!(shape.rank(), 1 | 2) || shape[0] != labels.len() {
        panic!("{op}: predictions of shape {shape} do not fit {} labels; give a row to each label", labels.len());
    }
    let classes = classes_of(shape);
    if let Some(row) = labels.iter().position(|&label| label >= classes) {
        let label = labels[row];
        panic!("{op}: the label {label} of row {row} has no column in predictions of shape {shape}");
    }
    let width = shape.get(1).copied().unwrap_or(1);
    let predictions = predictions.packed();
    (0..labels.len())
        .map(move |row| decision(&predictions.as_slice().unwrap_or(&[])[row * width..(row + 1) * width]))
        .zip(labels)
        .map(|(decision, &label)| (label, decision))
}

/// The class that a row speaks for: that of its largest entry, or, if there is one entry, 1 from the probability 1/2 on.
fn decision<T: Real>(row: &[T]) -> Option<usize> {
    match row {
        [p] => (!p.is_nan()).then(|| usize::from(p.to_f64() >= HALF)),
        _ => largest(row),
    }
}

/// Where the largest element is first met; nowhere if one is NaN.
pub(crate) fn largest<T: Real>(row: &[T]) -> Option<usize> {
    let mut at = None;
    let mut most = -T::INFINITY;
    for (i, &x) in row.iter().enumerate() {
        if x.is_nan() {
            return None;
        }
        if at.is_none() || x > most {
            (at, most) = (Some(i), x);
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::tensor;

    #[test]
    fn views_ties_and_nan() {
        let logits = tensor![[2.0, 0.0, 0.5], [-1.0, 3.0, 0.1]];
        assert_eq!(accuracy(&logits.transpose(), &[0, 1, 0]), 1.0);
        assert_eq!(accuracy(&tensor![[1.0, 1.0]], &[0]), 1.0);
        assert_eq!(accuracy(&tensor![[1.0, 1.0]], &[1]), 0.0);
        assert_eq!(accuracy(&tensor![[f64::NAN, 1.0], [f64::NEG_INFINITY; 2]], &[0, 0]), 0.5);
        assert!(accuracy(&Tensor::<f32>::zeros([0, 3]), &[]).is_nan());
    }

    #[test]
    #[should_panic(expected = "accuracy: predictions of shape (2, 3) do not fit 3 labels")]
    fn too_few_rows() {
        accuracy(&Tensor::<f32>::zeros([2, 3]), &[0, 1, 2]);
    }

    #[test]
    #[should_panic(expected = "accuracy: the label 3 of row 1 has no column in predictions of shape (2, 3)")]
    fn a_label_without_a_column() {
        accuracy(&Tensor::<f32>::zeros([2, 3]), &[0, 3]);
    }

    #[test]
    fn a_single_column_is_cut_at_one_half() {
        let column = tensor![[0.5], [0.4999], [f64::NAN], [1.0]];
        assert_eq!(accuracy(&column, &[1, 0, 0, 1]), 0.75);
        assert_eq!(accuracy(&column.reshape([4]), &[0, 1, 0, 1]), 0.25);
        assert_eq!(accuracy(&tensor![0.2_f32, 0.7].cast::<f64>(), &[0, 1]), 1.0);
    }

    #[test]
    #[should_panic(expected = "accuracy: the label 2 of row 0 has no column in predictions of shape (1, 1)")]
    fn a_third_class_in_a_single_column() {
        accuracy(&tensor![[0.3]], &[2]);
    }

    #[test]
    #[should_panic(expected = "accuracy: predictions of shape () do not fit 1 labels")]
    fn a_single_number() {
        accuracy(&Tensor::<f32>::scalar(0.5), &[1]);
    }
}
