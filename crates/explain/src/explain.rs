//! Asking for an explanation.

use crate::derive;
use crate::error::ExplainError;
use crate::explanation::{Convention, Explanation};
use crate::target::Target;
use autograd::{Scalar, Var};
use std::fmt;
use tensor::Tensor;

/// A question: how does this output depend on those variables?
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
    /// The derivation of this output, a number or a tensor.
    pub fn of(output: impl Into<Target<'t, T>>) -> Self {
        Explain {
            output: output.into(),
            wanted: None,
            cotangent: None,
            convention: Convention::default(),
            checked: true,
        }
    }

    /// With respect to these nodes, variables or intermediate values; by default to every variable upstream.
    pub fn wrt(mut self, wanted: &[Target<'t, T>]) -> Self {
        self.wanted = Some(wanted.to_vec());
        self
    }

    /// What the output is weighed with, in its shape: the derivation is that of ⟨v, y⟩. By default 1 for an output of one
    /// element; any other needs one.
    pub fn with_cotangent(mut self, v: Tensor<T>) -> Self {
        self.cotangent = Some(v);
        self
    }

    /// Whether layers are written with rows or columns; rows by default. The numbers are the same.
    pub fn convention(mut self, convention: Convention) -> Self {
        self.convention = convention;
        self
    }

    /// Whether each factor and the whole gradient are held against differences: yes by default.
    pub fn checked(mut self, checked: bool) -> Self {
        self.checked = checked;
        self
    }

    /// The explanation.
    ///
    /// # Errors
    /// If the output has no node or is a tensor without a cotangent, if the cotangent has another shape, or if what was
    /// asked for is on another tape or not upstream of the output.
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

/// Numbers that can be explained.
pub trait Explainable {
    /// The derivation of this number with respect to every variable upstream.
    ///
    /// A constant has one of a single step. For a choice of variables, for tensors and for books' way of writing layers
    /// see [`Explain`].
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
        // A number needs no cotangent and nothing was asked for that could be missing: what is left is a constant.
        Explain::of(self).run().unwrap_or_else(|_| derive::constant(self.value()))
    }
}
