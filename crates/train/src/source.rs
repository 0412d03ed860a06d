//! Sources of training data.

use crate::batch::Batch;
use crate::dataset::Dataset;
use crate::error::DataError;
use autograd::Scalar;
use rand::Rng;

/// An iterator over the batches of an epoch.
pub type EpochBatches<'s, T> = Box<dyn Iterator<Item = Result<Batch<T>, DataError>> + 's>;

/// Data for training and evaluation: a [`Dataset`], or a [`Stream`](crate::Stream) of batches.
pub trait Source<T: Scalar = f32> {
    /// The batches of `epoch`, counted from 0. If `shuffle` is given, the order of the examples is drawn from it.
    ///
    /// # Errors
    /// If the batch size is 0.
    fn epoch<'s>(
        &'s self,
        epoch: usize,
        batch_size: usize,
        shuffle: Option<&mut dyn Rng>,
    ) -> Result<EpochBatches<'s, T>, DataError>;

    /// The number of batches of an epoch, if it is known.
    fn steps(&self, batch_size: usize) -> Option<usize>;

    /// Splits off the last `fraction` of the examples, without shuffling; returns the head and the tail.
    ///
    /// # Errors
    /// If `fraction` is not between 0 and 1, a part is empty, or the source cannot be split. The default implementation
    /// returns [`DataError::Stream`].
    fn split_tail<'s>(&'s self, fraction: f64) -> Result<[Box<dyn Source<T> + 's>; 2], DataError> {
        let _ = fraction;
        Err(DataError::Stream)
    }
}

impl<T: Scalar> Source<T> for Dataset<T> {
    fn epoch<'s>(
        &'s self,
        _: usize,
        batch_size: usize,
        shuffle: Option<&mut dyn Rng>,
    ) -> Result<EpochBatches<'s, T>, DataError> {
        let batches = match shuffle {
            Some(rng) => self.try_batches(batch_size, rng)?,
            None => self.try_batches_in_order(batch_size)?,
        };
        Ok(Box::new(batches.map(Ok)))
    }

    fn steps(&self, batch_size: usize) -> Option<usize> {
        (batch_size > 0).then(|| self.len().div_ceil(batch_size))
    }

    fn split_tail<'s>(&'s self, fraction: f64) -> Result<[Box<dyn Source<T> + 's>; 2], DataError> {
        if !(fraction > 0.0 && fraction < 1.0) {
            return Err(DataError::Fraction(fraction));
        }
        let head = ((1.0 - fraction) * self.len() as f64) as usize;
        if head == 0 || head == self.len() {
            return Err(DataError::EmptyPart { fraction, len: self.len() });
        }
        let (head, tail) = self.split_at(head)?;
        Ok([Box::new(head), Box::new(tail)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::Tensor;

    #[test]
    fn the_tail_is_the_end_of_the_unshuffled_set() {
        let set = Dataset::<f64>::classification(Tensor::arange(10), vec![0; 10], 1).unwrap();
        let [head, tail] = set.split_tail(0.25).unwrap();
        let values = |part: &dyn Source<f64>| -> Vec<f64> {
            let batches = part.epoch(0, 4, None).unwrap();
            batches.flat_map(|b| b.unwrap().inputs[0].to_vec()).collect()
        };
        assert_eq!((values(&*head).len(), values(&*tail)), (7, vec![7.0, 8.0, 9.0]));
        assert_eq!((head.steps(4), tail.steps(0)), (Some(2), None));
        assert!(matches!(set.split_tail(1.0), Err(DataError::Fraction(_))));
        assert!(matches!(set.split_tail(0.99), Err(DataError::EmptyPart { .. })));
    }
}
