//! The share of examples a classifier gets right.

use tensor::{Real, Tensor};

/// The share of rows whose largest logit (or probability) stands in the column of their label.
///
/// Of equally large ones the first counts. A row that holds NaN is wrong, whatever its label. Without rows the
/// result is NaN.
///
/// ```
/// use tensor::tensor;
/// let logits = tensor![[2.0, -1.0], [0.0, 3.0], [0.5, 0.1]];
/// assert_eq!(train::accuracy(&logits, &[0, 1, 1]), 2.0 / 3.0);
/// ```
///
/// # Panics
/// If the logits are not a matrix with one row for each label, or a label has no column.
#[track_caller]
pub fn accuracy<T: Real>(logits: &Tensor<T>, labels: &[usize]) -> f64 {
    let right = decisions("accuracy", logits, labels).filter(|&(label, decision)| decision == Some(label)).count();
    right as f64 / labels.len() as f64
}

/// The label of each row, and the class its logits speak for: the column of the largest; none if one of them is NaN.
#[track_caller]
pub(crate) fn decisions<T: Real>(
    op: &str,
    logits: &Tensor<T>,
    labels: &[usize],
) -> impl Iterator<Item = (usize, Option<usize>)> {
    let shape = logits.shape();
    if shape.rank() != 2 || shape[0] != labels.len() {
        panic!("{op}: logits of shape {shape} do not fit {} labels; give a row of logits to each label", labels.len());
    }
    let classes = shape[1];
    if let Some(row) = labels.iter().position(|&label| label >= classes) {
        let label = labels[row];
        panic!("{op}: the label {label} of row {row} has no column in logits of shape {shape}");
    }
    let logits = logits.packed();
    (0..labels.len())
        .map(move |row| {
            let row = row * classes..(row + 1) * classes;
            largest(&logits.as_slice().unwrap_or(&[])[row])
        })
        .zip(labels)
        .map(|(decision, &label)| (label, decision))
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
    #[should_panic(expected = "accuracy: logits of shape (2, 3) do not fit 3 labels")]
    fn too_few_rows() {
        accuracy(&Tensor::<f32>::zeros([2, 3]), &[0, 1, 2]);
    }

    #[test]
    #[should_panic(expected = "accuracy: the label 3 of row 1 has no column in logits of shape (2, 3)")]
    fn a_label_without_a_column() {
        accuracy(&Tensor::<f32>::zeros([2, 3]), &[0, 3]);
    }
}
