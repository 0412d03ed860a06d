//! L-BFGS: minimization of a deterministic loss with a line search.

mod flat;
mod history;
mod line_search;
mod report;
mod saving;
#[cfg(test)]
mod tests;

pub use report::{LbfgsReport, StopReason};

use crate::setting;
use autograd::{BoundParams, GradientSum, Param, Params, Scalar, Tape, Var};
use history::{History, Pair, dot};
use line_search::{Trial, Wolfe};

/// The limited-memory method of Broyden, Fletcher, Goldfarb and Shanno (Nocedal 1980), with a line search to the strong
/// Wolfe conditions: Nocedal and Wright (2006), algorithms 7.5, 7.4, 3.5 and 3.6.
///
/// It estimates the curvature from its last steps and finds the length of each step by a line search, so it needs no
/// learning rate. The loss must be deterministic: computed from all data, without dropout. It then needs far fewer
/// gradients than gradient descent. Computations are in `f64` for all types of parameters. Frozen parameters do not
/// change.
///
/// | setting | default |
/// |---|---|
/// | [`history_size`](Lbfgs::history_size) | 10 |
/// | [`gradient_tolerance`](Lbfgs::gradient_tolerance) | 1e-7 |
/// | [`change_tolerance`](Lbfgs::change_tolerance) | 1e-12 |
/// | [`max_iterations`](Lbfgs::max_iterations) | 1000 |
/// | line search | c₁ = 1e-4, c₂ = 0.9, at most 25 evaluations |
///
/// ```
/// use autograd::Params;
/// use optim::Lbfgs;
/// use tensor::tensor;
///
/// let mut params = Params::<f64>::new();
/// let x = params.add("x", tensor![-1.2, 1.0]);
/// let report = Lbfgs::new().minimize(&mut params, |net| {
///     let (a, b) = (net.var(x).at([0]), net.var(x).at([1]));
///     (b - a * a).square() * 100.0 + (1.0 - a).square()
/// });
/// assert!(report.converged(), "{report}");
/// assert!((params.get(x) - 1.0).abs().max() < 1e-6);
/// ```
#[derive(Clone, Debug)]
pub struct Lbfgs {
    history_size: usize,
    gradient_tolerance: f64,
    change_tolerance: f64,
    max_iterations: u64,
    wolfe: Wolfe,
    history: History,
    /// The parameters that the history belongs to.
    keys: Vec<Param>,
    iterations: u64,
}

impl Default for Lbfgs {
    fn default() -> Self {
        Lbfgs::new()
    }
}

impl Lbfgs {
    /// Creates the optimizer with the default settings.
    pub fn new() -> Self {
        Lbfgs {
            history_size: 10,
            gradient_tolerance: 1e-7,
            change_tolerance: 1e-12,
            max_iterations: 1000,
            wolfe: Wolfe { c1: 1e-4, c2: 0.9, max_evaluations: 25 },
            history: History::default(),
            keys: Vec::new(),
            iterations: 0,
        }
    }

    /// Sets the number of steps from which the curvature is estimated.
    pub fn history_size(mut self, steps: usize) -> Self {
        self.history_size = steps;
        self
    }

    /// Sets the bound on the infinity norm of the gradient below which the minimization has converged.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN.
    #[track_caller]
    pub fn gradient_tolerance(mut self, tolerance: f64) -> Self {
        self.gradient_tolerance = setting::non_negative("gradient_tolerance", tolerance);
        self
    }

    /// Sets the bound on the change of the loss, relative to max(|loss|, 1), below which the minimization has
    /// converged.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN.
    #[track_caller]
    pub fn change_tolerance(mut self, tolerance: f64) -> Self {
        self.change_tolerance = setting::non_negative("change_tolerance", tolerance);
        self
    }

    /// Sets the maximum number of steps of a call of [`minimize`](Lbfgs::minimize).
    pub fn max_iterations(mut self, iterations: u64) -> Self {
        self.max_iterations = iterations;
        self
    }

