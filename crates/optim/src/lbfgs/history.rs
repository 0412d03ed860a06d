//! What earlier steps tell about curvature.

use std::collections::VecDeque;

/// A step s and the change y of the gradient over it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pair {
    pub(super) s: Vec<f64>,
    pub(super) y: Vec<f64>,
    /// 1 / (s · y)
    rho: f64,
}

impl Pair {
    /// None where the curvature along the step is not positive: it would make a direction that goes uphill.
    pub(super) fn new(s: Vec<f64>, y: Vec<f64>) -> Option<Self> {
        let curvature = dot(&s, &y);
        let rho = 1.0 / curvature;
        (curvature > 0.0 && rho.is_finite()).then_some(Pair { s, y, rho })
    }
}

/// The latest pairs, oldest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct History {
    pub(super) pairs: VecDeque<Pair>,
}

impl History {
    /// Remembers a pair, and forgets the oldest if there are more than `most`.
    pub(super) fn push(&mut self, pair: Pair, most: usize) {
        self.pairs.push_back(pair);
        while self.pairs.len() > most {
            self.pairs.pop_front();
        }
    }

    /// -H g, where H is the inverse Hessian as the pairs tell it, from γ I with γ = s·y / y·y of the latest; in two
    /// loops, without forming it (Nocedal and Wright 2006, algorithm 7.4).
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
    fn without_pairs_it_is_steepest_descent() {
        assert_eq!(History::default().direction(&[1.0, -2.0]), [-1.0, 2.0]);
    }

    #[test]
    fn conjugate_steps_tell_a_quadratic_whole() {
        // ½ xᵀ A x with A = diag(2, 8): y = A s, and along both axes H = A⁻¹.
        let mut history = History::default();
        history.push(Pair::new(vec![1.0, 0.0], vec![2.0, 0.0]).unwrap(), 5);
        history.push(Pair::new(vec![0.0, 0.5], vec![0.0, 4.0]).unwrap(), 5);
        assert_eq!(history.direction(&[6.0, 4.0]), [-3.0, -0.5]);
    }

    /// The two loops against the matrix recursion that they unroll: H := (I - ρ s yᵀ) H (I - ρ y sᵀ) + ρ s sᵀ.
    #[test]
    fn the_two_loops_are_the_matrices() {
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
    fn only_the_latest_and_only_curved_ones() {
        assert!(Pair::new(vec![1.0], vec![-1.0]).is_none() && Pair::new(vec![1.0], vec![0.0]).is_none());
        assert!(Pair::new(vec![1.0], vec![f64::NAN]).is_none());
        let mut history = History::default();
        for i in 1..=3 {
            history.push(Pair::new(vec![i as f64], vec![1.0]).unwrap(), 2);
        }
        assert_eq!(history.pairs.iter().map(|pair| pair.s[0]).collect::<Vec<_>>(), [2.0, 3.0]);
    }
}
