//! What every layer and every network is.

use crate::activation::Activation;
use crate::description::{ConfigError, Description};
use crate::init::Init;
use crate::mode::Mode;
use crate::regularizer::Regularizer;
use crate::sequential::SequentialBuilder;
use crate::shape_error::ShapeError;
use autograd::{BoundParams, Param, Params, Scalar, Tape, TensorVar};
use rand::Rng;
use std::fmt::Debug;
use tensor::{Shape, Tensor};

/// A layer, or a network of them: a function of its input and of parameters that it holds the keys of.
///
/// The first axis of the input counts the examples of a batch; most modules take a single example, too.
///
/// One of your own says what it computes and which parameters that takes; everything else has a default:
///
/// ```
/// use autograd::{BoundParams, Param, Params, Scalar, Tape, TensorVar};
/// use nn::{Dense, Mode, Module, Tanh};
/// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
/// use tensor::Tensor;
///
/// /// x + layer(x) (He et al. 2016).
/// #[derive(Debug)]
/// struct Residual(Dense);
///
/// impl<T: Scalar> Module<T> for Residual {
///     fn call<'t>(&self, net: &BoundParams<'_, 't, T>, x: TensorVar<'t, T>, mode: &mut Mode<'_, T>) -> TensorVar<'t, T> {
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
/// assert_eq!(Module::<f64>::kind(&block), "Residual");
/// ```
pub trait Module<T: Scalar = f32>: Debug + Send + Sync {
    /// The output, recorded on the tape that the parameters are bound to. Modules inside this one get the same `mode`.
    #[track_caller]
    fn call<'t>(&self, net: &BoundParams<'_, 't, T>, x: TensorVar<'t, T>, mode: &mut Mode<'_, T>) -> TensorVar<'t, T>;

    /// The keys of the parameters, in the order of the computation; those of modules inside this one, too.
    fn parameters(&self) -> Vec<Param>;

    /// The output of a network in use: nothing is random, so dropout does nothing.
    ///
    /// A network without such layers is trained with this as well. One that has them is trained with
    /// [`forward_train`](Module::forward_train).
    #[track_caller]
    fn forward<'t>(&self, net: &BoundParams<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        self.call(net, x, &mut Mode::eval())
    }

    /// The output of a network in training, with what is random taken from `rng`.
    ///
    /// Moving averages stay as they are: a loop that trains layers which keep them uses [`call`](Module::call) with a
    /// [`Mode`] of its own, and applies that after the step.
    #[track_caller]
    fn forward_train<'t>(
        &self,
        net: &BoundParams<'_, 't, T>,
        x: TensorVar<'t, T>,
        rng: &mut dyn Rng,
    ) -> TensorVar<'t, T> {
        self.call(net, x, &mut Mode::train(rng))
    }

    /// As [`forward`](Module::forward), recorded as one operation: intermediate results are not stored, but computed again
    /// when gradients are. See [`BoundParams::checkpoint`].
    ///
    /// It computes in evaluation mode: dropout does nothing, and batch normalization uses its moving averages. For another
    /// mode, pass `net.checkpoint` a closure that uses [`call`](Module::call).
    ///
    /// ```
    /// use autograd::{Params, Tape};
    /// use nn::{Mlp, Module};
    /// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
    /// use tensor::Tensor;
    /// let mut params = Params::<f64>::new();
    /// let block = Mlp::new(3, [64, 64], 2).build(&mut params, &mut Xoshiro256PlusPlus::seed_from_u64(42));
    /// let tape = Tape::new();
    /// let (net, x) = (params.bind(&tape), tape.var(Tensor::ones([8, 3])));
    /// let y = block.checkpoint(&net, x);
    /// let gradient = y.square().sum().backward().wrt(x);
    /// assert_eq!(gradient, block.forward(&net, x).square().sum().backward().wrt(x));
    /// ```
    /// # Panics
    /// If `x` is on another tape.
    #[track_caller]
    fn checkpoint<'t>(&self, net: &BoundParams<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T>
    where
        Self: Clone + 'static,
    {
        // A layer is keys, so a copy of it costs little.
        let layer = self.clone();
        net.checkpoint(move |net, x| layer.forward(&net, x), x)
    }

    /// The output of a network in use, as plain numbers: nothing is recorded for a gradient.
    ///
    /// The modules of this crate compute it without a tape, in recycled buffers. Others need not say anything: by
    /// default this is [`forward`](Module::forward) on a tape of its own.
    #[track_caller]
    fn predict(&self, params: &Params<T>, x: &Tensor<T>) -> Tensor<T> {
        let tape = Tape::default();
        tape.no_grad(|| self.forward(&params.bind(&tape), tape.constant(x.clone())).value())
    }

    /// The name of this very layer, as `dense_1`; by default it has none, and a summary gives it one.
    fn name(&self) -> &str {
        ""
    }

    /// What sort of layer this is; by default the name of its type, as `Dense`.
    fn kind(&self) -> &str {
        kind_of::<Self>()
    }

    /// The shape of the output for one example of this shape.
    ///
    /// By default the module is tried on an example of zeros, so that a shape that does not fit ends in the panic of
    /// the operation it does not fit.
    ///
    /// # Errors
    /// If the module does not take such examples.
    #[track_caller]
    fn output_shape(&self, params: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
        let one: Shape = [1].iter().chain(input.iter()).copied().collect();
        let y = self.predict(params, &Tensor::zeros(one));
        Ok(Shape::from(&y.shape()[1..]))
    }

    /// The modules that this one runs one after the other, each on the output of the one before; by default none: the
    /// module counts as a single layer.
    fn children(&self) -> Vec<&dyn Module<T>> {
        Vec::new()
    }

    /// Penalties on parameters, to be added to the loss; by default those of the children.
    fn regularizers(&self) -> Vec<(Param, Regularizer)> {
        self.children().iter().flat_map(|child| child.regularizers()).collect()
    }

    /// The activation that [`call`](Module::call) ends with; by default none.
    fn output_activation(&self) -> Activation {
        Activation::Linear
    }

    /// Where the kernel of this very layer started from, if it has one and that is known; by default not.
    fn kernel_init(&self) -> Option<Init> {
        None
    }

    /// This module as data, to be built again without the program that made it; by default that of its
    /// [`children`](Module::children), one after the other.
    ///
    /// A module of one's own gives [`Description::custom`], and whoever builds it again a
    /// [`Registry`](crate::Registry).
    ///
    /// # Errors
    /// If there is no description: it has neither children nor one of its own.
    fn description(&self) -> Result<Description, ConfigError> {
        let children = self.children();
        if children.is_empty() {
            let (name, kind) = (self.name(), self.kind());
            let layer = if name.is_empty() { kind } else { name };
            return Err(ConfigError::Undescribed { layer: layer.into(), kind: kind.into() });
        }
        let layers = children.iter().map(|child| child.description()).collect::<Result<Vec<_>, _>>()?;
        Ok(SequentialBuilder::from(layers).into())
    }

    /// The output before the activation it ends with: what a loss that is evaluated from logits takes.
    #[track_caller]
    fn logits<'t>(
        &self,
        net: &BoundParams<'_, 't, T>,
        x: TensorVar<'t, T>,
        mode: &mut Mode<'_, T>,
    ) -> TensorVar<'t, T> {
        self.call(net, x, mode)
    }
}

