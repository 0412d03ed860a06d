//! Loss functions: a value for each example, and one for a batch.

mod custom;
mod error;
mod formula;
mod name;
mod reduction;
mod target;
#[cfg(test)]
mod tests;

pub use custom::CustomLoss;
pub use error::LossError;
pub use reduction::Reduction;
pub use target::Target;

use crate::activation::Activation;
use autograd::{Scalar, TensorVar, Var};
use tensor::Tensor;

/// A loss: how wrong predictions are.
///
/// The first axis counts the examples. What a loss says of one example is the mean over its last axis (the sum, for
/// the losses that compare distributions), and what it says of a batch is the mean over its examples, or another
/// [`Reduction`]. y is the target, ŷ the prediction, z a logit: the output *before* the sigmoid or the softmax. The losses
/// of classification take logits and are evaluated from them, so that they neither overflow nor lose their slope where
/// a probability rounds to 0 or 1.
///
/// Under every reduction, a class whose target is 0 contributes nothing even if its logit is -inf, and an example of
/// weight 0 contributes nothing even if its loss is infinite.
///
/// A prediction of shape (n) is as good as one of shape (n, 1), and so is a target; shapes that differ otherwise are
/// refused, never broadcast.
///
/// ```
/// use autograd::Tape;
/// use nn::{Loss, Target};
/// use tensor::tensor;
///
/// let tape = Tape::new();
/// let z = tape.var(tensor![[1.0, 2.0, 3.0_f64]]);
/// let loss = Loss::SparseCategoricalCrossentropy(0.0).of(z, &Target::from([2]))?;
/// assert!((loss.value() - 0.4076059644443803).abs() < 1e-15);
/// let slope = loss.backward().wrt(z); // softmax(z) - onehot
/// assert!((slope.at([0, 2]) + 0.334759044225178).abs() < 1e-14);
///
/// let e = Loss::Mse.of(z, &tensor![1.0, 2.0, 3.0].into()).unwrap_err();
/// assert_eq!(
///     e.to_string(),
///     "mean_squared_error: a prediction of shape (1, 3) and a target of shape (3,) do not match; \
///      give the target the shape (1, 3)"
/// );
/// assert_eq!("huber(2)".parse(), Ok(Loss::Huber(2.0)));
/// # Ok::<(), nn::LossError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Loss {
    /// The mean squared error, (ŷ - y)².
    Mse,
    /// The mean absolute error, |ŷ - y|; slope 0 where they agree.
    Mae,
    /// The mean absolute percentage error, 100 |ŷ - y| / |y|, with |y| at least 1e-7.
    Mape,
    /// The mean squared logarithmic error, (ln(1 + ŷ) - ln(1 + y))², with both at least 1e-7.
    Msle,
    /// Huber's loss (1964): e²/2 for errors |e| up to δ, δ|e| - δ²/2 beyond. Keras's default δ is 1.
    Huber(f64),
    /// ln cosh(ŷ - y): about e²/2 for small errors and |e| - ln 2 for large ones.
    LogCosh,
    /// max(1 - y ŷ, 0), the support vector machine's loss, for y = ±1. Targets that are all 0 or 1 count as ±1.
    Hinge,
    /// max(1 - y ŷ, 0)², for targets as [`Hinge`](Loss::Hinge) takes them.
    SquaredHinge,
    /// max(-y ŷ, 0), for targets as [`Hinge`](Loss::Hinge) takes them. At ŷ = 0 the slope is -y, so that gradient descent
    /// from weights of 0 moves, and is the [`Perceptron`](crate::classic::Perceptron) under
    /// [`Rule::Margin`](crate::classic::Rule::Margin).
    Perceptron,
    /// max(1 + max_wrong ŷ - ŷ_right, 0) (Crammer and Singer 2001, in Keras's form: the wrong classes' largest ŷ, or
    /// 0 if all are below).
    CategoricalHinge,
    /// The divergence of Kullback and Leibler (1951), Σ y ln(y / p) with p = softmax(z).
    KlDivergence,
    /// ŷ - y ln ŷ, for counts y and rates ŷ > 0; 1e-7 is added to ŷ under the logarithm.
    Poisson,
    /// -cos of the angle between ŷ and y: -1 where they point the same way.
    CosineSimilarity,
    /// -y ln p - (1 - y) ln(1 - p) with p = σ(z), for y in 0..1 and any number of independent labels. The number is
    /// the label smoothing s: y becomes (1 - s) y + s/2.
    BinaryCrossentropy(f64),
    /// -Σ y ln p with p = softmax(z), for a distribution y over the classes. The number is the label smoothing s: y
    /// becomes (1 - s) y + s/classes (Szegedy et al. 2016).
    CategoricalCrossentropy(f64),
    /// -ln p_class with p = softmax(z), for one class id per row, with label smoothing as
    /// [`CategoricalCrossentropy`](Loss::CategoricalCrossentropy).
    SparseCategoricalCrossentropy(f64),
    /// Binary cross-entropy times (1 - p_t)^γ, p_t being the probability given to the true label (Lin et al. 2017):
    /// what is already right counts little.
    BinaryFocalCrossentropy {
        /// γ; Keras's default is 2. At 0 it is the binary cross-entropy.
        gamma: f64,
        /// The weight α of the label 1, that of 0 being 1 - α; none by default.
        alpha: Option<f64>,
    },
    /// -α Σ (1 - p)^γ y ln p with p = softmax(z), for a distribution y over the classes (Lin et al. 2017).
    CategoricalFocalCrossentropy {
        /// γ; Keras's default is 2. At 0 it is α times the cross-entropy.
        gamma: f64,
        /// α; Keras's default is 0.25.
        alpha: f64,
    },
    /// A [`CustomLoss`] of this name: the model that has it, from [`Model::custom_loss`](crate::Model::custom_loss),
    /// knows its function.
    Custom(&'static str),
}

