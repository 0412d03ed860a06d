//! A further term of a model's loss.

use autograd::{BoundParams, Scalar, TensorVar, Var};
use std::fmt;
use std::sync::Arc;

type Function<T> = dyn for<'p, 't> Fn(&BoundParams<'p, 't, T>, &[TensorVar<'t, T>]) -> Var<'t, T> + Send + Sync;

/// A function of parameters and raw outputs, under a name.
#[derive(Clone)]
pub(crate) struct Term<T: Scalar> {
    pub(crate) name: String,
    f: Arc<Function<T>>,
}

impl<T: Scalar> Term<T> {
    pub(crate) fn new(
        name: impl Into<String>,
        f: impl for<'p, 't> Fn(&BoundParams<'p, 't, T>, &[TensorVar<'t, T>]) -> Var<'t, T> + Send + Sync + 'static,
    ) -> Self {
        Term { name: name.into(), f: Arc::new(f) }
    }

    pub(crate) fn of<'t>(&self, net: &BoundParams<'_, 't, T>, outputs: &[TensorVar<'t, T>]) -> Var<'t, T> {
        (self.f)(net, outputs)
    }
}

impl<T: Scalar> fmt::Debug for Term<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Term").field(&self.name).finish()
    }
}
