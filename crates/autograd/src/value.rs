//! What a variable can stand for: a number, or a tensor of them.

use crate::algebra::Product;
use crate::code::{self, Form, Nary};
use crate::forward::Tangents;
use crate::gradients::{Adjoints, Gradients};
use crate::ledger::binary::BinaryRule;
use crate::ledger::unary::UnaryRule;
use crate::ledger::{Binary, Op, Unary};
use crate::methods::Operand;
use crate::nodes::NONE;
use crate::operands::common;
use crate::record::{Adjoint, Wanted};
use crate::tape::{Record, Tape};
use crate::var::Var;
use std::fmt::Debug;
use tensor::{Real, Shape, Tensor};

/// The type a variable stands for: `f32`, `f64`, or a [`Tensor`] of one of them.
///
/// This trait is sealed: its methods are the engine's own.
pub trait Value: Clone + Debug + sealed::Sealed + 'static {
    /// The type of the elements.
    type Elem: Scalar;
    /// What a handle carries besides its place on the tape: a number's own value, nothing for a tensor.
    #[doc(hidden)]
    type Carried: Copy + Debug;

    #[doc(hidden)]
    fn leaf(self, tape: &Tape<Self::Elem>) -> Var<'_, Self>;
    #[doc(hidden)]
    fn constant(self, tape: &Tape<Self::Elem>) -> Var<'_, Self>;
    /// Takes the result of a tensor operation onto the tape.
    #[doc(hidden)]
    fn recorded(tape: &Tape<Self::Elem>, record: Record<Self::Elem>) -> Var<'_, Self>;
    #[doc(hidden)]
    fn of(var: Var<'_, Self>) -> Self;
    #[doc(hidden)]
    fn shape_of(var: Var<'_, Self>) -> Shape;
    /// The value, out of a tensor of its shape.
    #[doc(hidden)]
    fn from_tensor(t: Tensor<Self::Elem>) -> Self;
    #[doc(hidden)]
    fn to_tensor(&self) -> Tensor<Self::Elem>;
    #[doc(hidden)]
    fn one_like(&self) -> Self;
    #[doc(hidden)]
    fn unary(x: Var<'_, Self>, op: Unary) -> Var<'_, Self>;
    #[doc(hidden)]
    fn binary<'t>(a: Var<'t, Self>, b: Var<'t, Self>, op: Binary) -> Var<'t, Self>;
    /// With the rule's own type: the fast path of a number.
    #[doc(hidden)]
    #[allow(private_bounds)]
    fn unary_rule<R: UnaryRule>(x: Var<'_, Self>, rule: R) -> Var<'_, Self>;
    #[doc(hidden)]
    #[allow(private_interfaces)]
    fn ternary<'t>(
        x: Var<'t, Self>,
        a: impl Operand<'t, Self>,
        b: impl Operand<'t, Self>,
        number: Nary,
        tensor: Op<Self::Elem>,
    ) -> Var<'t, Self>;
    #[doc(hidden)]
    fn gradient<'t>(g: &Gradients<'t, Self::Elem>, x: Var<'t, Self>) -> Self;
    /// A recorded adjoint as a variable of this kind.
    #[doc(hidden)]
    #[allow(private_interfaces)]
    fn from_adjoint<'t>(adjoint: Adjoint<'t, Self::Elem>) -> Option<Var<'t, Self>>;
    /// This as a scalar variable, if it is one.
    #[doc(hidden)]
    fn as_number(x: Var<'_, Self>) -> Option<Var<'_, Self::Elem>>;
    /// With a plain number on the right.
    #[doc(hidden)]
    fn with_number<'t>(a: Var<'t, Self>, c: Self::Elem, op: Binary) -> Var<'t, Self>;
    /// With a plain number on the left.
    #[doc(hidden)]
    fn number_with<'t>(c: Self::Elem, b: Var<'t, Self>, op: Binary) -> Var<'t, Self>;
}

