//! Accessors of variables: value, shape, tape and node.

use crate::core::tape::Tape;
use crate::core::value::{Scalar, Value};
use crate::core::var::{TensorVar, Var};
use crate::fast::nodes::NONE;
use std::fmt;
use tensor::Shape;

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
                let constant = tape.fixed(self.value());
                if self.id != NONE {
                    tape.detached.borrow_mut().push((self.id, constant.id));
                }
                constant
            }
            None => self,
        }
    }
}

impl<'t, T: Scalar> Var<'t, T> {
    /// This scalar as a 0-d tensor on the same tape.
    #[track_caller]
    pub fn to_tensor(self) -> TensorVar<'t, T> {
        self.erase().to_tensor()
    }
}

impl<V: Value> fmt::Debug for Var<'_, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Var").field("node", &self.node()).field("value", &self.value()).finish()
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
