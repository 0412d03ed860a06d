//! The recorded sweep: a reverse sweep on variables, whose result is on the tape and can be differentiated again.
//!
//! It runs the same rules as the reverse sweep. Variables are numbers and arrays to a rule (`ops/rule_numbers.rs`), so each
//! step of the rule records an operation.

use crate::core::record::{Erased, Recorded};
use crate::core::tape::Tape;
use crate::core::value::Scalar;
use crate::core::var::{TensorVar, Var};
use crate::fast::code;
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
    /// Its tangents alone: the values of its last products need not be computed.
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
    let known: Vec<u32> = targets.iter().copied().filter(|&t| t != NONE && t <= root && tape.is_tracked(t)).collect();
    if root == NONE || known.is_empty() || !tape.is_tracked(root) {
        return vec![None; targets.len()]; // a constant has no gradient
    }
    let mut sweep = Sweep::new(tape, root, &known, wanted_for);
    sweep.give(root, seed);
    sweep.run(root);
    targets.iter().map(|t| sweep.adjoints.get(t.wrapping_sub(sweep.low) as usize).copied().flatten()).collect()
}

/// A plain cotangent of a node, as a constant for [`gradients`] to start with.
pub(crate) fn constant_seed<T: Scalar>(tape: &Tape<T>, root: u32, seed: Tensor<T>) -> Erased<'_, T> {
    if root == NONE || tape.is_scalar(root) { tape.fixed(seed.item()).erase() } else { tape.fixed(seed).erase() }
}

/// A reverse sweep that records what it computes.
struct Sweep<'t, T: Scalar> {
    tape: &'t Tape<T>,
    product: Product,
    wanted_for: Wanted,
    /// The lowest of the targets. No node below it takes part.
    low: u32,
    /// Whether a node is a target or depends on one (from `low` on).
    wanted: Vec<bool>,
    adjoints: Vec<Option<Erased<'t, T>>>,
}

/// Whether a node depends on a target, given that for all nodes from `low` on; no node below does.
fn is_wanted(wanted: &[bool], low: u32, id: u32) -> bool {
    id >= low && wanted[(id - low) as usize]
}

impl<'t, T: Scalar> Sweep<'t, T> {
    fn new(tape: &'t Tape<T>, root: u32, targets: &[u32], wanted_for: Wanted) -> Self {
        let low = targets.iter().copied().min().unwrap_or(root);
        let mut wanted = vec![false; (root + 1 - low) as usize];
        for id in targets {
            wanted[(id - low) as usize] = true;
        }
        for id in low..=root {
            let mut depends = wanted[(id - low) as usize];
            if !depends {
                tape.for_each_tracked_operand(id, |operand| depends |= is_wanted(&wanted, low, operand));
            }
            wanted[(id - low) as usize] = depends;
        }
        let adjoints = vec![None; wanted.len()];
        Sweep { tape, product: tape.product, wanted_for, low, wanted, adjoints }
    }

    fn wants(&self, id: u32) -> bool {
        is_wanted(&self.wanted, self.low, id)
    }

    fn give(&mut self, id: u32, contribution: Erased<'t, T>) {
        add(&mut self.adjoints[(id - self.low) as usize], contribution);
    }

    fn run(&mut self, root: u32) {
        for id in (self.low..=root).rev() {
            if !self.wants(id) {
                continue;
            }
            let Some(g) = self.adjoints[(id - self.low) as usize] else { continue };
            match self.tape.nodes.code(id) {
                code::TENSOR | code::RECORD => self.record(id, g.to_tensor()),
                _ => self.scalar(id, g.var()),
            }
        }
    }

    /// Gives each operand of a scalar operation the adjoint times its partial derivative.
    fn scalar(&mut self, id: u32, g: Var<'t, T>) {
        let (product, low, wanted, adjoints) = (self.product, self.low, &self.wanted, &mut self.adjoints);
        let give =
            |_, operand: u32, d| add(&mut adjoints[(operand - low) as usize], recorded_product(product, g, d).erase());
        self.tape.partials(id, |id| self.tape.at(id).var::<T>(), |operand| is_wanted(wanted, low, operand), give);
    }

    /// Gives each operand of a tensor operation its contribution, by the operation's rule.
    fn record(&mut self, id: u32, g: TensorVar<'t, T>) {
        let tape = self.tape;
        let Some(Recorded { op, operands, xs, y }) = tape.recorded(id, |operand| self.wants(operand)) else { return };
        let xs: Vec<&TensorVar<'t, T>> = xs.iter().collect();
        let mut contributions: SmallVec<[(u32, TensorVar<'t, T>); 4]> = SmallVec::new();
        let products = Products(tape);
        let wanted = |k: usize| {
            products.skip(self.wanted_for == Wanted::Tangents && tape.is_leaf(operands[k]));
            self.wants(operands[k])
        };
        let give = |k: usize, contribution| contributions.push((operands[k], contribution));
        rules::vjps(self.product, &op, &g, &xs, &y, wanted, give);
        drop(products);
        for (operand, contribution) in contributions {
            let contribution = contribution.fit(&tape.shape(operand));
            self.give(operand, tape.as_value_of(operand, contribution));
        }
    }
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

/// Decides whether matrix products are recorded without their values, which are NaN then: for results of which only the
/// tangents are looked at. A product is bilinear, so its tangent needs only its factors. When dropped, values are computed
/// again.
struct Products<'t, T: Scalar>(&'t Tape<T>);

impl<T: Scalar> Products<'_, T> {
    fn skip(&self, skip: bool) {
        self.0.skips_products.set(skip);
    }
}

impl<T: Scalar> Drop for Products<'_, T> {
    fn drop(&mut self) {
        self.skip(false);
    }
}
