//! What every layer and every network is.

use crate::mode::Mode;
use autograd::{Lent, Param, Params, Scalar, Tape, Var};
use rand::Rng;
use std::fmt::Debug;
use tensor::Tensor;

/// A layer, or a network of them: a function of its input and of parameters that it holds the keys of.
///
/// The first axis of the input counts the examples of a batch; most modules take a single example, too.
///
/// One of your own says what it computes and which parameters that takes:
///
/// ```
/// use autograd::{Lent, Param, Params, Scalar, Tape, Var};
/// use nn::{Dense, Mode, Module, Tanh};
/// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
/// use tensor::Tensor;
///
/// /// x + layer(x) (He et al. 2016).
/// #[derive(Debug)]
/// struct Residual(Dense);
///
/// impl<T: Scalar> Module<T> for Residual {
///     fn call<'t>(&self, net: &Lent<'_, 't, T>, x: Var<'t, Tensor<T>>, mode: &mut Mode<'_>) -> Var<'t, Tensor<T>> {
///         x + self.0.call(net, x, mode)
///     }
///     fn parameters(&self) -> Vec<Param> {
///         self.0.parameters()
///     }
/// }
///
/// let mut params = Params::<f64>::new();
/// let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
/// let block = Residual(Dense::new(3, 3).activation(Tanh).build(&mut params, &mut rng));
/// let y = block.predict(&params, &Tensor::zeros([2, 3]));
/// assert_eq!(y, Tensor::zeros([2, 3]));
/// ```
pub trait Module<T: Scalar = f32>: Debug + Send + Sync {
    /// The output, recorded on the tape that the parameters are lent to. Modules inside this one get the same `mode`.
    #[track_caller]
    fn call<'t>(&self, net: &Lent<'_, 't, T>, x: Var<'t, Tensor<T>>, mode: &mut Mode<'_>) -> Var<'t, Tensor<T>>;

    /// The keys of the parameters, in the order of the computation; those of modules inside this one, too.
    fn parameters(&self) -> Vec<Param>;

    /// The output of a network in use: nothing is random, so dropout does nothing.
    ///
    /// A network without such layers is trained with this as well. One that has them is trained with
    /// [`forward_train`](Module::forward_train).
    #[track_caller]
    fn forward<'t>(&self, net: &Lent<'_, 't, T>, x: Var<'t, Tensor<T>>) -> Var<'t, Tensor<T>> {
        self.call(net, x, &mut Mode::eval())
    }

    /// The output of a network in training, with what is random taken from `rng`.
    #[track_caller]
    fn forward_train<'t>(&self, net: &Lent<'_, 't, T>, x: Var<'t, Tensor<T>>, rng: &mut dyn Rng) -> Var<'t, Tensor<T>> {
        self.call(net, x, &mut Mode::train(rng))
    }

    /// The output of a network in use, as plain numbers: nothing is recorded for a gradient.
    ///
    /// The modules of this crate compute it without a tape, in recycled buffers. Others need not say anything: by
    /// default this is [`forward`](Module::forward) on a tape of its own.
    #[track_caller]
    fn predict(&self, params: &Params<T>, x: &Tensor<T>) -> Tensor<T> {
        let tape = Tape::new();
        tape.no_grad(|| self.forward(&params.on(&tape), tape.constant(x.clone())).value())
    }
}

impl<T: Scalar, M: Module<T> + ?Sized> Module<T> for Box<M> {
    #[track_caller]
    fn call<'t>(&self, net: &Lent<'_, 't, T>, x: Var<'t, Tensor<T>>, mode: &mut Mode<'_>) -> Var<'t, Tensor<T>> {
        (**self).call(net, x, mode)
    }
    fn parameters(&self) -> Vec<Param> {
        (**self).parameters()
    }
    #[track_caller]
    fn predict(&self, params: &Params<T>, x: &Tensor<T>) -> Tensor<T> {
        (**self).predict(params, x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dense::Dense;
    use crate::testing::rng;

    /// A layer that says nothing about `predict`.
    #[derive(Debug)]
    struct Twice(Dense);
    impl<T: Scalar> Module<T> for Twice {
        fn call<'t>(&self, net: &Lent<'_, 't, T>, x: Var<'t, Tensor<T>>, mode: &mut Mode<'_>) -> Var<'t, Tensor<T>> {
            self.0.call(net, self.0.call(net, x, mode), mode)
        }
        fn parameters(&self) -> Vec<Param> {
            self.0.parameters()
        }
    }

    #[test]
    fn predict_by_default_is_forward() {
        let mut params = Params::<f64>::new();
        let module = Twice(Dense::new(2, 2).build(&mut params, &mut rng(1)));
        let x = Tensor::ones([3, 2]);
        let tape = Tape::new();
        let y = module.forward(&params.on(&tape), tape.constant(x.clone()));
        assert_eq!(module.predict(&params, &x), y.value());
        let boxed: Box<dyn Module<f64>> = Box::new(module);
        assert_eq!(boxed.predict(&params, &x), y.value());
        assert_eq!(boxed.parameters().len(), 2);
    }
}
