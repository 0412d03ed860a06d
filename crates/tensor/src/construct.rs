//! Constructors of tensors.

use crate::real::Real;
use crate::shape::Shape;
use crate::tensor::Tensor;
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal, StandardUniform};

/// Creates a tensor from nested arrays: `tensor![1.0, 2.0]`, `tensor![[1.0, 2.0], [3.0, 4.0]]`, up to four levels deep.
///
/// Rows of unequal length do not compile.
///
/// ```
/// use tensor::{Tensor, tensor};
/// let m: Tensor<f32> = tensor![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
/// assert_eq!(m.shape().to_string(), "(2, 3)");
/// ```
#[macro_export]
macro_rules! tensor {
    ($($x:expr),+ $(,)?) => { $crate::Tensor::from([$($x),+]) };
}

impl<T: Real, const A: usize> From<[T; A]> for Tensor<T> {
    fn from(x: [T; A]) -> Self {
        Tensor::build(A, |out| out.copy_from_slice(&x))
    }
}
impl<T: Real, const A: usize, const B: usize> From<[[T; B]; A]> for Tensor<T> {
    fn from(x: [[T; B]; A]) -> Self {
        Tensor::build([A, B], |out| out.copy_from_slice(x.as_flattened()))
    }
}
impl<T: Real, const A: usize, const B: usize, const C: usize> From<[[[T; C]; B]; A]> for Tensor<T> {
    fn from(x: [[[T; C]; B]; A]) -> Self {
        Tensor::build([A, B, C], |out| out.copy_from_slice(x.as_flattened().as_flattened()))
    }
}
impl<T: Real, const A: usize, const B: usize, const C: usize, const D: usize> From<[[[[T; D]; C]; B]; A]>
    for Tensor<T>
{
    fn from(x: [[[[T; D]; C]; B]; A]) -> Self {
        Tensor::build([A, B, C, D], |out| out.copy_from_slice(x.as_flattened().as_flattened().as_flattened()))
    }
}

impl<T: Real> From<Vec<T>> for Tensor<T> {
    fn from(x: Vec<T>) -> Self {
        Tensor::build(x.len(), |out| out.copy_from_slice(&x))
    }
}
impl<T: Real> From<&[T]> for Tensor<T> {
    fn from(x: &[T]) -> Self {
        Tensor::build(x.len(), |out| out.copy_from_slice(x))
    }
}
impl<T: Real> FromIterator<T> for Tensor<T> {
    fn from_iter<I: IntoIterator<Item = T>>(x: I) -> Self {
        Tensor::from(x.into_iter().collect::<Vec<T>>())
    }
}

impl<T: Real> Tensor<T> {
    /// Creates a 0-d tensor.
    #[inline]
    pub fn scalar(x: T) -> Self {
        Tensor::build((), |out| out[0] = x)
    }

    /// Creates a tensor whose elements all equal `value`.
    #[track_caller]
    pub fn full(shape: impl Into<Shape>, value: T) -> Self {
        Tensor::build(shape, |out| out.fill(value))
    }

    /// Creates a tensor of zeros.
    #[track_caller]
    pub fn zeros(shape: impl Into<Shape>) -> Self {
        Tensor::full(shape, T::ZERO)
    }

    /// Creates a tensor of ones.
    #[track_caller]
    pub fn ones(shape: impl Into<Shape>) -> Self {
        Tensor::full(shape, T::ONE)
    }

    /// Creates the identity matrix of shape `(n, n)`.
    #[track_caller]
    pub fn eye(n: usize) -> Self {
        Tensor::from_fn([n, n], |i| if i[0] == i[1] { T::ONE } else { T::ZERO })
    }

    /// Creates the vector `0, 1, ..., n - 1`.
    #[track_caller]
    pub fn arange(n: usize) -> Self {
        Tensor::from_fn(n, |i| T::from_usize(i[0]))
    }

    /// Creates a vector of `n` evenly spaced values from `start` to `end`, both included; only `start` if `n` is 1.
    ///
    /// ```
    /// # use tensor::{Tensor, tensor};
    /// assert_eq!(Tensor::linspace(0.0, 1.0, 5), tensor![0.0, 0.25, 0.5, 0.75, 1.0]);
    /// ```
    #[track_caller]
    pub fn linspace(start: T, end: T, n: usize) -> Self {
        Tensor::from_fn(n, |i| match i[0] {
            0 => start,
            k if k == n - 1 => end,
            k => start + (end - start) * T::from_usize(k) / T::from_usize(n - 1),
        })
    }

