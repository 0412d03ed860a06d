//! The kernels of large matrix products, from the crates `gemm-f32` and `gemm-f64`.

use gemm_common::Parallelism;

/// dst = alpha dst + beta lhs rhs, or without the first term if `read_dst` is false. The arguments: the rows of dst, its
/// columns, and the columns of lhs; dst, its step from column to column, from row to row, `read_dst`; lhs and rhs in the
/// same way; alpha, beta; three that count for complex numbers only; threads.
#[rustfmt::skip]
pub(crate) type Kernel<T> = unsafe fn(
    usize, usize, usize, *mut T, isize, isize, bool, *const T, isize, isize, *const T, isize, isize,
    T, T, bool, bool, bool, Parallelism,
);

/// A type with a kernel for products.
pub trait Multiplied: Sized {
    /// The kernel for this CPU.
    fn kernel() -> Kernel<Self>;
}

impl Multiplied for f32 {
    #[inline]
    fn kernel() -> Kernel<f32> {
        gemm_f32::gemm::f32::get_gemm_fn()
    }
}

impl Multiplied for f64 {
    #[inline]
    fn kernel() -> Kernel<f64> {
        gemm_f64::gemm::f64::get_gemm_fn()
    }
}
