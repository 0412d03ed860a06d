//! The fast path of the scalar reverse sweep: a jump table over the most frequent primitives.
//!
//! An adjoint times a partial derivative is 0 where either is 0, even where the other is infinite. A test for that in
//! every product would cost more than the product, so [`quick`] multiplies as IEEE 754 does and watches for NaN, which
//! nothing stops on its way down to the variables. Only where one arrives is the sweep repeated with the tests.
//!
//! Every node's adjoint stays in its place in the array: the next sweep clears it.

use crate::fast::code::{self, Form};
use crate::fast::nodes::{Nodes, View};
use crate::rules::binary::{self, BinaryRule};
use crate::rules::unary::{self, UnaryRule};
use crate::rules::{Binary, Element};

#[inline(always)]
fn number<T: Element>(bits: u32) -> T {
    T::from_f64(f32::from_bits(bits) as f64)
}

/// Down from below `next` to the first node, fast; stops at a tensor operation and returns its index. Sets `nan` if one
/// arrived at a variable, or at a scalar that a tensor operation computed.
///
/// `partials` calls back with each operand of any other scalar node, and the partial derivative along it.
#[inline(always)]
pub(crate) fn quick<T: Element>(
    nodes: &Nodes<T>,
    adjoint: &mut [T],
    mut next: usize,
    nan: &mut bool,
    partials: impl Fn(u32, &mut dyn FnMut(u32, T)),
) -> Option<usize> {
    loop {
        // SAFETY: the view is not used after `partials`, which is the only call here that may record.
        let view = unsafe { nodes.view() };
        next = run(view, &mut adjoint[..next], nan)?;
        let (i, g) = (next, adjoint[next]);
        match view.code[i] {
            code::TENSOR => return Some(i),
            _ if g == T::ZERO => {}
            code::RECORD => {
                *nan |= g.is_nan();
                return Some(i);
            }
            code => match frequent(view, code, i) {
                Some((operand, d)) => adjoint[operand as usize] += g * d,
                None => partials(i as u32, &mut |operand, d| adjoint[operand as usize] += g * d),
            },
        }
    }
}

/// The operand and the derivative, if the node is one of the primitives that are frequent but too long for [`run`].
#[inline(always)]
fn frequent<T: Element>(view: View<'_, T>, code: u8, i: usize) -> Option<(u32, T)> {
    let [a, _] = view.args[i];
    macro_rules! derivative {
        ($($u:ident)*) => { match code {
            $( c if c == code::UNARY + unary::Code::$u as u8 => {
                unary::rule::$u.derivative(view.value[a as usize], view.value[i])
            } )*
            _ => return None,
        } };
    }
    Some((a, derivative!(Ln Sin Cos Tanh Sigmoid)))
}

/// The primitives that stand in the loop of [`run`]: frequent ones, whose derivatives take a few instructions.
macro_rules! run {
    (unary: $($u:ident)*; binary: $($b:ident)*;) => {
        #[allow(non_snake_case, non_upper_case_globals)]
        mod table {
            use super::*;
            $( pub(super) const $u: u8 = code::UNARY + unary::Code::$u as u8; )*
            $( pub(super) mod $b {
                use super::*;
                pub(in super::super) const VAR_VAR: u8 = code::binary(Binary::$b, Form::VarVar);
                pub(in super::super) const VAR_BITS: u8 = code::binary(Binary::$b, Form::VarBits);
                pub(in super::super) const BITS_VAR: u8 = code::binary(Binary::$b, Form::BitsVar);
                pub(in super::super) const VAR_NODE: u8 = code::binary(Binary::$b, Form::VarNode);
                pub(in super::super) const NODE_VAR: u8 = code::binary(Binary::$b, Form::NodeVar);
            } )*
        }

        /// The loop, from the last adjoint down, over the primitives it knows; stops at any other and returns its index.
        ///
        /// The adjoint of the node below is carried in a register: most nodes pass a contribution to the one before them, and
        /// by way of memory that would take longer than the arithmetic. A call in the loop would cost the register, so
        /// there is none.
        #[inline(never)]
        fn run<T: Element>(view: View<'_, T>, adjoint: &mut [T], nan: &mut bool) -> Option<usize> {
            let n = adjoint.len();
            let (codes, args, values) = (&view.code[..n], &view.args[..n], &view.value[..n]);
            let mut carry = *adjoint.last()?;
            let adjoint = adjoint.as_mut_ptr();
            let mut poisoned = false;
            let mut i = n;
            let stop = loop {
                if i == 0 {
                    break None;
                }
                i -= 1;
                let below = i.wrapping_sub(1);
                let g = carry;
                // SAFETY: i < n, the length of all four slices, and `below` is used only where it is, too. Operands lie
                // before their node: `push` is only given handles of earlier nodes. Nothing else refers to the adjoints
                // while this runs.
                unsafe {
                    *adjoint.add(i) = g;
                    carry = if i > 0 { *adjoint.add(below) } else { T::ZERO };
                    let code = *codes.get_unchecked(i);
                    let [a, b] = *args.get_unchecked(i);
                    let value = |k: u32| {
                        debug_assert!((k as usize) < i);
                        *values.get_unchecked(k as usize)
                    };
                    let mut give = |at: u32, contribution: T| {
                        debug_assert!((at as usize) < i);
                        if at as usize == below { carry += contribution } else { *adjoint.add(at as usize) += contribution }
                    };
                    match code {
                        $( table::$u => give(a, g * unary::rule::$u.derivative(value(a), *values.get_unchecked(i))), )*
                        $( table::$b::VAR_VAR => {
                            let (x, y) = (value(a), value(b));
                            give(a, g * binary::rule::$b::wrt_a(x, y));
                            give(b, g * binary::rule::$b::wrt_b(x, y));
                        }
                        table::$b::VAR_BITS => give(a, g * binary::rule::$b::wrt_a(value(a), number(b))),
                        table::$b::BITS_VAR => give(b, g * binary::rule::$b::wrt_b(number(a), value(b))),
                        table::$b::VAR_NODE => give(a, g * binary::rule::$b::wrt_a(value(a), value(b))),
                        table::$b::NODE_VAR => give(b, g * binary::rule::$b::wrt_b(value(a), value(b))), )*
                        code::LEAF => poisoned |= g.is_nan(),
                        code::CONST => {}
                        // Here nothing was passed on yet: the carried adjoint is the one in its place.
                        _ => break Some(i),
                    }
                }
            };
            *nan |= poisoned;
            stop
        }
    };
}

run! {
    unary: Neg Square Sqrt Recip Exp;
    binary: Add Sub Mul Div;
}
