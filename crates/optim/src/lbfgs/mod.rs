//! L-BFGS: few, far-sighted steps on the whole loss.

mod flat;
mod history;
mod line_search;
mod report;
mod saving;
#[cfg(test)]
mod tests;

pub use report::{LbfgsReport, Stopped};

use crate::setting;
use autograd::{BoundParams, GradientSum, Param, Params, Scalar, Tape, Var};
use history::{History, Pair, dot};
use line_search::{Trial, Wolfe};

/// The limited-memory method of Broyden, Fletcher, Goldfarb and Shanno (Nocedal 1980), with a line search to the strong
/// Wolfe conditions: Nocedal and Wright (2006), algorithms 7.5, 7.4, 3.5 and 3.6.
///
/// It learns the curvature from its last steps and takes each as far as it pays. For a loss that is the same at every
/// call: all data at once, no dropout. There it needs far fewer gradients than descent, and no learning rate. It
/// works in `f64` whatever the parameters are; frozen parameters stay as they are.
///
/// | default | |
/// |---|---|
/// | history | 10 steps |
/// | converged when | no slope exceeds 1e-7, or the loss changes by less than 1e-12 of itself (or of 1) |
/// | iterations at most | 1000 |
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
    most: usize,
    gradient_tolerance: f64,
    change_tolerance: f64,
    max_iterations: u64,
    wolfe: Wolfe,
    history: History,
    /// Of which parameters the history tells.
    keys: Vec<Param>,
    iterations: u64,
}

impl Default for Lbfgs {
    fn default() -> Self {
        Lbfgs::new()
    }
}

impl Lbfgs {
    /// With the defaults above.
    pub fn new() -> Self {
        Lbfgs {
            most: 10,
            gradient_tolerance: 1e-7,
            change_tolerance: 1e-12,
            max_iterations: 1000,
            wolfe: Wolfe { c1: 1e-4, c2: 0.9, max_evaluations: 25 },
            history: History::default(),
            keys: Vec::new(),
            iterations: 0,
        }
    }

    /// How many steps are remembered.
    pub fn history(mut self, steps: usize) -> Self {
        self.most = steps;
        self
    }

    /// Converged when no slope is larger than this.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN.
    #[track_caller]
    pub fn gradient_tolerance(mut self, tolerance: f64) -> Self {
        self.gradient_tolerance = setting::from_zero("the tolerance of the gradient", tolerance);
        self
    }

    /// Converged when the loss changes by no more than this share of itself, or of 1 where it is smaller.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN.
    #[track_caller]
    pub fn change_tolerance(mut self, tolerance: f64) -> Self {
        self.change_tolerance = setting::from_zero("the tolerance of the change", tolerance);
        self
    }

    /// How many steps a call of [`minimize`](Lbfgs::minimize) takes at most.
    pub fn max_iterations(mut self, iterations: u64) -> Self {
        self.max_iterations = iterations;
        self
    }

    /// Minimizes a loss that is recorded on a tape. Called again, it goes on with what it has learned of the curvature.
    ///
    /// The parameters end where the loss was least; also if the report says that no minimum was found.
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

    /// Minimizes a loss of which the caller gives value and gradients: computed in batches, on threads, by hand.
    ///
    /// # Panics
    /// If a gradient has another shape than its parameter.
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
        // φ(α) along d from x, with the numbers there left in the store.
        let mut look = |params: &mut Params<T>, x: &[f64], alpha: f64, d: &[f64]| {
            evaluations += 1;
            flat::write(params, &keys, x, alpha, d);
            let (value, gradients) = loss(params);
            let gradient = flat::slopes(params, &keys, &gradients);
            Trial { alpha, value, slope: dot(&gradient, d), gradient }
        };
        let mut x = flat::numbers(params, &keys);
        let nowhere = vec![0.0; x.len()];
        let mut here = look(params, &x, 0.0, &nowhere);
        let mut iterations = 0;
        let stopped = loop {
            let slope = largest(&here.gradient);
            if !(here.value.is_finite() && slope.is_finite()) {
                break Stopped::NotFinite;
            }
            if slope <= self.gradient_tolerance {
                break Stopped::SmallGradient;
            }
            if iterations == self.max_iterations {
                break Stopped::MaxIterations;
            }
            let mut d = self.history.direction(&here.gradient);
            if dot(&d, &here.gradient) >= 0.0 {
                // Rounding has spoilt the history.
                self.history = History::default();
                d = self.history.direction(&here.gradient);
            }
            here = Trial { alpha: 0.0, slope: dot(&d, &here.gradient), ..here };
            // With a history the natural step is 1; without, one of about length 1 at most.
            let sum: f64 = here.gradient.iter().map(|g| g.abs()).sum();
            let guess = if self.history.pairs.is_empty() { (1.0 / sum).min(1.0) } else { 1.0 };
            let Some(found) = self.wolfe.search(&here, guess, |alpha| look(params, &x, alpha, &d)) else {
                flat::write(params, &keys, &x, 0.0, &nowhere);
                if self.history.pairs.is_empty() {
                    break Stopped::LineSearchFailed;
                }
                self.history = History::default();
                continue;
            };
            flat::write(params, &keys, &x, found.alpha, &d);
            let new = flat::numbers(params, &keys);
            let difference = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<f64>>();
            if let Some(pair) = Pair::new(difference(&new, &x), difference(&found.gradient, &here.gradient)) {
                self.history.push(pair, self.most);
            }
            let change = here.value - found.value;
            (x, here) = (new, found);
            (iterations, self.iterations) = (iterations + 1, self.iterations + 1);
            if change <= self.change_tolerance * here.value.abs().max(1.0) {
                let small = largest(&here.gradient) <= self.gradient_tolerance;
                break if small { Stopped::SmallGradient } else { Stopped::SmallChange };
            }
        };
        LbfgsReport { stopped, loss: here.value, slope: largest(&here.gradient), iterations, evaluations }
    }
}

/// The parameters that are not frozen.
fn trained<T: Scalar>(params: &Params<T>) -> Vec<Param> {
    params.keys().filter(|&p| !params.is_frozen(p)).collect()
}

/// The size of the largest element; NaN if one is NaN.
fn largest(x: &[f64]) -> f64 {
    x.iter().fold(0.0, |most: f64, x| if x.abs() > most || x.is_nan() { x.abs() } else { most })
}
