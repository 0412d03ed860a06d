//! Jacobians of functions, as matrices and as blocks.

use super::function::Function;
use super::input::{Input, Part};
use super::level::{Elem, Evaluation, Level, Out, next, nodes, parts};
use crate::core::value::Value;
use std::ops::Range;
use tensor::{Shape, Tensor};

/// A tensor, or a tensor variable at a point of variables.
pub(crate) type OutTensor<X> = Out<X, Tensor<Elem<X>>>;

/// Computes the Jacobian of a function at a point: for each scalar and tensor of the point, a tensor of shape
/// (outputs..., inputs...), in the structure of the point. J\[i, j\] = ∂y_i/∂x_j.
///
/// | point | Jacobian |
/// |---|---|
/// | tensor | tensor of shape (outputs..., inputs...) |
/// | scalar | tensor of shape (outputs...) |
/// | array, `Vec`, tuple | the same of Jacobians |
/// | `&Params` | [`ByParam`](crate::ByParam): `jacobian[key]` has shape (outputs..., shape of the parameter...) |
///
/// Uses forward mode, with one sweep per input element, if there are fewer inputs than outputs; otherwise reverse mode,
/// with one sweep per output element. For one matrix over all parts of the point, see [`jacobian_matrix`].
///
/// ```
/// use autograd::jacobian;
/// use tensor::tensor;
/// let j = jacobian(|x| x.square(), &tensor![1.0, 2.0]);
/// assert_eq!(j, tensor![[2.0, 0.0], [0.0, 4.0]]);
///
/// let (ja, jx) = jacobian(|(a, x)| x.square() * a, (10.0, tensor![1.0, 2.0]));
/// assert_eq!(ja, tensor![1.0, 4.0]);
/// assert_eq!(jx, tensor![[20.0, 0.0], [0.0, 40.0]]);
/// ```
///
/// Over parameters, as for a step of the Gauss-Newton method:
///
/// ```
/// use autograd::{Params, jacobian};
/// use tensor::tensor;
/// let mut params = Params::new();
/// let w = params.add("w", tensor![0.5, -0.5]);
/// let (x, y) = (tensor![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], tensor![1.0, 0.0, -1.0]);
/// let j = jacobian(|net| net.tape().constant(&x).matmul(net.var(w)) - &y, &params);
/// assert_eq!(j[w], x);
/// ```
///
/// # Panics
/// As [`grad`](crate::grad).
#[track_caller]
pub fn jacobian<X: Input, V, F>(f: F, x: X) -> X::Each<OutTensor<X>>
where
    V: Value<Elem = Elem<X>>,
    F: for<'t> Function<'t, X, V>,
{
    let j = Matrix::new("jacobian", f, &x, |outputs, inputs| inputs < outputs);
    j.blocks(&x)
}

/// Computes the [`jacobian`] in forward mode, with one sweep per input element.
///
/// # Panics
/// As [`grad`](crate::grad).
#[track_caller]
pub fn jacobian_forward<X: Input, V, F>(f: F, x: X) -> X::Each<OutTensor<X>>
where
    V: Value<Elem = Elem<X>>,
    F: for<'t> Function<'t, X, V>,
{
    Matrix::new("jacobian_forward", f, &x, |_, _| true).blocks(&x)
}

/// Computes the [`jacobian`] in reverse mode, with one sweep per output element.
///
/// # Panics
/// As [`grad`](crate::grad).
#[track_caller]
pub fn jacobian_reverse<X: Input, V, F>(f: F, x: X) -> X::Each<OutTensor<X>>
where
    V: Value<Elem = Elem<X>>,
    F: for<'t> Function<'t, X, V>,
{
    Matrix::new("jacobian_reverse", f, &x, |_, _| false).blocks(&x)
}

