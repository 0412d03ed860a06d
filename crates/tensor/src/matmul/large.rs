//! Large products, by the crates `gemm-f32` and `gemm-f64`: strides passed through, threads where they pay.

use crate::gemm::Matrix;
use crate::real::Real;
use gemm_common::Parallelism;

/// out = a b, or out + a b; a and b have rows or columns in one piece.
pub(super) fn product<T: Real>(a: &Matrix<T>, b: &Matrix<T>, add: bool, out: &mut [T]) {
    call(a, b, add, out, threads(a.rows, a.cols, b.cols));
}

/// Products of fewer multiplications do not gain from a second thread.
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

/// Calls the crate after checking that every element it will touch is there.
fn call<T: Real>(a: &Matrix<T>, b: &Matrix<T>, add: bool, out: &mut [T], parallelism: Parallelism) {
    let (m, k, n) = (a.rows, a.cols, b.cols);
    assert!(m > 0 && k > 0 && n > 0 && b.rows == k && out.len() == m * n, "gemm: operands and output do not match");
    for x in [a, b] {
        assert!(x.row_step >= 0 && x.col_step >= 0, "gemm: a negative stride");
        let last = x.at + (x.rows - 1) * x.row_step as usize + (x.cols - 1) * x.col_step as usize;
        assert!(last < x.data.len(), "gemm: a matrix reaches outside its buffer");
    }
    let (lhs, rhs) = (a.data[a.at..].as_ptr(), b.data[b.at..].as_ptr());
    // The kernels prefer columns in one piece: what is computed is the transpose of `out`, by the transposes of the
    // factors in the other order.
    //
    // SAFETY: element (i, j) of an operand lies `i * row_step + j * col_step` past its pointer; both steps are at least
    // 0, so the farthest is (rows - 1, cols - 1), which was just checked to lie in `data`. `out` holds m * n elements,
    // row i at i * n; it is borrowed exclusively, so it overlaps neither operand, and it is initialized, so it may be
    // read.
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
