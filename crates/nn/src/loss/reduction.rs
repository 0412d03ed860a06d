//! From the losses of the examples to one number.

use super::LossError;
use super::formula::times;
use crate::named::UnknownName;
use autograd::{Scalar, TensorVar, Var};
use std::fmt;
use std::str::FromStr;
use tensor::{Shape, Tensor};

/// How the losses lᵢ of n examples of weights wᵢ become one number; [`Loss::per_sample`](crate::Loss::per_sample)
/// leaves them as they are (Keras's `none`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reduction {
    /// Σ wᵢ lᵢ / n: the weights do not count in the denominator. Keras's default, which it calls `mean`, too.
    #[default]
    SumOverBatchSize,
    /// Σ wᵢ lᵢ.
    Sum,
    /// Σ wᵢ lᵢ / Σ wᵢ, the weighted mean, Keras's `mean_with_sample_weight`; 0 where all weights are 0. A weight of an
    /// example that has several losses counts once for each of them, so that losses which are all alike have
    /// themselves for their mean. Keras counts it once for all, and so gives as many times that as there are.
    Mean,
}

impl Reduction {
    const ALL: [Reduction; 3] = [Reduction::SumOverBatchSize, Reduction::Sum, Reduction::Mean];

    /// One number from the losses; a weight belongs to an example, or to a single loss.
    pub(super) fn weighted<'t, T: Scalar>(
        self,
        losses: TensorVar<'t, T>,
        weights: &Tensor<T>,
    ) -> Result<Var<'t, T>, LossError> {
        let (shape, given) = (losses.shape(), weights.shape());
        let fits = given.rank() <= shape.rank() && given[..] == shape[..given.rank()];
        // A column of weights is a vector of them.
        let column = given.rank() == shape.rank() + 1 && given[..shape.rank()] == shape[..] && given.last() == Some(&1);
        if !(fits || column) {
            return Err(LossError::Weights { losses: shape, weights: given.clone() });
        }
        let Some(tape) = losses.tape() else { unreachable!("a tensor is on a tape") };
        let ones = (0..shape.rank().saturating_sub(given.rank())).map(|_| 1);
        let aligned: Shape = if column { shape.clone() } else { given.iter().copied().chain(ones).collect() };
        let weights = weights.reshape(aligned);
        let sum = times(tape.constant(weights.clone()), losses).sum();
        Ok(match self {
            Reduction::Sum => sum,
            Reduction::SumOverBatchSize => sum / tape.constant(T::from_usize(shape.size())),
            Reduction::Mean => match weights.broadcast_to(shape).sum() {
                total if total == T::ZERO => sum,
                total => sum / tape.constant(total),
            },
        })
    }
}

impl fmt::Display for Reduction {
    /// Keras's name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Reduction::SumOverBatchSize => "sum_over_batch_size",
            Reduction::Sum => "sum",
            Reduction::Mean => "mean_with_sample_weight",
        })
    }
}

impl FromStr for Reduction {
    type Err = UnknownName;

    /// Keras's name; `mean` is another one for `sum_over_batch_size` there.
    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let name = if text.trim() == "mean" { "sum_over_batch_size" } else { text.trim() };
        let known = Reduction::ALL.into_iter().find(|r| r.to_string() == name);
        known.ok_or_else(|| UnknownName::new("reduction", text, Reduction::ALL.iter()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autograd::Tape;
    use tensor::tensor;

    #[test]
    fn weights_of_examples_and_of_single_losses() {
        let tape = Tape::new();
        let losses = tape.var(tensor![[1.0, 2.0], [3.0, 4.0]]);
        let of = |r: Reduction, w: Tensor<f64>| r.weighted(losses, &w).unwrap().value();
        assert_eq!(of(Reduction::SumOverBatchSize, tensor![1.0, 2.0]), (3.0 + 14.0) / 4.0);
        assert_eq!(of(Reduction::Sum, tensor![[1.0, 0.0], [0.0, 2.0]]), 9.0);
        assert_eq!(of(Reduction::Mean, tensor![1.0, 3.0]), (3.0 + 21.0) / 8.0);
        assert_eq!(of(Reduction::Mean, tensor![0.0, 0.0]), 0.0);
        let vector = tape.var(tensor![1.0, 2.0]);
        assert_eq!(Reduction::Sum.weighted(vector, &tensor![[2.0], [3.0]]).unwrap().value(), 8.0);
        let e = Reduction::Sum.weighted(vector, &tensor![1.0, 2.0, 3.0]).unwrap_err();
        assert_eq!(
            e.to_string(),
            "weights of shape (3,) do not match losses of shape (2,); give one weight per example"
        );
    }

    #[test]
    fn names_there_and_back() {
        for r in Reduction::ALL {
            assert_eq!(r.to_string().parse(), Ok(r));
        }
        assert_eq!("mean".parse(), Ok(Reduction::SumOverBatchSize));
        assert_eq!("mean_with_sample_weight".parse(), Ok(Reduction::Mean));
        assert!("median".parse::<Reduction>().is_err());
    }
}
