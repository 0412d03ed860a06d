//! The tape: an append-only list of everything that was computed, in one index space.
//!
//! A scalar node is an op code, two operands and its value ([`Nodes`]). A tensor node is an op code and a slot in a side
//! table of [`Record`]s. Operands always lie before their result, so the reverse sweep walks the index downwards:
//! no graph search, no recursion. Dropping or resetting the tape frees everything; a reset tape records again without
//! allocating.

use crate::code::{self, Form, Kind, Nary};
use crate::gradients::Spare;
use crate::ledger::{Binary, Op};
use crate::nodes::{NONE, Nodes};
use crate::params::Loans;
use crate::value::{Scalar, Value};
use crate::var::Var;
use smallvec::SmallVec;
use std::cell::{Cell, RefCell};
use std::fmt;
use std::rc::Rc;
use tensor::{Shape, Tensor};

/// One tensor operation, or one scalar that a tensor operation computed.
#[doc(hidden)]
#[derive(Debug)]
pub struct Record<T: Scalar> {
    pub(crate) op: Op<T>,
    pub(crate) operands: SmallVec<[u32; 4]>,
    /// The value; a scalar's stands with its node.
    pub(crate) value: Option<Tensor<T>>,
    /// Whether a variable lies upstream: only then does anyone ask for its adjoint.
    pub(crate) tracked: bool,
    /// Where on the tape it stands.
    pub(crate) node: u32,
}

impl<T: Scalar> Record<T> {
    #[inline(always)]
    pub(crate) fn new(op: Op<T>, operands: &[u32], value: Tensor<T>, tracked: bool) -> Self {
        Record { op, operands: SmallVec::from_slice(operands), value: Some(value), tracked, node: NONE }
    }
}

/// Records operations on scalars and tensors, and differentiates what it recorded.
///
/// A tape belongs to the program that made it: there is no global, no lock, and nothing to switch off. Variables
/// ([`Var`]) are small copyable handles that borrow it; [`reset`](Tape::reset) takes it by unique reference, so
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
    pub(crate) nodes: Nodes<T>,
    pub(crate) records: RefCell<Vec<Record<T>>>,
    /// The operands of n-ary scalar nodes, one list after the other.
    pub(crate) lists: RefCell<Vec<u32>>,
    pub(crate) lent: RefCell<Loans>,
    pub(crate) spare: Rc<Spare<T>>,
    /// What the user calls some of the nodes.
    pub(crate) names: RefCell<Vec<(u32, Box<str>)>>,
    strict: Cell<bool>,
    /// Whether products are recorded without their values: see [`leaving_out_products`](Tape::leaving_out_products).
    valueless: Cell<bool>,
}

impl<T: Scalar> Default for Tape<T> {
    fn default() -> Self {
        Tape::new()
    }
}

impl<T: Scalar> Tape<T> {
    /// An empty tape. Nothing is allocated until something is recorded.
    pub fn new() -> Self {
        Tape::with(Nodes::new(false))
    }

    /// A tape that also remembers the line of the program that recorded each node: for explanations.
    ///
    /// Recording on it takes a few times as long; on any other tape it costs nothing that this can be asked for.
    ///
    /// ```
    /// use autograd::Tape;
    /// let tape = Tape::traced();
    /// let x = tape.var(2.0_f64);
    /// let y = x.sin(); // recorded here
    /// assert_eq!(tape.node(1).line().map(|line| line.line()), Some(line!() - 1));
    /// # let _ = y;
    /// ```
    pub fn traced() -> Self {
        Tape::with(Nodes::new(true))
    }

    fn with(nodes: Nodes<T>) -> Self {
        Tape {
            nodes,
            records: RefCell::default(),
            lists: RefCell::default(),
            lent: RefCell::default(),
            names: RefCell::default(),
            spare: Rc::default(),
            strict: Cell::new(false),
            valueless: Cell::new(false),
        }
    }

    /// A tape that multiplies adjoints and partial derivatives as IEEE 754 does, `0 * inf = NaN`.
    ///
    /// By default a factor of exactly zero counts as absent: what does not contribute to the output never turns into
    /// NaN (the branch of a `where_` not taken, `min(1, 1/x)` at 0). Strict tapes help to find where an infinity arose.
    ///
    /// ```
    /// use autograd::Tape;
    /// let value = |tape: &Tape| {
    ///     let x = tape.var(0.0_f64);
    ///     (1.0 / x).minimum(1.0).backward().wrt(x)
    /// };
    /// assert_eq!(value(&Tape::new()), 0.0);
    /// assert!(value(&Tape::strict()).is_nan());
    /// ```
    pub fn strict() -> Self {
        let tape = Tape::new();
        tape.strict.set(true);
        tape
    }

    /// How adjoints are multiplied on this tape.
    pub(crate) fn product(&self) -> crate::algebra::Product {
        crate::algebra::Product { strict: self.strict.get() }
    }

