//! Regression sets: values of points in the plane.

use super::{Point, checked, distance, perturbed, table, uniform};
use crate::dataset::Dataset;
use crate::error::DataError;
use rand::Rng;
use tensor::Tensor;

const RADIUS: f64 = 6.0;

/// The value (x + y) / 10 on the square from -6 to 6.
///
/// With noise, it is evaluated at a random point up to `6 * noise` away in each direction.
///
/// # Errors
/// If `n` is 0, or `noise` is negative or not finite.
pub fn plane(n: usize, noise: f64, rng: &mut (impl Rng + ?Sized)) -> Result<Dataset, DataError> {
    valued(n, noise, rng, |[x, y]| (x + y) / 10.0)
}

/// Alternating peaks of height 1 and troughs of depth 1 at (-4, ±2.5), (0, ±2.5), (4, ±2.5), on the square from -6 to
/// 6.
///
/// Each is a cone: 1 - d/2 at the distance d from its center, and 0 beyond 2. Where two overlap, the value is the one
/// with the larger absolute value. With noise, it is evaluated at a random point up to `6 * noise` away in each
/// direction.
///
/// # Errors
/// If `n` is 0, or `noise` is negative or not finite.
pub fn gauss_regression(n: usize, noise: f64, rng: &mut (impl Rng + ?Sized)) -> Result<Dataset, DataError> {
    const CONES: [(Point, f64); 6] = [
        ([-4.0, 2.5], 1.0),
        ([0.0, 2.5], -1.0),
        ([4.0, 2.5], 1.0),
        ([-4.0, -2.5], -1.0),
        ([0.0, -2.5], 1.0),
        ([4.0, -2.5], -1.0),
    ];
    valued(n, noise, rng, |p| {
        let heights = CONES.iter().map(|&(center, sign)| sign * (1.0 - distance(p, center) / 2.0).clamp(0.0, 1.0));
        heights.fold(0.0, |max, h| if f64::abs(h) > f64::abs(max) { h } else { max })
    })
}

fn valued(
    n: usize,
    noise: f64,
    rng: &mut (impl Rng + ?Sized),
    value: impl Fn(Point) -> f64,
) -> Result<Dataset, DataError> {
    let noise = checked(noise)?;
    let draw = |_| {
        let point = [(); 2].map(|()| uniform(-RADIUS, RADIUS, rng));
        (point, value(perturbed(point, RADIUS, noise, rng)) as f32)
    };
    let (points, values): (Vec<Point>, Vec<f32>) = (0..n).map(draw).unzip();
    Dataset::regression(table(&points), Tensor::from_vec([n, 1], values))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};

    fn rows(set: &Dataset) -> Vec<(Point, f64)> {
        let (x, y) = (set.x().to_vec(), set.targets().to_vec());
        x.chunks(2).zip(y).map(|(p, y)| ([f64::from(p[0]), f64::from(p[1])], f64::from(y))).collect()
    }

    #[test]
    fn values_of_the_plane() {
        let set = plane(100, 0.0, &mut Xoshiro256PlusPlus::seed_from_u64(2)).unwrap();
        assert!(rows(&set).iter().all(|([x, y], value)| ((x + y) / 10.0 - value).abs() < 1e-6));
    }

    #[test]
    fn values_of_peaks_and_troughs() {
        let set = gauss_regression(2000, 0.0, &mut Xoshiro256PlusPlus::seed_from_u64(2)).unwrap();
        for ([x, y], value) in rows(&set) {
            // An independent formula: the sign alternates along both axes, and the value between the cones is 0.
            let nearest = [-4.0, 0.0, 4.0].into_iter().min_by(|a, b| (x - a).abs().total_cmp(&(x - b).abs())).unwrap();
            let d = ((x - nearest).powi(2) + (y.abs() - 2.5).powi(2)).sqrt();
            let sign = if (nearest == 0.0) == (y < 0.0) { 1.0 } else { -1.0 };
            let expected = sign * (1.0 - d / 2.0).max(0.0);
            assert!((value - expected).abs() < 1e-5, "{value} at ({x}, {y}), expected {expected}");
        }
    }
}
