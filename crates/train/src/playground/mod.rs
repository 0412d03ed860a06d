//! Synthetic data sets of points in a plane: those of [TensorFlow Playground](https://playground.tensorflow.org), and
//! two of scikit-learn.
//!
//! | set | description | model needed |
//! |---|---|---|
//! | [`gauss`] | two normal distributions | a linear classifier |
//! | [`xor`] | opposite quadrants | a hidden layer of two neurons |
//! | [`circle`] | a disc in a ring | a small hidden layer |
//! | [`spiral`] | two interleaved spirals | several hidden layers or many neurons |
//! | [`moons`] | two interleaved half moons | a small hidden layer |
//! | [`blobs`] | a normal distribution for each class | a linear softmax classifier |
//! | [`plane`] | a value that increases along the diagonal | a linear neuron |
//! | [`gauss_regression`] | six peaks and troughs | a hidden layer |
//!
//! The algorithms are those of the playground's `dataset.ts` and scikit-learn's `make_moons` and `make_blobs`. The
//! points depend only on the given generator, so the same seed gives the same points. Class 1 is the positive class of
//! the playground.
//!
//! ```
//! use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
//! use train::playground;
//!
//! let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
//! let set = playground::spiral(500, 0.0, &mut rng)?;
//! assert_eq!((set.len(), set.class_counts()), (500, vec![250, 250]));
//! assert_eq!(set.x().shape().to_string(), "(500, 2)");
//! # Ok::<(), train::DataError>(())
//! ```

mod clouds;
mod plane;
mod shapes;

pub use clouds::{blobs, gauss, moons};
pub use plane::{gauss_regression, plane};
pub use shapes::{circle, spiral, xor};

use crate::dataset::Dataset;
use crate::error::DataError;
use rand::{Rng, RngExt};
use rand_distr::{Distribution, StandardNormal};
use tensor::Tensor;

type Point = [f64; 2];

/// A uniform random number between `low` and `high`.
fn uniform(low: f64, high: f64, rng: &mut (impl Rng + ?Sized)) -> f64 {
    low + (high - low) * rng.random::<f64>()
}

/// A sample of the isotropic normal distribution around a point.
fn normal([x, y]: Point, std: f64, rng: &mut (impl Rng + ?Sized)) -> Point {
    let mut draw = || -> f64 { StandardNormal.sample(rng) };
    [x + std * draw(), y + std * draw()]
}

/// The point at which a noisy label is evaluated: up to `noise * radius` away in each direction.
fn perturbed([x, y]: Point, radius: f64, noise: f64, rng: &mut (impl Rng + ?Sized)) -> Point {
    [x + uniform(-radius, radius, rng) * noise, y + uniform(-radius, radius, rng) * noise]
}

fn distance(a: Point, b: Point) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

fn checked(noise: f64) -> Result<f64, DataError> {
    if noise >= 0.0 && noise.is_finite() { Ok(noise) } else { Err(DataError::Noise(noise)) }
}

/// A classification set of points and their classes.
fn classified(points: Vec<(Point, usize)>, classes: usize) -> Result<Dataset, DataError> {
    let (points, labels): (Vec<Point>, Vec<usize>) = points.into_iter().unzip();
    Dataset::classification(table(&points), labels, classes)
}

fn table(points: &[Point]) -> Tensor<f32> {
    Tensor::from_vec([points.len(), 2], points.iter().flatten().map(|&x| x as f32).collect::<Vec<f32>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};

    type Make = fn(usize, f64, &mut Xoshiro256PlusPlus) -> Result<Dataset, DataError>;
    const SETS: [Make; 5] = [circle, xor, gauss, spiral, moons];

    #[test]
    fn sets_have_n_points_and_a_seed_determines_them() {
        for make in SETS {
            for n in [1, 2, 7, 200] {
                let [a, b] = [0, 0].map(|_| make(n, 0.1, &mut Xoshiro256PlusPlus::seed_from_u64(3)).unwrap());
                assert_eq!((a.len(), a.x().to_vec()), (n, b.x().to_vec()));
                assert_eq!(a.labels(), b.labels());
            }
        }
    }

    #[test]
    fn invalid_arguments_are_errors() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        for make in SETS {
            assert!(matches!(make(0, 0.0, &mut rng), Err(DataError::Empty)));
            for noise in [-0.1, f64::NAN, f64::INFINITY] {
                assert!(matches!(make(9, noise, &mut rng), Err(DataError::Noise(_))));
            }
        }
        assert!(matches!(plane(0, 0.0, &mut rng), Err(DataError::Empty)));
        assert!(matches!(gauss_regression(4, -1.0, &mut rng), Err(DataError::Noise(_))));
        assert!(matches!(blobs(9, 3, f64::NAN, &mut rng), Err(DataError::Noise(_))));
    }
}
