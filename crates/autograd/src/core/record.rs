//! Recording: variables, constants, and operations on them.
//!
//! Operands arrive [`Erased`], so each function is written once for scalars, tensors, plain numbers and mixtures of them.
//! The result of an operation on constants is a constant and is not recorded.

use crate::core::node::Inputs;
use crate::core::tape::{Record, Tape};
use crate::core::value::{Scalar, Value};
use crate::core::var::{TensorVar, Var};
use crate::fast::code::{self, Form};
use crate::fast::nodes::NONE;
use crate::rules::array::Array;
use crate::rules::{Arrange, Binary, Op, Unary};
use smallvec::SmallVec;
use tensor::Tensor;

/// An operand without its type: a scalar variable, a tensor variable, or a plain number.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Erased<'t, T: Scalar> {
    pub(crate) tape: Option<&'t Tape<T>>,
    /// The node, or `NONE` for a scalar constant.
    pub(crate) id: u32,
    /// The value of a scalar; 0 for a tensor.
    pub(crate) scalar: T,
    pub(crate) is_scalar: bool,
}

impl<'t, T: Scalar> Erased<'t, T> {
    /// A plain number: a constant without a tape.
    #[inline(always)]
    pub(crate) fn number(scalar: T) -> Self {
        Erased { tape: None, id: NONE, scalar, is_scalar: true }
    }

    /// The variable, whose value is known to be of this type.
    pub(crate) fn var<V: Value<Elem = T>>(self) -> Var<'t, V> {
        debug_assert_eq!(self.is_scalar, V::IS_SCALAR, "the type of a variable is the kind of its node");
        Var { tape: self.tape, id: self.id, carried: V::carry(self.scalar) }
    }

    /// The variable as a tensor: a scalar is promoted to a 0-d one.
    #[track_caller]
    pub(crate) fn to_tensor(self) -> TensorVar<'t, T> {
        if !self.is_scalar {
            return self.var();
        }
        let tape = self.var::<T>().on_tape();
        tape.record(Op::ToTensor, &[tape.node_of(self)])
    }
}

impl<'t, V: Value> Var<'t, V> {
    #[inline(always)]
    pub(crate) fn erase(self) -> Erased<'t, V::Elem> {
        Erased { tape: self.tape, id: self.id, scalar: V::carried(self.carried), is_scalar: V::IS_SCALAR }
    }
}

/// The value of y = f(x), recorded.
#[inline(always)]
#[track_caller]
pub(crate) fn unary<V: Value>(op: Unary, x: Var<'_, V>, f: impl FnOnce(V::Elem) -> V::Elem) -> Var<'_, V> {
    if !V::IS_SCALAR {
        return x.on_tape().record(Op::Unary(op), &[x.id]);
    }
    let value = f(V::carried(x.carried));
    let id = match x.tape {
        Some(tape) if x.id != NONE => {
            let (code, bits) = op.code();
            tape.nodes.push(code::UNARY + code, [x.id, bits], value)
        }
        _ => NONE,
    };
    Var { tape: x.tape, id, carried: V::carry(value) }
}

/// The value of y = f(a, b), recorded; a tensor if one of the operands is.
#[inline(always)]
#[track_caller]
pub(crate) fn binary<'t, V: Value>(
    op: Binary,
    a: Erased<'t, V::Elem>,
    b: Erased<'t, V::Elem>,
    f: impl FnOnce(V::Elem, V::Elem) -> V::Elem,
) -> Var<'t, V> {
    if !V::IS_SCALAR {
        return tensor(Op::Binary(op), &[a, b]);
    }
    let value = f(a.scalar, b.scalar);
    if let (Some(tape), Some(other)) = (a.tape, b.tape)
        && std::ptr::eq(tape, other)
        && a.id != NONE
        && b.id != NONE
    {
        let id = tape.nodes.push(code::binary(op, Form::VarVar), [a.id, b.id], value);
        return Var { tape: a.tape, id, carried: V::carry(value) };
    }
    let tape = common(a.tape, b.tape, op.name());
    let id = match tape {
        Some(tape) if a.id != NONE => tape.nodes.push_right_constant(op, a.id, b.scalar, value),
        Some(tape) if b.id != NONE => tape.nodes.push_left_constant(op, a.scalar, b.id, value),
        _ => NONE,
    };
    Var { tape, id, carried: V::carry(value) }
}

/// The tape of all operands. A loop, because a closure would hide the caller's line.
#[track_caller]
pub(crate) fn common_tape<'t, T: Scalar>(operands: &[Erased<'t, T>], op: &str) -> Option<&'t Tape<T>> {
    let mut tape = None;
    for operand in operands {
        tape = common(tape, operand.tape, op);
    }
    tape
}

/// The tape of two operands, either of which may be a constant without a tape.
///
/// # Panics
/// If they are on two tapes.
#[inline]
#[track_caller]
pub(crate) fn common<'t, T: Scalar>(a: Option<&'t Tape<T>>, b: Option<&'t Tape<T>>, op: &str) -> Option<&'t Tape<T>> {
    match (a, b) {
        (Some(a), Some(b)) if !std::ptr::eq(a, b) => mixed(a, b, op),
        (Some(a), _) => Some(a),
        (None, b) => b,
    }
}

#[cold]
#[track_caller]
fn mixed<T: Scalar>(a: &Tape<T>, b: &Tape<T>, op: &str) -> ! {
    panic!(
        "{op}: one operand is on {a:?} and the other on {b:?}; \
         record both on one tape, or bring a value over with `tape.constant(x.value())`"
    )
}

