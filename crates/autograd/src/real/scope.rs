//! The recording scope of `Real`s: a tape that the operations of one thread find without a handle.
//!
//! A thread-local pointer names the tape of the innermost open scope. A guard sets it back when the scope ends, also by
//! a panic. The tapes of ended scopes stay with their thread, so that the next recording allocates nothing.

use super::Real;
use crate::core::record::common;
use crate::core::tape::Tape;
use crate::core::var::Var;
use crate::fast::nodes::NONE;
use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{fmt, ptr};
use tensor::Tensor;

thread_local! {
    /// The tape and the number of the innermost open scope; null and 0 if none is open.
    static OPEN: Cell<(*const Tape<f64>, u32)> = const { Cell::new((ptr::null(), 0)) };
    /// Scopes that have ended, with empty tapes.
    static ENDED: RefCell<Vec<Scope>> = const { RefCell::new(Vec::new()) };
}

/// The number of the last scope that any thread opened.
static LAST: AtomicU32 = AtomicU32::new(0);

/// A recording scope, which [`Real::record`] passes to its closure. It makes inputs, and computes derivatives with
/// respect to them.
///
/// Gradients have one entry per input, in the order in which the inputs were made.
pub struct Scope {
    tape: Tape<f64>,
    /// The nodes of the inputs.
    inputs: RefCell<Vec<u32>>,
    number: u32,
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").field("inputs", &self.inputs.borrow().len()).field("tape", &self.tape).finish()
    }
}

impl Real {
    /// Opens a scope and calls `f` with it. Until `f` returns, operations on `Real`s are recorded on the scope's tape.
    ///
    /// Scopes nest. An inner scope records on its own tape, so an operation in it panics on a `Real` of an outer scope;
    /// `Real::from(x.value())` uses such a `Real` as a constant. When the inner scope ends, the outer one resumes.
    ///
    /// The memory of the tape stays with the thread for its next recording, unless `f` panics.
    ///
    /// ```
    /// use autograd::Real;
    /// let (value, gradient) = Real::record(|scope| {
    ///     let (x, y) = (scope.input(2.0), scope.input(3.0));
    ///     scope.value_and_grad(x * x * y)
    /// });
    /// assert_eq!((value, gradient), (12.0, vec![12.0, 4.0]));
    /// ```
    pub fn record<R>(f: impl FnOnce(&Scope) -> R) -> R {
        let mut scope = Scope::new();
        let result = {
            let _close = scope.open();
            f(&scope)
        };
        scope.tape.reset();
        scope.inputs.get_mut().clear();
        // While the thread ends, the list may be gone already; then the scope is dropped.
        let _ = ENDED.try_with(|ended| ended.borrow_mut().push(scope));
        result
    }
}

/// Sets the scope of this thread back.
struct Close((*const Tape<f64>, u32));

impl Drop for Close {
    fn drop(&mut self) {
        OPEN.set(self.0);
    }
}

impl Scope {
    fn new() -> Scope {
        let ended = ENDED.try_with(|ended| ended.borrow_mut().pop()).ok().flatten();
        let mut scope = ended.unwrap_or_else(|| Scope { tape: Tape::new(), inputs: RefCell::default(), number: 0 });
        scope.number = LAST.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        if scope.number == 0 {
            scope.number = LAST.fetch_add(1, Ordering::Relaxed).wrapping_add(1); // 0 stands for no scope
        }
        scope
    }

    /// Makes this the scope of the thread until the guard is dropped.
    fn open(&self) -> Close {
        Close(OPEN.replace((&self.tape, self.number)))
    }

