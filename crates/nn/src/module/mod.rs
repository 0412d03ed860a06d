//! What every layer and network is: a module; and a config, the data that builds one.
//!
//! | file | idea |
//! |---|---|
//! | `mod.rs`, `context.rs` | the trait `Module`; what modules share during a pass |
//! | `summary.rs` | what a summary says of a module: outputs, layers, names |
//! | `layer_config.rs` | the trait `LayerConfig`: data that builds a module |
//! | `config.rs`, `kind.rs` | configs of any kind, as data |
//! | `build_context.rs`, `build.rs` | the store, names and shapes while a network is built |
//! | `checked.rs`, `error.rs` | what is refused |

mod build;
mod build_context;
pub(crate) mod checked;
mod config;
mod context;
mod error;
mod kind;
mod layer_config;
mod summary;

pub(crate) use build::{MOST, generator, in_store};
pub use build_context::BuildContext;
pub(crate) use build_context::Start;
pub use config::Config;
pub use context::{Context, Updates};
pub use error::ConfigError;
pub(crate) use kind::{Kind, Kinds};
pub use layer_config::LayerConfig;
pub(crate) use layer_config::{alone, stateless};
use summary::kind_of;
pub use summary::{LayerSummary, Output};
pub(crate) use summary::{distinct, title};

use crate::activation::Activation;
use crate::init::Init;
use crate::naming::Names;
use crate::regularizer::Regularizer;
use crate::shape_error::ShapeError;
use autograd::{BoundParams, Param, Params, Scalar, Tape, TensorVar, Var};
use rand::Rng;
use std::fmt::Debug;
use tensor::{Shape, Tensor};

