//! Tensors within a line: all elements of a small tensor, and a summary of a large one.

use super::{Notation, number};
use tensor::Tensor;

/// Tensors with more elements are summarized.
const FEW: usize = 9;

/// Writes a tensor in a notation.
pub(super) fn write<N: Notation + ?Sized>(notation: &N, x: &Tensor<f64>, digits: usize) -> String {
    let data = x.to_vec();
    let row = |row: &[f64]| row.iter().map(|&x| notation.number(x, digits)).collect();
    match x.shape()[..] {
        [] => notation.number(data[0], digits),
        [n] if n <= FEW => notation.rows(1, vec![row(&data)]),
        [n, m] if n * m <= FEW && m > 0 => notation.rows(2, data.chunks(m).map(row).collect()),
        _ => notation.summary(summary(x, &data)),
    }
}

/// Whether all elements of a tensor are written.
pub(crate) fn is_small(x: &Tensor<f64>) -> bool {
    x.rank() <= 2 && x.size() <= FEW
}

/// Summarizes a tensor: `(784, 300) from -0.2 to 0.3, norm 4.1`, and the number of non-finite elements.
fn summary(x: &Tensor<f64>, data: &[f64]) -> String {
    let usual: Vec<f64> = data.iter().copied().filter(|x| x.is_finite()).collect();
    let mut text = x.shape().to_string();
    if !usual.is_empty() {
        let (low, high) = usual.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &x| (l.min(x), h.max(x)));
        let norm = usual.iter().map(|x| x * x).sum::<f64>().sqrt();
        text += &format!(" from {} to {}, norm {}", number(low, 4), number(high, 4), number(norm, 4));
    }
    let count = |name: &str, is: fn(f64) -> bool| match data.iter().filter(|&&x| is(x)).count() {
        0 => String::new(),
        n => format!(", {n} {name}"),
    };
    text + &count("NaN", f64::is_nan) + &count("infinite", f64::is_infinite)
}

#[cfg(test)]
mod tests {
    use super::super::{Latex, Notation, Text};
    use tensor::{Tensor, tensor};

    #[test]
    fn small_and_large_tensors() {
        let plain = |x: &Tensor<f64>| Text.tensor(x, 6);
        assert_eq!(plain(&tensor![[1.0, 0.5], [3.0, 4.0]]), "[[1, 0.5], [3, 4]]");
        assert_eq!(plain(&tensor![0.1, 0.2]), "[0.1, 0.2]");
        let many = Tensor::from_fn([3, 4], |i| if i == [0, 0] { f64::NAN } else { 2.0 });
        assert_eq!(plain(&many), "‹(3, 4) from 2 to 2, norm 6.633, 1 NaN›");
        let latex = Latex.tensor(&tensor![[1.0, -1e-9]], 3);
        assert_eq!(latex, r"\begin{pmatrix} 1 & -1 \times 10^{-9} \end{pmatrix}");
    }
}
