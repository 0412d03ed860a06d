//! The arrays of adjoints that a reverse sweep fills.

use crate::rules::Element;
use tensor::Tensor;

/// The adjoints of a sweep.
#[derive(Debug)]
pub(crate) struct Adjoints<T: Element> {
    /// By node.
    pub(crate) scalars: Vec<T>,
    /// By slot among the records.
    pub(crate) tensors: Vec<Option<Tensor<T>>>,
    /// Gradients of parameters that have several nodes, by the newest of them.
    pub(crate) sums: Vec<(u32, Tensor<T>)>,
    /// Whether a NaN arrived at a scalar variable, or at a scalar that a tensor operation computed.
    pub(crate) nan: bool,
    /// Whether the sweep tests each factor for 0: see `fast/scalars.rs`.
    pub(crate) careful: bool,
}

impl<T: Element> Default for Adjoints<T> {
    fn default() -> Self {
        Adjoints { scalars: Vec::new(), tensors: Vec::new(), sums: Vec::new(), nan: false, careful: false }
    }
}

impl<T: Element> Adjoints<T> {
    /// Zeros for `nodes` nodes, and nothing for `records` tensors.
    pub(crate) fn clear(&mut self, nodes: usize, records: usize) {
        let used = self.scalars.len().min(nodes);
        self.scalars[..used].fill(T::ZERO);
        if used < nodes {
            self.scalars.reserve(nodes - used);
            self.scalars.resize(nodes, T::ZERO);
        }
        self.tensors.clear();
        self.tensors.resize_with(records, || None);
    }
}
