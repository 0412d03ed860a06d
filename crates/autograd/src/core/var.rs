//! Variables: small copyable handles to nodes of a tape.

use crate::core::tape::Tape;
use crate::core::value::Value;
use tensor::Tensor;

/// A variable on a tape: a handle to a scalar (`Var<'_, f64>`) or to a tensor (`TensorVar<'_>`).
///
/// It is `Copy` and borrows its tape. Arithmetic on it is ordinary arithmetic, recorded; the methods keep the names
/// of `f64`'s own. What is computed from constants alone is a constant, and a scalar one takes no room on the tape.
///
/// Plain numbers and plain tensors beside it are constants: on either side of an operator, as the argument of a method,
/// and as the tensor whose method takes a variable:
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
/// let u = x.linear(w, &bias).maximum(6.0); // [7.5, 9.5]
/// assert_eq!(bias.dot(u).backward().wrt(w), tensor![[0.5, -0.5], [1.0, -1.0]]);
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

impl<'t, V: Value> Var<'t, V> {
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
