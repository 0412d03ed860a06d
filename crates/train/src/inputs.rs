//! Several inputs for each example: for models that take more than one.

use crate::dataset::Dataset;
use crate::error::DataError;
use crate::features::{Features, IntoFeatures};
use crate::labels::Labels;
use std::fmt;
use std::ops::Range;
use tensor::{Real, Tensor};

/// The second and further inputs of each example, and what is predicted of it: they go together into parts and batches.
#[derive(Clone)]
pub struct Inputs<T: Real, Y: Labels> {
    further: Vec<Features<T>>,
    labels: Y,
}

/// [`Inputs`] of a few examples.
#[derive(Clone, Debug)]
pub struct InputsBatch<T: Real, B> {
    /// A tensor for the second and each further input.
    pub further: Vec<Tensor<T>>,
    /// What to predict.
    pub labels: B,
}

impl<T: Real, Y: Labels> Dataset<T, Inputs<T, Y>> {
    /// Examples of several inputs, in the order in which a model takes them.
    ///
    /// ```
    /// use tensor::tensor;
    /// use train::{Dataset, Minibatch, Targets};
    /// let (wide, deep) = (tensor![[1.0], [2.0]], tensor![[0.1, 0.2], [0.3, 0.4]]);
    /// let set = Dataset::with_inputs([wide, deep.clone()], Targets::new(tensor![5.0, 6.0])?)?;
    /// let batch = Minibatch::from(set.batches_in_order(2).next().unwrap());
    /// assert_eq!((batch.inputs.len(), &batch.inputs[1]), (2, &deep));
    /// # Ok::<(), train::DataError>(())
    /// ```
    ///
    /// # Errors
    /// If there are no inputs, one is refused (see [`Features::new`]), or there are not as many examples in each as
    /// labels.
    pub fn with_inputs<X: IntoFeatures<Elem = T>>(
        inputs: impl IntoIterator<Item = X>,
        labels: Y,
    ) -> Result<Self, DataError> {
        let mut inputs = inputs.into_iter();
        let first = inputs.next().ok_or(DataError::Empty)?;
        let further = inputs.map(IntoFeatures::into_features).collect::<Result<Vec<_>, _>>()?;
        match further.iter().find(|features| features.len() != labels.count()) {
            Some(features) => Err(DataError::Counts { features: features.len(), labels: labels.count() }),
            None => Dataset::new(first, Inputs { further, labels }),
        }
    }
}

impl<T: Real, Y: Labels> Inputs<T, Y> {
    fn batch(&self, take: impl Fn(&Features<T>) -> Tensor<T>, labels: Y::Batch) -> InputsBatch<T, Y::Batch> {
        InputsBatch { further: self.further.iter().map(take).collect(), labels }
    }

    fn part(&self, take: impl Fn(&Features<T>) -> Features<T>, labels: Y) -> Self {
        Inputs { further: self.further.iter().map(take).collect(), labels }
    }
}

impl<T: Real, Y: Labels> Labels for Inputs<T, Y> {
    type Batch = InputsBatch<T, Y::Batch>;

    fn count(&self) -> usize {
        self.labels.count()
    }
    fn gather(&self, positions: &[usize]) -> Self::Batch {
        self.batch(|x| x.gather(positions), self.labels.gather(positions))
    }
    fn range(&self, positions: Range<usize>) -> Self::Batch {
        self.batch(|x| x.range(positions.clone()), self.labels.range(positions.clone()))
    }
    fn slice(&self, positions: Range<usize>) -> Self {
        self.part(|x| x.slice(positions.clone()), self.labels.slice(positions.clone()))
    }
    fn select(&self, positions: &[usize]) -> Self {
        self.part(|x| x.select(positions), self.labels.select(positions))
    }
}

impl<T: Real, Y: Labels> fmt::Debug for Inputs<T, Y> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} more inputs, {:?}", self.further.len(), self.labels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::classes::Classes;
    use crate::fit::Minibatch;
    use nn::Target;
    use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};

    /// Example i holds i in every input, and as its label.
    fn numbered(n: usize) -> Dataset<f64, Inputs<f64, Classes>> {
        let x: Tensor<f64> = Tensor::arange(n);
        let labels = Classes::new((0..n).collect::<Vec<_>>(), n).unwrap();
        Dataset::with_inputs([x.clone(), x.clone(), x], labels).unwrap()
    }

    #[test]
    fn what_belongs_together_stays_together() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let (part, rest) = numbered(50).slice(3..47).unwrap().split(0.5, &mut rng).unwrap();
        for set in [part, rest] {
            for batch in set.batches(7, &mut rng).chain(set.batches_in_order(7)) {
                let batch = Minibatch::from(batch);
                let Target::Classes(ids) = &batch.targets[0] else { panic!("classes") };
                let expected: Vec<f64> = ids.as_slice().iter().map(|&i| i as f64).collect();
                assert_eq!(batch.inputs.len(), 3);
                assert!(batch.inputs.iter().all(|x| x.to_vec() == expected));
            }
        }
    }

    #[test]
    fn inputs_that_do_not_belong_together() {
        let two = || Classes::new([0, 1], 2).unwrap();
        let e = Dataset::with_inputs([Tensor::<f32>::zeros([2, 1]), Tensor::zeros([3, 1])], two()).unwrap_err();
        assert!(matches!(e, DataError::Counts { features: 3, labels: 2 }), "{e}");
        let e = Dataset::with_inputs([Tensor::<f32>::zeros([1, 1])], two()).unwrap_err();
        assert!(matches!(e, DataError::Counts { features: 1, labels: 2 }), "{e}");
        assert!(matches!(Dataset::<f32, _>::with_inputs([] as [Tensor; 0], two()), Err(DataError::Empty)));
    }
}
