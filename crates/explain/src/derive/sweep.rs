//! The sweep, made of what each node hands on, summed in the engine's order: so its numbers are the engine's, to the
//! bit.

use super::part::Part;
use autograd::Scalar;
use autograd::inspect::Contribution;
use tensor::Tensor;

/// What came in at a node, and what it handed on.
pub(crate) struct Swept<'t, T: Scalar> {
    pub(crate) adjoint: Option<Tensor<T>>,
    pub(crate) shares: Vec<Contribution<'t, T>>,
}

/// The adjoints of the nodes, in their order.
pub(crate) fn sweep<'t, T: Scalar>(part: &Part<'t, T>, cotangent: Tensor<T>) -> Vec<Swept<'t, T>> {
    let mut adjoints: Vec<Option<Tensor<T>>> = part.nodes.iter().map(|_| None).collect();
    adjoints[0] = Some(cotangent);
    let mut swept = Vec::with_capacity(part.nodes.len());
    for (at, &node) in part.nodes.iter().enumerate() {
        let adjoint = adjoints[at].take();
        let mut shares = Vec::new();
        if let Some(g) = adjoint.as_ref().filter(|_| part.is_on_path(at)) {
            shares = node.pull(g);
            shares.retain(|share| part.follows(share.node));
        }
        for share in &shares {
            let Some(to) = part.place[share.node.index()] else { continue };
            let before = adjoints[to].take();
            adjoints[to] = Some(match before {
                // the adjoint of a number begins as 0, so that it has no sign when it is 0; a tensor's first share
                // moves in
                None if share.node.is_scalar() => Tensor::scalar(T::ZERO + share.adjoint.item()),
                None => share.adjoint.clone(),
                Some(sum) => add(&sum, &share.adjoint),
            });
        }
        swept.push(Swept { adjoint, shares });
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
