//! Points in a plane to learn from: the data sets of [TensorFlow Playground](https://playground.tensorflow.org), and
//! two of scikit-learn.
//!
//! | set | what it is | what it takes |
//! |---|---|---|
//! | [`gauss`] | two clouds | a line |
//! | [`xor`] | opposite quadrants | two lines |
//! | [`circle`] | a disc in a ring | a closed curve |
//! | [`spiral`] | two arms around each other | a good many neurons |
//! | [`moons`] | two half moons, each in the other's bow | a bent line |
//! | [`blobs`] | a cloud for each class | a softmax |
//! | [`plane`] | a value that rises along the diagonal | a linear neuron |
//! | [`gauss_regression`] | six hills and hollows | a hidden layer |
//!
//! The generators follow the playground's `dataset.ts` and scikit-learn's `make_moons` and `make_blobs`; the random
//! numbers are those of the generator given, so the same seed makes the same points. Class 1 is what the playground
//! calls positive.
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

/// An even draw from low to high.
fn uniform(low: f64, high: f64, rng: &mut (impl Rng + ?Sized)) -> f64 {
    low + (high - low) * rng.random::<f64>()
}

/// A draw from the normal distribution around a point, the same in all directions.
fn normal([x, y]: Point, deviation: f64, rng: &mut (impl Rng + ?Sized)) -> Point {
    let mut draw = || -> f64 { StandardNormal.sample(rng) };
    [x + deviation * draw(), y + deviation * draw()]
}

/// What a label is read from where there is noise: a point up to `noise * reach` away in each direction.
fn blurred([x, y]: Point, reach: f64, noise: f64, rng: &mut (impl Rng + ?Sized)) -> Point {
    [x + uniform(-reach, reach, rng) * noise, y + uniform(-reach, reach, rng) * noise]
}

fn distance(a: Point, b: Point) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

fn checked(noise: f64) -> Result<f64, DataError> {
    if noise >= 0.0 && noise.is_finite() { Ok(noise) } else { Err(DataError::Noise(noise)) }
}

/// Points with a class each.
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
    fn as_many_as_asked_for_and_the_same_from_the_same_seed() {
        for make in SETS {
            for n in [1, 2, 7, 200] {
                let [a, b] = [0, 0].map(|_| make(n, 0.1, &mut Xoshiro256PlusPlus::seed_from_u64(3)).unwrap());
                assert_eq!((a.len(), a.x().to_vec()), (n, b.x().to_vec()));
                assert_eq!(a.labels(), b.labels());
            }
        }
    }

    #[test]
    fn nothing_and_nonsense_are_refused() {
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
