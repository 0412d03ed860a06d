//! The reductions by name, and their kernels, which are compiled once for each element type.

/// What a reduction computes from the n elements x it meets.
///
/// ```
/// use tensor::{Reduction, tensor};
/// let x = tensor![[3.0, 4.0], [6.0, 8.0]];
/// assert_eq!(x.reduce(Reduction::Norm2, &[1], false), tensor![5.0, 10.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reduction {
    /// Σ x; 0 of nothing.
    Sum,
    /// Σ x / n; NaN of nothing.
    Mean,
    /// Π x; 1 of nothing.
    Prod,
    /// The largest; NaN if any is NaN.
    Max,
    /// The smallest; NaN if any is NaN.
    Min,
    /// Σ (x - mean)² / (n - ddof), in two passes; the divisor is at least 0.
    Var(usize),
    /// The square root of the variance with this `ddof`.
    Std(usize),
    /// Σ |x|.
    Norm1,
    /// √(Σ x²), without overflow or underflow on the way.
    Norm2,
    /// max |x|; 0 of nothing.
    NormInf,
    /// ln Σ eˣ, shifted by the largest x; -inf of nothing.
    LogSumExp,
}

impl Reduction {
    /// The name of the method on `Tensor` that reduces everything to a number.
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

/// A type whose reductions are compiled in this crate, and not again in every crate that reduces.
pub trait Reduced: Sized {
    /// Reduces the middle of packed data of shape `(outer, n, inner)`.
    fn reduce(reduction: Reduction, data: &[Self], n: usize, inner: usize, out: &mut [Self]);
}
