//! The reverse sweep: down the index, handing each node's adjoint to its operands.
//!
//! Scalar nodes run in one tight loop over three arrays (`scalars.rs`); tensor nodes run the ledger's rules, with fused kernels, and
//! only for operands that lead to a variable. A tensor adjoint is freed as it is consumed; those of independent variables
//! stay for [`Gradients`](crate::Gradients).

use crate::algebra::Product;
use crate::code;
use crate::gradients::Adjoints;
use crate::ledger::{self, Binary, Op};
use crate::operands::Operands;
use crate::tape::{Record, Tape};
use crate::value::Scalar;
use scalars::Scalars;
use tensor::math::simd::{Arch, Kernel, dispatch};
use tensor::{Shape, Tensor};

mod scalars;

/// Sweeps from `root`, whose adjoint is seeded, down to node `low`.
pub(crate) fn sweep<T: Scalar>(tape: &Tape<T>, adjoints: &mut Adjoints<T>, root: u32, low: u32) {
    let product = tape.product();
    // A strict tape multiplies zeros too, so it must know which nodes the output depends on at all.
    let reached = product.strict.then(|| upstream_of(tape, root));
    let quick = low == 0 && !product.strict && !adjoints.careful;
    let mut next = root as usize + 1;
    while next > low as usize {
        // SAFETY: nothing is recorded inside the scalar sweeps, which run only rules on plain numbers.
        let view = unsafe { tape.nodes.view() };
        let lists = tape.lists.borrow();
        let nodes = Scalars { view, lists: &lists };
        let stop = if quick {
            scalars::quick(nodes, &mut adjoints.scalars, next, &mut adjoints.nan)
        } else {
            scalars::careful(nodes, &mut adjoints.scalars, low as usize, next, reached.as_deref())
        };
        drop(lists);
        let Some(at) = stop else { return };
        if reached.as_ref().is_none_or(|r| r[at]) {
            record(tape, adjoints, at as u32, product);
        }
        next = at;
    }
}

/// Which nodes the root depends on, itself included.
pub(crate) fn upstream_of<T: Scalar>(tape: &Tape<T>, root: u32) -> Vec<bool> {
    let mut reached = vec![false; root as usize + 1];
    reached[root as usize] = true;
    for id in (0..=root).rev() {
        if reached[id as usize] {
            tape.for_each_operand(id, |operand| reached[operand as usize] = true);
        }
    }
    reached
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
            g = Tensor::scalar(adjoints.scalars[id as usize]);
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
        let shares = crate::custom::vjp(&op, &g, &owned.iter().collect::<Vec<_>>(), &y);
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
    let share = fitted(share, shape);
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

/// A share in the operand's shape.
pub(crate) fn fitted<T: Scalar>(share: Tensor<T>, shape: &Shape) -> Tensor<T> {
    if share.shape() == shape { share } else { fit(share, shape) }
}

/// A share in the operand's shape: summed over what was stretched, or stretched over what the rule left out.
fn fit<T: Scalar>(share: Tensor<T>, shape: &Shape) -> Tensor<T> {
    let sums = share.rank() > shape.rank() || !stretches(share.shape(), shape);
    if sums { share.sum_to(shape) } else { share.broadcast_to(shape) }
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
