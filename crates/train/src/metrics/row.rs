//! Iteration over rows of predictions and targets.

use autograd::Scalar;
use nn::Target;
use tensor::Tensor;

/// The target of one row of predictions.
#[derive(Clone, Copy)]
pub(crate) enum Truth<'a, T> {
    Class(usize),
    Values(&'a [T]),
}

impl<T: Scalar> Truth<'_, T> {
    /// The target value of column `k` of `width`: a class id is one-hot encoded, except for a single column, whose
    /// target is the class id.
    pub(crate) fn at(self, k: usize, width: usize) -> f64 {
        match self {
            Truth::Class(class) if width == 1 => class as f64,
            Truth::Class(class) => f64::from(u8::from(class == k)),
            Truth::Values(y) => y[k].to_f64(),
        }
    }

    /// The class: that of the largest value, the first of equal ones.
    pub(crate) fn class(self) -> usize {
        match self {
            Truth::Class(class) => class,
            Truth::Values(y) => crate::accuracy::largest(y).unwrap_or(y.len()),
        }
    }
}

/// Calls `f` with each row of predictions, its target, and its weight.
///
/// # Panics
/// If predictions, targets and weights do not match. `op` is the name of the metric in the message.
#[track_caller]
pub(crate) fn each_row<T: Scalar>(
    op: &str,
    prediction: &Tensor<T>,
    target: &Target<T>,
    weights: Option<&[T]>,
    mut f: impl FnMut(&[T], Truth<'_, T>, f64),
) {
    let shape = prediction.shape();
    let n = match target {
        Target::Classes(ids) => ids.as_slice().len(),
        Target::Numbers(y) => y.shape().first().copied().unwrap_or(0),
    };
    // A sequence has a class for each of its positions: more rows than examples.
    let examples = shape.first().copied().unwrap_or(0);
    if shape.rank() == 0 || !(n == examples || n > 0 && n * shape[shape.rank() - 1] == shape.size()) {
        panic!("{op}: expected a row of predictions for each of the {n} targets, got shape {shape}");
    }
    if n == 0 {
        return;
    }
    if let Some(weights) = weights
        && weights.len() != examples
    {
        panic!("{op}: expected one weight for each of the {examples} examples, got {}", weights.len());
    }
    let width = shape.size() / n;
    let prediction = prediction.packed();
    let rows = prediction.as_slice().unwrap_or(&[]).chunks_exact(width.max(1));
    let weight = |i: usize| weights.map_or(1.0, |w| w[i * examples / n].to_f64());
    match target {
        Target::Classes(ids) => {
            let classes = width.max(2); // a single column distinguishes two classes
            for (i, (row, &label)) in rows.zip(ids.as_slice()).enumerate() {
                if label >= classes {
                    panic!(
                        "{op}: expected labels below {classes} for predictions of shape {shape}, got {label} in row {i}"
                    );
                }
                f(row, Truth::Class(label), weight(i));
            }
        }
        Target::Numbers(y) => {
            if y.size() != shape.size() {
                panic!("{op}: expected predictions and targets of the same shape, got {shape} and {}", y.shape());
            }
            let y = y.packed();
            let truths = y.as_slice().unwrap_or(&[]).chunks_exact(width.max(1));
            for (i, (row, truth)) in rows.zip(truths).enumerate() {
                f(row, Truth::Values(truth), weight(i));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::tensor;

    #[test]
    fn vectors_match_columns() {
        let mut seen = vec![];
        let (p, y): (Tensor<f64>, Tensor<f64>) = (tensor![[1.0], [2.0]], tensor![3.0, 4.0]);
        each_row("op", &p, &Target::from(y), Some(&[1.0, 0.5]), |p, t, w| seen.push((p[0], t.at(0, 1), w)));
        assert_eq!(seen, [(1.0, 3.0, 1.0), (2.0, 4.0, 0.5)]);
    }

    #[test]
    #[should_panic(expected = "mae: expected predictions and targets of the same shape, got (2, 1) and (2, 2)")]
    fn different_widths() {
        let (p, y) = (Tensor::<f32>::zeros([2, 1]), Tensor::zeros([2, 2]));
        each_row("mae", &p, &Target::from(y), None, |_, _, _| {});
    }

    #[test]
    #[should_panic(expected = "mae: expected one weight for each of the 2 examples, got 3")]
    fn too_many_weights() {
        let (p, y) = (Tensor::<f32>::zeros([2, 1]), Tensor::zeros([2, 1]));
        each_row("mae", &p, &Target::from(y), Some(&[1.0; 3]), |_, _, _| {});
    }

    #[test]
    #[should_panic(expected = "accuracy: expected labels below 2 for predictions of shape (1, 1), got 2 in row 0")]
    fn labels_out_of_range() {
        each_row("accuracy", &Tensor::<f32>::zeros([1, 1]), &Target::from([2]), None, |_, _, _| {});
    }
}
