//! A read-only view of a tape, for explanations, diagrams and statistics.
//!
//! A [`Node`] is one operation, with its primitive, its operands and its value. It computes the contributions to its
//! operands for a given adjoint, with the rules of the reverse sweep.

mod derivatives;

use crate::core::node;
use crate::core::tape::Tape;
use crate::core::value::{Scalar, Value};
use crate::core::var::Var;
use crate::fast::nodes::NONE;
use crate::rules::Nary;
use crate::rules::{Binary, Op, Unary};
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
    /// Whether both are the same node of the same tape.
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

/// The operation of a node.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Operation<T: Scalar> {
    /// An independent variable.
    Variable,
    /// A constant, or a value computed from constants only.
    Constant,
    /// A function of one scalar.
    Unary(Unary),
    /// A function of two scalars.
    Binary(Binary),
    /// A function of many scalars.
    Nary(Nary),
    /// An operation with a tensor operand or a tensor value.
    Tensor(Op<T>),
}

impl<T: Scalar> Operation<T> {
    /// The name of the method that records the operation; `var` or `constant` for a variable or a constant.
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

/// An operand of a node.
#[derive(Clone, Copy, Debug)]
pub enum Operand<'t, T: Scalar> {
    /// Another node.
    Node(Node<'t, T>),
    /// A scalar constant without a node.
    Constant(T),
}

/// The contribution of a node to one of its operands.
#[derive(Clone, Debug)]
pub struct Contribution<'t, T: Scalar> {
    /// The index of the operand.
    pub position: usize,
    /// The node of the operand.
    pub node: Node<'t, T>,
    /// The adjoint of the value times the local derivative, in the shape of the operand.
    pub adjoint: Tensor<T>,
}

/// The computation of a contribution of a node to one of its operands, recorded on a tape: see [`Node::rule`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Rule<'s, T: Scalar> {
    /// The operands of the node, as variables.
    pub operands: Vec<Node<'s, T>>,
    /// The value of the node, as a variable, since a rule may use it.
    pub value: Node<'s, T>,
    /// The adjoint of the value, as a variable.
    pub adjoint: Node<'s, T>,
    /// The contribution, in the shape of the operand.
    pub contribution: Node<'s, T>,
}

impl<'t, T: Scalar> Node<'t, T> {
    /// The index on the tape. Operands have smaller indices than the operations that use them.
    pub fn index(self) -> usize {
        self.id as usize
    }

    /// The tape of the node.
    pub fn tape(self) -> &'t Tape<T> {
        self.tape
    }

    /// The operation that computes the value.
    pub fn operation(self) -> Operation<T> {
        self.tape.read(self.id, |node| match node {
            node::Node::Leaf | node::Node::Tensor(Op::Leaf, _) => Operation::Variable,
            node::Node::Const | node::Node::Tensor(Op::Const, _) => Operation::Constant,
            node::Node::Unary(op, _) => Operation::Unary(op),
            node::Node::Binary(op, _) => Operation::Binary(op),
            node::Node::Nary(op, _) => Operation::Nary(op),
            node::Node::Tensor(op, _) => Operation::Tensor(op.clone()),
        })
    }

    /// The operands, in order.
    pub fn operands(self) -> Vec<Operand<'t, T>> {
        let tape = self.tape;
        let mut operands = Vec::new();
        let take = |operand| match operand {
            node::Operand::Node(id) => operands.push(Operand::Node(Node { tape, id })),
            node::Operand::Const(c) => operands.push(Operand::Constant(c)),
        };
        tape.read(self.id, |node| node.for_each_operand(take));
        operands
    }

    /// The value; a scalar as a 0-d tensor.
    pub fn value(self) -> Tensor<T> {
        self.tape.value_of(self.id)
    }

    /// Whether the value is a scalar and not a tensor.
    pub fn is_scalar(self) -> bool {
        self.tape.is_scalar(self.id)
    }

    /// Whether the value depends on a variable, so that it has a gradient.
    pub fn is_tracked(self) -> bool {
        self.tape.is_tracked(self.id)
    }

    /// The name that the program gave to the variable, if any: see [`Var::named`].
    pub fn name(self) -> Option<String> {
        let names = self.tape.names.borrow();
        let after = names.partition_point(|(id, _)| *id <= self.id);
        let (id, name) = names.get(after.checked_sub(1)?)?;
        (*id == self.id).then(|| name.to_string())
    }

    /// Whether [`Var::detach`] was called on the variable.
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
        self.tape.detached.borrow().iter().any(|&(from, _)| from == self.id)
    }

    /// The source location that recorded the node; `None` unless the tape is [traced](Tape::traced).
    pub fn line(self) -> Option<&'static Location<'static>> {
        self.tape.nodes.line(self.id)
    }

    /// Computes the value of the operation for other operands; `None` for a variable or a constant.
    ///
    /// # Panics
    /// If the number of operands differs from that of [`operands`](Node::operands), or their shapes do not fit the
    /// operation.
    #[track_caller]
    pub fn evaluate(self, operands: &[Tensor<T>]) -> Option<Tensor<T>> {
        let scalar = |k: usize| operands[k].item();
        Some(match self.operation() {
            Operation::Variable | Operation::Constant => return None,
            Operation::Unary(op) => Tensor::scalar(op.value(scalar(0))),
            Operation::Binary(op) => Tensor::scalar(op.value(scalar(0), scalar(1))),
            Operation::Nary(op) => Tensor::scalar(op.value(T::ZERO, operands.len(), scalar)),
            Operation::Tensor(op) => T::apply(&op, &operands.iter().collect::<Vec<_>>()),
        })
    }
}

impl<T: Scalar> Tape<T> {
    /// The node at an index.
    ///
    /// # Panics
    /// If the index is out of range.
    #[track_caller]
    pub fn node(&self, index: usize) -> Node<'_, T> {
        assert!(
            index < self.len(),
            "node: expected an index below {}, the number of nodes on the tape, got {index}",
            self.len()
        );
        Node { tape: self, id: index as u32 }
    }

    /// All nodes, in the order in which they were recorded.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = Node<'_, T>> {
        (0..self.len() as u32).map(move |id| Node { tape: self, id })
    }
}

impl<V: Value> Var<'_, V> {
    /// Names the variable for explanations and diagrams, and returns it. A scalar constant has no node and cannot be
    /// named.
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
            // Sorted by node; if a node has several names, the newest is the last.
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
    use tensor::tensor;

    #[test]
    fn a_traced_tape_records_source_lines() {
        let tape = Tape::new().traced();
        let x = tape.var(3.0_f64);
        let w = tape.var(tensor![1.0, 2.0]);
        let y = (w * x).sum() + 1.0; // three nodes on one line
        let at = line!() - 1;
        let lines: Vec<u32> = tape.nodes().filter_map(|n| n.line()).map(|l| l.line()).collect();
        assert_eq!(lines, [at - 2, at - 1, at, at, at]);
        assert_eq!(y.backward().wrt(x), 3.0);
        assert!(tape.nodes().all(|n| n.line().is_some_and(|l| l.file().ends_with("inspect/mod.rs"))));
    }
}
