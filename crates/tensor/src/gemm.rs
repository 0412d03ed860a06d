//! Matrices in strided memory, and the products that are compiled once for each element type.

use gemm_common::Parallelism;

/// The elements data\[at + i * row_step + j * col_step\].
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a, T> {
    pub(crate) data: &'a [T],
    pub(crate) at: usize,
    pub(crate) rows: usize,
    pub(crate) cols: usize,
    pub(crate) row_step: isize,
    pub(crate) col_step: isize,
}

/// dst = alpha dst + beta lhs rhs, or without the first term if `read_dst` is false. The arguments: the rows of dst, its
/// columns, and the columns of lhs; dst, its step from column to column, from row to row, `read_dst`; lhs and rhs in the
/// same way; alpha, beta; three that count for complex numbers only; threads.
#[rustfmt::skip]
pub(crate) type Kernel<T> = unsafe fn(
    usize, usize, usize, *mut T, isize, isize, bool, *const T, isize, isize, *const T, isize, isize,
    T, T, bool, bool, bool, Parallelism,
);

/// A type whose products are compiled in this crate, and not again in every crate that multiplies.
pub trait Multiplied: Sized {
    /// The kernel of large products for this CPU.
    fn kernel() -> Kernel<Self>;
    /// out = a b, plus the bias in every row; out is packed.
    fn multiply(a: &Matrix<Self>, b: &Matrix<Self>, bias: Option<&[Self]>, out: &mut [Self]);
}