/// What a loss compares, and so what it takes as a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compares {
    /// Number by number.
    Numbers,
    /// Label by label, each yes or no.
    Labels,
    /// Rows over classes.
    Classes,
    /// Rows as vectors.
    Vectors,
    /// As a function of the user's own does.
    Anything,
}

impl Loss {
    /// The output activation that the loss undoes: it takes what stands before it. [`Sigmoid`](Activation::Sigmoid)
    /// and [`Softmax`](Activation::Softmax) for the losses of logits, otherwise none.
    pub fn link(self) -> Activation {
        use Loss::*;
        match self {
            BinaryCrossentropy(_) | BinaryFocalCrossentropy { .. } => Activation::Sigmoid,
            CategoricalCrossentropy(_)
            | SparseCategoricalCrossentropy(_)
            | CategoricalFocalCrossentropy { .. }
            | KlDivergence => Activation::Softmax,
            _ => Activation::Linear,
        }
    }

    /// What it compares.
    pub(crate) fn compares(self) -> Compares {
        use Loss::*;
        match self {
            Mse | Mae | Mape | Msle | Huber(_) | LogCosh | Poisson => Compares::Numbers,
            Hinge | SquaredHinge | Perceptron | BinaryCrossentropy(_) | BinaryFocalCrossentropy { .. } => {
                Compares::Labels
            }
            CategoricalHinge
            | KlDivergence
            | CategoricalCrossentropy(_)
            | SparseCategoricalCrossentropy(_)
            | CategoricalFocalCrossentropy { .. } => Compares::Classes,
            CosineSimilarity => Compares::Vectors,
            Custom(_) => Compares::Anything,
        }
    }

