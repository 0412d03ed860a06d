//! The LU factorization of a square matrix, with determinants and solutions of linear systems.

use crate::indices::Indices;
use crate::matrix::order;
use crate::operand::RightTensor;
use crate::real::Real;
use crate::tensor::Tensor;

/// The LU factorization of a square matrix A with complete pivoting: `A[rows[i], columns[j]] = (L U)[i, j]`, where L is
/// lower triangular with a unit diagonal and U is upper triangular.
///
/// The pivot of each step is the largest remaining element in absolute value. So no element of L exceeds 1 in absolute
/// value, and the factorization reveals the rank r: the pivots from position r on are 0 up to rounding.
///
/// ```
/// use tensor::{Lu, tensor};
/// let lu = Lu::new(&tensor![[1.0, 2.0], [3.0, 4.0]]);
/// assert_eq!(lu.pivots().collect::<Vec<f64>>(), [4.0, -0.5]);
/// assert_eq!((lu.det(), lu.slogdet()), (-2.0, (-1.0, 2.0_f64.ln())));
/// assert_eq!(lu.solve(&tensor![[3.0], [7.0]]), tensor![[1.0], [1.0]]);
/// ```
#[derive(Clone, Debug)]
pub struct Lu<T: Real> {
    n: usize,
    /// L below the diagonal, U on and above it, in row-major order.
    factors: Vec<T>,
    rows: Vec<usize>,
    columns: Vec<usize>,
    /// See [`is_odd`](Lu::is_odd).
    odd: bool,
}

impl<T: Real> Lu<T> {
    /// Factorizes a square matrix, with n³/3 multiplications.
    ///
    /// # Panics
    /// If the shape is not `(n, n)`.
    #[track_caller]
    pub fn new(a: &Tensor<T>) -> Self {
        let n = order("Lu::new", a);
        let mut lu = Lu { n, factors: a.to_vec(), rows: (0..n).collect(), columns: (0..n).collect(), odd: false };
        for k in 0..n {
            let (row, column) = lu.largest_from(k);
            lu.swap(k, row, column);
            lu.eliminate(k);
        }
        lu
    }

    /// Returns the row and column of the largest element in absolute value among rows and columns from `k` on. NaN
    /// counts as the largest, so that it propagates to the result.
    fn largest_from(&self, k: usize) -> (usize, usize) {
        let mut at = (k, k);
        let mut largest = self.factors[k * self.n + k].abs();
        for row in k..self.n {
            for column in k..self.n {
                let size = self.factors[row * self.n + column].abs();
                if size > largest || (size.is_nan() && !largest.is_nan()) {
                    (at, largest) = ((row, column), size);
                }
            }
        }
        at
    }

    fn swap(&mut self, k: usize, row: usize, column: usize) {
        if row != k {
            let (above, below) = self.factors.split_at_mut(row * self.n);
            above[k * self.n..][..self.n].swap_with_slice(&mut below[..self.n]);
            self.rows.swap(k, row);
            self.odd = !self.odd;
        }
        if column != k {
            self.factors.chunks_exact_mut(self.n).for_each(|r| r.swap(k, column));
            self.columns.swap(k, column);
            self.odd = !self.odd;
        }
    }

    /// Subtracts multiples of row `k` from the rows below it, so that column `k` becomes 0 there.
    fn eliminate(&mut self, k: usize) {
        let (above, below) = self.factors.split_at_mut((k + 1) * self.n);
        let pivots = &above[k * self.n + k..];
        if pivots[0] == T::ZERO {
            return; // all remaining elements are 0
        }
        for row in below.chunks_exact_mut(self.n) {
            let factor = row[k] / pivots[0];
            row[k] = factor;
            for (x, &p) in row[k + 1..].iter_mut().zip(&pivots[1..]) {
                *x -= factor * p;
            }
        }
    }

