//! Iterating over a data set in batches.

use crate::batch::Batch;
use crate::dataset::Dataset;
use crate::error::DataError;
use crate::positions::Positions;
use crate::shuffle::shuffle;
use autograd::Scalar;
use rand::Rng;
use std::fmt;
use std::iter::FusedIterator;
use tensor::Buffer;

impl<T: Scalar> Dataset<T> {
    /// All examples in random order, in batches of `batch_size`. The last batch is smaller if the division leaves a
    /// remainder.
    ///
    /// The order is drawn from `rng` when this is called: a generator in the same state gives the same batches on every
    /// machine. Batches use pooled buffers: a loop that drops each batch before it takes the next does not allocate
    /// after the first epoch.
    ///
    /// ```
    /// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
    /// let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
    /// let digits = train::digits();
    /// for batch in digits.batches(600, &mut rng) {
    ///     println!("{} images, the first one of a {}", batch.len(), batch.labels().as_slice()[0]);
    /// }
    /// assert_eq!(digits.batches(600, &mut rng).len(), 3);
    /// assert_eq!(digits.batches(600, &mut rng).drop_last().len(), 2);
    /// ```
    ///
    /// # Panics
    /// If `batch_size` is 0. For user input, [`try_batches`](Dataset::try_batches) returns an error instead.
    #[track_caller]
    pub fn batches(&self, batch_size: usize, rng: &mut (impl Rng + ?Sized)) -> Batches<'_, T> {
        or_panic(self.try_batches(batch_size, rng))
    }

    /// Like [`batches`](Dataset::batches), for a batch size from user input.
    ///
    /// # Errors
    /// If `batch_size` is 0.
    pub fn try_batches(&self, batch_size: usize, rng: &mut (impl Rng + ?Sized)) -> Result<Batches<'_, T>, DataError> {
        let mut batches = self.try_batches_in_order(batch_size)?;
        let mut order = Buffer::scratch(self.len());
        if let Some(order) = order.unique() {
            let order = &mut order[..self.len()];
            for (i, o) in order.iter_mut().enumerate() {
                *o = i;
            }
            shuffle(order, rng);
        }
        batches.order = Some(order);
        Ok(batches)
    }

    /// All examples in order, in batches of `batch_size`: for evaluation and prediction.
    ///
    /// # Panics
    /// If `batch_size` is 0. For user input, [`try_batches_in_order`](Dataset::try_batches_in_order) returns an error
    /// instead.
    #[track_caller]
    pub fn batches_in_order(&self, batch_size: usize) -> Batches<'_, T> {
        or_panic(self.try_batches_in_order(batch_size))
    }

    /// Like [`batches_in_order`](Dataset::batches_in_order), for a batch size from user input.
    ///
    /// # Errors
    /// If `batch_size` is 0.
    pub fn try_batches_in_order(&self, batch_size: usize) -> Result<Batches<'_, T>, DataError> {
        if batch_size == 0 {
            return Err(DataError::BatchSize);
        }
        Ok(Batches { set: self, order: None, at: 0, end: self.len(), batch_size })
    }
}

#[track_caller]
fn or_panic<B>(batches: Result<B, DataError>) -> B {
    match batches {
        Ok(batches) => batches,
        Err(e) => panic!("batches: {e}"),
    }
}

/// The batches of one pass over a [`Dataset`]: see [`Dataset::batches`].
#[must_use = "an iterator does nothing until it is looped over"]
pub struct Batches<'a, T: Scalar = f32> {
    set: &'a Dataset<T>,
    /// A permutation of the positions. `None`: in order.
    order: Option<Buffer<usize>>,
    at: usize,
    end: usize,
    batch_size: usize,
}

impl<T: Scalar> Batches<'_, T> {
    /// Drops the last batch if it is smaller than the others. With shuffling, each epoch drops other examples.
    ///
    /// A set smaller than the batch size gives no batches.
    pub fn drop_last(mut self) -> Self {
        self.end -= (self.end - self.at) % self.batch_size;
        self
    }
}

impl<T: Scalar> Iterator for Batches<'_, T> {
    type Item = Batch<T>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at == self.end {
            return None;
        }
        let positions = self.at..self.end.min(self.at.saturating_add(self.batch_size));
        self.at = positions.end;
        Some(self.set.batch_of(&match &self.order {
            Some(order) => Positions::List(&order[positions]),
            None => Positions::Run(positions),
        }))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let n = (self.end - self.at).div_ceil(self.batch_size);
        (n, Some(n))
    }
}

impl<T: Scalar> ExactSizeIterator for Batches<'_, T> {}
impl<T: Scalar> FusedIterator for Batches<'_, T> {}

