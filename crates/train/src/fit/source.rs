//! Where the batches of an epoch come from.

use crate::batches::Batch;
use crate::dataset::Dataset;
use crate::error::DataError;
use crate::inputs::InputsBatch;
use crate::labels::Labels;
use autograd::Scalar;
use nn::Target;
use rand::Rng;
use smallvec::{SmallVec, smallvec};
use tensor::{Indices, Tensor};

/// A few examples, in the form in which a model of any number of inputs and outputs is trained with them.
#[derive(Clone, Debug)]
pub struct Minibatch<T: Scalar = f32> {
    /// A tensor for each input of the model, its first axis counting examples.
    pub inputs: SmallVec<[Tensor<T>; 1]>,
    /// What each output of the model should be.
    pub targets: SmallVec<[Target<T>; 1]>,
    /// How much each example counts; all alike if nothing is said.
    pub weights: Option<Tensor<T>>,
}

impl<T: Scalar> Minibatch<T> {
    /// For a model of one input and one output.
    pub fn new(x: Tensor<T>, y: impl Into<Target<T>>) -> Self {
        Minibatch { inputs: smallvec![x], targets: smallvec![y.into()], weights: None }
    }

    /// How many examples there are.
    pub fn len(&self) -> usize {
        self.inputs.first().and_then(|x| x.shape().first()).copied().unwrap_or(0)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Labels of a batch as targets, one for each output of a model.
pub trait IntoTargets<T: Scalar>: Sized {
    /// Appends them.
    fn append_to(self, targets: &mut SmallVec<[Target<T>; 1]>);

    /// Appends them, and the inputs that came with them: none by default.
    fn append_with_inputs(self, inputs: &mut SmallVec<[Tensor<T>; 1]>, targets: &mut SmallVec<[Target<T>; 1]>) {
        let _ = inputs;
        self.append_to(targets);
    }
}

impl<T: Scalar> IntoTargets<T> for Indices {
    fn append_to(self, targets: &mut SmallVec<[Target<T>; 1]>) {
        targets.push(self.into());
    }
}

impl<T: Scalar> IntoTargets<T> for Tensor<T> {
    fn append_to(self, targets: &mut SmallVec<[Target<T>; 1]>) {
        targets.push(self.into());
    }
}

impl<T: Scalar, A: IntoTargets<T>, B: IntoTargets<T>> IntoTargets<T> for (A, B) {
    fn append_to(self, targets: &mut SmallVec<[Target<T>; 1]>) {
        self.0.append_to(targets);
        self.1.append_to(targets);
    }
}

impl<T: Scalar, B: IntoTargets<T>> IntoTargets<T> for InputsBatch<T, B> {
    fn append_to(self, targets: &mut SmallVec<[Target<T>; 1]>) {
        self.labels.append_to(targets);
    }
    fn append_with_inputs(self, inputs: &mut SmallVec<[Tensor<T>; 1]>, targets: &mut SmallVec<[Target<T>; 1]>) {
        inputs.extend(self.further);
        self.labels.append_to(targets);
    }
}

impl<T: Scalar, Y: IntoTargets<T>> From<Batch<Tensor<T>, Y>> for Minibatch<T> {
    fn from(batch: Batch<Tensor<T>, Y>) -> Self {
        let (mut inputs, mut targets) = (smallvec![batch.x], SmallVec::new());
        batch.y.append_with_inputs(&mut inputs, &mut targets);
        Minibatch { inputs, targets, weights: batch.weights }
    }
}

/// The batches of an epoch, as they come.
pub type Minibatches<'s, T> = Box<dyn Iterator<Item = Result<Minibatch<T>, DataError>> + 's>;

/// What a model is trained and evaluated on: a [`Dataset`], or a [`Stream`](crate::Stream) of batches.
pub trait Source<T: Scalar = f32> {
    /// The batches of an epoch, counted from 0; in an order drawn from the generator, if one is given.
    ///
    /// # Errors
    /// If there can be none, as with a batch size of 0.
    fn minibatches<'s>(
        &'s self,
        epoch: usize,
        batch_size: usize,
        shuffle: Option<&mut dyn Rng>,
    ) -> Result<Minibatches<'s, T>, DataError>;

    /// How many batches there will be, if that is known.
    fn steps(&self, batch_size: usize) -> Option<usize>;

    /// All but the last part of the examples, and this part: a share between 0 and 1.
    ///
    /// # Errors
    /// If a part would be empty, or the source cannot be divided: by default none can.
    fn split_tail<'s>(&'s self, fraction: f64) -> Result<[Box<dyn Source<T> + 's>; 2], DataError> {
        let _ = fraction;
        Err(DataError::Stream)
    }
}

impl<T: Scalar, Y: Labels> Source<T> for Dataset<T, Y>
where
    Y::Batch: IntoTargets<T>,
{
    fn minibatches<'s>(
        &'s self,
        _: usize,
        batch_size: usize,
        shuffle: Option<&mut dyn Rng>,
    ) -> Result<Minibatches<'s, T>, DataError> {
        let batches = match shuffle {
            Some(rng) => self.try_batches(batch_size, rng)?,
            None => self.try_batches_in_order(batch_size)?,
        };
        Ok(Box::new(batches.map(|batch| Ok(batch.into()))))
    }

    fn steps(&self, batch_size: usize) -> Option<usize> {
        (batch_size > 0).then(|| self.len().div_ceil(batch_size))
    }

    fn split_tail<'s>(&'s self, fraction: f64) -> Result<[Box<dyn Source<T> + 's>; 2], DataError> {
        if !(fraction > 0.0 && fraction < 1.0) {
            return Err(DataError::Fraction(fraction));
        }
        let kept = ((1.0 - fraction) * self.len() as f64) as usize;
        if kept == 0 || kept == self.len() {
            return Err(DataError::EmptyPart { fraction, len: self.len() });
        }
        let (head, tail) = self.split_at(kept)?;
        Ok([Box::new(head), Box::new(tail)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_is_the_end_of_the_set_as_it_lies() {
        let set = Dataset::<f64>::classification(Tensor::arange(10), vec![0; 10], 1).unwrap();
        let [head, tail] = set.split_tail(0.25).unwrap();
        let numbers = |part: &dyn Source<f64>| -> Vec<f64> {
            let batches = part.minibatches(0, 4, None).unwrap();
            batches.flat_map(|b| b.unwrap().inputs[0].to_vec()).collect()
        };
        assert_eq!((numbers(&*head).len(), numbers(&*tail)), (7, vec![7.0, 8.0, 9.0]));
        assert_eq!((head.steps(4), tail.steps(0)), (Some(2), None));
        assert!(matches!(set.split_tail(1.0), Err(DataError::Fraction(_))));
        assert!(matches!(set.split_tail(0.99), Err(DataError::EmptyPart { .. })));
    }
}
