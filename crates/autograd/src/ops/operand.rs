//! The types that a second argument can have: a variable, a plain number, or a plain tensor.

use crate::core::record::{Erased, common};
use crate::core::tape::Tape;
use crate::core::value::{Scalar, Value};
use crate::core::var::{TensorVar, Var};
use tensor::Tensor;

/// A second argument: a variable of the same type as the first, a plain number, and for a tensor also a scalar variable or
/// a plain tensor. Variables and tensors may be passed by reference. Numbers and plain tensors are constants: no gradient
/// flows to them.
///
/// ```
/// use autograd::Tape;
/// use tensor::tensor;
/// let tape = Tape::new();
/// let (x, y) = (tape.var(3.0), tape.var(2.0));
/// assert_eq!(x.pow(y).value(), 9.0);
/// assert_eq!(x.pow(2.0).value(), 9.0);
/// assert_eq!(x.clamp(0.0, &y).value(), 2.0);
/// let w = tape.var(tensor![1.0, 5.0]);
/// assert_eq!(w.maximum(tensor![2.0, 2.0]).value(), tensor![2.0, 5.0]);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be combined with a variable of type `{V}`",
    note = "an operand is a variable on the same tape, a number of the element type, or, for tensors, a plain tensor",
    note = "write `2.0` for an integer, and `Tensor::from(list)` for a `Vec`, an array or a slice"
)]
pub trait Operand<'t, V: Value> {
    /// Whether this is a plain number or a plain tensor, and not a variable.
    #[doc(hidden)]
    const IS_PLAIN: bool = false;
    /// The operand of an operation on a variable of this tape.
    #[doc(hidden)]
    #[track_caller]
    fn operand(self, tape: Option<&'t Tape<V::Elem>>) -> Erased<'t, V::Elem>;
}

impl<'t, V: Value> Operand<'t, V> for Var<'t, V> {
    #[inline(always)]
    fn operand(self, _: Option<&'t Tape<V::Elem>>) -> Erased<'t, V::Elem> {
        self.erase()
    }
}

impl<'t, T: Scalar> Operand<'t, Tensor<T>> for Var<'t, T> {
    #[inline(always)]
    fn operand(self, _: Option<&'t Tape<T>>) -> Erased<'t, T> {
        self.erase()
    }
}

impl<'t, V: Value, W: Value<Elem = V::Elem>> Operand<'t, V> for &Var<'t, W>
where
    Var<'t, W>: Operand<'t, V>,
{
    #[inline(always)]
    fn operand(self, tape: Option<&'t Tape<V::Elem>>) -> Erased<'t, V::Elem> {
        (*self).operand(tape)
    }
}

// It matches every type, so without this the message would be about its bounds, and not about the trait.
#[diagnostic::do_not_recommend]
impl<'t, T: Scalar, V: Value<Elem = T>> Operand<'t, V> for T {
    const IS_PLAIN: bool = true;
    #[inline(always)]
    fn operand(self, _: Option<&'t Tape<T>>) -> Erased<'t, T> {
        Erased::number(self)
    }
}

impl<'t, T: Scalar> Operand<'t, Tensor<T>> for Tensor<T> {
    const IS_PLAIN: bool = true;
    #[track_caller]
    fn operand(self, tape: Option<&'t Tape<T>>) -> Erased<'t, T> {
        let Some(tape) = tape else {
            panic!(
                "expected a variable on a tape beside a plain tensor, got a constant without a tape; make it with `tape.constant(x)`"
            )
        };
        tape.constant(self).erase()
    }
}

impl<'t, T: Scalar> Operand<'t, Tensor<T>> for &Tensor<T> {
    const IS_PLAIN: bool = true;
    #[track_caller]
    fn operand(self, tape: Option<&'t Tape<T>>) -> Erased<'t, T> {
        self.clone().operand(tape)
    }
}

/// A second argument that must be a tensor: a tensor variable or a plain tensor, by value or by reference.
#[diagnostic::on_unimplemented(
    message = "expected a tensor variable or a plain tensor of `{T}`, got `{Self}`",
    note = "a scalar variable becomes a 0-d tensor by `to_tensor()`, scalar variables become a vector by \
            `tape.stack(..)`, and a `Vec`, an array or a slice becomes a tensor by `Tensor::from(list)`"
)]
pub trait TensorOperand<'t, T: Scalar>: Operand<'t, Tensor<T>> {}
impl<'t, T: Scalar> TensorOperand<'t, T> for Var<'t, Tensor<T>> {}
impl<'t, T: Scalar> TensorOperand<'t, T> for &Var<'t, Tensor<T>> {}
impl<T: Scalar> TensorOperand<'_, T> for Tensor<T> {}
impl<T: Scalar> TensorOperand<'_, T> for &Tensor<T> {}

impl<'t, T: Scalar> TensorVar<'t, T> {
    /// The second argument of `op` as a variable on this tape.
    #[track_caller]
    pub(crate) fn tensor_operand(self, other: impl TensorOperand<'t, T>, op: &str) -> Self {
        let other = other.operand(self.tape);
        common(self.tape, other.tape, op);
        other.var()
    }
}