impl<T: Scalar> fmt::Debug for Batches<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Batches({} left of {} examples, {:?})", self.len(), self.batch_size, self.set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
    use tensor::{Indices, Tensor, keep, tensor};

    fn rng(seed: u64) -> Xoshiro256PlusPlus {
        Xoshiro256PlusPlus::seed_from_u64(seed)
    }

    /// Feature and label of each example are its position.
    fn numbered(n: usize) -> Dataset<f64> {
        Dataset::classification(Tensor::arange(n), (0..n).collect::<Vec<_>>(), n).unwrap()
    }

    #[test]
    fn batches_feed_a_training_loop() {
        fn constant(x: &Tensor<f32>) -> &Tensor<f32> {
            x
        }
        fn loss(logits: &Tensor<f32>, labels: &Indices) -> usize {
            logits.shape()[0] - labels.as_slice().len()
        }
        let (train, mut rng) = (crate::digits(), rng(1));
        let mut steps = 0;
        for batch in train.batches(32, &mut rng) {
            assert_eq!(loss(constant(batch.x()), batch.labels()), 0);
            steps += 1;
        }
        assert_eq!(steps, 57);
    }

    #[test]
    fn a_seed_determines_the_batches() {
        let set = numbered(6);
        let y: Vec<usize> = set.batches(4, &mut rng(7)).flat_map(|b| b.labels().as_slice().to_vec()).collect();
        assert_eq!(y, BATCHES_OF_7);
        let mut rng = rng(7);
        let orders: Vec<_> = (0..3).map(|_| set.batches(6, &mut rng).next().unwrap().labels().clone()).collect();
        assert!(orders[0].as_slice() == BATCHES_OF_7 && orders[0] != orders[1] && orders[1] != orders[2]);
    }

    /// Reference order from an independent implementation of the generator and the shuffle.
    const BATCHES_OF_7: [usize; 6] = [4, 3, 1, 2, 5, 0];

    #[test]
    fn targets_stay_with_their_features() {
        let set = Dataset::regression(tensor![[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], tensor![3.0, 7.0, 11.0]).unwrap();
        for batch in set.batches(2, &mut rng(0)) {
            assert_eq!(&batch.x().sum_over(keep(1)), batch.values());
        }
        let last = set.batches_in_order(2).last().unwrap();
        assert_eq!(last, Batch::new(tensor![[5.0, 6.0]], tensor![[11.0]]));
    }

    #[test]
    fn bytes_and_floats_give_the_same_batches() {
        let bytes = crate::digits();
        let floats = Dataset::classification(bytes.x(), bytes.labels(), 10).unwrap();
        let part = |set: &Dataset| set.split(0.3, &mut rng(3)).unwrap().0;
        let (bytes, floats) = (part(&bytes), part(&floats));
        assert!(bytes.batches(50, &mut rng(4)).eq(floats.batches(50, &mut rng(4))));
        assert!(bytes.batches_in_order(50).eq(floats.batches_in_order(50)));
    }

    #[test]
    fn a_batch_size_of_0_is_an_error() {
        let set = numbered(3);
        assert!(matches!(set.try_batches(0, &mut rng(0)), Err(DataError::BatchSize)));
        assert!(matches!(set.try_batches_in_order(0), Err(DataError::BatchSize)));
    }

    #[test]
    #[should_panic(expected = "batches: expected a batch size of at least 1, got 0")]
    fn a_batch_size_of_0_panics_in_a_loop() {
        let _ = numbered(3).batches(0, &mut rng(0));
    }

    proptest! {
        #[test]
        fn an_epoch_contains_every_example_once(n in 1usize..60, size in 1usize..70, seed: u64) {
            let set = numbered(n);
            for batches in [set.batches(size, &mut rng(seed)), set.batches_in_order(size)] {
                let mut left = batches.len();
                prop_assert_eq!(left, n.div_ceil(size));
                let mut seen = vec![];
                for batch in batches {
                    left -= 1;
                    prop_assert_eq!(batch.x().shape()[0], if left == 0 { n - (n - 1) / size * size } else { size });
                    let (x, y) = (batch.x().to_vec(), batch.labels().as_slice());
                    prop_assert!(x.iter().zip(y).all(|(&x, &y)| x == y as f64));
                    seen.extend_from_slice(y);
                }
                prop_assert_eq!(left, 0);
                seen.sort();
                prop_assert!(seen.into_iter().eq(0..n));
            }
            let full = set.batches(size, &mut rng(seed)).drop_last();
            prop_assert_eq!(full.len(), n / size);
            prop_assert!(full.into_iter().all(|b| b.len() == size));
        }
    }
}
