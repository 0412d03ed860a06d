//! Two classes that no line divides.

use super::{Point, blurred, checked, classified, distance, uniform};
use crate::dataset::Dataset;
use crate::error::DataError;
use rand::Rng;
use std::f64::consts::{PI, TAU};

const RADIUS: f64 = 5.0;

/// A disc of radius 2.5 (class 1) in a ring from 3.5 to 5 (class 0), half of the points in each.
///
/// With noise the class is read from a point up to `5 * noise` away in each direction. The radius is drawn evenly, so
/// the points are densest at the center.
///
/// # Errors
/// If `n` is 0, or `noise` is below 0 or not finite.
pub fn circle(n: usize, noise: f64, rng: &mut (impl Rng + ?Sized)) -> Result<Dataset, DataError> {
    let noise = checked(noise)?;
    let draw = |i: usize| {
        let (from, to) = if i < n.div_ceil(2) { (0.0, 0.5 * RADIUS) } else { (0.7 * RADIUS, RADIUS) };
        let (r, angle) = (uniform(from, to, rng), uniform(0.0, TAU, rng));
        let point = [r * angle.sin(), r * angle.cos()];
        let seen = blurred(point, RADIUS, noise, rng);
        (point, usize::from(distance(seen, [0.0, 0.0]) < 0.5 * RADIUS))
    };
    classified((0..n).map(draw).collect(), 2)
}

/// A square from -5.3 to 5.3 in quadrants, 0.6 apart: class 1 where x y ≥ 0.
///
/// With noise the class is read from a point up to `5 * noise` away in each direction.
///
/// # Errors
/// If `n` is 0, or `noise` is below 0 or not finite.
pub fn xor(n: usize, noise: f64, rng: &mut (impl Rng + ?Sized)) -> Result<Dataset, DataError> {
    const APART: f64 = 0.3;
    let noise = checked(noise)?;
    let draw = |_| {
        let point: Point = [(); 2].map(|()| {
            let x = uniform(-RADIUS, RADIUS, rng);
            if x > 0.0 { x + APART } else { x - APART }
        });
        let [x, y] = blurred(point, RADIUS, noise, rng);
        (point, usize::from(x * y >= 0.0))
    };
    classified((0..n).map(draw).collect(), 2)
}

/// Two spirals around each other, of one and three quarters turns each: r = 5 i/m and t = 3.5 π i/m (+ π for class 0)
/// for the i-th of m points, at (r sin t, r cos t).
///
/// Noise moves each coordinate by up to `noise`.
///
/// # Errors
/// If `n` is 0, or `noise` is below 0 or not finite.
pub fn spiral(n: usize, noise: f64, rng: &mut (impl Rng + ?Sized)) -> Result<Dataset, DataError> {
    const TURNS: f64 = 1.75;
    let noise = checked(noise)?;
    let mut points = Vec::with_capacity(n);
    for (class, m, begin) in [(1, n.div_ceil(2), 0.0), (0, n / 2, PI)] {
        for i in 0..m {
            let part = i as f64 / m as f64;
            let (r, t) = (RADIUS * part, TURNS * part * TAU + begin);
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
    fn classes_lie_where_they_should() {
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
    fn spirals_as_the_playground_draws_them() {
        let all = points(&spiral(200, 0.0, &mut rng()).unwrap());
        assert_eq!(all[0], ([0.0, 0.0], 1));
        // The 40th of 100: r = 2, t = 1.4 π; the other arm is opposite.
        let (r, t) = (2.0, 1.4 * PI);
        let ([x, y], class) = all[40];
        assert!((x - r * t.sin()).abs() < 1e-6 && (y - r * t.cos()).abs() < 1e-6 && class == 1);
        let ([u, v], class) = all[140];
        assert!((x + u).abs() < 1e-6 && (y + v).abs() < 1e-6 && class == 0);
    }

    #[test]
    fn noise_mixes_classes_but_moves_only_the_spiral() {
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
