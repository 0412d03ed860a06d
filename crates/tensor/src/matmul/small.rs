//! Small products, computed in tiles that are held in registers.

use crate::gemm::Matrix;
use crate::math::simd::{Arch, Kernel, dispatch};
use crate::number::Number;
use crate::real::Real;

/// Returns whether a product is so small that this kernel is faster than `gemm` with its setup cost (measured). The
/// limit is lower if the right operand has no contiguous rows, because it is copied first.
#[inline]
pub(super) fn is_small<T: Real>(a: &Matrix<T>, b: &Matrix<T>) -> bool {
    let limit = if b.has_rows() { 24 * 24 * 24 } else { 16 * 16 * 16 };
    a.rows.saturating_mul(a.cols).saturating_mul(b.cols) <= limit
}

/// Computes out = a b, plus the bias in every row. There must be at least two columns, and the rows or the columns of a
/// and of b must be contiguous.
#[inline]
pub(super) fn product<T: Real>(a: &Matrix<T>, b: &Matrix<T>, bias: Option<&[T]>, out: &mut [T]) {
    if b.has_rows() {
        return run(a, b, bias, out);
    }
    let n = b.rows * b.cols;
    if n <= 64 {
        let mut packed = [T::ZERO; 64];
        for (p, row) in packed.chunks_exact_mut(b.cols).take(b.rows).enumerate() {
            for (j, x) in row.iter_mut().enumerate() {
                *x = b.data[b.at + p * b.row_step as usize + j * b.col_step as usize];
            }
        }
        return run(a, &Matrix::packed(&packed[..n], b.rows, b.cols), bias, out);
    }
    b.with_packed(|b| run(a, b, bias, out));
}

#[inline]
fn run<T: Real>(a: &Matrix<T>, b: &Matrix<T>, bias: Option<&[T]>, out: &mut [T]) {
    if a.has_rows() {
        dispatch(&mut Small::<T, true> { a, b, bias, out });
    } else {
        dispatch(&mut Small::<T, false> { a, b, bias, out });
    }
}

/// The rows of b are contiguous. If `ROWS` is true, so are the rows of a; otherwise its columns are.
struct Small<'a, T, const ROWS: bool> {
    a: &'a Matrix<'a, T>,
    b: &'a Matrix<'a, T>,
    bias: Option<&'a [T]>,
    out: &'a mut [T],
}

impl<T: Real, const ROWS: bool> Kernel for &mut Small<'_, T, ROWS> {
    type Output = ();
    #[inline(always)]
    fn run<A: Arch>(self) {
        match self.b.cols {
            16.. if size_of::<T>() == 4 => self.panels::<A, 16>(),
            8.. => self.panels::<A, 8>(),
            4.. => self.panels::<A, 4>(),
            _ => self.panels::<A, 2>(),
        }
    }
}

impl<T: Real, const ROWS: bool> Small<'_, T, ROWS> {
    /// Computes the result in panels of `W` columns. The last panel is shifted back to fit, so some columns are
    /// computed twice.
    #[inline(always)]
    fn panels<A: Arch, const W: usize>(&mut self) {
        let n = self.b.cols;
        let mut col = 0;
        while col + W <= n {
            self.panel::<A, W>(col);
            col += W;
        }
        if W == 16 && n > col && n - col <= 8 {
            self.panel::<A, 8>(n - 8);
        } else if n > col {
            self.panel::<A, W>(n - W);
        }
    }

    /// Computes `W` columns, six rows at a time: as many sums as AVX2 has registers for.
    #[inline(always)]
    fn panel<A: Arch, const W: usize>(&mut self, col: usize) {
        let m = self.a.rows;
        let mut row = 0;
        while m - row >= 6 && m - row != 8 {
            self.tile::<A, 6, W>(row, col);
            row += 6;
        }
        while m - row >= 4 {
            self.tile::<A, 4, W>(row, col);
            row += 4;
        }
        if m - row >= 2 {
            self.tile::<A, 2, W>(row, col);
            row += 2;
        }
        if m > row {
            self.tile::<A, 1, W>(row, col);
        }
    }

    /// Computes a tile of `M` rows and `W` columns of the result.
    #[inline(always)]
    fn tile<A: Arch, const M: usize, const W: usize>(&mut self, row: usize, col: usize) {
        let (k, n) = (self.a.cols, self.b.cols);
        let mut sums = [[T::ZERO.lane::<A>(); W]; M];
        if let Some(bias) = self.bias {
            let bias = &bias[col..col + W];
            for sums in &mut sums {
                for (sum, b) in sums.iter_mut().zip(bias) {
                    *sum = b.lane::<A>();
                }
            }
        }
        let (step, mut at) = (self.b.row_step as usize, self.b.at + col);
        if ROWS {
            let mut rows: [&[T]; M] = [&[]; M];
            for (i, r) in rows.iter_mut().enumerate() {
                *r = &self.a.row(row + i)[..k];
            }
            #[allow(clippy::needless_range_loop)] // p indexes the columns of several rows
            for p in 0..k {
                multiply_add::<T, A, M, W>(&mut sums, |i| rows[i][p], &self.b.data[at..at + W]);
                at += step;
            }
        } else {
            let (a_step, mut a_at) = (self.a.col_step as usize, self.a.at + row);
            for _ in 0..k {
                let x = &self.a.data[a_at..a_at + M];
                multiply_add::<T, A, M, W>(&mut sums, |i| x[i], &self.b.data[at..at + W]);
                at += step;
                a_at += a_step;
            }
        }
        for (i, sums) in sums.iter().enumerate() {
            let at = (row + i) * n + col;
            for (out, sum) in self.out[at..at + W].iter_mut().zip(sums) {
                *out = T::unlane::<A>(*sum);
            }
        }
    }
}

/// Computes sums\[i\]\[j\] += x(i) y\[j\].
#[inline(always)]
fn multiply_add<T: Real, A: Arch, const M: usize, const W: usize>(
    sums: &mut [[T::Lane<A>; W]; M],
    x: impl Fn(usize) -> T,
    y: &[T],
) {
    for (i, sums) in sums.iter_mut().enumerate() {
        let x = x(i).lane::<A>();
        for (sum, y) in sums.iter_mut().zip(y) {
            *sum = x.mul_add(y.lane::<A>(), *sum);
        }
    }
}
