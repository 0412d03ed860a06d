//! Derivatives compared with finite differences: each factor for its operation alone, and the whole gradient.

mod local;
mod replay;
mod whole;

pub use autograd::check::Verdict;
pub(crate) use local::local;
pub(crate) use whole::{Budget, whole};

use autograd::check::{Comparison, Differences, Method, Sample, Tolerance};
use tensor::Tensor;

const METHOD: Method = Method::FivePoint;

/// The comparison of a derivative with finite differences, for the element with the worst result.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Check {
    /// The row-major index of the element in the operand.
    pub element: usize,
    /// The derivative by the rules. For the check of a factor: ∂⟨u, y⟩/∂x for this element, where u is 1 for a scalar
    /// and a fixed tensor of weights otherwise. For the whole: the gradient.
    pub analytic: f64,
    /// The derivative by differences; NaN if there is none.
    pub numeric: f64,
    /// |analytic - numeric| divided by the larger absolute value; 0 if both are 0.
    pub relative_error: f64,
    /// The result.
    pub verdict: Verdict,
    /// The number of elements that were compared.
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
    /// assert_eq!(check("relu").mark(), "∧"); // a kink: the derivative is 0 on the left and 1 on the right
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

    /// The rank of the verdict from harmless to wrong, and the relative error.
    pub(crate) fn severity(&self) -> (u8, f64) {
        let rank = match self.verdict {
            Verdict::Agrees => 0,
            Verdict::Unresolved => 1,
            Verdict::Kink { .. } => 2,
            Verdict::Differs => 3,
        };
        (rank, self.relative_error)
    }
}

/// Compares the gradient of a function at `x` with differences, for at most `most` elements that are evenly spaced.
fn check(
    x: &Tensor<f64>,
    gradient: &Tensor<f64>,
    most: usize,
    accuracy: Accuracy,
    function: impl Fn(Tensor<f64>) -> Sample,
) -> Option<Check> {
    let (values, gradient) = (x.to_vec(), gradient.to_vec());
    let tested = values.len().min(most);
    let here = function(x.clone());
    let check = |element: usize| {
        let function = |value: f64| {
            let mut x = x.copy();
            x.data_mut()[element] = value;
            function(x)
        };
        let (x, analytic, epsilon) = (values[element], gradient[element], accuracy.epsilon);
        let differences = Differences { function: &function, x, here, method: METHOD, scale: 1.0, epsilon };
        let Comparison { numeric, relative_error, verdict, .. } = differences.compare(analytic, accuracy.tolerance);
        Check { element, analytic, numeric, relative_error, verdict, tested }
    };
    let checks = (0..tested).map(|i| check(i * values.len() / tested));
    checks.reduce(|worst, c| if c.severity() > worst.severity() { c } else { worst })
}

/// Returns <u, y>, or NaN if there is no value.
fn inner(u: &[f64], y: Option<Tensor<f64>>) -> Sample {
    y.map_or(Sample { value: f64::NAN, size: f64::NAN }, |y| Sample::dot(y.to_vec().into_iter().zip(u.iter().copied())))
}

/// How precisely a function is evaluated, and its derivative is known.
#[derive(Clone, Copy)]
struct Accuracy {
    epsilon: f64,
    tolerance: Tolerance,
}

impl Accuracy {
    /// The precision of a tape in single or double precision. `is_replayed_in_double`: whether the operations are
    /// evaluated again in double precision; see [`replay`].
    fn new(is_single: bool, is_replayed_in_double: bool) -> Self {
        let default = Tolerance::default_for(METHOD);
        let (epsilon, relative) = match (is_single, is_replayed_in_double) {
            (false, _) => (f64::EPSILON, default.relative),
            (true, true) => (f64::EPSILON, 1e-4),
            (true, false) => (f64::from(f32::EPSILON), 2e-2),
        };
        Accuracy { epsilon, tolerance: Tolerance { relative, ..default } }
    }
}
