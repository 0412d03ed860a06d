//! The reverse sweep: from the last node to the first, each node passes its adjoint on to its operands.
//!
//! The adjoint of an operand grows by the node's adjoint times the partial derivative along that operand. Operands always
//! precede their result on the tape, so the order is known and nothing is searched or sorted. Scalar nodes run in the tight
//! loop of `fast/scalars.rs`; tensor nodes pull the linear map of their rule, and only for operands that lead to a
//! variable. A tensor's adjoint is freed as soon as its node has been passed; those of variables stay for
//! [`Gradients`](crate::Gradients).

use crate::core::adjoints::Adjoints;
use crate::core::tape::Tape;
use crate::core::value::Scalar;
use crate::fast::{code, scalars};
use crate::rules;
use crate::rules::array::Array;
use tensor::{Shape, Tensor};

/// Sweeps from `root`, whose adjoint is seeded, down to node `low`.
pub(crate) fn sweep<T: Scalar>(tape: &Tape<T>, adjoints: &mut Adjoints<T>, root: u32, low: u32) {
    // A strict tape multiplies zeros too, so it must know which nodes the output depends on at all.
    let reached = tape.product.strict.then(|| upstream_of(tape, &[root], 0));
    let quick = low == 0 && reached.is_none() && !adjoints.careful;
    let mut next = root as usize + 1;
    while next > low as usize {
        let stop = if quick {
            let partials = |id, give: &mut dyn FnMut(u32, T)| partials(tape, id, give);
            scalars::quick(&tape.nodes, &mut adjoints.scalars, next, &mut adjoints.nan, partials)
        } else {
            careful(tape, &mut adjoints.scalars, low as usize, next, reached.as_deref())
        };
        let Some(at) = stop else { return };
        record(tape, adjoints, at as u32);
        next = at;
    }
}

/// Calls `give` with each operand of a scalar node and the partial derivative along it, for any primitive.
#[inline(never)]
fn partials<T: Scalar>(tape: &Tape<T>, id: u32, give: &mut dyn FnMut(u32, T)) {
    // A constant among the operands of an n-ary node is given an adjoint, which nobody reads.
    tape.partials(id, |id| tape.nodes.value(id), |_| true, |_, operand, d| give(operand, d));
}

/// Down from below `next` to `low`, product by product; stops at a tensor operation and returns its index.
///
/// With `reached`, those nodes take part, and products are those of IEEE 754: the sweep of a strict tape. Without it,
/// the nodes whose adjoint is not 0 take part, and a factor of 0 is absent.
fn careful<T: Scalar>(
    tape: &Tape<T>,
    adjoint: &mut [T],
    low: usize,
    next: usize,
    reached: Option<&[bool]>,
) -> Option<usize> {
    for i in (low..next).rev() {
        let (g, code) = (adjoint[i], tape.nodes.code(i as u32));
        let takes_part = match reached {
            Some(reached) => reached[i],
            // The adjoint of a tensor is in the other array.
            None => g != T::ZERO || code == code::TENSOR,
        };
        if !takes_part {
            continue;
        }
        if tape.has_record(i as u32) {
            return Some(i);
        }
        partials(tape, i as u32, &mut |operand, d| {
            let absent = reached.is_none() && (g == T::ZERO || d == T::ZERO);
            adjoint[operand as usize] += if absent { T::ZERO } else { g * d };
        });
    }
    None
}

/// Which of the nodes from `low` on the roots depend on, the roots included.
pub(crate) fn upstream_of<T: Scalar>(tape: &Tape<T>, roots: &[u32], low: u32) -> Vec<bool> {
    let mut reached = Vec::new();
    for root in roots.iter().filter(|&&root| root >= low).map(|root| (root - low) as usize) {
        reached.resize(reached.len().max(root + 1), false);
        reached[root] = true;
    }
    for at in (0..reached.len()).rev() {
        if reached[at] {
            tape.for_each_tracked_operand(low + at as u32, |operand| {
                if operand >= low {
                    reached[(operand - low) as usize] = true;
                }
            });
        }
    }
    reached
}

/// Passes the adjoint of a tensor operation on to its operands.
fn record<T: Scalar>(tape: &Tape<T>, adjoints: &mut Adjoints<T>, id: u32) {
    let g = if tape.is_scalar(id) {
        Tensor::scalar(adjoints.scalars[id as usize])
    } else if tape.is_leaf(id) {
        return; // its adjoint stays
    } else {
        let Some(g) = adjoints.tensors[tape.slot(id)].take() else { return };
        g
    };
    tape.read_tensor(id, |node| {
        let wanted = |k: usize| tape.is_tracked(node.operands[k]);
        rules::vjps(tape.product, node.op, &g, node.xs, node.y, wanted, |k, contribution| {
            accumulate(tape, adjoints, node.operands[k], contribution, node.xs[k].shape());
        });
    });
}

/// Adds a contribution to the adjoint of an operand of this shape: broadcasting is undone here, once for all primitives.
/// The first contribution is moved in.
pub(crate) fn accumulate<T: Scalar>(
    tape: &Tape<T>,
    adjoints: &mut Adjoints<T>,
    operand: u32,
    contribution: Tensor<T>,
    shape: &Shape,
) {
    let contribution = if contribution.shape() == shape { contribution } else { contribution.fit(shape) };
    if tape.is_scalar(operand) {
        adjoints.scalars[operand as usize] += contribution.item();
        return;
    }
    let adjoint = &mut adjoints.tensors[tape.slot(operand)];
    *adjoint = Some(match adjoint.take() {
        None => contribution,
        Some(sum) => add(sum, contribution),
    });
}

/// The sum of two adjoints, written over one that nobody else holds.
pub(crate) fn add<T: Scalar>(mut a: Tensor<T>, mut b: Tensor<T>) -> Tensor<T> {
    if a.unique_mut().is_none() {
        std::mem::swap(&mut a, &mut b);
    }
    a += &b;
    a
}
