//! The result of a reverse sweep: adjoints by variable.

use crate::core::bindings::{Key, Store};
use crate::core::reverse;
use crate::core::tape::Tape;
use crate::core::value::{Scalar, Value};
use crate::core::var::Var;
use crate::fast::code::TENSOR;
use crate::fast::nodes::NONE;
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use tensor::{Shape, Tensor};

/// The arrays of a sweep.
#[derive(Debug)]
pub(crate) struct Adjoints<T: Scalar> {
    /// By node.
    pub(crate) scalars: Vec<T>,
    /// By slot among the records.
    pub(crate) tensors: Vec<Option<Tensor<T>>>,
    /// Gradients of parameters that have several nodes, by the newest of them.
    sums: Vec<(u32, Tensor<T>)>,
    pub(crate) root: usize,
    /// Whether a NaN arrived at a scalar variable, or at a scalar that a tensor operation computed.
    pub(crate) nan: bool,
    /// Whether the sweep is to look at each factor: see `reverse/scalars.rs`.
    pub(crate) careful: bool,
}

impl<T: Scalar> Default for Adjoints<T> {
    fn default() -> Self {
        Adjoints { scalars: Vec::new(), tensors: Vec::new(), sums: Vec::new(), root: 0, nan: false, careful: false }
    }
}

impl<T: Scalar> Adjoints<T> {
    /// Zeros for the nodes up to the root, and nothing for `records` tensors.
    fn clear(&mut self, records: usize) {
        let n = self.root + 1;
        let held = self.scalars.len().min(n);
        self.scalars[..held].fill(T::ZERO);
        if held < n {
            self.scalars.reserve(n - held);
            self.scalars.resize(n, T::ZERO);
        }
        self.tensors.clear();
        self.tensors.resize_with(records, || None);
    }
}

/// Arrays of earlier sweeps on a tape, to be used again.
pub(crate) type Spare<T> = RefCell<Vec<Adjoints<T>>>;

/// Adjoints that go back to their tape's spares when dropped. This holds no borrow of the tape, so that gradients may
/// be alive (unused) while the tape is reset.
struct Held<T: Scalar> {
    adjoints: Adjoints<T>,
    home: Rc<Spare<T>>,
}

impl<T: Scalar> Drop for Held<T> {
    fn drop(&mut self) {
        let mut a = std::mem::take(&mut self.adjoints);
        a.tensors.clear();
        a.sums.clear();
        self.home.borrow_mut().push(a);
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
    /// The cotangent of a tensor; a number's is 1.
    seed: Option<Tensor<T>>,
    held: Held<T>,
}

impl<T: Scalar> fmt::Debug for Gradients<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gradients").field("output", &self.root).finish_non_exhaustive()
    }
}

impl<'t, T: Scalar> Var<'t, T> {
    /// The gradients of this number with respect to everything it was computed from.
    ///
    /// The sweep may be run again and gives the same numbers; it records nothing (for a gradient that can itself be
    /// differentiated see [`grad`](Var::grad)).
    ///
    /// # Panics
    /// If the number is a constant that came without a tape.
    #[track_caller]
    pub fn backward(self) -> Gradients<'t, T> {
        run(self.on_tape(), self.id, None, 0)
    }
}

impl<'t, T: Scalar> Var<'t, Tensor<T>> {
    /// The gradients of a tensor that holds one number.
    ///
    /// # Panics
    /// If it holds more: reduce it first, or give a cotangent with [`backward_with`](Var::backward_with).
    #[track_caller]
    pub fn backward(self) -> Gradients<'t, T> {
        let shape = self.shape();
        require_one_element("backward", "backward_with(&v)", &shape);
        run(self.on_tape(), self.id, Some(Tensor::ones(shape)), 0)
    }

    /// The gradients of `<cotangent, self>`: the vector-Jacobian product for every variable upstream.
    ///
    /// # Panics
    /// If the cotangent has another shape.
    #[track_caller]
    pub fn backward_with(self, cotangent: &Tensor<T>) -> Gradients<'t, T> {
        require_shape("backward_with", &self.shape(), cotangent.shape());
        run(self.on_tape(), self.id, Some(cotangent.clone()), 0)
    }
}

impl<V: Value> Var<'_, V> {
    /// The gradients of `<cotangent, y>` for the node `root`, whose value is `like`.
    #[track_caller]
    pub(crate) fn backward_at<'t>(
        tape: &'t Tape<V::Elem>,
        root: u32,
        like: &V,
        cotangent: &V,
    ) -> Gradients<'t, V::Elem> {
        let (like, cotangent) = (like.to_tensor(), cotangent.to_tensor());
        require_shape("vjp", like.shape(), cotangent.shape());
        run(tape, root, Some(cotangent), 0)
    }
}

