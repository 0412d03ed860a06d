//! Diagonals, triangles and one-hot matrices.

use crate::real::Real;
use crate::tensor::Tensor;

impl<T: Real> Tensor<T> {
    /// Returns the diagonal of a matrix as a vector or, for a vector, the square matrix with the vector on its diagonal
    /// and zeros elsewhere. The result is a copy; [`diagonal`](Tensor::diagonal) returns a view.
    ///
    /// ```
    /// # use tensor::tensor;
    /// assert_eq!(tensor![1.0, 2.0].diag(), tensor![[1.0, 0.0], [0.0, 2.0]]);
    /// assert_eq!(tensor![[1.0, 2.0], [3.0, 4.0]].diag(), tensor![1.0, 4.0]);
    /// ```
    ///
    /// # Panics
    /// If the rank is neither 1 nor 2.
    #[track_caller]
    pub fn diag(&self) -> Self {
        match self.rank() {
            1 => {
                let n = self.size();
                let x = self.packed();
                Tensor::build([n, n], |out| {
                    out.fill(T::ZERO);
                    for (o, &x) in out.iter_mut().step_by(n + 1).zip(x.as_slice().unwrap_or(&[])) {
                        *o = x;
                    }
                })
            }
            2 => self.diagonal().copy(),
            _ => panic!("diag: expected a vector or a matrix, got shape {}", self.shape()),
        }
    }

    /// Returns the sum of the diagonal of a square matrix, Σᵢ self\[i, i\].
    ///
    /// ```
    /// # use tensor::tensor;
    /// assert_eq!(tensor![[1.0, 2.0], [3.0, 4.0]].trace(), 5.0);
    /// ```
    ///
    /// # Panics
    /// If the shape is not `(n, n)`.
    #[track_caller]
    pub fn trace(&self) -> T {
        order("trace", self);
        self.diagonal().to_vec().into_iter().fold(T::ZERO, |s, x| s + x)
    }

    /// Returns the lower triangle of each matrix of a batch: elements with column > row + `k` become 0. So `k = 0`
    /// keeps the diagonal, and `k = -1` does not.
    ///
    /// ```
    /// # use tensor::{Tensor, tensor};
    /// assert_eq!(Tensor::ones([2, 3]).tril(0), tensor![[1.0, 0.0, 0.0], [1.0, 1.0, 0.0]]);
    /// ```
    ///
    /// # Panics
    /// If there are fewer than two axes.
    #[track_caller]
    pub fn tril(&self, k: isize) -> Self {
        self.triangle("tril", k, true)
    }

    /// Returns the upper triangle of each matrix of a batch: elements with column < row + `k` become 0. So `k = 0`
    /// keeps the diagonal, and `k = 1` does not.
    ///
    /// ```
    /// # use tensor::{Tensor, tensor};
    /// assert_eq!(Tensor::ones([2, 3]).triu(1), tensor![[0.0, 1.0, 1.0], [0.0, 0.0, 1.0]]);
    /// ```
    ///
    /// # Panics
    /// If there are fewer than two axes.
    #[track_caller]
    pub fn triu(&self, k: isize) -> Self {
        self.triangle("triu", k, false)
    }

    /// Implements `tril` and `triu`: zeroes the columns of each row from `cut` on (lower), or before it (upper).
    #[track_caller]
    fn triangle(&self, op: &str, k: isize, lower: bool) -> Self {
        let [.., rows, columns] = self.shape()[..] else {
            panic!("{op}: expected at least two axes, got shape {}", self.shape());
        };
        let mut out = self.copy();
        if out.size() == 0 {
            return out;
        }
        let first = if lower { k.saturating_add(1) } else { k };
        for (i, row) in out.data_mut().chunks_exact_mut(columns).enumerate() {
            let cut = first.saturating_add((i % rows) as isize).clamp(0, columns as isize) as usize;
            if lower { row[cut..].fill(T::ZERO) } else { row[..cut].fill(T::ZERO) }
        }
        out
    }