/// The last part of a type's path, without its parameters.
pub(crate) fn kind_of<M: ?Sized>() -> &'static str {
    let path = std::any::type_name::<M>();
    let path = path.split('<').next().unwrap_or(path);
    path.rsplit("::").next().unwrap_or(path)
}

impl<T: Scalar, M: Module<T> + ?Sized> Module<T> for Box<M> {
    #[track_caller]
    fn call<'t>(&self, net: &BoundParams<'_, 't, T>, x: TensorVar<'t, T>, mode: &mut Mode<'_, T>) -> TensorVar<'t, T> {
        (**self).call(net, x, mode)
    }
    fn parameters(&self) -> Vec<Param> {
        (**self).parameters()
    }
    #[track_caller]
    fn predict(&self, params: &Params<T>, x: &Tensor<T>) -> Tensor<T> {
        (**self).predict(params, x)
    }
    fn name(&self) -> &str {
        (**self).name()
    }
    fn kind(&self) -> &str {
        (**self).kind()
    }
    #[track_caller]
    fn output_shape(&self, params: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
        (**self).output_shape(params, input)
    }
    fn children(&self) -> Vec<&dyn Module<T>> {
        (**self).children()
    }
    fn regularizers(&self) -> Vec<(Param, Regularizer)> {
        (**self).regularizers()
    }
    fn output_activation(&self) -> Activation {
        (**self).output_activation()
    }
    fn kernel_init(&self) -> Option<Init> {
        (**self).kernel_init()
    }
    fn description(&self) -> Result<Description, ConfigError> {
        (**self).description()
    }
    #[track_caller]
    fn logits<'t>(
        &self,
        net: &BoundParams<'_, 't, T>,
        x: TensorVar<'t, T>,
        mode: &mut Mode<'_, T>,
    ) -> TensorVar<'t, T> {
        (**self).logits(net, x, mode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::Dense;
    use crate::testing::rng;

    /// A layer that says no more than it must.
    #[derive(Debug)]
    struct Twice(Dense);
    impl<T: Scalar> Module<T> for Twice {
        fn call<'t>(
            &self,
            net: &BoundParams<'_, 't, T>,
            x: TensorVar<'t, T>,
            mode: &mut Mode<'_, T>,
        ) -> TensorVar<'t, T> {
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
        let tape = Tape::default();
        let y = module.forward(&params.bind(&tape), tape.constant(x.clone()));
        assert_eq!(module.predict(&params, &x), y.value());
        let boxed: Box<dyn Module<f64>> = Box::new(module);
        assert_eq!(boxed.predict(&params, &x), y.value());
        assert_eq!(boxed.parameters().len(), 2);
    }

    #[test]
    fn what_a_module_says_of_itself_by_default() {
        let mut params = Params::<f64>::new();
        let twice = Twice(Dense::new(2, 2).build(&mut params, &mut rng(1)));
        let module: Box<dyn Module<f64>> = Box::new(twice);
        assert_eq!((module.name(), module.kind(), module.output_activation()), ("", "Twice", Activation::Linear));
        assert_eq!(module.output_shape(&params, &Shape::from([4, 2])), Ok(Shape::from([4, 2])));
        assert!(module.children().is_empty() && module.regularizers().is_empty());
    }
}
