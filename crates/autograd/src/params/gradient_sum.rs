//! Gradients by parameter, and sums of gradients that outlive their tape.

use super::{Param, Params};
use crate::core::bindings::Key;
use crate::core::value::Scalar;
use crate::ops::Gradients;
use slotmap::SecondaryMap;
use tensor::Tensor;

/// Gradients by parameter, as an optimizer takes them.
pub trait ParamGradients<T: Scalar> {
    /// Returns the gradient with respect to a parameter of `params`; `None` if the loss does not depend on it.
    ///
    /// `params` is needed because clones of a store have the same keys: each clone on a tape has separate gradients.
    fn gradient(&self, params: &Params<T>, param: Param) -> Option<&Tensor<T>>;
}

/// The gradient that [`grad`](crate::grad) or another transform returns at a store.
///
/// ```
/// use autograd::{ParamGradients, Params, grad};
/// use tensor::tensor;
/// let mut params = Params::new();
/// let w = params.add("w", tensor![2.0]);
/// let g = grad(|net| net.var(w).square().sum(), &params);
/// assert_eq!(g.gradient(&params, w), Some(&tensor![4.0]));
/// ```
///
/// It has an entry for each parameter, with zeros where the loss does not depend on it. So an optimizer steps unused
/// parameters as well, with weight decay and momentum; with the gradients of [`backward`](crate::Var::backward) it leaves
/// them as they are. Frozen parameters have no gradient.
impl<T: Scalar> ParamGradients<T> for Params<T> {
    fn gradient(&self, _: &Params<T>, param: Param) -> Option<&Tensor<T>> {
        (self.contains(param) && !self.is_frozen(param)).then(|| self.get(param))
    }
}

/// A sum of gradients by parameter, which outlives the tape: for several batches, or gradients from other threads.
///
/// ```
/// use autograd::{GradientSum, ParamGradients, Params, Tape};
/// use tensor::tensor;
/// let mut params = Params::new();
/// let w = params.add("w", tensor![2.0_f64]);
/// let mut sum = GradientSum::new();
/// for x in [1.0, 10.0] {
///     let tape = Tape::new();
///     let loss = (params.bind(&tape).var(w) * x).sum();
///     sum.add(&params, &loss.backward());
/// }
/// assert_eq!(sum.gradient(&params, w), Some(&tensor![11.0]));
/// ```
#[derive(Clone, Debug, Default)]
pub struct GradientSum<T: Scalar = f32> {
    store: Option<u32>,
    sums: SecondaryMap<Key, Tensor<T>>,
}

impl<T: Scalar> GradientSum<T> {
    /// Creates an empty sum.
    pub fn new() -> Self {
        GradientSum { store: None, sums: SecondaryMap::new() }
    }

    /// Adds the gradients of all parameters of a store.
    ///
    /// # Panics
    /// If gradients of another store were added before. Clones of a store count as the same store.
    #[track_caller]
    pub fn add(&mut self, params: &Params<T>, gradients: &dyn ParamGradients<T>) {
        let store = *self.store.get_or_insert(params.store.keys);
        assert!(
            store == params.store.keys,
            "add: expected gradients of the store that was added first, got another store; use one `GradientSum` for \
             each store"
        );
        for p in params.keys() {
            let Some(g) = gradients.gradient(params, p) else { continue };
            let sum = match self.sums.remove(p.key) {
                Some(sum) => crate::core::reverse::add(sum, g.clone()),
                None => g.clone(),
            };
            self.sums.insert(p.key, sum);
        }
    }

    /// Multiplies all gradients by a factor. With 1/n the sum over n batches becomes their mean.
    pub fn scale(&mut self, factor: T) {
        for g in self.sums.values_mut() {
            for x in g.data_mut() {
                *x *= factor;
            }
        }
    }

    /// Removes all gradients.
    pub fn clear(&mut self) {
        self.sums.clear();
    }
}

impl<T: Scalar> ParamGradients<T> for GradientSum<T> {
    fn gradient(&self, _: &Params<T>, param: Param) -> Option<&Tensor<T>> {
        if self.store != Some(param.store) {
            return None;
        }
        self.sums.get(param.key)
    }
}

impl<T: Scalar> ParamGradients<T> for Gradients<'_, T> {
    #[track_caller]
    fn gradient(&self, params: &Params<T>, param: Param) -> Option<&Tensor<T>> {
        self.by_key(params.store, param.key)
    }
}
