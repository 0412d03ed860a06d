//! A prediction beside what it should have been, whatever form that comes in.

use autograd::Scalar;
use nn::Target;
use tensor::Tensor;

/// What one row of predictions should have been.
#[derive(Clone, Copy)]
pub(crate) enum Truth<'a, T> {
    Class(usize),
    Numbers(&'a [T]),
}

impl<T: Scalar> Truth<'_, T> {
    /// The number that column `k` of `width` should hold: a class is its one-hot row, or its own number in a column
    /// alone.
    pub(crate) fn at(self, k: usize, width: usize) -> f64 {
        match self {
            Truth::Class(class) if width == 1 => class as f64,
            Truth::Class(class) => f64::from(u8::from(class == k)),
            Truth::Numbers(y) => y[k].to_f64(),
        }
    }

    /// The class: the largest of the numbers, of equal ones the first.
    pub(crate) fn class(self) -> usize {
        match self {
            Truth::Class(class) => class,
            Truth::Numbers(y) => crate::accuracy::largest(y).unwrap_or(y.len()),
        }
    }
}

/// Calls `f` with each row of predictions, what it should have been, and its weight.
///
/// # Panics
/// If the rows cannot be laid side by side; `op` names the metric.
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
    // A sequence has a class for each of its places: more rows than examples.
    let examples = shape.first().copied().unwrap_or(0);
    if shape.rank() == 0 || !(n == examples || n > 0 && n * shape[shape.rank() - 1] == shape.size()) {
        panic!("{op}: predictions of shape {shape} do not fit targets for {n} examples; give each a row");
    }
    if n == 0 {
        return;
    }
    if let Some(weights) = weights
        && weights.len() != examples
    {
        panic!("{op}: there are {} weights for {examples} examples; give each its own", weights.len());
    }
    let width = shape.size() / n;
    let prediction = prediction.packed();
    let rows = prediction.as_slice().unwrap_or(&[]).chunks_exact(width.max(1));
    let weight = |i: usize| weights.map_or(1.0, |w| w[i * examples / n].to_f64());
    match target {
        Target::Classes(ids) => {
            let classes = width.max(2); // one column tells two classes apart
            for (i, (row, &label)) in rows.zip(ids.as_slice()).enumerate() {
                if label >= classes {
                    panic!("{op}: the label {label} of row {i} has no column in predictions of shape {shape}");
                }
                f(row, Truth::Class(label), weight(i));
            }
        }
        Target::Numbers(y) => {
            if y.size() != shape.size() {
                panic!("{op}: predictions of shape {shape} do not fit targets of shape {}", y.shape());
            }
            let y = y.packed();
            let truths = y.as_slice().unwrap_or(&[]).chunks_exact(width.max(1));
            for (i, (row, truth)) in rows.zip(truths).enumerate() {
                f(row, Truth::Numbers(truth), weight(i));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::tensor;

    #[test]
    fn vectors_stand_beside_columns() {
        let mut seen = vec![];
        let (p, y): (Tensor<f64>, Tensor<f64>) = (tensor![[1.0], [2.0]], tensor![3.0, 4.0]);
        each_row("op", &p, &Target::from(y), Some(&[1.0, 0.5]), |p, t, w| seen.push((p[0], t.at(0, 1), w)));
        assert_eq!(seen, [(1.0, 3.0, 1.0), (2.0, 4.0, 0.5)]);
    }

    #[test]
    #[should_panic(expected = "mae: predictions of shape (2, 1) do not fit targets of shape (2, 2)")]
    fn other_widths() {
        let (p, y) = (Tensor::<f32>::zeros([2, 1]), Tensor::zeros([2, 2]));
        each_row("mae", &p, &Target::from(y), None, |_, _, _| {});
    }

    #[test]
    #[should_panic(expected = "mae: there are 3 weights for 2 examples")]
    fn other_weights() {
        let (p, y) = (Tensor::<f32>::zeros([2, 1]), Tensor::zeros([2, 1]));
        each_row("mae", &p, &Target::from(y), Some(&[1.0; 3]), |_, _, _| {});
    }

    #[test]
    #[should_panic(expected = "accuracy: the label 2 of row 0 has no column in predictions of shape (1, 1)")]
    fn labels_beyond() {
        each_row("accuracy", &Tensor::<f32>::zeros([1, 1]), &Target::from([2]), None, |_, _, _| {});
    }
}
