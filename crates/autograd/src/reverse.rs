//! The reverse sweep: down the index, handing each node's adjoint to its operands.
//!
//! Scalar nodes run in one tight loop over three arrays; tensor nodes run the ledger's rules, with fused kernels, and
//! only for operands that lead to a variable. A scalar adjoint is cleared as it is consumed, a tensor adjoint freed, so
//! that the next sweep finds its arrays ready; those of independent variables stay for [`Gradients`](crate::Gradients).

use crate::algebra::Product;
use crate::code::{self, Form, Kind};
use crate::gradients::Adjoints;
use crate::ledger::binary::{self, BinaryRule};
use crate::ledger::unary::{self, UnaryRule};
use crate::ledger::{self, Binary, Op};
use crate::nodes::View;
use crate::tape::{Operands, Record, Tape};
use crate::value::Scalar;
use tensor::math::simd::{Arch, Kernel, dispatch};
use tensor::{Shape, Tensor};

/// Sweeps from `root`, whose adjoint is seeded, down to node `low`.
pub(crate) fn sweep<T: Scalar>(tape: &Tape<T>, adjoints: &mut Adjoints<T>, root: u32, low: u32) {
    let product = tape.product();
    // A strict tape multiplies zeros too, so it must know which nodes the output depends on at all.
    let reached = product.strict.then(|| downstream_of(tape, root));
    let mut next = root as usize + 1;
    while next > low as usize {
        // SAFETY: nothing is recorded inside `scalars`, which runs only rules on plain numbers.
        let view = unsafe { tape.nodes.view() };
        let lists = tape.lists.borrow();
        let stop = match &reached {
            None => scalars::<T, false>(view, &lists, adjoints, low as usize, next, &[]),
            Some(reached) => scalars::<T, true>(view, &lists, adjoints, low as usize, next, reached),
        };
        drop(lists);
        let Some(at) = stop else { return };
        if reached.as_ref().is_none_or(|r| r[at]) {
            record(tape, adjoints, at as u32, product);
        }
        next = at;
    }
}

/// Which nodes the root depends on.
pub(crate) fn downstream_of<T: Scalar>(tape: &Tape<T>, root: u32) -> Vec<bool> {
    let mut reached = vec![false; root as usize + 1];
    reached[root as usize] = true;
    for id in (0..=root).rev() {
        if reached[id as usize] {
            tape.for_each_operand(id, |operand| reached[operand as usize] = true);
        }
    }
    reached
}

/// Hands `g * d` to an operand.
#[inline(always)]
fn give<T: Scalar, const STRICT: bool>(adjoint: &mut [T], at: u32, g: T, d: T) {
    let mut share = g * d;
    if !STRICT && share.is_nan() {
        share = present(g, d);
    }
    debug_assert!((at as usize) < adjoint.len());
    // SAFETY: operands lie before their node, and there is an adjoint for every node up to the root.
    unsafe { *adjoint.get_unchecked_mut(at as usize) += share }
}

/// The product of an adjoint and a slope that is NaN by IEEE arithmetic: 0 if a factor is absent.
#[cold]
fn present<T: Scalar>(g: T, d: T) -> T {
    if g == T::ZERO || d == T::ZERO { T::ZERO } else { g * d }
}

/// The primitives whose arms stand in the jump table; the others take the general path, by the same rules.
macro_rules! hot {
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

        /// Runs over scalar nodes from below `next` down to `low`; stops at a tensor operation and returns its index.
        /// A strict sweep takes the nodes that were reached, any other those whose adjoint is not 0.
        fn scalars<T: Scalar, const STRICT: bool>(
            view: View<'_, T>,
            lists: &[u32],
            adjoints: &mut Adjoints<T>,
            low: usize,
            next: usize,
            reached: &[bool],
        ) -> Option<usize> {
            let View { code: codes, args, value: values } = view;
            let adjoint = &mut adjoints.scalars[..next];
            let (codes, args, values) = (&codes[..next], &args[..next], &values[..next]);
            let bits = |b: u32| T::from_f64(f32::from_bits(b) as f64);
            for i in (low..next).rev() {
                let g = adjoint[i];
                let code = codes[i];
                if if STRICT { !reached[i] } else { g == T::ZERO } {
                    if code == code::TENSOR {
                        return Some(i);
                    }
                    continue;
                }
                let [a, b] = args[i];
                // SAFETY: a node's operands lie before it: `push` is only given handles of earlier nodes.
                let value = |k: u32| unsafe {
                    debug_assert!((k as usize) < i);
                    *values.get_unchecked(k as usize)
                };
                adjoint[i] = T::ZERO;
                match code {
                    $( table::$u => give::<T, STRICT>(adjoint, a, g, unary::rule::$u.derivative(value(a), values[i])), )*
                    $( table::$b::VAR_VAR => {
                        let (x, y) = (value(a), value(b));
                        give::<T, STRICT>(adjoint, a, g, binary::rule::$b::wrt_a(x, y));
                        give::<T, STRICT>(adjoint, b, g, binary::rule::$b::wrt_b(x, y));
                    }
                    table::$b::VAR_BITS => give::<T, STRICT>(adjoint, a, g, binary::rule::$b::wrt_a(value(a), bits(b))),
                    table::$b::BITS_VAR => give::<T, STRICT>(adjoint, b, g, binary::rule::$b::wrt_b(bits(a), value(b))),
                    table::$b::VAR_NODE => give::<T, STRICT>(adjoint, a, g, binary::rule::$b::wrt_a(value(a), value(b))),
                    table::$b::NODE_VAR => give::<T, STRICT>(adjoint, b, g, binary::rule::$b::wrt_b(value(a), value(b))), )*
                    code::LEAF => {
                        adjoint[i] = g;
                        adjoints.leaves.push(i as u32);
                    }
                    code::TENSOR | code::RECORD => {
                        adjoint[i] = g;
                        return Some(i);
                    }
                    _ => match code::read(code, b) {
                        Kind::Unary(op) => give::<T, STRICT>(adjoint, a, g, op.derivative(value(a), values[i])),
                        Kind::Binary(op, form) => {
                            let x = if form == Form::BitsVar { bits(a) } else { value(a) };
                            let y = if form == Form::VarBits { bits(b) } else { value(b) };
                            if matches!(form, Form::VarVar | Form::VarBits | Form::VarNode) {
                                give::<T, STRICT>(adjoint, a, g, op.wrt_a(x, y));
                            }
                            if matches!(form, Form::VarVar | Form::BitsVar | Form::NodeVar) {
                                give::<T, STRICT>(adjoint, b, g, op.wrt_b(x, y));
                            }
                        }
                        Kind::Nary(op) => {
                            let ids = &lists[a as usize..(a + b) as usize];
                            op.weights(ids.len(), values[i], |k| value(ids[k]), |k, w| {
                                if codes[ids[k] as usize] != code::CONST {
                                    give::<T, STRICT>(adjoint, ids[k], g, w);
                                }
                            });
                        }
                        Kind::Leaf | Kind::Const | Kind::Tensor | Kind::Record => {}
                    },
                }
            }
            None
        }
    };
}

