//! The types that a second argument can have: a variable of the same type, a scalar variable, or a plain number.

use crate::core::record::Erased;
use crate::core::value::{Scalar, Value};
use crate::core::var::Var;
use tensor::Tensor;

/// A second argument: a variable of the same type as the first, a scalar variable for a tensor, or a plain number.
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
    #[doc(hidden)]
    fn operand(self) -> Erased<'t, V::Elem>;
}

impl<'t, V: Value> Operand<'t, V> for Var<'t, V> {
    #[inline(always)]
    fn operand(self) -> Erased<'t, V::Elem> {
        self.erase()
    }
}

impl<'t, T: Scalar> Operand<'t, Tensor<T>> for Var<'t, T> {
    #[inline(always)]
    fn operand(self) -> Erased<'t, T> {
        self.erase()
    }
}

macro_rules! plain_number {
    ($($t:ident),*) => {$(
        impl<'t, V: Value<Elem = $t>> Operand<'t, V> for $t {
            const IS_PLAIN: bool = true;
            #[inline(always)]
            fn operand(self) -> Erased<'t, $t> {
                Erased::number(self)
            }
        }
    )*};
}
plain_number!(f32, f64);
