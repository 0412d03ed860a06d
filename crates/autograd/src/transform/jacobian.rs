//! Jacobians of tensor-valued functions.

use super::input::Function;
use crate::core::tape::Tape;
use crate::core::value::{Scalar, Value};
use tensor::{Shape, Tensor};

/// Computes the Jacobian of a function at a tensor: shape (outputs..., inputs...), J\[i, j\] = ∂y_i/∂x_j.
///
/// Uses forward mode, with one sweep per input, if there are fewer inputs than outputs; otherwise reverse mode, with
/// one sweep per output.
///
/// ```
/// use autograd::jacobian;
/// use tensor::tensor;
/// let j = jacobian(|x| x.square(), &tensor![1.0, 2.0]);
/// assert_eq!(j, tensor![[2.0, 0.0], [0.0, 4.0]]);
/// ```
#[track_caller]
pub fn jacobian<T: Scalar, V, F>(f: F, x: &Tensor<T>) -> Tensor<T>
where
    V: Value<Elem = T>,
    F: for<'t> Function<'t, Tensor<T>, V>,
{
    with(f, x, |outputs, inputs| inputs < outputs)
}

/// Computes the [`jacobian`] in forward mode, with one sweep per input.
#[track_caller]
pub fn jacobian_forward<T: Scalar, V, F>(f: F, x: &Tensor<T>) -> Tensor<T>
where
    V: Value<Elem = T>,
    F: for<'t> Function<'t, Tensor<T>, V>,
{
    with(f, x, |_, _| true)
}

/// Computes the [`jacobian`] in reverse mode, with one sweep per output.
#[track_caller]
pub fn jacobian_reverse<T: Scalar, V, F>(f: F, x: &Tensor<T>) -> Tensor<T>
where
    V: Value<Elem = T>,
    F: for<'t> Function<'t, Tensor<T>, V>,
{
    with(f, x, |_, _| false)
}

#[track_caller]
fn with<T: Scalar, V, F>(f: F, x: &Tensor<T>, forward: impl Fn(usize, usize) -> bool) -> Tensor<T>
where
    V: Value<Elem = T>,
    F: for<'t> Function<'t, Tensor<T>, V>,
{
    let tape = Tape::new();
    let on = tape.var(x.clone());
    let y = f(on);
    let (rows, columns) = (y.shape().size(), x.size());
    let shape: Shape = y.shape().iter().chain(x.shape().iter()).copied().collect();
    let mut jacobian = Tensor::zeros(shape);
    let j = jacobian.data_mut();
    if forward(rows, columns) {
        for c in 0..columns {
            let t = tape.tangents(|t| t.set(on, unit(x.shape(), c)));
            for (r, d) in t.of(y).to_tensor().to_vec().into_iter().enumerate() {
                j[r * columns + c] = d;
            }
        }
    } else {
        for (r, row) in j.chunks_exact_mut(columns.max(1)).enumerate() {
            let seed = V::from_tensor(unit(&y.shape(), r));
            let g = crate::core::var::Var::<V>::backward_at(&tape, y.id, &y.value(), &seed);
            g.by_node(on.id).copy_to(row);
        }
    }
    jacobian
}

/// The tensor of zeros with a 1 at one row-major index.
pub(crate) fn unit<T: Scalar>(shape: &Shape, at: usize) -> Tensor<T> {
    let mut e = Tensor::zeros(shape);
    e.data_mut()[at] = T::ONE;
    e
}