/// A layer, or a network of layers: a function of its input and of the parameters whose keys it holds.
///
/// Axis 0 of the input counts the examples of a batch; most modules also take a single example. A module with several
/// inputs or outputs, such as a [`Graph`](crate::Graph) or [`Concatenate`](crate::Concatenate), overrides
/// [`call_all`](Module::call_all), [`outputs`](Module::outputs) and [`output_shapes`](Module::output_shapes).
///
/// A custom module defines what it computes, and which parameters it has; everything else has a default. A custom layer
/// that is saved and loaded is a [`LayerConfig`](crate::LayerConfig).
///
/// ```
/// use autograd::{Param, Params, Scalar, TensorVar};
/// use nn::{Context, Dense, Module, Tanh};
/// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
/// use tensor::Tensor;
///
/// /// x + layer(x) (He et al. 2016).
/// #[derive(Debug)]
/// struct Residual(Dense);
///
/// impl<T: Scalar> Module<T> for Residual {
///     fn call<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
///         x + self.0.call(ctx, x)
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
    /// Computes the output for one input, recorded on the tape of the context. Modules inside this one get the same
    /// context.
    #[track_caller]
    fn call<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T>;

    /// Computes all outputs for any number of inputs. By default a module has one of each.
    ///
    /// # Panics
    /// If there are more or fewer inputs than the module takes.
    #[track_caller]
    fn call_all<'t>(&self, ctx: &mut Context<'_, 't, T>, inputs: &[TensorVar<'t, T>]) -> Vec<TensorVar<'t, T>> {
        vec![self.call(ctx, *only(self.kind(), inputs))]
    }

    /// The output before the activation that the module ends with: the input of a loss that is computed from logits.
    #[track_caller]
    fn logits<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        self.call(ctx, x)
    }

    /// The same for all outputs. By default those of a module with one output.
    #[track_caller]
    fn logits_all<'t>(&self, ctx: &mut Context<'_, 't, T>, inputs: &[TensorVar<'t, T>]) -> Vec<TensorVar<'t, T>> {
        match (inputs, self.outputs().len()) {
            (&[x], 1) => vec![self.logits(ctx, x)],
            _ => self.call_all(ctx, inputs),
        }
    }

    /// The output in evaluation mode: nothing is random, so dropout does nothing.
    ///
    /// A network without random layers is trained with this as well; one that has them with
    /// [`forward_train`](Module::forward_train).
    #[track_caller]
    fn forward<'t>(&self, net: &BoundParams<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        self.call(&mut Context::eval(net), x)
    }

    /// The output in training mode, with random values drawn from `rng`.
    ///
    /// Moving averages stay as they are: a loop that trains layers with such averages makes a [`Context`], passes it to
    /// [`call`](Module::call), and applies its updates after the step.
    #[track_caller]
    fn forward_train<'t>(
        &self,
        net: &BoundParams<'_, 't, T>,
        x: TensorVar<'t, T>,
        rng: &mut dyn Rng,
    ) -> TensorVar<'t, T> {
        self.call(&mut Context::train(net, rng), x)
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

    /// The output in evaluation mode as a plain tensor: nothing is recorded.
    ///
    /// By default [`forward`](Module::forward) on a new tape without recording; the modules of this crate that matter
    /// compute it without a tape, in pooled buffers.
    #[track_caller]
    fn predict(&self, params: &Params<T>, x: &Tensor<T>) -> Tensor<T> {
        let tape = Tape::default();
        tape.no_grad(|| self.forward(&params.bind(&tape), tape.constant(x.clone())).value())
    }

    /// The same for any number of inputs and outputs.
    ///
    /// # Panics
    /// If there are more or fewer inputs than the module takes.
    #[track_caller]
    fn predict_all(&self, params: &Params<T>, inputs: &[Tensor<T>]) -> Vec<Tensor<T>> {
        if let ([x], 1) = (inputs, self.outputs().len()) {
            return vec![self.predict(params, x)];
        }
        let tape = Tape::default();
        tape.no_grad(|| {
            let inputs: Vec<_> = inputs.iter().map(|x| tape.constant(x.clone())).collect();
            let net = params.bind(&tape);
            self.call_all(&mut Context::eval(&net), &inputs).into_iter().map(Var::value).collect()
        })
    }

    /// The keys of the parameters, each once, in the order of the computation. Default: those of the
    /// [`children`](Module::children).
    fn parameters(&self) -> Vec<Param> {
        distinct(self.children().iter().flat_map(|child| child.parameters()))
    }

    /// The modules inside this one that run one after the other, each on the output of the one before. Default: none, so
    /// that the module counts as a single layer.
    fn children(&self) -> Vec<&dyn Module<T>> {
        Vec::new()
    }

    /// The name of the layer, such as `dense_1`. Default: empty; a summary then makes one from the kind.
    fn name(&self) -> &str {
        ""
    }

    /// The kind of layer. Default: the name of the type, such as `Dense`.
    fn kind(&self) -> &str {
        kind_of::<Self>()
    }

    /// The outputs. Default: one, under the name of the layer.
    fn outputs(&self) -> Vec<Output> {
        vec![Output { name: title(self), activation: self.output_activation() }]
    }

    /// The activation that [`call`](Module::call) ends with. Default: none.
    fn output_activation(&self) -> Activation {
        Activation::Linear
    }

    /// The shape of the output for one example of shape `input`.
    ///
    /// By default the module is tried on an example of zeros, so that a shape that does not fit ends in the panic of the
    /// operation that it does not fit.
    ///
    /// # Errors
    /// If the module does not take such examples.
    #[track_caller]
    fn output_shape(&self, params: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
        let one: Shape = [1].iter().chain(input.iter()).copied().collect();
        let y = self.predict(params, &Tensor::zeros(one));
        Ok(Shape::from(&y.shape()[1..]))
    }

    /// The shapes of all outputs for one example whose inputs have these shapes.
    ///
    /// # Errors
    /// If a layer cannot take its inputs.
    fn output_shapes(&self, params: &Params<T>, inputs: &[Shape]) -> Result<Vec<Shape>, ShapeError> {
        match inputs {
            [input] => Ok(vec![self.output_shape(params, input)?]),
            _ => Err(ShapeError::new(title(self), inputs.to_vec(), "a single input")),
        }
    }

    /// The layers for a summary, for one example whose inputs have these shapes. Default: the
    /// [`children`](Module::children), or the module itself as a single layer.
    ///
    /// # Errors
    /// If a layer cannot take its inputs.
    fn layers(&self, params: &Params<T>, inputs: &[Shape]) -> Result<Vec<LayerSummary>, ShapeError> {
        let (mut layers, mut names, mut shapes) = (Vec::new(), Names::default(), inputs.to_vec());
        for child in self.children() {
            shapes = child.output_shapes(params, &shapes)?;
            layers.push(LayerSummary::of(child, names.take(&title(child)), shapes.clone()));
        }
        if layers.is_empty() {
            layers.push(LayerSummary::of(self, title(self), self.output_shapes(params, inputs)?));
        }
        Ok(layers)
    }

    /// Penalties on parameters, added to the loss. Default: those of the [`children`](Module::children).
    fn regularizers(&self) -> Vec<(Param, Regularizer)> {
        self.children().iter().flat_map(|child| child.regularizers()).collect()
    }

    /// The initializer of the kernel, if the layer has a kernel and knows it. Default: none.
    fn kernel_init(&self) -> Option<Init> {
        None
    }

    /// The config of this module, from which it is built again without the program that made it. Default: an error.
    ///
    /// A custom module that is saved has a [`LayerConfig`], and returns it here.
    ///
    /// # Errors
    /// If the module, or one inside it, has no config.
    fn config(&self) -> Result<Config, ConfigError> {
        Err(ConfigError::Undescribed { layer: title(self), kind: self.kind().into() })
    }
}

