//! What rounding may leave of a derivative: by how much two exact ways to it may differ all the same.
//!
//! A derivative that cancels, as that of Σ softmax, is nothing but rounding error, and what two ways leave of it has
//! nothing in common. Two quantities tell how much that may be: what φ₁/xᵏ, the size a k-th derivative has by nature,
//! makes of it; and how the gradient trembles when the input moves by a few ε. The second takes sweeps of its own, and
//! is asked for only where the first does not do.

use super::subject::{Parts, Point, Subject};
use crate::core::value::Value;
use crate::transform::Function;
use std::cell::OnceCell;
use std::marker::PhantomData;

/// The relative error allowed between two ways to the same derivative that differ in rounding only.
const IDENTITY: f64 = 1e-12;
/// What rounding leaves of a derivative that cancels, relative to φ₁/xᵏ.
const RESIDUE: f64 = 1e-13;
/// Trembling counts up to this, relative to what is summed. More is no rounding error, but a kink that it crosses.
const TREMBLING: f64 = 1e-6;

pub(crate) struct Rounding<'r, 'a, X, V, F> {
    subject: &'r Subject<'a, X, F>,
    order: usize,
    gradient: &'r Parts,
    /// The size of φ₁, and the length below which an input counts as small.
    size: f64,
    scale: f64,
    absolute: f64,
    trembling: OnceCell<Parts>,
    output: PhantomData<fn() -> V>,
}

impl<'r, 'a, X, V, F> Rounding<'r, 'a, X, V, F>
where
    X: Point,
    V: Value<Elem = f64>,
    F: for<'t> Function<'t, X, V>,
{
    /// Of the gradient of φ_k, besides what is tolerated in any case.
    pub(crate) fn new(
        subject: &'r Subject<'a, X, F>,
        order: usize,
        gradient: &'r Parts,
        (size, scale): (f64, f64),
        absolute: f64,
    ) -> Self {
        Rounding { subject, order, gradient, size, scale, absolute, trembling: OnceCell::new(), output: PhantomData }
    }

    /// Whether the derivative in an element, whose value is x, may be `b` as well: a sum of terms of this size.
    pub(crate) fn same(&self, (part, i): (usize, usize), x: f64, b: f64, size: f64) -> bool {
        let a = self.gradient[part][i];
        self.within(a, b, IDENTITY * size.max(a.abs()).max(b.abs()), x, || (self.trembling()[part][i], size))
    }

    /// Whether the derivative in an element differs from its difference by no more than rounding.
    pub(crate) fn is_all(&self, (part, i): (usize, usize), x: f64, numeric: f64) -> bool {
        self.within(self.gradient[part][i], numeric, 0.0, x, || (self.trembling()[part][i], 0.0))
    }

    /// Whether the derivative in the direction u, which is Σ gradient · u, may be `b` as well.
    pub(crate) fn same_along(&self, u: &Parts, b: f64, size: f64) -> bool {
        let sum = |g: &Parts, of: fn(f64) -> f64| -> f64 {
            g.iter().flatten().zip(u.iter().flatten()).map(|(g, u)| of(g * u)).sum()
        };
        let (a, size) = (sum(self.gradient, |t| t), sum(self.gradient, f64::abs).max(size));
        self.within(a, b, IDENTITY * size, 0.0, || (sum(self.trembling(), f64::abs), size))
    }

    fn within(&self, a: f64, b: f64, tolerance: f64, x: f64, trembling: impl Fn() -> (f64, f64)) -> bool {
        let tolerance =
            tolerance + self.absolute + RESIDUE * self.size / x.abs().max(self.scale).powi(self.order as i32);
        a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= tolerance || {
            let (trembling, size) = trembling();
            (a - b).abs() <= tolerance + (8.0 * trembling).min(TREMBLING * size.max(1.0))
        }
    }

    fn trembling(&self) -> &Parts {
        self.trembling.get_or_init(|| self.subject.trembling::<V>(self.order, self.gradient))
    }
}
