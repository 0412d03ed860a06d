//! A batch of examples: the input of one training step.

use autograd::Scalar;
use nn::Target;
use smallvec::{SmallVec, smallvec};
use tensor::{Indices, Tensor};

/// A batch of examples, for a model with any number of inputs and outputs.
///
/// A custom training loop for one input and one output reads it through [`x`](Batch::x), and [`labels`](Batch::labels)
/// or [`values`](Batch::values):
///
/// ```
/// use tensor::tensor;
/// use train::Batch;
/// let batch = Batch::new(tensor![[0.0, 1.0], [1.0, 0.0]], [0, 1]);
/// assert_eq!((batch.len(), batch.labels().as_slice()), (2, &[0, 1][..]));
/// assert_eq!(batch.x().at([1, 0]), 1.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Batch<T: Scalar = f32> {
    /// The inputs of the model, each of shape (examples, ...).
    pub inputs: SmallVec<[Tensor<T>; 1]>,
    /// The target of each output of the model.
    pub targets: SmallVec<[Target<T>; 1]>,
    /// The weight of each example in the loss, of shape (examples). `None`: all examples have weight 1.
    pub weights: Option<Tensor<T>>,
}

impl<T: Scalar> Batch<T> {
    /// A batch for a model with one input and one output.
    pub fn new(x: Tensor<T>, y: impl Into<Target<T>>) -> Self {
        Batch { inputs: smallvec![x], targets: smallvec![y.into()], weights: None }
    }

    /// The number of examples.
    pub fn len(&self) -> usize {
        self.inputs.first().and_then(|x| x.shape().first()).copied().unwrap_or(0)
    }

    /// Whether there are no examples.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first input.
    ///
    /// # Panics
    /// If there are no inputs.
    #[track_caller]
    pub fn x(&self) -> &Tensor<T> {
        match self.inputs.first() {
            Some(x) => x,
            None => panic!("Batch: expected an input, got none"),
        }
    }

    /// The target of the first output.
    ///
    /// # Panics
    /// If there are no targets.
    #[track_caller]
    pub fn y(&self) -> &Target<T> {
        match self.targets.first() {
            Some(y) => y,
            None => panic!("Batch: expected a target, got none"),
        }
    }

    /// The class ids of the first output.
    ///
    /// # Panics
    /// If there are no targets, or the first one contains values.
    #[track_caller]
    pub fn labels(&self) -> &Indices {
        match self.y() {
            Target::Classes(labels) => labels,
            Target::Numbers(y) => panic!("Batch: expected class ids, got values of shape {}; use `values`", y.shape()),
        }
    }

    /// The regression targets of the first output, of shape (examples, ...).
    ///
    /// # Panics
    /// If there are no targets, or the first one contains class ids.
    #[track_caller]
    pub fn values(&self) -> &Tensor<T> {
        match self.y() {
            Target::Numbers(values) => values,
            Target::Classes(_) => panic!("Batch: expected values, got class ids; use `labels`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::tensor;

    #[test]
    #[should_panic(expected = "Batch: expected class ids, got values of shape (1, 1); use `values`")]
    fn values_are_not_labels() {
        Batch::new(tensor![[1.0]], tensor![[2.0]]).labels();
    }

    #[test]
    #[should_panic(expected = "Batch: expected values, got class ids; use `labels`")]
    fn labels_are_not_values() {
        Batch::new(tensor![[1.0]], [0]).values();
    }
}