    /// Minimizes a loss that is recorded on a tape. Another call continues with the history of this one.
    ///
    /// The store ends with the parameters of the smallest loss found, even if the report says that it did not converge.
    ///
    /// # Panics
    /// If the loss is on another tape than the parameters.
    #[track_caller]
    pub fn minimize<T: Scalar>(
        &mut self,
        params: &mut Params<T>,
        mut loss: impl for<'p, 't> FnMut(&BoundParams<'p, 't, T>) -> Var<'t, T>,
    ) -> LbfgsReport {
        let mut tape = Tape::default();
        self.minimize_with(params, |params| {
            let value = loss(&params.bind(&tape));
            let mut gradients = GradientSum::new();
            gradients.add(params, &value.backward());
            let value = value.value().to_f64();
            tape.reset();
            (value, gradients)
        })
    }

    /// Minimizes a loss whose value and gradients the caller computes, for example in batches or on several threads.
    ///
    /// # Panics
    /// If the shape of a gradient differs from the shape of its parameter.
    #[track_caller]
    pub fn minimize_with<T: Scalar>(
        &mut self,
        params: &mut Params<T>,
        mut loss: impl FnMut(&Params<T>) -> (f64, GradientSum<T>),
    ) -> LbfgsReport {
        let keys = trained(params);
        if keys != self.keys {
            (self.history, self.keys) = (History::default(), keys.clone());
        }
        let mut evaluations = 0;
        // φ(α) along d from x. It leaves x + α d in the store.
        let mut evaluate = |params: &mut Params<T>, x: &[f64], alpha: f64, d: &[f64]| {
            evaluations += 1;
            flat::write(params, &keys, x, alpha, d);
            let (value, gradients) = loss(params);
            let gradient = flat::gradient(params, &keys, &gradients);
            Trial { alpha, value, derivative: dot(&gradient, d), gradient }
        };
        let mut x = flat::values(params, &keys);
        let zero = vec![0.0; x.len()];
        let mut here = evaluate(params, &x, 0.0, &zero);
        let mut iterations = 0;
        let stopped = loop {
            let gradient_norm = infinity_norm(&here.gradient);
            if !(here.value.is_finite() && gradient_norm.is_finite()) {
                break StopReason::NotFinite;
            }
            if gradient_norm <= self.gradient_tolerance {
                break StopReason::SmallGradient;
            }
            if iterations == self.max_iterations {
                break StopReason::MaxIterations;
            }
            let mut d = self.history.direction(&here.gradient);
            if dot(&d, &here.gradient) >= 0.0 {
                // Rounding errors have made the direction point uphill.
                self.history = History::default();
                d = self.history.direction(&here.gradient);
            }
            here = Trial { alpha: 0.0, derivative: dot(&d, &here.gradient), ..here };
            // With a history, the natural step is 1; without one, the first guess has a length of at most about 1.
            let sum: f64 = here.gradient.iter().map(|g| g.abs()).sum();
            let guess = if self.history.pairs.is_empty() { (1.0 / sum).min(1.0) } else { 1.0 };
            let Some(found) = self.wolfe.search(&here, guess, |alpha| evaluate(params, &x, alpha, &d)) else {
                flat::write(params, &keys, &x, 0.0, &zero);
                if self.history.pairs.is_empty() {
                    break StopReason::LineSearchFailed;
                }
                self.history = History::default();
                continue;
            };
            flat::write(params, &keys, &x, found.alpha, &d);
            let new = flat::values(params, &keys);
            let difference = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<f64>>();
            if let Some(pair) = Pair::new(difference(&new, &x), difference(&found.gradient, &here.gradient)) {
                self.history.push(pair, self.history_size);
            }
            let change = here.value - found.value;
            (x, here) = (new, found);
            (iterations, self.iterations) = (iterations + 1, self.iterations + 1);
            if change <= self.change_tolerance * here.value.abs().max(1.0) {
                let small = infinity_norm(&here.gradient) <= self.gradient_tolerance;
                break if small { StopReason::SmallGradient } else { StopReason::SmallChange };
            }
        };
        LbfgsReport { stopped, loss: here.value, gradient_norm: infinity_norm(&here.gradient), iterations, evaluations }
    }
}

/// Returns the parameters that are not frozen.
fn trained<T: Scalar>(params: &Params<T>) -> Vec<Param> {
    params.keys().filter(|&p| !params.is_frozen(p)).collect()
}

/// Returns the largest absolute value; NaN if an element is NaN.
fn infinity_norm(x: &[f64]) -> f64 {
    x.iter().fold(0.0, |max: f64, x| if x.abs() > max || x.is_nan() { x.abs() } else { max })
}