/// Refuses to differentiate an output of several elements without a cotangent.
#[track_caller]
pub(crate) fn require_one_element(method: &str, with_cotangent: &str, shape: &Shape) {
    if shape.size() != 1 {
        panic!(
            "{method}: expected an output of one element, got shape {shape}; reduce it, as in `y.sum()`, \
             pass a cotangent of its shape with `y.{with_cotangent}`, or compute the whole `jacobian`"
        );
    }
}

/// Refuses a cotangent whose shape is not the output's.
#[track_caller]
pub(crate) fn require_shape(method: &str, output: &Shape, cotangent: &Shape) {
    if output != cotangent {
        panic!("{method}: expected a cotangent of the output's shape {output}, got {cotangent}");
    }
}

/// Seeds the root and sweeps down to `low`.
fn run<T: Scalar>(tape: &Tape<T>, root: u32, seed: Option<Tensor<T>>, low: u32) -> Gradients<'_, T> {
    let mut adjoints = tape.spare.borrow_mut().pop().unwrap_or_default();
    // Without a variable upstream there is nothing to sweep: the root might as well be a constant.
    let root = if root != NONE && tape.is_tracked(root) { root } else { NONE };
    if root != NONE {
        adjoints.root = root as usize;
        let records = tape.records.borrow().len();
        let mut sweep = |careful| {
            (adjoints.careful, adjoints.nan) = (careful, false);
            adjoints.clear(records);
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
    Gradients { tape, root, seed, held: Held { adjoints, home: tape.spare.clone() } }
}

impl<'t, T: Scalar> Gradients<'t, T> {
    /// The gradient with respect to a variable or any intermediate value: zeros if the output does not depend on it.
    ///
    /// The sweep frees the adjoints of intermediate tensors as it consumes them, so asking for one sweeps again, from
    /// the output down to it.
    ///
    /// # Panics
    /// If `x` is on another tape.
    #[track_caller]
    pub fn wrt<V: Value<Elem = T>>(&self, x: Var<'t, V>) -> V {
        crate::core::operands::common(Some(self.tape), x.tape, "wrt");
        if V::IS_SCALAR {
            return V::from_scalar(self.scalar(x.id));
        }
        V::from_tensor(self.adjoint(x.id).unwrap_or_else(|| Tensor::zeros(x.shape())))
    }

    /// The gradient at a scalar: its place in the array.
    #[inline]
    fn scalar(&self, id: u32) -> T {
        if id > self.root || self.root == NONE {
            return T::ZERO; // NONE, too, lies past every root
        }
        self.held.adjoints.scalars.get(id as usize).copied().unwrap_or(T::ZERO)
    }

    /// Whether the output depends on `x` at all, whatever the numbers.
    ///
    /// # Panics
    /// If `x` is on another tape.
    #[track_caller]
    pub fn is_connected<V: Value<Elem = T>>(&self, x: Var<'t, V>) -> bool {
        crate::core::operands::common(Some(self.tape), x.tape, "is_connected");
        if self.root == NONE || x.id > self.root || !self.tape.is_tracked(x.id) {
            return false;
        }
        reverse::upstream_of(self.tape, self.root)[x.id as usize]
    }

    /// The adjoint of a node, zeros if nothing reached it.
    pub(crate) fn by_node(&self, id: u32) -> Tensor<T> {
        self.adjoint(id).unwrap_or_else(|| Tensor::zeros(self.tape.shape(id)))
    }

    /// The adjoint of a node; `None` if nothing reached it.
    fn adjoint(&self, id: u32) -> Option<Tensor<T>> {
        if self.root == NONE || id > self.root || !self.tape.is_tracked(id) {
            return None;
        }
        if self.tape.nodes.code(id) != TENSOR || self.tape.is_leaf(id) {
            return at(self.tape, &self.held.adjoints, id);
        }
        if id == self.root {
            return Some(self.seed.clone().unwrap_or_else(|| Tensor::scalar(T::ONE)));
        }
        let again = run(self.tape, self.root, self.seed.clone(), id + 1);
        at(self.tape, &again.held.adjoints, id)
    }
}

/// The adjoint that stands in the arrays.
fn at<T: Scalar>(tape: &Tape<T>, adjoints: &Adjoints<T>, id: u32) -> Option<Tensor<T>> {
    if tape.nodes.code(id) == TENSOR {
        adjoints.tensors.get(tape.nodes.args(id)[0] as usize)?.clone()
    } else {
        Some(Tensor::scalar(adjoints.scalars[id as usize]))
    }
}

impl<T: Scalar> Gradients<'_, T> {
    /// The gradient with respect to a bound parameter: the sum over its nodes, if it was bound with several values.
    #[track_caller]
    pub(crate) fn by_key(&self, store: Store, key: Key) -> Option<&Tensor<T>> {
        let node = self.tape.bindings.borrow().gradient_node(store, key)?;
        if let Some((_, sum)) = self.held.adjoints.sums.iter().find(|(id, _)| *id == node) {
            return Some(sum);
        }
        let slot = self.tape.nodes.args(node)[0] as usize;
        self.held.adjoints.tensors.get(slot)?.as_ref()
    }
}
