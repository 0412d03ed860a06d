//! The derivatives of a node: local derivatives, contributions to operands, and recorded rules.

use super::{Contribution, Node, Operand, Operation, Rule};
use crate::core::tape::Tape;
use crate::core::value::Scalar;
use crate::core::var::TensorVar;
use crate::rules::array::Array;
use crate::rules::{self, Op};
use tensor::Tensor;

impl<'t, T: Scalar> Node<'t, T> {
    /// Returns the local derivatives of a scalar operation: pairs of an operand index and the partial derivative with
    /// respect to that operand. Empty for operations on tensors, whose derivatives are linear maps: see
    /// [`pull`](Node::pull).
    pub fn derivatives(self) -> Vec<(usize, T)> {
        let tape = self.tape;
        let mut partials = Vec::new();
        tape.partials(self.id, |id| tape.nodes.value(id), |id| tape.is_tracked(id), |k, _, d| partials.push((k, d)));
        partials
    }

    /// Returns the derivative of each element of the value with respect to its element of operand `k`, in the shape of
    /// the value: the factor by which [`pull`](Node::pull) multiplies the adjoint before it sums over axes that were
    /// broadcast. `None` unless this is an elementwise operation on tensors.
    ///
    /// ```
    /// use autograd::Tape;
    /// use tensor::tensor;
    /// let tape = Tape::new();
    /// let (x, s) = (tape.var(tensor![1.0, 2.0]), tape.var(tensor![3.0]));
    /// let node = tape.node((x * s).node().unwrap());
    /// assert_eq!(node.elementwise_derivative(1), Some(tensor![1.0, 2.0]));
    /// ```
    ///
    /// # Panics
    /// If the operation has no operand `k`.
    #[track_caller]
    pub fn elementwise_derivative(self, k: usize) -> Option<Tensor<T>> {
        let Operation::Tensor(op) = self.operation() else { return None };
        if !matches!(op, Op::ToTensor | Op::Unary(_) | Op::Binary(_) | Op::Where(_) | Op::Clamp(_) | Op::MulAdd) {
            return None;
        }
        let y = self.value();
        let xs = self.operand_values();
        assert!(k < xs.len(), "elementwise_derivative: expected an operand index below {}, got {k}", xs.len());
        let ones = Tensor::ones(y.shape().clone());
        let d = rules::rule(&op, k, &xs.iter().collect::<Vec<_>>(), &y).pull(self.tape.product, &ones);
        Some(d.broadcast_to(y.shape().clone()))
    }

