//! The fraction of examples a classifier gets right.

use tensor::{Real, Shape, Tensor};

/// The threshold on a probability: a prediction is positive if it is at least 1/2.
pub(crate) const HALF: f64 = 0.5;

/// The fraction of predictions whose class equals the label.
///
/// With a column for each class, a row of logits or probabilities predicts the class of its largest entry; ties go to
/// the first. A single column, shape (n, 1) or (n), is the probability of class 1: at least 1/2 predicts class 1,
/// otherwise class 0, as [`Model::predict_classes`](nn::Model::predict_classes) does for a sigmoid output. A row that
/// contains NaN is wrong for every label. Without rows the result is NaN.
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
/// If the predictions do not have one row for each label, or a label has no column (with a single column: is neither 0
/// nor 1).
#[track_caller]
pub fn accuracy<T: Real>(predictions: &Tensor<T>, labels: &[usize]) -> f64 {
    let correct =
        decisions("accuracy", predictions, labels).filter(|&(label, decision)| decision == Some(label)).count();
    correct as f64 / labels.len() as f64
}

/// The number of classes of predictions of this shape: the number of columns, and two for a single column.
pub(crate) fn classes_of(predictions: &Shape) -> usize {
    match predictions.rank() {
        0 | 1 => 2,
        rank => predictions[rank - 1].max(2),
    }
}

/// The label and the predicted class of each row; `None` if the row contains NaN.
#[track_caller]
pub(crate) fn decisions<T: Real>(
    op: &str,
    predictions: &Tensor<T>,
    labels: &[usize],
) -> impl Iterator<Item = (usize, Option<usize>)> {
    let shape = predictions.shape();
    if !matches!(shape.rank(), 1 | 2) || shape[0] != labels.len() {
        panic!("{op}: expected predictions with one row for each of the {} labels, got shape {shape}", labels.len());
    }
    let classes = classes_of(shape);
    if let Some(row) = labels.iter().position(|&label| label >= classes) {
        let label = labels[row];
        panic!("{op}: expected labels below {classes} for predictions of shape {shape}, got {label} in row {row}");
    }
    let width = shape.get(1).copied().unwrap_or(1);
    let predictions = predictions.packed();
    (0..labels.len())
        .map(move |row| decision(&predictions.as_slice().unwrap_or(&[])[row * width..(row + 1) * width]))
        .zip(labels)
        .map(|(decision, &label)| (label, decision))
}

/// The class that a row predicts: that of its largest entry, or the thresholded probability if there is one entry.
fn decision<T: Real>(row: &[T]) -> Option<usize> {
    match row {
        [p] => (!p.is_nan()).then(|| usize::from(p.to_f64() >= HALF)),
        _ => largest(row),
    }
}

/// The position of the largest element, the first of equal ones; `None` if an element is NaN.
pub(crate) fn largest<T: Real>(row: &[T]) -> Option<usize> {
    let mut at = None;
    let mut max = -T::INFINITY;
    for (i, &x) in row.iter().enumerate() {
        if x.is_nan() {
            return None;
        }
        if at.is_none() || x > max {
            (at, max) = (Some(i), x);
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
    #[should_panic(expected = "accuracy: expected predictions with one row for each of the 3 labels, got shape (2, 3)")]
    fn too_few_rows() {
        accuracy(&Tensor::<f32>::zeros([2, 3]), &[0, 1, 2]);
    }

    #[test]
    #[should_panic(expected = "accuracy: expected labels below 3 for predictions of shape (2, 3), got 3 in row 1")]
    fn a_label_without_a_column() {
        accuracy(&Tensor::<f32>::zeros([2, 3]), &[0, 3]);
    }

    #[test]
    fn a_single_column_is_thresholded_at_one_half() {
        let column = tensor![[0.5], [0.4999], [f64::NAN], [1.0]];
        assert_eq!(accuracy(&column, &[1, 0, 0, 1]), 0.75);
        assert_eq!(accuracy(&column.reshape([4]), &[0, 1, 0, 1]), 0.25);
        assert_eq!(accuracy(&tensor![0.2_f32, 0.7].cast::<f64>(), &[0, 1]), 1.0);
    }

    #[test]
    #[should_panic(expected = "accuracy: expected labels below 2 for predictions of shape (1, 1), got 2 in row 0")]
    fn a_third_class_in_a_single_column() {
        accuracy(&tensor![[0.3]], &[2]);
    }

    #[test]
    #[should_panic(expected = "accuracy: expected predictions with one row for each of the 1 labels, got shape ()")]
    fn a_scalar() {
        accuracy(&Tensor::<f32>::scalar(0.5), &[1]);
    }
}
