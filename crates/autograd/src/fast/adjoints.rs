//! The arrays of adjoints that a reverse sweep fills, and those of earlier sweeps, to be used again.

use crate::rules::Element;
use std::sync::{Mutex, MutexGuard, PoisonError};
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

/// The adjoints of earlier sweeps on a tape, to be used again.
///
/// Gradients outlive a reset of their tape, and tape and gradients may move to different threads: hence the lock, which
/// nobody else holds while a tape stays on its thread.
#[derive(Debug)]
pub(crate) struct Pool<T: Element>(Mutex<Vec<Adjoints<T>>>);

impl<T: Element> Default for Pool<T> {
    fn default() -> Self {
        Pool(Mutex::default())
    }
}

impl<T: Element> Pool<T> {
    fn adjoints(&self) -> MutexGuard<'_, Vec<Adjoints<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner) // only whole entries are put in and taken out
    }

    pub(crate) fn take(&self) -> Adjoints<T> {
        self.adjoints().pop().unwrap_or_default()
    }

    pub(crate) fn put(&self, adjoints: Adjoints<T>) {
        self.adjoints().push(adjoints);
    }
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
