//! Gradients of functions.

use super::input::{self, Input, Objective};
use crate::record::Wanted;
use crate::tape::Tape;
use crate::value::{Scalar, Value};
use crate::var::Var;
use tensor::Tensor;

/// The gradient of a function at a point, in the point's own structure.
///
/// ```
/// use autograd::grad;
/// let slope = grad(|x| x.powi(3), 2.0_f64);
/// assert_eq!(slope, 12.0);
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

/// The value and the gradient of a function at a point, in one forward run and one sweep.
///
/// ```
/// use autograd::value_and_grad;
/// let (value, slope) = value_and_grad(|x| x.sin() * x, 2.0_f64);
/// assert_eq!(value, 2.0_f64.sin() * 2.0);
/// assert!((slope - (2.0_f64.cos() * 2.0 + 2.0_f64.sin())).abs() < 1e-15);
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
    /// The gradient of this with respect to `x` as a variable on the same tape: it can be differentiated again, to any
    /// order. A tensor is differentiated as the sum of its elements.
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
    /// If `x` is on another tape.
    #[track_caller]
    pub fn grad<W: Value<Elem = V::Elem>>(self, x: Var<'t, W>) -> Var<'t, W> {
        let seed = self.value().one_like();
        self.pullback(x, &seed)
    }

    /// As [`grad`](Var::grad), of `<cotangent, self>`.
    ///
    /// # Panics
    /// If `x` is on another tape, or the cotangent has another shape than this.
    #[track_caller]
    pub fn grad_with<W: Value<Elem = V::Elem>>(self, x: Var<'t, W>, cotangent: &V) -> Var<'t, W> {
        let (shape, given) = (self.shape(), cotangent.to_tensor().shape().clone());
        if shape != given {
            panic!("grad_with: the output has shape {shape}, but the cotangent has {given}");
        }
        self.pullback(x, cotangent)
    }

    #[track_caller]
    fn pullback<W: Value<Elem = V::Elem>>(self, x: Var<'t, W>, seed: &V) -> Var<'t, W> {
        crate::operands::common(self.tape, x.tape, "grad");
        let found = match self.tape {
            Some(tape) => {
                <V::Elem as Scalar>::recorded(tape, self.id, seed.to_tensor(), &[x.id], Wanted::Values).pop().flatten()
            }
            None => None,
        };
        match found.and_then(W::from_adjoint) {
            Some(g) => g,
            None => x.on_tape().constant(W::from_tensor(Tensor::zeros(x.shape()))),
        }
    }
}
