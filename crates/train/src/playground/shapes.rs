//! Classification sets that are not linearly separable.

use super::{Point, checked, classified, distance, perturbed, uniform};
use crate::dataset::Dataset;
use crate::error::DataError;
use rand::Rng;
use std::f64::consts::{PI, TAU};

const RADIUS: f64 = 5.0;

/// A disc of radius 2.5 (class 1) inside a ring from 3.5 to 5 (class 0), each with half of the points.
///
/// With noise, the class is that of a random point up to `5 * noise` away in each direction. The radius is uniformly
/// distributed, so the points are densest at the center.
///
/// # Errors
/// If `n` is 0, or `noise` is negative or not finite.
pub fn circle(n: usize, noise: f64, rng: &mut (impl Rng + ?Sized)) -> Result<Dataset, DataError> {
    let noise = checked(noise)?;
    let draw = |i: usize| {
        let (from, to) = if i < n.div_ceil(2) { (0.0, 0.5 * RADIUS) } else { (0.7 * RADIUS, RADIUS) };
        let (r, angle) = (uniform(from, to, rng), uniform(0.0, TAU, rng));
        let point = [r * angle.sin(), r * angle.cos()];
        let noisy = perturbed(point, RADIUS, noise, rng);
        (point, usize::from(distance(noisy, [0.0, 0.0]) < 0.5 * RADIUS))
    };
    classified((0..n).map(draw).collect(), 2)
}

/// The four quadrants of a square from -5.3 to 5.3, separated by gaps of 0.6: class 1 where x y ≥ 0.
///
/// With noise, the class is that of a random point up to `5 * noise` away in each direction.
///
/// # Errors
/// If `n` is 0, or `noise` is negative or not finite.
pub fn xor(n: usize, noise: f64, rng: &mut (impl Rng + ?Sized)) -> Result<Dataset, DataError> {
    const PADDING: f64 = 0.3;
    let noise = checked(noise)?;
    let draw = |_| {
        let point: Point = [(); 2].map(|()| {
            let x = uniform(-RADIUS, RADIUS, rng);
            if x > 0.0 { x + PADDING } else { x - PADDING }
        });
        let [x, y] = perturbed(point, RADIUS, noise, rng);
        (point, usize::from(x * y >= 0.0))
    };
    classified((0..n).map(draw).collect(), 2)
}

/// Two interleaved spirals of 1.75 turns each: the i-th of m points is (r sin t, r cos t) with r = 5 i/m and t = 3.5 π
/// i/m (+ π for class 0).
///
/// Each coordinate is moved by a random amount up to `noise`.
///
/// # Errors
/// If `n` is 0, or `noise` is negative or not finite.
pub fn spiral(n: usize, noise: f64, rng: &mut (impl Rng + ?Sized)) -> Result<Dataset, DataError> {
    const TURNS: f64 = 1.75;
    let noise = checked(noise)?;
    let mut points = Vec::with_capacity(n);
    for (class, m, begin) in [(1, n.div_ceil(2), 0.0), (0, n / 2, PI)] {
        for i in 0..m {
            let fraction = i as f64 / m as f64;
            let (r, t) = (RADIUS * fraction, TURNS * fraction * TAU + begin);
            let point = [r * t.sin(), r * t.cos()].map(|x| x + uniform(-1.0, 1.0, rng) * noise);
            points.push((point, class));
        }
    }
    classified(points, 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};

    fn rng() -> Xoshiro256PlusPlus {
        Xoshiro256PlusPlus::seed_from_u64(7)
    }

    fn points(set: &Dataset) -> Vec<(Point, usize)> {
        let x = set.x().to_vec();
        let points = x.chunks(2).map(|p| [f64::from(p[0]), f64::from(p[1])]);
        points.zip(set.labels().iter().copied()).collect()
    }

    #[test]
    fn regions_of_the_classes() {
        for (p, class) in points(&circle(300, 0.0, &mut rng()).unwrap()) {
            let r = distance(p, [0.0, 0.0]);
            assert!(if class == 1 { r < 2.5 } else { (3.5..=5.0001).contains(&r) }, "{p:?} {class}");
        }
        for ([x, y], class) in points(&xor(300, 0.0, &mut rng()).unwrap()) {
            assert!(x.abs() >= 0.29 && y.abs() >= 0.29 && x.abs() < 5.31);
            assert_eq!(class == 1, x * y > 0.0);
        }
    }

    #[test]
    fn spirals_match_the_playground() {
        let all = points(&spiral(200, 0.0, &mut rng()).unwrap());
        assert_eq!(all[0], ([0.0, 0.0], 1));
        // The 40th of 100 points: r = 2, t = 1.4 π; the other spiral is opposite.
        let (r, t) = (2.0, 1.4 * PI);
        let ([x, y], class) = all[40];
        assert!((x - r * t.sin()).abs() < 1e-6 && (y - r * t.cos()).abs() < 1e-6 && class == 1);
        let ([u, v], class) = all[140];
        assert!((x + u).abs() < 1e-6 && (y + v).abs() < 1e-6 && class == 0);
    }

    #[test]
    fn noise_changes_labels_of_the_circle_and_moves_points_of_the_spiral() {
        let (clean, noisy) = (circle(400, 0.0, &mut rng()).unwrap(), circle(400, 0.3, &mut rng()).unwrap());
        assert_eq!(clean.class_counts(), [200, 200]);
        assert_eq!(clean.x().to_vec(), circle(400, 0.0, &mut rng()).unwrap().x().to_vec());
        let wrong = |set: &Dataset| {
            points(set).iter().filter(|(p, class)| (distance(*p, [0.0, 0.0]) < 2.5) != (*class == 1)).count()
        };
        assert_eq!(wrong(&clean), 0);
        assert!((20..200).contains(&wrong(&noisy)), "{}", wrong(&noisy));
        let moved = points(&spiral(100, 0.5, &mut rng()).unwrap());
        assert!(moved[0].0 != [0.0, 0.0] && distance(moved[0].0, [0.0, 0.0]) <= 0.5 * 2.0_f64.sqrt());
    }
}
