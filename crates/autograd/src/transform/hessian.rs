//! Second derivatives by forward over reverse mode: the gradient is recorded once, and each direction takes one forward
//! sweep.

use super::input::{Input, Objective};
use super::jacobian::unit;
use super::vjp::push;
use crate::core::higher_order::{self, Wanted};
use crate::core::tape::Tape;
use crate::core::value::Scalar;
use crate::fast::nodes::NONE;
use tensor::{Real, Shape, Tensor};

/// Computes the Hessian of a function at a tensor. The result has shape (inputs..., inputs...) and is exactly
/// symmetric.
///
/// An element is NaN if either order of differentiation gives NaN.
///
/// ```
/// use autograd::hessian;
/// use tensor::tensor;
/// let h = hessian(|x| x.at([0]).powi(2) * x.at([1]), &tensor![3.0, 5.0]);
/// assert_eq!(h, tensor![[10.0, 6.0], [6.0, 0.0]]);
/// ```
#[track_caller]
pub fn hessian<T: Scalar, F>(f: F, x: &Tensor<T>) -> Tensor<T>
where
    F: for<'t> Objective<'t, Tensor<T>>,
{
    let tape = Tape::new();
    let on = tape.var(x.clone());
    let gradient = f(on).grad(on);
    let n = x.size();
    let shape: Shape = x.shape().iter().chain(x.shape().iter()).copied().collect();
    let mut hessian = Tensor::zeros(shape);
    let h = hessian.data_mut();
    for i in 0..n {
        let t = tape.tangents(|t| t.set(on, unit(x.shape(), i)));
        // (i, j) and (j, i) may differ by rounding. Both take the value of the earlier row, so the matrix is
        // symmetric, and both are NaN if either is.
        for (j, d) in t.of(gradient).to_vec().into_iter().enumerate() {
            if j >= i || d.is_nan() {
                h[i * n + j] = d;
                h[j * n + i] = d;
            }
        }
    }
    hessian
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
/// If the shapes of the direction differ from those of the point.
#[track_caller]
pub fn hvp<X: Input, F>(f: F, x: X, direction: &X::Gradient) -> X::Gradient
where
    F: for<'t> Objective<'t, X>,
{
    let tape: Tape<X::Elem> = Tape::new();
    let on = x.on(&tape);
    let y = f(on.clone());
    let mut nodes = Vec::new();
    X::nodes(&on, &mut |id| nodes.push(id));
    let seed = higher_order::constant_seed(&tape, y.id, Tensor::scalar(X::Elem::ONE));
    let gradients = <X::Elem as Scalar>::recorded(&tape, y.id, seed, &nodes, Wanted::Tangents);
    let t = push(&tape, &x, &on, direction);
    let mut shapes = Vec::new();
    x.for_each(&mut |part| shapes.push(part.shape().clone()));
    let mut parts = gradients.into_iter().zip(shapes).map(|(g, shape)| match g {
        Some(g) if g.id == NONE => Tensor::zeros(shape), // a constant
        Some(g) => t.at(g.id),
        None => Tensor::zeros(shape),
    });
    x.build(&mut || parts.next().unwrap_or_default())
}
