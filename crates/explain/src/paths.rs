//! The gradient as a sum over all paths from the output to a variable.
//!
//! The contribution of a path is the product of the local derivatives along it; the gradient is the sum over all paths.
//! The number of paths can be exponential in the size of the graph, so one pass counts them first. If there are few,
//! all are listed. Otherwise the largest are found by best-first search, which always extends the prefix with the
//! largest upper bound.

use crate::explanation::{Edge, Explanation};
use crate::form::Form;
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use tensor::Tensor;

/// The paths from the output to one node.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Paths {
    /// The index of the node in [`Explanation::steps`].
    pub to: usize,
    /// The number of paths, up to the precision of `f64`.
    pub count: f64,
    /// The paths of largest absolute contribution, largest first: all paths if they are not more than the limit.
    pub paths: Vec<Path>,
    /// The gradient, the sum over all paths.
    pub gradient: f64,
}

/// One path, and its contribution to the gradient.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Path {
    /// The indices in [`Explanation::steps`], from the output to the node.
    pub steps: Vec<usize>,
    /// For each step except the last: the index of the edge that the path follows.
    pub edges: Vec<usize>,
    /// For each edge: the local derivative for scalars; for tensors, the factor by which the sum of the adjoint
    /// changes.
    pub factors: Vec<f64>,
    /// The product of the factors and the cotangent. For a tensor: the sum over its elements.
    pub contribution: f64,
}

impl Paths {
    /// Returns the contribution of a path in percent of the gradient; NaN if the gradient is 0.
    pub fn percent(&self, path: &Path) -> f64 {
        100.0 * path.contribution / self.gradient
    }

    /// Returns whether all paths are listed.
    pub fn is_complete(&self) -> bool {
        self.paths.len() as f64 == self.count
    }
}

impl Explanation {
    /// Returns the paths from the output to the step with index `to`, at most `most` of them.
    ///
    /// For scalars, the contribution of a path is the product of its local derivatives. If there are tensors on a path,
    /// the adjoint is propagated along it, and the sum over the elements of the result is listed. In this case there is
    /// no search for the largest paths: the list is empty if there are more than `most`, or if a Jacobian is too large
    /// to be stored.
    ///
    /// ```
    /// use autograd::Tape;
    /// use explain::Explainable;
    /// let tape = Tape::new();
    /// let x = tape.var(3.0_f64).named("x");
    /// let e = (x * x * 2.0 + x).explain();
    /// let paths = e.paths(e.wanted[0], 10);
    /// assert_eq!((paths.count, paths.gradient), (3.0, 13.0));
    /// assert_eq!(paths.paths.iter().map(|p| p.contribution).collect::<Vec<_>>(), [6.0, 6.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If `to` is not the index of a step.
    #[track_caller]
    pub fn paths(&self, to: usize, most: usize) -> Paths {
        assert!(to < self.steps.len(), "paths: expected the index of a step, below {}, got {to}", self.steps.len());
        let leads = self.counts(to);
        let gradient = self.steps[to].adjoint.as_ref().map_or(0.0, |g| g.to_vec().iter().sum());
        let count = leads[0];
        let scalar = self.steps.iter().zip(&leads).all(|(s, &n)| n == 0.0 || s.value.size() == 1);
        let paths = match scalar {
            _ if most == 0 => vec![],
            true => self.largest(to, most),
            false if count <= most as f64 => self.follow_tensors(to, &leads),
            false => vec![],
        };
        Paths { to, count, paths, gradient }
    }

    /// Returns the number of paths from each step to `to`.
    fn counts(&self, to: usize) -> Vec<f64> {
        let mut counts = vec![0.0; self.steps.len()];
        counts[to] = 1.0;
        for at in (0..to).rev() {
            counts[at] = self.steps[at].edges.iter().map(|edge| counts[edge.to]).sum();
        }
        counts
    }

    /// Returns the largest paths through scalars, by best-first search. The bound of a prefix is its product times the
    /// largest product of any continuation.
    fn largest(&self, to: usize, most: usize) -> Vec<Path> {
        let derivative = |edge: &Edge| edge.factor.values.as_ref().map_or(f64::NAN, |d| d.to_vec()[0]);
        let mut bound = vec![f64::NEG_INFINITY; self.steps.len()]; // logarithm of the largest product from here
        bound[to] = 0.0;
        let reaches = self.counts(to);
        for at in (0..to).rev() {
            let edges = self.steps[at].edges.iter().filter(|e| reaches[e.to] > 0.0);
            bound[at] = edges.map(|e| size(derivative(e)) + bound[e.to]).fold(f64::NEG_INFINITY, f64::max);
        }
        let mut heap = BinaryHeap::new();
        if reaches[0] > 0.0 {
            heap.push(Prefix { bound: bound[0], so_far: 0.0, at: 0, edges: vec![] });
        }
        let mut found = Vec::new();
        while let Some(prefix) = heap.pop() {
            if prefix.at == to {
                found.push(self.path(&prefix.edges, &derivative));
                if found.len() == most {
                    break;
                }
                continue;
            }
            for (k, edge) in self.steps[prefix.at].edges.iter().enumerate().filter(|(_, e)| reaches[e.to] > 0.0) {
                let so_far = prefix.so_far + size(derivative(edge));
                let mut edges = prefix.edges.clone();
                edges.push(k);
                heap.push(Prefix { bound: so_far + bound[edge.to], so_far, at: edge.to, edges });
            }
        }
        found
    }

