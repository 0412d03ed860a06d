//! Variables: small copyable handles to nodes of a tape.

use crate::core::tape::Tape;
use crate::core::value::{Scalar, Value};
use crate::fast::nodes::NONE;
use crate::rules::Op;
use std::fmt;
use tensor::{Shape, Tensor};

/// A variable on a tape: a handle to a scalar (`Var<'_, f64>`) or to a tensor (`TensorVar<'_>`).
///
/// It is `Copy` and borrows its tape. Arithmetic on it is ordinary arithmetic, recorded; the methods keep the names
/// of `f64`'s own. What is computed from constants alone is a constant, and a scalar one takes no room on the tape.
///
/// Plain numbers and plain tensors on either side of an operator, and as arguments, are constants:
///
/// ```
/// use autograd::Tape;
/// use tensor::{Tensor, tensor};
/// let tape = Tape::new();
/// let (x, bias): (Tensor<f64>, _) = (tensor![1.0, 2.0], tensor![0.5, -0.5]);
/// let w = tape.var(tensor![[1.0, 2.0], [3.0, 4.0]]);
/// let y = w.matmul(&x) + &bias;
/// let z = &x * w;
/// let r = 2.0 / w;
/// assert_eq!(y.value(), tensor![5.5, 10.5]);
/// assert_eq!(y.sum().backward().wrt(w), tensor![[1.0, 2.0], [1.0, 2.0]]);
/// assert_eq!((z + r).value(), tensor![[3.0, 5.0], [3.0 + 2.0 / 3.0, 8.5]]);
/// ```
pub struct Var<'t, V: Value> {
    /// `None` for a constant without a tape, such as `Float::one()`.
    pub(crate) tape: Option<&'t Tape<V::Elem>>,
    /// The node, or `NONE` for a scalar constant.
    pub(crate) id: u32,
    pub(crate) carried: V::Carried,
}

/// A variable that holds a tensor.
pub type TensorVar<'t, T = f64> = Var<'t, Tensor<T>>;

impl<V: Value> Clone for Var<'_, V> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<V: Value> Copy for Var<'_, V> {}

impl<V: Value> fmt::Debug for Var<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Var").field("node", &self.node()).field("value", &self.value()).finish()
    }
}

impl<'t, V: Value> Var<'t, V> {
    /// The value.
    #[inline]
    pub fn value(self) -> V {
        if V::IS_SCALAR {
            V::from_scalar(V::carried(self.carried))
        } else {
            V::from_tensor(self.on_tape().value_of(self.id))
        }
    }

    /// The shape; `()` for a scalar.
    pub fn shape(self) -> Shape {
        if V::IS_SCALAR { Shape::from(()) } else { self.on_tape().shape(self.id) }
    }

    /// The tape it is recorded on; `None` for a constant without a tape.
    pub fn tape(self) -> Option<&'t Tape<V::Elem>> {
        self.tape
    }

    /// The index of its node; `None` for a scalar constant, which has no node.
    pub fn node(self) -> Option<usize> {
        (self.id != NONE).then_some(self.id as usize)
    }

    /// Whether it depends on no variable, so that no gradient flows through it.
    pub fn is_constant(self) -> bool {
        match self.tape {
            Some(tape) if self.id != NONE => !tape.is_tracked(self.id),
            _ => true,
        }
    }

    /// The same value as a constant: no gradient flows through it.
    ///
    /// ```
    /// use autograd::Tape;
    /// let tape = Tape::new();
    /// let x = tape.var(3.0_f64);
    /// assert_eq!((x * x.detach()).backward().wrt(x), 3.0);
    /// ```
    #[track_caller]
    pub fn detach(self) -> Var<'t, V> {
        match self.tape {
            Some(tape) => {
                if self.id != NONE {
                    tape.detached.borrow_mut().push(self.id);
                }
                tape.fixed(self.value())
            }
            None => self,
        }
    }

    /// The tape of a variable that has one.
    #[inline]
    #[track_caller]
    pub(crate) fn on_tape(self) -> &'t Tape<V::Elem> {
        match self.tape {
            Some(tape) => tape,
            None => {
                panic!("expected a variable on a tape, got a constant without one; make it with `tape.constant(x)`")
            }
        }
    }
}

impl<'t, T: Scalar> Var<'t, T> {
    /// This scalar as a 0-d tensor on the same tape.
    #[track_caller]
    pub fn to_tensor(self) -> TensorVar<'t, T> {
        let tape = self.on_tape();
        tape.record(Op::ToTensor, &[tape.node_of(self.erase())])
    }
}

impl<V: Value> fmt::Display for Var<'_, V>
where
    V: fmt::Display,
{
    /// The value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.value(), f)
    }
}