/// The only input of a module.
#[track_caller]
fn only<'i, X>(kind: &str, inputs: &'i [X]) -> &'i X {
    match inputs {
        [x] => x,
        _ => panic!(
            "{kind} takes one input, but {} were given; networks with several inputs are a `Graph`",
            inputs.len()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::Activation::*;
    use crate::layer::{Dense, Dropout};
    use crate::sequential::Sequential;
    use crate::testing::rng;

    /// A layer that says no more than it must.
    #[derive(Debug)]
    struct Twice(Dense);
    impl<T: Scalar> Module<T> for Twice {
        fn call<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
            let h = self.0.call(ctx, x);
            self.0.call(ctx, h)
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

    fn shared(params: &mut Params<f64>) -> Sequential<f64> {
        let layer = Dense::new(3, 3).activation(Sigmoid).build(params, &mut rng(0));
        Sequential::new().push(layer.clone()).push(Dropout::new(0.5)).push(Dropout::new(0.1)).push(layer)
    }

    #[test]
    fn layers_of_a_chain() {
        let mut params = Params::new();
        let model = shared(&mut params);
        let layers = model.layers(&params, &[Shape::from(3)]).unwrap();
        let names: Vec<&str> = layers.iter().map(|l| l.name.as_str()).collect();
        assert_eq!(names, ["dense", "dropout", "dropout_1", "dense_1"]);
        assert_eq!((model.parameters().len(), model.children().len()), (2, 4));
        assert_eq!(model.outputs()[0].activation, Sigmoid);
        let single = Module::<f64>::layers(&Relu, &params, &[Shape::from([2, 2])]).unwrap();
        assert_eq!((single.len(), single[0].outputs[0].clone()), (1, Shape::from([2, 2])));
    }

    #[test]
    fn a_shape_that_does_not_fit() {
        let mut params = Params::new();
        let model = shared(&mut params);
        let e = model.output_shapes(&params, &[Shape::from(2)]).unwrap_err();
        assert_eq!(e.to_string(), "layer `dense` cannot take an input of shape (2,): it takes (3,)");
        let e = model.output_shapes(&params, &[Shape::from(3), Shape::from(3)]).unwrap_err();
        assert_eq!(e.expected(), "a single input");
    }

    #[test]
    fn logits_are_what_stands_before_the_last_activation() {
        let mut params = Params::new();
        let model = shared(&mut params);
        let tape = Tape::new();
        let (net, x) = (params.bind(&tape), tape.constant(Tensor::ones([2, 3])));
        let mut ctx = Context::eval(&net);
        let logits = model.logits_all(&mut ctx, &[x])[0];
        assert_eq!(Sigmoid.apply(logits).value(), model.call_all(&mut ctx, &[x])[0].value());
        assert_eq!(model.predict_all(&params, &[x.value()])[0], Sigmoid.apply(logits).value());
    }

    #[test]
    #[should_panic(expected = "Activation takes one input, but 2 were given")]
    fn two_inputs_for_a_module() {
        let (params, tape) = (Params::<f64>::new(), Tape::new());
        let x = tape.constant(Tensor::ones(3));
        Relu.call_all(&mut Context::eval(&params.bind(&tape)), &[x, x]);
    }
}
