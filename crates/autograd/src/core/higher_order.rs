//! The recorded sweep: a reverse sweep on variables, whose result is on the tape and can be differentiated again.
//!
//! It runs the same rules as the reverse sweep. Variables are numbers and arrays to a rule (`ops/rule_numbers.rs`), so each
//! step of the rule records an operation.

use crate::core::node::Inputs;
use crate::core::record::Erased;
use crate::core::tape::Tape;
use crate::core::value::Scalar;
use crate::core::var::{TensorVar, Var};
use crate::fast::nodes::NONE;
use crate::rules;
use crate::rules::array::{Array, Product};
use smallvec::SmallVec;
use tensor::Tensor;

/// What a recorded gradient is wanted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Its values, and whatever is computed from them.
    Values,
    /// Its tangents alone: the values of its last matrix products are NaN, not computed. A product is bilinear, so its
    /// tangent needs only its factors.
    Tangents,
}

/// The recorded gradients of `<seed, root>` with respect to the targets; `None` where the root does not depend on one.
///
/// The seed is not differentiated, and the sweep stops at the targets: it does not enter what they were computed from.
pub(crate) fn gradients<'t, T: Scalar>(
    tape: &'t Tape<T>,
    root: u32,
    seed: Erased<'t, T>,
    targets: &[u32],
    wanted_for: Wanted,
) -> Vec<Option<Erased<'t, T>>> {
    let is_candidate = |&target: &u32| root != NONE && target <= root && tape.is_tracked(target);
    let candidates: Vec<u32> = targets.iter().copied().filter(is_candidate).collect();
    // No node below the lowest target takes part.
    let Some(&low) = candidates.iter().min() else { return vec![None; targets.len()] };
    let place = |id: u32| (id - low) as usize;
    let depends = downstream_of(tape, &candidates, low, root);
    let wanted = |id: u32| id >= low && depends[place(id)];
    let mut adjoints: Vec<Option<Erased<'t, T>>> = vec![None; depends.len()];
    if wanted(root) {
        adjoints[place(root)] = Some(seed);
    }
    for id in (low..=root).rev() {
        let Some(g) = adjoints[place(id)] else { continue };
        if tape.has_record(id) {
            for (operand, contribution) in contributions(tape, id, g.to_tensor(), wanted, wanted_for) {
                let contribution = contribution.fit(&tape.shape(operand));
                add(&mut adjoints[place(operand)], tape.as_value_of(operand, contribution));
            }
        } else {
            let give = |_, operand, d| {
                add(&mut adjoints[place(operand)], recorded_product(tape.product, g.var(), d).erase());
            };
            tape.partials(id, |id| tape.at(id).var::<T>(), wanted, give);
        }
    }
    targets.iter().map(|target| adjoints.get(target.wrapping_sub(low) as usize).copied().flatten()).collect()
}

/// A plain cotangent of a node, as a constant for [`gradients`] to start with.
pub(crate) fn constant_seed<T: Scalar>(tape: &Tape<T>, root: u32, seed: Tensor<T>) -> Erased<'_, T> {
    if root == NONE || tape.is_scalar(root) { tape.fixed(seed.item()).erase() } else { tape.fixed(seed).erase() }
}

/// Which of the nodes from `low`, the lowest target, to `root` are a target or depend on one.
fn downstream_of<T: Scalar>(tape: &Tape<T>, targets: &[u32], low: u32, root: u32) -> Vec<bool> {
    let mut depends = vec![false; (root + 1 - low) as usize];
    for id in targets {
        depends[(id - low) as usize] = true;
    }
    for id in low..=root {
        let mut found = depends[(id - low) as usize];
        tape.for_each_tracked_operand(id, |operand| found |= operand >= low && depends[(operand - low) as usize]);
        depends[(id - low) as usize] = found;
    }
    depends
}

/// The contributions of a tensor operation to its wanted operands, by the operation's rule.
fn contributions<'t, T: Scalar>(
    tape: &'t Tape<T>,
    id: u32,
    g: TensorVar<'t, T>,
    wanted: impl Fn(u32) -> bool,
    wanted_for: Wanted,
) -> SmallVec<[(u32, TensorVar<'t, T>); 4]> {
    let mut contributions = SmallVec::new();
    tape.read_recorded(id, &wanted, |Inputs { op, operands, xs, y }| {
        let wanted = |k: usize| {
            tape.skips_products.set(wanted_for == Wanted::Tangents && tape.is_leaf(operands[k]));
            wanted(operands[k])
        };
        let give = |k: usize, contribution| contributions.push((operands[k], contribution));
        rules::vjps(tape.product, op, &g, xs, y, wanted, give);
        // Nothing resets this if a rule panics: only transforms ask for tangents alone, and a panic drops their tapes.
        tape.skips_products.set(false);
    });
    contributions
}

/// Adds a contribution to an adjoint or a tangent; the first one takes its place.
pub(crate) fn add<'t, T: Scalar>(adjoint: &mut Option<Erased<'t, T>>, contribution: Erased<'t, T>) {
    *adjoint = Some(match *adjoint {
        None => contribution,
        Some(sum) if sum.is_scalar => (sum.var::<T>() + contribution.var::<T>()).erase(),
        Some(sum) => (sum.var::<Tensor<T>>() + contribution.var::<Tensor<T>>()).erase(),
    });
}

/// `g * d`, leaving out a factor that is the constant 1.
pub(crate) fn recorded_product<'t, T: Scalar>(p: Product, g: Var<'t, T>, d: Var<'t, T>) -> Var<'t, T> {
    if d.id == NONE && d.carried == T::ONE {
        g
    } else if g.id == NONE && g.carried == T::ONE {
        d
    } else {
        g.binary(p.op(), d)
    }
}