    /// Returns the diagonal of U.
    pub fn pivots(&self) -> impl DoubleEndedIterator<Item = T> + ExactSizeIterator + '_ {
        (0..self.n).map(|i| self.factors[i * (self.n + 1)])
    }

    /// Returns the row permutation: row i of L U is row `rows[i]` of A.
    pub fn rows(&self) -> Indices {
        Indices::from(&self.rows)
    }

    /// Returns the column permutation: column j of L U is column `columns[j]` of A.
    pub fn columns(&self) -> Indices {
        Indices::from(&self.columns)
    }

    /// Returns whether the row and column permutations together are odd, so that det A = -det(L U).
    pub fn is_odd(&self) -> bool {
        self.odd
    }

    /// Returns det A / det(L U), which is 1 or -1.
    fn sign(&self) -> T {
        if self.odd { -T::ONE } else { T::ONE }
    }

    /// Returns the determinant of A. Intermediate products do not overflow or underflow unless the result does.
    pub fn det(&self) -> T {
        // Pivots decrease in size from the first to the last, so multiply by large and small ones alternately.
        let mut pivots = self.pivots();
        let mut det = self.sign();
        while let Some(p) = if det.abs() > T::ONE { pivots.next_back() } else { pivots.next() } {
            det *= p;
        }
        det
    }

    /// Returns the sign of the determinant of A and the natural logarithm of its absolute value; (0, -inf) if A is
    /// singular.
    pub fn slogdet(&self) -> (T, T) {
        let sign = self.pivots().fold(self.sign(), |sign, p| sign * p.sign());
        (sign, self.pivots().map(|p| p.abs().ln()).sum())
    }

    /// Solves A X = B. X has the shape of B: `(n,)`, or `(n, k)` for k systems. Every element of X is NaN if A is
    /// singular (a pivot is 0).
    ///
    /// # Panics
    /// If the shape of B is neither `(n,)` nor `(n, k)`.
    #[track_caller]
    pub fn solve(&self, b: &Tensor<T>) -> Tensor<T> {
        let n = self.n;
        let width = match b.shape()[..] {
            [rows] if rows == n => 1,
            [rows, width] if rows == n => width,
            _ => panic!(
                "solve: a matrix of shape ({n}, {n}) needs a right-hand side of shape ({n},) or ({n}, k), got {}",
                b.shape()
            ),
        };
        if self.pivots().any(|p| p == T::ZERO) {
            return Tensor::full(b.shape(), T::NAN);
        }
        let mut x = b.index_select(0, self.rows());
        let rows = x.data_mut();
        // Forward substitution solves L y = b, then back substitution solves U x = y.
        for i in 0..n {
            let (done, row) = rows.split_at_mut(i * width);
            subtract(&mut row[..width], &self.factors[i * n..][..i], done);
        }
        for i in (0..n).rev() {
            let (row, done) = rows[i * width..].split_at_mut(width);
            subtract(row, &self.factors[i * n + i + 1..][..n - i - 1], done);
            row.iter_mut().for_each(|x| *x /= self.factors[i * (n + 1)]);
        }
        // Row i of x is the unknown of column `columns[i]` of A: apply the inverse permutation.
        let mut inverse = vec![0; n];
        self.columns.iter().enumerate().for_each(|(i, &column)| inverse[column] = i);
        x.index_select(0, Indices::from(inverse))
    }
}

/// Computes row -= Σₖ factors\[k\] · (row k of `others`).
fn subtract<T: Real>(row: &mut [T], factors: &[T], others: &[T]) {
    let width = row.len().max(1);
    for (&factor, other) in factors.iter().zip(others.chunks_exact(width)) {
        for (x, &y) in row.iter_mut().zip(other) {
            *x -= factor * y;
        }
    }
}

impl<T: Real> Tensor<T> {
    /// Returns the determinant of a square matrix; 1 for shape `(0, 0)`.
    ///
    /// ```
    /// # use tensor::tensor;
    /// assert_eq!(tensor![[0.0, 2.0], [3.0, 4.0]].det(), -6.0);
    /// ```
    ///
    /// # Panics
    /// If the shape is not `(n, n)`.
    #[track_caller]
    pub fn det(&self) -> T {
        order("det", self);
        Lu::new(self).det()
    }

    /// Returns the sign of the determinant of a square matrix and the natural logarithm of its absolute value, even if
    /// the determinant itself would overflow or underflow. Returns (0, -inf) for a singular matrix, as in NumPy.
    ///
    /// ```
    /// # use tensor::Tensor;
    /// let (sign, log) = Tensor::full(500, 0.001).diag().slogdet(); // the determinant is 1e-1500
    /// assert_eq!(sign, 1.0);
    /// assert!((log - 500.0 * 0.001_f64.ln()).abs() < 1e-9);
    /// ```
    ///
    /// # Panics
    /// If the shape is not `(n, n)`.
    #[track_caller]
    pub fn slogdet(&self) -> (T, T) {
        order("slogdet", self);
        Lu::new(self).slogdet()
    }

    /// Solves A X = B, where A is this tensor, of shape `(n, n)`. X has the shape of B: `(n,)`, or `(n, k)` for k
    /// systems. Every element of X is NaN if A is singular.
    ///
    /// ```
    /// # use tensor::tensor;
    /// let a = tensor![[2.0, 0.0], [1.0, 4.0]];
    /// assert_eq!(a.solve(&tensor![2.0, 9.0]), tensor![1.0, 2.0]);
    /// ```
    ///
    /// # Panics
    /// If A is not square, or the shape of B is neither `(n,)` nor `(n, k)`.
    #[track_caller]
    pub fn solve<O: RightTensor<T>>(&self, b: O) -> O::Output {
        O::solve(self, b)
    }

