//! What every optimizer does.

use crate::rate::RateError;
use crate::saved::{OptimizerState, StateError};
use autograd::{Param, ParamGradients, Params, Scalar};
use std::fmt::Debug;
use tensor::Tensor;

/// An optimizer: writes new numbers into a store of parameters, given their gradients.
///
/// Gradients come from a reverse sweep ([`Gradients`](autograd::Gradients)) or from a sum over batches or threads
/// ([`GradientSum`](autograd::GradientSum)). Frozen parameters, and those the loss does not depend on, are left alone:
/// neither their numbers nor what the optimizer remembers of them change.
///
/// All methods of this crate are a [`Descent`](crate::Descent) by some [`Rule`](crate::Rule), and so is one of your own.
/// The trait can be made an object, for code that is to work with any of them:
///
/// ```
/// use autograd::{Params, Tape};
/// use optim::{Adam, Optimizer, Sgd};
/// use tensor::tensor;
///
/// let mut params = Params::<f64>::new();
/// let w = params.add("w", tensor![1.0]);
/// let optimizers: [Box<dyn Optimizer<f64>>; 2] = [Box::new(Sgd::new(0.1)), Box::new(Adam::new(0.1))];
/// for mut optimizer in optimizers {
///     let tape = Tape::new();
///     let grads = params.bind(&tape).var(w).square().sum().backward();
///     optimizer.step(&mut params, &grads);
/// }
/// assert!((params.get(w).item() - 0.7).abs() < 1e-6);
/// ```
pub trait Optimizer<T: Scalar>: Debug + Send {
    /// One update of every parameter that is trained and has a gradient.
    ///
    /// # Panics
    /// If a gradient has another shape than its parameter, or the averages stand in the place of the weights (see
    /// [`swap_averages`](Optimizer::swap_averages)).
    #[track_caller]
    fn step(&mut self, params: &mut Params<T>, gradients: &dyn ParamGradients<T>);

    /// Makes an update from the mean of the gradients that [`accumulate`](crate::Descent::accumulate) holds back because
    /// they are fewer than it asks for. Returns whether there were any; an optimizer that does not accumulate has none.
    ///
    /// # Panics
    /// As [`step`](Optimizer::step).
    #[track_caller]
    fn flush(&mut self, params: &mut Params<T>) -> bool {
        let _ = params;
        false
    }

    /// Drops the gradients that [`flush`](Optimizer::flush) would make an update from. Returns whether there were any.
    fn discard(&mut self) -> bool {
        false
    }

    /// How many updates have been made: the step at which a schedule stands.
    fn steps(&self) -> u64;

    /// The learning rate of the next step.
    ///
    /// # Panics
    /// If a schedule gives one that is negative, infinite or NaN.
    fn learning_rate(&self) -> f64;

    /// Changes the learning rate; what is remembered of earlier steps stays.
    ///
    /// # Errors
    /// If the optimizer follows a schedule, or the rate is negative, NaN, or infinite in `T`.
    fn set_learning_rate(&mut self, rate: f64) -> Result<(), RateError>;

    /// All that it has come to know, by the names of the parameters.
    fn state(&self, params: &Params<T>) -> OptimizerState<T>;

    /// Goes on from a state that an optimizer of the same settings gave.
    ///
    /// # Errors
    /// If it does not fit: all differences are listed, and nothing is changed.
    fn load(&mut self, params: &Params<T>, state: &OptimizerState<T>) -> Result<(), StateError>;

    /// Puts the averages of the weights into the store and keeps the weights; called again, puts the weights back.
    /// Returns whether there are averages: see [`ema`](crate::Descent::ema).
    fn swap_averages(&mut self, params: &mut Params<T>) -> bool;
}

impl<T: Scalar, O: Optimizer<T> + ?Sized> Optimizer<T> for Box<O> {
    #[track_caller]
    fn step(&mut self, params: &mut Params<T>, gradients: &dyn ParamGradients<T>) {
        (**self).step(params, gradients);
    }
    #[track_caller]
    fn flush(&mut self, params: &mut Params<T>) -> bool {
        (**self).flush(params)
    }
    fn discard(&mut self) -> bool {
        (**self).discard()
    }
    fn steps(&self) -> u64 {
        (**self).steps()
    }
    fn learning_rate(&self) -> f64 {
        (**self).learning_rate()
    }
    fn set_learning_rate(&mut self, rate: f64) -> Result<(), RateError> {
        (**self).set_learning_rate(rate)
    }
    fn state(&self, params: &Params<T>) -> OptimizerState<T> {
        (**self).state(params)
    }
    fn load(&mut self, params: &Params<T>, state: &OptimizerState<T>) -> Result<(), StateError> {
        (**self).load(params, state)
    }
    fn swap_averages(&mut self, params: &mut Params<T>) -> bool {
        (**self).swap_averages(params)
    }
}

/// Calls `update` for every parameter that is trained and has a gradient, with its place among these.
#[track_caller]
pub(crate) fn each_trained<T: Scalar>(
    params: &mut Params<T>,
    gradients: &dyn ParamGradients<T>,
    mut update: impl FnMut(&mut Params<T>, usize, Param, &Tensor<T>),
) {
    let mut place = 0;
    for at in 0..params.len() {
        let Some(p) = params.key_at(at) else { continue };
        if params.is_frozen(p) {
            continue;
        }
        let Some(g) = gradients.gradient(params, p) else { continue };
        if g.shape() != params.get(p).shape() {
            panic!(
                "step: parameter `{}` has shape {}, but its gradient has {}",
                params.name(p),
                params.get(p).shape(),
                g.shape()
            );
        }
        update(params, place, p, g);
        place += 1;
    }
}
