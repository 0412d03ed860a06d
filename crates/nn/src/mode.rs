//! Training or use: said at each call.

use autograd::{Param, Params, Scalar};
use rand::Rng;
use std::fmt;
use tensor::Tensor;

/// What a network is run for: to be trained, or to be used.
///
/// Layers that draw random numbers while training, such as [`Dropout`](crate::Dropout), take them from the generator
/// given here and nowhere else: a seed fixes everything. Layers that keep numbers of their own, as
/// [`BatchNorm`](crate::BatchNorm) its moving averages, hand their new values in with [`update`](Mode::update); the
/// training loop puts them into the store with [`apply`](Mode::apply) once the step is done, or drops them.
///
/// ```
/// use autograd::Params;
/// use nn::Mode;
/// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
/// use tensor::tensor;
///
/// let mut params = Params::<f32>::new();
/// let mean = params.add("mean", tensor![0.0]);
/// params.freeze(mean); // changed by no gradient
///
/// let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
/// let mut mode = Mode::train(&mut rng);
/// assert!(mode.is_training());
/// mode.update(mean, tensor![0.5]);
/// mode.apply(&mut params);
/// assert_eq!(params.get(mean), &tensor![0.5]);
/// assert!(Mode::<f32>::eval().rng().is_none());
/// ```
pub struct Mode<'r, T: Scalar = f32> {
    rng: Option<&'r mut dyn Rng>,
    updates: Vec<(Param, Tensor<T>)>,
}

impl<'r, T: Scalar> Mode<'r, T> {
    /// The network is used: nothing is random, and nothing is updated.
    pub fn eval() -> Self {
        Mode { rng: None, updates: Vec::new() }
    }

    /// The network is trained, with this generator.
    pub fn train(rng: &'r mut dyn Rng) -> Self {
        Mode { rng: Some(rng), updates: Vec::new() }
    }

    /// Whether the network is trained.
    pub fn is_training(&self) -> bool {
        self.rng.is_some()
    }

    /// The generator, in training.
    pub fn rng(&mut self) -> Option<&mut (dyn Rng + 'r)> {
        self.rng.as_deref_mut()
    }

    /// A new value for numbers that no gradient changes. In use it is ignored.
    pub fn update(&mut self, param: Param, value: Tensor<T>) {
        if !self.is_training() {
            return;
        }
        match self.updates.iter_mut().find(|(p, _)| *p == param) {
            Some((_, pending)) => *pending = value,
            None => self.updates.push((param, value)),
        }
    }

    /// The numbers as they will be: what was handed in for them last, or what the store holds. A layer that is called
    /// twice in one step counts on from here.
    ///
    /// # Panics
    /// If the key is of another store.
    #[track_caller]
    pub fn latest(&self, params: &Params<T>, param: Param) -> Tensor<T> {
        match self.updates.iter().find(|(p, _)| *p == param) {
            Some((_, pending)) => pending.clone(),
            None => params.get(param).clone(),
        }
    }

    /// Takes out what was handed in, in the order of the computation.
    pub fn updates(&mut self) -> impl Iterator<Item = (Param, Tensor<T>)> + '_ {
        self.updates.drain(..)
    }

    /// Puts what was handed in into the store. A mode that serves many steps keeps its memory.
    ///
    /// # Panics
    /// If a key is of another store, or a shape differs.
    #[track_caller]
    pub fn apply(&mut self, params: &mut Params<T>) {
        for (param, value) in self.updates.drain(..) {
            params.set(param, value);
        }
    }
}

impl<T: Scalar> fmt::Debug for Mode<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_training() { "Mode::train" } else { "Mode::eval" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::rng;
    use tensor::tensor;

    #[test]
    fn the_last_value_counts_and_use_changes_nothing() {
        let mut params = Params::<f64>::new();
        let (a, b) = (params.add("a", tensor![1.0]), params.add("b", tensor![2.0]));
        let mut rng = rng(0);
        let mut mode = Mode::train(&mut rng);
        for (param, value) in [(a, 3.0), (b, 4.0), (a, 5.0)] {
            mode.update(param, tensor![value]);
        }
        assert_eq!((mode.latest(&params, a), params.get(a)), (tensor![5.0], &tensor![1.0]));
        assert_eq!(mode.updates().collect::<Vec<_>>(), [(a, tensor![5.0]), (b, tensor![4.0])]);
        assert_eq!(mode.latest(&params, a), tensor![1.0]);

        let mut mode = Mode::eval();
        mode.update(a, tensor![9.0]);
        mode.apply(&mut params);
        assert_eq!(params.get(a), &tensor![1.0]);
    }
}