    /// The loss of a batch: the mean over its examples, NaN if there are none.
    ///
    /// # Errors
    /// If the target does not match the prediction.
    ///
    /// # Panics
    /// If a number of the loss itself makes no sense, as a negative δ.
    #[track_caller]
    pub fn of<'t, T: Scalar>(self, prediction: TensorVar<'t, T>, target: &Target<T>) -> Result<Var<'t, T>, LossError> {
        self.check();
        Ok(self.terms(prediction, target)?.mean())
    }

    /// The loss of each example: of the prediction's shape without its last axis.
    ///
    /// # Errors
    /// If the target does not match the prediction.
    ///
    /// # Panics
    /// As [`of`](Loss::of).
    #[track_caller]
    pub fn per_sample<'t, T: Scalar>(
        self,
        prediction: TensorVar<'t, T>,
        target: &Target<T>,
    ) -> Result<TensorVar<'t, T>, LossError> {
        self.check();
        Ok(self.terms(prediction, target)?.per_sample())
    }

    /// The loss of a batch whose examples count by their weights.
    ///
    /// There is a weight for each example, or for each number that [`per_sample`](Loss::per_sample) gives.
    ///
    /// ```
    /// use autograd::Tape;
    /// use nn::{Loss, Reduction};
    /// use tensor::tensor;
    /// let tape = Tape::new();
    /// let y = tape.var(tensor![[1.0_f64], [2.0]]);
    /// let (target, weights) = (tensor![[0.0], [0.0]].into(), tensor![3.0, 1.0]);
    /// let of = |reduction| Loss::Mse.weighted(y, &target, &weights, reduction).map(|l| l.value());
    /// assert_eq!(of(Reduction::SumOverBatchSize), Ok(3.5)); // (3·1 + 1·4) / 2
    /// assert_eq!(of(Reduction::Sum), Ok(7.0));
    /// assert_eq!(of(Reduction::Mean), Ok(1.75)); // over 3 + 1
    /// ```
    ///
    /// # Errors
    /// If the target or the weights do not match the prediction.
    ///
    /// # Panics
    /// As [`of`](Loss::of).
    #[track_caller]
    pub fn weighted<'t, T: Scalar>(
        self,
        prediction: TensorVar<'t, T>,
        target: &Target<T>,
        weights: &Tensor<T>,
        reduction: Reduction,
    ) -> Result<Var<'t, T>, LossError> {
        reduction.weighted(self.per_sample(prediction, target)?, weights)
    }

    /// The loss of a batch under another reduction than the mean.
    ///
    /// # Errors
    /// If the target does not match the prediction.
    ///
    /// # Panics
    /// As [`of`](Loss::of).
    #[track_caller]
    pub fn reduced<'t, T: Scalar>(
        self,
        prediction: TensorVar<'t, T>,
        target: &Target<T>,
        reduction: Reduction,
    ) -> Result<Var<'t, T>, LossError> {
        match reduction {
            Reduction::SumOverBatchSize | Reduction::Mean => self.of(prediction, target),
            Reduction::Sum => Ok(self.per_sample(prediction, target)?.sum()),
        }
    }

    /// Refuses numbers that make no sense.
    #[track_caller]
    fn check(self) {
        assert!(self.makes_sense(), "Loss: {self} has a number that makes no sense");
    }

    fn makes_sense(self) -> bool {
        use Loss::*;
        match self {
            Huber(delta) => delta > 0.0 && delta.is_finite(),
            BinaryCrossentropy(s) | CategoricalCrossentropy(s) | SparseCategoricalCrossentropy(s) => {
                (0.0..1.0).contains(&s)
            }
            BinaryFocalCrossentropy { gamma, alpha } => {
                gamma >= 0.0 && gamma.is_finite() && alpha.is_none_or(|a| (0.0..=1.0).contains(&a))
            }
            CategoricalFocalCrossentropy { gamma, alpha } => {
                gamma >= 0.0 && gamma.is_finite() && alpha >= 0.0 && alpha.is_finite()
            }
            _ => true,
        }
    }
}
