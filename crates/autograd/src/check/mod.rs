//! Checking derivatives: reverse mode against differences, forward mode and itself.
//!
//! | file | idea |
//! |---|---|
//! | `difference.rs` | derivatives by finite differences, over a ladder of steps |
//! | `kink.rs` | weighing a derivative against them: right, wrong, or at a kink |
//! | `subject.rs` | the function as the check sees it: its numbers in a row, its derivatives of any order |
//! | `gradcheck.rs` | the comparisons, element by element |
//! | `rounding.rs` | how far two exact ways to a derivative may differ all the same |
//! | `report.rs` | what was found |
//! | `random.rs` | seeded weights |

mod difference;
mod gradcheck;
mod kink;
mod random;
mod report;
mod rounding;
mod subject;

pub use subject::Point;
#[cfg(test)]
mod planted;
#[cfg(test)]
mod tests;

pub use difference::Method;
pub use report::{Check, Checked, Failure, GradCheckError, Place};

use crate::core::value::Value;
use crate::transform::Function;
use std::fmt;
use std::marker::PhantomData;

/// Checks the derivatives of a function at a point; [`run`](GradCheck::run) does it.
///
/// The function is a closure over variables, as for [`grad`](crate::grad); it may give a number or a tensor. The point
/// holds `f64`s, in any structure.
///
/// ```
/// use autograd::gradcheck;
/// use tensor::tensor;
/// let (w, x) = (tensor![[0.1, -0.2], [0.4, 0.3]], tensor![1.0, 2.0]);
/// let checked = gradcheck(|(w, x)| w.matmul(x).tanh().sum(), (w, x)).order(2).run()?;
/// assert_eq!(checked.derivatives(), 12); // of first order 6, of second order 6
/// assert!(checked.largest_error() < 1e-8);
/// # Ok::<(), autograd::GradCheckError>(())
/// ```
///
/// For each element x_j of the input, and a random cotangent v (1 for a number):
///
/// 1. reverse mode, (Jᵀv)_j, against differences of <v, f> in x_j;
/// 2. the adjoint identity <v, J e_j> = (Jᵀv)_j, forward mode against reverse mode, to 1e-12; and the same for a
///    random direction over all elements. Differences have no part in this, so it is the sharper test of the two;
/// 3. the gradient by numbers against the gradient recorded on the tape, to 1e-12;
/// 4. with [`order(2)`](GradCheck::order) all of this again for <w, gradient>, w random: the gradient of the recorded
///    gradient against differences of the gradient, and Hw against Hᵀw.
///
/// At a kink a derivative is a convention: it may be anything between the derivatives on both sides, and
/// [`Checked::kinks`] lists it. NaN, in the value or in a gradient, is always an error. An infinite gradient is right
/// where the differences grow without bound towards it.
///
/// An operation of the user's own ([`CustomOp`](crate::CustomOp)) is checked like the built-in ones; without a `jvp`
/// its forward mode is left out ([`Checked::forward`]).
pub fn gradcheck<X, V, F>(f: F, x: X) -> GradCheck<X, V, F>
where
    X: Point,
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

/// A check of derivatives, to be adjusted and [`run`](GradCheck::run). See [`gradcheck`].
#[must_use = "nothing is checked before `run`"]
pub struct GradCheck<X, V, F> {
    f: F,
    x: X,
    order: usize,
    method: Method,
    tolerance: Option<(f64, f64)>,
    scale: f64,
    seed: u64,
    max_elements: usize,
    output: PhantomData<fn() -> V>,
}

impl<X, V, F> GradCheck<X, V, F> {
    /// The highest order of derivatives to check: 1, the gradient, by default; with 2 its gradient too, and so on.
    pub fn order(mut self, order: usize) -> Self {
        self.order = order.max(1);
        self
    }

    /// How far derivatives and differences may be apart: |a - n| <= `absolute` + `relative` · max(|a|, |n|) + δ, with δ
    /// the error of the difference itself as far as the differences of neighboring steps show it.
    ///
    /// By default 1e-14 and 1e-8 for the five-point formula, 1e-6 for the central one. Functions that ordinary
    /// arithmetic evaluates well meet this; δ is what allows it, since it is wide only where φ is evaluated badly.
    pub fn tolerance(mut self, absolute: f64, relative: f64) -> Self {
        self.tolerance = Some((absolute, relative));
        self
    }

    /// The length below which an input counts as small, 1 by default: the first step is a fixed fraction of max(|x|, this).
    ///
    /// Others follow if it does not serve, so this is needed only where the function changes over lengths that
    /// neither it nor |x| is near.
    pub fn step(mut self, scale: f64) -> Self {
        self.scale = scale;
        self
    }

    /// Which formula gives the differences, by default [`Method::FivePoint`].
    pub fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    /// The seed of the random cotangents and directions.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Checks no more than `n` elements of the input, chosen at random; all by default.
    ///
    /// Each costs at least four evaluations and a forward sweep. The random direction goes over all of them anyway.
    pub fn max_elements(mut self, n: usize) -> Self {
        self.max_elements = n;
        self
    }
}

impl<X, V, F> GradCheck<X, V, F>
where
    X: Point,
    V: Value<Elem = f64>,
    F: for<'t> Function<'t, X, V>,
{
    /// Runs the check.
    ///
    /// # Errors
    /// With every element whose derivative is wrong, worst first.
    ///
    /// # Panics
    /// If the function panics; with order 2, if an operation of the user's own has no `vjp_recorded`.
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
