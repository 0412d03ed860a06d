//! Diagonals, triangles and one-hot rows of matrices.

use crate::real::Real;
use crate::tensor::Tensor;

impl<T: Real> Tensor<T> {
    /// A matrix's diagonal as a vector, or the square matrix with a vector on its diagonal and zeros elsewhere. A
    /// copy; [`diagonal`](Tensor::diagonal) is a view.
    ///
    /// ```
    /// # use tensor::tensor;
    /// assert_eq!(tensor![1.0, 2.0].diag(), tensor![[1.0, 0.0], [0.0, 2.0]]);
    /// assert_eq!(tensor![[1.0, 2.0], [3.0, 4.0]].diag(), tensor![1.0, 4.0]);
    /// ```
    ///
    /// # Panics
    /// If this is neither a vector nor a matrix.
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
            rank => panic!(
                "diag: shape {} has {rank} axes; a vector (1) becomes a matrix, a matrix (2) gives its diagonal",
                self.shape()
            ),
        }
    }

    /// The sum of a matrix's diagonal, Σᵢ self\[i, i\].
    ///
    /// ```
    /// # use tensor::tensor;
    /// assert_eq!(tensor![[1.0, 2.0], [3.0, 4.0]].trace(), 5.0);
    /// ```
    ///
    /// # Panics
    /// If this is not a square matrix.
    #[track_caller]
    pub fn trace(&self) -> T {
        order("trace", self);
        self.diagonal().to_vec().into_iter().fold(T::ZERO, |s, x| s + x)
    }

    /// The lower triangle of each matrix: 0 where column > row + `k`, so `k = 0` keeps the diagonal, `k = -1` does
    /// not.
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

    /// The upper triangle of each matrix: 0 where column < row + `k`, so `k = 0` keeps the diagonal, `k = 1` does
    /// not.
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

    /// Row by row: the first row + `cut` columns belong to the lower side, the others to the upper.
    #[track_caller]
    fn triangle(&self, op: &str, k: isize, lower: bool) -> Self {
        let [.., rows, columns] = self.shape()[..] else {
            panic!("{op}: shape {} has {} axes; a triangle needs two, rows and columns", self.shape(), self.rank());
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

    /// One row for each label: 1 in its column, 0 elsewhere.
    ///
    /// ```
    /// # use tensor::{Tensor, tensor};
    /// assert_eq!(Tensor::one_hot(&[1, 0], 3), tensor![[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]);
    /// ```
    ///
    /// # Panics
    /// If a label is not below `classes`.
    #[track_caller]
    pub fn one_hot(labels: &[usize], classes: usize) -> Self {
        if let Some((i, label)) = labels.iter().enumerate().find(|&(_, &label)| label >= classes) {
            panic!("one_hot: label {label} at position {i} does not fit {classes} classes; labels count from 0");
        }
        Tensor::build([labels.len(), classes], |out| {
            out.fill(T::ZERO);
            for (i, &label) in labels.iter().enumerate() {
                out[i * classes + label] = T::ONE;
            }
        })
    }
}

/// n, for a tensor of shape `(n, n)`.
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
    fn diag_of_views_and_of_nothing() {
        let a = Tensor::<f64>::arange(6).reshape([2, 3]);
        assert_eq!(a.transpose().diag(), tensor![0.0, 4.0]);
        assert_eq!(a.slice(s![0, ..; -2]).diag(), tensor![[2.0, 0.0], [0.0, 0.0]]);
        assert_eq!(Tensor::<f64>::zeros(0).diag().shape(), &[0, 0]);
        assert_eq!(Tensor::<f64>::zeros([0, 0]).trace(), 0.0);
    }

    #[test]
    fn triangles_of_every_matrix_of_a_batch() {
        let a = Tensor::<f64>::from_fn([2, 3, 4], |i| 1.0 + (i[0] * 12 + i[1] * 4 + i[2]) as f64);
        for k in [isize::MIN, -3, -2, -1, 0, 1, 2, 4, isize::MAX] {
            let keeps = |lower: bool| {
                Tensor::from_fn([2, 3, 4], |i| {
                    let off = i[2] as isize - i[1] as isize;
                    let kept = if lower { off <= k } else { off >= k };
                    if kept { a.at([i[0] as isize, i[1] as isize, i[2] as isize]) } else { 0.0 }
                })
            };
            assert_eq!((a.tril(k), a.triu(k)), (keeps(true), keeps(false)), "k = {k}");
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
    #[should_panic(expected = "diag: shape (1, 1, 1) has 3 axes")]
    fn diag_of_a_cube() {
        Tensor::<f64>::zeros([1, 1, 1]).diag();
    }

    #[test]
    #[should_panic(expected = "trace: expected a square matrix, got shape (2, 3)")]
    fn trace_of_an_oblong() {
        Tensor::<f64>::zeros([2, 3]).trace();
    }

    #[test]
    #[should_panic(expected = "tril: shape (3,) has 1 axes; a triangle needs two")]
    fn triangle_of_a_vector() {
        Tensor::<f64>::zeros(3).tril(0);
    }

    #[test]
    #[should_panic(expected = "one_hot: label 3 at position 1 does not fit 3 classes")]
    fn a_label_too_large() {
        Tensor::<f64>::one_hot(&[0, 3], 3);
    }
}