/// A number that tapes compute with: `f32` or `f64`.
///
/// Its hidden methods are where the generic algorithms are compiled, once per element type, in this crate.
#[allow(private_interfaces)]
pub trait Scalar: Real + Value<Elem = Self, Carried = Self> {
    #[doc(hidden)]
    fn apply_unary(op: Unary, x: &Tensor<Self>) -> Tensor<Self>;
    #[doc(hidden)]
    fn apply_binary(op: Binary, a: &Tensor<Self>, b: &Tensor<Self>) -> Tensor<Self>;
    #[doc(hidden)]
    fn unary_slope(p: Product, op: Unary, g: &Tensor<Self>, x: &Tensor<Self>, y: &Tensor<Self>) -> Tensor<Self>;
    #[doc(hidden)]
    fn binary_slope(
        p: Product,
        op: Binary,
        k: usize,
        g: &Tensor<Self>,
        a: &Tensor<Self>,
        b: &Tensor<Self>,
    ) -> Tensor<Self>;
    #[doc(hidden)]
    fn apply(op: &Op<Self>, xs: &[&Tensor<Self>]) -> Tensor<Self>;
    #[doc(hidden)]
    fn reverse(tape: &Tape<Self>, adjoints: &mut Adjoints<Self>, root: u32, low: u32);
    #[doc(hidden)]
    fn forward(tangents: &mut Tangents<'_, Self>);
    #[doc(hidden)]
    fn recorded<'t>(
        tape: &'t Tape<Self>,
        root: u32,
        seed: Adjoint<'t, Self>,
        targets: &[u32],
        wanted_for: Wanted,
    ) -> Vec<Option<Adjoint<'t, Self>>>;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
    impl<T: super::Scalar> Sealed for tensor::Tensor<T> {}
}

/// The fast path of a scalar primitive: the rule is known, so this is a value, a check, and three stores.
#[inline(always)]
#[track_caller]
pub(crate) fn scalar_unary<'t, T: Scalar, R: UnaryRule>(x: Var<'t, T>, rule: R) -> Var<'t, T> {
    let value = rule.value(x.carried);
    let id = match x.tape {
        Some(tape) if x.id != NONE => {
            let (code, bits) = rule.op().code();
            tape.nodes.push(code::UNARY + code, [x.id, bits], value)
        }
        _ => NONE,
    };
    Var { tape: x.tape, id, carried: value }
}

#[inline(always)]
#[track_caller]
pub(crate) fn scalar_binary<'t, T: Scalar, R: BinaryRule>(a: Var<'t, T>, b: Var<'t, T>, _: R) -> Var<'t, T> {
    let value = R::value(a.carried, b.carried);
    if let (Some(tape), Some(other)) = (a.tape, b.tape)
        && std::ptr::eq(tape, other)
        && a.id != NONE
        && b.id != NONE
    {
        let id = tape.nodes.push(code::binary(R::OP, Form::VarVar), [a.id, b.id], value);
        return Var { tape: a.tape, id, carried: value };
    }
    let tape = common(a.tape, b.tape, R::OP.name());
    let id = match tape {
        Some(tape) if a.id != NONE => tape.push_with_number(R::OP, a.id, b.carried, value),
        Some(tape) if b.id != NONE => tape.push_number_with(R::OP, a.carried, b.id, value),
        _ => NONE,
    };
    Var { tape, id, carried: value }
}

#[inline(always)]
#[track_caller]
pub(crate) fn scalar_with_number<'t, T: Scalar, R: BinaryRule>(a: Var<'t, T>, c: T, _: R) -> Var<'t, T> {
    let value = R::value(a.carried, c);
    let id = match a.tape {
        Some(tape) if a.id != NONE => tape.push_with_number(R::OP, a.id, c, value),
        _ => NONE,
    };
    Var { tape: a.tape, id, carried: value }
}

#[inline(always)]
#[track_caller]
pub(crate) fn scalar_number_with<'t, T: Scalar, R: BinaryRule>(c: T, b: Var<'t, T>, _: R) -> Var<'t, T> {
    let value = R::value(c, b.carried);
    let id = match b.tape {
        Some(tape) if b.id != NONE => tape.push_number_with(R::OP, c, b.id, value),
        _ => NONE,
    };
    Var { tape: b.tape, id, carried: value }
}

