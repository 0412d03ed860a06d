//! The check of a gradient: the whole computation is replayed with one element of a variable changed.

use super::replay::{evaluate, is_exact, is_single};
use super::{Accuracy, Check, check, inner};
use crate::subgraph::Subgraph;
use autograd::Scalar;
use autograd::check::Differences;
use autograd::inspect::{Operand, Operation};
use tensor::Tensor;

/// The maximum number of elements that the replays for one variable may read and compute.
const WORK: usize = 1 << 19;
/// The maximum for all variables of an explanation together.
const TOTAL_WORK: usize = 1 << 23;
/// The maximum number of elements of a variable that are checked.
const MOST: usize = 64;

/// The number of elements that the checks of the remaining variables may compute.
pub(crate) struct Budget {
    per_element: usize,
    left: usize,
}

impl Budget {
    pub(crate) fn new<T: Scalar>(subgraph: &Subgraph<'_, T>) -> Self {
        let replay: usize = subgraph.nodes.iter().map(|n| n.value().size() + n.operands().len()).sum();
        Budget { per_element: Differences::EVALUATIONS * replay.max(1), left: TOTAL_WORK }
    }

    /// Returns how many of `n` elements of a variable to check, and subtracts their cost.
    fn take(&mut self, n: usize) -> usize {
        let count = (WORK.min(self.left) / self.per_element).min(MOST).min(n);
        self.left -= count * self.per_element;
        count
    }
}

/// Checks the gradient of the node with index `at`; `None` if a replay is too expensive, or the budget is used up.
pub(crate) fn whole<T: Scalar>(
    subgraph: &Subgraph<'_, T>,
    at: usize,
    gradient: &Tensor<f64>,
    cotangent: &[f64],
    budget: &mut Budget,
) -> Option<Check> {
    let most = budget.take(gradient.size());
    if most == 0 {
        return None;
    }
    let replay = Replay::new(subgraph, at);
    let accuracy = Accuracy::new(is_single::<T>(), replay.is_exact);
    check(&subgraph.nodes[at].value().cast(), gradient, most, accuracy, |x| inner(cotangent, replay.run(x)))
}

/// The operations to evaluate again when one node changes.
struct Replay<'a, 't, T: Scalar> {
    subgraph: &'a Subgraph<'t, T>,
    at: usize,
    /// From the changed node to the output: index, operation and operands.
    affected: Vec<(usize, Operation<T>, Vec<Source>)>,
    is_exact: bool,
}

/// An operand: a value that changes, by its index, or one that does not.
enum Source {
    Place(usize),
    Value(Tensor<f64>),
}

impl<'a, 't, T: Scalar> Replay<'a, 't, T> {
    fn new(subgraph: &'a Subgraph<'t, T>, at: usize) -> Self {
        let mut changes = vec![false; subgraph.nodes.len()];
        changes[at] = true;
        let mut affected = Vec::new();
        for place in (0..at).rev().filter(|&p| subgraph.is_on_path(p)) {
            let node = subgraph.nodes[place];
            let sources: Vec<Source> = node
                .operands()
                .iter()
                .map(|x| match x {
                    Operand::Constant(c) => Source::Value(Tensor::scalar(*c).cast()),
                    Operand::Node(n) => match subgraph.place[n.index()] {
                        Some(p) if changes[p] => Source::Place(p),
                        _ => Source::Value(n.value().cast()),
                    },
                })
                .collect();
            if sources.iter().any(|s| matches!(s, Source::Place(_))) {
                changes[place] = true;
                affected.push((place, node.operation(), sources));
            }
        }
        let is_exact = affected.iter().all(|(_, op, _)| is_exact(op));
        Replay { subgraph, at, affected, is_exact }
    }

    /// Computes the output for this value of the changed node.
    fn run(&self, value: Tensor<f64>) -> Option<Tensor<f64>> {
        let mut values: Vec<Option<Tensor<f64>>> = vec![None; self.at + 1];
        values[self.at] = Some(value);
        for (place, op, sources) in &self.affected {
            let operands: Vec<Tensor<f64>> = sources
                .iter()
                .filter_map(|s| match s {
                    Source::Value(x) => Some(x.clone()),
                    Source::Place(p) => values[*p].clone(),
                })
                .collect();
            values[*place] = evaluate(self.subgraph.nodes[*place], op, &operands);
        }
        values[0].take()
    }
}
