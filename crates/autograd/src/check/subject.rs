//! The function under test as a scalar function of the elements of its input, and its derivatives of any order.
//!
//! The scalar is φ₁ = <v, f>, and for each further order φ_{k+1} = <w_k, ∇φ_k> with random weights w_k. A check of
//! order k is therefore a check of the gradient of φ_k.

use super::difference::Sample;
use crate::core::higher_order::{self, Wanted};
use crate::core::node::Node;
use crate::core::record::Erased;
use crate::core::tape::Tape;
use crate::core::value::{Scalar, Value};
use crate::core::var::{TensorVar, Var};
use crate::fast::nodes::NONE;
use crate::ops::gradients;
use crate::rules::{self, Op};
use crate::transform::{Function, Input, Plain, PlainPart};
use tensor::Tensor;

/// One number for each element of each part of the input.
pub(crate) type Parts = Vec<Vec<f64>>;

/// An output on a tape, and its cotangent.
pub(crate) struct Root<'s> {
    node: u32,
    value: Tensor<f64>,
    seed: &'s Tensor<f64>,
}

/// A function and a point.
pub(crate) struct Subject<'a, X, F> {
    pub(crate) f: &'a F,
    pub(crate) x: &'a X,
    /// The parts of the point.
    pub(crate) parts: Vec<Tensor<f64>>,
    /// v: one weight for each element of the output.
    pub(crate) cotangent: Tensor<f64>,
    /// w_k: for each order above the first, one weight for each element of the input.
    pub(crate) weights: Vec<Vec<Tensor<f64>>>,
    /// The cotangent of the scalar φ_k for orders above the first: 1.
    pub(crate) one: Tensor<f64>,
}

impl<'a, X: Input<Level = Plain<f64>>, F> Subject<'a, X, F> {
    /// Creates the variables of the point on a tape, with element `at` of part `part` replaced by `to`.
    fn moved<'t>(&self, tape: &'t Tape<f64>, (part, at): (usize, usize), to: f64) -> X::On<'t> {
        let mut k = 0;
        self.x.on_parts(tape, &mut || {
            let mut t = self.parts[k].clone();
            if k == part {
                t.data_mut()[at] = to;
            }
            k += 1;
            PlainPart::Tensor(t)
        })
    }

    /// Creates the variables of the point on a tape, with all elements multiplied by `factor`. Frozen parameters are
    /// variables here, too: their derivatives are checked like all others.
    pub(crate) fn scaled<'t>(&self, tape: &'t Tape<f64>, factor: f64) -> X::On<'t> {
        let mut parts = self.parts.iter();
        self.x.on_parts(tape, &mut || PlainPart::Tensor(parts.next().map_or_else(Tensor::default, |t| t * factor)))
    }

    /// Records φ_k.
    pub(crate) fn record<'t, V>(&self, tape: &'t Tape<f64>, on: &X::On<'t>, order: usize) -> Root<'_>
    where
        V: Value<Elem = f64>,
        F: Function<'t, X, V>,
    {
        let y = (self.f)(on.clone());
        let mut root = Root { node: y.id, value: y.value().to_tensor(), seed: &self.cotangent };
        let nodes = nodes::<X>(on);
        for weights in &self.weights[..order - 1] {
            let seed = higher_order::constant_seed(tape, root.node, root.seed.clone());
            let gradient = <f64 as Scalar>::recorded(tape, root.node, seed, &nodes, Wanted::Values);
            let terms: Vec<Var<'t, f64>> =
                gradient.into_iter().zip(weights).filter_map(|(g, w)| g.map(|g| weighted(tape, g, w))).collect();
            let sum = tape.sum(&terms);
            root = Root { node: sum.id, value: Tensor::scalar(sum.value()), seed: &self.one };
        }
        root
    }

    /// Evaluates φ_k with one element of the input replaced. From the second order on it is computed from the gradient
    /// of φ_(k-1) in the reverse sweep, so that recorded gradients are checked against unrecorded ones.
    pub(crate) fn sample<V>(&self, order: usize, place: (usize, usize), to: f64) -> Sample
    where
        V: Value<Elem = f64>,
        F: for<'t> Function<'t, X, V>,
    {
        let tape = Tape::new();
        let on = self.moved(&tape, place, to);
        let root = self.record::<V>(&tape, &on, (order - 1).max(1));
        if order == 1 {
            return root.sample();
        }
        let gradient = eager::<X>(&tape, &root, &on);
        let weights = self.weights[order - 2].iter().map(Tensor::to_vec);
        let terms =
            gradient.iter().zip(weights).flat_map(|(g, w)| g.iter().zip(w).map(|(g, w)| (*g, w)).collect::<Vec<_>>());
        Sample::dot(terms)
    }

    /// The change of the gradient of φ_k when the input is multiplied by 1 ± a few ε, which estimates its rounding
    /// error. The smaller change of both signs is returned, since the other may be caused by a kink.
    pub(crate) fn gradient_change<V>(&self, order: usize, gradient: &Parts) -> Parts
    where
        V: Value<Elem = f64>,
        F: for<'t> Function<'t, X, V>,
    {
        let spread = |sign: f64| {
            let mut spread: Parts = gradient.iter().map(|g| vec![0.0; g.len()]).collect();
            for k in 1..=3 {
                let tape = Tape::new();
                let on = self.scaled(&tape, 1.0 + sign * f64::from(k) * f64::EPSILON);
                let root = self.record::<V>(&tape, &on, order);
                let moved = eager::<X>(&tape, &root, &on);
                for (s, (a, b)) in
                    spread.iter_mut().flatten().zip(moved.iter().flatten().zip(gradient.iter().flatten()))
                {
                    *s = (a - b).abs().max(*s);
                }
            }
            spread
        };
        let (up, down) = (spread(1.0), spread(-1.0));
        up.iter().zip(&down).map(|(u, d)| u.iter().zip(d).map(|(u, d)| u.min(*d)).collect()).collect()
    }
}

