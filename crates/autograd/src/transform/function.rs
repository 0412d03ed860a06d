//! The functions that transforms take, and closures of them in variables.

use super::input::Input;
use super::level::{Elem, Evaluation, Level, Out};
use crate::core::value::{Scalar, Value};
use crate::core::var::Var;
use crate::params::BoundParams;

/// A function from the variables of a point to a scalar. All closures of this form implement it.
///
/// The trait lets the compiler infer the argument type of a closure, which it cannot for the bound
/// `for<'t> Fn(X::On<'t>) -> Var<'t, f64>`.
#[diagnostic::on_unimplemented(
    message = "expected a function from the variables of `{X}` to a scalar variable, got `{Self}`",
    label = "not a function from the variables of the point to a scalar variable",
    note = "the function must return a scalar `Var`: reduce a tensor, as in `y.sum()`, or use `jacobian`; make a \
            constant with `x.like(value)`",
    note = "for a closure kept in a variable, write `objective(|x: Var<f64>| ..)` or `objective_at(&x0, |x| ..)`"
)]
pub trait Objective<'t, X: Input + ?Sized>: Fn(X::On<'t>) -> <X::Level as Level>::Var<'t, Elem<X>> {}
impl<'t, X: Input + ?Sized, F: Fn(X::On<'t>) -> <X::Level as Level>::Var<'t, Elem<X>>> Objective<'t, X> for F {}

/// Evaluates an [`Objective`] or a [`Function`] at a point, without a gradient.
///
/// ```
/// use autograd::{Evaluate, Var, objective};
/// let f = objective(|x: Var<f64>| x * x);
/// assert_eq!(f.value(3.0), 9.0);
/// ```
pub trait Evaluate<X: Input, V: Value<Elem = Elem<X>>> {
    /// Computes the value of the function at a point.
    ///
    /// # Panics
    /// If the function returns a variable of another tape.
    #[track_caller]
    fn value(&self, x: X) -> Out<X, V>;
}

impl<X: Input, V: Value<Elem = Elem<X>>, F: for<'t> Function<'t, X, V>> Evaluate<X, V> for F {
    #[track_caller]
    fn value(&self, x: X) -> Out<X, V> {
        let tape = X::Level::open("value", &x);
        let on = x.on(&tape);
        X::Level::run(Evaluation::Value, &tape, || self(on.clone())).value
    }
}

/// A function from the variables of a point to a scalar or a tensor. All closures of this form implement it.
#[diagnostic::on_unimplemented(
    message = "expected a function from the variables of `{X}` to a variable, got `{Self}`",
    label = "not a function from the variables of the point to a variable",
    note = "the function must return one `Var`, a scalar or a tensor; join several with `concat` or `stack`",
    note = "for a closure kept in a variable, write `function_at(&x0, |x| ..)`"
)]
pub trait Function<'t, X: Input + ?Sized, V: Value<Elem = Elem<X>>>:
    Fn(X::On<'t>) -> <X::Level as Level>::Var<'t, V>
{
}
impl<'t, X, V, F> Function<'t, X, V> for F
where
    X: Input + ?Sized,
    V: Value<Elem = Elem<X>>,
    F: Fn(X::On<'t>) -> <X::Level as Level>::Var<'t, V>,
{
}

/// Returns a closure on one variable unchanged, with a signature that all transforms take, so that it can be kept in a
/// variable and used several times.
///
/// A closure passed to a transform directly needs no wrapper. In a variable, it does: the compiler fixes the
/// signature of a closure where it is written. Without a bound there, `|x: Var<f64>| x.sin()` gets a signature for
/// one lifetime of its argument, while a transform calls it with a variable of a tape that it creates, so for any
/// lifetime. `objective` is that bound. For structures of variables, see [`objective_at`].
///
/// ```
/// use autograd::{Var, grad, hessian, objective, value_and_grad};
/// let (scale, data) = (2.0, vec![3.0]);
/// let f = objective(|x: Var<f64>| (x * scale).sin() * data[0]);
/// assert_eq!(value_and_grad(&f, 0.0), (0.0, 6.0));
/// assert_eq!(grad(&f, 1.0), 6.0 * 2.0_f64.cos());
/// assert_eq!(hessian(&f, 0.0).item(), 0.0);
/// ```
///
/// Without it, the compiler reports "lifetime may not live long enough", or for `|x| x * x` "implementation of
/// `FnOnce` is not general enough":
///
/// ```compile_fail
/// use autograd::{Var, grad};
/// let f = |x: Var<f64>| x.sin();
/// grad(&f, 1.0);
/// ```
pub fn objective<V: Value, F>(f: F) -> F
where
    F: for<'t> Fn(Var<'t, V>) -> Var<'t, V::Elem>,
{
    f
}

/// Returns a closure on the variables of a point unchanged, as [`objective`] does. The point, or a reference to it,
/// serves only for its type.
///
/// ```
/// use autograd::{grad, objective_at};
/// use tensor::tensor;
/// let x0 = (1.0, tensor![1.0, 2.0]);
/// let f = objective_at(&x0, |(a, w)| w.square().sum() * a);
/// assert_eq!(grad(&f, x0), (5.0, tensor![2.0, 4.0]));
/// assert_eq!(grad(&f, (2.0, tensor![0.0])), (0.0, tensor![0.0]));
/// ```
pub fn objective_at<X: Input, F>(_: X, f: F) -> F
where
    F: for<'t> Objective<'t, X>,
{
    f
}

/// Returns a closure on bound parameters unchanged, as [`objective`] does: a loss that is kept in a variable, and evaluated at
/// any store of parameters.
///
/// [`objective_at`] would tie the closure to one borrow of a store, which cannot change while the closure lives.
///
/// ```
/// use autograd::{Params, grad, objective_of_params};
/// use tensor::tensor;
/// let mut params = Params::new();
/// let w = params.add("w", tensor![2.0]);
/// let f = objective_of_params(|net| net.var(w).square().sum());
/// for _ in 0..2 {
///     let g = grad(&f, &params);
///     let step = params.get(w) - g.get(w) * 0.25;
///     params.set(w, step); // halves w
/// }
/// assert_eq!(params.get(w), &tensor![0.5]);
/// ```
pub fn objective_of_params<T: Scalar, F>(f: F) -> F
where
    F: for<'p, 't> Fn(BoundParams<'p, 't, T>) -> Var<'t, T>,
{
    f
}

/// Like [`objective_at`], for a closure that returns a scalar or a tensor, as [`jacobian`](crate::jacobian),
/// [`jvp`](crate::jvp) and [`vjp`](crate::vjp) take it.
///
/// ```
/// use autograd::{function_at, jacobian, jvp};
/// use tensor::tensor;
/// let x0 = [1.0, 2.0];
/// let f = function_at(&x0, |[a, b]| (a * b).to_tensor());
/// assert_eq!(jacobian(&f, x0).map(|block| block.item()), [2.0, 1.0]);
/// assert_eq!(jvp(&f, x0, &[1.0, 1.0]).1.item(), 3.0);
/// ```
pub fn function_at<X: Input, V, F>(_: X, f: F) -> F
where
    V: Value<Elem = Elem<X>>,
    F: for<'t> Function<'t, X, V>,
{
    f
}
