//! The reader of the tape: what a node computes, from which operands, and with which partial derivatives.
//!
//! A scalar node is stored as one byte and two words (`fast/code.rs`, `fast/nodes.rs`). This file is the only one that
//! unpacks them. The reverse sweep, recorded gradients, forward mode and [`inspect`](crate::inspect) all read nodes
//! through it. The jump table of `fast/scalars.rs` is a faster copy of [`Tape::partials`] for the most frequent
//! primitives, and is tested against it.

use crate::core::tape::{Record, Tape};
use crate::core::value::Scalar;
use crate::fast::code::{self, Form, Kind};
use crate::rules::array::Array;
use crate::rules::{Binary, Nary, Op, Unary};
use smallvec::SmallVec;
use tensor::{Number, Tensor};

/// One node: what it computes, and from which operands.
pub(crate) enum Node<'a, T: Scalar> {
    Leaf,
    Const,
    Unary(Unary, u32),
    Binary(Binary, [Operand<T>; 2]),
    /// Of nodes, constants among them.
    Nary(Nary, &'a [u32]),
    /// Of tensors, or from tensors to a scalar. The operation may still be `Op::Leaf` or `Op::Const`.
    Tensor(&'a Op<T>, &'a [u32]),
}

/// One operand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Operand<T> {
    /// Another node.
    Node(u32),
    /// A scalar constant, stored with the node that uses it.
    Const(T),
}

impl<T: Scalar> Node<'_, T> {
    /// Calls `f` with each operand, in order.
    pub(crate) fn for_each_operand(&self, mut f: impl FnMut(Operand<T>)) {
        match *self {
            Node::Leaf | Node::Const => {}
            Node::Unary(_, x) => f(Operand::Node(x)),
            Node::Binary(_, operands) => operands.into_iter().for_each(f),
            Node::Nary(_, ids) | Node::Tensor(_, ids) => ids.iter().for_each(|&id| f(Operand::Node(id))),
        }
    }
}

/// Values of tensor operands.
pub(crate) type Values<'a, T> = SmallVec<[&'a Tensor<T>; 4]>;

/// What the rule of a tensor operation reads: tensors, or variables.
pub(crate) struct Inputs<'a, A: Array> {
    pub(crate) op: &'a Op<A::T>,
    /// The nodes of the operands.
    pub(crate) operands: &'a [u32],
    /// The values of the operands, scalars as 0-d tensors.
    pub(crate) xs: &'a [&'a A],
    /// The value of the operation.
    pub(crate) y: &'a A,
}

