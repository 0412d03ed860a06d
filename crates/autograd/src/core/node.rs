//! The reader of the tape: what a node computes, from which operands, and with which partial derivatives.
//!
//! A scalar node is stored as one byte and two words (`fast/code.rs`, `fast/nodes.rs`). This file is the only one that
//! unpacks them. The reverse sweep, recorded gradients, forward mode and [`inspect`](crate::inspect) all read nodes through
//! it. The jump table of `fast/scalars.rs` is a faster copy of [`Node::partials`] for the most frequent primitives, and is
//! tested against it.

use crate::core::tape::{Record, Tape};
use crate::core::value::Scalar;
use crate::core::var::Var;
use crate::fast::code::{self, Form, Kind};
use crate::rules::{Binary, Nary, Op, Unary};
use smallvec::SmallVec;
use tensor::{Number, Tensor};

/// One node: an operation and its operands.
pub(crate) struct Node<'a, T: Scalar> {
    pub(crate) op: Operation<'a, T>,
    pub(crate) operands: Operands<'a, T>,
}

/// What a node computes.
pub(crate) enum Operation<'a, T: Scalar> {
    Leaf,
    Const,
    Unary(Unary),
    Binary(Binary),
    Nary(Nary),
    /// Of tensors, or from tensors to a scalar. The operation may still be `Op::Leaf` or `Op::Const`.
    Tensor(&'a Op<T>),
}

/// One operand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Operand<T> {
    /// Another node.
    Node(u32),
    /// A scalar constant, stored with the node that uses it.
    Const(T),
}

/// All operands of a node, in order.
pub(crate) enum Operands<'a, T> {
    None,
    One(u32),
    Two(Operand<T>, Operand<T>),
    /// Nodes, constants among them.
    List(&'a [u32]),
}

impl<T: Copy> Operands<'_, T> {
    pub(crate) fn len(&self) -> usize {
        match self {
            Operands::None => 0,
            Operands::One(_) => 1,
            Operands::Two(..) => 2,
            Operands::List(ids) => ids.len(),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Operand<T>> {
        (0..self.len()).map(move |k| match (self, k) {
            (Operands::One(id), _) => Operand::Node(*id),
            (Operands::Two(a, _), 0) => *a,
            (Operands::Two(_, b), _) => *b,
            (Operands::List(ids), k) => Operand::Node(ids[k]),
            (Operands::None, _) => unreachable!("no operand is asked of a node without any"),
        })
    }

    /// Those operands that are nodes.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = u32> {
        self.iter().filter_map(|operand| match operand {
            Operand::Node(id) => Some(id),
            Operand::Const(_) => None,
        })
    }
}

/// Unpacks a scalar node. `value` reads the value of a scalar node, `lists` holds the operands of n-ary nodes.
#[inline(always)]
pub(crate) fn unpack<'a, T: Scalar>(
    code: u8,
    [a, b]: [u32; 2],
    value: impl Fn(u32) -> T,
    lists: &'a [u32],
) -> Node<'a, T> {
    let bits = |b: u32| Operand::Const(T::from_f64(f32::from_bits(b) as f64));
    let (op, operands) = match code::read(code, b) {
        Kind::Leaf => (Operation::Leaf, Operands::None),
        Kind::Const | Kind::Tensor | Kind::Record => (Operation::Const, Operands::None),
        Kind::Unary(op) => (Operation::Unary(op), Operands::One(a)),
        Kind::Binary(op, form) => {
            let (left, right) = match form {
                Form::VarVar => (Operand::Node(a), Operand::Node(b)),
                Form::VarBits => (Operand::Node(a), bits(b)),
                Form::BitsVar => (bits(a), Operand::Node(b)),
                Form::VarNode => (Operand::Node(a), Operand::Const(value(b))),
                Form::NodeVar => (Operand::Const(value(a)), Operand::Node(b)),
            };
            (Operation::Binary(op), Operands::Two(left, right))
        }
        Kind::Nary(op) => (Operation::Nary(op), Operands::List(&lists[a as usize..(a + b) as usize])),
    };
    Node { op, operands }
}

impl<T: Scalar> Node<'_, T> {
    /// The partial derivatives of a scalar operation, over any kind of number: calls `give` with the position and the node
    /// of each operand that is `wanted`, and with ∂y/∂operand. `y` is the node's value, `at` reads an operand's.
    #[inline(always)]
    pub(crate) fn partials<N: Number>(
        &self,
        y: N,
        at: impl Fn(Operand<T>) -> N,
        wanted: impl Fn(u32) -> bool,
        mut give: impl FnMut(usize, u32, N),
    ) {
        match (&self.op, &self.operands) {
            (Operation::Unary(op), &Operands::One(x)) if wanted(x) => {
                give(0, x, op.derivative(at(Operand::Node(x)), y));
            }
            (Operation::Binary(op), &Operands::Two(a, b)) => {
                let (x, y) = (at(a), at(b));
                if let Operand::Node(a) = a
                    && wanted(a)
                {
                    give(0, a, op.wrt_a(x, y));
                }
                if let Operand::Node(b) = b
                    && wanted(b)
                {
                    give(1, b, op.wrt_b(x, y));
                }
            }
            (Operation::Nary(op), Operands::List(ids)) => {
                let operand = |k: usize| at(Operand::Node(ids[k]));
                op.weights(ids.len(), y, operand, |k, weight| {
                    if wanted(ids[k]) {
                        give(k, ids[k], weight);
                    }
                });
            }
            _ => {}
        }
    }
}

