//! The whole computation, replayed with one number changed, against the gradient.

use super::difference::measure;
use super::replay::{evaluate, is_exact, is_single};
use super::{Check, chosen, inner, precise, replaced, worst};
use crate::derive::Part;
use autograd::Scalar;
use autograd::inspect::{Operand, Operation};
use tensor::Tensor;

/// How much work the check of one variable may take: numbers read and computed.
const WORK: usize = 1 << 19;
/// How much the checks of all variables of an explanation may take together. So a sum of thousands of variables is
/// explained in a moment.
pub(crate) const TOTAL_WORK: usize = 1 << 23;
/// How often a difference of one element replays the computation, about.
const REPLAYS: usize = 16;
/// Elements of one variable that are looked at.
const MOST: usize = 64;

/// The check of the gradient of the node in place `at`; `None` where a replay would take too long, or the work that is left
/// does not suffice.
pub(crate) fn whole<T: Scalar>(
    part: &Part<'_, T>,
    at: usize,
    gradient: &Tensor<f64>,
    cotangent: &[f64],
    work_left: &mut usize,
) -> Option<Check> {
    let replay: usize = part.nodes.iter().map(|n| n.value().size() + n.operands().len()).sum();
    let per_element = REPLAYS * replay.max(1);
    let most = (WORK.min(*work_left) / per_element).min(MOST);
    if most == 0 {
        return None;
    }
    *work_left -= most.min(gradient.size()) * per_element;
    let replay = Replay::new(part, at);
    let (x, analytic) = (part.nodes[at].value().cast::<f64>(), gradient.to_vec());
    let precise = precise(is_single::<T>(), replay.is_exact);
    let numbers = x.to_vec();
    worst(chosen(numbers.len(), most).map(|i| {
        let mut phi = |t: f64| inner(cotangent, &replay.run(replaced(&x, i, t)));
        (i, analytic[i], measure(&mut phi, numbers[i], analytic[i], precise))
    }))
}

/// What must be computed again when one node changes.
struct Replay<'a, 't, T: Scalar> {
    part: &'a Part<'t, T>,
    at: usize,
    /// From the changed node up to the output: places, operations, operands.
    affected: Vec<(usize, Operation<T>, Vec<Source>)>,
    is_exact: bool,
}

/// Where an operand comes from: a value that changes, or one that stays.
enum Source {
    Place(usize),
    Value(Tensor<f64>),
}

impl<'a, 't, T: Scalar> Replay<'a, 't, T> {
    fn new(part: &'a Part<'t, T>, at: usize) -> Self {
        let mut changes = vec![false; part.nodes.len()];
        changes[at] = true;
        let mut affected = Vec::new();
        for place in (0..at).rev().filter(|&p| part.is_on_path(p)) {
            let node = part.nodes[place];
            let sources: Vec<Source> = node
                .operands()
                .iter()
                .map(|x| match x {
                    Operand::Constant(c) => Source::Value(Tensor::scalar(*c).cast()),
                    Operand::Node(n) => match part.place[n.index()] {
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
        Replay { part, at, affected, is_exact }
    }

    /// The output with this value in the node's place.
    fn run(&self, value: Tensor<f64>) -> Tensor<f64> {
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
            values[*place] = evaluate(self.part.nodes[*place], op, &operands);
        }
        values[0].take().unwrap_or_else(|| Tensor::scalar(f64::NAN))
    }
}
