//! The sweep, made of what each node hands on, summed in the engine's order: so its numbers are the engine's, to the
//! bit.

use super::subgraph::Subgraph;
use autograd::Scalar;
use autograd::inspect::Contribution;
use tensor::Tensor;

/// What came in at a node, and what it handed on.
pub(crate) struct Swept<'t, T: Scalar> {
    pub(crate) adjoint: Option<Tensor<T>>,
    pub(crate) contributions: Vec<Contribution<'t, T>>,
}

/// The adjoints of the nodes, in their order.
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
                // the adjoint of a number begins as 0, so that it has no sign when it is 0; a tensor's first contribution
                // moves in
                None if contribution.node.is_scalar() => Tensor::scalar(T::ZERO + contribution.adjoint.item()),
                None => contribution.adjoint.clone(),
                Some(sum) => add(&sum, &contribution.adjoint),
            });
        }
        swept.push(Swept { adjoint, contributions });
    }
    swept
}

pub(crate) fn add<T: Scalar>(a: &Tensor<T>, b: &Tensor<T>) -> Tensor<T> {
    let (x, y) = (a.to_vec(), b.to_vec());
    Tensor::build(a.shape().clone(), |out| {
        for ((out, x), y) in out.iter_mut().zip(x).zip(y) {
            *out = x + y;
        }
    })
}
