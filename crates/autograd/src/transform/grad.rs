//! Gradients of functions.

use super::function::Objective;
use super::input::Input;
use super::level::{Elem, Evaluation, Level, Out, nodes};

/// Computes the gradient of a function at a point, in the structure of the point.
///
/// A result that does not depend on the point, such as a constant, has a gradient of zeros.
///
/// ```
/// use autograd::grad;
/// let derivative = grad(|x| x.powi(3), 2.0);
/// assert_eq!(derivative, 12.0);
/// let (da, db) = grad(|(a, b)| a * b.exp(), (3.0, 0.0));
/// assert_eq!((da, db), (1.0, 3.0));
/// ```
///
/// Transforms nest. The point of an inner one is a variable of the outer function, and so is its result. The inner
/// function may use other variables of the outer one:
///
/// ```
/// use autograd::grad;
/// let second = grad(|x| grad(|y| y.powi(3), x), 2.0);
/// assert_eq!(second, 12.0);
/// let mixed = grad(|x| x * grad(|y| x * y * y, x.like(3.0)), 2.0);
/// assert_eq!(mixed, 24.0);
/// ```
///
/// Each thread keeps the tape of a transform for its next call, so that calls in a loop do not allocate it again.
///
/// # Panics
/// If the point has no scalar or tensor, or the function returns a variable of another tape or a
/// [detached](crate::Var::detach) value.
#[track_caller]
pub fn grad<X: Input, F>(f: F, x: X) -> X::Gradient
where
    F: for<'t> Objective<'t, X>,
{
    differentiate("grad", f, x).1
}

/// Computes the value and the gradient of a function at a point, in one evaluation and one reverse sweep.
///
/// ```
/// use autograd::value_and_grad;
/// let (value, derivative) = value_and_grad(|x| x.sin() * x, 2.0_f64);
/// assert_eq!(value, 2.0_f64.sin() * 2.0);
/// assert!((derivative - (2.0_f64.cos() * 2.0 + 2.0_f64.sin())).abs() < 1e-15);
/// ```
///
/// # Panics
/// As [`grad`].
#[track_caller]
pub fn value_and_grad<X: Input, F>(f: F, x: X) -> (Out<X, Elem<X>>, X::Gradient)
where
    F: for<'t> Objective<'t, X>,
{
    differentiate("value_and_grad", f, x)
}

#[inline]
#[track_caller]
fn differentiate<X: Input, F>(transform: &str, f: F, x: X) -> (Out<X, Elem<X>>, X::Gradient)
where
    F: for<'t> Objective<'t, X>,
{
    let tape = X::Level::open(transform, &x);
    let on = x.on(&tape);
    let nodes = nodes::<X>(transform, &on);
    let y = X::Level::run(Evaluation::Derivatives(transform), &tape, || f(on.clone()));
    let gradient = X::Level::pull(&tape, y.id, None, &nodes, |next| x.build(next));
    (y.value, gradient)
}