impl Root<'_> {
    /// φ = <v, y>.
    pub(crate) fn sample(&self) -> Sample {
        if self.value.shape() != self.seed.shape() {
            return Sample { value: f64::NAN, size: f64::NAN }; // the shape depends on the values
        }
        Sample::dot(self.value.to_vec().into_iter().zip(self.seed.to_vec()))
    }

    /// The tangent of φ in a direction of the variables, and the size of its terms.
    pub(crate) fn push(&self, tape: &Tape<f64>, nodes: &[u32], direction: Vec<(usize, Tensor<f64>)>) -> Sample {
        let t = tape.tangents(|t| direction.into_iter().for_each(|(part, d)| t.put(nodes[part], d)));
        let dy = match self.node {
            NONE => Tensor::zeros(self.seed.shape()),
            id => t.at(id),
        };
        Sample::dot(dy.to_vec().into_iter().zip(self.seed.to_vec()))
    }
}

/// Records <w, g>. Where the weight is 0, g may be infinite.
fn weighted<'t>(tape: &'t Tape<f64>, g: Erased<'t, f64>, w: &Tensor<f64>) -> Var<'t, f64> {
    if g.is_scalar {
        return if w.item() == 0.0 { tape.constant(g.scalar * 0.0).detach() } else { g.var::<f64>() * w.item() };
    }
    let g: TensorVar<'t> = g.var();
    let g = if w.to_vec().contains(&0.0) { g.where_(w, 0.0) } else { g };
    (g * tape.constant(w.clone())).sum()
}

/// The nodes of the variables, in the order of the parts.
pub(crate) fn nodes<X: Input>(on: &X::On<'_>) -> Vec<u32> {
    let mut nodes = Vec::new();
    X::nodes(on, &mut |id| nodes.push(id));
    nodes
}

/// The gradient of <seed, root>, computed in a reverse sweep.
pub(crate) fn eager<X: Input<Level = Plain<f64>>>(tape: &Tape<f64>, root: &Root<'_>, on: &X::On<'_>) -> Parts {
    let g = gradients::run(tape, root.node, Some(root.seed.clone()), 0);
    nodes::<X>(on).into_iter().map(|id| g.by_node(id).to_vec()).collect()
}

/// The gradient of <seed, root>, recorded on the tape.
pub(crate) fn recorded<X: Input<Level = Plain<f64>>>(tape: &Tape<f64>, root: &Root<'_>, on: &X::On<'_>) -> Parts {
    let nodes = nodes::<X>(on);
    let seed = higher_order::constant_seed(tape, root.node, root.seed.clone());
    let gradient = <f64 as Scalar>::recorded(tape, root.node, seed, &nodes, Wanted::Values);
    let numbers = |(g, id): (Option<Erased<'_, f64>>, u32)| match g {
        Some(g) if g.is_scalar => vec![g.scalar],
        Some(g) => g.var::<Tensor<f64>>().value().to_vec(),
        None => vec![0.0; tape.shape(id).size()],
    };
    gradient.into_iter().zip(nodes).map(numbers).collect()
}

/// Whether all custom operations on the tape have a rule for forward mode.
pub(crate) fn has_forward(tape: &Tape<f64>) -> bool {
    let is_custom = |&id: &u32| tape.read(id, |node| matches!(node, Node::Tensor(Op::Custom(_), _)));
    (0..tape.len() as u32).filter(is_custom).all(|id| {
        tape.read_tensor(id, |node| {
            let dxs: Vec<Option<&Tensor<f64>>> = node.xs.iter().map(|&x| Some(x)).collect();
            rules::jvp(tape.product, node.op, node.xs, &dxs, node.y).is_some()
        })
    })
}
