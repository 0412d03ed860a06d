//! DET: the determinant of a 3 by 3 matrix, as an example of a very small function.
//!
//! It is the expansion by minors along the first row for any size, as in other speed tests of automatic
//! differentiation. (A compiler that knows the size reduces it to nine products in two nanoseconds, which no tape can
//! approach.)

use super::check::Expected;
use super::number::{Number, Objective};

/// The determinant of a matrix, given row by row.
#[derive(Clone, Debug)]
pub struct Determinant {
    rows: usize,
}

impl Determinant {
    /// Creates the function for three rows, a number hidden from the compiler.
    pub fn new() -> Self {
        Determinant { rows: std::hint::black_box(3) }
    }
}

impl Default for Determinant {
    fn default() -> Self {
        Determinant::new()
    }
}

/// Returns the determinant of the rows from `row` on and the columns that are not `used`; there must be at least one.
fn minor<R: Number>(m: &[R], n: usize, row: usize, used: u32) -> R {
    let mut sum: Option<R> = None;
    let mut negative = false;
    for column in (0..n).filter(|&c| used & (1 << c) == 0) {
        let mut term = m[row * n + column];
        if row + 1 < n {
            term = term * minor(m, n, row + 1, used | 1 << column);
        }
        sum = Some(match sum {
            None => term,
            Some(sum) if negative => sum - term,
            Some(sum) => sum + term,
        });
        negative = !negative;
    }
    sum.unwrap_or(m[0])
}

impl Objective for Determinant {
    fn start(&self) -> Vec<f64> {
        vec![2.0, -1.0, 3.0, 0.5, 4.0, -2.0, 1.0, 1.5, -0.5]
    }

    fn eval<R: Number>(&self, m: &[R]) -> R {
        minor(m, self.rows, 0, 0)
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