hot! {
    unary: Neg Square Sqrt Recip Exp Ln Sin Cos Tanh Sigmoid;
    binary: Add Sub Mul Div;
}

/// Hands a tensor operation's adjoint to its operands.
fn record<T: Scalar>(tape: &Tape<T>, adjoints: &mut Adjoints<T>, id: u32, product: Product) {
    let records = tape.records.borrow();
    let slot = tape.nodes.args(id)[0] as usize;
    let r: &Record<T> = &records[slot];
    if matches!(r.op, Op::Leaf) {
        return; // its adjoint stays
    }
    let (g, lifted_y);
    let y = match &r.value {
        Some(y) => {
            let Some(adjoint) = adjoints.tensors[slot].take() else { return };
            g = adjoint;
            y
        }
        None => {
            g = Tensor::scalar(std::mem::replace(&mut adjoints.scalars[id as usize], T::ZERO));
            lifted_y = Tensor::scalar(tape.nodes.value(id));
            &lifted_y
        }
    };
    let operands = Operands::new(tape, &r.operands);
    let xs = operands.values(&records);
    if let Op::Custom(op) = &r.op {
        // one call gives all shares; the user's code may record, so it must not see the tape borrowed
        let (op, ids) = (op.clone(), r.operands.clone());
        let owned: Vec<Tensor<T>> = xs.iter().map(|&x| x.clone()).collect();
        let y = y.clone();
        drop(xs);
        drop(records);
        let shares = crate::custom::shares(&op, &g, &owned.iter().collect::<Vec<_>>(), &y);
        for ((share, &operand), x) in shares.into_iter().zip(&ids).zip(&owned) {
            if tape.is_tracked(operand) {
                accumulate(tape, adjoints, operand, share, x.shape());
            }
        }
        return;
    }
    for (k, &operand) in r.operands.iter().enumerate() {
        let tracked = match tape.nodes.code(operand) {
            code::CONST => false,
            code::TENSOR | code::RECORD => records[tape.nodes.args(operand)[0] as usize].tracked,
            _ => true,
        };
        if tracked {
            let share = ledger::vjp(product, &r.op, k, &g, &xs, y);
            accumulate(tape, adjoints, operand, share, xs[k].shape());
        }
    }
}

/// Adds a share to an operand's adjoint: broadcasting is undone here, once for all primitives; a first share moves in.
pub(crate) fn accumulate<T: Scalar>(
    tape: &Tape<T>,
    adjoints: &mut Adjoints<T>,
    operand: u32,
    share: Tensor<T>,
    shape: &Shape,
) {
    let share = if share.shape() == shape { share } else { fit(share, shape) };
    if tape.nodes.code(operand) != code::TENSOR {
        adjoints.scalars[operand as usize] += share.item();
        return;
    }
    let slot = &mut adjoints.tensors[tape.nodes.args(operand)[0] as usize];
    *slot = Some(match slot.take() {
        None => share,
        Some(sum) => add(sum, share),
    });
}

/// A share in the operand's shape: summed over what was stretched, or stretched over what the rule left out.
fn fit<T: Scalar>(share: Tensor<T>, shape: &Shape) -> Tensor<T> {
    if stretches(share.shape(), shape) { share.broadcast_to(shape) } else { share.sum_to(shape) }
}

/// Whether a share must be stretched to the operand's shape (and not summed to it).
pub(crate) fn stretches(share: &Shape, shape: &Shape) -> bool {
    Shape::broadcast(share, shape).as_ref() == Some(shape)
}

/// The sum of two adjoints, in the place of one that nobody else holds.
pub(crate) fn add<T: Scalar>(mut a: Tensor<T>, mut b: Tensor<T>) -> Tensor<T> {
    struct AddTo<'a, T>(&'a mut [T], &'a [T]);
    impl<T: Scalar> Kernel for AddTo<'_, T> {
        const HEAVY: bool = false;
        type Output = ();
        #[inline(always)]
        fn run<A: Arch>(self) {
            for (a, &b) in self.0.iter_mut().zip(self.1) {
                *a += b;
            }
        }
    }
    if a.unique_mut().is_none() {
        std::mem::swap(&mut a, &mut b);
    }
    if let (Some(sum), Some(more)) = (a.unique_mut(), b.as_slice()) {
        dispatch(AddTo(sum, more));
        return a;
    }
    T::apply_binary(Binary::Add, &a, &b)
}
