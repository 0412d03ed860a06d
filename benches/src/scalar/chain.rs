//! S6: one long chain, x ← p₁ sin x + p₂, ten million operations.

use super::check::Expected;
use super::number::{Number, Objective};

/// The chain.
///
/// At its fixed point 0.7 the derivative of a step is 1, so adjoints decrease only quadratically with the distance from
/// the end, and no engine can skip any.
#[derive(Clone, Copy, Debug)]
pub struct Chain {
    steps: usize,
}

/// The number of steps with 9,999,999 operations.
pub(super) const STEPS: usize = 3_333_333;

impl Chain {
    /// Creates a chain of `steps` steps.
    pub fn new(steps: usize) -> Self {
        Chain { steps }
    }
}

impl Objective for Chain {
    /// The start of the chain, p₁ = 1 / cos 0.7 and p₂ = 0.7 - tan 0.7.
    fn start(&self) -> Vec<f64> {
        vec![1.2, 1.3074592597335937, -0.14228838046307946]
    }

    #[inline]
    fn eval<R: Number>(&self, p: &[R]) -> R {
        let mut x = p[0];
        for _ in 0..self.steps {
            x = x.sin() * p[1] + p[2];
        }
        x
    }
}

pub(super) const EXPECTED: Expected = Expected {
    ops: 9_999_999,
    value: 0.7000007121873975,
    sum: 1827079.9520355929,
    norm: 1321840.1019388814,
    first: &[1.1729179616332571e-12, 715865.1426062057, 1111214.809429387],
    first_tolerance: 1e-6,
};
