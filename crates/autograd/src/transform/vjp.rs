//! Vector-Jacobian and Jacobian-vector products of functions.

use super::input::{Function, Input};
use crate::core::tape::Tape;
use crate::core::value::Value;
use crate::core::var::Var;
use tensor::Tensor;

/// Computes the value of a function at a point, and returns it with the pullback v ↦ vᵀ J, which returns gradients in
/// the structure of the point.
///
/// The pullback panics if the shape of the cotangent differs from that of the value.
///
/// ```
/// use autograd::vjp;
/// use tensor::tensor;
/// let (y, pull) = vjp(|x| x.square(), tensor![1.0, 2.0]);
/// assert_eq!(y, tensor![1.0, 4.0]);
/// assert_eq!(pull(&tensor![1.0, 10.0]), tensor![2.0, 40.0]);
/// ```
#[track_caller]
pub fn vjp<X: Input, V, F>(f: F, x: X) -> (V, impl Fn(&V) -> X::Gradient)
where
    V: Value<Elem = X::Elem>,
    F: for<'t> Function<'t, X, V>,
{
    let tape: Tape<X::Elem> = Tape::new();
    let (value, root, nodes) = {
        let on = x.on(&tape);
        let y = f(on.clone());
        let mut nodes = Vec::new();
        X::nodes(&on, &mut |id| nodes.push(id));
        (y.value(), y.id, nodes)
    };
    let like = value.clone();
    let pull = move |cotangent: &V| {
        let g = Var::<V>::backward_at(&tape, root, &like, cotangent);
        let mut ids = nodes.iter();
        let mut next = || ids.next().map_or_else(Tensor::default, |&id| g.by_node(id));
        x.build(&mut next)
    };
    (value, pull)
}

/// Computes the value of a function at a point and its directional derivative J v.
///
/// ```
/// use autograd::jvp;
/// use tensor::tensor;
/// let (y, dy) = jvp(|x| x.square(), &tensor![1.0, 2.0], &tensor![1.0, 10.0]);
/// assert_eq!((y, dy), (tensor![1.0, 4.0], tensor![2.0, 40.0]));
/// ```
///
/// # Panics
/// If the shapes of the direction differ from those of the point.
#[track_caller]
pub fn jvp<X: Input, V, F>(f: F, x: X, direction: &X::Gradient) -> (V, V)
where
    V: Value<Elem = X::Elem>,
    F: for<'t> Function<'t, X, V>,
{
    let tape: Tape<X::Elem> = Tape::new();
    let on = x.on(&tape);
    let y = f(on.clone());
    let dy = push(&tape, &x, &on, direction).of(y);
    (y.value(), dy)
}

/// Computes the tangents of all values on the tape for a direction of the point.
#[track_caller]
pub(crate) fn push<'t, X: Input>(
    tape: &'t Tape<X::Elem>,
    x: &X,
    on: &X::On<'t>,
    direction: &X::Gradient,
) -> crate::core::forward::Tangents<'t, X::Elem> {
    let mut parts = Vec::new();
    X::parts(direction, &mut |part| parts.push(part));
    let mut shapes = Vec::new();
    x.for_each(&mut |part| shapes.push(part.shape().clone()));
    for (part, shape) in parts.iter().zip(&shapes) {
        if part.shape() != shape {
            panic!(
                "expected a direction with the shapes of the point, got {} for a part of shape {shape}",
                part.shape()
            );
        }
    }
    let mut nodes = Vec::new();
    X::nodes(on, &mut |id| nodes.push(id));
    tape.tangents(|t| {
        for (id, part) in nodes.into_iter().zip(parts) {
            t.put(id, part);
        }
    })
}
