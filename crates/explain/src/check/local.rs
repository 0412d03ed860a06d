//! The check of one operation: its contribution to an operand, compared with differences of its value.

use super::replay::{evaluate, is_exact, is_single};
use super::{Accuracy, Check, check, inner};
use autograd::Scalar;
use autograd::check::Differences;
use autograd::inspect::{Node, Operand, Operation};
use tensor::Tensor;

/// Operations with more elements than this are not checked.
const LARGE: usize = 1 << 16;
/// The maximum number of elements that the differences for one edge may compute, at one evaluation each.
const WORK: usize = 1 << 13;
/// The maximum number of elements that the differences for all edges of an operation may read and compute.
const TOTAL_WORK: usize = 1 << 22;

/// Checks the derivatives with respect to the operands at these positions.
pub(crate) fn local<T: Scalar>(node: Node<'_, T>, op: &Operation<T>, positions: &[usize]) -> Vec<Option<Check>> {
    let y = node.value();
    let xs: Vec<Tensor<f64>> = node
        .operands()
        .iter()
        .map(|x| match x {
            Operand::Node(n) => n.value().cast(),
            Operand::Constant(c) => Tensor::scalar(*c).cast(),
        })
        .collect();
    let size = y.size() + xs.iter().map(Tensor::size).sum::<usize>();
    if size > LARGE || positions.is_empty() {
        return vec![None; positions.len()];
    }
    let u = cotangent(y.size());
    let u_tensor: Tensor<T> = Tensor::from_vec(y.shape().clone(), &u).cast();
    let contributions = node.pull(&u_tensor);
    let accuracy = Accuracy::new(is_single::<T>(), is_exact(op));
    let check = |&k: &usize| {
        let gradient = contributions.iter().find(|c| c.position == k)?.adjoint.cast::<f64>();
        check(&xs[k], &gradient, (WORK / size.max(1)).max(2), accuracy, |x| {
            let mut operands = xs.clone();
            operands[k] = x;
            inner(&u, evaluate(node, op, &operands))
        })
    };
    // Each check evaluates the operation, so checking all edges of an operation with many operands would take quadratic
    // time. In that case only some edges are checked, evenly spaced.
    let edges = (TOTAL_WORK / (Differences::EVALUATIONS * size.max(1))).max(1);
    let stride = positions.len().div_ceil(edges);
    positions.iter().enumerate().map(|(i, k)| if i % stride == 0 { check(k) } else { None }).collect()
}

/// The cotangent: 1 for one element, otherwise weights between 1/2 and 3/2 that are exact in `f32`, and so irregular
/// that errors do not cancel.
fn cotangent(n: usize) -> Vec<f64> {
    if n == 1 {
        return vec![1.0];
    }
    (0..n).map(|i| 0.5 + ((i * 40503 + 12345) % 65536) as f64 / 65536.0).collect()
}
