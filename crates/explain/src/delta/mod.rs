//! The derivation in textbook notation: δ for each layer, and the gradients of its weights computed from δ.
//!
//! | | column convention, z = W x + b | row convention, Z = X W + b |
//! |---|---|---|
//! | output layer | δ = ∂L/∂ŷ ⊙ g'(z) | Δ = ∂L/∂Ŷ ⊙ g'(Z) |
//! | hidden layer | δ₁ = (W₂ᵀ δ₂) ⊙ f'(z₁) | Δ₁ = (Δ₂ W₂ᵀ) ⊙ f'(Z₁) |
//! | weights | ∂L/∂W = δ aᵀ | ∂L/∂W = Aᵀ Δ |
//! | bias | ∂L/∂b = δ | ∂L/∂b = the sum of Δ's rows |
//!
//! If the activation is softmax, ∂ŷ/∂z is not diagonal: its matrix is J = diag(p) - p pᵀ, and δ = J ∂L/∂ŷ. Followed by
//! the cross-entropy, this simplifies to δ = p - t, divided by the number of examples if the loss is a mean.

mod layer;
mod recognize;
mod write;

use crate::explanation::{Convention, Explanation};
use crate::formula::Expr;
use tensor::Tensor;

/// The layers recognized in a derivation, and their equations, starting at the output.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DeltaNotation {
    /// The convention of the equations.
    pub convention: Convention,
    /// The layers, from the last to the first.
    pub layers: Vec<DeltaLayer>,
}

/// A layer in δ-notation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DeltaLayer {
    /// The number of the layer, starting with 1 at the input.
    pub number: usize,
    /// The index in [`Explanation::steps`] of the weighted sum.
    pub z: usize,
    /// The index of the output of the layer; equal to `z` without an activation.
    pub a: usize,
    /// The index of the weights.
    pub weight: usize,
    /// The index of the bias, if there is one.
    pub bias: Option<usize>,
    /// The name of the activation, if there is one.
    pub activation: Option<String>,
    /// The equations of δ, and of the gradients of weights and bias.
    pub equations: Vec<DeltaEquation>,
    /// For a loss that includes the activation: δ in two steps, for the loss and the activation.
    pub unfused: Vec<DeltaEquation>,
}

/// An equation between formulas, and its value.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DeltaEquation {
    /// The left side.
    pub left: Expr,
    /// The right side.
    pub right: Expr,
    /// The right side with values instead of names, if they are small: as plain text and as LaTeX.
    pub numbers: Option<(String, String)>,
    /// The value, in the convention of the explanation.
    pub value: Tensor<f64>,
}

impl Explanation {
    /// Returns the derivation in δ-notation; `None` if no layers are recognized. A layer is a product with weights,
    /// with an optional bias and activation. If the tape computes in another convention than that of the explanation,
    /// values are transposed.
    ///
    /// ```
    /// use autograd::Tape;
    /// use explain::{Convention, Explain};
    /// use tensor::tensor;
    ///
    /// let tape = Tape::new();
    /// let w = tape.var(tensor![[0.1, -0.2], [0.4, 0.3]]).named("W");
    /// let x = tape.constant(tensor![1.0, 2.0]).named("x");
    /// let a = w.matmul(x).named("z").tanh().named("a");
    /// let e = Explain::of(a.square().sum()).convention(Convention::Column).run()?;
    /// let text = e.delta().unwrap().to_string();
    /// assert!(text.contains("δ1 = ∂L/∂a ⊙ tanh'(z)"), "{text}");
    /// assert!(text.contains("∂L/∂W = δ1 xᵀ"), "{text}");
    /// # Ok::<(), explain::ExplainError>(())
    /// ```
    pub fn delta(&self) -> Option<DeltaNotation> {
        let found = recognize::layers(self);
        let layers: Vec<DeltaLayer> = (0..found.len()).rev().map(|k| layer::write(self, &found, k)).collect();
        (!layers.is_empty()).then_some(DeltaNotation { convention: self.convention, layers })
    }
}
