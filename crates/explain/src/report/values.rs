//! Values within a line: all elements of a small tensor, and a summary of a large one.

use crate::notation::{latex_number, number};
use tensor::Tensor;

/// Tensors with more elements are summarized.
const FEW: usize = 9;

/// A way to write tensors.
pub(crate) trait Values {
    /// Writes a number.
    fn number(&self, x: f64) -> String;
    /// Writes rows of numbers; a vector is one row.
    fn rows(&self, rank: usize, rows: Vec<Vec<String>>) -> String;
    /// Writes the summary of a large tensor.
    fn summary(&self, text: String) -> String;

    /// Writes a tensor.
    fn tensor(&self, x: &Tensor<f64>) -> String {
        let data = x.to_vec();
        match x.shape()[..] {
            [] => self.number(data[0]),
            [n] if n <= FEW => self.rows(1, vec![data.iter().map(|&x| self.number(x)).collect()]),
            [n, m] if n * m <= FEW && m > 0 => {
                let rows = data.chunks(m).map(|row| row.iter().map(|&x| self.number(x)).collect()).collect();
                self.rows(2, rows)
            }
            _ => self.summary(summary(x, &data)),
        }
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

/// Plain text with this many significant digits: `[[1, 2], [3, 4]]`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plain {
    pub(crate) digits: usize,
}

impl Values for Plain {
    fn number(&self, x: f64) -> String {
        number(x, self.digits)
    }
    fn rows(&self, rank: usize, rows: Vec<Vec<String>>) -> String {
        let rows: Vec<String> = rows.into_iter().map(|row| format!("[{}]", row.join(", "))).collect();
        if rank == 1 { rows.concat() } else { format!("[{}]", rows.join(", ")) }
    }
    fn summary(&self, text: String) -> String {
        format!("‹{text}›")
    }
}

/// LaTeX matrices with this many significant digits; vectors are columns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Matrices {
    pub(crate) digits: usize,
}

impl Values for Matrices {
    fn number(&self, x: f64) -> String {
        latex_number(x, self.digits)
    }
    fn rows(&self, rank: usize, rows: Vec<Vec<String>>) -> String {
        let lines: Vec<String> = match rank {
            1 => rows.into_iter().flatten().collect(),
            _ => rows.into_iter().map(|row| row.join(" & ")).collect(),
        };
        format!(r"\begin{{pmatrix}} {} \end{{pmatrix}}", lines.join(r" \\ "))
    }
    fn summary(&self, text: String) -> String {
        format!(r"\text{{{}}}", crate::symbol::escaped(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::tensor;

    #[test]
    fn small_and_large_tensors() {
        let plain = Plain { digits: 6 };
        assert_eq!(plain.tensor(&tensor![[1.0, 0.5], [3.0, 4.0]]), "[[1, 0.5], [3, 4]]");
        assert_eq!(plain.tensor(&tensor![0.1, 0.2]), "[0.1, 0.2]");
        let many = Tensor::from_fn([3, 4], |i| if i == [0, 0] { f64::NAN } else { 2.0 });
        assert_eq!(plain.tensor(&many), "‹(3, 4) from 2 to 2, norm 6.633, 1 NaN›");
        let latex = Matrices { digits: 3 }.tensor(&tensor![[1.0, -1e-9]]);
        assert_eq!(latex, r"\begin{pmatrix} 1 & -1 \times 10^{-9} \end{pmatrix}");
    }
}
