//! The tape: an append-only list of everything that was computed, in one index space.
//!
//! A scalar node is an op code, two operands and its value ([`Nodes`]). A tensor node is an op code and a slot in a side
//! table of [`Record`]s. Operands always lie before their result, so the reverse sweep walks the index downwards:
//! no graph search, no recursion. Dropping or resetting the tape frees everything; a reset tape records again without
//! allocating.

use crate::core::bindings::Bindings;
use crate::core::value::Scalar;
use crate::fast::code;
use crate::fast::nodes::Nodes;
use crate::rules::Op;
use crate::rules::array::Product;
use smallvec::SmallVec;
use std::cell::{Cell, RefCell, UnsafeCell};
use tensor::{Shape, Tensor};

/// One tensor operation, or one scalar that a tensor operation computed.
#[derive(Debug)]
pub(crate) struct Record<T: Scalar> {
    /// `Op::Const` if no variable lies upstream, so that nobody asks for the adjoint.
    pub(crate) op: Op<T>,
    pub(crate) operands: SmallVec<[u32; 4]>,
    /// The value, of a scalar as a 0-d tensor.
    pub(crate) value: Tensor<T>,
}

/// Records operations on scalars and tensors, and differentiates what it recorded.
///
/// A tape belongs to the program that made it: there is no global, no lock, and nothing to switch off. Variables
/// ([`Var`](crate::Var)) are small copyable handles that borrow it; [`reset`](Tape::reset) takes it by unique reference, so
/// no handle from before can be used after: that does not compile.
///
/// ```
/// use autograd::Tape;
/// let tape = Tape::new();
/// let x = tape.var(2.0_f64);
/// let y = tape.var(3.0);
/// let f = x * x * y + y.sin();
/// let g = f.backward();
/// assert_eq!(g.wrt(x), 12.0);
/// ```
///
/// A new tape holds `f64`, as literals do. [`Tape::single`] makes one of `f32`:
///
/// ```
/// use autograd::Tape;
/// let tape = Tape::single();
/// let x = tape.var(2.0);
/// let g: f32 = (x * x + 1.0).backward().wrt(x);
/// assert_eq!(g, 4.0);
/// ```
///
/// A tape may move to another thread, which then records and differentiates there. Its variables borrow it, so they stay
/// where it is: one thread at a time uses a tape.
///
/// ```
/// use autograd::Tape;
/// let mut tapes = [Tape::new(), Tape::new()];
/// let gradients: Vec<f64> = std::thread::scope(|scope| {
///     let step = |tape: &mut Tape, at: f64| {
///         tape.reset();
///         let x = tape.var(at);
///         x.powi(3).backward().wrt(x)
///     };
///     let workers: Vec<_> = tapes.iter_mut().zip([1.0, 2.0]).map(|(tape, at)| scope.spawn(move || step(tape, at))).collect();
///     workers.into_iter().map(|worker| worker.join().unwrap()).collect()
/// });
/// assert_eq!(gradients, [3.0, 12.0]);
/// ```
///
/// A stale handle is refused by the compiler:
///
/// ```compile_fail,E0502
/// use autograd::Tape;
/// let mut tape = Tape::new();
/// let x = tape.var(2.0_f64);
/// tape.reset();
/// println!("{}", x.value());
/// ```
pub struct Tape<T: Scalar = f64> {
    _one_thread: UnsafeCell<EachThreadNeedsItsOwnTape>,
    pub(crate) nodes: Nodes<T>,
    pub(crate) records: RefCell<Vec<Record<T>>>,
    /// The operands of n-ary scalar nodes, one list after the other.
    pub(crate) lists: RefCell<Vec<u32>>,
    pub(crate) bindings: RefCell<Bindings>,
    /// What the user calls some of the nodes, in their order.
    pub(crate) names: RefCell<Vec<(u32, Box<str>)>>,
    /// Nodes whose values the user took out as constants, with the node of the constant (`NONE` for a scalar).
    pub(crate) detached: RefCell<Vec<(u32, u32)>>,
    /// How adjoints are multiplied on this tape.
    pub(crate) product: Product,
    /// Whether matrix products are recorded with NaN for values, without computing them.
    pub(crate) skips_products: Cell<bool>,
}

/// Its name stands in the first line of the compiler's message about a variable or a `&Tape` on another thread, which
/// would otherwise name a `RefCell` and recommend a lock.
struct EachThreadNeedsItsOwnTape;

impl<T: Scalar> Drop for Tape<T> {
    /// Frees the arrays of earlier sweeps on this thread, too.
    fn drop(&mut self) {
        T::pool(|pool| pool.sweeps.clear());
    }
}

impl<T: Scalar> Default for Tape<T> {
    /// An empty tape.
    fn default() -> Self {
        Tape {
            _one_thread: UnsafeCell::new(EachThreadNeedsItsOwnTape),
            nodes: Nodes::new(),
            records: RefCell::default(),
            lists: RefCell::default(),
            bindings: RefCell::default(),
            names: RefCell::default(),
            detached: RefCell::default(),
            product: Product { strict: false },
            skips_products: Cell::new(false),
        }
    }
}

impl<T: Scalar> Tape<T> {
    /// How many nodes the tape holds.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Forgets everything recorded and keeps the memory: the next run on this tape allocates nothing.
    pub fn reset(&mut self) {
        self.nodes.clear();
        self.records.get_mut().clear();
        self.lists.get_mut().clear();
        self.bindings.get_mut().clear();
        self.names.get_mut().clear();
        self.detached.get_mut().clear();
    }

    /// Where among the records a node's is.
    #[inline(always)]
    pub(crate) fn slot(&self, id: u32) -> usize {
        self.nodes.args(id)[0] as usize
    }

    /// Whether gradients flow through this node.
    #[inline]
    pub(crate) fn is_tracked(&self, id: u32) -> bool {
        match self.nodes.code(id) {
            code::CONST => false,
            code::TENSOR => !matches!(self.records.borrow()[self.slot(id)].op, Op::Const),
            _ => true,
        }
    }

    /// Whether a node is an independent variable.
    #[inline]
    pub(crate) fn is_leaf(&self, id: u32) -> bool {
        match self.nodes.code(id) {
            code::LEAF => true,
            code::TENSOR => matches!(self.records.borrow()[self.slot(id)].op, Op::Leaf),
            _ => false,
        }
    }

    /// Whether a node is a scalar.
    #[inline(always)]
    pub(crate) fn is_scalar(&self, id: u32) -> bool {
        self.nodes.code(id) != code::TENSOR
    }

    /// Whether a node has a record: a tensor, or a scalar that a tensor operation computed.
    #[inline(always)]
    pub(crate) fn has_record(&self, id: u32) -> bool {
        matches!(self.nodes.code(id), code::TENSOR | code::RECORD)
    }

    /// The value of a node; of a scalar, as a 0-d tensor.
    pub(crate) fn value_of(&self, id: u32) -> Tensor<T> {
        if self.has_record(id) {
            self.records.borrow()[self.slot(id)].value.clone()
        } else {
            Tensor::scalar(self.nodes.value(id))
        }
    }

    /// The shape of a node; of a scalar, `()`.
    pub(crate) fn shape(&self, id: u32) -> Shape {
        if self.has_record(id) { self.records.borrow()[self.slot(id)].value.shape().clone() } else { Shape::from(()) }
    }
}
