//! Second derivatives by forward over reverse mode: the gradient is recorded once, and each direction takes one forward
//! sweep.

use super::function::Objective;
use super::input::Input;
use super::input::Part;
use super::jacobian::{OutTensor, joined, ranges, sizes, units};
use super::level::{Evaluation, Level, next, nodes, parts};
use super::vjp::directions;
use tensor::Shape;

/// Computes the Hessian of a function at a point: for each pair of scalars and tensors of the point, a tensor of shape
/// (first..., second...), in the structure of the point for the first and again for the second. The result is exactly
/// symmetric at plain points, and symmetric up to rounding at points of variables.
///
/// | point | Hessian |
/// |---|---|
/// | tensor | tensor of shape (inputs..., inputs...) |
/// | scalar | tensor of shape () |
/// | array, `Vec`, tuple | the same of rows, each the same of blocks: `((aa, ab), (ba, bb))` for `(a, b)` |
/// | `&Params` | `hessian[v][w]` of shape (shape of v..., shape of w...) |
///
/// An element is NaN if either order of differentiation gives NaN. For one matrix over all parts of the point, see
/// [`hessian_matrix`].
///
/// ```
/// use autograd::hessian;
/// use tensor::tensor;
/// let h = hessian(|x| x.at([0]).powi(2) * x.at([1]), &tensor![3.0, 5.0]);
/// assert_eq!(h, tensor![[10.0, 6.0], [6.0, 0.0]]);
///
/// let ((aa, ab), (ba, bb)) = hessian(|(a, b)| a * a * b.sum(), (3.0, tensor![1.0, 4.0]));
/// assert_eq!((aa.item(), ab, ba), (10.0, tensor![6.0, 6.0], tensor![6.0, 6.0]));
/// assert_eq!(bb, tensor![[0.0, 0.0], [0.0, 0.0]]);
/// ```
///
/// # Panics
/// As [`grad`](crate::grad).
#[track_caller]
pub fn hessian<X: Input, F>(f: F, x: X) -> X::Each<X::Each<OutTensor<X>>>
where
    F: for<'t> Objective<'t, X>,
{
    let matrix = matrix("hessian", f, &x);
    let parts = parts(&x);
    let shapes: Vec<Shape> = parts.iter().map(X::Level::shape).collect();
    let ranges = ranges(&sizes::<X>(&parts));
    let mut rows = ranges.iter().zip(&shapes);
    x.each(&mut || {
        let (row, first) = next(&mut rows);
        let mut columns = ranges.iter().zip(&shapes);
        x.each(&mut || {
            let (column, second) = next(&mut columns);
            X::Level::out(X::Level::block(&matrix, row.clone(), column.clone(), joined(first, second)))
        })
    })
}

/// Computes the [`hessian`] as one square matrix over the elements of the point, in the order of its parts.
///
/// ```
/// use autograd::hessian_matrix;
/// use tensor::tensor;
/// let h = hessian_matrix(|[a, b]| a * a * b, [3.0, 5.0]);
/// assert_eq!(h, tensor![[10.0, 6.0], [6.0, 0.0]]);
/// ```
///
/// # Panics
/// As [`grad`](crate::grad).
#[track_caller]
pub fn hessian_matrix<X: Input, F>(f: F, x: X) -> OutTensor<X>
where
    F: for<'t> Objective<'t, X>,
{
    X::Level::out(matrix("hessian_matrix", f, &x))
}

#[track_caller]
fn matrix<X: Input, F>(transform: &str, f: F, x: &X) -> Part<X>
where
    F: for<'t> Objective<'t, X>,
{
    let tape = X::Level::open(transform, x);
    let on = x.on(&tape);
    let nodes = nodes::<X>(transform, &on);
    let y = X::Level::run(Evaluation::Derivatives(transform), &tape, || f(on.clone()));
    let gradient = X::Level::gradient(&tape, y.id, &nodes);
    let parts = parts(x);
    let shapes: Vec<Shape> = parts.iter().map(X::Level::shape).collect();
    let size = sizes::<X>(&parts).iter().sum();
    let rows = units::<X>(&tape, &parts, &nodes);
    let rows = rows.map(|source| X::Level::push(&tape, &gradient, &shapes, vec![source]));
    X::Level::symmetric(X::Level::matrix(&tape, [size, size], false, rows))
}

/// Computes the product of the Hessian with a direction, in the structure of the point, without forming the Hessian.
///
/// ```
/// use autograd::hvp;
/// use tensor::tensor;
/// let hv = hvp(|x| x.powi(3).sum(), &tensor![1.0, 2.0], &tensor![1.0, 10.0]);
/// assert_eq!(hv, tensor![6.0, 120.0]);
/// ```
///
/// # Panics
/// As [`grad`](crate::grad), or if the shapes of the direction differ from those of the point.
#[track_caller]
pub fn hvp<X: Input, F>(f: F, x: X, direction: &X::Gradient) -> X::Gradient
where
    F: for<'t> Objective<'t, X>,
{
    let tape = X::Level::open("hvp", &x);
    let on = x.on(&tape);
    let nodes = nodes::<X>("hvp", &on);
    let directions = directions::<X>("hvp", &x, direction);
    let y = X::Level::run(Evaluation::Derivatives("hvp"), &tape, || f(on.clone()));
    let gradient = X::Level::gradient(&tape, y.id, &nodes);
    let shapes: Vec<Shape> = directions.iter().map(X::Level::shape).collect();
    let sources = nodes.into_iter().zip(directions).collect();
    let mut tangents = X::Level::push(&tape, &gradient, &shapes, sources).into_iter();
    x.build(&mut || next(&mut tangents))
}
