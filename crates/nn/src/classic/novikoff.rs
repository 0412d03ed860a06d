//! Novikoff's bound on the number of updates of a perceptron.

use super::{ClassicError, dot, rows};
use tensor::Tensor;

/// The relative precision of the largest margin.
const PRECISION: f64 = 1e-13;
/// The maximum number of iterations. The margin of any separating hyperplane gives a valid bound.
const MAX_ITERATIONS: usize = 100_000;

/// Computes the bound of Novikoff (1962) on the number of updates of a perceptron with initial weights 0: (R/γ)².
///
/// R is the largest norm of an example and γ the largest margin: the distance between the nearest example and the best
/// separating hyperplane through the origin. With a bias, each example has an additional input 1. Returns `None` if no
/// hyperplane separates the examples.
///
/// The margin is the distance from the origin to the convex hull of the examples, with the negative ones reflected. It is
/// computed by the algorithm of Mitchell, Demyanov and Malozemov (1974).
///
/// ```
/// use nn::classic::{boolean_inputs, novikoff_bound};
/// let bound = novikoff_bound(&boolean_inputs(2), &[false, false, false, true], true)?; // AND
/// assert!((bound.unwrap() - 51.0).abs() < 1e-6); // R² = 3, γ² = 1/17
/// # Ok::<(), nn::classic::ClassicError>(())
/// ```
///
/// # Errors
/// If `x` is not a matrix of finite values, or the number of labels is not the number of rows.
pub fn novikoff_bound(x: &Tensor<f64>, y: &[bool], bias: bool) -> Result<Option<f64>, ClassicError> {
    let mut points = rows(x, x.shape().last().copied().unwrap_or(0), Some(y.len()))?;
    for (point, &y) in points.iter_mut().zip(y) {
        point.extend(bias.then_some(1.0));
        if !y {
            point.iter_mut().for_each(|x| *x = -*x);
        }
    }
    Ok(bound(&points))
}

/// (R/γ)² for examples of which the negative ones are reflected.
fn bound(points: &[Vec<f64>]) -> Option<f64> {
    let radius = points.iter().map(|p| dot(p, p)).fold(0.0, f64::max);
    let first = points.first()?;
    // A point of the convex hull, and its weights as a convex combination of the examples.
    let mut w = first.clone();
    let mut weights = vec![0.0; points.len()];
    weights[0] = 1.0;
    let mut margin = f64::NEG_INFINITY;
    for _ in 0..MAX_ITERATIONS {
        let along: Vec<f64> = points.iter().map(|p| dot(p, &w)).collect();
        let by = |a: &usize, b: &usize| along[*a].total_cmp(&along[*b]);
        let near = (0..points.len()).min_by(by)?;
        let far = (0..points.len()).filter(|&i| weights[i] > 0.0).max_by(by)?;
        let length = dot(&w, &w).sqrt();
        margin = f64::max(margin, along[near] / length);
        // The distance to the hull lies between the margin and the length.
        if length <= PRECISION * radius.sqrt() || length - margin <= PRECISION * length {
            break;
        }
        let step: Vec<f64> = points[near].iter().zip(&points[far]).map(|(a, b)| a - b).collect();
        let moved = (-dot(&step, &w) / dot(&step, &step)).min(weights[far]);
        // The step rounds to 0, so the precision cannot be improved.
        if moved.is_nan() || moved <= 0.0 {
            break;
        }
        weights[near] += moved;
        weights[far] -= moved;
        w.iter_mut().zip(&step).for_each(|(w, s)| *w += moved * s);
    }
    (margin > 0.0).then(|| radius / (margin * margin))
}

#[cfg(test)]
mod tests {
    use super::super::{Perceptron, Status, boolean_inputs};
    use super::*;
    use proptest::prelude::*;
    use tensor::tensor;

    #[test]
    fn bounds_of_gates() {
        let bound = |y: [u8; 4]| novikoff_bound(&boolean_inputs(2), &y.map(|y| y == 1), true).unwrap();
        for (y, exact) in [([0, 0, 0, 1], 51.0), ([0, 1, 1, 1], 27.0)] {
            let found = bound(y).unwrap();
            assert!((found / exact - 1.0).abs() < 1e-9, "{found}, not {exact}");
            assert!(found >= exact * (1.0 - 1e-12), "the bound is at least the exact one");
        }
        assert_eq!(bound([0, 1, 1, 0]), None);
    }

    #[test]
    fn one_example_or_none() {
        assert_eq!(novikoff_bound(&tensor![[3.0, 4.0]], &[false], false), Ok(Some(1.0)));
        assert_eq!(novikoff_bound(&tensor![[0.0]], &[false], false), Ok(None));
        assert_eq!(novikoff_bound(&Tensor::zeros([0, 2]), &[], true), Ok(None));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]
        /// Separable examples: labeled by a hyperplane, without those near it.
        #[test]
        fn a_perceptron_needs_at_most_the_bound(
            points in prop::collection::vec(prop::array::uniform3(-1.0..1.0_f64), 1..20),
            plane in prop::array::uniform4(-1.0..1.0_f64),
        ) {
            let side = |p: &[f64; 3]| dot(&plane[..3], p) + plane[3];
            let points: Vec<_> = points.into_iter().filter(|p| side(p).abs() > 0.05).collect();
            prop_assume!(!points.is_empty());
            let y: Vec<bool> = points.iter().map(|p| side(p) > 0.0).collect();
            let x = Tensor::from_vec([points.len(), 3], points.as_flattened());
            let report = Perceptron::new(3).max_epochs(100_000).fit(&x, &y).unwrap();
            prop_assert_eq!(report.status, Status::Converged);
            prop_assert_eq!(report.mistakes, 0);
            let bound = report.bound.unwrap();
            // With a tolerance for rounding of the bound.
            prop_assert!(report.updates as f64 <= bound * (1.0 + 1e-12), "{} updates, bound {}", report.updates, bound);
        }
    }
}
