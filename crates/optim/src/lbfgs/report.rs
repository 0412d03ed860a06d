//! How a minimization ended.

use std::fmt;

/// How a minimization ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LbfgsReport {
    /// Why it ended.
    pub stopped: Stopped,
    /// The loss at the end.
    pub loss: f64,
    /// The size of the largest slope at the end.
    pub slope: f64,
    /// How many steps were taken.
    pub iterations: u64,
    /// How often loss and gradient were computed.
    pub evaluations: u64,
}

/// Why a minimization ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// No slope is larger than the tolerance: a minimum, or another flat point.
    SmallGradient,
    /// The loss hardly changes any more.
    SmallChange,
    /// The steps that were allowed are taken.
    MaxIterations,
    /// Not even along the steepest descent is the loss smaller: the gradient is wrong, or all digits are used up.
    LineSearchFailed,
    /// At the start, loss or gradient are not finite.
    NotFinite,
}

impl LbfgsReport {
    /// Whether a tolerance was met.
    pub fn converged(&self) -> bool {
        matches!(self.stopped, Stopped::SmallGradient | Stopped::SmallChange)
    }
}

impl fmt::Display for LbfgsReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.stopped {
            Stopped::SmallGradient => "converged: the gradient is small",
            Stopped::SmallChange => "converged: the loss hardly changes",
            Stopped::MaxIterations => "not converged: no more steps were allowed",
            Stopped::LineSearchFailed => "not converged: no step made the loss smaller",
            Stopped::NotFinite => "not converged: loss or gradient are not finite",
        };
        let LbfgsReport { loss, slope, iterations, evaluations, .. } = self;
        write!(f, "{why}; loss {loss:e}, largest slope {slope:e}, {iterations} steps, {evaluations} evaluations")
    }
}
