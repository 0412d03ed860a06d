//! The sweep again, a step at a time: at which node it stands, what it adds where, and who is still waiting.

use crate::derive::add;
use crate::explanation::{Explanation, Precision, Step};
use std::collections::BTreeMap;
use tensor::Tensor;

/// The steps of the sweep in their order. See [`Explanation::trace`].
#[derive(Clone, Debug)]
pub struct BackwardTrace<'a> {
    explanation: &'a Explanation,
    /// The place that the search for the next step begins at.
    next: usize,
    /// By place: what has arrived so far, and how many count that is.
    arrived: BTreeMap<usize, (Tensor<f64>, usize)>,
}

/// The sweep at one node.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Visit<'a> {
    /// The node's place in [`Explanation::steps`].
    pub at: usize,
    /// The node; its adjoint is complete now.
    pub step: &'a Step,
    /// What it hands on, for each of its edges.
    pub contributions: Vec<Contribution>,
}

/// A share on its arrival.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Contribution {
    /// The place of the node that gets it.
    pub to: usize,
    /// The adjoint there before; `None` if this is the first share.
    pub before: Option<Tensor<f64>>,
    /// The adjoint there with this share.
    pub after: Tensor<f64>,
}

impl Explanation {
    /// The sweep a step at a time, from the output down: what a program needs that lets its user step through it.
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
    /// assert_eq!(first.contributions[1].after.item(), 1.0); // x has one of its three count
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
    /// The nodes that have received something and whose turn is still to come, in the order of their turns, each with
    /// what has arrived so far.
    pub fn pending(&self) -> impl Iterator<Item = (&'a Step, &Tensor<f64>)> {
        let steps = &self.explanation.steps;
        self.arrived.iter().map(|(&at, (sum, _))| (&steps[at], sum))
    }

    fn receive(&mut self, to: usize, contribution: &Tensor<f64>) -> Contribution {
        let step = &self.explanation.steps[to];
        let (before, count) = self.arrived.remove(&to).map_or((None, 0), |(sum, n)| (Some(sum), n));
        let after = match (&step.adjoint, &before) {
            // the last share makes it what the sweep found, to the bit
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
    fn every_adjoint_is_complete_when_its_turn_comes() {
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
