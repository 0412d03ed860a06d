//! The reverse sweep over the vjp of each node. The contributions are added in the order of the engine, so that the
//! adjoints are equal bit for bit.

use crate::subgraph::{Subgraph, add};
use autograd::Scalar;
use autograd::inspect::Contribution;
use tensor::Tensor;

/// The adjoint of a node, and its contributions to its operands.
pub(crate) struct Swept<'t, T: Scalar> {
    pub(crate) adjoint: Option<Tensor<T>>,
    pub(crate) contributions: Vec<Contribution<'t, T>>,
}

/// Computes the adjoints of the nodes, in their order.
pub(crate) fn sweep<'t, T: Scalar>(subgraph: &Subgraph<'t, T>, cotangent: Tensor<T>) -> Vec<Swept<'t, T>> {
    let mut adjoints: Vec<Option<Tensor<T>>> = subgraph.nodes.iter().map(|_| None).collect();
    adjoints[0] = Some(cotangent);
    let mut swept = Vec::with_capacity(subgraph.nodes.len());
    for (at, &node) in subgraph.nodes.iter().enumerate() {
        let adjoint = adjoints[at].take();
        let mut contributions = Vec::new();
        if let Some(g) = adjoint.as_ref().filter(|_| subgraph.is_on_path(at)) {
            contributions = node.pull(g);
            contributions.retain(|contribution| subgraph.is_followed(contribution.node));
        }
        for contribution in &contributions {
            let Some(to) = subgraph.place[contribution.node.index()] else { continue };
            let before = adjoints[to].take();
            adjoints[to] = Some(match before {
                // As in the engine: the adjoint of a scalar starts at 0, so that a zero has no sign; the adjoint of a
                // tensor starts with the first contribution.
                None if contribution.node.is_scalar() => Tensor::scalar(T::ZERO + contribution.adjoint.item()),
                None => contribution.adjoint.clone(),
                Some(sum) => add(&sum, &contribution.adjoint),
            });
        }
        swept.push(Swept { adjoint, contributions });
    }
    swept
}
