//! The recorded forward sweep: a forward sweep on variables, whose result is on the tape and can be differentiated
//! again.
//!
//! It runs the same rules as the forward sweep, as the recorded reverse sweep (`higher_order.rs`) does. It visits
//! only the nodes between the sources and the roots.

use crate::core::higher_order::{add, recorded_product};
use crate::core::node::Inputs;
use crate::core::record::Erased;
use crate::core::reverse::upstream_of;
use crate::core::tape::Tape;
use crate::core::value::Scalar;
use crate::core::var::TensorVar;
use crate::fast::nodes::NONE;
use crate::rules;

/// The recorded tangents of the roots, given those of the sources; `None` where a root does not depend on a source.
///
/// The sources count as independent: the sweep does not enter what they were computed from.
pub(crate) fn tangents<'t, T: Scalar>(
    tape: &'t Tape<T>,
    roots: &[u32],
    sources: &[(u32, Erased<'t, T>)],
) -> Vec<Option<Erased<'t, T>>> {
    let tracked = |&id: &u32| id != NONE && tape.is_tracked(id);
    let low = sources.iter().map(|&(id, _)| id).filter(tracked).min();
    let Some(low) = low else { return vec![None; roots.len()] };
    let tracked_roots: Vec<u32> = roots.iter().copied().filter(tracked).collect();
    let reached = upstream_of(tape, &tracked_roots, low);
    let mut sweep = Sweep { tape, low, tangents: vec![None; reached.len()] };
    for &(id, tangent) in sources {
        if tracked(&id)
            && let Some(place) = sweep.tangents.get_mut((id - low) as usize)
        {
            *place = Some(tangent);
        }
    }
    for (id, reached) in (low..).zip(reached) {
        if reached && sweep.get(id).is_none() {
            sweep.node(id);
        }
    }
    roots.iter().map(|&root| if tracked(&root) { sweep.get(root) } else { None }).collect()
}

/// A forward sweep that records what it computes.
struct Sweep<'t, T: Scalar> {
    tape: &'t Tape<T>,
    /// The lowest of the sources. No node below it takes part.
    low: u32,
    tangents: Vec<Option<Erased<'t, T>>>,
}

impl<'t, T: Scalar> Sweep<'t, T> {
    fn get(&self, id: u32) -> Option<Erased<'t, T>> {
        self.tangents.get(id.wrapping_sub(self.low) as usize).copied().flatten()
    }

    fn node(&mut self, id: u32) {
        let tangent = if self.tape.has_record(id) { self.record(id) } else { self.scalar(id) };
        self.tangents[(id - self.low) as usize] = tangent;
    }

    /// The tangent of a scalar operation: its partial derivatives times the tangents of its operands.
    fn scalar(&self, id: u32) -> Option<Erased<'t, T>> {
        let mut sum = None;
        self.tape.partials(
            id,
            |id| self.tape.at(id).var::<T>(),
            |operand| self.get(operand).is_some(),
            |_, operand, d| {
                if let Some(dx) = self.get(operand) {
                    add(&mut sum, recorded_product(self.tape.product, dx.var(), d).erase());
                }
            },
        );
        sum
    }

    /// The tangent of a tensor operation, by the operation's rule.
    fn record(&self, id: u32) -> Option<Erased<'t, T>> {
        let tape = self.tape;
        let moves = |operand| self.get(operand).is_some();
        let tangent = tape.read_recorded(id, moves, |Inputs { op, operands, xs, y }| {
            let dxs: Vec<Option<TensorVar<'t, T>>> =
                operands.iter().map(|&o| self.get(o).map(Erased::to_tensor)).collect();
            rules::jvp(tape.product, op, xs, &dxs.iter().map(Option::as_ref).collect::<Vec<_>>(), y)
        });
        Some(tape.as_value_of(id, tangent??))
    }
}
