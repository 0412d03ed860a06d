//! How a value depends on an operand.

/// How a value depends on an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Each element of y depends on one element of x: the adjoint is multiplied element by element.
    Elementwise,
    /// Each element of x contributes to one element of y, with a weight.
    Weights,
    /// Each element of y may depend on all elements of x: the adjoint is multiplied by the transposed Jacobian.
    Linear,
}