/// Computes the [`jacobian`] as one matrix, with a row for each output element and a column for each element of the
/// point, in the order of its parts.
///
/// [`flatten`](crate::flatten) gives the elements of a point in this order, and [`unflatten`](crate::unflatten) turns a
/// vector of them into a structure again. For the residuals X w + b - y of a linear model:
///
/// ```
/// use autograd::{Params, jacobian_matrix};
/// use tensor::tensor;
/// let mut params = Params::new();
/// let w = params.add("w", tensor![0.5, 0.5]);
/// let b = params.add("b", tensor![0.0]);
/// let (x, y) = (tensor![[1.0, 0.0], [0.0, 1.0], [2.0, 1.0]], tensor![3.0, 0.0, 4.0]);
/// let j = jacobian_matrix(
///     |p| {
///         let (x, y) = (p.tape().constant(&x), p.tape().constant(&y));
///         x.matmul(p.var(w)) + p.var(b) - y
///     },
///     &params,
/// );
/// // a row for each residual, columns for w and then b
/// assert_eq!(j, tensor![[1.0, 0.0, 1.0], [0.0, 1.0, 1.0], [2.0, 1.0, 1.0]]);
/// ```
///
/// # Panics
/// As [`grad`](crate::grad).
#[track_caller]
pub fn jacobian_matrix<X: Input, V, F>(f: F, x: X) -> OutTensor<X>
where
    V: Value<Elem = Elem<X>>,
    F: for<'t> Function<'t, X, V>,
{
    X::Level::out(Matrix::new("jacobian_matrix", f, &x, |outputs, inputs| inputs < outputs).matrix)
}

/// A Jacobian as a matrix, and the shape of the output.
struct Matrix<X: Input> {
    matrix: Part<X>,
    outputs: Shape,
}

impl<X: Input> Matrix<X> {
    #[track_caller]
    fn new<V, F>(transform: &str, f: F, x: &X, forward: impl Fn(usize, usize) -> bool) -> Self
    where
        V: Value<Elem = Elem<X>>,
        F: for<'t> Function<'t, X, V>,
    {
        let tape = X::Level::open(transform, x);
        let on = x.on(&tape);
        let nodes = nodes::<X>(transform, &on);
        let y = X::Level::run(Evaluation::Derivatives(transform), &tape, || f(on.clone()));
        let value = X::Level::part::<V>(&y.value);
        let (outputs, parts) = (X::Level::shape(&value), parts(x));
        let (rows, columns) = (outputs.size(), sizes::<X>(&parts).iter().sum());
        let matrix = if forward(rows, columns) {
            let lines = units::<X>(&tape, &parts, &nodes);
            let lines =
                lines.map(|source| X::Level::push(&tape, &[y.id], std::slice::from_ref(&outputs), vec![source]));
            X::Level::matrix(&tape, [rows, columns], true, lines)
        } else {
            let lines = (0..rows).map(|r| {
                let seed = X::Level::unit(&tape, &value, r);
                X::Level::pull(&tape, y.id, Some(seed), &nodes, |next| nodes.iter().map(|_| next()).collect())
            });
            X::Level::matrix(&tape, [rows, columns], false, lines)
        };
        Matrix { matrix, outputs }
    }

    /// The columns of each part of the point, in the shape (outputs..., inputs...).
    fn blocks(self, x: &X) -> X::Each<OutTensor<X>> {
        let parts = parts(x);
        let rows = self.outputs.size();
        let mut columns = ranges(&sizes::<X>(&parts)).into_iter().zip(&parts);
        x.each(&mut || {
            let (columns, part) = next(&mut columns);
            let shape = joined(&self.outputs, &X::Level::shape(part));
            X::Level::out(X::Level::block(&self.matrix, 0..rows, columns, shape))
        })
    }
}

/// The number of elements of each part.
pub(crate) fn sizes<X: Input>(parts: &[Part<X>]) -> Vec<usize> {
    parts.iter().map(|part| X::Level::shape(part).size()).collect()
}

/// The range of each part among the elements of all.
pub(crate) fn ranges(sizes: &[usize]) -> Vec<Range<usize>> {
    let mut start = 0;
    let range = |&size| {
        start += size;
        start - size..start
    };
    sizes.iter().map(range).collect()
}

/// The shape (outer..., inner...).
pub(crate) fn joined(outer: &Shape, inner: &Shape) -> Shape {
    outer.iter().chain(inner.iter()).copied().collect()
}

/// For each element of the point, the part that a unit tangent moves, and that tangent.
pub(crate) fn units<'a, X: Input>(
    tape: &'a <X::Level as Level>::Tape,
    parts: &'a [Part<X>],
    nodes: &'a [u32],
) -> impl Iterator<Item = (u32, Part<X>)> + use<'a, X> {
    let elements = move |(part, &node): (&'a Part<X>, &'a u32)| {
        (0..X::Level::shape(part).size()).map(move |at| (node, X::Level::unit(tape, part, at)))
    };
    parts.iter().zip(nodes).flat_map(elements)
}