/// The value of a tensor operation on operands of any kind, recorded on their tape.
#[inline(never)]
#[track_caller]
pub(crate) fn tensor<'t, V: Value>(op: Op<V::Elem>, operands: &[Erased<'t, V::Elem>]) -> Var<'t, V> {
    let Some(tape) = common_tape(operands, op.name()) else { unreachable!("a tensor variable is on a tape") };
    let mut ids: SmallVec<[u32; 4]> = SmallVec::new();
    for operand in operands {
        ids.push(tape.node_of(*operand));
    }
    tape.record(op, &ids)
}

impl<T: Scalar> Tape<T> {
    /// An independent variable.
    #[inline]
    #[track_caller]
    pub(crate) fn leaf<V: Value<Elem = T>>(&self, value: V) -> Var<'_, V> {
        if V::IS_SCALAR {
            let scalar = value.to_scalar();
            let id = self.nodes.push_always(code::LEAF, [0, 0], scalar);
            return Var { tape: Some(self), id, carried: V::carry(scalar) };
        }
        self.push_record(Op::Leaf, &[], value.into_tensor())
    }

    /// A constant.
    #[inline]
    #[track_caller]
    pub(crate) fn fixed<V: Value<Elem = T>>(&self, value: V) -> Var<'_, V> {
        if V::IS_SCALAR {
            return Var { tape: Some(self), id: NONE, carried: V::carry(value.to_scalar()) };
        }
        self.push_record(Op::Const, &[], value.into_tensor())
    }

    /// Records `op` on `operands` and returns its value's handle.
    #[track_caller]
    pub(crate) fn record<V: Value<Elem = T>>(&self, op: Op<T>, operands: &[u32]) -> Var<'_, V> {
        // Not passed to a closure: a closure would hide the caller's line from a panic.
        let value = {
            let records = self.records.borrow();
            let mut promoted = SmallVec::new();
            let xs = self.values(&records, operands, &mut promoted);
            match (&op, &xs[..]) {
                (Op::MatMul, [a, b]) if self.skips_products.get() && a.rank() == 2 && b.rank() == 2 => {
                    Tensor::scalar(T::NAN).broadcast_to([a.shape()[0], b.shape()[1]])
                }
                _ => T::apply(&op, &xs),
            }
        };
        self.take(op, operands, value)
    }

    /// Takes a value that was computed from `operands` by `op`.
    #[track_caller]
    pub(crate) fn take<V: Value<Elem = T>>(&self, op: Op<T>, operands: &[u32], value: Tensor<T>) -> Var<'_, V> {
        if self.nodes.is_paused() || !operands.iter().any(|&id| self.is_tracked(id)) {
            return self.fixed(V::from_tensor(value));
        }
        self.push_record(op, operands, value)
    }

    /// A node for the value of a tensor operation.
    #[inline]
    #[track_caller]
    fn push_record<V: Value<Elem = T>>(&self, op: Op<T>, operands: &[u32], value: Tensor<T>) -> Var<'_, V> {
        debug_assert!(!V::IS_SCALAR || value.rank() == 0, "the value of a scalar is a 0-d tensor");
        let (code, scalar) = if V::IS_SCALAR { (code::RECORD, value.item()) } else { (code::TENSOR, T::ZERO) };
        let mut records = self.records.borrow_mut();
        let id = self.nodes.push_always(code, [records.len() as u32, 0], scalar);
        records.push(Record { op, operands: SmallVec::from_slice(operands), value });
        Var { tape: Some(self), id, carried: V::carry(scalar) }
    }

    /// The variable of a node.
    pub(crate) fn at(&self, id: u32) -> Erased<'_, T> {
        let is_scalar = self.is_scalar(id);
        // A scalar constant has a node for those that refer to it; its handles have none.
        let handle = if self.nodes.code(id) == code::CONST { NONE } else { id };
        Erased { tape: Some(self), id: handle, scalar: self.nodes.value(id), is_scalar }
    }

    /// Reads a tensor operation on variables; `None` if no operand is wanted.
    pub(crate) fn read_recorded<'t, R>(
        &'t self,
        id: u32,
        wanted: impl Fn(u32) -> bool,
        read: impl FnOnce(Inputs<'_, TensorVar<'t, T>>) -> R,
    ) -> Option<R> {
        let (op, operands) = {
            let record = &self.records.borrow()[self.slot(id)];
            (record.op.clone(), record.operands.clone())
        };
        if !operands.iter().any(|&operand| wanted(operand)) {
            return None;
        }
        let y = self.at(id).to_tensor();
        let xs: Vec<TensorVar<'t, T>> = operands.iter().map(|&operand| self.at(operand).to_tensor()).collect();
        let xs: Vec<&TensorVar<'t, T>> = xs.iter().collect();
        Some(read(Inputs { op: &op, operands: &operands, xs: &xs, y: &y }))
    }

    /// A tensor in the shape of a node's value, and as a scalar if the node is one.
    pub(crate) fn as_value_of<'t>(&'t self, id: u32, x: TensorVar<'t, T>) -> Erased<'t, T> {
        let shape = self.shape(id);
        if self.is_scalar(id) {
            return self.record::<T>(Op::Arrange(Arrange::Reshape(shape)), &[x.id]).erase();
        }
        Array::reshape(&x, &shape).erase()
    }

    /// The node of an operand, made if it is a scalar constant.
    #[track_caller]
    pub(crate) fn node_of(&self, operand: Erased<'_, T>) -> u32 {
        if operand.id == NONE { self.nodes.push_always(code::CONST, [0, 0], operand.scalar) } else { operand.id }
    }
}
