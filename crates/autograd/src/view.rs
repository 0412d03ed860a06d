//! What a tape holds, for those who read it: explanations, pictures, statistics.
//!
//! A [`Node`] shows one operation: what it is, what it was computed from, its value, and what it hands on to its operands
//! when an adjoint comes in. The rules are the ledger's, run on the numbers of the tape as the sweep runs them.

use crate::algebra::Array;
use crate::code::{Form, Kind, Nary};
use crate::ledger::{self, Binary, Op, Unary};
use crate::nodes::NONE;
use crate::operands::Operands;
use crate::record;
use crate::reverse;
use crate::tape::Tape;
use crate::value::{Scalar, Value};
use crate::var::Var;
use std::fmt;
use std::panic::Location;
use tensor::Tensor;

/// One node of a tape.
pub struct Node<'t, T: Scalar> {
    tape: &'t Tape<T>,
    id: u32,
}

impl<T: Scalar> Clone for Node<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Scalar> Copy for Node<'_, T> {}

impl<T: Scalar> PartialEq for Node<'_, T> {
    /// Whether they are the same node of the same tape.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.tape, other.tape) && self.id == other.id
    }
}
impl<T: Scalar> Eq for Node<'_, T> {}

impl<T: Scalar> fmt::Debug for Node<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Node").field("index", &self.id).field("operation", &self.operation().name()).finish()
    }
}

/// What a node computes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Operation<T: Scalar> {
    /// Nothing: an independent variable.
    Variable,
    /// Nothing: a constant, or what was computed from constants alone.
    Constant,
    /// A function of one number.
    Unary(Unary),
    /// A function of two numbers.
    Binary(Binary),
    /// A function of many numbers.
    Nary(Nary),
    /// An operation on tensors, or from tensors to a number.
    Tensor(Op<T>),
}

impl<T: Scalar> Operation<T> {
    /// The name of the method that records it; `var` and `constant` where nothing is computed.
    pub fn name(&self) -> String {
        match self {
            Operation::Variable => "var".into(),
            Operation::Constant => "constant".into(),
            Operation::Unary(op) => op.name().into(),
            Operation::Binary(op) => op.name().into(),
            Operation::Nary(op) => op.name().into(),
            Operation::Tensor(op) => op.name().into(),
        }
    }
}

/// What a node was computed from.
#[derive(Clone, Copy, Debug)]
pub enum Operand<'t, T: Scalar> {
    /// Another node.
    Node(Node<'t, T>),
    /// A number that has no node.
    Constant(T),
}

/// What a node hands on to one of its operands.
#[derive(Clone, Debug)]
pub struct Share<'t, T: Scalar> {
    /// Which operand.
    pub position: usize,
    /// Its node.
    pub node: Node<'t, T>,
    /// The incoming adjoint times the local derivative, in the operand's own shape.
    pub adjoint: Tensor<T>,
}

/// What a node hands on to one of its operands, as a recorded computation: see [`Node::rule`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Rule<'s, T: Scalar> {
    /// The node's operands, as variables.
    pub operands: Vec<Node<'s, T>>,
    /// Its value, a variable too: a rule may refer to it.
    pub value: Node<'s, T>,
    /// The incoming adjoint.
    pub adjoint: Node<'s, T>,
    /// What the operand gets, in its own shape.
    pub share: Node<'s, T>,
}

impl<'t, T: Scalar> Node<'t, T> {
    /// Its place on the tape; operands come before what is computed from them.
    pub fn index(self) -> usize {
        self.id as usize
    }

