//! The evaluation of a node for other operands: in `f64` if the rule is generic over numbers, otherwise in the
//! precision of the tape.

use autograd::Scalar;
use autograd::inspect::{Node, Operation};
use autograd::rules::Op;
use tensor::{Shape, Tensor};

/// Computes the value of a node for these operands.
pub(crate) fn evaluate<T: Scalar>(node: Node<'_, T>, op: &Operation<T>, xs: &[Tensor<f64>]) -> Option<Tensor<f64>> {
    if !is_single::<T>() {
        let xs: Vec<Tensor<T>> = xs.iter().map(Tensor::cast).collect();
        return Some(node.evaluate(&xs)?.cast());
    }
    match op {
        Operation::Unary(op) | Operation::Tensor(Op::Unary(op)) => {
            let x = xs[0].to_vec();
            Some(Tensor::from_vec(xs[0].shape().clone(), x.iter().map(|&x| op.value(x)).collect::<Vec<_>>()))
        }
        Operation::Binary(op) | Operation::Tensor(Op::Binary(op)) => {
            let shape: Shape = Shape::broadcast(xs[0].shape(), xs[1].shape())?;
            let [a, b] = [0, 1].map(|k| xs[k].broadcast_to(shape.clone()).to_vec());
            Some(Tensor::from_vec(shape, a.iter().zip(&b).map(|(&a, &b)| op.value(a, b)).collect::<Vec<_>>()))
        }
        _ => {
            let xs: Vec<Tensor<T>> = xs.iter().map(Tensor::cast).collect();
            Some(node.evaluate(&xs)?.cast())
        }
    }
}

/// Whether the tape computes in `f32`.
pub(crate) fn is_single<T: Scalar>() -> bool {
    size_of::<T>() == 4
}

/// Whether [`evaluate`] computes in `f64`.
pub(crate) fn is_exact<T: Scalar>(op: &Operation<T>) -> bool {
    let elementwise = matches!(op, Operation::Unary(_) | Operation::Binary(_));
    !is_single::<T>() || elementwise || matches!(op, Operation::Tensor(Op::Unary(_) | Op::Binary(_)))
}
