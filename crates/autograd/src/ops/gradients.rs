//! `backward` and its result, the adjoints of all variables.

use crate::core::adjoints::Adjoints;
use crate::core::bindings::{Key, Store};
use crate::core::record::common;
use crate::core::reverse;
use crate::core::tape::Tape;
use crate::core::value::{Scalar, Value};
use crate::core::var::{TensorVar, Var};
use crate::fast::nodes::NONE;
use std::fmt;
use tensor::{Shape, Tensor};

/// Most arrays of earlier sweeps that a thread keeps.
const KEPT: usize = 4;

/// Adjoints whose arrays are kept for the next sweep when they are dropped. They do not borrow the tape, so that
/// gradients may be alive (unused) while the tape is reset.
struct Pooled<T: Scalar>(Adjoints<T>);

impl<T: Scalar> Drop for Pooled<T> {
    fn drop(&mut self) {
        let mut a = std::mem::take(&mut self.0);
        a.tensors.clear();
        a.sums.clear();
        T::pool(|pool| {
            if pool.sweeps.len() < KEPT {
                pool.sweeps.push(a);
            }
        });
    }
}

/// The gradients of one output with respect to everything it was computed from.
///
/// ```
/// use autograd::Tape;
/// use tensor::tensor;
/// let tape = Tape::new();
/// let w = tape.var(tensor![[1.0, 2.0], [3.0, 4.0]]);
/// let unused = tape.var(1.0);
/// let g = (w * w).sum().backward();
/// assert_eq!(g.wrt(w), tensor![[2.0, 4.0], [6.0, 8.0]]);
/// assert_eq!((g.wrt(unused), g.is_connected(unused)), (0.0, false));
/// ```
pub struct Gradients<'t, T: Scalar> {
    tape: &'t Tape<T>,
    root: u32,
    /// The cotangent of a tensor output; `None` for a scalar, whose cotangent is 1.
    seed: Option<Tensor<T>>,
    pooled: Pooled<T>,
}

impl<T: Scalar> fmt::Debug for Gradients<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gradients").field("output", &self.root).finish_non_exhaustive()
    }
}

impl<'t, T: Scalar> Var<'t, T> {
    /// Computes the gradients of this scalar with respect to everything it was computed from.
    ///
    /// Repeated calls give the same values. Nothing is recorded; for a gradient that can be differentiated again see
    /// [`grad`](Var::grad).
    ///
    /// # Panics
    /// If this is a constant without a tape.
    #[track_caller]
    pub fn backward(self) -> Gradients<'t, T> {
        run(self.on_tape(), self.id, None, 0)
    }
}

impl<'t, T: Scalar> TensorVar<'t, T> {
    /// Computes the gradients of a tensor of one element.
    ///
    /// # Panics
    /// If the tensor does not have exactly one element. Reduce it first, or pass a cotangent to
    /// [`backward_with`](Var::backward_with).
    #[track_caller]
    pub fn backward(self) -> Gradients<'t, T> {
        let shape = self.shape();
        require_one_element("backward", "backward_with(&v)", &shape);
        run(self.on_tape(), self.id, Some(Tensor::ones(shape)), 0)
    }

    /// Computes the gradients of `<cotangent, self>`: the vector-Jacobian products for everything it was computed from.
    ///
    /// # Panics
    /// If the shape of the cotangent differs from that of `self`.
    #[track_caller]
    pub fn backward_with(self, cotangent: &Tensor<T>) -> Gradients<'t, T> {
        require_shape("backward_with", &self.shape(), cotangent.shape());
        run(self.on_tape(), self.id, Some(cotangent.clone()), 0)
    }
}

/// Panics unless the output has one element, since no cotangent is given.
#[track_caller]
pub(crate) fn require_one_element(method: &str, with_cotangent: &str, shape: &Shape) {
    if shape.size() != 1 {
        panic!(
            "{method}: expected an output of one element, got shape {shape}; reduce it, as in `y.sum()`, \
             pass a cotangent of its shape with `y.{with_cotangent}`, or compute the whole `jacobian`"
        );
    }
}

/// Panics unless the cotangent has the shape of the output.
#[track_caller]
pub(crate) fn require_shape(method: &str, output: &Shape, cotangent: &Shape) {
    if output != cotangent {
        panic!("{method}: expected a cotangent of the output's shape {output}, got {cotangent}");
    }
}

