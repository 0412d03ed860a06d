//! Diagnosis of a gradient that is zero, NaN, infinite, vanishing or exploding: the operation at fault, and
//! suggestions.

mod examine;
mod suggestion;
mod unconnected;

use crate::error::ExplainError;
use crate::explain::Explain;
use crate::explanation::{Explanation, Line};
use crate::target::Target;
use autograd::Scalar;
use std::fmt;
use unicode_width::UnicodeWidthStr;

/// A problem of a gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Problem {
    /// The requested node is a constant, which has no gradient.
    Constant,
    /// The output does not depend on the variable: the variable, or a value computed from it, was detached.
    Detached,
    /// The output does not depend on the variable: the variable, or all values computed from it, are not used.
    Unused,
    /// A value is NaN or infinite. The finding is the first such operation.
    NonFiniteValue,
    /// An adjoint is NaN or infinite, but the value is finite. The finding is the operation with the non-finite
    /// derivative.
    NonFiniteDerivative,
    /// `where_` hides a non-finite value, but the adjoint still passes through the branch that was not selected.
    Where,
    /// The derivative of the operation is 0 everywhere.
    Flat,
    /// ReLU units with derivative 0: this fraction of the units.
    Dead(f64),
    /// Units in the tails of their activation, where the derivative is almost 0: this fraction of the units.
    Saturated(f64),
    /// The whole adjoint is lost in this operation for another reason: a factor of 0, or contributions that cancel.
    Lost,
    /// The adjoint has shrunk to this fraction of the cotangent.
    Vanishing(f64),
    /// The adjoint has grown to this multiple of the cotangent.
    Exploding(f64),
}

/// One problem that was found.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// The problem.
    pub problem: Problem,
    /// The index of the operation at fault in [`Explanation::steps`].
    pub step: Option<usize>,
    /// A description: the operation, with the values of its operands.
    pub description: String,
    /// The source line that recorded the operation, on a traced tape.
    pub line: Option<Line>,
    /// A suggestion for a correction.
    pub suggestion: String,
}

/// The problems of the gradients of a derivation; none if they are healthy.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Diagnosis {
    /// The findings, causes before consequences.
    pub findings: Vec<Finding>,
}

impl Diagnosis {
    /// Returns whether there are no findings.
    pub fn is_healthy(&self) -> bool {
        self.findings.is_empty()
    }
}

/// The default width in columns.
const WIDTH: usize = 100;

impl fmt::Display for Diagnosis {
    /// Writes one paragraph for each finding. `{:80}` sets the width in columns. Default: 100.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_healthy() {
            return f.write_str("The gradients are healthy.");
        }
        let width = f.width().unwrap_or(WIDTH);
        for (i, finding) in self.findings.iter().enumerate() {
            let end = if i == 0 { "" } else { "\n" };
            let line = finding.line.as_ref().map(|l| format!(" ({l})")).unwrap_or_default();
            write!(f, "{end}{}{line}", finding.description)?;
            for line in wrapped(&finding.suggestion, width.saturating_sub(2)) {
                write!(f, "\n  {line}")?;
            }
        }
        Ok(())
    }
}

/// Breaks text into lines of at most `width` columns.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = vec![];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width => line.extend([" ", word]),
            _ => lines.push(word.into()),
        }
    }
    lines
}

impl Explanation {
    /// Returns the problems of these gradients.
    ///
    /// ```
    /// use autograd::Tape;
    /// use explain::{Problem, Explainable};
    /// let tape = Tape::new();
    /// let x = tape.var(0.3_f64).named("x");
    /// let diagnosis = x.heaviside().explain().diagnose();
    /// assert_eq!(diagnosis.findings[0].problem, Problem::Flat);
    /// assert!(diagnosis.to_string().contains("L = heaviside(x)"));
    /// ```
    pub fn diagnose(&self) -> Diagnosis {
        Diagnosis { findings: examine::examine(self) }
    }
}

/// Diagnoses the gradient of an output with respect to a node, also if the output does not depend on the node.
///
/// ```
/// use autograd::Tape;
/// use explain::{Problem, diagnose};
/// let tape = Tape::new();
/// let x = tape.var(3.0_f64).named("x");
/// let w = tape.var(1.0).named("w");
/// assert_eq!(diagnose(x.detach() * w, x)?.findings[0].problem, Problem::Detached);
/// assert_eq!(diagnose(x * x, w)?.findings[0].problem, Problem::Unused);
/// # Ok::<(), explain::ExplainError>(())
/// ```
///
/// # Errors
/// If the output has no node or is a tensor with more than one element, or if the node is on another tape.
pub fn diagnose<'t, T: Scalar>(
    output: impl Into<Target<'t, T>>,
    wrt: impl Into<Target<'t, T>>,
) -> Result<Diagnosis, ExplainError> {
    let wrt = wrt.into();
    match Explain::of(output).wrt(&[wrt]).checked(false).run() {
        Ok(explanation) => Ok(explanation.diagnose()),
        Err(ExplainError::Unconnected { .. }) => Ok(Diagnosis { findings: vec![unconnected::finding(wrt.node())] }),
        Err(error) => Err(error),
    }
}
