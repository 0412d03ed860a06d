//! The result of a gradient check: what agreed, or which derivatives are wrong.

use std::fmt;
use tensor::Shape;

/// The comparison that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Check {
    /// The value of the function is NaN.
    Value,
    /// The gradient is NaN.
    Gradient,
    /// Reverse mode differs from finite differences.
    Difference,
    /// At a kink, reverse mode is not between the derivatives on both sides.
    Kink,
    /// Reverse mode differs from forward mode: <v, J u> is not <Jᵀ v, u>. From the second order on, this tests the
    /// symmetry of the Hessian.
    Adjoint,
    /// The gradient of the reverse sweep differs from the gradient recorded on the tape.
    Recorded,
}

/// A derivative that is wrong.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Failure {
    /// The comparison that failed.
    pub check: Check,
    /// The order of the derivative, 1 for the gradient.
    pub order: usize,
    /// The index of the scalar or tensor of the input, from 0; `None` for the output, or for all inputs together.
    pub input: Option<usize>,
    /// The shape of that input, or of the output.
    pub shape: Shape,
    /// The index of the element; empty for a scalar.
    pub index: Vec<usize>,
    /// The derivative by reverse mode.
    pub analytic: f64,
    /// The value it was compared with.
    pub numeric: f64,
}

impl Failure {
    /// |analytic - numeric|.
    pub fn absolute(&self) -> f64 {
        if self.analytic == self.numeric { 0.0 } else { (self.analytic - self.numeric).abs() }
    }

    /// |analytic - numeric| / max(|analytic|, |numeric|), at most 2; infinite if one of them is not finite.
    pub fn relative(&self) -> f64 {
        let relative = self.absolute() / self.analytic.abs().max(self.numeric.abs());
        if relative.is_nan() { f64::INFINITY } else { relative }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.input {
            Some(input) => write!(f, "input {input}")?,
            None if self.check == Check::Value => write!(f, "output")?,
            None => write!(f, "all inputs together")?,
        }
        if !self.index.is_empty() {
            write!(f, " at {:?} of {}", self.index, self.shape)?;
        }
        let numeric = match self.check {
            Check::Value => return write!(f, ": the value is {}", self.analytic),
            Check::Gradient => {
                let order = if self.order == 1 { "" } else { " (second order)" };
                return write!(
                    f,
                    ": the gradient{order} is {}, but the difference is {:.9e}",
                    self.analytic, self.numeric
                );
            }
            Check::Difference => "difference",
            Check::Kink => "nearest one-sided derivative at the kink",
            Check::Adjoint => "forward mode",
            Check::Recorded => "recorded gradient",
        };
        write!(
            f,
            ": {:.9e}, but the {numeric} is {:.9e} (error {:.1e}, relative {:.1e}",
            self.analytic,
            self.numeric,
            self.absolute(),
            self.relative()
        )?;
        match self.order {
            1 => write!(f, ")"),
            2 => write!(f, "; second order)"),
            n => write!(f, "; order {n})"),
        }
    }
}

/// The derivatives that are wrong, worst first.
///
/// The message has one line for each of the first ten, with the input and element, the derivative, the value it was
/// compared with, and the errors.
#[derive(Clone, PartialEq)]
pub struct GradCheckError {
    failures: Vec<Failure>,
    checked: usize,
}

impl GradCheckError {
    pub(crate) fn new(mut failures: Vec<Failure>, checked: usize) -> Self {
        let rank = |f: &Failure| (f.check != Check::Value, f.order);
        failures.sort_by(|a, b| {
            let errors = b.relative().total_cmp(&a.relative()).then(b.absolute().total_cmp(&a.absolute()));
            rank(a).cmp(&rank(b)).then(errors)
        });
        GradCheckError { failures, checked }
    }

    /// All comparisons that failed, worst first.
    pub fn failures(&self) -> &[Failure] {
        &self.failures
    }

