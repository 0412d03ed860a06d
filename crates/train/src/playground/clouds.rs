//! Normally distributed classes, and two half moons.

use super::{Point, checked, classified, normal, uniform};
use crate::dataset::Dataset;
use crate::error::DataError;
use rand::Rng;
use std::f64::consts::PI;

/// Two normal distributions with means (2, 2) (class 1) and (-2, -2) (class 0), and variance 1/2 + 7 `noise`.
///
/// The noise of the playground is between 0 and 1/2, so its variance is between 1/2 and 4.
///
/// # Errors
/// If `n` is 0, or `noise` is negative or not finite.
pub fn gauss(n: usize, noise: f64, rng: &mut (impl Rng + ?Sized)) -> Result<Dataset, DataError> {
    let std = (0.5 + 7.0 * checked(noise)?).sqrt();
    let draw = |i: usize| {
        let class = usize::from(i < n.div_ceil(2));
        let center = if class == 1 { 2.0 } else { -2.0 };
        (normal([center; 2], std, rng), class)
    };
    classified((0..n).map(draw).collect(), 2)
}

/// Two half moons of radius 1: (cos t, sin t) for class 0 and (1 - cos t, 1/2 - sin t) for class 1, with equidistant t
/// from 0 to π. `noise` is the standard deviation of the normal noise added to each coordinate.
///
/// # Errors
/// If `n` is 0, or `noise` is negative or not finite.
pub fn moons(n: usize, noise: f64, rng: &mut (impl Rng + ?Sized)) -> Result<Dataset, DataError> {
    let noise = checked(noise)?;
    let outer = n / 2;
    let draw = |i: usize| {
        let (k, m, class) = if i < outer { (i, outer, 0) } else { (i - outer, n - outer, 1) };
        let t = PI * k as f64 / (m.max(2) - 1) as f64;
        let point = if class == 0 { [t.cos(), t.sin()] } else { [1.0 - t.cos(), 0.5 - t.sin()] };
        (normal(point, noise, rng), class)
    };
    classified((0..n).map(draw).collect(), 2)
}

/// A normal distribution for each class, with standard deviation `std` and a center drawn uniformly from the square
/// from -10 to 10. The first classes have one more point if `n` is not a multiple of `classes`.
///
/// # Errors
/// If `n` or `classes` is 0, or `std` is negative or not finite.
pub fn blobs(n: usize, classes: usize, std: f64, rng: &mut (impl Rng + ?Sized)) -> Result<Dataset, DataError> {
    const LIMIT: f64 = 10.0;
    let std = checked(std)?;
    let centers: Vec<Point> = (0..classes).map(|_| [(); 2].map(|()| uniform(-LIMIT, LIMIT, rng))).collect();
    let mut points = Vec::with_capacity(n);
    for (class, &center) in centers.iter().enumerate() {
        let count = n / classes + usize::from(class < n % classes);
        points.extend((0..count).map(|_| (normal(center, std, rng), class)));
    }
    classified(points, classes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};

    fn rng() -> Xoshiro256PlusPlus {
        Xoshiro256PlusPlus::seed_from_u64(7)
    }

    #[test]
    fn means_and_variances_of_the_classes() {
        for (noise, variance) in [(0.0, 0.5), (0.5, 4.0)] {
            let set = gauss(4000, noise, &mut rng()).unwrap();
            let x = set.x().to_vec();
            let (first, second) = x.split_at(4000);
            let mean = |x: &[f32]| x.iter().map(|&x| f64::from(x)).sum::<f64>() / x.len() as f64;
            assert!((mean(first) - 2.0).abs() < 0.1 && (mean(second) + 2.0).abs() < 0.1);
            let spread = first.iter().map(|&x| (f64::from(x) - 2.0).powi(2)).sum::<f64>() / 4000.0;
            assert!((spread / variance - 1.0).abs() < 0.1, "{spread} for {variance}");
            assert_eq!(set.class_counts(), [2000, 2000]);
        }
    }

    #[test]
    fn moons_match_scikit_learn() {
        let set = moons(6, 0.0, &mut rng()).unwrap();
        let expected = [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [0.0, 0.5], [1.0, -0.5], [2.0, 0.5]];
        let x = set.x().to_vec();
        assert!(x.iter().zip(expected.as_flattened()).all(|(a, b)| (f64::from(*a) - b).abs() < 1e-6), "{x:?}");
        assert_eq!(set.labels(), [0, 0, 0, 1, 1, 1]);
    }

    #[test]
    fn blobs_divide_the_points_among_the_classes() {
        let set = blobs(11, 3, 0.0, &mut rng()).unwrap();
        assert_eq!(set.class_counts(), [4, 4, 3]);
        let x = set.x().to_vec();
        assert_eq!(x[..2], x[2..4], "with a standard deviation of 0, all points of a class are its center");
        assert!(x.iter().all(|x| x.abs() <= 10.0));
        assert!(blobs(5, 0, 1.0, &mut rng()).is_err());
    }
}