impl<T: Scalar> Tape<T> {
    /// Reads a node.
    #[inline]
    pub(crate) fn read<R>(&self, id: u32, read: impl FnOnce(Node<'_, T>) -> R) -> R {
        let [a, b] = self.nodes.args(id);
        match code::read(self.nodes.code(id), b) {
            Kind::Leaf => read(Node::Leaf),
            Kind::Const => read(Node::Const),
            Kind::Unary(op) => read(Node::Unary(op, a)),
            Kind::Binary(op, form) => read(Node::Binary(op, self.unpack(form, [a, b]))),
            Kind::Nary(op) => read(Node::Nary(op, &self.lists.borrow()[a as usize..(a + b) as usize])),
            Kind::Tensor | Kind::Record => {
                let record = &self.records.borrow()[self.slot(id)];
                read(Node::Tensor(&record.op, &record.operands))
            }
        }
    }

    /// Unpacks the operands of a binary scalar node.
    #[inline(always)]
    fn unpack(&self, form: Form, [a, b]: [u32; 2]) -> [Operand<T>; 2] {
        let bits = |bits: u32| Operand::Const(T::from_f64(f32::from_bits(bits) as f64));
        let constant = |id: u32| Operand::Const(self.nodes.value(id));
        match form {
            Form::VarVar => [Operand::Node(a), Operand::Node(b)],
            Form::VarBits => [Operand::Node(a), bits(b)],
            Form::BitsVar => [bits(a), Operand::Node(b)],
            Form::VarNode => [Operand::Node(a), constant(b)],
            Form::NodeVar => [constant(a), Operand::Node(b)],
        }
    }

    /// The partial derivatives of a scalar node, over any kind of number: calls `give` with the position and the node
    /// of each operand that is `wanted`, and with ∂y/∂operand. `at` returns the value of a node.
    #[inline(always)]
    pub(crate) fn partials<N: Number>(
        &self,
        id: u32,
        at: impl Fn(u32) -> N,
        wanted: impl Fn(u32) -> bool,
        mut give: impl FnMut(usize, u32, N),
    ) {
        let y = at(id);
        self.read(id, |node| match node {
            Node::Unary(op, x) if wanted(x) => give(0, x, op.derivative(at(x), y)),
            Node::Binary(op, operands) => {
                let [a, b] = operands.map(|operand| match operand {
                    Operand::Node(id) => at(id),
                    Operand::Const(c) => y.lit(c.to_f64()),
                });
                for (k, operand) in operands.into_iter().enumerate() {
                    match operand {
                        Operand::Node(id) if wanted(id) => give(k, id, op.wrt(k, a, b)),
                        _ => {}
                    }
                }
            }
            Node::Nary(op, ids) => {
                let operand = |k: usize| at(ids[k]);
                op.weights(ids.len(), y, operand, |k, weight| {
                    if wanted(ids[k]) {
                        give(k, ids[k], weight);
                    }
                });
            }
            _ => {}
        });
    }

    /// Reads a tensor operation with the values that its rule needs.
    ///
    /// The rule of a custom operation may record on this tape, so it reads clones, and the tape is not borrowed
    /// meanwhile.
    #[inline]
    pub(crate) fn read_tensor<R>(&self, id: u32, read: impl FnOnce(Inputs<'_, Tensor<T>>) -> R) -> R {
        let records = self.records.borrow();
        let Record { op, operands, value: y } = &records[self.slot(id)];
        let mut promoted = SmallVec::new();
        let xs = self.values(&records, operands, &mut promoted);
        if !matches!(op, Op::Custom(_)) {
            return read(Inputs { op, operands, xs: &xs, y });
        }
        let (op, operands, y) = (op.clone(), operands.clone(), y.clone());
        let owned: Vec<Tensor<T>> = xs.iter().map(|&x| x.clone()).collect();
        drop(xs);
        drop(records);
        let xs: Values<'_, T> = owned.iter().collect();
        read(Inputs { op: &op, operands: &operands, xs: &xs, y: &y })
    }

    /// The values of these nodes. Scalars without a record, usually none, are promoted to 0-d tensors, which `promoted`
    /// holds.
    #[inline]
    pub(crate) fn values<'a>(
        &self,
        records: &'a [Record<T>],
        ids: &[u32],
        promoted: &'a mut SmallVec<[Tensor<T>; 1]>,
    ) -> Values<'a, T> {
        for &id in ids {
            if !self.has_record(id) {
                promoted.push(Tensor::scalar(self.nodes.value(id)));
            }
        }
        let mut promoted = promoted.iter();
        let mut values = SmallVec::new();
        for &id in ids {
            let value = if self.has_record(id) { Some(&records[self.slot(id)].value) } else { promoted.next() };
            if let Some(value) = value {
                values.push(value);
            }
        }
        values
    }

    /// Calls `f` with each operand of a node through which gradients may flow.
    pub(crate) fn for_each_tracked_operand(&self, id: u32, mut f: impl FnMut(u32)) {
        self.read(id, |node| {
            node.for_each_operand(|operand| match operand {
                Operand::Node(id) if self.is_tracked(id) => f(id),
                _ => {}
            })
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tape: &Tape, id: Option<usize>) -> Vec<Operand<f64>> {
        let id = id.and_then(|id| u32::try_from(id).ok());
        let mut operands = vec![];
        if let Some(id) = id {
            tape.read(id, |node| node.for_each_operand(|operand| operands.push(operand)));
        }
        operands
    }

    /// Both places of a constant, as the bits of an `f32` and as a node, are read as the constant.
    #[test]
    fn operands_are_nodes_and_constants() {
        use Operand::{Const, Node};
        let tape = Tape::new();
        let (x, y) = (tape.var(3.0), tape.var(2.0));
        assert_eq!(read(&tape, x.node()), []);
        assert_eq!(read(&tape, x.sin().node()), [Node(0)]);
        assert_eq!(read(&tape, (x * y).node()), [Node(0), Node(1)]);
        for c in [0.5_f64, 0.1] {
            assert_eq!(read(&tape, (x * c).node()), [Node(0), Const(c)]);
            assert_eq!(read(&tape, (c / y).node()), [Const(c), Node(1)]);
        }
        assert_eq!(read(&tape, tape.sum(&[y, x, y]).node()), [Node(1), Node(0), Node(1)]);
    }

    #[test]
    fn partials_of_what_is_wanted() {
        let tape = Tape::new();
        let (x, y) = (tape.var(3.0_f64), tape.var(2.0));
        let _ = x * y;
        let mut partials = vec![];
        let wanted = |id: u32| id == 1;
        tape.partials(2, |id| tape.nodes.value(id), wanted, |k, id, d| partials.push((k, id, d)));
        assert_eq!(partials, [(1, 1, 3.0)]);
    }
}
