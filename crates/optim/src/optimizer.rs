//! The trait of all optimizers.

use crate::rate::LearningRateError;
use crate::saved::{OptimizerState, StateError};
use autograd::{Param, ParamGradients, Params, Scalar};
use std::fmt::Debug;
use tensor::Tensor;

/// An optimizer: updates a store of parameters from their gradients.
///
/// Gradients come from a reverse sweep ([`Gradients`](autograd::Gradients)) or from a sum over batches or threads
/// ([`GradientSum`](autograd::GradientSum)). Frozen parameters, and parameters that the loss does not depend on, are
/// skipped: neither their values nor their optimizer state change.
///
/// The optimizers of this crate are [`GradientDescent`](crate::GradientDescent) with different
/// [update rules](crate::UpdateRule); implement `UpdateRule` for a custom one. The trait is object safe:
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
    /// Updates every parameter that is not frozen and has a gradient.
    ///
    /// # Panics
    /// If the shape of a gradient differs from the shape of its parameter, or if the averages are swapped into the
    /// store (see [`swap_averages`](Optimizer::swap_averages)).
    #[track_caller]
    fn step(&mut self, params: &mut Params<T>, gradients: &dyn ParamGradients<T>);

    /// Makes an update from the mean of the gradients accumulated so far, even if they are fewer than
    /// [`gradient_accumulation_steps`](crate::GradientDescent::gradient_accumulation_steps). Returns whether there were
    /// any.
    ///
    /// # Panics
    /// As [`step`](Optimizer::step).
    #[track_caller]
    fn flush(&mut self, params: &mut Params<T>) -> bool {
        let _ = params;
        false
    }

    /// Drops the gradients accumulated so far. Returns whether there were any.
    fn discard(&mut self) -> bool {
        false
    }

    /// Returns the number of updates made, which is the step passed to a schedule for the next one.
    fn steps(&self) -> u64;

    /// Returns the learning rate of the next step.
    ///
    /// # Panics
    /// If the schedule returns a rate that is negative, infinite or NaN.
    fn learning_rate(&self) -> f64;

    /// Changes the learning rate and keeps the rest of the state.
    ///
    /// # Errors
    /// If the optimizer has a schedule, or if the rate is negative, NaN, or infinite in `T`.
    fn set_learning_rate(&mut self, rate: f64) -> Result<(), LearningRateError>;

    /// Returns the state of the optimizer, keyed by parameter names.
    fn state(&self, params: &Params<T>) -> OptimizerState<T>;

    /// Restores a state saved by an optimizer with the same settings.
    ///
    /// # Errors
    /// If the state does not match this optimizer and these parameters. The error lists every mismatch, and nothing is
    /// changed.
    fn load_state(&mut self, params: &Params<T>, state: &OptimizerState<T>) -> Result<(), StateError>;

    /// Swaps the weights in the store with their moving averages; a second call swaps them back. Returns whether the
    /// optimizer keeps averages: see [`ema`](crate::GradientDescent::ema).
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
    fn set_learning_rate(&mut self, rate: f64) -> Result<(), LearningRateError> {
        (**self).set_learning_rate(rate)
    }
    fn state(&self, params: &Params<T>) -> OptimizerState<T> {
        (**self).state(params)
    }
    fn load_state(&mut self, params: &Params<T>, state: &OptimizerState<T>) -> Result<(), StateError> {
        (**self).load_state(params, state)
    }
    fn swap_averages(&mut self, params: &mut Params<T>) -> bool {
        (**self).swap_averages(params)
    }
}

/// Calls `update` for every parameter that is not frozen and has a gradient, with its position among these.
#[track_caller]
pub(crate) fn each_trained<T: Scalar>(
    params: &mut Params<T>,
    gradients: &dyn ParamGradients<T>,
    mut update: impl FnMut(&mut Params<T>, usize, Param, &Tensor<T>),
) {
    let mut position = 0;
    for at in 0..params.len() {
        let Some(p) = params.key_at(at) else { continue };
        if params.is_frozen(p) {
            continue;
        }
        let Some(g) = gradients.gradient(params, p) else { continue };
        check_shape("step", params, p, g);
        update(params, position, p, g);
        position += 1;
    }
}

/// # Panics
/// If the gradient does not have the shape of its parameter.
#[track_caller]
pub(crate) fn check_shape<T: Scalar>(operation: &str, params: &Params<T>, p: Param, gradient: &Tensor<T>) {
    let (expected, found) = (params.get(p).shape(), gradient.shape());
    if found != expected {
        let name = params.name(p);
        panic!("{operation}: the gradient of parameter `{name}` must have its shape {expected}, got {found}");
    }
}
