//! A matrix in strided memory, and the choice of the kernel that multiplies two.

use super::{large, small, vector};
use crate::buffer::Buffer;
use crate::gemm::Matrix;
use crate::layout::{self, Walk};
use crate::parallel;
use crate::real::Real;
use crate::shape::Shape;
use crate::tensor::Tensor;

impl<'a, T: Real> Matrix<'a, T> {
    /// A tensor's last two axes; a vector is one column.
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
        // The step along a size of 1 is never taken: let it be one that every kernel takes.
        let col_step = if cols == 1 { 1 } else { col_step };
        let row_step = if rows == 1 { cols as isize } else { row_step };
        Matrix { data: x.buffer(), at: x.offset(), rows, cols, row_step, col_step }
    }

    /// Packed rows.
    #[inline]
    pub(super) fn packed(data: &'a [T], rows: usize, cols: usize) -> Self {
        Matrix { data, at: 0, rows, cols, row_step: cols as isize, col_step: 1 }
    }

    #[inline]
    pub(super) fn transposed(&self) -> Self {
        Matrix { rows: self.cols, cols: self.rows, row_step: self.col_step, col_step: self.row_step, ..*self }
    }

    /// Whether each row lies in one piece, and the rows one after the other without overlap.
    #[inline]
    pub(super) fn has_rows(&self) -> bool {
        (self.col_step == 1 || self.cols == 1) && (self.row_step >= self.cols as isize || self.rows == 1)
    }

    /// Whether each column lies in one piece, and the columns one after the other without overlap.
    #[inline]
    pub(super) fn has_cols(&self) -> bool {
        self.transposed().has_rows()
    }

    /// Row `i`, of a matrix that has rows.
    #[inline(always)]
    pub(super) fn row(&self, i: usize) -> &'a [T] {
        let at = self.at + i * self.row_step as usize;
        &self.data[at..at + self.cols]
    }

    /// Copies the elements row by row.
    pub(super) fn pack(&self, out: &mut [T]) {
        let shape = Shape::from([self.rows, self.cols]);
        layout::gather(self.data, self.at, &shape, &[self.row_step, self.col_step], out);
    }

    /// Calls `f` with this matrix with packed rows.
    pub(super) fn with_packed<R>(&self, f: impl FnOnce(&Matrix<T>) -> R) -> R {
        let n = self.rows * self.cols;
        let mut buffer = Buffer::<T>::scratch(n);
        match buffer.unique() {
            Some(room) => {
                self.pack(&mut room[..n]);
                f(&Matrix::packed(&room[..n], self.rows, self.cols))
            }
            None => unreachable!("a fresh buffer has one owner"),
        }
    }
}

/// See [`Multiplied::multiply`](crate::gemm::Multiplied::multiply).
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
    if small::takes(a, b) {
        return small::product(a, b, bias, out);
    }
    if bias.is_some() {
        fill(bias, out, n);
    }
    large::product(a, b, bias.is_some(), out);
}

/// Every row the bias, or 0.
#[inline]
fn fill<T: Real>(bias: Option<&[T]>, out: &mut [T], n: usize) {
    match bias {
        None => out.fill(T::ZERO),
        Some(b) => out.chunks_exact_mut(n).for_each(|row| row.copy_from_slice(b)),
    }
}

/// One product for each element of the batch, which both operands' leading axes broadcast to.
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
        // A multiplication in a product takes a small part of the time of an element that comes from memory.
        parallel::rows(run, size, size * left.cols / 16, &|first, run| {
            for (r, out) in (first as isize..).zip(run.chunks_exact_mut(size)) {
                let a = Matrix { at: (i + r * inner_a) as usize, ..left };
                let b = Matrix { at: (j + r * inner_b) as usize, ..right };
                T::multiply(&a, &b, None, out);
            }
        });
    });
}