    /// Creates the one-hot matrix of shape `(labels.len(), classes)`: row i is 1 in column `labels[i]` and 0 elsewhere.
    ///
    /// ```
    /// # use tensor::{Tensor, tensor};
    /// assert_eq!(Tensor::one_hot(&[1, 0], 3), tensor![[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]);
    /// ```
    ///
    /// # Panics
    /// If a label is not less than `classes`.
    #[track_caller]
    pub fn one_hot(labels: &[usize], classes: usize) -> Self {
        if let Some((i, label)) = labels.iter().enumerate().find(|&(_, &label)| label >= classes) {
            panic!("one_hot: label {label} at position {i} must be less than the number of classes, {classes}");
        }
        Tensor::build([labels.len(), classes], |out| {
            out.fill(T::ZERO);
            for (i, &label) in labels.iter().enumerate() {
                out[i * classes + label] = T::ONE;
            }
        })
    }
}

/// Returns n for a tensor of shape `(n, n)`; panics for other shapes. `op` names the caller in the message.
#[track_caller]
pub(crate) fn order<T: Real>(op: &str, a: &Tensor<T>) -> usize {
    match a.shape()[..] {
        [rows, columns] if rows == columns => rows,
        _ => panic!("{op}: expected a square matrix, got shape {}", a.shape()),
    }
}

#[cfg(test)]
mod tests {
    use crate::{Tensor, s, tensor};

    #[test]
    fn diag_of_views_and_empty_tensors() {
        let a = Tensor::<f64>::arange(6).reshape([2, 3]);
        assert_eq!(a.transpose().diag(), tensor![0.0, 4.0]);
        assert_eq!(a.slice(s![0, ..; -2]).diag(), tensor![[2.0, 0.0], [0.0, 0.0]]);
        assert_eq!(Tensor::<f64>::zeros(0).diag().shape(), &[0, 0]);
        assert_eq!(Tensor::<f64>::zeros([0, 0]).trace(), 0.0);
    }

    #[test]
    fn triangles_of_a_batch() {
        let a = Tensor::<f64>::from_fn([2, 3, 4], |i| 1.0 + (i[0] * 12 + i[1] * 4 + i[2]) as f64);
        for k in [isize::MIN, -3, -2, -1, 0, 1, 2, 4, isize::MAX] {
            let expected = |lower: bool| {
                Tensor::from_fn([2, 3, 4], |i| {
                    let off = i[2] as isize - i[1] as isize;
                    let kept = if lower { off <= k } else { off >= k };
                    if kept { a.at([i[0] as isize, i[1] as isize, i[2] as isize]) } else { 0.0 }
                })
            };
            assert_eq!((a.tril(k), a.triu(k)), (expected(true), expected(false)), "k = {k}");
            assert_eq!(a.transpose().tril(k), a.triu(k.saturating_neg()).transpose(), "k = {k}");
        }
        assert_eq!(Tensor::<f64>::zeros([2, 0, 3]).tril(0).shape(), &[2, 0, 3]);
        assert_eq!(Tensor::<f64>::zeros([2, 3, 0]).triu(0).shape(), &[2, 3, 0]);
    }

    #[test]
    fn one_hot_of_no_labels() {
        assert_eq!(Tensor::<f32>::one_hot(&[], 4).shape(), &[0, 4]);
    }

    #[test]
    #[should_panic(expected = "diag: expected a vector or a matrix, got shape (1, 1, 1)")]
    fn diag_of_rank_3_panics() {
        Tensor::<f64>::zeros([1, 1, 1]).diag();
    }

    #[test]
    #[should_panic(expected = "trace: expected a square matrix, got shape (2, 3)")]
    fn trace_of_a_rectangular_matrix_panics() {
        Tensor::<f64>::zeros([2, 3]).trace();
    }

    #[test]
    #[should_panic(expected = "tril: expected at least two axes, got shape (3,)")]
    fn triangle_of_a_vector_panics() {
        Tensor::<f64>::zeros(3).tril(0);
    }

    #[test]
    #[should_panic(expected = "one_hot: label 3 at position 1 must be less than the number of classes, 3")]
    fn label_out_of_range_panics() {
        Tensor::<f64>::one_hot(&[0, 3], 3);
    }
}
