//! The reverse sweep: from the last node to the first, each node passes its adjoint on to its operands.
//!
//! The adjoint of an operand grows by the node's adjoint times the partial derivative along that operand. Operands always
//! precede their result on the tape, so the order is known and nothing is searched or sorted. Scalar nodes run in the tight
//! loop of `fast/scalars.rs`; tensor nodes pull the linear map of their rule, and only for operands that lead to a
//! variable. A tensor's adjoint is freed as soon as its node has been passed; those of variables stay for
//! [`Gradients`](crate::Gradients).

use crate::core::node::{self, Operand};
use crate::core::tape::Tape;
use crate::core::value::Scalar;
use crate::fast::code;
use crate::fast::nodes::View;
use crate::fast::scalars;
use crate::rules::array::{Array, Product};
use crate::rules::{self, Binary};
use std::sync::{Mutex, MutexGuard, PoisonError};
use tensor::math::simd::{Arch, Kernel, dispatch};
use tensor::{Shape, Tensor};

/// The adjoints of a sweep.
#[derive(Debug)]
pub(crate) struct Adjoints<T: Scalar> {
    /// By node.
    pub(crate) scalars: Vec<T>,
    /// By slot among the records.
    pub(crate) tensors: Vec<Option<Tensor<T>>>,
    /// Gradients of parameters that have several nodes, by the newest of them.
    pub(crate) sums: Vec<(u32, Tensor<T>)>,
    /// Whether a NaN arrived at a scalar variable, or at a scalar that a tensor operation computed.
    pub(crate) nan: bool,
    /// Whether the sweep tests each factor for 0: see `fast/scalars.rs`.
    pub(crate) careful: bool,
}

/// The adjoints of earlier sweeps on a tape, to be used again.
///
/// Gradients outlive a reset of their tape, and tape and gradients may move to different threads: hence the lock, which
/// nobody else holds while a tape stays on its thread.
#[derive(Debug)]
pub(crate) struct Pool<T: Scalar>(Mutex<Vec<Adjoints<T>>>);

impl<T: Scalar> Default for Pool<T> {
    fn default() -> Self {
        Pool(Mutex::default())
    }
}

impl<T: Scalar> Pool<T> {
    fn adjoints(&self) -> MutexGuard<'_, Vec<Adjoints<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner) // only whole entries are put in and taken out
    }

    pub(crate) fn take(&self) -> Adjoints<T> {
        self.adjoints().pop().unwrap_or_default()
    }

    pub(crate) fn put(&self, adjoints: Adjoints<T>) {
        self.adjoints().push(adjoints);
    }
}

impl<T: Scalar> Default for Adjoints<T> {
    fn default() -> Self {
        Adjoints { scalars: Vec::new(), tensors: Vec::new(), sums: Vec::new(), nan: false, careful: false }
    }
}

impl<T: Scalar> Adjoints<T> {
    /// Zeros for `nodes` nodes, and nothing for `records` tensors.
    pub(crate) fn clear(&mut self, nodes: usize, records: usize) {
        let used = self.scalars.len().min(nodes);
        self.scalars[..used].fill(T::ZERO);
        if used < nodes {
            self.scalars.reserve(nodes - used);
            self.scalars.resize(nodes, T::ZERO);
        }
        self.tensors.clear();
        self.tensors.resize_with(records, || None);
    }
}

/// Sweeps from `root`, whose adjoint is seeded, down to node `low`.
pub(crate) fn sweep<T: Scalar>(tape: &Tape<T>, adjoints: &mut Adjoints<T>, root: u32, low: u32) {
    let product = tape.product();
    // A strict tape multiplies zeros too, so it must know which nodes the output depends on at all.
    let reached = product.strict.then(|| upstream_of(tape, &[root], 0));
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

/// Which of the nodes from `low` on the roots depend on, the roots included.
pub(crate) fn upstream_of<T: Scalar>(tape: &Tape<T>, roots: &[u32], low: u32) -> Vec<bool> {
    let mut reached = Vec::new();
    for root in roots.iter().filter(|&&root| root >= low).map(|root| (root - low) as usize) {
        reached.resize(reached.len().max(root + 1), false);
        reached[root] = true;
    }
    for at in (0..reached.len()).rev() {
        if reached[at] {
            tape.for_each_operand(low + at as u32, |operand| {
                if operand >= low {
                    reached[(operand - low) as usize] = true;
                }
            });
        }
    }
    reached
}

/// Passes the adjoint of a tensor operation on to its operands.
fn record<T: Scalar>(tape: &Tape<T>, adjoints: &mut Adjoints<T>, id: u32, product: Product) {
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
        rules::vjps(product, node.op, &g, node.xs, node.y, wanted, |k, contribution| {
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
    struct AddTo<'a, T>(&'a mut [T], &'a [T]);
    impl<T: Scalar> Kernel for AddTo<'_, T> {
        const SIMD512: bool = false;
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
