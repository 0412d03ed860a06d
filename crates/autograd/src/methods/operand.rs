//! What may stand as the second argument of a method: a variable of the same kind, a scalar variable, a plain number.

use crate::ledger::{Binary, Op};
use crate::operands::common;
use crate::value::{Scalar, Value};
use crate::var::Var;
use tensor::Tensor;

/// A second argument: a variable of the same kind as the first, a scalar variable beside a tensor, or a plain number.
///
/// ```
/// use autograd::Tape;
/// let tape = Tape::new();
/// let (x, y) = (tape.var(3.0_f64), tape.var(2.0));
/// assert_eq!(x.pow(y).value(), 9.0);
/// assert_eq!(x.pow(2.0).value(), 9.0);
/// assert_eq!(x.clamp(0.0, y).value(), 2.0);
/// ```
pub trait Operand<'t, V: Value>: Copy {
    /// Whether this is a plain number and not a variable.
    #[doc(hidden)]
    const IS_PLAIN: bool = false;
    /// Records `op` with this on the right.
    #[doc(hidden)]
    fn right_of(self, left: Var<'t, V>, op: Binary) -> Var<'t, V>;
    /// The node of this on the other argument's tape, made if it is a number.
    #[doc(hidden)]
    fn node_beside(self, left: Var<'t, V>, op: &str) -> u32;
    /// This as a variable of a scalar computation.
    #[doc(hidden)]
    fn number(self) -> Option<Var<'t, V::Elem>>;
}

impl<'t, V: Value> Operand<'t, V> for Var<'t, V> {
    #[track_caller]
    fn right_of(self, left: Var<'t, V>, op: Binary) -> Var<'t, V> {
        V::binary(left, self, op)
    }
    #[track_caller]
    fn node_beside(self, left: Var<'t, V>, op: &str) -> u32 {
        common(left.tape, self.tape, op);
        self.node_on(left.on_tape())
    }
    fn number(self) -> Option<Var<'t, V::Elem>> {
        V::as_number(self)
    }
}

impl<'t, T: Scalar> Operand<'t, Tensor<T>> for Var<'t, T> {
    #[track_caller]
    fn right_of(self, left: Var<'t, Tensor<T>>, op: Binary) -> Var<'t, Tensor<T>> {
        left.on_tape().record(Op::Binary(op), &[left.id, self.node_beside(left, op.name())])
    }
    #[track_caller]
    fn node_beside(self, left: Var<'t, Tensor<T>>, op: &str) -> u32 {
        common(left.tape, self.tape, op);
        self.node_on(left.on_tape())
    }
    fn number(self) -> Option<Var<'t, T>> {
        Some(self)
    }
}

macro_rules! plain_number {
    ($($t:ident),*) => {$(
        impl<'t, V: Value<Elem = $t>> Operand<'t, V> for $t {
            const IS_PLAIN: bool = true;
            #[track_caller]
            fn right_of(self, left: Var<'t, V>, op: Binary) -> Var<'t, V> {
                V::with_number(left, self, op)
            }
            #[track_caller]
            fn node_beside(self, left: Var<'t, V>, _: &str) -> u32 {
                left.on_tape().number(self)
            }
            fn number(self) -> Option<Var<'t, $t>> {
                Some(Var { tape: None, id: crate::nodes::NONE, carried: self })
            }
        }
    )*};
}
plain_number!(f32, f64);
