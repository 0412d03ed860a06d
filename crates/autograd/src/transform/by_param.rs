//! Something for each parameter of a store.

use crate::params::Param;
use std::ops::Index;

/// A `B` for each parameter of a store, in the store's order: recorded gradients, or blocks of a Jacobian or a Hessian.
///
/// ```
/// use autograd::{Params, hessian};
/// use tensor::tensor;
/// let mut params = Params::new();
/// let w = params.add("w", tensor![1.0, 2.0]);
/// let b = params.add("b", tensor![3.0]);
/// let h = hessian(|p| (p.var(w).sum() * p.var(b).item()).square(), &params);
/// assert_eq!(h[w][b], tensor![[36.0], [36.0]]); // shape of w, then shape of b
/// assert_eq!(h.get(b).get(b), tensor![[18.0]]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct ByParam<B>(Vec<(Param, B)>);

impl<B> ByParam<B> {
    /// One value for each key, in the order of the store, on which transforms rely.
    pub(crate) fn in_order(entries: impl Iterator<Item = (Param, B)>) -> Self {
        ByParam(entries.collect())
    }

    /// Returns a copy of the value of a parameter. Copies of variables and tensors are cheap; `by_param[param]`
    /// borrows.
    ///
    /// # Panics
    /// If the parameter belongs to another store, as for indexing.
    #[track_caller]
    pub fn get(&self, param: Param) -> B
    where
        B: Clone,
    {
        self[param].clone()
    }

    /// All keys with their values, in the order of the store.
    pub fn iter(&self) -> impl Iterator<Item = (Param, &B)> {
        self.0.iter().map(|(param, value)| (*param, value))
    }

    /// The number of parameters.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no parameters.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<B> Index<Param> for ByParam<B> {
    type Output = B;
    #[track_caller]
    fn index(&self, param: Param) -> &B {
        match self.0.iter().find(|(key, _)| *key == param) {
            Some((_, value)) => value,
            None => panic!(
                "expected a parameter of the store that was differentiated, got a key of another store, or of a \
                 parameter that was removed; use the keys of layers that were built in this `Params`"
            ),
        }
    }
}
