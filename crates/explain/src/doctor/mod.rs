//! Why a gradient is zero, no number, infinite, vanishing or exploding: the operation at fault, and what helps.

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

/// What ails a gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Problem {
    /// What is asked for is a constant, which has no gradient.
    Constant,
    /// The output does not depend on the variable: it, or what was computed from it, was taken out as a constant.
    Detached,
    /// The output does not depend on the variable: it, or what was computed from it, is not used.
    Unused,
    /// A value is no number or infinite; this is the operation that first made it so.
    NonFiniteValue,
    /// An adjoint is no number or infinite although the value is not; this is the operation whose slope made it so.
    NonFiniteDerivative,
    /// A `where_` hides a value that is no number, but the adjoint still passes through what was not chosen.
    Where,
    /// An operation whose slope is 0 everywhere.
    Flat,
    /// Rectified units that are switched off: this share of them.
    Dead(f64),
    /// Units so far in the tails of their activation that nearly nothing passes: this share of them.
    Saturated(f64),
    /// All of an adjoint is lost in this operation, for another reason: a factor of 0, or shares that cancel.
    Lost,
    /// The adjoint has shrunk by this factor on its way.
    Vanishing(f64),
    /// The adjoint has grown by this factor on its way.
    Exploding(f64),
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Finding {
    /// What it is.
    pub problem: Problem,
    /// The place of the operation at fault in [`Explanation::steps`].
    pub step: Option<usize>,
    /// The operation, with its operands' values.
    pub description: String,
    /// Where the program recorded it, on a traced tape.
    pub line: Option<Line>,
    /// What helps.
    pub suggestion: String,
}

/// What is wrong with the gradients of a derivation; nothing, if they are healthy.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Diagnosis {
    /// What was found, the causes before their consequences.
    pub findings: Vec<Finding>,
}

impl Diagnosis {
    /// Whether nothing was found.
    pub fn is_healthy(&self) -> bool {
        self.findings.is_empty()
    }
}

/// The width of a terminal, unless the caller knows better.
const WIDTH: usize = 100;

impl fmt::Display for Diagnosis {
    /// One paragraph for each finding, for a terminal of 100 columns; `{:80}` writes it for 80.
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

/// Words in lines of a width.
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
    /// What is wrong with these gradients.
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

/// What is wrong with the gradient of an output with respect to a node, also if the output does not depend on it.
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
/// If there is no question to be asked: other tapes, a tensor as the output, an output without a node.
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