    /// Runs the derivative rule for operand `k` on variables of another tape, `scratch`, and returns the recorded
    /// nodes. `None` for operations on scalars only, whose rule is one weight per operand, and for custom operations.
    ///
    /// ```
    /// use autograd::{Tape, inspect::Operation};
    /// use tensor::tensor;
    /// let (tape, scratch) = (Tape::new(), Tape::new());
    /// let y = tape.var(tensor![1.0, 2.0]).softmax(0);
    /// let rule = tape.node(y.node().unwrap()).rule(0, &scratch).unwrap();
    /// // (g - sum(g y)) y, which is 0 for an adjoint g of ones
    /// assert_eq!(rule.contribution.operation().name(), "mul");
    /// assert!(rule.contribution.value().abs().max() < 1e-15);
    /// ```
    ///
    /// # Panics
    /// If the operation has no operand `k`.
    #[track_caller]
    pub fn rule<'s>(self, k: usize, scratch: &'s Tape<T>) -> Option<Rule<'s, T>> {
        let Operation::Tensor(op) = self.operation() else { return None };
        if matches!(op, Op::Custom(_) | Op::CustomVjp(..)) {
            return None;
        }
        let xs: Vec<TensorVar<'s, T>> = self.operand_values().into_iter().map(|x| scratch.var(x)).collect();
        assert!(k < xs.len(), "rule: expected an operand index below {}, got {k}", xs.len());
        let y = scratch.var(self.value());
        let g = scratch.var(Tensor::ones(y.shape()));
        let refs: Vec<&TensorVar<'s, T>> = xs.iter().collect();
        let product = crate::rules::array::Product { strict: true };
        let contribution = rules::rule(&op, k, &refs, &y).pull(product, &g).fit(&xs[k].shape());
        let node = |x: TensorVar<'s, T>| Node { tape: scratch, id: x.id };
        Some(Rule {
            operands: xs.into_iter().map(node).collect(),
            value: node(y),
            adjoint: node(g),
            contribution: node(contribution),
        })
    }

    /// The values of the operands.
    fn operand_values(self) -> Vec<Tensor<T>> {
        self.operands()
            .into_iter()
            .map(|x| match x {
                Operand::Node(n) => n.value(),
                Operand::Constant(c) => Tensor::scalar(c),
            })
            .collect()
    }

    /// Returns the contributions of this node, for the adjoint `g` of its value, to its operands that depend on a
    /// variable. The order and the values are, bit for bit, those of the reverse sweep.
    ///
    /// ```
    /// use autograd::Tape;
    /// use tensor::Tensor;
    /// let tape = Tape::new();
    /// let (x, y) = (tape.var(2.0_f64), tape.var(5.0));
    /// let node = tape.node((x * y).node().unwrap());
    /// let contributions = node.pull(&Tensor::scalar(10.0));
    /// assert_eq!((contributions[0].adjoint.item(), contributions[1].adjoint.item()), (50.0, 20.0));
    /// ```
    ///
    /// # Panics
    /// If the shape of the adjoint differs from that of the value.
    #[track_caller]
    pub fn pull(self, g: &Tensor<T>) -> Vec<Contribution<'t, T>> {
        let y = self.value();
        assert!(
            g.shape() == y.shape(),
            "pull: expected an adjoint of shape {}, the shape of the value, got {}",
            y.shape(),
            g.shape()
        );
        let (tape, product) = (self.tape, self.tape.product);
        let contribution =
            |position: usize, id: u32, adjoint| Contribution { position, node: Node { tape, id }, adjoint };
        if !tape.has_record(self.id) {
            let (g, operands) = (g.item(), self.operands());
            let derivatives = self.derivatives().into_iter();
            return derivatives
                .filter_map(|(k, d)| match operands[k] {
                    Operand::Node(n) => {
                        Some(contribution(k, n.id, Tensor::scalar(crate::rules::array::weigh(product.absent(), g, d))))
                    }
                    Operand::Constant(_) => None,
                })
                .collect();
        }
        let mut contributions = Vec::new();
        tape.read_tensor(self.id, |node| {
            let tracked = |k: usize| tape.is_tracked(node.operands[k]);
            rules::vjps(product, node.op, g, node.xs, node.y, tracked, |k, adjoint| {
                contributions.push(contribution(k, node.operands[k], adjoint.fit(node.xs[k].shape())));
            });
        });
        contributions
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::softmax_cross_entropy;
    use tensor::tensor;

    /// A sweep with `pull` gives the same bits as `backward`, for scalars and tensors, and for operands used several
    /// times.
    #[test]
    fn a_sweep_with_pull_equals_backward() {
        let tape = Tape::new();
        let (x, w) = (tape.var(0.7_f64), tape.var(tensor![[0.5, -1.0], [2.0, 0.25]]));
        let b = tape.var(tensor![0.1, 0.2]);
        let z = (w.matmul(w) * x + b).tanh();
        let s = (x * x).sin() / 3.0 + tape.sum(&[x, x, x]);
        let loss = softmax_cross_entropy(z, [1, 0]) * s - x.powi(3);
        let mut adjoints: Vec<Option<Tensor<f64>>> = vec![None; tape.len()];
        adjoints[loss.node().unwrap()] = Some(Tensor::scalar(1.0));
        for node in tape.nodes().rev() {
            let Some(g) = adjoints[node.index()].clone() else { continue };
            for contribution in node.pull(&g) {
                let sum = &mut adjoints[contribution.node.index()];
                *sum = Some(match sum.take() {
                    None => contribution.adjoint,
                    Some(sum) => crate::core::reverse::add(sum, contribution.adjoint),
                });
            }
        }
        let g = loss.backward();
        assert_eq!(adjoints[x.node().unwrap()].as_ref().map(Tensor::item), Some(g.wrt(x)));
        assert_eq!(adjoints[w.node().unwrap()], Some(g.wrt(w)));
        assert_eq!(adjoints[b.node().unwrap()], Some(g.wrt(b)));
    }

    #[test]
    fn operands_and_derivatives_have_matching_indices() {
        let tape = Tape::new();
        let x = tape.var(3.0_f64);
        let kinds = [x * x, 2.0 - x, x / 0.1, 0.1 / x];
        let derivatives: Vec<Vec<(usize, f64)>> =
            kinds.iter().map(|y| tape.node(y.node().unwrap()).derivatives()).collect();
        assert_eq!(derivatives[0], [(0, 3.0), (1, 3.0)]);
        assert_eq!(derivatives[1], [(1, -1.0)]);
        assert_eq!((derivatives[2][0].0, derivatives[3][0].0), (0, 1));
        let [Operand::Constant(two), Operand::Node(node)] = tape.node(kinds[1].node().unwrap()).operands()[..] else {
            panic!("2 - x has a constant and a node")
        };
        assert_eq!((two, node.index()), (2.0, x.node().unwrap()));
        let again = tape.node(kinds[0].node().unwrap()).evaluate(&[tensor::Tensor::scalar(2.0), Tensor::scalar(5.0)]);
        assert_eq!(again.map(|y| y.item()), Some(10.0));
    }
}