    /// The tape it stands on.
    pub fn tape(self) -> &'t Tape<T> {
        self.tape
    }

    /// What it computes.
    pub fn operation(self) -> Operation<T> {
        match self.tape.kind(self.id) {
            Kind::Leaf => Operation::Variable,
            Kind::Const => Operation::Constant,
            Kind::Unary(op) => Operation::Unary(op),
            Kind::Binary(op, _) => Operation::Binary(op),
            Kind::Nary(op) => Operation::Nary(op),
            Kind::Tensor | Kind::Record => match self.op() {
                Op::Leaf => Operation::Variable,
                Op::Const => Operation::Constant,
                op => Operation::Tensor(op),
            },
        }
    }

    fn slot(self) -> usize {
        self.tape.nodes.args(self.id)[0] as usize
    }

    fn op(self) -> Op<T> {
        self.tape.records.borrow()[self.slot()].op.clone()
    }

    /// What it was computed from, in order.
    pub fn operands(self) -> Vec<Operand<'t, T>> {
        let node = |id: u32| Operand::Node(Node { tape: self.tape, id });
        let number = |bits_or_node: u32, bits: bool| {
            Operand::Constant(record::constant_operand(self.tape, bits_or_node, bits).carried)
        };
        let [a, b] = self.tape.nodes.args(self.id);
        match self.tape.kind(self.id) {
            Kind::Leaf | Kind::Const => vec![],
            Kind::Unary(_) => vec![node(a)],
            Kind::Binary(_, form) => vec![
                if matches!(form, Form::BitsVar | Form::NodeVar) { number(a, form == Form::BitsVar) } else { node(a) },
                if matches!(form, Form::VarBits | Form::VarNode) { number(b, form == Form::VarBits) } else { node(b) },
            ],
            Kind::Nary(_) => {
                self.tape.lists.borrow()[a as usize..(a + b) as usize].iter().map(|&id| node(id)).collect()
            }
            Kind::Tensor | Kind::Record => {
                self.tape.records.borrow()[self.slot()].operands.iter().map(|&id| node(id)).collect()
            }
        }
    }

    /// Its value; a number as a 0-d tensor.
    pub fn value(self) -> Tensor<T> {
        self.tape.value_of(self.id)
    }

    /// Whether it holds a number, not a tensor.
    pub fn is_number(self) -> bool {
        self.tape.lift(self.id).is_some()
    }

    /// Whether a variable lies upstream, so that gradients flow through it.
    pub fn is_tracked(self) -> bool {
        self.tape.is_tracked(self.id)
    }

    /// What the program calls it, if it does: see [`Var::named`].
    pub fn name(self) -> Option<String> {
        let names = self.tape.names.borrow();
        let after = names.partition_point(|(id, _)| *id <= self.id);
        let (id, name) = names.get(after.checked_sub(1)?)?;
        (*id == self.id).then(|| name.to_string())
    }

    /// Whether the program took its value out as a constant: see [`Var::detach`].
    ///
    /// ```
    /// use autograd::Tape;
    /// let tape = Tape::new();
    /// let x = tape.var(3.0_f64);
    /// let y = x.detach() * x;
    /// let is_detached = |id: Option<usize>| tape.node(id.unwrap()).is_detached();
    /// assert!(is_detached(x.node()) && !is_detached(y.node()));
    /// ```
    pub fn is_detached(self) -> bool {
        self.tape.detached.borrow().contains(&self.id)
    }

    /// The line of the program that recorded it, on a [traced](Tape::traced) tape.
    pub fn line(self) -> Option<&'static Location<'static>> {
        self.tape.nodes.line(self.id)
    }

    /// The value the operation would have for other operands; `None` for a variable or a constant.
    ///
    /// # Panics
    /// If there are not as many as [`operands`](Node::operands), or their shapes do not fit the operation.
    #[track_caller]
    pub fn evaluate(self, operands: &[Tensor<T>]) -> Option<Tensor<T>> {
        let number = |k: usize| operands[k].item();
        Some(match self.operation() {
            Operation::Variable | Operation::Constant => return None,
            Operation::Unary(op) => Tensor::scalar(op.value(number(0))),
            Operation::Binary(op) => Tensor::scalar(op.value(number(0), number(1))),
            Operation::Nary(op) => Tensor::scalar(op.value(T::ZERO, operands.len(), number)),
            Operation::Tensor(op) => T::apply(&op, &operands.iter().collect::<Vec<_>>()),
        })
    }

    /// The local derivatives of a scalar operation: each operand's position, and the slope along it. Empty for operations
    /// on tensors, whose derivatives are linear maps: see [`pull`](Node::pull).
    pub fn slopes(self) -> Vec<(usize, T)> {
        if matches!(self.tape.kind(self.id), Kind::Tensor | Kind::Record) {
            return vec![];
        }
        let operands = self.operands();
        let mut slopes: Vec<(usize, T)> = Vec::new();
        reverse::slopes_of(self.tape, self.id, &mut |operand, slope| {
            // The rule goes through the operands in order; one that stands there twice is met twice.
            let from = slopes.last().map_or(0, |&(k, _)| k + 1);
            let at = (from..operands.len()).find(|&k| matches!(operands[k], Operand::Node(n) if n.id == operand));
            if let Some(at) = at {
                slopes.push((at, slope));
            }
        });
        slopes
    }

    /// The slope of every element of the value along the element of operand `k` that goes into it, in the value's shape:
    /// what [`pull`](Node::pull) multiplies the adjoint by before it sums over what was stretched. `None` for anything
    /// but an elementwise operation on tensors.
    ///
    /// ```
    /// use autograd::Tape;
    /// use tensor::tensor;
    /// let tape = Tape::new();
    /// let (x, s) = (tape.var(tensor![1.0, 2.0]), tape.var(tensor![3.0]));
    /// let node = tape.node((x * s).node().unwrap());
    /// assert_eq!(node.elementwise_slope(1), Some(tensor![1.0, 2.0]));
    /// ```
    ///
    /// # Panics
    /// If there is no such operand.
    #[track_caller]
    pub fn elementwise_slope(self, k: usize) -> Option<Tensor<T>> {
        let Operation::Tensor(op) = self.operation() else { return None };
        let lifts = matches!(op, Op::Stack { lift: true });
        if !lifts && !matches!(op, Op::Unary(_) | Op::Binary(_) | Op::Where(_) | Op::Clamp | Op::MulAdd) {
            return None;
        }
        let y = self.value();
        let xs = self.operand_values();
        assert!(k < xs.len(), "elementwise_slope: operand {k} of {}", xs.len());
        let ones = Tensor::ones(y.shape().clone());
        let d = ledger::vjp(self.tape.product(), &op, k, &ones, &xs.iter().collect::<Vec<_>>(), &y);
        Some(d.broadcast_to(y.shape().clone()))
    }

    /// The ledger's rule for operand `k`, run on variables of another tape, which records what is computed: the rule as
    /// data. `None` for operations on numbers alone, whose rule is a weight for each operand, and for a user's own.
    ///
    /// ```
    /// use autograd::{Tape, view::Operation};
    /// use tensor::tensor;
    /// let (tape, paper) = (Tape::new(), Tape::new());
    /// let y = tape.var(tensor![1.0, 2.0]).softmax(0);
    /// let rule = tape.node(y.node().unwrap()).rule(0, &paper).unwrap();
    /// // (g - sum(g y)) y, and the adjoint of ones brings 0
    /// assert_eq!(rule.share.operation().name(), "mul");
    /// assert!(rule.share.value().to_vec().iter().all(|x: &f64| x.abs() < 1e-15));
    /// ```
    ///
    /// # Panics
    /// If there is no such operand.
    #[track_caller]
    pub fn rule<'s>(self, k: usize, paper: &'s Tape<T>) -> Option<Rule<'s, T>> {
        let Operation::Tensor(op) = self.operation() else { return None };
        if matches!(op, Op::Custom(_) | Op::CustomVjp(..)) {
            return None;
        }
        let xs: Vec<Var<'s, Tensor<T>>> = self.operand_values().into_iter().map(|x| paper.var(x)).collect();
        assert!(k < xs.len(), "rule: operand {k} of {}", xs.len());
        let y = paper.var(self.value());
        let g = paper.var(Tensor::ones(y.shape()));
        let refs: Vec<&Var<'s, Tensor<T>>> = xs.iter().collect();
        let product = crate::algebra::Product { strict: true };
        let share = ledger::vjp(product, &op, k, &g, &refs, &y);
        let shape = xs[k].shape();
        let sums = !reverse::stretches(&share.shape(), &shape);
        let share = if sums { Array::sum_to(&share, &shape) } else { Array::broadcast_to(&share, &shape) };
        let node = |x: Var<'s, Tensor<T>>| Node { tape: paper, id: x.id };
        Some(Rule {
            operands: xs.into_iter().map(node).collect(),
            value: node(y),
            adjoint: node(g),
            share: node(share),
        })
    }

    /// The values of what it was computed from.
    fn operand_values(self) -> Vec<Tensor<T>> {
        self.operands()
            .into_iter()
            .map(|x| match x {
                Operand::Node(n) => n.value(),
                Operand::Constant(c) => Tensor::scalar(c),
            })
            .collect()
    }

    /// What the node hands on to its operands when this adjoint comes in: to those that lead to a variable, in the order
    /// and with the bits of the sweep.
    ///
    /// ```
    /// use autograd::Tape;
    /// use tensor::Tensor;
    /// let tape = Tape::new();
    /// let (x, y) = (tape.var(2.0_f64), tape.var(5.0));
    /// let node = tape.node((x * y).node().unwrap());
    /// let shares = node.pull(&Tensor::scalar(10.0));
    /// assert_eq!((shares[0].adjoint.item(), shares[1].adjoint.item()), (50.0, 20.0));
    /// ```
    ///
    /// # Panics
    /// If the adjoint has another shape than the value.
    #[track_caller]
    pub fn pull(self, g: &Tensor<T>) -> Vec<Share<'t, T>> {
        let y = self.value();
        assert!(g.shape() == y.shape(), "pull: the value has shape {}, but the adjoint {}", y.shape(), g.shape());
        let (tape, product) = (self.tape, self.tape.product());
        let share = |position: usize, id: u32, adjoint| Share { position, node: Node { tape, id }, adjoint };
        if !matches!(tape.kind(self.id), Kind::Tensor | Kind::Record) {
            let (g, operands) = (g.item(), self.operands());
            let slopes = self.slopes().into_iter();
            return slopes
                .filter_map(|(k, d)| match operands[k] {
                    Operand::Node(n) => {
                        Some(share(k, n.id, Tensor::scalar(crate::eager::weigh(product.absent(), g, d))))
                    }
                    Operand::Constant(_) => None,
                })
                .collect();
        }
        let (op, ids): (Op<T>, Vec<u32>) = {
            let record = &tape.records.borrow()[self.slot()];
            (record.op.clone(), record.operands.to_vec())
        };
        let xs: Vec<Tensor<T>> = {
            let records = tape.records.borrow();
            Operands::new(tape, &ids).values(&records).iter().map(|&x| x.clone()).collect()
        };
        let refs: Vec<&Tensor<T>> = xs.iter().collect();
        let tracked = || ids.iter().enumerate().filter(|(_, id)| tape.is_tracked(**id));
        if let Op::Custom(op) = &op {
            // One call of the user's code gives all shares, as in the sweep; each is in its operand's shape.
            let shares = crate::custom::shares(op, g, &refs, &y);
            return tracked().map(|(k, &id)| share(k, id, shares[k].clone())).collect();
        }
        let adjoint = |k: usize| reverse::fitted(ledger::vjp(product, &op, k, g, &refs, &y), xs[k].shape());
        tracked().map(|(k, &id)| share(k, id, adjoint(k))).collect()
    }
}

