//! Sample weights and class weights.

use crate::dataset::Dataset;
use crate::error::DataError;
use crate::targets::Targets;
use autograd::Scalar;
use tensor::Tensor;

impl<T: Scalar> Dataset<T> {
    /// The same set with a sample weight for each example: Keras's `sample_weight`. An example of weight 2 counts
    /// twice, one of weight 0 is ignored.
    ///
    /// Slices, splits and batches keep the weights. Losses use them, and so do the metrics added with
    /// [`Fit::weighted_metric`](crate::Fit::weighted_metric).
    ///
    /// ```
    /// use tensor::tensor;
    /// use train::Dataset;
    /// let set = Dataset::regression(tensor![1.0, 2.0], tensor![3.0, 4.0])?.with_weights([1.0, 0.5])?;
    /// let batch = set.batches_in_order(2).next().unwrap();
    /// assert_eq!(batch.weights, Some(tensor![1.0, 0.5]));
    /// # Ok::<(), train::DataError>(())
    /// ```
    ///
    /// # Errors
    /// If the number of weights differs from the number of examples, or a weight is negative, NaN or infinite.
    pub fn with_weights(mut self, weights: impl AsRef<[T]>) -> Result<Self, DataError> {
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

    /// The weight of each example. `None`: all examples have weight 1.
    pub fn weights(&self) -> Option<Tensor<T>> {
        self.weights.as_ref().map(|w| w.values().reshape(self.len()))
    }
}

impl<T: Scalar> Dataset<T> {
    /// The same set with the weight of each example given by its class: Keras's `class_weight`.
    ///
    /// ```
    /// let digits = train::digits().with_class_weights(&[1.0, 1.0, 1.0, 5.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0])?;
    /// let heaviest = digits.weights().unwrap().argmax();
    /// assert_eq!(digits.labels()[heaviest], 3);
    /// # Ok::<(), train::DataError>(())
    /// ```
    ///
    /// # Errors
    /// If the labels are regression targets, the number of weights differs from the number of classes, a weight is
    /// negative, NaN or infinite, or the examples already have weights.
    pub fn with_class_weights(self, weights: &[f64]) -> Result<Self, DataError> {
        let classes = self.as_classes()?;
        if weights.len() != classes.classes() {
            return Err(DataError::WeightCount { weights: weights.len(), what: "classes", count: classes.classes() });
        }
        if self.weights.is_some() {
            return Err(DataError::WeightedTwice);
        }
        let weights: Vec<T> = classes.labels().iter().map(|&class| T::from_f64(weights[class])).collect();
        self.with_weights(weights)
    }

    /// Class weights that give all classes the same total weight: n / (c n_k) for n examples, c classes and n_k
    /// examples of class k, as scikit-learn's `class_weight="balanced"`. A class without examples has weight 1.
    ///
    /// ```
    /// use tensor::Tensor;
    /// let set = train::Dataset::<f32>::classification(Tensor::zeros([4, 1]), [0, 0, 0, 1], 2)?;
    /// assert_eq!(set.balanced_class_weights(), [4.0 / 6.0, 2.0]);
    /// # Ok::<(), train::DataError>(())
    /// ```
    ///
    /// # Panics
    /// If the labels are regression targets.
    #[track_caller]
    pub fn balanced_class_weights(&self) -> Vec<f64> {
        let per_class = self.len() as f64 / self.classes() as f64;
        self.class_counts().into_iter().map(|n| if n == 0 { 1.0 } else { per_class / n as f64 }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};

    /// Feature and weight of each example are its position.
    fn set(n: usize) -> Dataset<f64> {
        let x = Tensor::arange(n);
        Dataset::classification(x.clone(), vec![0; n], 1).unwrap().with_weights(x.to_vec()).unwrap()
    }

    #[test]
    fn weights_stay_with_their_examples() {
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
    fn invalid_weights_are_errors() {
        let set = || Dataset::<f64>::classification(Tensor::zeros([2, 1]), [0, 1], 2).unwrap();
        assert!(matches!(set().with_weights([1.0]), Err(DataError::WeightCount { weights: 1, count: 2, .. })));
        assert!(matches!(set().with_weights([1.0, -1.0]), Err(DataError::Weight { example: 1, .. })));
        let e = set().with_weights([1.0, f64::NAN]).unwrap_err();
        assert!(matches!(e, DataError::NotFinite { what: "weights", example: 1, .. }), "{e}");
        assert!(matches!(set().with_class_weights(&[1.0]), Err(DataError::WeightCount { what: "classes", .. })));
        let twice = set().with_class_weights(&[1.0, 2.0]).unwrap().with_class_weights(&[1.0, 2.0]);
        assert!(matches!(twice, Err(DataError::WeightedTwice)));
    }
}
