//! S1: the chained Rosenbrock function, Σ 100 (x_{i+1} - x_i²)² + (1 - x_i)².

use super::check::Expected;
use super::number::{Number, Objective};
use std::ops::Sub;

/// The chained Rosenbrock function of n variables.
#[derive(Clone, Copy, Debug)]
pub struct Rosenbrock {
    n: usize,
}

impl Rosenbrock {
    /// Creates the function of n variables.
    pub fn new(n: usize) -> Self {
        Rosenbrock { n }
    }
}

impl Objective for Rosenbrock {
    /// The point has multiples of 1/4, so the value is exact.
    fn start(&self) -> Vec<f64> {
        (0..self.n).map(|i| 0.25 * (i % 7) as f64 - 0.75).collect()
    }

    #[inline]
    fn eval<R: Number>(&self, x: &[R]) -> R
    where
        f64: Sub<R, Output = R>,
    {
        let mut sum = x[0].constant(0.0);
        for pair in x.windows(2) {
            let t = pair[1] - pair[0] * pair[0];
            let u = 1.0 - pair[0];
            sum = sum + (t * t * 100.0 + u * u);
        }
        sum
    }
}

pub(super) const EXPECTED: Expected = Expected {
    ops: 7992,
    value: 52667.734375,
    sum: -77206.75,
    norm: 9959.845427389924,
    first: &[-322.25, -315.5, -108.75, -14.5, 4.75],
    first_tolerance: 1e-8,
};
