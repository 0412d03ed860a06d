//! The result of a minimization.

use std::fmt;

/// The result of [`Lbfgs::minimize`](crate::Lbfgs::minimize).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LbfgsReport {
    /// The reason why the minimization stopped.
    pub stopped: StopReason,
    /// The loss at the end.
    pub loss: f64,
    /// The infinity norm of the gradient at the end: the largest absolute value of a partial derivative.
    pub gradient_norm: f64,
    /// The number of steps.
    pub iterations: u64,
    /// The number of evaluations of the loss and its gradient.
    pub evaluations: u64,
}

/// The reason why a minimization stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// The gradient is within the tolerance: the point is a minimum or another stationary point.
    SmallGradient,
    /// The change of the loss is within the tolerance.
    SmallChange,
    /// The maximum number of steps was reached.
    MaxIterations,
    /// No step decreased the loss, not even along the direction of steepest descent: the gradient is wrong, or rounding
    /// errors dominate.
    LineSearchFailed,
    /// The loss or the gradient is not finite at the start.
    NotFinite,
}

impl LbfgsReport {
    /// Returns whether the gradient or the change of the loss is within its tolerance.
    pub fn converged(&self) -> bool {
        matches!(self.stopped, StopReason::SmallGradient | StopReason::SmallChange)
    }
}

impl fmt::Display for LbfgsReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.stopped {
            StopReason::SmallGradient => "converged: the gradient is small",
            StopReason::SmallChange => "converged: the change of the loss is small",
            StopReason::MaxIterations => "not converged: reached the maximum number of steps",
            StopReason::LineSearchFailed => "not converged: no step decreased the loss",
            StopReason::NotFinite => "not converged: the loss or the gradient is not finite",
        };
        let LbfgsReport { loss, gradient_norm, iterations, evaluations, .. } = self;
        write!(
            f,
            "{why}; loss {loss:e}, gradient norm {gradient_norm:e}, {iterations} steps, {evaluations} evaluations"
        )
    }
}
