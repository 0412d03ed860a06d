//! The curvature estimate from earlier steps.

use std::collections::VecDeque;

/// A step s and the change y of the gradient in it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pair {
    pub(super) s: Vec<f64>,
    pub(super) y: Vec<f64>,
    /// 1 / (s · y)
    rho: f64,
}

impl Pair {
    /// Returns none if the curvature s · y is not positive, because the direction could then be uphill.
    pub(super) fn new(s: Vec<f64>, y: Vec<f64>) -> Option<Self> {
        let curvature = dot(&s, &y);
        let rho = 1.0 / curvature;
        (curvature > 0.0 && rho.is_finite()).then_some(Pair { s, y, rho })
    }
}

/// The last pairs, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct History {
    pub(super) pairs: VecDeque<Pair>,
}

impl History {
    /// Adds a pair, and drops the oldest ones if there are more than `size`.
    pub(super) fn push(&mut self, pair: Pair, size: usize) {
        self.pairs.push_back(pair);
        while self.pairs.len() > size {
            self.pairs.pop_front();
        }
    }

    /// Returns -H g, where H is the estimate of the inverse Hessian from the pairs, starting from γ I with γ = s·y /
    /// y·y of the latest pair. The two loops do not form H (Nocedal and Wright 2006, algorithm 7.4).
    pub(super) fn direction(&self, gradient: &[f64]) -> Vec<f64> {
        let mut q: Vec<f64> = gradient.iter().map(|g| -g).collect();
        let mut alphas = Vec::with_capacity(self.pairs.len());
        for pair in self.pairs.iter().rev() {
            let alpha = pair.rho * dot(&pair.s, &q);
            add(&mut q, -alpha, &pair.y);
            alphas.push(alpha);
        }
        if let Some(latest) = self.pairs.back() {
            let gamma = 1.0 / (latest.rho * dot(&latest.y, &latest.y));
            q.iter_mut().for_each(|q| *q *= gamma);
        }
        for (pair, alpha) in self.pairs.iter().zip(alphas.into_iter().rev()) {
            let beta = pair.rho * dot(&pair.y, &q);
            add(&mut q, alpha - beta, &pair.s);
        }
        q
    }
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// a := a + c b
fn add(a: &mut [f64], c: f64, b: &[f64]) {
    for (a, b) in a.iter_mut().zip(b) {
        *a += c * b;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_direction_without_pairs_is_steepest_descent() {
        assert_eq!(History::default().direction(&[1.0, -2.0]), [-1.0, 2.0]);
    }

    #[test]
    fn conjugate_steps_give_the_inverse_hessian_of_a_quadratic() {
        // ½ xᵀ A x with A = diag(2, 8): y = A s, and along both axes H = A⁻¹.
        let mut history = History::default();
        history.push(Pair::new(vec![1.0, 0.0], vec![2.0, 0.0]).unwrap(), 5);
        history.push(Pair::new(vec![0.0, 0.5], vec![0.0, 4.0]).unwrap(), 5);
        assert_eq!(history.direction(&[6.0, 4.0]), [-3.0, -0.5]);
    }

    /// Compares the two loops with the matrix recursion that they unroll: H := (I - ρ s yᵀ) H (I - ρ y sᵀ) + ρ s sᵀ.
    #[test]
    fn the_two_loops_match_the_matrix_recursion() {
        let pairs = [([1.0, 0.5], [2.0, 0.3]), ([-0.4, 1.0], [0.1, 1.5]), ([0.3, 0.2], [0.5, 0.4])];
        let mut history = History::default();
        for (s, y) in pairs {
            history.push(Pair::new(s.to_vec(), y.to_vec()).unwrap(), 9);
        }
        let (s, y) = pairs[2];
        let gamma = dot(&s, &y) / dot(&y, &y);
        let mut h = [[gamma, 0.0], [0.0, gamma]];
        for (s, y) in pairs {
            let rho = 1.0 / dot(&s, &y);
            let unit = |i: usize, j: usize| f64::from(i == j);
            let entry = |i: usize, j: usize| {
                let mut sum = rho * s[i] * s[j];
                for (k, row) in h.iter().enumerate() {
                    for (l, &h) in row.iter().enumerate() {
                        sum += (unit(i, k) - rho * s[i] * y[k]) * h * (unit(l, j) - rho * y[l] * s[j]);
                    }
                }
                sum
            };
            h = [[entry(0, 0), entry(0, 1)], [entry(1, 0), entry(1, 1)]];
        }
        let g = [0.7, -1.3];
        for (got, row) in history.direction(&g).into_iter().zip(h) {
            assert!((got + dot(&row, &g)).abs() < 1e-12);
        }
    }

    #[test]
    fn only_the_last_pairs_with_positive_curvature_are_kept() {
        assert!(Pair::new(vec![1.0], vec![-1.0]).is_none() && Pair::new(vec![1.0], vec![0.0]).is_none());
        assert!(Pair::new(vec![1.0], vec![f64::NAN]).is_none());
        let mut history = History::default();
        for i in 1..=3 {
            history.push(Pair::new(vec![i as f64], vec![1.0]).unwrap(), 2);
        }
        assert_eq!(history.pairs.iter().map(|pair| pair.s[0]).collect::<Vec<_>>(), [2.0, 3.0]);
    }
}
