//! The derivation in the notation of books: δ for each layer, and the gradients of its weights from it.
//!
//! | | column convention, z = W x + b | row convention, Z = X W + b |
//! |---|---|---|
//! | output layer | δ = ∂L/∂ŷ ⊙ g'(z) | Δ = ∂L/∂Ŷ ⊙ g'(Z) |
//! | hidden layer | δ₁ = (W₂ᵀ δ₂) ⊙ f'(z₁) | Δ₁ = (Δ₂ W₂ᵀ) ⊙ f'(Z₁) |
//! | weights | ∂L/∂W = δ aᵀ | ∂L/∂W = Aᵀ Δ |
//! | bias | ∂L/∂b = δ | ∂L/∂b = the sum of Δ's rows |
//!
//! Where the activation is softmax, ∂ŷ/∂z is no list of derivatives but a matrix, J = diag(p) - p pᵀ, and δ = J ∂L/∂ŷ. With the
//! cross-entropy behind it, both collapse to δ = p - t (divided by the number of examples if the loss is a mean).

mod layer;
mod recognize;
mod write;

use crate::explanation::{Convention, Explanation};
use crate::formula::Expr;
use tensor::Tensor;

/// The layers that were recognized in a derivation, and their equations, from the output back.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DeltaNotation {
    /// Rows or columns.
    pub convention: Convention,
    /// The layers from the last to the first.
    pub layers: Vec<DeltaLayer>,
}

/// A layer in δ-notation.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DeltaLayer {
    /// Its number, from 1 at the input.
    pub number: usize,
    /// The places in [`Explanation::steps`] of what it computes: weighted sum, result (the same without an activation).
    pub z: usize,
    /// See `z`.
    pub a: usize,
    /// The places of its weights, and of its bias if there is one.
    pub weight: usize,
    /// See `weight`.
    pub bias: Option<usize>,
    /// The name of its activation, if it has one.
    pub activation: Option<String>,
    /// δ, then the gradients of weights and bias.
    pub equations: Vec<DeltaEquation>,
    /// Where δ comes from a loss that has the activation in it: the same by the long way.
    pub unfused: Vec<DeltaEquation>,
}

/// An equation: a name, formulas, and what they come to.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct DeltaEquation {
    /// What is computed.
    pub left: Expr,
    /// What it equals.
    pub right: Expr,
    /// The formula with numbers in it, if they are few: as plain text and as LaTeX.
    pub numbers: Option<(String, String)>,
    /// The result, in the convention that was asked for.
    pub value: Tensor<f64>,
}

impl Explanation {
    /// The derivation in δ-notation, if layers are found in it: products with weights, a bias, an activation. The
    /// convention is the explanation's; a tape that computes in the other one is shown transposed.
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
