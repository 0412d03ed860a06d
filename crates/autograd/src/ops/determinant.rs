//! Determinants and linear systems.

use crate::core::record::common;
use crate::core::value::Scalar;
use crate::core::var::{TensorVar, Var};
use crate::rules::Op;
use tensor::{Lu, Tensor, s};

/// Up to this order a determinant is expanded into products of elements.
const EXPANDED: usize = 8;

/// A pivot smaller than this, relative to the first, is kept out of the LU factorization of a determinant.
const SMALL: f64 = 1e-3;

impl<'t, T: Scalar> TensorVar<'t, T> {
    /// The determinant of a square matrix; 1 for shape `(0, 0)`.
    ///
    /// The gradient is the matrix of cofactors (the transposed adjugate), also where the matrix is singular, and so are
    /// higher derivatives. Up to order 8 the determinant is computed without a division, so a matrix of integers has an
    /// exact one. Beyond, it takes an LU factorization: n³/3 multiplications. For determinants that overflow or
    /// underflow, see [`slogdet`](Var::slogdet).
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
        match regular(&lu) {
            // All derivatives below order n of the zero matrix are 0, for both.
            0 => self.diag().prod(),
            rank if rank == n => self.factored_det(&lu),
            rank => {
                // det [A B; C D] = det A · det(D - C A⁻¹ B). Where pivots are small, a determinant times an inverse
                // loses the digits of its derivatives, and all of them if one is 0. So A is the part with large
                // pivots, and what is left is expanded, or factored again on its own scale.
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

    /// The sign of the determinant of a square matrix and the logarithm of its absolute value, also where the
    /// determinant itself overflows or underflows. A singular matrix gives 0 and -inf, as in NumPy.
    ///
    /// The sign is a plain number: its derivative is 0. The gradient of the logarithm is the transposed inverse, NaN
    /// for a singular matrix.
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

    /// The solution X of A X = B, where this is A, of shape `(n, n)`. X has the shape of B: `(n,)`, or `(n, k)` for k
    /// systems. Every element is NaN if A is singular.
    ///
    /// With G the adjoint of X, the contribution to B is A⁻ᵀ G and the one to A is -A⁻ᵀ G Xᵀ.
    ///
    /// ```
    /// use autograd::Tape;
    /// use tensor::tensor;
    /// let tape = Tape::new();
    /// let a = tape.var(tensor![[2.0, 0.0], [1.0, 4.0]]);
    /// let x = a.solve(tape.constant(tensor![2.0, 9.0]));
    /// assert_eq!(x.value(), tensor![1.0, 2.0]);
    /// assert_eq!(x.sum().backward().wrt(a), tensor![[-0.375, -0.75], [-0.25, -0.5]]);
    /// ```
    ///
    /// # Panics
    /// If A is not square, or B has another shape.
    #[track_caller]
    pub fn solve(self, b: Self) -> Self {
        common(self.tape, b.tape, "solve");
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

    /// n, for a matrix of shape `(n, n)`.
    #[track_caller]
    fn order(self, op: &str) -> usize {
        match self.shape()[..] {
            [rows, columns] if rows == columns => rows,
            _ => panic!("{op}: expected a square matrix, got shape {}", self.shape()),
        }
    }

    /// The determinant of a regular matrix, from its factors.
    #[track_caller]
    fn factored_det(self, lu: &Lu<T>) -> Var<'t, T> {
        self.on_tape().take(Op::Det { log: false }, &[self.id], Tensor::scalar(lu.det()))
    }

    /// The determinant in n - 1 matrix products, as a polynomial of the elements (Bird, *A simple division-free
    /// algorithm for computing determinants*, 2011). Its terms cancel, so beyond a dozen rows digits are lost.
    #[track_caller]
    fn expanded_det(self, n: usize) -> Var<'t, T> {
        if n == 0 {
            return self.sum() + self.on_tape().constant(T::ONE); // the empty product
        }
        let mut x = self;
        for _ in 1..n {
            // Above the diagonal x, on it the sums of what follows there, negated; below it 0.
            let diagonal = x.diag();
            let later = diagonal.flip(0).cumsum(0).flip(0) - diagonal;
            x = (x.triu(1) - later.diag()).matmul(self);
        }
        let det = x.at([0, 0]);
        if n.is_multiple_of(2) { -det } else { det }
    }
}

/// The number of pivots before the first small one.
fn regular<T: Scalar>(lu: &Lu<T>) -> usize {
    let Some(first) = lu.pivots().next() else { return 0 };
    let least = T::from_f64(SMALL) * first.abs();
    lu.pivots().position(|p| p == T::ZERO || p.abs() < least).unwrap_or(lu.pivots().len())
}