    fn path(&self, edges: &[usize], derivative: &dyn Fn(&Edge) -> f64) -> Path {
        let mut path = Path { steps: vec![0], edges: edges.to_vec(), factors: vec![], contribution: 0.0 };
        let mut product = self.cotangent.to_vec()[0];
        let mut at = 0;
        for &k in edges {
            let edge = &self.steps[at].edges[k];
            let d = derivative(edge);
            // A zero contribution is absent, also if the other factor is infinite.
            product = if product == 0.0 || d == 0.0 { 0.0 } else { product * d };
            path.factors.push(d);
            path.steps.push(edge.to);
            at = edge.to;
        }
        path.contribution = product;
        path
    }

    /// Returns all paths, if there are tensors on them.
    fn follow_tensors(&self, to: usize, leads: &[f64]) -> Vec<Path> {
        struct Open {
            steps: Vec<usize>,
            edges: Vec<usize>,
            factors: Vec<f64>,
            adjoint: Tensor<f64>,
        }
        let mut open = vec![Open { steps: vec![0], edges: vec![], factors: vec![], adjoint: self.cotangent.clone() }];
        let mut found = Vec::new();
        while let Some(path) = open.pop() {
            let at = path.steps[path.steps.len() - 1];
            let total: f64 = path.adjoint.to_vec().iter().sum();
            if at == to {
                found.push(Path { steps: path.steps, edges: path.edges, factors: path.factors, contribution: total });
                continue;
            }
            for (k, edge) in self.steps[at].edges.iter().enumerate().filter(|(_, e)| leads[e.to] > 0.0) {
                let Some(adjoint) = self.through(at, edge, &path.adjoint) else { return vec![] };
                let with = |mut list: Vec<usize>, x| {
                    list.push(x);
                    list
                };
                let mut factors = path.factors.clone();
                factors.push(adjoint.to_vec().iter().sum::<f64>() / total);
                open.push(Open {
                    steps: with(path.steps.clone(), edge.to),
                    edges: with(path.edges.clone(), k),
                    factors,
                    adjoint,
                });
            }
        }
        found.sort_by(|a, b| b.contribution.abs().total_cmp(&a.contribution.abs()));
        found
    }

    /// Propagates an adjoint along an edge; `None` if the values of the factor are not stored.
    fn through(&self, at: usize, edge: &Edge, g: &Tensor<f64>) -> Option<Tensor<f64>> {
        let values = edge.factor.values.as_ref()?;
        let (y, x) = (&self.steps[at].value, &self.steps[edge.to].value);
        let product = |g: Vec<f64>, d: Vec<f64>| -> Vec<f64> {
            g.into_iter().zip(d).map(|(g, d)| if g == 0.0 || d == 0.0 { 0.0 } else { g * d }).collect()
        };
        Some(match edge.factor.form {
            Form::Elementwise => {
                let all = product(g.to_vec(), values.broadcast_to(y.shape().clone()).to_vec());
                Tensor::from_vec(y.shape().clone(), all).sum_to(x.shape())
            }
            Form::Linear => {
                let (n, m) = (y.size(), x.size());
                g.reshape(n).matmul(&values.reshape([n, m])).reshape(x.shape().clone())
            }
            Form::Weights => {
                let g = g.reshape(edge.factor.adjoint_shape.clone()).broadcast_to(x.shape().clone());
                Tensor::from_vec(x.shape().clone(), product(g.to_vec(), values.to_vec()))
            }
        })
    }
}

/// The logarithm of the size of a factor. NaN counts as infinite, so that paths with NaN are listed first.
fn size(x: f64) -> f64 {
    if x.is_nan() { f64::INFINITY } else { x.abs().max(f64::MIN_POSITIVE).ln() }
}

/// The first edges of a path.
struct Prefix {
    bound: f64,
    so_far: f64,
    at: usize,
    edges: Vec<usize>,
}

impl Ord for Prefix {
    fn cmp(&self, other: &Self) -> Ordering {
        // Ties are broken by position, so that the order is deterministic.
        let depth = self.edges.len().cmp(&other.edges.len());
        self.bound.total_cmp(&other.bound).then(depth).then_with(|| other.edges.cmp(&self.edges))
    }
}
impl PartialOrd for Prefix {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Prefix {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}
impl Eq for Prefix {}

#[cfg(test)]
mod tests {
    use crate::Explainable;
    use autograd::Tape;
    use tensor::tensor;

    #[test]
    fn exponentially_many_paths() {
        let tape = Tape::new();
        let x = tape.var(1.0_f64);
        let mut y = x;
        for _ in 0..200 {
            y = y * 0.75 + y * 0.25;
        }
        let e = y.explain();
        let paths = e.paths(e.wanted[0], 3);
        assert_eq!(paths.count, 2f64.powi(200));
        let best: Vec<f64> = paths.paths.iter().map(|p| p.contribution).collect();
        let want = 0.75f64.powi(200);
        assert!((best[0] / want - 1.0).abs() < 1e-12 && (best[1] / (want / 3.0) - 1.0).abs() < 1e-12, "{best:?}");
        assert_eq!((best.len(), paths.is_complete(), paths.gradient), (3, false, 1.0));
    }

    #[test]
    fn paths_through_tensors() {
        let tape = Tape::new();
        let w = tape.var(tensor![[1.0, 2.0], [3.0, -1.0]]).named("w");
        let x = tape.var(tensor![0.5, -1.0]).named("x");
        let h = w.matmul(x);
        let e = (h.tanh() * h + x).sum().explain();
        let at = e.steps.iter().position(|s| s.symbol.text() == "x").unwrap();
        let paths = e.paths(at, 10);
        assert_eq!((paths.count, paths.paths.len()), (3.0, 3));
        let sum: f64 = paths.paths.iter().map(|p| p.contribution).sum();
        assert!((sum - paths.gradient).abs() < 1e-12, "{sum} {}", paths.gradient);
    }
}
