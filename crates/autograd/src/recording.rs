//! How operations come onto the tape.

use crate::code::{self, Form, Nary};
use crate::ledger::{Binary, Op};
use crate::nodes::NONE;
use crate::operands::{Operands, common};
use crate::tape::{Record, Tape};
use crate::value::{Scalar, Value};
use crate::var::Var;
use std::cell::Cell;
use tensor::Tensor;

impl<T: Scalar> Tape<T> {
    /// Records `op` on `operands` and returns its value's handle.
    #[track_caller]
    pub(crate) fn record<V: Value<Elem = T>>(&self, op: Op<T>, operands: &[u32]) -> Var<'_, V> {
        // Spelled out, not handed to a closure: a mistake is to be reported at the caller's line.
        let value = {
            let records = self.records.borrow();
            let operands = Operands::new(self, operands);
            let xs = operands.values(&records);
            match (&op, &xs[..]) {
                (Op::MatMul, [a, b]) if self.valueless.get() && a.rank() == 2 && b.rank() == 2 => {
                    Tensor::scalar(T::NAN).broadcast_to([a.shape()[0], b.shape()[1]])
                }
                _ => T::apply(&op, &xs),
            }
        };
        self.take(op, operands, value)
    }

    /// Runs `f`, and if `unseen`, records the matrix products in it with NaN for values, without computing them: for
    /// results of which only the tangents will be looked at. A product is bilinear, so those need only its factors.
    pub(crate) fn leaving_out_products<R>(&self, unseen: bool, f: impl FnOnce() -> R) -> R {
        struct Resume<'a>(&'a Cell<bool>);
        impl Drop for Resume<'_> {
            fn drop(&mut self) {
                self.0.set(false);
            }
        }
        self.valueless.set(unseen);
        let _resume = Resume(&self.valueless);
        f()
    }

    /// Takes a value that was computed from `operands` by `op`.
    #[track_caller]
    pub(crate) fn take<V: Value<Elem = T>>(&self, op: Op<T>, operands: &[u32], value: Tensor<T>) -> Var<'_, V> {
        let tracked = !self.nodes.is_paused() && operands.iter().any(|&id| self.is_tracked(id));
        let record =
            if tracked { Record::new(op, operands, value, true) } else { Record::new(Op::Const, &[], value, false) };
        V::recorded(self, record)
    }

    /// A scalar node's value as a 0-d tensor; `None` for a tensor node.
    #[inline]
    pub(crate) fn lift(&self, id: u32) -> Option<Tensor<T>> {
        (self.nodes.code(id) != code::TENSOR).then(|| Tensor::scalar(self.nodes.value(id)))
    }

    /// A tensor node and its handle.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn tensor_node(&self, record: Record<T>) -> Var<'_, Tensor<T>> {
        let id = self.push_record(code::TENSOR, T::ZERO, record);
        Var { tape: Some(self), id, carried: () }
    }

    /// A node for a record.
    #[inline]
    #[track_caller]
    pub(crate) fn push_record(&self, code: u8, value: T, mut record: Record<T>) -> u32 {
        let mut records = self.records.borrow_mut();
        let id = self.nodes.push_always(code, [records.len() as u32, 0], value);
        record.node = id;
        records.push(record);
        id
    }

    /// A node for a constant number that another node refers to.
    #[track_caller]
    pub(crate) fn number(&self, c: T) -> u32 {
        self.nodes.push_always(code::CONST, [0, 0], c)
    }

    /// The node of a scalar operand, made if it is a constant.
    #[track_caller]
    pub(crate) fn operand(&self, x: Var<'_, T>) -> u32 {
        if x.id == NONE { self.number(x.carried) } else { x.id }
    }

    /// A binary scalar node with a constant on the right: in place of the operand if an `f32` holds it exactly.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn push_with_number(&self, op: Binary, a: u32, c: T, value: T) -> u32 {
        let bits = c.to_f64() as f32;
        if T::from_f64(bits as f64) == c {
            self.nodes.push(code::binary(op, Form::VarBits), [a, bits.to_bits()], value)
        } else {
            let c = self.nodes.push(code::CONST, [0, 0], c);
            self.nodes.push(code::binary(op, Form::VarNode), [a, c], value)
        }
    }

    /// A binary scalar node with a constant on the left.
    #[inline(always)]
    #[track_caller]
    pub(crate) fn push_number_with(&self, op: Binary, c: T, b: u32, value: T) -> u32 {
        let bits = c.to_f64() as f32;
        if T::from_f64(bits as f64) == c {
            self.nodes.push(code::binary(op, Form::BitsVar), [bits.to_bits(), b], value)
        } else {
            let c = self.nodes.push(code::CONST, [0, 0], c);
            self.nodes.push(code::binary(op, Form::NodeVar), [c, b], value)
        }
    }

    /// An n-ary scalar node of the operands `x(0)` to `x(n - 1)`.
    #[track_caller]
    #[inline]
    pub(crate) fn nary<'t>(&'t self, op: Nary, n: usize, x: impl Fn(usize) -> Var<'t, T>) -> Var<'t, T> {
        let mut constant = true;
        for i in 0..n {
            common(Some(self), x(i).tape, op.name());
            constant &= x(i).id == NONE;
        }
        let value = op.value(T::ZERO, n, |i| x(i).carried);
        if constant || self.nodes.is_paused() {
            return Var { tape: Some(self), id: NONE, carried: value };
        }
        let mut lists = self.lists.borrow_mut();
        let start = lists.len() as u32;
        for i in 0..n {
            lists.push(self.operand(x(i)));
        }
        let id = self.nodes.push(code::NARY + op as u8, [start, n as u32], value);
        Var { tape: Some(self), id, carried: value }
    }
}
