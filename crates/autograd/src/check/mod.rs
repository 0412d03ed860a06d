//! Gradient checks: reverse mode against finite differences, forward mode and recorded gradients.
//!
//! | file | contents |
//! |---|---|
//! | `difference.rs` | derivatives by finite differences, for a sequence of steps |
//! | `compare.rs` | the comparison of a derivative with the differences: right, wrong, or at a kink |
//! | `subject.rs` | the function under test, and its derivatives of any order |
//! | `gradcheck.rs` | the comparisons, element by element |
//! | `rounding.rs` | how far two exact methods for a derivative may differ by rounding |
//! | `report.rs` | the result |
//! | `random.rs` | random weights from a seed |

mod compare;
mod difference;
mod gradcheck;
mod random;
mod report;
mod rounding;
mod subject;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod wrong_rules;

pub use compare::Verdict;
pub use difference::Method;
pub use report::{Check, Checked, Failure, GradCheckError, Place};

/// Comparisons of a derivative with finite differences, shared with the crate `explain`.
#[doc(hidden)]
pub use self::{
    compare::{Comparison, Tolerance},
    difference::{Differences, Sample},
};

use crate::core::value::Value;
use crate::transform::{Function, Input, Plain};
use std::fmt;
use std::marker::PhantomData;

/// Creates a check of the derivatives of a function at a point; [`run`](GradCheck::run) runs it.
///
/// The function is a closure on variables, as for [`grad`](crate::grad), and returns a scalar or a tensor. The point is
/// any structure of `f64` scalars, tensors and parameters.
///
/// ```
/// use autograd::gradcheck;
/// use tensor::tensor;
/// let (w, x) = (tensor![[0.1, -0.2], [0.4, 0.3]], tensor![1.0, 2.0]);
/// let checked = gradcheck(|(w, x)| w.matmul(x).tanh().sum(), (w, x)).order(2).run()?;
/// assert_eq!(checked.derivatives(), 12); // 6 of first order, 6 of second order
/// assert!(checked.largest_error() < 1e-8);
/// # Ok::<(), autograd::GradCheckError>(())
/// ```
///
/// For each element x_j of the input, and a random cotangent v (1 for a scalar), the check compares:
///
/// 1. reverse mode, (Jᵀv)_j, with differences of <v, f> in x_j;
/// 2. forward mode with reverse mode, by the adjoint identity <v, J e_j> = (Jᵀv)_j, to 1e-12; and the same for a random
///    direction over all elements. This test needs no differences, so it is more accurate than the first;
/// 3. the gradient of the reverse sweep with the gradient recorded on the tape, to 1e-12;
/// 4. with [`order(2)`](GradCheck::order), all of this again for <w, gradient> with random w: the gradient of the
///    recorded gradient with differences of the gradient, and Hw with Hᵀw.
///
/// At a kink the derivative is a convention. Any value between the derivatives on both sides passes, and
/// [`Checked::kinks`] lists the element. NaN, in the value or in a gradient, is always an error. An infinite gradient
/// passes where the differences grow without bound towards it.
///
/// A custom operation ([`CustomOp`](crate::CustomOp)) is checked like the built-in ones. If it has no `jvp`, forward
/// mode is not checked ([`Checked::forward`]).
pub fn gradcheck<X, V, F>(f: F, x: X) -> GradCheck<X, V, F>
where
    X: Input<Level = Plain<f64>>,
    V: Value<Elem = f64>,
    F: for<'t> Function<'t, X, V>,
{
    GradCheck {
        f,
        x,
        order: 1,
        method: Method::default(),
        tolerance: None,
        scale: 1.0,
        seed: 0,
        max_elements: usize::MAX,
        output: PhantomData,
    }
}

/// A check of derivatives with its settings; [`run`](GradCheck::run) runs it. See [`gradcheck`].
#[must_use = "call `run` to run the check"]
pub struct GradCheck<X, V, F> {
    f: F,
    x: X,
    order: usize,
    method: Method,
    tolerance: Option<Tolerance>,
    scale: f64,
    seed: u64,
    max_elements: usize,
    output: PhantomData<fn() -> V>,
}

impl<X, V, F> GradCheck<X, V, F> {
    /// Sets the highest order of derivatives to check: 1 for the gradient, 2 for the gradient of the gradient too, and
    /// so on. Default: 1.
    pub fn order(mut self, order: usize) -> Self {
        self.order = order.max(1);
        self
    }

    /// Sets the tolerance: a derivative a agrees with a difference n if |a - n| <= `absolute` + `relative` · max(|a|,
    /// |n|) + δ, where δ is the error of the difference, estimated from neighboring steps. δ is large only where
    /// rounding makes the function inaccurate.
    ///
    /// Default: `absolute` 1e-14; `relative` 1e-8 for the five-point formula and 1e-6 for the central one.
    pub fn tolerance(mut self, absolute: f64, relative: f64) -> Self {
        self.tolerance = Some(Tolerance { absolute, relative });
        self
    }

    /// Sets the length scale of the input: the first step is a fixed fraction of max(|x|, `scale`). Default: 1.
    ///
    /// More steps are tried if the first does not give an accurate difference, so setting this is necessary only if the
    /// function varies over lengths far from both `scale` and |x|.
    pub fn step(mut self, scale: f64) -> Self {
        self.scale = scale;
        self
    }

    /// Sets the formula for the differences. Default: [`Method::FivePoint`].
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// Sets the seed of the random cotangents and directions. Default: 0.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Checks at most `n` elements of the input, chosen at random. Default: all.
    ///
    /// Each element costs at least four evaluations and a forward sweep. The random direction always includes all
    /// elements.
    pub fn max_elements(mut self, n: usize) -> Self {
        self.max_elements = n;
        self
    }
}

impl<X, V, F> GradCheck<X, V, F>
where
    X: Input<Level = Plain<f64>>,
    V: Value<Elem = f64>,
    F: for<'t> Function<'t, X, V>,
{
    /// Runs the check.
    ///
    /// # Errors
    /// Returns all elements whose derivative is wrong, worst first.
    ///
    /// # Panics
    /// If the function panics, or if the order is 2 or higher and a custom operation has no `vjp_recorded`.
    pub fn run(&self) -> Result<Checked, GradCheckError> {
        gradcheck::run(self)
    }
}

impl<X, V, F> fmt::Debug for GradCheck<X, V, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GradCheck")
            .field("order", &self.order)
            .field("method", &self.method)
            .field("tolerance", &self.tolerance)
            .field("scale", &self.scale)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}
