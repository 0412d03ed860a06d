//! The reductions, and their kernels for each element type.

/// A reduction of n elements x to one value.
///
/// ```
/// use tensor::{Reduction, tensor};
/// let x = tensor![[3.0, 4.0], [6.0, 8.0]];
/// assert_eq!(x.reduce(Reduction::Norm2, &[1], false), tensor![5.0, 10.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reduction {
    /// Σ x; 0 if n = 0.
    Sum,
    /// Σ x / n; NaN if n = 0.
    Mean,
    /// Π x; 1 if n = 0.
    Prod,
    /// The largest element; NaN if any is NaN. Panics if n = 0.
    Max,
    /// The smallest element; NaN if any is NaN. Panics if n = 0.
    Min,
    /// The variance Σ (x - mean)² / (n - ddof), computed in two passes. The divisor is at least 0.
    Var(usize),
    /// The standard deviation: the square root of the variance with this `ddof`.
    Std(usize),
    /// Σ |x|.
    Norm1,
    /// √(Σ x²), without intermediate overflow or underflow.
    Norm2,
    /// max |x|; 0 if n = 0.
    NormInf,
    /// ln Σ eˣ, computed with x shifted by its maximum; -inf if n = 0.
    LogSumExp,
}

impl Reduction {
    /// Returns the name of the method of `Tensor` that applies this reduction to all elements.
    ///
    /// ```
    /// assert_eq!(tensor::Reduction::Norm2.name(), "norm");
    /// ```
    pub fn name(self) -> &'static str {
        match self {
            Reduction::Sum => "sum",
            Reduction::Mean => "mean",
            Reduction::Prod => "prod",
            Reduction::Max => "max",
            Reduction::Min => "min",
            Reduction::Var(_) => "var",
            Reduction::Std(_) => "std",
            Reduction::Norm1 => "norm1",
            Reduction::Norm2 => "norm",
            Reduction::NormInf => "norm_inf",
            Reduction::LogSumExp => "logsumexp",
        }
    }
}

/// An element type with reductions that are compiled once, in this crate, instead of in every crate that reduces
/// tensors.
pub trait Reduce: Sized {
    /// Reduces the middle axis of packed data of shape `(outer, n, inner)`.
    fn reduce(reduction: Reduction, data: &[Self], n: usize, inner: usize, out: &mut [Self]);
}