    fn as_open(&self) -> Open<'_> {
        Open { tape: Some(&self.tape), number: self.number }
    }

    /// Makes an input: an independent variable.
    ///
    /// ```
    /// use autograd::Real;
    /// let g = Real::record(|scope| scope.grad(scope.input(3.0).powi(2)));
    /// assert_eq!(g, [6.0]);
    /// ```
    pub fn input(&self, value: f64) -> Real {
        self.input_into(&mut self.inputs.borrow_mut(), value)
    }

    #[inline]
    fn input_into(&self, inputs: &mut Vec<u32>, value: f64) -> Real {
        let x = self.as_open().real(self.tape.var(value));
        inputs.push(x.id);
        x
    }

    /// Makes an input of each value.
    ///
    /// ```
    /// use autograd::Real;
    /// let g = Real::record(|scope| {
    ///     let x = scope.inputs(&[1.0, 2.0, 3.0]);
    ///     scope.grad(x[0] * x[1] * x[2])
    /// });
    /// assert_eq!(g, [6.0, 3.0, 2.0]);
    /// ```
    pub fn inputs(&self, values: &[f64]) -> Vec<Real> {
        let inputs = &mut *self.inputs.borrow_mut();
        values.iter().map(|&value| self.input_into(inputs, value)).collect()
    }

    /// The gradient of `y` with respect to all inputs; 0 for an input that `y` does not depend on.
    ///
    /// # Panics
    /// If `y` belongs to another scope.
    ///
    /// ```
    /// use autograd::Real;
    /// let g = Real::record(|scope| {
    ///     let (x, _unused) = (scope.input(2.0), scope.input(5.0));
    ///     scope.grad(x.exp())
    /// });
    /// assert_eq!(g, [2.0_f64.exp(), 0.0]);
    /// ```
    #[track_caller]
    pub fn grad(&self, y: Real) -> Vec<f64> {
        let mut gradient = vec![0.0; self.inputs.borrow().len()];
        self.grad_into(y, &mut gradient);
        gradient
    }

    /// The value of `y` and its [`grad`](Scope::grad).
    ///
    /// # Panics
    /// If `y` belongs to another scope.
    ///
    /// ```
    /// use autograd::Real;
    /// let (value, gradient) = Real::record(|scope| scope.value_and_grad(scope.input(2.0).recip()));
    /// assert_eq!((value, gradient), (0.5, vec![-0.25]));
    /// ```
    #[track_caller]
    pub fn value_and_grad(&self, y: Real) -> (f64, Vec<f64>) {
        (y.value, self.grad(y))
    }

    /// Writes the [`grad`](Scope::grad) of `y` into `gradient`, which allocates nothing.
    ///
    /// # Panics
    /// If `y` belongs to another scope, or if the length of `gradient` is not the number of inputs.
    ///
    /// ```
    /// use autograd::Real;
    /// let mut g = [0.0; 2];
    /// Real::record(|scope| {
    ///     let (x, y) = (scope.input(2.0), scope.input(3.0));
    ///     scope.grad_into(x * y, &mut g);
    /// });
    /// assert_eq!(g, [3.0, 2.0]);
    /// ```
    #[track_caller]
    pub fn grad_into(&self, y: Real, gradient: &mut [f64]) {
        let inputs = self.inputs.borrow();
        assert!(
            gradient.len() == inputs.len(),
            "grad_into: expected a slice with one entry per input, {}, got {}",
            inputs.len(),
            gradient.len()
        );
        let adjoints = self.var(y).backward();
        for (g, &id) in gradient.iter_mut().zip(&*inputs) {
            *g = adjoints.scalar(id);
        }
    }

    /// The Jacobian of several outputs: shape (outputs, inputs), J\[i, j\] = ∂y_i/∂x_j. Each output takes one reverse
    /// sweep.
    ///
    /// # Panics
    /// If an output belongs to another scope.
    ///
    /// ```
    /// use autograd::Real;
    /// use tensor::tensor;
    /// let j = Real::record(|scope| {
    ///     let (r, phi) = (scope.input(2.0), scope.input(0.0));
    ///     scope.jacobian(&[r * phi.cos(), r * phi.sin()])
    /// });
    /// assert_eq!(j, tensor![[1.0, 0.0], [0.0, 2.0]]);
    /// ```
    #[track_caller]
    pub fn jacobian(&self, outputs: &[Real]) -> Tensor<f64> {
        let columns = self.inputs.borrow().len();
        let mut jacobian = Tensor::zeros([outputs.len(), columns]);
        for (row, &y) in jacobian.data_mut().chunks_exact_mut(columns.max(1)).zip(outputs) {
            self.grad_into(y, row);
        }
        jacobian
    }

    /// The variable that `x` stands for, on the tape of this scope: for gradients with respect to intermediate results,
    /// and for derivatives of higher order.
    ///
    /// # Panics
    /// If `x` belongs to another scope.
    ///
    /// ```
    /// use autograd::Real;
    /// let second = Real::record(|scope| {
    ///     let x = scope.input(2.0);
    ///     let y = x.powi(3);
    ///     scope.var(y).grad(scope.var(x)).backward().wrt(scope.var(x))
    /// });
    /// assert_eq!(second, 12.0);
    /// ```
    #[track_caller]
    pub fn var(&self, x: Real) -> Var<'_, f64> {
        let open = self.as_open();
        open.require(x);
        open.var(x)
    }

    /// The `Real` that stands for a variable on the tape of this scope, as from [`var`](Scope::var).
    ///
    /// # Panics
    /// If `y` is on another tape.
    ///
    /// ```
    /// use autograd::Real;
    /// let g = Real::record(|scope| {
    ///     let x = scope.input(2.0);
    ///     let derivative = scope.real(scope.var(x.powi(3)).grad(scope.var(x))); // 3x², a Real again
    ///     scope.grad(derivative * x)
    /// });
    /// assert_eq!(g, [36.0]);
    /// ```
    #[track_caller]
    pub fn real<'t>(&'t self, y: Var<'t, f64>) -> Real {
        common(Some(&self.tape), y.tape, "real");
        self.as_open().real(y)
    }
}

