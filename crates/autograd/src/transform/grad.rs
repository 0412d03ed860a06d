//! Gradients of functions.

use super::input::{self, Input, Objective};
use crate::core::higher_order::{self, Wanted};
use crate::core::tape::Tape;
use crate::core::value::{Scalar, Value};
use crate::core::var::Var;
use crate::ops::gradients;
use tensor::Tensor;

/// Computes the gradient of a function at a point, in the structure of the point.
///
/// ```
/// use autograd::grad;
/// let derivative = grad(|x| x.powi(3), 2.0_f64);
/// assert_eq!(derivative, 12.0);
/// let (da, db) = grad(|(a, b)| a * b.exp(), (3.0_f64, 0.0_f64));
/// assert_eq!((da, db), (1.0, 3.0));
/// ```
#[track_caller]
pub fn grad<X: Input, F>(f: F, x: X) -> X::Gradient
where
    F: for<'t> Objective<'t, X>,
{
    value_and_grad(f, x).1
}

/// Computes the value and the gradient of a function at a point, in one evaluation and one reverse sweep.
///
/// ```
/// use autograd::value_and_grad;
/// let (value, derivative) = value_and_grad(|x| x.sin() * x, 2.0_f64);
/// assert_eq!(value, 2.0_f64.sin() * 2.0);
/// assert!((derivative - (2.0_f64.cos() * 2.0 + 2.0_f64.sin())).abs() < 1e-15);
/// ```
#[track_caller]
pub fn value_and_grad<X: Input, F>(f: F, x: X) -> (X::Elem, X::Gradient)
where
    F: for<'t> Objective<'t, X>,
{
    let tape = Tape::new();
    let on = x.on(&tape);
    let y = f(on.clone());
    let y = if y.tape.is_some() { y } else { tape.constant(y.value()) };
    let gradient = input::gradient(&x, &on, &y.backward());
    (y.value(), gradient)
}

impl<'t, V: Value> Var<'t, V> {
    /// Returns the gradient with respect to `x` as a variable on the same tape, which can be differentiated again, to
    /// any order. Zeros if `self` does not depend on `x`.
    ///
    /// ```
    /// use autograd::Tape;
    /// let tape = Tape::new();
    /// let x = tape.var(2.0_f64);
    /// let p = x.powi(5);
    /// let d3 = p.grad(x).grad(x).grad(x);
    /// assert_eq!(d3.value(), 60.0 * 4.0);
    /// ```
    ///
    /// # Panics
    /// If `self` does not have exactly one element (sum it first, or use [`grad_with`](Var::grad_with)), or `x` is on
    /// another tape.
    #[track_caller]
    pub fn grad<W: Value<Elem = V::Elem>>(self, x: Var<'t, W>) -> Var<'t, W> {
        gradients::require_one_element("grad", "grad_with(x, &v)", &self.shape());
        let seed = V::from_tensor(Tensor::ones(self.shape()));
        self.pullback(x, &seed)
    }

    /// Returns the gradient of `<cotangent, self>` with respect to `x` as a variable, like [`grad`](Var::grad), for
    /// tensors of any shape.
    ///
    /// ```
    /// use autograd::Tape;
    /// use tensor::tensor;
    /// let tape = Tape::new();
    /// let x = tape.var(tensor![1.0, 2.0]);
    /// let pulled = (x * x).grad_with(x, &tensor![1.0, 10.0]); // 2 x times the cotangent
    /// assert_eq!(pulled.value(), tensor![2.0, 40.0]);
    /// assert_eq!(pulled.sum().grad(x).value(), tensor![2.0, 20.0]);
    /// ```
    ///
    /// # Panics
    /// If `x` is on another tape, or the shape of the cotangent differs from that of `self`.
    #[track_caller]
    pub fn grad_with<W: Value<Elem = V::Elem>>(self, x: Var<'t, W>, cotangent: &V) -> Var<'t, W> {
        gradients::require_shape("grad_with", &self.shape(), cotangent.to_tensor().shape());
        self.pullback(x, cotangent)
    }

    #[track_caller]
    fn pullback<W: Value<Elem = V::Elem>>(self, x: Var<'t, W>, seed: &V) -> Var<'t, W> {
        crate::core::record::common(self.tape, x.tape, "grad");
        let found = match self.tape {
            Some(tape) => {
                let seed = higher_order::constant_seed(tape, self.id, seed.to_tensor());
                <V::Elem as Scalar>::recorded(tape, self.id, seed, &[x.id], Wanted::Values).pop().flatten()
            }
            None => None,
        };
        match found {
            Some(adjoint) => adjoint.var(),
            None => x.on_tape().constant(W::from_tensor(Tensor::zeros(x.shape()))),
        }
    }
}
