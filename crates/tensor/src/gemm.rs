//! Matrices in strided memory, and the matrix products of each element type.

use gemm_common::Parallelism;

/// A matrix whose element (i, j) is data\[at + i * row_step + j * col_step\].
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a, T> {
    pub(crate) data: &'a [T],
    pub(crate) at: usize,
    pub(crate) rows: usize,
    pub(crate) cols: usize,
    pub(crate) row_step: isize,
    pub(crate) col_step: isize,
}

/// Computes dst = alpha dst + beta lhs rhs, without the first term if `read_dst` is false. The arguments are: the
/// numbers of rows of dst, columns of dst, and columns of lhs; dst, its column stride, its row stride and `read_dst`;
/// lhs and rhs with their column and row strides; alpha and beta; three flags for complex numbers; the parallelism.
#[rustfmt::skip]
pub(crate) type Kernel<T> = unsafe fn(
    usize, usize, usize, *mut T, isize, isize, bool, *const T, isize, isize, *const T, isize, isize,
    T, T, bool, bool, bool, Parallelism,
);

/// An element type with matrix products that are compiled once, in this crate, instead of in every crate that
/// multiplies matrices.
pub trait Gemm: Sized {
    /// Returns the kernel of large products for this CPU.
    fn kernel() -> Kernel<Self>;
    /// Computes out = a b, plus the bias in every row. `out` is packed.
    fn multiply(a: &Matrix<Self>, b: &Matrix<Self>, bias: Option<&[Self]>, out: &mut [Self]);
}