    /// Creates a tensor of the given shape from elements in row-major order.
    ///
    /// # Panics
    /// If `data` does not hold exactly as many elements as the shape.
    #[track_caller]
    pub fn from_vec(shape: impl Into<Shape>, data: impl AsRef<[T]>) -> Self {
        let (shape, data) = (shape.into(), data.as_ref());
        if shape.size() != data.len() {
            panic!("from_vec: shape {shape} holds {} elements, but {} were given", shape.size(), data.len());
        }
        Tensor::build(shape, |out| out.copy_from_slice(data))
    }

    /// Creates a tensor whose elements are computed from their indices, in row-major order.
    ///
    /// ```
    /// # use tensor::{Tensor, tensor};
    /// let t = Tensor::from_fn([2, 2], |i| (10 * i[0] + i[1]) as f64);
    /// assert_eq!(t, tensor![[0.0, 1.0], [10.0, 11.0]]);
    /// ```
    #[track_caller]
    pub fn from_fn(shape: impl Into<Shape>, mut f: impl FnMut(&[usize]) -> T) -> Self {
        let shape = shape.into();
        let mut index = vec![0; shape.rank()];
        Tensor::build(&shape, |out| {
            for o in out {
                *o = f(&index);
                for axis in (0..index.len()).rev() {
                    index[axis] += 1;
                    if index[axis] < shape[axis] {
                        break;
                    }
                    index[axis] = 0;
                }
            }
        })
    }

    /// Creates a tensor of samples from the uniform distribution over `low..high`.
    ///
    /// # Panics
    /// If `low > high`, or if a bound or `high - low` is not finite.
    #[track_caller]
    pub fn random_uniform(shape: impl Into<Shape>, low: T, high: T, rng: &mut (impl Rng + ?Sized)) -> Self
    where
        StandardUniform: Distribution<T>,
    {
        assert!(low <= high && (high - low).is_finite(), "random_uniform: {low}..{high} is not a finite interval");
        Tensor::build(shape, |out| out.fill_with(|| low + (high - low) * rng.random::<T>()))
    }

    /// Creates a tensor of samples from the normal distribution with the given mean and standard deviation.
    #[track_caller]
    pub fn random_normal(shape: impl Into<Shape>, mean: T, std: T, rng: &mut (impl Rng + ?Sized)) -> Self
    where
        StandardNormal: Distribution<T>,
    {
        Tensor::build(shape, |out| out.fill_with(|| mean + std * StandardNormal.sample(rng)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::Xoshiro256PlusPlus;

    #[test]
    fn four_nested_arrays() {
        let t: Tensor<f64> = tensor![[[[1.0, 2.0]], [[3.0, 4.0]]]];
        assert_eq!(t.shape(), &Shape::from([1, 2, 1, 2]));
        assert_eq!(t.to_vec(), [1.0, 2.0, 3.0, 4.0]);
    }

    #[test]
    fn linspace_includes_both_ends() {
        let t = Tensor::linspace(0.1, 0.7, 4);
        assert_eq!((t.at([0]), t.at([3])), (0.1, 0.7));
        assert_eq!(Tensor::linspace(2.0, 9.0, 1), tensor![2.0]);
        assert_eq!(Tensor::<f64>::linspace(2.0, 9.0, 0).size(), 0);
    }

    #[test]
    fn random_samples_are_seeded_and_have_the_right_moments() {
        let draw = |seed| Tensor::<f64>::random_normal(20_000, 1.0, 2.0, &mut Xoshiro256PlusPlus::seed_from_u64(seed));
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        let v = draw(3).to_vec();
        let mean = v.iter().sum::<f64>() / v.len() as f64;
        let var = v.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / v.len() as f64;
        assert!((mean - 1.0).abs() < 0.06 && (var - 4.0).abs() < 0.2, "{mean} {var}");
        let u = Tensor::<f32>::random_uniform(1000, -1.0, 3.0, &mut Xoshiro256PlusPlus::seed_from_u64(3)).to_vec();
        assert!(u.iter().all(|&x| (-1.0..3.0).contains(&x)));
    }

    #[test]
    #[should_panic(expected = "from_vec: shape (2, 2) holds 4 elements, but 3 were given")]
    fn too_few_elements_panic() {
        Tensor::from_vec([2, 2], vec![1.0, 2.0, 3.0]);
    }
}
