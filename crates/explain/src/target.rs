//! A variable of any value type, as an argument of a request.

use autograd::inspect::Node;
use autograd::{Scalar, Tape, Value, Var};
use std::fmt;

/// The output, or a node to differentiate with respect to: a scalar or a tensor. Converted from a [`Var`] by `into()`.
pub struct Target<'t, T: Scalar> {
    tape: Option<&'t Tape<T>>,
    node: Option<usize>,
}

impl<T: Scalar> Clone for Target<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T: Scalar> Copy for Target<'_, T> {}

impl<T: Scalar> fmt::Debug for Target<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Target").field("node", &self.node).finish_non_exhaustive()
    }
}

impl<'t, V: Value> From<Var<'t, V>> for Target<'t, V::Elem> {
    fn from(x: Var<'t, V>) -> Self {
        Target { tape: x.tape(), node: x.node() }
    }
}

impl<'t, T: Scalar> Target<'t, T> {
    /// Returns the node; `None` for a constant scalar, which has none.
    pub(crate) fn node(self) -> Option<Node<'t, T>> {
        Some(self.tape?.node(self.node?))
    }
}
