//! The interface of a custom operation to the rule table: its value and derivatives on plain tensors.

use super::Element;
use std::any::Any;
use std::fmt::Debug;
use tensor::Tensor;

/// A custom operation without a tape. Users implement `CustomOp` instead.
pub trait CustomRule<T: Element>: Debug + Send + Sync {
    /// The name shown in messages and derivations.
    fn name(&self) -> &str;
    /// Computes the value from the operands' values.
    fn forward(&self, operands: &[&Tensor<T>]) -> Tensor<T>;
    /// Computes the contributions `g · ∂y/∂x` to the operands' adjoints.
    fn vjp(&self, g: &Tensor<T>, operands: &[&Tensor<T>], y: &Tensor<T>) -> Vec<Tensor<T>>;
    /// Computes the tangent of the value; `None` if there is no rule for forward mode.
    fn jvp(&self, operands: &[&Tensor<T>], tangents: &[Option<&Tensor<T>>], y: &Tensor<T>) -> Option<Tensor<T>>;
    /// The operation itself, for downcasting.
    #[doc(hidden)]
    fn as_any(&self) -> &dyn Any;
}

/// What forward mode says of a custom operation without a rule for it.
#[cold]
#[track_caller]
pub(crate) fn no_forward_mode(op: &str) -> ! {
    panic!("`{op}` has no rule for forward mode; give it `jvp`, or use reverse mode");
}