    #[track_caller]
    pub(crate) fn solution(&self, b: &Tensor<T>) -> Tensor<T> {
        order("solve", self);
        Lu::new(self).solve(b)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor;
    use proptest::prelude::*;

    #[test]
    fn empty_matrix_has_determinant_1() {
        let empty = Tensor::<f64>::zeros([0, 0]);
        assert_eq!((empty.det(), empty.slogdet()), (1.0, (1.0, 0.0)));
        assert_eq!(empty.solve(&Tensor::zeros([0, 3])).shape(), &[0, 3]);
        assert_eq!(tensor![[2.0]].solve(&Tensor::zeros([1, 0])).shape(), &[1, 0]);
    }

    #[test]
    fn pivots_reveal_the_rank() {
        let a = Tensor::from_fn([9, 9], |i| (1 + i[0] * i[1] % 5) as f64 + i[0] as f64);
        let rank_one = Tensor::from_fn([9, 9], |i| ((1 + i[0]) * (2 + i[1])) as f64);
        assert_eq!(Lu::new(&rank_one).pivots().filter(|p| p.abs() > 1e-13).count(), 1);
        assert_eq!(Tensor::<f64>::zeros([9, 9]).slogdet(), (0.0, f64::NEG_INFINITY));
        let singular = Tensor::from_fn([9, 9], |i| if i[1] == 4 { 0.0 } else { a.at([i[0] as isize, i[1] as isize]) });
        assert_eq!((singular.det(), singular.slogdet().0), (0.0, 0.0));
        assert!(singular.solve(&Tensor::eye(9)).to_vec().iter().all(|x| x.is_nan()));
    }

    #[test]
    fn det_avoids_intermediate_overflow() {
        let pivots = Tensor::from_fn(12, |i| if i[0] < 6 { 1e200 } else { 1e-200 });
        assert!((pivots.diag().det() - 1.0_f64).abs() < 1e-13);
        assert!((pivots.diag().flip(0).det() - 1.0_f64).abs() < 1e-13, "an even permutation: six swaps");
        let (sign, log) = Tensor::full(400, -1e-3_f64).diag().slogdet();
        assert!(sign == 1.0 && (log + 400.0 * 1e3_f64.ln()).abs() < 1e-9, "{sign} {log}");
    }

    #[test]
    fn nan_propagates() {
        for at in 0..9 {
            let a = Tensor::from_fn([3, 3], |i| if i[0] * 3 + i[1] == at { f64::NAN } else { 0.0 });
            assert!(a.det().is_nan() && a.slogdet().1.is_nan(), "NaN at {at}");
        }
    }

    #[test]
    #[should_panic(expected = "det: expected a square matrix, got shape (2, 3)")]
    fn det_of_a_rectangular_matrix_panics() {
        Tensor::<f64>::zeros([2, 3]).det();
    }

    #[test]
    #[should_panic(expected = "needs a right-hand side of shape (2,) or (2, k), got (3, 1)")]
    fn solve_with_another_shape_panics() {
        Tensor::<f64>::eye(2).solve(&Tensor::zeros([3, 1]));
    }

    proptest! {
        /// A X = B holds, `det` agrees with `slogdet`, and swapping two rows negates the determinant, also for views.
        #[test]
        fn solve_and_det_satisfy_their_identities(
            elements in prop::collection::vec(-1.0..1.0_f64, 144),
            n in 2_usize..13,
            transposed: bool,
        ) {
            let a = Tensor::from_vec(144, elements).slice(crate::s![..(n * n) as isize]).reshape([n, n]);
            let a = if transposed { a.transpose() } else { a };
            let b = Tensor::from_fn([n, 3], |i| (i[0] * 3 + i[1]) as f64 - 5.0);
            let x = a.solve(&b);
            let size = 1.0 + x.to_vec().iter().fold(0.0, |m: f64, x| m.max(x.abs()));
            for (left, right) in a.matmul(&x).to_vec().into_iter().zip(b.to_vec()) {
                prop_assert!((left - right).abs() < 1e-13 * size * n as f64, "got {left}, expected {right}");
            }
            let (sign, log) = a.slogdet();
            prop_assert!((sign * log.exp() - a.det()).abs() <= 1e-13 * a.det().abs());
            let order: Vec<usize> = (0..n).map(|i| if i < 2 { 1 - i } else { i }).collect();
            let swapped = a.index_select(0, order);
            prop_assert!((swapped.det() + a.det()).abs() <= 1e-13);
        }
    }
}
