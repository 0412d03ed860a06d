//! Parameters as points: a store, and the bound parameters of an outer function.

use super::input::Input;
use super::level::Level;
use super::nested::{self, Nested};
use super::plain::{Plain, PlainPart};
use crate::core::record::Erased;
use crate::core::tape::Tape;
use crate::core::value::Scalar;
use crate::core::var::TensorVar;
use crate::params::{BoundParams, Params};
use crate::transform::ByParam;

/// A store of parameters. The function receives the [bound parameters](BoundParams); the gradient is a store with the
/// same keys.
impl<'p, T: Scalar> Input for &'p Params<T> {
    type Level = Plain<T>;
    type On<'t> = BoundParams<'p, 't, T>;
    type Gradient = Params<T>;
    type Each<B> = ByParam<B>;
    fn on<'t>(&self, tape: &'t Tape<T>) -> BoundParams<'p, 't, T> {
        Params::bind(self, tape)
    }
    fn on_parts<'t>(&self, tape: &'t Tape<T>, next: &mut dyn FnMut() -> PlainPart<T>) -> BoundParams<'p, 't, T> {
        let parts: Vec<_> = self.keys().map(|p| (p, tape.var(next().into_tensor()))).collect();
        self.on(tape).mapped(&parts)
    }
    fn for_each(&self, f: &mut dyn FnMut(PlainPart<T>)) {
        self.iter().for_each(|(_, value)| f(PlainPart::Tensor(value.clone())));
    }
    fn nodes(on: &BoundParams<'p, '_, T>, f: &mut dyn FnMut(u32)) {
        on.params().keys().for_each(|p| f(on.var(p).id));
    }
    fn build(&self, next: &mut dyn FnMut() -> PlainPart<T>) -> Params<T> {
        let mut gradient = (*self).clone();
        for p in self.keys() {
            gradient.set(p, next().into_tensor());
        }
        gradient
    }
    fn parts(gradient: &Params<T>, f: &mut dyn FnMut(PlainPart<T>)) {
        gradient.iter().for_each(|(_, value)| f(PlainPart::Tensor(value.clone())));
    }
    fn each<B>(&self, next: &mut dyn FnMut() -> B) -> ByParam<B> {
        ByParam::in_order(self.keys().map(|p| (p, next())))
    }
}

/// Bound parameters of an outer function, computed weights included. The function receives new variables for them; the
/// gradient has a variable on the outer tape for each. The gradient of a frozen parameter that is not replaced is 0.
///
/// ```
/// use autograd::{BoundParams, Params, Var, grad, value_and_grad};
/// use tensor::tensor;
/// let mut params = Params::new();
/// let w = params.add("w", tensor![2.0]);
/// fn loss<'t>(net: BoundParams<'_, 't, f64>, w: autograd::Param) -> Var<'t, f64> {
///     net.var(w).square().sum()
/// }
/// // The loss after one step of gradient descent on it, 0.64 w², and its gradient.
/// let (after, gradient) = value_and_grad(
///     |net| {
///         let g = grad(|net| loss(net, w), net);
///         loss(net.map(|key, w| w - g.get(key) * 0.1), w)
///     },
///     &params,
/// );
/// assert!((after - 2.56_f64).abs() < 1e-15);
/// assert!((gradient.get(w).item() - 2.56_f64).abs() < 1e-15);
/// ```
impl<'p, 'o, T: Scalar> Input for BoundParams<'p, 'o, T> {
    type Level = Nested<'o, T>;
    type On<'t> = BoundParams<'p, 'o, T>;
    type Gradient = ByParam<TensorVar<'o, T>>;
    type Each<B> = ByParam<B>;
    fn on<'t>(&self, _: &'t Tape<T>) -> BoundParams<'p, 'o, T> {
        self.map(|p, w| if self.params().is_frozen(p) && w.is_constant() { w } else { nested::copy(w) })
    }
    fn on_parts<'t>(&self, _: &'t Tape<T>, next: &mut dyn FnMut() -> Erased<'o, T>) -> BoundParams<'p, 'o, T> {
        self.map(|_, _| next().var())
    }
    fn for_each(&self, f: &mut dyn FnMut(Erased<'o, T>)) {
        self.params().keys().for_each(|p| f(self.var(p).erase()));
    }
    fn nodes(on: &BoundParams<'p, 'o, T>, f: &mut dyn FnMut(u32)) {
        on.params().keys().for_each(|p| f(on.var(p).id));
    }
    fn build(&self, next: &mut dyn FnMut() -> Erased<'o, T>) -> Self::Gradient {
        ByParam::in_order(self.params().keys().map(|p| (p, Nested::out(next()))))
    }
    fn parts(gradient: &Self::Gradient, f: &mut dyn FnMut(Erased<'o, T>)) {
        gradient.iter().for_each(|(_, g)| f(g.erase()));
    }
    fn each<B>(&self, next: &mut dyn FnMut() -> B) -> ByParam<B> {
        ByParam::in_order(self.params().keys().map(|p| (p, next())))
    }
}