/// An open scope, for the time of one operation.
#[derive(Clone, Copy)]
pub(super) struct Open<'a> {
    tape: Option<&'a Tape<f64>>,
    number: u32,
}

impl<'a> Open<'a> {
    /// The innermost scope that is open on this thread.
    ///
    /// # Safety
    /// The result may not outlive that scope. The scope outlives every function that is called while it is open and
    /// returns before it ends.
    #[inline(always)]
    pub(super) unsafe fn here() -> Open<'a> {
        let (tape, number) = OPEN.get();
        // SAFETY: the pointer is null, or `Scope::open` set it from a reference to the tape of a scope. `Real::record`
        // keeps that scope in place until the guard has set the pointer back.
        Open { tape: unsafe { tape.as_ref() }, number }
    }

    /// An operand as a variable, after [`require`](Open::require).
    #[inline(always)]
    pub(super) fn var(self, x: Real) -> Var<'a, f64> {
        Var { tape: self.tape, id: x.id, carried: x.value }
    }

    /// A result as a `Real`.
    #[inline(always)]
    pub(super) fn real(self, y: Var<'a, f64>) -> Real {
        Real { value: y.carried, id: y.id, scope: self.number }
    }

    /// Panics unless `x` is a constant or belongs to this scope.
    ///
    /// The sweeps rely on operands that precede their results, so the index is tested too: the numbers of scopes repeat
    /// after four billion.
    #[inline(always)]
    #[track_caller]
    pub(super) fn require(self, x: Real) {
        let belongs = x.scope == self.number && x.id < self.tape.map_or(0, |tape| tape.nodes.len() as u32);
        if !belongs && x.id != NONE {
            refuse(x.value, self.tape.is_some());
        }
    }
}

#[cold]
#[inline(never)]
#[track_caller]
fn refuse(value: f64, is_open: bool) -> ! {
    if !is_open {
        panic!(
            "expected the `Real::record` that created a Real (value {value}) to run on this thread, but none runs; \
             compute inside its closure, or continue with the plain number `x.value()`"
        )
    }
    panic!(
        "expected a Real of the innermost `Real::record` that runs on this thread, got one of another recording \
         (value {value}); compute with both in one recording, or use its value as a constant, `Real::from(x.value())`"
    )
}
