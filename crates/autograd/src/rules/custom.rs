//! A custom operation as the rule table sees it: a value and derivatives on plain tensors.

use super::Element;
use std::any::Any;
use std::fmt::Debug;
use tensor::Tensor;

/// The part of a custom operation that knows no tape: see `CustomOp` for what its author writes.
pub trait CustomRule<T: Element>: Debug {
    /// The name that messages and derivations show.
    fn name(&self) -> &str;
    /// The value, from the operands' values.
    fn forward(&self, operands: &[&Tensor<T>]) -> Tensor<T>;
    /// The contributions `g · ∂y/∂x` to the operands' adjoints.
    fn vjp(&self, g: &Tensor<T>, operands: &[&Tensor<T>], y: &Tensor<T>) -> Vec<Tensor<T>>;
    /// The tangent of the value; `None` without a rule for forward mode.
    fn jvp(&self, operands: &[&Tensor<T>], tangents: &[Option<&Tensor<T>>], y: &Tensor<T>) -> Option<Tensor<T>>;
    /// The operation itself, for whoever knows its type.
    #[doc(hidden)]
    fn as_any(&self) -> &dyn Any;
}
