//! The elements of a point as one vector, and back.

use super::input::{Input, Part};
use super::level::{Elem, Level, next, parts};
use super::plain::{Plain, PlainPart};
use crate::core::value::Scalar;
use tensor::{Shape, Tensor};

/// Returns the elements of a point as a vector, in the order of its parts: that of the columns of
/// [`jacobian_matrix`](crate::jacobian_matrix) and [`hessian_matrix`](crate::hessian_matrix).
///
/// ```
/// use autograd::flatten;
/// use tensor::tensor;
/// assert_eq!(flatten((1.0, tensor![[2.0, 3.0]])), tensor![1.0, 2.0, 3.0]);
/// ```
pub fn flatten<T: Scalar, X: Input<Level = Plain<T>>>(x: X) -> Tensor<T> {
    parts(&x).into_iter().flat_map(|part| part.into_tensor().to_vec()).collect()
}

/// Returns a vector as a structure like the point `x`: the inverse of [`flatten`].
///
/// ```
/// use autograd::unflatten;
/// use tensor::tensor;
/// let step = unflatten((0.0, tensor![[0.0, 0.0]]), &tensor![1.0, 2.0, 3.0]);
/// assert_eq!(step, (1.0, tensor![[2.0, 3.0]]));
/// ```
///
/// # Panics
/// If the vector does not have as many elements as the point.
#[track_caller]
pub fn unflatten<T: Scalar, X: Input<Level = Plain<T>>>(x: X, vector: &Tensor<T>) -> X::Gradient {
    let parts: Vec<Part<X>> = parts(&x);
    let shapes: Vec<Shape> = parts.iter().map(Plain::<Elem<X>>::shape).collect();
    let size: usize = shapes.iter().map(Shape::size).sum();
    if vector.shape()[..] != [size] {
        panic!("unflatten: expected a vector of the {size} elements of the point, got shape {}", vector.shape());
    }
    let data = vector.to_vec();
    let (mut at, mut shapes) = (0, shapes.into_iter());
    x.build(&mut || {
        let shape = next(&mut shapes);
        let size = shape.size();
        at += size;
        PlainPart::Tensor(Tensor::from_vec(shape, &data[at - size..at]))
    })
}
