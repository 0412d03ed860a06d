//! Every factor against a difference of its operation alone, and the whole gradient against a difference of the whole.

mod difference;
mod local;
mod replay;
mod whole;

pub use difference::Verdict;
pub(crate) use local::local;
pub(crate) use whole::{Budget, whole};

use difference::{Measured, Precise};
use tensor::Tensor;

/// What a central difference says of a derivative: of the element where they are furthest apart.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Check {
    /// The element of the operand, counted in row-major order.
    pub element: usize,
    /// The derivative by the rules: ∂⟨u, y⟩/∂x for that element, with u = 1 for numbers and a fixed vector of mixed
    /// weights for tensors; for the whole, the gradient.
    pub analytic: f64,
    /// The same by differences.
    pub numeric: f64,
    /// How far apart they are, relative to the larger; 0 if both are 0.
    pub relative_error: f64,
    /// What that means.
    pub verdict: Verdict,
    /// How many elements were looked at.
    pub tested: usize,
}

impl Check {
    /// The mark of a table: a tick, a cross, or a sign for what a difference cannot settle.
    ///
    /// ```
    /// use autograd::Tape;
    /// use explain::{Explainable, Verdict};
    /// let tape = Tape::new();
    /// let x = tape.var(0.0_f64).named("x");
    /// let e = (x.relu() + x.exp()).explain();
    /// let check = |operation| {
    ///     let step = e.steps.iter().find(|s| s.operation == operation).unwrap();
    ///     step.edges[0].check.clone().unwrap()
    /// };
    /// assert_eq!(check("exp").mark(), "✓");
    /// assert_eq!(check("relu").mark(), "∧"); // a corner: slope 0 to the left, 1 to the right
    /// let Verdict::Kink { left, right } = check("relu").verdict else { panic!() };
    /// assert!(left == 0.0 && (right - 1.0).abs() < 1e-9);
    /// ```
    pub fn mark(&self) -> &'static str {
        match self.verdict {
            Verdict::Agrees => "✓",
            Verdict::Differs => "✗",
            Verdict::Kink { .. } => "∧",
            Verdict::Unresolved => "?",
        }
    }
}

/// The worst of several elements.
fn worst(measured: impl Iterator<Item = (usize, f64, Measured)>) -> Option<Check> {
    let mut found: Option<Check> = None;
    let mut tested = 0;
    for (element, analytic, m) in measured {
        tested += 1;
        let check = Check {
            element,
            analytic,
            numeric: m.numeric,
            relative_error: m.relative_error,
            verdict: m.verdict,
            tested,
        };
        let worse = found.as_ref().is_none_or(|f| {
            let (old, new) = (f.verdict.badness(), check.verdict.badness());
            new > old || new == old && check.relative_error > f.relative_error
        });
        if worse {
            found = Some(check);
        }
    }
    found.map(|check| Check { tested, ..check })
}

/// Which of `n` elements to look at, if only some can be: spread evenly.
fn chosen(n: usize, most: usize) -> impl Iterator<Item = usize> {
    let count = n.min(most);
    (0..count).map(move |i| i * n / count)
}

/// A tensor with one element replaced.
fn replaced(x: &Tensor<f64>, element: usize, value: f64) -> Tensor<f64> {
    let mut x = x.copy();
    x.data_mut()[element] = value;
    x
}

/// <u, y>.
fn inner(u: &[f64], y: &Tensor<f64>) -> f64 {
    u.iter().zip(y.to_vec()).map(|(u, y)| if *u == 0.0 { 0.0 } else { u * y }).sum()
}

/// How precise the values of a tape are, and those of a function replayed on it.
fn precise(single: bool, exact: bool) -> Precise {
    match (single, exact) {
        (false, _) => Precise { epsilon: f64::EPSILON, tolerance: 1e-6 },
        (true, true) => Precise { epsilon: f64::EPSILON, tolerance: 1e-4 },
        (true, false) => Precise { epsilon: f64::from(f32::EPSILON), tolerance: 2e-2 },
    }
}
