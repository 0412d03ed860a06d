//! Matrices in strided memory, and the choice of a kernel for their product.

use super::{large, small, vector};
use crate::buffer::Buffer;
use crate::gemm::Matrix;
use crate::layout::{self, Walk};
use crate::parallel;
use crate::real::Real;
use crate::shape::Shape;
use crate::tensor::Tensor;

impl<'a, T: Real> Matrix<'a, T> {
    /// Returns the matrix of a tensor's last two axes. A vector is a matrix of one column.
    #[inline]
    pub(crate) fn of(x: &'a Tensor<T>) -> Self {
        if let ([m, n], true) = (&x.shape()[..], x.is_packed()) {
            return Matrix { at: x.offset(), ..Matrix::packed(x.buffer(), *m, *n) };
        }
        let (rows, row_step, cols, col_step) = match (&x.shape()[..], &x.strides()[..]) {
            ([n], [s]) => (*n, *s, 1, 1),
            ([.., m, n], [.., r, s]) => (*m, *r, *n, *s),
            _ => (1, 1, 1, 1),
        };
        // The stride along an axis of size 1 has no effect, so choose one that every kernel supports.
        let col_step = if cols == 1 { 1 } else { col_step };
        let row_step = if rows == 1 { cols as isize } else { row_step };
        Matrix { data: x.buffer(), at: x.offset(), rows, cols, row_step, col_step }
    }

    /// Returns a matrix of packed data in row-major order.
    #[inline]
    pub(super) fn packed(data: &'a [T], rows: usize, cols: usize) -> Self {
        Matrix { data, at: 0, rows, cols, row_step: cols as isize, col_step: 1 }
    }

    #[inline]
    pub(super) fn transposed(&self) -> Self {
        Matrix { rows: self.cols, cols: self.rows, row_step: self.col_step, col_step: self.row_step, ..*self }
    }

    /// Returns whether each row is contiguous, and the rows follow one another without overlap.
    #[inline]
    pub(super) fn has_rows(&self) -> bool {
        (self.col_step == 1 || self.cols == 1) && (self.row_step >= self.cols as isize || self.rows == 1)
    }

    /// Returns whether each column is contiguous, and the columns follow one another without overlap.
    #[inline]
    pub(super) fn has_cols(&self) -> bool {
        self.transposed().has_rows()
    }

    /// Returns row `i` of a matrix with contiguous rows.
    #[inline(always)]
    pub(super) fn row(&self, i: usize) -> &'a [T] {
        let at = self.at + i * self.row_step as usize;
        &self.data[at..at + self.cols]
    }

    /// Copies the elements in row-major order.
    pub(super) fn pack(&self, out: &mut [T]) {
        let shape = Shape::from([self.rows, self.cols]);
        layout::gather(self.data, self.at, &shape, &[self.row_step, self.col_step], out);
    }

    /// Calls `f` with a packed copy of this matrix.
    pub(super) fn with_packed<R>(&self, f: impl FnOnce(&Matrix<T>) -> R) -> R {
        let n = self.rows * self.cols;
        let mut buffer = Buffer::<T>::scratch(n);
        match buffer.unique() {
            Some(data) => {
                self.pack(&mut data[..n]);
                f(&Matrix::packed(&data[..n], self.rows, self.cols))
            }
            None => unreachable!("a new buffer has one owner"),
        }
    }
}

/// Implements [`Gemm::multiply`](crate::gemm::Gemm::multiply).
pub(super) fn product<T: Real>(a: &Matrix<T>, b: &Matrix<T>, bias: Option<&[T]>, out: &mut [T]) {
    let (m, k, n) = (a.rows, a.cols, b.cols);
    let out = &mut out[..m * n];
    if m == 0 || n == 0 {
        return;
    }
    if k == 0 {
        return fill(bias, out, n);
    }
    if !a.has_rows() && !a.has_cols() {
        return a.with_packed(|a| product(a, b, bias, out));
    }
    if !b.has_rows() && !b.has_cols() {
        return b.with_packed(|b| product(a, b, bias, out));
    }
    if m == 1 || n == 1 {
        fill(bias, out, n);
        return match m {
            1 => vector::add_product(&b.transposed(), &a.transposed(), out),
            _ => vector::add_product(a, b, out),
        };
    }
    if small::is_small(a, b) {
        return small::product(a, b, bias, out);
    }
    if bias.is_some() {
        fill(bias, out, n);
    }
    large::product(a, b, bias.is_some(), out);
}

/// Sets every row to the bias, or to 0 without one.
#[inline]
fn fill<T: Real>(bias: Option<&[T]>, out: &mut [T], n: usize) {
    match bias {
        None => out.fill(T::ZERO),
        Some(b) => out.chunks_exact_mut(n).for_each(|row| row.copy_from_slice(b)),
    }
}

/// Computes one product for each element of the batch, to whose shape the leading axes of both operands broadcast.
pub(super) fn batched<T: Real>(a: &Tensor<T>, b: &Tensor<T>, batch: &Shape, out: &mut [T]) {
    let strides = [a, b].map(|x| {
        let lead = x.rank() - 2;
        layout::broadcast_strides(&x.shape()[..lead], &x.strides()[..lead], batch)
    });
    let (left, right) = (Matrix::of(a), Matrix::of(b));
    let size = left.rows * right.cols;
    if size == 0 {
        return;
    }
    let walk = Walk::new(batch, [&strides[0][..], &strides[1][..]]);
    let (inner, [inner_a, inner_b]) = (walk.inner(), walk.inner_strides());
    let mut runs = out.chunks_exact_mut(size * inner.max(1));
    walk.runs([left.at as isize, right.at as isize], |[i, j]| {
        let Some(run) = runs.next() else { return };
        // A multiplication in a product takes about 1/16 of the time of an elementwise operation limited by memory.
        parallel::rows(run, size, size * left.cols / 16, &|first, run| {
            for (r, out) in (first as isize..).zip(run.chunks_exact_mut(size)) {
                let a = Matrix { at: (i + r * inner_a) as usize, ..left };
                let b = Matrix { at: (j + r * inner_b) as usize, ..right };
                T::multiply(&a, &b, None, out);
            }
        });
    });
}
