//! The request for an explanation.

use crate::derive;
use crate::error::ExplainError;
use crate::explanation::{Convention, Explanation};
use crate::target::Target;
use autograd::{Scalar, Var};
use std::fmt;
use tensor::Tensor;

/// A request for the derivation of an output with respect to variables; [`run`](Explain::run) returns it.
///
/// ```
/// use autograd::Tape;
/// use explain::Explain;
/// use tensor::tensor;
///
/// let tape = Tape::new();
/// let w = tape.var(tensor![[1.0, 2.0], [3.0, 4.0]]).named("W");
/// let x = tape.var(tensor![0.5, -1.0]).named("x");
/// let y = w.matmul(x).named("y");
/// let explanation = Explain::of(y).wrt(&[x.into()]).with_cotangent(tensor![1.0, 10.0]).run()?;
/// let step = explanation.step("y").unwrap();
/// assert_eq!(step.formula.as_ref().unwrap().to_string(), "W x");
/// assert_eq!(step.edges[0].product.as_ref().unwrap().to_string(), "Wᵀ v");
/// assert_eq!(step.edges[0].contribution, tensor![31.0, 42.0]);
/// # Ok::<(), explain::ExplainError>(())
/// ```
#[must_use = "nothing is explained before `run`"]
pub struct Explain<'t, T: Scalar> {
    output: Target<'t, T>,
    wanted: Option<Vec<Target<'t, T>>>,
    cotangent: Option<Tensor<T>>,
    convention: Convention,
    checked: bool,
}

impl<T: Scalar> fmt::Debug for Explain<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explain").field("output", &self.output).field("wanted", &self.wanted).finish_non_exhaustive()
    }
}

impl<'t, T: Scalar> Explain<'t, T> {
    /// Creates a request for the derivation of an output, a scalar or a tensor.
    pub fn of(output: impl Into<Target<'t, T>>) -> Self {
        Explain {
            output: output.into(),
            wanted: None,
            cotangent: None,
            convention: Convention::default(),
            checked: true,
        }
    }

    /// Sets the nodes to differentiate with respect to, variables or intermediate values. Default: all variables
    /// upstream.
    pub fn wrt(mut self, wanted: &[Target<'t, T>]) -> Self {
        self.wanted = Some(wanted.to_vec());
        self
    }

    /// Sets the cotangent v, in the shape of the output: the derivation is that of ⟨v, y⟩. Default: 1 if the output has
    /// one element; any other output requires a cotangent.
    pub fn with_cotangent(mut self, v: Tensor<T>) -> Self {
        self.cotangent = Some(v);
        self
    }

    /// Sets whether layers are written in row or column convention. The values are the same. Default: rows.
    pub fn convention(mut self, convention: Convention) -> Self {
        self.convention = convention;
        self
    }

    /// Sets whether each factor and the whole gradient are compared with finite differences. Default: true.
    pub fn checked(mut self, checked: bool) -> Self {
        self.checked = checked;
        self
    }

    /// Returns the explanation.
    ///
    /// # Errors
    /// If the output has no node or is a tensor without a cotangent, if the cotangent has another shape, or if a
    /// requested node is on another tape or the output does not depend on it.
    pub fn run(self) -> Result<Explanation, ExplainError> {
        let output = self.output.node().ok_or(ExplainError::NoTape)?;
        let shape = output.value().shape().clone();
        let cotangent = match self.cotangent {
            Some(v) if *v.shape() != shape => {
                return Err(ExplainError::CotangentShape { output: shape, cotangent: v.shape().clone() });
            }
            Some(v) => v,
            None if shape.size() == 1 => Tensor::ones(shape),
            None => return Err(ExplainError::NoCotangent { shape }),
        };
        derive::derive(output, self.wanted.as_deref(), cotangent, self.convention, self.checked)
    }
}

/// Scalars that can be explained.
pub trait Explainable {
    /// Returns the derivation of this scalar with respect to every variable that it depends on.
    ///
    /// The derivation of a constant has one step. [`Explain`] is for a choice of variables, for tensors and for the
    /// column convention of textbooks.
    ///
    /// ```
    /// use autograd::Tape;
    /// use explain::Explainable;
    ///
    /// let tape = Tape::new();
    /// let (x, y) = (tape.var(3.0_f64).named("x"), tape.var(4.0).named("y"));
    /// let explanation = (x * x * y + y + 2.0).explain();
    /// let gradients: Vec<_> = explanation.gradients().map(|(name, g)| (name.text(), g.item())).collect();
    /// assert_eq!(gradients, [("x", 24.0), ("y", 10.0)]);
    /// ```
    fn explain(self) -> Explanation;
}

impl<T: Scalar> Explainable for Var<'_, T> {
    fn explain(self) -> Explanation {
        // A scalar needs no cotangent, and no requested node can be missing. The only remaining case is a constant.
        Explain::of(self).run().unwrap_or_else(|_| derive::constant(self.value()))
    }
}
