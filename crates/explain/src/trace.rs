//! Iteration over the reverse sweep: the node of each step, and the adjoints that it adds to.

use crate::explanation::{Explanation, Precision, Step};
use crate::subgraph::add;
use std::collections::BTreeMap;
use tensor::Tensor;

/// An iterator over the steps of the reverse sweep. See [`Explanation::trace`].
#[derive(Clone, Debug)]
pub struct BackwardTrace<'a> {
    explanation: &'a Explanation,
    /// The index at which the search for the next step starts.
    next: usize,
    /// By index: the sum of the contributions so far, and their count.
    arrived: BTreeMap<usize, (Tensor<f64>, usize)>,
}

/// One step of the reverse sweep.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Visit<'a> {
    /// The index of the node in [`Explanation::steps`].
    pub at: usize,
    /// The node. Its adjoint is complete at this step.
    pub step: &'a Step,
    /// The contributions to its operands, one for each edge.
    pub contributions: Vec<Contribution>,
}

/// A contribution to the adjoint of a node.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Contribution {
    /// The index of the node in [`Explanation::steps`].
    pub to: usize,
    /// The adjoint before this contribution; `None` if this is the first one.
    pub before: Option<Tensor<f64>>,
    /// The adjoint including this contribution.
    pub after: Tensor<f64>,
}

impl Explanation {
    /// Iterates over the steps of the reverse sweep, starting at the output, for example for an interactive view.
    ///
    /// ```
    /// use autograd::Tape;
    /// use explain::Explainable;
    ///
    /// let tape = Tape::new();
    /// let x = tape.var(3.0_f64).named("x");
    /// let explanation = ((x * x).named("y") + x).named("L").explain();
    /// let mut trace = explanation.trace();
    /// let first = trace.next().unwrap();
    /// assert_eq!(first.step.symbol.text(), "L");
    /// assert_eq!(first.contributions[1].after.item(), 1.0); // x has received one of its three contributions
    /// let waiting: Vec<&str> = trace.pending().map(|(step, _)| step.symbol.text()).collect();
    /// assert_eq!(waiting, ["y", "x"]);
    /// let second = trace.next().unwrap();
    /// let sums: Vec<f64> = second.contributions.iter().map(|h| h.after.item()).collect();
    /// assert_eq!((second.step.symbol.text(), sums), ("y", vec![4.0, 7.0]));
    /// ```
    pub fn trace(&self) -> BackwardTrace<'_> {
        BackwardTrace { explanation: self, next: 0, arrived: BTreeMap::new() }
    }
}

impl<'a> BackwardTrace<'a> {
    /// Returns the nodes that have received a contribution and are not visited yet, in the order of the sweep, each
    /// with its adjoint so far.
    pub fn pending(&self) -> impl Iterator<Item = (&'a Step, &Tensor<f64>)> {
        let steps = &self.explanation.steps;
        self.arrived.iter().map(|(&at, (sum, _))| (&steps[at], sum))
    }

    fn receive(&mut self, to: usize, contribution: &Tensor<f64>) -> Contribution {
        let step = &self.explanation.steps[to];
        let (before, count) = self.arrived.remove(&to).map_or((None, 0), |(sum, n)| (Some(sum), n));
        let after = match (&step.adjoint, &before) {
            // The last contribution completes the adjoint, which must equal that of the sweep bit for bit.
            (Some(adjoint), _) if count + 1 == step.incoming.len() => adjoint.clone(),
            (_, None) => contribution.clone(),
            (_, Some(sum)) => match self.explanation.precision {
                Precision::Single => add(&sum.cast::<f32>(), &contribution.cast::<f32>()).cast(),
                Precision::Double => add(sum, contribution),
            },
        };
        self.arrived.insert(to, (after.clone(), count + 1));
        Contribution { to, before, after }
    }
}

impl<'a> Iterator for BackwardTrace<'a> {
    type Item = Visit<'a>;

    fn next(&mut self) -> Option<Visit<'a>> {
        let steps = &self.explanation.steps;
        let at = (self.next..steps.len()).find(|&at| steps[at].adjoint.is_some())?;
        self.next = at + 1;
        self.arrived.remove(&at);
        let step = &steps[at];
        let contributions = step.edges.iter().map(|edge| self.receive(edge.to, &edge.contribution)).collect();
        Some(Visit { at, step, contributions })
    }
}

#[cfg(test)]
mod tests {
    use crate::Explainable;
    use autograd::Tape;
    use tensor::tensor;

    #[test]
    fn adjoints_are_complete_when_visited() {
        let tape = Tape::default();
        let w = tape.var(tensor![[0.5_f32, -1.0], [2.0, 0.3]]).named("W");
        let x = tape.var(0.1_f32).named("x");
        let loss = (w.matmul(w) * x + w.tanh() * x).sum() * x;
        let e = loss.explain();
        let mut trace = e.trace();
        let mut arrived = vec![None; e.steps.len()];
        while let Some(visit) = trace.next() {
            if visit.at > 0 {
                assert_eq!(arrived[visit.at], visit.step.adjoint, "{}", visit.step.symbol);
            }
            for contribution in visit.contributions {
                assert_eq!(contribution.before, arrived[contribution.to]);
                arrived[contribution.to] = Some(contribution.after);
            }
            let due: Vec<usize> = (visit.at + 1..e.steps.len()).filter(|&at| arrived[at].is_some()).collect();
            let pending: Vec<_> = trace.pending().map(|(step, sum)| (step.symbol.text(), sum.clone())).collect();
            let expected = due.iter().map(|&at| (e.steps[at].symbol.text(), arrived[at].clone().unwrap()));
            assert_eq!(pending, expected.collect::<Vec<_>>());
        }
        assert_eq!(trace.pending().count(), 0);
    }
}