impl<T: Scalar> Tape<T> {
    /// The node in a place.
    ///
    /// # Panics
    /// If the tape holds fewer.
    #[track_caller]
    pub fn node(&self, index: usize) -> Node<'_, T> {
        assert!(index < self.len(), "node: the tape holds {} nodes, so there is none in place {index}", self.len());
        Node { tape: self, id: index as u32 }
    }

    /// Every node, in the order in which they were recorded.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = Node<'_, T>> {
        (0..self.len() as u32).map(move |id| Node { tape: self, id })
    }
}

impl<V: Value> Var<'_, V> {
    /// The same variable, called by a name wherever the tape is shown. A constant number has no node to be named.
    ///
    /// ```
    /// use autograd::Tape;
    /// let tape = Tape::new();
    /// let z = (tape.var(2.0_f64) * 3.0).named("z");
    /// assert_eq!(tape.node(z.node().unwrap()).name().as_deref(), Some("z"));
    /// ```
    pub fn named(self, name: impl Into<String>) -> Self {
        if let Some(tape) = self.tape
            && self.id != NONE
        {
            // in the order of the nodes, and of several names of one node the newest last
            let mut names = tape.names.borrow_mut();
            let after = names.partition_point(|(id, _)| *id <= self.id);
            names.insert(after, (self.id, name.into().into_boxed_str()));
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::softmax_cross_entropy;
    use tensor::tensor;

    /// A sweep made of `pull`s gives the bits of `backward`, on numbers and tensors, shared and repeated operands.
    #[test]
    fn pulls_make_a_sweep() {
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
            for share in node.pull(&g) {
                let sum = &mut adjoints[share.node.index()];
                *sum = Some(match sum.take() {
                    None => share.adjoint,
                    Some(sum) => crate::reverse::add(sum, share.adjoint),
                });
            }
        }
        let g = loss.backward();
        assert_eq!(adjoints[x.node().unwrap()].as_ref().map(Tensor::item), Some(g.wrt(x)));
        assert_eq!(adjoints[w.node().unwrap()], Some(g.wrt(w)));
        assert_eq!(adjoints[b.node().unwrap()], Some(g.wrt(b)));
    }

    #[test]
    fn operands_and_slopes_in_their_places() {
        let tape = Tape::new();
        let x = tape.var(3.0_f64);
        let kinds = [x * x, 2.0 - x, x / 0.1, 0.1 / x];
        let slopes: Vec<Vec<(usize, f64)>> = kinds.iter().map(|y| tape.node(y.node().unwrap()).slopes()).collect();
        assert_eq!(slopes[0], [(0, 3.0), (1, 3.0)]);
        assert_eq!(slopes[1], [(1, -1.0)]);
        assert_eq!((slopes[2][0].0, slopes[3][0].0), (0, 1));
        let [Operand::Constant(two), Operand::Node(node)] = tape.node(kinds[1].node().unwrap()).operands()[..] else {
            panic!("2 - x has a constant and a node")
        };
        assert_eq!((two, node.index()), (2.0, x.node().unwrap()));
        let again = tape.node(kinds[0].node().unwrap()).evaluate(&[tensor::Tensor::scalar(2.0), Tensor::scalar(5.0)]);
        assert_eq!(again.map(|y| y.item()), Some(10.0));
    }

    #[test]
    fn lines_of_a_traced_tape() {
        let tape = Tape::traced();
        let x = tape.var(3.0_f64);
        let w = tape.var(tensor![1.0, 2.0]);
        let y = (w * x).sum() + 1.0; // three nodes of one line
        let at = line!() - 1;
        let lines: Vec<u32> = tape.nodes().filter_map(|n| n.line()).map(|l| l.line()).collect();
        assert_eq!(lines, [at - 2, at - 1, at, at, at]);
        assert_eq!(y.backward().wrt(x), 3.0);
        assert!(tape.nodes().all(|n| n.line().is_some_and(|l| l.file().ends_with("view.rs"))));
    }
}
