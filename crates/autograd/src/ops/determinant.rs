//! Determinants and linear systems.

use crate::core::value::Scalar;
use crate::core::var::{TensorVar, Var};
use crate::ops::TensorOperand;
use crate::rules::Op;
use tensor::{Lu, Tensor, s};

/// The largest order at which a determinant is expanded into products of elements.
const EXPANDED: usize = 8;

/// Pivots smaller than this, relative to the first pivot, are left out of the LU factorization of a determinant.
const SMALL: f64 = 1e-3;

impl<'t, T: Scalar> TensorVar<'t, T> {
    /// The determinant of a square matrix; 1 for shape `(0, 0)`.
    ///
    /// The gradient is the matrix of cofactors (the transposed adjugate). It and the higher derivatives are also right
    /// for singular matrices. Up to order 8 the determinant is computed without division, so it is exact for a matrix
    /// of small integers. For larger matrices it uses an LU factorization, with n³/3 multiplications. If the
    /// determinant may overflow or underflow, use [`slogdet`](Var::slogdet).
    ///
    /// ```
    /// use autograd::Tape;
    /// use tensor::tensor;
    /// let tape = Tape::new();
    /// let a = tape.var(tensor![[1.0, 2.0], [2.0, 4.0]]);
    /// let det = a.det();
    /// assert_eq!(det.value(), 0.0);
    /// assert_eq!(det.backward().wrt(a), tensor![[4.0, -2.0], [-2.0, 1.0]]);
    /// ```
    ///
    /// # Panics
    /// If the shape is not `(n, n)`.
    #[track_caller]
    pub fn det(self) -> Var<'t, T> {
        let n = self.order("det");
        if n <= EXPANDED {
            return self.expanded_det(n);
        }
        let lu = Lu::new(&self.value());
        match rank(&lu) {
            // For the zero matrix, det and this product have the same derivatives below order n, all 0.
            0 => self.diag().prod(),
            rank if rank == n => self.factored_det(&lu),
            rank => {
                // det [A B; C D] = det A · det(D - C A⁻¹ B). With small pivots, the derivatives of a determinant times
                // an inverse lose precision, and all of it if a pivot is 0. So A is the block with large pivots, and
                // the rest is expanded, or factored again relative to its own first pivot.
                let sorted = self.index_select(0, lu.rows()).index_select(1, lu.columns());
                let r = rank as isize;
                let (a, b) = (sorted.slice(s![..r, ..r]), sorted.slice(s![..r, r..]));
                let (c, d) = (sorted.slice(s![r.., ..r]), sorted.slice(s![r.., r..]));
                let rest = d - c.matmul(a.solve(b));
                let det = a.factored_det(&Lu::new(&a.value())) * rest.det();
                if lu.is_odd() { -det } else { det }
            }
        }
    }

    /// The sign of the determinant of a square matrix and the logarithm of its absolute value, which do not overflow or
    /// underflow. A singular matrix gives 0 and -inf, as in NumPy.
    ///
    /// The sign is a plain number, since its derivative is 0. The gradient of the logarithm is the transposed inverse,
    /// and NaN for a singular matrix.
    ///
    /// ```
    /// use autograd::Tape;
    /// use tensor::{Tensor, tensor};
    /// let tape = Tape::new();
    /// let a = tape.var(tensor![[0.0, 2.0], [4.0, 0.0]]);
    /// let (sign, log) = a.slogdet();
    /// assert_eq!((sign, log.value()), (-1.0, 8.0_f64.ln()));
    /// assert_eq!(log.backward().wrt(a), tensor![[0.0, 0.5], [0.25, 0.0]]);
    /// ```
    ///
    /// # Panics
    /// If the shape is not `(n, n)`.
    #[track_caller]
    pub fn slogdet(self) -> (T, Var<'t, T>) {
        self.order("slogdet");
        let (sign, log) = self.value().slogdet();
        (sign, self.on_tape().take(Op::Det { log: true }, &[self.id], Tensor::scalar(log)))
    }

    /// Solves A X = B for X, where `self` is A, of shape `(n, n)`, and B has shape `(n,)`, or `(n, k)` for k systems.
    /// X has the shape of B; every element is NaN if A is singular.
    ///
    /// With G the adjoint of X, the contribution to B is A⁻ᵀ G and the contribution to A is -A⁻ᵀ G Xᵀ.
    ///
    /// ```
    /// use autograd::Tape;
    /// use tensor::tensor;
    /// let tape = Tape::new();
    /// let a = tape.var(tensor![[2.0, 0.0], [1.0, 4.0]]);
    /// let x = a.solve(tensor![2.0, 9.0]); // a plain tensor is a constant
    /// assert_eq!(x.value(), tensor![1.0, 2.0]);
    /// assert_eq!(x.sum().backward().wrt(a), tensor![[-0.375, -0.75], [-0.25, -0.5]]);
    /// ```
    ///
    /// # Panics
    /// If A is not square, or the shape of B is neither `(n,)` nor `(n, k)`.
    #[track_caller]
    pub fn solve(self, b: impl TensorOperand<'t, T>) -> Self {
        let b = self.tensor_operand(b, "solve");
        self.order("solve");
        let record = |b: Self| self.on_tape().record(Op::Solve, &[self.id, b.id]);
        match b.shape().rank() {
            1 => {
                let x: Self = record(b.unsqueeze(1));
                x.squeeze(1)
            }
            _ => record(b),
        }
    }

    /// Returns n for a matrix of shape `(n, n)`; panics for other shapes.
    #[track_caller]
    fn order(self, op: &str) -> usize {
        match self.shape()[..] {
            [rows, columns] if rows == columns => rows,
            _ => panic!("{op}: expected a square matrix, got shape {}", self.shape()),
        }
    }

    /// The determinant of a nonsingular matrix, from its factors.
    #[track_caller]
    fn factored_det(self, lu: &Lu<T>) -> Var<'t, T> {
        self.on_tape().take(Op::Det { log: false }, &[self.id], Tensor::scalar(lu.det()))
    }

    /// The determinant as a polynomial of the elements, in n - 1 matrix products (Bird, *A simple division-free
    /// algorithm for computing determinants*, 2011). Its terms cancel, so it loses precision for more than about
    /// twelve rows.
    #[track_caller]
    fn expanded_det(self, n: usize) -> Var<'t, T> {
        if n == 0 {
            return self.sum() + self.on_tape().constant(T::ONE); // the empty product
        }
        let mut x = self;
        for _ in 1..n {
            // The next factor: x above the diagonal, 0 below; on the diagonal, minus the sum of the later diagonal
            // elements.
            let diagonal = x.diag();
            let later = diagonal.flip(0).cumsum(0).flip(0) - diagonal;
            x = (x.triu(1) - later.diag()).matmul(self);
        }
        let det = x.at([0, 0]);
        if n.is_multiple_of(2) { -det } else { det }
    }
}

/// The numerical rank: the number of pivots before the first small one.
fn rank<T: Scalar>(lu: &Lu<T>) -> usize {
    let Some(first) = lu.pivots().next() else { return 0 };
    let least = T::from_f64(SMALL) * first.abs();
    lu.pivots().position(|p| p == T::ZERO || p.abs() < least).unwrap_or(lu.pivots().len())
}