/// Seeds the adjoint of the root and sweeps back to the node `low`.
pub(crate) fn run<T: Scalar>(tape: &Tape<T>, root: u32, seed: Option<Tensor<T>>, low: u32) -> Gradients<'_, T> {
    let mut adjoints = T::pool(|pool| pool.sweeps.pop()).flatten().unwrap_or_default();
    // If the root does not depend on a variable, there is nothing to sweep, as for a constant.
    let root = if root != NONE && tape.is_tracked(root) { root } else { NONE };
    if root != NONE {
        let records = tape.records.borrow().len();
        let mut sweep = |careful| {
            (adjoints.careful, adjoints.nan) = (careful, false);
            adjoints.clear(root as usize + 1, records);
            match &seed {
                None => adjoints.scalars[root as usize] = T::ONE,
                Some(seed) => reverse::accumulate(tape, &mut adjoints, root, seed.clone(), seed.shape()),
            }
            T::reverse(tape, &mut adjoints, root, low);
            adjoints.nan
        };
        if sweep(false) {
            sweep(true);
        }
        if records > 0 {
            adjoints.sums = tape.bindings.borrow().sums(tape, &adjoints.tensors);
        }
    }
    Gradients { tape, root, seed, pooled: Pooled(adjoints) }
}

impl<'t, T: Scalar> Gradients<'t, T> {
    /// Returns the gradient with respect to a variable or an intermediate value; zeros if the output does not depend
    /// on it.
    ///
    /// The sweep frees the adjoints of intermediate tensors once they are used, so each call for an intermediate
    /// tensor sweeps again, from the output to that tensor.
    ///
    /// # Panics
    /// If `x` is on another tape.
    #[track_caller]
    pub fn wrt<V: Value<Elem = T>>(&self, x: Var<'t, V>) -> V {
        common(Some(self.tape), x.tape, "wrt");
        if V::IS_SCALAR {
            return V::from_scalar(self.scalar(x.id));
        }
        V::from_tensor(self.adjoint(x.id).unwrap_or_else(|| Tensor::zeros(x.shape())))
    }

    /// The adjoint of a scalar node.
    #[inline]
    pub(crate) fn scalar(&self, id: u32) -> T {
        if id > self.root || self.root == NONE {
            return T::ZERO; // NONE is larger than every root
        }
        self.pooled.0.scalars.get(id as usize).copied().unwrap_or(T::ZERO)
    }

    /// Whether the output was computed from `x`, even if the gradient is 0.
    ///
    /// # Panics
    /// If `x` is on another tape.
    #[track_caller]
    pub fn is_connected<V: Value<Elem = T>>(&self, x: Var<'t, V>) -> bool {
        common(Some(self.tape), x.tape, "is_connected");
        if self.root == NONE || x.id > self.root || !self.tape.is_tracked(x.id) {
            return false;
        }
        reverse::upstream_of(self.tape, &[self.root], 0)[x.id as usize]
    }

    /// The adjoint of a node; zeros if the output does not depend on it.
    pub(crate) fn by_node(&self, id: u32) -> Tensor<T> {
        self.adjoint(id).unwrap_or_else(|| Tensor::zeros(self.tape.shape(id)))
    }

    /// The adjoint of a node; `None` if the output does not depend on it.
    fn adjoint(&self, id: u32) -> Option<Tensor<T>> {
        if self.root == NONE || id > self.root || !self.tape.is_tracked(id) {
            return None;
        }
        if self.tape.is_scalar(id) || self.tape.is_leaf(id) {
            return at(self.tape, &self.pooled.0, id);
        }
        if id == self.root {
            return Some(self.seed.clone().unwrap_or_else(|| Tensor::scalar(T::ONE)));
        }
        let again = run(self.tape, self.root, self.seed.clone(), id + 1);
        at(self.tape, &again.pooled.0, id)
    }
}

/// Reads the adjoint of a node from the arrays of a sweep.
fn at<T: Scalar>(tape: &Tape<T>, adjoints: &Adjoints<T>, id: u32) -> Option<Tensor<T>> {
    if tape.is_scalar(id) {
        Some(Tensor::scalar(adjoints.scalars[id as usize]))
    } else {
        adjoints.tensors.get(tape.slot(id))?.clone()
    }
}

impl<T: Scalar> Gradients<'_, T> {
    /// The gradient with respect to a bound parameter: the sum over its nodes, if it was bound more than once with
    /// different values.
    #[track_caller]
    pub(crate) fn by_key(&self, store: Store, key: Key) -> Option<&Tensor<T>> {
        let node = self.tape.bindings.borrow().gradient_node(store, key)?;
        if let Some((_, sum)) = self.pooled.0.sums.iter().find(|(id, _)| *id == node) {
            return Some(sum);
        }
        self.pooled.0.tensors.get(self.tape.slot(node))?.as_ref()
    }
}
