//! How far two exact methods for a derivative may differ by rounding.
//!
//! A derivative that cancels, like that of Σ softmax, is only rounding error, which is different for each method. Two
//! quantities bound this error: a fraction of φ₁/xᵏ, the natural size of a k-th derivative; and the change of the
//! gradient when the input changes by a few ε. The second needs additional sweeps, and is computed only if the first
//! is not enough.

use super::subject::{Parts, Subject};
use crate::core::value::Value;
use crate::transform::{Function, Input, Plain};
use std::cell::OnceCell;
use std::marker::PhantomData;

/// The tolerated relative difference between two methods for a derivative that differ by rounding only.
const IDENTITY: f64 = 1e-12;
/// The rounding error of a derivative that cancels, relative to φ₁/xᵏ.
const RESIDUE: f64 = 1e-13;
/// The largest change of the gradient that counts as rounding error, relative to the size of the terms. A larger
/// change is caused by a kink near the input.
const MAX_CHANGE: f64 = 1e-6;

pub(crate) struct Rounding<'r, 'a, X, V, F> {
    subject: &'r Subject<'a, X, F>,
    order: usize,
    gradient: &'r Parts,
    /// The size of φ₁, and the length scale of the input.
    size: f64,
    scale: f64,
    absolute: f64,
    /// The change of the gradient when the input changes by a few ε.
    change: OnceCell<Parts>,
    output: PhantomData<fn() -> V>,
}

impl<'r, 'a, X, V, F> Rounding<'r, 'a, X, V, F>
where
    X: Input<Level = Plain<f64>>,
    V: Value<Elem = f64>,
    F: for<'t> Function<'t, X, V>,
{
    /// Creates the comparison for the gradient of φ_k, with an absolute tolerance that is added to the rounding error.
    pub(crate) fn new(
        subject: &'r Subject<'a, X, F>,
        order: usize,
        gradient: &'r Parts,
        (size, scale): (f64, f64),
        absolute: f64,
    ) -> Self {
        Rounding { subject, order, gradient, size, scale, absolute, change: OnceCell::new(), output: PhantomData }
    }

    /// Whether the derivative at an element of value x agrees with `b`, a sum of terms of this size, up to rounding.
    pub(crate) fn agrees(&self, (part, i): (usize, usize), x: f64, b: f64, size: f64) -> bool {
        let a = self.gradient[part][i];
        self.within(a, b, IDENTITY * size.max(a.abs()).max(b.abs()), x, || (self.change()[part][i], size))
    }

    /// Whether the derivative at an element of value x agrees with its finite difference up to rounding.
    pub(crate) fn agrees_with_difference(&self, (part, i): (usize, usize), x: f64, numeric: f64) -> bool {
        self.within(self.gradient[part][i], numeric, 0.0, x, || (self.change()[part][i], 0.0))
    }

    /// Whether the derivative in the direction u, Σ gradient · u, agrees with `b` up to rounding.
    pub(crate) fn agrees_along(&self, u: &Parts, b: f64, size: f64) -> bool {
        let sum = |g: &Parts, of: fn(f64) -> f64| -> f64 {
            g.iter().flatten().zip(u.iter().flatten()).map(|(g, u)| of(g * u)).sum()
        };
        let (a, size) = (sum(self.gradient, |t| t), sum(self.gradient, f64::abs).max(size));
        self.within(a, b, IDENTITY * size, 0.0, || (sum(self.change(), f64::abs), size))
    }

    fn within(&self, a: f64, b: f64, tolerance: f64, x: f64, change: impl Fn() -> (f64, f64)) -> bool {
        let tolerance =
            tolerance + self.absolute + RESIDUE * self.size / x.abs().max(self.scale).powi(self.order as i32);
        a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= tolerance || {
            let (change, size) = change();
            (a - b).abs() <= tolerance + (8.0 * change).min(MAX_CHANGE * size.max(1.0))
        }
    }

    fn change(&self) -> &Parts {
        self.change.get_or_init(|| self.subject.gradient_change::<V>(self.order, self.gradient))
    }
}
