//! Standardized features: mean 0 and standard deviation 1.

use crate::dataset::Dataset;
use crate::error::DataError;
use crate::features::Features;
use autograd::Scalar;
use tensor::{Tensor, keep};

/// Subtracts the mean of each feature and divides by its standard deviation: (x - μ) / σ.
///
/// Mean and standard deviation are computed from the training set. A feature that is constant there is only shifted,
/// not divided. In data sets with several inputs, only the first input is standardized. The layer `Normalization` does
/// the same inside a network, and is saved with the network.
///
/// ```
/// use tensor::tensor;
/// use train::{Dataset, Standardizer};
/// let train = Dataset::regression(tensor![[1.0, 5.0], [3.0, 5.0]], tensor![0.0, 1.0])?;
/// let standardizer = Standardizer::of(&train);
/// assert_eq!(standardizer.apply(&train)?.x(), tensor![[-1.0, 0.0], [1.0, 0.0]]);
/// let test = Dataset::regression(tensor![[5.0, 6.0]], tensor![0.0])?;
/// assert_eq!(standardizer.apply(&test)?.x(), tensor![[3.0, 1.0]]);
/// # Ok::<(), train::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Standardizer<T: Scalar = f32> {
    mean: Tensor<T>,
    std: Tensor<T>,
}

impl<T: Scalar> Standardizer<T> {
    /// Computes means and standard deviations of the features of `train`, in f64.
    pub fn of(train: &Dataset<T>) -> Self {
        let x = train.x().cast::<f64>();
        let mean = x.mean_over(keep(0));
        let mut std = x.std_over(keep(0), 0);
        // The mean of equal values may be rounded; their standard deviation is then tiny instead of 0.
        let (low, high) = (x.min_over(0).to_vec(), x.max_over(0).to_vec());
        for (k, s) in std.data_mut().iter_mut().enumerate() {
            if low[k] == high[k] {
                *s = 1.0;
            }
        }
        Standardizer { mean: mean.cast(), std: std.cast() }
    }

    /// The means, of shape (1, ...).
    pub fn mean(&self) -> &Tensor<T> {
        &self.mean
    }

    /// The divisors, of shape (1, ...): the standard deviations, and 1 for constant features.
    pub fn std(&self) -> &Tensor<T> {
        &self.std
    }

    /// Returns the data set with standardized features, and with its labels and weights unchanged.
    ///
    /// # Errors
    /// If the example shape differs from that of the training set.
    pub fn apply(&self, set: &Dataset<T>) -> Result<Dataset<T>, DataError> {
        if set.example_shape()[..] != self.mean.shape()[1..] {
            let expected = "examples of the same shape as the set that the standardizer was computed from";
            return Err(DataError::Axes { what: "features", shape: set.example_shape().clone(), expected });
        }
        let mut x = set.x();
        let (mean, std) = (self.mean.to_vec(), self.std.to_vec());
        for row in x.data_mut().chunks_exact_mut(mean.len()) {
            for (x, (&mean, &std)) in row.iter_mut().zip(mean.iter().zip(&std)) {
                *x = (*x - mean) / std;
            }
        }
        Ok(set.clone().with_first(Features::new(x)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};

    #[test]
    fn means_are_0_and_standard_deviations_1() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let x = Tensor::<f64>::random_normal([500, 2, 3], 100.0, 7.0, &mut rng);
        let set = Dataset::classification(x, vec![0; 500], 1).unwrap();
        let x = Standardizer::of(&set).apply(&set).unwrap().x();
        assert_eq!(x.shape(), &[500, 2, 3]);
        assert!(x.mean_over(0).to_vec().iter().all(|m| m.abs() < 1e-12));
        assert!(x.std_over(0, 0).to_vec().iter().all(|s| (s - 1.0).abs() < 1e-12));
    }

    #[test]
    fn constant_features_are_not_divided() {
        for n in 2..40 {
            let set = |x| Dataset::classification(Tensor::<f64>::full([n, 2], x), vec![0; n], 1).unwrap();
            let standardizer = Standardizer::of(&set(0.1));
            assert_eq!(standardizer.std().to_vec(), [1.0, 1.0]);
            assert!(standardizer.apply(&set(0.2)).unwrap().x().to_vec().iter().all(|x| (x - 0.1).abs() < 1e-15), "{n}");
        }
    }

    #[test]
    fn sets_of_another_shape_are_errors() {
        let set = |n| Dataset::<f32>::classification(Tensor::zeros([2, n]), [0, 0], 1).unwrap();
        assert!(matches!(Standardizer::of(&set(2)).apply(&set(3)), Err(DataError::Axes { what: "features", .. })));
    }
}
