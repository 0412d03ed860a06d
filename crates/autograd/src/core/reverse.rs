//! The reverse sweep: from the last node to the first, each node passes its adjoint on to its operands.
//!
//! The adjoint of an operand grows by the node's adjoint times the partial derivative along that operand. Operands always
//! precede their result on the tape, so the order is known and nothing is searched or sorted. Scalar nodes run in the tight
//! loop of `fast/scalars.rs`; tensor nodes pull the linear map of their rule, and only for operands that lead to a
//! variable. A tensor's adjoint is freed as soon as its node has been passed; those of variables stay for
//! [`Gradients`](crate::Gradients).

use crate::core::gradients::Adjoints;
use crate::core::node::{self, Operand};
use crate::core::operands::Operands;
use crate::core::tape::{Record, Tape};
use crate::core::value::Scalar;
use crate::fast::code;
use crate::fast::nodes::View;
use crate::fast::scalars;
use crate::rules::array::Product;
use crate::rules::{self, Binary, Op};
use tensor::math::simd::{Arch, Kernel, dispatch};
use tensor::{Shape, Tensor};

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
            let partials = |i: usize, give: &mut dyn FnMut(u32, T)| nodes.partials(i, give);
            scalars::quick(view, &mut adjoints.scalars, next, &mut adjoints.nan, partials)
        } else {
            careful(nodes, &mut adjoints.scalars, low as usize, next, reached.as_deref())
        };
        drop(lists);
        let Some(at) = stop else { return };
        if reached.as_ref().is_none_or(|r| r[at]) {
            record(tape, adjoints, at as u32, product);
        }
        next = at;
    }
}

/// What a sweep reads of the tape.
#[derive(Clone, Copy)]
struct Scalars<'a, T> {
    view: View<'a, T>,
    /// The operands of n-ary nodes.
    lists: &'a [u32],
}

impl<T: Scalar> Scalars<'_, T> {
    /// Calls `give` with each operand of node `i` and the partial derivative along it, for any primitive.
    #[inline(never)]
    fn partials(self, i: usize, give: &mut dyn FnMut(u32, T)) {
        let View { code, args, value } = self.view;
        let scalar = |operand| match operand {
            Operand::Node(k) => value[k as usize],
            Operand::Const(c) => c,
        };
        let node = node::unpack(code[i], args[i], |k| value[k as usize], self.lists);
        // A constant among the operands of an n-ary node is given an adjoint, which nobody reads.
        node.partials(value[i], scalar, |_| true, |_, operand, d| give(operand, d));
    }
}

/// Down from below `next` to `low`, product by product; stops at a tensor operation and returns its index.
///
/// With `reached`, those nodes take part, and products are those of IEEE 754: the sweep of a strict tape. Without it,
/// the nodes whose adjoint is not 0 take part, and a factor of 0 is absent.
fn careful<T: Scalar>(
    nodes: Scalars<'_, T>,
    adjoint: &mut [T],
    low: usize,
    next: usize,
    reached: Option<&[bool]>,
) -> Option<usize> {
    for i in (low..next).rev() {
        let g = adjoint[i];
        let code = nodes.view.code[i];
        if code == code::TENSOR {
            return Some(i);
        }
        if reached.map_or(g == T::ZERO, |reached| !reached[i]) {
            continue;
        }
        if code == code::RECORD {
            return Some(i);
        }
        nodes.partials(i, &mut |operand, d| {
            let absent = reached.is_none() && (g == T::ZERO || d == T::ZERO);
            adjoint[operand as usize] += if absent { T::ZERO } else { g * d };
        });
    }
    None
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
        let shares = op.vjp(&g, &owned.iter().collect::<Vec<_>>(), &y);
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
            let share = rules::vjp(product, &r.op, k, &g, &xs, y);
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
