//! Vector-Jacobian and Jacobian-vector products of functions.

use super::function::Function;
use super::input::{Input, Part};
use super::level::{Elem, Evaluation, Level, Out, nodes, parts};
use crate::core::value::Value;
use crate::ops::gradients;
use tensor::Shape;

/// Computes the value of a function at a point, and returns it with the pullback v ↦ vᵀ J, which returns gradients in
/// the structure of the point. The pullback keeps the point: one that is passed by reference must live as long.
///
/// ```
/// use autograd::vjp;
/// use tensor::tensor;
/// let (y, pull) = vjp(|x| x.square(), tensor![1.0, 2.0]);
/// assert_eq!(y, tensor![1.0, 4.0]);
/// assert_eq!(pull(&tensor![1.0, 10.0]), tensor![2.0, 40.0]);
/// ```
///
/// # Panics
/// As [`grad`](crate::grad). The pullback panics if the shape of the cotangent differs from that of the
/// value.
#[track_caller]
#[allow(clippy::type_complexity)] // an `impl Fn` cannot stand in a type alias
pub fn vjp<X: Input, V, F>(f: F, x: X) -> (Out<X, V>, impl Fn(&Out<X, V>) -> X::Gradient)
where
    V: Value<Elem = Elem<X>>,
    F: for<'t> Function<'t, X, V>,
{
    let tape = X::Level::open("vjp", &x);
    let (y, nodes) = {
        let on = x.on(&tape);
        let nodes = nodes::<X>("vjp", &on);
        (X::Level::run(Evaluation::Derivatives("vjp"), &tape, || f(on.clone())), nodes)
    };
    let (root, shape) = (y.id, X::Level::shape(&X::Level::part::<V>(&y.value)));
    let pull = move |cotangent: &Out<X, V>| {
        let seed = X::Level::part::<V>(cotangent);
        gradients::require_shape("vjp", &shape, &X::Level::shape(&seed));
        X::Level::pull(&tape, root, Some(seed), &nodes, |next| x.build(next))
    };
    (y.value, pull)
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
/// At a variable of an outer function, the derivative is recorded and can be differentiated again; see also
/// [`Var::tangent`](crate::Var::tangent).
///
/// ```
/// use autograd::{grad, jvp};
/// let d = grad(|x| jvp(|x| x.powi(3), x, &x.like(1.0)).1, 2.0);
/// assert_eq!(d, 12.0); // the second derivative of x³
/// ```
///
/// # Panics
/// As [`grad`](crate::grad), or if the shapes of the direction differ from those of the point.
#[track_caller]
pub fn jvp<X: Input, V, F>(f: F, x: X, direction: &X::Gradient) -> (Out<X, V>, Out<X, V>)
where
    V: Value<Elem = Elem<X>>,
    F: for<'t> Function<'t, X, V>,
{
    let tape = X::Level::open("jvp", &x);
    let on = x.on(&tape);
    let nodes = nodes::<X>("jvp", &on);
    let directions = directions::<X>("jvp", &x, direction);
    let y = X::Level::run(Evaluation::Derivatives("jvp"), &tape, || f(on.clone()));
    let shape = X::Level::shape(&X::Level::part::<V>(&y.value));
    let sources = nodes.into_iter().zip(directions).collect();
    let mut tangents = X::Level::push(&tape, &[y.id], &[shape], sources);
    match tangents.pop() {
        Some(tangent) => (y.value, X::Level::out(tangent)),
        None => unreachable!("there is one tangent for each root"),
    }
}

/// The parts of a direction, which have the shapes of the point's.
#[track_caller]
pub(crate) fn directions<X: Input>(transform: &str, x: &X, direction: &X::Gradient) -> Vec<Part<X>> {
    let mut directions = Vec::new();
    X::parts(direction, &mut |part| directions.push(part));
    let shapes = |parts: &[Part<X>]| parts.iter().map(X::Level::shape).collect::<Vec<_>>();
    require_shapes(transform, &shapes(&parts(x)), &shapes(&directions));
    directions
}

/// Panics unless a direction has the shapes of the point.
#[track_caller]
pub(crate) fn require_shapes(transform: &str, expected: &[Shape], found: &[Shape]) {
    if expected.len() != found.len() {
        panic!(
            "{transform}: expected a direction with the {} scalars and tensors of the point, got {}",
            expected.len(),
            found.len()
        );
    }
    for (expected, found) in expected.iter().zip(found) {
        if expected != found {
            panic!(
                "{transform}: expected a direction with the shapes of the point, got {found} for a part of shape \
                 {expected}"
            );
        }
    }
}
