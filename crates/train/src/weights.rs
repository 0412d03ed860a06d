//! Examples that count more than others, and classes that do.

use crate::dataset::Dataset;
use crate::error::DataError;
use crate::targets::Targets;
use autograd::Scalar;
use tensor::Tensor;

impl<T: Scalar> Dataset<T> {
    /// The same set, each example counting as much as its weight says: 2 as much as being there twice, 0 not at all.
    ///
    /// Weights go along with their examples into parts and batches, where losses find them, and those metrics that are
    /// to weigh: see [`Fit::weighted_metric`](crate::Fit::weighted_metric).
    ///
    /// ```
    /// use tensor::tensor;
    /// use train::Dataset;
    /// let set = Dataset::regression(tensor![1.0, 2.0], tensor![3.0, 4.0])?.weighted([1.0, 0.5])?;
    /// let batch = set.batches_in_order(2).next().unwrap();
    /// assert_eq!(batch.weights, Some(tensor![1.0, 0.5]));
    /// # Ok::<(), train::DataError>(())
    /// ```
    ///
    /// # Errors
    /// If there is not one weight for each example, or one is negative, NaN or infinite.
    pub fn weighted(mut self, weights: impl AsRef<[T]>) -> Result<Self, DataError> {
        let weights = weights.as_ref();
        if weights.len() != self.len() {
            return Err(DataError::WeightCount { weights: weights.len(), what: "examples", count: self.len() });
        }
        if let Some(example) = weights.iter().position(|&w| w < T::ZERO) {
            return Err(DataError::Weight { example, weight: weights[example].to_f64() });
        }
        let weights = crate::table::table("weights", Tensor::from_vec(weights.len(), weights))?;
        self.weights = Some(Targets::new(weights)?);
        Ok(self)
    }

    /// The weight of each example, if they have any.
    pub fn weights(&self) -> Option<Tensor<T>> {
        self.weights.as_ref().map(|w| w.values().reshape(self.len()))
    }
}

impl<T: Scalar> Dataset<T> {
    /// The same set, each example counting as much as its class: for classes that are rare, or matter more.
    ///
    /// ```
    /// let digits = train::digits().class_weighted(&[1.0, 1.0, 1.0, 5.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0])?;
    /// let heaviest = digits.weights().unwrap().argmax();
    /// assert_eq!(digits.labels()[heaviest], 3);
    /// # Ok::<(), train::DataError>(())
    /// ```
    ///
    /// # Errors
    /// If values are predicted, there is not one weight for each class, one is negative, NaN or infinite, or the examples have weights.
    pub fn class_weighted(self, weights: &[f64]) -> Result<Self, DataError> {
        let classes = self.as_classes()?;
        if weights.len() != classes.classes() {
            return Err(DataError::WeightCount { weights: weights.len(), what: "classes", count: classes.classes() });
        }
        if self.weights.is_some() {
            return Err(DataError::WeightedTwice);
        }
        let weights: Vec<T> = classes.labels().iter().map(|&class| T::from_f64(weights[class])).collect();
        self.weighted(weights)
    }

    /// The weight n / (c n_k) for each of the c classes, of whose examples there are n_k among n: all classes then
    /// count alike. A class without examples gets 1.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let set = train::Dataset::<f32>::classification(Tensor::zeros([4, 1]), [0, 0, 0, 1], 2)?;
    /// assert_eq!(set.balanced_class_weights(), [4.0 / 6.0, 2.0]);
    /// # Ok::<(), train::DataError>(())
    /// ```
    ///
    /// # Panics
    /// If values are predicted, as in a regression.
    #[track_caller]
    pub fn balanced_class_weights(&self) -> Vec<f64> {
        let share = self.len() as f64 / self.classes() as f64;
        self.class_counts().into_iter().map(|n| if n == 0 { 1.0 } else { share / n as f64 }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};

    /// Example i is the number i, of weight i.
    fn set(n: usize) -> Dataset<f64> {
        let x = Tensor::arange(n);
        Dataset::classification(x.clone(), vec![0; n], 1).unwrap().weighted(x.to_vec()).unwrap()
    }

    #[test]
    fn weights_go_where_their_examples_go() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(3);
        let (part, _) = set(40).slice(3..30).unwrap().split(0.5, &mut rng).unwrap();
        for batches in [part.batches(4, &mut rng), part.batches_in_order(4)] {
            for batch in batches {
                assert_eq!(batch.weights, Some(batch.x().flatten()));
            }
        }
        assert_eq!(part.cast::<f32>().flatten().weights(), Some(part.x().flatten().cast()));
    }

    #[test]
    fn weights_that_are_none() {
        let set = || Dataset::<f64>::classification(Tensor::zeros([2, 1]), [0, 1], 2).unwrap();
        assert!(matches!(set().weighted([1.0]), Err(DataError::WeightCount { weights: 1, count: 2, .. })));
        assert!(matches!(set().weighted([1.0, -1.0]), Err(DataError::Weight { example: 1, .. })));
        let e = set().weighted([1.0, f64::NAN]).unwrap_err();
        assert!(matches!(e, DataError::NotFinite { what: "weights", example: 1, .. }), "{e}");
        assert!(matches!(set().class_weighted(&[1.0]), Err(DataError::WeightCount { what: "classes", .. })));
        let twice = set().class_weighted(&[1.0, 2.0]).unwrap().class_weighted(&[1.0, 2.0]);
        assert!(matches!(twice, Err(DataError::WeightedTwice)));
    }
}