macro_rules! scalar_value {
    ($t:ty) => {
        impl Value for $t {
            type Elem = $t;
            type Carried = $t;

            #[inline]
            #[track_caller]
            fn leaf(self, tape: &Tape<$t>) -> Var<'_, $t> {
                let id = tape.nodes.push_always(code::LEAF, [0, 0], self);
                Var { tape: Some(tape), id, carried: self }
            }
            #[inline]
            #[track_caller]
            fn constant(self, tape: &Tape<$t>) -> Var<'_, $t> {
                Var { tape: Some(tape), id: NONE, carried: self }
            }
            #[track_caller]
            fn recorded(tape: &Tape<$t>, mut record: Record<$t>) -> Var<'_, $t> {
                let value = record.value.take().map_or(<$t>::NAN, |v| v.item());
                let id = if record.tracked { tape.push_record(code::RECORD, value, record) } else { NONE };
                Var { tape: Some(tape), id, carried: value }
            }
            #[inline]
            fn of(var: Var<'_, $t>) -> $t {
                var.carried
            }
            fn shape_of(_: Var<'_, $t>) -> Shape {
                Shape::from(())
            }
            fn from_tensor(t: Tensor<$t>) -> $t {
                t.item()
            }
            fn to_tensor(&self) -> Tensor<$t> {
                Tensor::scalar(*self)
            }
            fn one_like(&self) -> $t {
                1.0
            }
            #[track_caller]
            fn unary(x: Var<'_, $t>, op: Unary) -> Var<'_, $t> {
                let value = op.value(x.carried);
                let id = match x.tape {
                    Some(tape) if x.id != NONE => {
                        let (code, bits) = op.code();
                        tape.nodes.push(code::UNARY + code, [x.id, bits], value)
                    }
                    _ => NONE,
                };
                Var { tape: x.tape, id, carried: value }
            }
            #[inline(always)]
            #[allow(private_bounds)]
            #[track_caller]
            fn unary_rule<R: UnaryRule>(x: Var<'_, $t>, rule: R) -> Var<'_, $t> {
                scalar_unary(x, rule)
            }
            #[track_caller]
            fn ternary<'t>(
                x: Var<'t, $t>,
                a: impl Operand<'t, $t>,
                b: impl Operand<'t, $t>,
                number: Nary,
                _: Op<$t>,
            ) -> Var<'t, $t> {
                let (Some(a), Some(b)) = (a.number(), b.number()) else {
                    unreachable!("an operand of a number is one")
                };
                match common(common(x.tape, a.tape, number.name()), b.tape, number.name()) {
                    Some(tape) => tape.nary(number, 3, |i| [x, a, b][i]),
                    None => {
                        let xs = [x.carried, a.carried, b.carried];
                        Var { tape: None, id: NONE, carried: number.value(0.0, 3, |i| xs[i]) }
                    }
                }
            }
            #[inline]
            fn gradient<'t>(g: &Gradients<'t, $t>, x: Var<'t, $t>) -> $t {
                g.number(x.id)
            }
            #[allow(private_interfaces)]
            fn from_adjoint<'t>(adjoint: Adjoint<'t, $t>) -> Option<Var<'t, $t>> {
                match adjoint {
                    Adjoint::Number(g) => Some(g),
                    Adjoint::Tensor(_) => None,
                }
            }
            fn as_number(x: Var<'_, $t>) -> Option<Var<'_, $t>> {
                Some(x)
            }
            #[track_caller]
            fn binary<'t>(a: Var<'t, $t>, b: Var<'t, $t>, op: Binary) -> Var<'t, $t> {
                let value = op.value(a.carried, b.carried);
                let tape = common(a.tape, b.tape, op.name());
                let id = match (tape, a.id != NONE, b.id != NONE) {
                    (Some(tape), true, true) => tape.nodes.push(code::binary(op, Form::VarVar), [a.id, b.id], value),
                    (Some(tape), true, false) => tape.push_with_number(op, a.id, b.carried, value),
                    (Some(tape), false, true) => tape.push_number_with(op, a.carried, b.id, value),
                    _ => NONE,
                };
                Var { tape, id, carried: value }
            }
            #[track_caller]
            fn with_number<'t>(a: Var<'t, $t>, c: $t, op: Binary) -> Var<'t, $t> {
                Self::binary(a, Var { tape: None, id: NONE, carried: c }, op)
            }
            #[track_caller]
            fn number_with<'t>(c: $t, b: Var<'t, $t>, op: Binary) -> Var<'t, $t> {
                Self::binary(Var { tape: None, id: NONE, carried: c }, b, op)
            }
        }
    };
}
scalar_value!(f32);
scalar_value!(f64);

