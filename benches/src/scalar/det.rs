//! DET: the determinant of a 3 by 3 matrix, the smallest thing anyone would differentiate.

use super::check::Expected;
use super::number::{Number, Objective};

/// The determinant of nine numbers, row by row.
#[derive(Clone, Copy, Debug)]
pub struct Determinant;

impl Objective for Determinant {
    fn start(&self) -> Vec<f64> {
        vec![2.0, -1.0, 3.0, 0.5, 4.0, -2.0, 1.0, 1.5, -0.5]
    }

    #[inline]
    fn eval<R: Number>(&self, m: &[R]) -> R {
        let minor = |a: usize, b: usize, c: usize, d: usize| m[a] * m[d] - m[b] * m[c];
        m[0] * minor(4, 5, 7, 8) - m[1] * minor(3, 5, 6, 8) + m[2] * minor(3, 4, 6, 7)
    }
}

/// The gradient is the matrix of cofactors: 1, -1.75, -3.25, 4, -4, -4, -10, 5.5, 8.5.
pub(super) const EXPECTED: Expected = Expected {
    ops: 14,
    value: -6.0,
    sum: -4.0,
    norm: 16.28265948793378,
    first: &[1.0, -1.75, -3.25, 4.0, -4.0, -4.0, -10.0, 5.5, 8.5],
    first_tolerance: 1e-8,
};
