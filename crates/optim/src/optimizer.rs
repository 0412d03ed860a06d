//! What every optimiser does.

use autograd::{Param, ParamGradients, Params, Scalar};
use std::fmt::Debug;
use tensor::Tensor;

/// An optimiser: writes new numbers into a store of parameters, given their gradients.
///
/// Gradients come from a reverse sweep ([`Gradients`](autograd::Gradients)) or from a sum over batches or threads
/// ([`GradientSum`](autograd::GradientSum)). Frozen parameters, and those the loss does not depend on, are left alone:
/// neither their numbers nor what the optimiser remembers of them change.
///
/// The trait can be made an object. One of your own is a few lines:
///
/// ```
/// use autograd::{ParamGradients, Params, Tape};
/// use optim::Optimizer;
/// use tensor::tensor;
///
/// /// w := w - η sign(g)
/// #[derive(Debug)]
/// struct SignDescent(f64);
///
/// impl Optimizer<f64> for SignDescent {
///     fn step(&mut self, params: &mut Params<f64>, gradients: &dyn ParamGradients<f64>) {
///         for p in params.keys().collect::<Vec<_>>() {
///             let Some(g) = gradients.gradient(p) else { continue };
///             for (w, g) in params.get_mut(p).data_mut().iter_mut().zip(g.to_vec()) {
///                 *w -= self.0 * g.signum();
///             }
///         }
///     }
///     fn learning_rate(&self) -> f64 {
///         self.0
///     }
///     fn set_learning_rate(&mut self, rate: f64) {
///         self.0 = rate;
///     }
/// }
///
/// let mut params = Params::new();
/// let w = params.add("w", tensor![3.0, -2.0]);
/// let tape = Tape::new();
/// let grads = params.on(&tape).var(w).square().sum().backward();
/// let mut optimizer: Box<dyn Optimizer<f64>> = Box::new(SignDescent(0.5));
/// optimizer.step(&mut params, &grads);
/// assert_eq!(params.get(w), &tensor![2.5, -1.5]);
/// ```
pub trait Optimizer<T: Scalar>: Debug + Send {
    /// One update of every parameter that is trained and has a gradient.
    ///
    /// # Panics
    /// If a gradient has another shape than its parameter.
    #[track_caller]
    fn step(&mut self, params: &mut Params<T>, gradients: &dyn ParamGradients<T>);

    /// The learning rate of the next step.
    fn learning_rate(&self) -> f64;

    /// Changes the learning rate; what is remembered of earlier steps stays.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN.
    #[track_caller]
    fn set_learning_rate(&mut self, rate: f64);
}

impl<T: Scalar, O: Optimizer<T> + ?Sized> Optimizer<T> for Box<O> {
    #[track_caller]
    fn step(&mut self, params: &mut Params<T>, gradients: &dyn ParamGradients<T>) {
        (**self).step(params, gradients);
    }
    fn learning_rate(&self) -> f64 {
        (**self).learning_rate()
    }
    #[track_caller]
    fn set_learning_rate(&mut self, rate: f64) {
        (**self).set_learning_rate(rate);
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
        let Some(g) = gradients.gradient(p) else { continue };
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
