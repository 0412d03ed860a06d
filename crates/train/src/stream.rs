//! Batches out of an iterator: data that do not fit into memory, or are made as they are needed.

use crate::batch::Batch;
use crate::error::DataError;
use crate::source::{EpochBatches, Source};
use autograd::Scalar;
use nn::Target;
use rand::Rng;
use std::fmt;
use tensor::Tensor;

/// Batches out of iterators, a new one for each epoch.
///
/// ```
/// use nn::Target;
/// use tensor::{Tensor, tensor};
/// use train::{Source, Stream};
/// // y = 2x, for ever other numbers; 100 examples make an epoch.
/// let stream = Stream::examples(|epoch| {
///     (0..100).map(move |i| {
///         let x = (epoch * 100 + i) as f32;
///         Ok((tensor![x], Target::Numbers(tensor![2.0 * x])))
///     })
/// });
/// let first = stream.epoch(0, 32, None)?.next().unwrap()?;
/// assert_eq!(first.inputs[0].shape().to_string(), "(32, 1)");
/// assert_eq!(stream.epoch(0, 32, None)?.count(), 4);
/// # Ok::<(), train::DataError>(())
/// ```
///
/// A stream comes in its own order, whatever is said of shuffling.
pub struct Stream<F> {
    make: F,
    grouped: bool,
    steps: Option<usize>,
}

impl<F> Stream<F> {
    /// Of single examples, which are grouped into batches: the features of one example, and its target. That is one
    /// class id, or the numbers to predict.
    pub fn examples<T: Scalar, I>(make: F) -> Stream<impl Fn(usize, usize) -> EpochBatches<'static, T>>
    where
        F: Fn(usize) -> I,
        I: Iterator<Item = Result<(Tensor<T>, Target<T>), DataError>> + 'static,
    {
        let make = move |epoch, size| -> EpochBatches<'static, T> { Box::new(Grouped { from: make(epoch), size }) };
        Stream { make, grouped: true, steps: None }
    }

    /// Of batches, made elsewhere; the batch size then means nothing.
    pub fn batches<T: Scalar, I>(make: F) -> Stream<impl Fn(usize, usize) -> EpochBatches<'static, T>>
    where
        F: Fn(usize) -> I,
        I: Iterator<Item = Result<Batch<T>, DataError>> + 'static,
    {
        let make = move |epoch, _| -> EpochBatches<'static, T> { Box::new(make(epoch)) };
        Stream { make, grouped: false, steps: None }
    }

    /// How many batches an epoch has, as far as the iterator goes if that is not said: the rest of a longer one is left, a
    /// shorter one ends the epoch early, and a progress bar knows where the end should be.
    #[must_use]
    pub fn steps_per_epoch(mut self, steps: usize) -> Self {
        self.steps = Some(steps);
        self
    }
}

impl<T: Scalar, F: Fn(usize, usize) -> EpochBatches<'static, T>> Source<T> for Stream<F> {
    fn epoch<'s>(
        &'s self,
        epoch: usize,
        batch_size: usize,
        _: Option<&mut dyn Rng>,
    ) -> Result<EpochBatches<'s, T>, DataError> {
        if self.grouped && batch_size == 0 {
            return Err(DataError::BatchSize);
        }
        Ok(Box::new((self.make)(epoch, batch_size).take(self.steps.unwrap_or(usize::MAX))))
    }

    fn steps(&self, _: usize) -> Option<usize> {
        self.steps
    }
}

impl<F> fmt::Debug for Stream<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stream({:?} steps)", self.steps)
    }
}

/// Examples, a few at a time.
struct Grouped<I> {
    from: I,
    size: usize,
}

impl<T: Scalar, I: Iterator<Item = Result<(Tensor<T>, Target<T>), DataError>>> Iterator for Grouped<I> {
    type Item = Result<Batch<T>, DataError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (mut xs, mut ys) = (Vec::new(), Vec::new());
        for example in self.from.by_ref().take(self.size) {
            match example {
                Ok((x, y)) => {
                    xs.push(x);
                    ys.push(y);
                }
                Err(e) => return Some(Err(e)),
            }
        }
        if xs.is_empty() {
            return None;
        }
        Some(together(&xs, &ys))
    }
}

fn together<T: Scalar>(xs: &[Tensor<T>], ys: &[Target<T>]) -> Result<Batch<T>, DataError> {
    if let Some(x) = xs.iter().find(|x| x.shape() != xs[0].shape()) {
        let expected = "the shape of the example before it";
        return Err(DataError::Axes { what: "features", shape: x.shape().clone(), expected });
    }
    let (mut classes, mut numbers) = (Vec::new(), Vec::new());
    for y in ys {
        match y {
            Target::Classes(ids) => classes.extend_from_slice(ids.as_slice()),
            Target::Numbers(y) => numbers.push(y),
        }
    }
    let misfit = numbers.iter().find(|y| y.shape() != numbers[0].shape());
    let y = match (classes.len(), numbers.len()) {
        (n, 0) if n == xs.len() => Target::from(classes),
        (0, n) if n == xs.len() && misfit.is_none() => Target::Numbers(Tensor::stack(&numbers, 0)),
        (0, _) if misfit.is_some() => {
            let shape = misfit.map(|y| y.shape().clone()).unwrap_or_default();
            return Err(DataError::Axes { what: "targets", shape, expected: "the shape of the target before it" });
        }
        (labels, more) => return Err(DataError::Counts { features: xs.len(), labels: labels.max(more) }),
    };
    Ok(Batch::new(Tensor::stack(xs, 0), y))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::tensor;

    fn batches(examples: Vec<(Tensor<f64>, Target<f64>)>) -> Vec<Result<Batch<f64>, DataError>> {
        let stream = Stream::examples(move |_| examples.clone().into_iter().map(Ok));
        stream.epoch(0, 2, None).unwrap().collect()
    }

    #[test]
    fn examples_are_grouped() {
        let of = |x: f64| (tensor![x, -x], Target::from([x as usize]));
        let got: Vec<_> = batches(vec![of(1.0), of(2.0), of(3.0)]).into_iter().map(Result::unwrap).collect();
        assert_eq!(got[0].inputs[0], tensor![[1.0, -1.0], [2.0, -2.0]]);
        assert_eq!((&got[1].targets[0], got[1].len()), (&Target::from([3]), 1));
    }

    #[test]
    fn examples_that_do_not_belong_together() {
        let e = batches(vec![(tensor![1.0], Target::from([0])), (tensor![1.0, 2.0], Target::from([0]))]).remove(0);
        assert!(matches!(e, Err(DataError::Axes { what: "features", .. })));
        let e = batches(vec![(tensor![1.0], Target::from([0])), (tensor![1.0], tensor![1.0].into())]).remove(0);
        assert!(matches!(e, Err(DataError::Counts { features: 2, labels: 1 })));
        let e = batches(vec![(tensor![1.0], tensor![1.0].into()), (tensor![1.0], tensor![1.0, 2.0].into())]).remove(0);
        assert!(matches!(e, Err(DataError::Axes { what: "targets", .. })));
    }

    #[test]
    fn an_endless_stream_ends_an_epoch() {
        let endless = Stream::batches(|_| std::iter::repeat_with(|| Ok(Batch::new(tensor![[1.0]], [0]))));
        let endless = endless.steps_per_epoch(3);
        assert_eq!(Source::<f64>::epoch(&endless, 0, 0, None).unwrap().count(), 3);
        assert!(matches!(Source::<f64>::split_tail(&endless, 0.5), Err(DataError::Stream)));
    }
}