    /// An independent variable: a number or a tensor.
    #[inline]
    #[track_caller]
    pub fn var<V: Value<Elem = T>>(&self, value: V) -> Var<'_, V> {
        value.leaf(self)
    }

    /// A constant: it takes part in computations and adds no edge for gradients to flow along.
    #[inline]
    #[track_caller]
    pub fn constant<V: Value<Elem = T>>(&self, value: V) -> Var<'_, V> {
        value.constant(self)
    }

    /// How many nodes the tape holds.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether nothing has been recorded.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Forgets everything recorded and keeps the memory: the next run on this tape allocates nothing.
    pub fn reset(&mut self) {
        self.nodes.clear();
        self.records.get_mut().clear();
        self.lists.get_mut().clear();
        self.lent.get_mut().clear();
        self.names.get_mut().clear();
    }

    /// Runs `f` without recording: what it computes are constants. Ends with `f`, also if `f` panics.
    ///
    /// ```
    /// use autograd::Tape;
    /// let tape = Tape::new();
    /// let x = tape.var(3.0_f64);
    /// let c = tape.no_grad(|| x * x);
    /// assert_eq!((c * x).backward().wrt(x), 9.0);
    /// ```
    pub fn no_grad<R>(&self, f: impl FnOnce() -> R) -> R {
        struct Resume<'t, T: Scalar>(&'t Tape<T>, bool);
        impl<T: Scalar> Drop for Resume<'_, T> {
            fn drop(&mut self) {
                self.0.nodes.pause(self.1);
            }
        }
        let _resume = Resume(self, self.nodes.is_paused());
        self.nodes.pause(true);
        f()
    }

    // ---- recording

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

    // ---- reading

    /// Whether gradients flow through this node.
    #[inline]
    pub(crate) fn is_tracked(&self, id: u32) -> bool {
        match self.nodes.code(id) {
            code::CONST => false,
            code::TENSOR | code::RECORD => self.records.borrow()[self.nodes.args(id)[0] as usize].tracked,
            _ => true,
        }
    }

    /// Whether a node is an independent variable.
    pub(crate) fn is_leaf(&self, id: u32) -> bool {
        match self.nodes.code(id) {
            code::LEAF => true,
            code::TENSOR => matches!(self.records.borrow()[self.nodes.args(id)[0] as usize].op, Op::Leaf),
            _ => false,
        }
    }

    /// Whether a tensor node shows this very tensor, as a variable or as a constant.
    pub(crate) fn shows(&self, id: u32, value: &Tensor<T>, tracked: bool) -> bool {
        let records = self.records.borrow();
        let r = &records[self.nodes.args(id)[0] as usize];
        r.tracked == tracked && r.value.as_ref().is_some_and(|v| v.same(value))
    }

    /// What kind of node this is.
    pub(crate) fn kind(&self, id: u32) -> Kind {
        code::read(self.nodes.code(id), self.nodes.args(id)[1])
    }

    /// The value of a tensor node.
    pub(crate) fn tensor(&self, id: u32) -> Tensor<T> {
        value_in(&self.records.borrow(), self.nodes.args(id)[0]).clone()
    }

    /// The value of any node as a tensor.
    pub(crate) fn value_of(&self, id: u32) -> Tensor<T> {
        self.lift(id).unwrap_or_else(|| self.tensor(id))
    }

    /// The shape of any node.
    pub(crate) fn shape(&self, id: u32) -> Shape {
        match self.nodes.code(id) {
            code::TENSOR => value_in(&self.records.borrow(), self.nodes.args(id)[0]).shape().clone(),
            _ => Shape::from(()),
        }
    }

    /// Calls `f` with each operand of a node through which gradients may flow.
    pub(crate) fn for_each_operand(&self, id: u32, mut f: impl FnMut(u32)) {
        let [a, b] = self.nodes.args(id);
        match self.kind(id) {
            Kind::Leaf | Kind::Const => {}
            Kind::Tensor | Kind::Record => {
                let operands = self.records.borrow()[a as usize].operands.clone();
                operands.into_iter().filter(|&id| self.is_tracked(id)).for_each(f);
            }
            Kind::Nary(_) => {
                for k in a..a + b {
                    let id = self.lists.borrow()[k as usize];
                    if self.is_tracked(id) {
                        f(id);
                    }
                }
            }
            Kind::Unary(_) | Kind::Binary(_, Form::VarBits | Form::VarNode) => f(a),
            Kind::Binary(_, Form::BitsVar | Form::NodeVar) => f(b),
            Kind::Binary(_, Form::VarVar) => {
                f(a);
                f(b);
            }
        }
    }
}

/// The operands of a tensor operation, numbers among them made into 0-d tensors.
pub(crate) struct Operands<T: Scalar> {
    /// Slots among the records, or `LIFTED` for a number.
    slots: SmallVec<[u32; 4]>,
    /// The numbers, in order: usually none, so nothing of their size is moved.
    lifted: SmallVec<[Tensor<T>; 1]>,
}

const LIFTED: u32 = u32::MAX;

impl<T: Scalar> Operands<T> {
    #[inline]
    pub(crate) fn new(tape: &Tape<T>, ids: &[u32]) -> Self {
        let mut operands = Operands { slots: SmallVec::new(), lifted: SmallVec::new() };
        for &id in ids {
            match tape.lift(id) {
                None => operands.slots.push(tape.nodes.args(id)[0]),
                Some(number) => {
                    operands.slots.push(LIFTED);
                    operands.lifted.push(number);
                }
            }
        }
        operands
    }

    /// Their values.
    #[inline]
    pub(crate) fn values<'a>(&'a self, records: &'a [Record<T>]) -> SmallVec<[&'a Tensor<T>; 4]> {
        let mut lifted = self.lifted.iter();
        let mut values = SmallVec::new();
        for &slot in &self.slots {
            values.push(match slot {
                LIFTED => match lifted.next() {
                    Some(number) => number,
                    None => unreachable!("a number was lifted for each mark"),
                },
                slot => value_in(records, slot),
            });
        }
        values
    }
}

/// The value of the record in a slot.
#[inline]
pub(crate) fn value_in<T: Scalar>(records: &[Record<T>], slot: u32) -> &Tensor<T> {
    match &records[slot as usize].value {
        Some(value) => value,
        None => unreachable!("a scalar's value stands with its node"),
    }
}

/// The tape of two operands, either of which may be a number without one.
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

impl<T: Scalar> fmt::Debug for Tape<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the tape at {:p} ({} nodes)", self, self.len())
    }
}
