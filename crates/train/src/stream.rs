//! Batches from an iterator: for data that do not fit into memory or are generated during training.

use crate::batch::Batch;
use crate::error::DataError;
use crate::source::{EpochBatches, Source};
use autograd::Scalar;
use nn::Target;
use rand::Rng;
use std::fmt;
use tensor::Tensor;

/// Batches from iterators, one iterator per epoch.
///
/// ```
/// use nn::Target;
/// use tensor::{Tensor, tensor};
/// use train::{Source, Stream};
/// // y = 2x: an endless supply of new x, with 100 examples per epoch.
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
/// Streams are never shuffled: [`Fit::shuffle`](crate::Fit::shuffle) has no effect on them.
pub struct Stream<F> {
    make: F,
    grouped: bool,
    steps: Option<usize>,
}

impl<F> Stream<F> {
    /// A stream of single examples, which are grouped into batches. Each item consists of the features of one example
    /// and its target, which is one class id or the values to predict.
    pub fn examples<T: Scalar, I>(make: F) -> Stream<impl Fn(usize, usize) -> EpochBatches<'static, T>>
    where
        F: Fn(usize) -> I,
        I: Iterator<Item = Result<(Tensor<T>, Target<T>), DataError>> + 'static,
    {
        let make = move |epoch, size| -> EpochBatches<'static, T> { Box::new(Grouped { from: make(epoch), size }) };
        Stream { make, grouped: true, steps: None }
    }

    /// A stream of complete batches. The batch size of [`Fit`](crate::Fit) has no effect on it.
    pub fn batches<T: Scalar, I>(make: F) -> Stream<impl Fn(usize, usize) -> EpochBatches<'static, T>>
    where
        F: Fn(usize) -> I,
        I: Iterator<Item = Result<Batch<T>, DataError>> + 'static,
    {
        let make = move |epoch, _| -> EpochBatches<'static, T> { Box::new(make(epoch)) };
        Stream { make, grouped: false, steps: None }
    }

    /// The maximum number of batches per epoch, which is also the length of progress bars. Default: an epoch ends with
    /// its iterator. A shorter iterator ends the epoch early.
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

/// Groups examples into batches.
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
        Some(stack(&xs, &ys))
    }
}

fn stack<T: Scalar>(xs: &[Tensor<T>], ys: &[Target<T>]) -> Result<Batch<T>, DataError> {
    if let Some(x) = xs.iter().find(|x| x.shape() != xs[0].shape()) {
        let expected = "the same shape for every example of a stream";
        return Err(DataError::Axes { what: "features", shape: x.shape().clone(), expected });
    }
    let (mut classes, mut values) = (Vec::new(), Vec::new());
    for y in ys {
        match y {
            Target::Classes(ids) => classes.extend_from_slice(ids.as_slice()),
            Target::Numbers(y) => values.push(y),
        }
    }
    if let Some(y) = values.iter().find(|y| y.shape() != values[0].shape())
        && classes.is_empty()
    {
        let expected = "the same shape for every target of a stream";
        return Err(DataError::Axes { what: "targets", shape: y.shape().clone(), expected });
    }
    let y = match (classes.len(), values.len()) {
        (n, 0) if n == xs.len() => Target::from(classes),
        (0, n) if n == xs.len() => Target::Numbers(Tensor::stack(&values, 0)),
        (n, m) => return Err(DataError::Counts { features: xs.len(), labels: n.max(m) }),
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
    fn examples_are_grouped_into_batches() {
        let of = |x: f64| (tensor![x, -x], Target::from([x as usize]));
        let got: Vec<_> = batches(vec![of(1.0), of(2.0), of(3.0)]).into_iter().map(Result::unwrap).collect();
        assert_eq!(got[0].inputs[0], tensor![[1.0, -1.0], [2.0, -2.0]]);
        assert_eq!((&got[1].targets[0], got[1].len()), (&Target::from([3]), 1));
    }

    #[test]
    fn examples_of_different_shapes_or_kinds_are_errors() {
        let e = batches(vec![(tensor![1.0], Target::from([0])), (tensor![1.0, 2.0], Target::from([0]))]).remove(0);
        assert!(matches!(e, Err(DataError::Axes { what: "features", .. })));
        let e = batches(vec![(tensor![1.0], Target::from([0])), (tensor![1.0], tensor![1.0].into())]).remove(0);
        assert!(matches!(e, Err(DataError::Counts { features: 2, labels: 1 })));
        let e = batches(vec![(tensor![1.0], tensor![1.0].into()), (tensor![1.0], tensor![1.0, 2.0].into())]).remove(0);
        assert!(matches!(e, Err(DataError::Axes { what: "targets", .. })));
    }

    #[test]
    fn steps_per_epoch_ends_an_endless_stream() {
        let endless = Stream::batches(|_| std::iter::repeat_with(|| Ok(Batch::new(tensor![[1.0]], [0]))));
        let endless = endless.steps_per_epoch(3);
        assert_eq!(Source::<f64>::epoch(&endless, 0, 0, None).unwrap().count(), 3);
        assert!(matches!(Source::<f64>::split_tail(&endless, 0.5), Err(DataError::Stream)));
    }
}