impl<T: Scalar> Value for Tensor<T> {
    type Elem = T;
    type Carried = ();

    #[track_caller]
    fn leaf(self, tape: &Tape<T>) -> Var<'_, Self> {
        tape.tensor_node(Record::new(Op::Leaf, &[], self, true))
    }
    #[track_caller]
    fn constant(self, tape: &Tape<T>) -> Var<'_, Self> {
        tape.tensor_node(Record::new(Op::Const, &[], self, false))
    }
    #[track_caller]
    fn recorded(tape: &Tape<T>, record: Record<T>) -> Var<'_, Self> {
        tape.tensor_node(record)
    }
    fn of(var: Var<'_, Self>) -> Self {
        var.on_tape().tensor(var.id)
    }
    fn shape_of(var: Var<'_, Self>) -> Shape {
        var.on_tape().shape(var.id)
    }
    fn from_tensor(t: Tensor<T>) -> Self {
        t
    }
    fn to_tensor(&self) -> Tensor<T> {
        self.clone()
    }
    fn one_like(&self) -> Self {
        Tensor::ones(self.shape())
    }
    #[track_caller]
    fn unary(x: Var<'_, Self>, op: Unary) -> Var<'_, Self> {
        x.on_tape().record(Op::Unary(op), &[x.id])
    }
    #[track_caller]
    #[allow(private_bounds)]
    fn unary_rule<R: UnaryRule>(x: Var<'_, Self>, rule: R) -> Var<'_, Self> {
        x.on_tape().record(Op::Unary(rule.op()), &[x.id])
    }
    #[track_caller]
    fn ternary<'t>(
        x: Var<'t, Self>,
        a: impl Operand<'t, Self>,
        b: impl Operand<'t, Self>,
        _: Nary,
        tensor: Op<T>,
    ) -> Var<'t, Self> {
        let (a, b) = (a.node_beside(x, tensor.name()), b.node_beside(x, tensor.name()));
        x.on_tape().record(tensor, &[x.id, a, b])
    }
    fn gradient<'t>(g: &Gradients<'t, T>, x: Var<'t, Self>) -> Self {
        g.tensor(x)
    }
    #[allow(private_interfaces)]
    fn from_adjoint<'t>(adjoint: Adjoint<'t, T>) -> Option<Var<'t, Self>> {
        match adjoint {
            Adjoint::Tensor(g) => Some(g),
            Adjoint::Number(_) => None,
        }
    }
    fn as_number(_: Var<'_, Self>) -> Option<Var<'_, T>> {
        None
    }
    #[track_caller]
    fn binary<'t>(a: Var<'t, Self>, b: Var<'t, Self>, op: Binary) -> Var<'t, Self> {
        common(a.tape, b.tape, op.name());
        a.on_tape().record(Op::Binary(op), &[a.id, b.id])
    }
    #[track_caller]
    fn with_number<'t>(a: Var<'t, Self>, c: T, op: Binary) -> Var<'t, Self> {
        let tape = a.on_tape();
        tape.record(Op::Binary(op), &[a.id, tape.number(c)])
    }
    #[track_caller]
    fn number_with<'t>(c: T, b: Var<'t, Self>, op: Binary) -> Var<'t, Self> {
        let tape = b.on_tape();
        tape.record(Op::Binary(op), &[tape.number(c), b.id])
    }
}
