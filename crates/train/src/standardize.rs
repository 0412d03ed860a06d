//! Features with mean 0 and standard deviation 1.

use crate::dataset::Dataset;
use crate::error::DataError;
use crate::features::Features;
use autograd::Scalar;
use tensor::{Tensor, keep};

/// Subtracts from each feature its mean and divides by its standard deviation: (x - μ) / σ.
///
/// Both are those of the set it was made of, the training set; a feature that is the same in all its examples is not
/// divided, and of a set of several inputs the first alone is changed. In a
/// network the same is done by its normalizing layer, which is then saved with it.
///
/// ```
/// use tensor::tensor;
/// use train::{Dataset, Standardizer};
/// let train = Dataset::regression(tensor![[1.0, 5.0], [3.0, 5.0]], tensor![0.0, 1.0])?;
/// let standard = Standardizer::of(&train);
/// assert_eq!(standard.apply(&train)?.x(), tensor![[-1.0, 0.0], [1.0, 0.0]]);
/// let test = Dataset::regression(tensor![[5.0, 6.0]], tensor![0.0])?;
/// assert_eq!(standard.apply(&test)?.x(), tensor![[3.0, 1.0]]);
/// # Ok::<(), train::DataError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Standardizer<T: Scalar = f32> {
    mean: Tensor<T>,
    deviation: Tensor<T>,
}

impl<T: Scalar> Standardizer<T> {
    /// With the means and standard deviations of this set, computed in f64.
    pub fn of(train: &Dataset<T>) -> Self {
        let x = train.x().cast::<f64>();
        let mean = x.mean_over(keep(0));
        let mut deviation = x.std_over(keep(0), 0);
        // Of numbers that are all alike the mean may be rounded, and the deviation is then not 0 but dust.
        let (low, high) = (x.min_over(0).to_vec(), x.max_over(0).to_vec());
        for (k, s) in deviation.data_mut().iter_mut().enumerate() {
            if low[k] == high[k] {
                *s = 1.0;
            }
        }
        Standardizer { mean: mean.cast(), deviation: deviation.cast() }
    }

    /// The means, with an axis of extent 1 in front.
    pub fn mean(&self) -> &Tensor<T> {
        &self.mean
    }

    /// What is divided by, in the same shape.
    pub fn deviation(&self) -> &Tensor<T> {
        &self.deviation
    }

    /// The features (x - μ) / σ, with the labels and weights of the set.
    ///
    /// # Errors
    /// If its examples have another shape than those it was made of.
    pub fn apply(&self, set: &Dataset<T>) -> Result<Dataset<T>, DataError> {
        if set.example_shape()[..] != self.mean.shape()[1..] {
            let expected = "examples of the shape of those the standardizer was made of";
            return Err(DataError::Axes { what: "features", shape: set.example_shape().clone(), expected });
        }
        let mut x = set.x();
        let (mean, deviation) = (self.mean.to_vec(), self.deviation.to_vec());
        for row in x.data_mut().chunks_exact_mut(mean.len()) {
            for (x, (&mean, &deviation)) in row.iter_mut().zip(mean.iter().zip(&deviation)) {
                *x = (*x - mean) / deviation;
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
    fn means_are_0_and_deviations_1() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let x = Tensor::<f64>::random_normal([500, 2, 3], 100.0, 7.0, &mut rng);
        let set = Dataset::classification(x, vec![0; 500], 1).unwrap();
        let x = Standardizer::of(&set).apply(&set).unwrap().x();
        assert_eq!(x.shape(), &[500, 2, 3]);
        assert!(x.mean_over(0).to_vec().iter().all(|m| m.abs() < 1e-12));
        assert!(x.std_over(0, 0).to_vec().iter().all(|s| (s - 1.0).abs() < 1e-12));
    }

    #[test]
    fn what_never_changes_is_not_divided() {
        for n in 2..40 {
            let set = |x| Dataset::classification(Tensor::<f64>::full([n, 2], x), vec![0; n], 1).unwrap();
            let standard = Standardizer::of(&set(0.1));
            assert_eq!(standard.deviation().to_vec(), [1.0, 1.0]);
            assert!(standard.apply(&set(0.2)).unwrap().x().to_vec().iter().all(|x| (x - 0.1).abs() < 1e-15), "{n}");
        }
    }

    #[test]
    fn sets_of_another_shape_are_refused() {
        let set = |n| Dataset::<f32>::classification(Tensor::zeros([2, n]), [0, 0], 1).unwrap();
        assert!(matches!(Standardizer::of(&set(2)).apply(&set(3)), Err(DataError::Axes { what: "features", .. })));
    }
}
