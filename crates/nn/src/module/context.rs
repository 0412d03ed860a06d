//! What the modules of a network share during one forward pass.

use autograd::{BoundParams, Param, Params, Scalar, Tape, TensorVar};
use rand::Rng;
use std::fmt;
use tensor::Tensor;

/// The context of one forward pass: the bound parameters, and whether the network is in training or evaluation mode.
///
/// In training mode it carries the random generator that layers such as [`Dropout`](crate::Dropout) draw from, and it
/// collects the new values of parameters that no gradient changes, such as the moving averages of
/// [`BatchNorm`](crate::BatchNorm). The training loop takes them with [`into_updates`](Context::into_updates) and writes
/// them to the store after the step, or drops them.
///
/// ```
/// use autograd::{Params, Tape};
/// use nn::{BatchNorm, Context, Module};
/// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
/// use tensor::tensor;
///
/// let mut params = Params::<f64>::new();
/// let layer = BatchNorm::new(1).momentum(0.5).build(&mut params);
///
/// let (tape, mut rng) = (Tape::new(), Xoshiro256PlusPlus::seed_from_u64(42));
/// let net = params.bind(&tape);
/// let mut ctx = Context::train(&net, &mut rng);
/// layer.call(&mut ctx, tape.constant(tensor![[2.0], [4.0]]));
/// let updates = ctx.into_updates();
/// updates.apply(&mut params);
/// assert_eq!(params.get(layer.moving_mean()), &tensor![1.5]);
/// ```
pub struct Context<'p, 't, T: Scalar = f32> {
    net: BoundParams<'p, 't, T>,
    rng: Option<&'p mut (dyn Rng + 'p)>,
    updates: Updates<T>,
}

impl<'p, 't, T: Scalar> Context<'p, 't, T> {
    /// Evaluation mode: nothing is random, and nothing is updated.
    pub fn eval(net: &BoundParams<'p, 't, T>) -> Self {
        Context { net: *net, rng: None, updates: Updates::default() }
    }

    /// Training mode, with the generator that random layers draw from.
    pub fn train(net: &BoundParams<'p, 't, T>, rng: &'p mut dyn Rng) -> Self {
        Context { net: *net, rng: Some(rng), updates: Updates::default() }
    }

    /// Whether this is training mode.
    pub fn is_training(&self) -> bool {
        self.rng.is_some()
    }

    /// The generator. `None` in evaluation mode.
    pub fn rng(&mut self) -> Option<&mut (dyn Rng + 'p)> {
        self.rng.as_deref_mut()
    }

    /// The bound parameters.
    pub fn net(&self) -> BoundParams<'p, 't, T> {
        self.net
    }

    /// The tape of the pass.
    pub fn tape(&self) -> &'t Tape<T> {
        self.net.tape()
    }

    /// A parameter as a variable on the tape; see [`BoundParams::var`].
    ///
    /// # Panics
    /// If the key belongs to another store.
    #[track_caller]
    pub fn var(&self, param: Param) -> TensorVar<'t, T> {
        self.net.var(param)
    }

    /// The value of a parameter with the updates of this pass: that of the last [`update`](Context::update), or else
    /// the one in the store. A layer that is called twice in one pass continues from here.
    ///
    /// # Panics
    /// If the key belongs to another store.
    #[track_caller]
    pub fn latest(&self, param: Param) -> Tensor<T> {
        match self.updates.0.iter().find(|(p, _)| *p == param) {
            Some((_, pending)) => pending.clone(),
            None => self.net.params().get(param).clone(),
        }
    }

    /// Sets the new value of a parameter that no gradient changes. Ignored in evaluation mode.
    pub fn update(&mut self, param: Param, value: Tensor<T>) {
        if !self.is_training() {
            return;
        }
        match self.updates.0.iter_mut().find(|(p, _)| *p == param) {
            Some((_, pending)) => *pending = value,
            None => self.updates.0.push((param, value)),
        }
    }

    /// Ends the pass and returns its updates.
    pub fn into_updates(self) -> Updates<T> {
        self.updates
    }
}

impl<T: Scalar> fmt::Debug for Context<'_, '_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_training() { "Context::train" } else { "Context::eval" })
    }
}

/// New values of parameters that no gradient changes, from [`Context::into_updates`], in the order of the computation.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "updates change nothing until they are applied"]
pub struct Updates<T: Scalar = f32>(Vec<(Param, Tensor<T>)>);

impl<T: Scalar> Default for Updates<T> {
    fn default() -> Self {
        Updates(Vec::new())
    }
}

impl<T: Scalar> Updates<T> {
    /// Writes the values to the store.
    ///
    /// # Panics
    /// If a key belongs to another store, or a shape differs.
    #[track_caller]
    pub fn apply(self, params: &mut Params<T>) {
        for (param, value) in self.0 {
            params.set(param, value);
        }
    }

    /// The keys and their new values.
    pub fn iter(&self) -> impl Iterator<Item = (Param, &Tensor<T>)> {
        self.0.iter().map(|(param, value)| (*param, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::rng;
    use tensor::tensor;

    #[test]
    fn the_last_update_counts_and_evaluation_updates_nothing() {
        let mut params = Params::<f64>::new();
        let (a, b) = (params.add("a", tensor![1.0]), params.add("b", tensor![2.0]));
        let (tape, mut rng) = (Tape::new(), rng(0));
        let net = params.bind(&tape);
        let mut train = Context::train(&net, &mut rng);
        for (param, value) in [(a, 3.0), (b, 4.0), (a, 5.0)] {
            train.update(param, tensor![value]);
        }
        assert_eq!((train.latest(a), params.get(a)), (tensor![5.0], &tensor![1.0]));
        let updates = train.into_updates();
        assert_eq!(updates.iter().collect::<Vec<_>>(), [(a, &tensor![5.0]), (b, &tensor![4.0])]);

        let mut eval = Context::eval(&net);
        eval.update(a, tensor![9.0]);
        assert_eq!((eval.latest(a), eval.into_updates()), (tensor![1.0], Updates::default()));
        updates.apply(&mut params);
        assert_eq!((params.get(a), params.get(b)), (&tensor![5.0], &tensor![4.0]));
    }
}