/// Values of tensor operands.
pub(crate) type Values<'a, T> = SmallVec<[&'a Tensor<T>; 4]>;

/// What the rule of a tensor operation reads.
pub(crate) struct Inputs<'a, T: Scalar> {
    pub(crate) op: &'a Op<T>,
    /// The nodes of the operands.
    pub(crate) operands: &'a [u32],
    /// The values of the operands, scalars as 0-d tensors.
    pub(crate) xs: &'a [&'a Tensor<T>],
    /// The value of the operation.
    pub(crate) y: &'a Tensor<T>,
}

impl<T: Scalar> Tape<T> {
    /// Reads a node.
    pub(crate) fn read<R>(&self, id: u32, read: impl FnOnce(Node<'_, T>) -> R) -> R {
        let (code, args) = (self.nodes.code(id), self.nodes.args(id));
        match code {
            code::TENSOR | code::RECORD => {
                let record = &self.records.borrow()[self.slot(id)];
                read(Node { op: Operation::Tensor(&record.op), operands: Operands::List(&record.operands) })
            }
            _ => read(unpack(code, args, |k| self.nodes.value(k), &self.lists.borrow())),
        }
    }

    /// The partial derivatives of a scalar node as numbers: see [`Node::partials`].
    #[inline(always)]
    pub(crate) fn partials(&self, id: u32, wanted: impl Fn(u32) -> bool, give: impl FnMut(usize, u32, T)) {
        self.read(id, |node| node.partials(self.nodes.value(id), |operand| self.scalar(operand), wanted, give));
    }

    /// The partial derivatives of a scalar node as variables: see [`Node::partials`].
    pub(crate) fn recorded_partials<'t>(
        &'t self,
        id: u32,
        wanted: impl Fn(u32) -> bool,
        give: impl FnMut(usize, u32, Var<'t, T>),
    ) {
        self.read(id, |node| node.partials(self.at(id).var(), |operand| self.operand(operand), wanted, give));
    }

    /// Reads a tensor operation with the values that its rule needs.
    ///
    /// The rule of a custom operation may record on this tape, so it reads clones, and the tape is not borrowed meanwhile.
    #[inline]
    pub(crate) fn read_tensor<R>(&self, id: u32, read: impl FnOnce(Inputs<'_, T>) -> R) -> R {
        let records = self.records.borrow();
        let record = &records[self.slot(id)];
        let promoted = self.promoted(&record.operands);
        let xs = self.values(&records, &record.operands, &promoted);
        let scalar_y;
        let y = match &record.value {
            Some(y) => y,
            None => {
                scalar_y = Tensor::scalar(self.nodes.value(id));
                &scalar_y
            }
        };
        if !matches!(record.op, Op::Custom(_)) {
            return read(Inputs { op: &record.op, operands: &record.operands, xs: &xs, y });
        }
        let (op, operands, y) = (record.op.clone(), record.operands.clone(), y.clone());
        let owned: Vec<Tensor<T>> = xs.iter().map(|&x| x.clone()).collect();
        drop(xs);
        drop(records);
        let xs: Values<'_, T> = owned.iter().collect();
        read(Inputs { op: &op, operands: &operands, xs: &xs, y: &y })
    }

    /// The scalars among these nodes as 0-d tensors: usually none.
    #[inline(always)]
    pub(crate) fn promoted(&self, ids: &[u32]) -> SmallVec<[Tensor<T>; 1]> {
        let mut promoted = SmallVec::new();
        for &id in ids {
            if self.is_scalar(id) {
                promoted.push(Tensor::scalar(self.nodes.value(id)));
            }
        }
        promoted
    }

    /// The values of these nodes, given the scalars among them as 0-d tensors.
    #[inline]
    pub(crate) fn values<'a>(&self, records: &'a [Record<T>], ids: &[u32], promoted: &'a [Tensor<T>]) -> Values<'a, T> {
        let mut promoted = promoted.iter();
        let mut values = SmallVec::new();
        for &id in ids {
            let value = if self.is_scalar(id) { promoted.next() } else { records[self.slot(id)].value.as_ref() };
            match value {
                Some(value) => values.push(value),
                None => unreachable!("a tensor node has a value, and each scalar was promoted"),
            }
        }
        values
    }

    /// The value of a scalar operand.
    #[inline(always)]
    fn scalar(&self, operand: Operand<T>) -> T {
        match operand {
            Operand::Node(id) => self.nodes.value(id),
            Operand::Const(c) => c,
        }
    }

    /// Calls `f` with each operand of a node through which gradients may flow.
    pub(crate) fn for_each_operand(&self, id: u32, f: impl FnMut(u32)) {
        self.read(id, |node| node.operands.nodes().filter(|&id| self.is_tracked(id)).for_each(f));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tape: &Tape, id: Option<usize>) -> Vec<Operand<f64>> {
        let id = id.and_then(|id| u32::try_from(id).ok());
        id.map_or(vec![], |id| tape.read(id, |node| node.operands.iter().collect()))
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
        tape.partials(2, wanted, |k, id, d| partials.push((k, id, d)));
        assert_eq!(partials, [(1, 1, 3.0)]);
    }
}
