//! What each path contributes: the gradient as a sum over all ways from the output down to a variable.
//!
//! The share of a path is the product of the local derivatives along it. Summed over all paths this is the gradient:
//! the chain rule in full. There may be more paths than could ever be listed, so they are counted first, by one pass over
//! the graph; if they are few all are followed, else the largest, found by always extending the prefix whose path can
//! still become the largest.

use crate::explanation::{Edge, Explanation, Form};
use std::cmp::Ordering;
use std::collections::BinaryHeap;
use tensor::Tensor;

/// The paths from an output down to one node.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Paths {
    /// The place of the node in [`Explanation::steps`].
    pub to: usize,
    /// How many paths there are, as far as an `f64` counts.
    pub count: f64,
    /// All paths if they are no more than was allowed, else the largest in size; largest first.
    pub paths: Vec<Path>,
    /// The gradient that all paths add up to.
    pub gradient: f64,
}

/// One path, and its share of the gradient.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Path {
    /// The places in [`Explanation::steps`], from the output down to the node.
    pub steps: Vec<usize>,
    /// For each link which of the node's edges it takes.
    pub edges: Vec<usize>,
    /// For each link what is handed on along it: for numbers the local derivative, for tensors what becomes of the sum.
    pub factors: Vec<f64>,
    /// What the path contributes: the product of its factors, times the cotangent. For a tensor the sum over its elements.
    pub contribution: f64,
}

impl Paths {
    /// The part of the gradient that a path has, in percent; NaN if the gradient is 0.
    pub fn percent(&self, path: &Path) -> f64 {
        100.0 * path.contribution / self.gradient
    }

    /// Whether all paths are listed.
    pub fn is_complete(&self) -> bool {
        self.paths.len() as f64 == self.count
    }
}

impl Explanation {
    /// The paths down to the step in this place, no more than `most` of them.
    ///
    /// For numbers a path's share is the product of its local derivatives. Where tensors lie on it, each share is pushed
    /// through the graph as it is, and its sum over the elements of the node is shown; the same chain rule, but then
    /// only paths that are all followed can be shown: with more than `most` there are none, and none if a factor on them
    /// is not held in numbers.
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
    /// If there is no such step.
    #[track_caller]
    pub fn paths(&self, to: usize, most: usize) -> Paths {
        assert!(to < self.steps.len(), "paths: there are {} steps, so none in place {to}", self.steps.len());
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

    /// How many paths lead from each step down to `to`.
    fn counts(&self, to: usize) -> Vec<f64> {
        let mut counts = vec![0.0; self.steps.len()];
        counts[to] = 1.0;
        for at in (0..to).rev() {
            counts[at] = self.steps[at].edges.iter().map(|edge| counts[edge.to]).sum();
        }
        counts
    }

    /// The paths of largest size among numbers: best first, with the largest product that can still follow as the bound.
    fn largest(&self, to: usize, most: usize) -> Vec<Path> {
        let derivative = |edge: &Edge| edge.factor.values.as_ref().map_or(f64::NAN, |d| d.to_vec()[0]);
        let mut bound = vec![f64::NEG_INFINITY; self.steps.len()]; // the size of the best path from here, as a logarithm
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
            // a factor of 0 is absent: it silences an infinite one
            product = if product == 0.0 || d == 0.0 { 0.0 } else { product * d };
            path.factors.push(d);
            path.steps.push(edge.to);
            at = edge.to;
        }
        path.contribution = product;
        path
    }

    /// All paths where tensors lie on them.
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

    /// A share of an adjoint handed on along an edge; `None` if its factor is not held in numbers.
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

/// The size of a factor on a logarithmic scale; what is no number comes first, so that it is seen.
fn size(x: f64) -> f64 {
    if x.is_nan() { f64::INFINITY } else { x.abs().max(f64::MIN_POSITIVE).ln() }
}

/// The beginning of a path.
struct Prefix {
    bound: f64,
    so_far: f64,
    at: usize,
    edges: Vec<usize>,
}

impl Ord for Prefix {
    fn cmp(&self, other: &Self) -> Ordering {
        // among equals the one further down, then the one that was recorded first: the same every time
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
    fn more_paths_than_could_be_listed() {
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
