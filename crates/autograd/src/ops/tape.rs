//! The methods of tapes: making one, its variables and constants, and what it records.

use crate::core::tape::Tape;
use crate::core::value::{Scalar, ValueOf};
use crate::core::var::Var;
use std::fmt;

impl Tape {
    /// An empty tape of `f64`. Nothing is allocated until something is recorded.
    ///
    /// For another element type, see [`Tape::single`], or `Tape::default()` in code that is generic over it.
    pub fn new() -> Self {
        Tape::default()
    }
}

impl Tape<f32> {
    /// An empty tape of `f32`, in single precision.
    pub fn single() -> Self {
        Tape::default()
    }
}

impl<T: Scalar> Tape<T> {
    /// Whether nothing has been recorded.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Records an independent variable: a number or a tensor, which may be passed by reference.
    ///
    /// ```
    /// use autograd::Tape;
    /// use tensor::tensor;
    /// let tape = Tape::new();
    /// let (x, w) = (tape.var(2.0), tape.var(tensor![1.0, 3.0])); // a scalar and a tensor
    /// assert_eq!((w * x).sum().backward().wrt(x), 4.0);
    /// ```
    #[inline]
    #[track_caller]
    pub fn var<V: ValueOf<T>>(&self, value: V) -> Var<'_, V::Value> {
        self.leaf(value.into_value())
    }

    /// A constant: it takes part in computations, and no gradient flows to it.
    #[inline]
    #[track_caller]
    pub fn constant<V: ValueOf<T>>(&self, value: V) -> Var<'_, V::Value> {
        self.fixed(value.into_value())
    }

    /// Makes an empty tape also remember the line of the program that records each node: for explanations.
    ///
    /// Recording on it takes a few times as long. Other tapes do not pay for this.
    ///
    /// ```
    /// use autograd::Tape;
    /// let tape = Tape::new().traced();
    /// let x = tape.var(2.0);
    /// let y = x.sin(); // recorded here
    /// assert_eq!(tape.node(1).line().map(|line| line.line()), Some(line!() - 1));
    /// # let _ = y;
    /// ```
    ///
    /// # Panics
    /// If the tape is not empty.
    #[must_use]
    #[track_caller]
    pub fn traced(mut self) -> Self {
        assert!(self.is_empty(), "traced: expected an empty tape, got {self:?}; call `traced` where the tape is made");
        self.nodes.keep_lines();
        self
    }

    /// Makes the tape multiply adjoints and partial derivatives as IEEE 754 does, `0 * inf = NaN`.
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
    /// assert!(value(&Tape::new().strict()).is_nan());
    /// ```
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.product.strict = true;
        self
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
        self.with_recording(false, f)
    }

    /// Runs `f` with recording, also inside [`no_grad`](Tape::no_grad).
    pub(crate) fn recording<R>(&self, f: impl FnOnce() -> R) -> R {
        if self.nodes.is_paused() { self.with_recording(true, f) } else { f() }
    }

    fn with_recording<R>(&self, on: bool, f: impl FnOnce() -> R) -> R {
        struct Resume<'t, T: Scalar>(&'t Tape<T>, bool);
        impl<T: Scalar> Drop for Resume<'_, T> {
            fn drop(&mut self) {
                self.0.nodes.pause(self.1);
            }
        }
        let _resume = Resume(self, self.nodes.is_paused());
        self.nodes.pause(!on);
        f()
    }
}

impl<T: Scalar> fmt::Debug for Tape<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the tape at {:p} ({} nodes)", self, self.len())
    }
}
