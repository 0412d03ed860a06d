//! The values of a local derivative.

use crate::form::Form;
use autograd::Scalar;
use autograd::inspect::{Contribution, Node, Operation};
use tensor::Tensor;

/// The maximum number of elements of a Jacobian that is stored.
const SMALL: usize = 64;

/// Returns each contribution with the values of its local derivative, if they are stored.
pub(crate) fn values<'t, T: Scalar>(
    node: Node<'t, T>,
    op: &Operation<T>,
    form: Form,
    contributions: Vec<Contribution<'t, T>>,
) -> Vec<(Contribution<'t, T>, Option<Tensor<T>>)> {
    if !matches!(op, Operation::Tensor(_)) {
        let derivatives = node.derivatives();
        // Both lists are in the order of the operands.
        let mut next = derivatives.iter().peekable();
        return contributions
            .into_iter()
            .map(|contribution| {
                while next.next_if(|(at, _)| *at < contribution.position).is_some() {}
                let found =
                    next.peek().filter(|(at, _)| *at == contribution.position).map(|&&(_, d)| Tensor::scalar(d));
                (contribution, found)
            })
            .collect();
    }
    let y = node.value();
    // For an adjoint of ones, the contributions are the derivatives themselves.
    let mut of_ones: Option<Vec<Contribution<'t, T>>> = None;
    let mut numbers = |contribution: &Contribution<'t, T>| match form {
        Form::Elementwise => node.elementwise_derivative(contribution.position),
        Form::Weights => {
            let all = of_ones.get_or_insert_with(|| node.pull(&Tensor::ones(y.shape().clone())));
            all.iter().find(|s| s.position == contribution.position).map(|s| s.adjoint.clone())
        }
        Form::Linear => jacobian(node, contribution, &y),
    };
    let numbers: Vec<Option<Tensor<T>>> = contributions.iter().map(&mut numbers).collect();
    contributions.into_iter().zip(numbers).collect()
}

/// Returns ∂y/∂x, with the axes of y before those of x; `None` if it is large.
fn jacobian<T: Scalar>(node: Node<'_, T>, contribution: &Contribution<'_, T>, y: &Tensor<T>) -> Option<Tensor<T>> {
    let (rows, columns) = (y.size(), contribution.adjoint.size());
    if rows * columns > SMALL {
        return None;
    }
    let mut all = Vec::with_capacity(rows * columns);
    for i in 0..rows {
        let mut unit = vec![T::ZERO; rows];
        unit[i] = T::ONE;
        let row = node.pull(&Tensor::from_vec(y.shape().clone(), unit));
        all.extend(row.iter().find(|s| s.position == contribution.position)?.adjoint.to_vec());
    }
    let shape: Vec<usize> = y.shape().iter().chain(contribution.adjoint.shape().iter()).copied().collect();
    Some(Tensor::from_vec(&shape[..], all))
}