    /// The number of derivatives that were checked.
    pub fn derivatives(&self) -> usize {
        self.checked
    }
}

impl fmt::Display for GradCheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 10;
        let n = self.failures.len();
        let s = if n == 1 { "" } else { "s" };
        write!(f, "{n} comparison{s} failed in checking {} derivatives:", self.checked)?;
        for failure in self.failures.iter().take(SHOWN) {
            write!(f, "\n  {failure}")?;
        }
        if n > SHOWN {
            write!(f, "\n  and {} more", n - SHOWN)?;
        }
        Ok(())
    }
}

tensor::debug_as_display!(GradCheckError);

impl std::error::Error for GradCheckError {}

/// An element of the input, and an order of differentiation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Place {
    /// The index of the scalar or tensor of the input, from 0.
    pub input: usize,
    /// The index of the element; empty for a scalar.
    pub index: Vec<usize>,
    /// The order of the derivative, 1 for the gradient.
    pub order: usize,
}

/// The result of a check without errors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checked {
    pub(crate) derivatives: usize,
    pub(crate) largest: f64,
    pub(crate) kinks: Vec<Place>,
    pub(crate) unresolved: Vec<Place>,
    pub(crate) forward: bool,
}

impl Checked {
    /// Adds the results of another part of the check.
    pub(crate) fn add(&mut self, other: Checked) {
        self.derivatives += other.derivatives;
        self.largest = self.largest.max(other.largest);
        self.kinks.extend(other.kinks);
        self.unresolved.extend(other.unresolved);
        self.forward &= other.forward;
    }

    /// The number of derivatives that were compared with differences.
    pub fn derivatives(&self) -> usize {
        self.derivatives
    }

    /// The largest relative error of these comparisons.
    pub fn largest_error(&self) -> f64 {
        self.largest
    }

    /// The elements at which the function has a kink. The derivative there is between the derivatives on both sides.
    pub fn kinks(&self) -> &[Place] {
        &self.kinks
    }

    /// The elements for which the differences are too inaccurate: the derivative is below the rounding error of the
    /// value, or the function cannot be evaluated near the point. Forward mode and the recorded gradient were compared
    /// there too.
    pub fn unresolved(&self) -> &[Place] {
        &self.unresolved
    }

    /// Whether forward mode was checked; `false` if a custom operation has no rule for it.
    pub fn forward(&self) -> bool {
        self.forward
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} derivatives agree to {:.1e}", self.derivatives, self.largest)?;
        if !self.kinks.is_empty() {
            write!(f, ", {} of them at kinks", self.kinks.len())?;
        }
        if !self.unresolved.is_empty() {
            write!(f, ", {} unresolved by differences", self.unresolved.len())?;
        }
        if !self.forward {
            write!(f, "; forward mode was not checked")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(index: usize, analytic: f64, numeric: f64) -> Failure {
        let shape = Shape::from([20]);
        Failure { check: Check::Difference, order: 1, input: Some(1), shape, index: vec![index], analytic, numeric }
    }

    #[test]
    fn worst_first_and_ten_lines() {
        let failures = (0..15).map(|i| failure(i, 1.0, 1.0 + 0.01 * i as f64)).collect();
        let e = GradCheckError::new(failures, 20);
        assert_eq!(e.failures()[0].index, [14]);
        let text = e.to_string();
        assert!(
            text.starts_with("15 comparisons failed in checking 20 derivatives:\n  input 1 at [14] of (20,): "),
            "{text}"
        );
        assert!(text.ends_with("and 5 more"), "{text}");
        assert_eq!(text.lines().count(), 12);
    }

    #[test]
    fn nan_is_worst() {
        let e = GradCheckError::new(vec![failure(0, 1.0, -1.0), failure(1, f64::NAN, 1.0)], 2);
        assert_eq!(e.failures()[0].index, [1]);
        assert_eq!(e.failures()[1].relative(), 2.0);
    }
}
