//! Large products, computed by the crates `gemm-f32` and `gemm-f64`, on several threads if they are large enough.

use crate::gemm::Matrix;
use crate::real::Real;
use gemm_common::Parallelism;

/// Computes out = a b, or out += a b if `add` is true. The rows or the columns of a and of b must be contiguous.
pub(super) fn product<T: Real>(a: &Matrix<T>, b: &Matrix<T>, add: bool, out: &mut [T]) {
    call(a, b, add, out, threads(a.rows, a.cols, b.cols));
}

/// The least number of multiplications per thread for which several threads are faster.
#[cfg(feature = "parallel")]
const GRAIN: usize = 1 << 23;

#[cfg(feature = "parallel")]
fn threads(m: usize, k: usize, n: usize) -> Parallelism {
    if m * k * n >= 2 * GRAIN && rayon::current_num_threads() > 1 { Parallelism::Rayon(0) } else { Parallelism::None }
}

#[cfg(not(feature = "parallel"))]
fn threads(_: usize, _: usize, _: usize) -> Parallelism {
    Parallelism::None
}

/// Calls the kernel after checking that all accesses are in bounds.
fn call<T: Real>(a: &Matrix<T>, b: &Matrix<T>, add: bool, out: &mut [T], parallelism: Parallelism) {
    let (m, k, n) = (a.rows, a.cols, b.cols);
    assert!(m > 0 && k > 0 && n > 0 && b.rows == k && out.len() == m * n, "gemm: operands and output do not match");
    for x in [a, b] {
        assert!(x.row_step >= 0 && x.col_step >= 0, "gemm: strides must not be negative");
        let last = x.at + (x.rows - 1) * x.row_step as usize + (x.cols - 1) * x.col_step as usize;
        assert!(last < x.data.len(), "gemm: a matrix exceeds its buffer");
    }
    let (lhs, rhs) = (a.data[a.at..].as_ptr(), b.data[b.at..].as_ptr());
    // The kernels prefer contiguous columns, so this computes the transpose of `out`: the product of the transposed
    // factors in reverse order. Element (i, j) of an operand is at offset `i * row_step + j * col_step` from its pointer,
    // and row i of `out` at i * n.
    //
    // SAFETY: strides are at least 0, so the largest offset is that of the last element, checked above to be in `data`.
    // `out` holds m * n initialized elements, and is borrowed exclusively, so it does not overlap the operands.
    unsafe {
        T::kernel()(
            n,
            m,
            k,
            out.as_mut_ptr(),
            n as isize,
            1,
            add,
            rhs,
            b.row_step,
            b.col_step,
            lhs,
            a.row_step,
            a.col_step,
            T::ONE,
            T::ONE,
            false,
            false,
            false,
            parallelism,
        );
    }
}
