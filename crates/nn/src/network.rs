//! Networks with any number of inputs and outputs; a module is one with a single input and a single output.

use crate::activation::Activation;
use crate::description::{ConfigError, Description};
use crate::init::Init;
use crate::mode::Mode;
use crate::module::Module;
use crate::naming::{Names, snake_case};
use crate::regularizer::Regularizer;
use crate::shape_error::ShapeError;
use autograd::{BoundParams, Param, Params, Scalar, Tape, TensorVar, Var};
use std::fmt::Debug;
use tensor::{Shape, Tensor};

/// A network from some inputs to some outputs: a [`Graph`](crate::Graph), a layer that joins several inputs such as
/// [`Concatenate`](crate::Concatenate), or a [`Module`], as [`Single`].
///
/// ```
/// use autograd::{Params, Tape};
/// use nn::{Mode, Network, Relu, Single};
/// use tensor::tensor;
///
/// let (params, tape) = (Params::<f64>::new(), Tape::new());
/// let x = tape.constant(tensor![-1.0, 2.0]);
/// let y = Single(Relu).run(&params.bind(&tape), &[x], &mut Mode::eval());
/// assert_eq!(y[0].value(), tensor![0.0, 2.0]);
/// ```
pub trait Network<T: Scalar = f32>: Debug + Send + Sync {
    /// The outputs, recorded on the tape that the parameters are bound to.
    #[track_caller]
    fn run<'t>(
        &self,
        net: &BoundParams<'_, 't, T>,
        inputs: &[TensorVar<'t, T>],
        mode: &mut Mode<'_, T>,
    ) -> Vec<TensorVar<'t, T>>;

    /// The keys of all parameters, each once, in the order of the computation.
    fn keys(&self) -> Vec<Param>;

    /// The shapes of the outputs for one example of these shapes.
    ///
    /// # Errors
    /// If a layer cannot take what it is given.
    fn infer(&self, params: &Params<T>, inputs: &[Shape]) -> Result<Vec<Shape>, ShapeError>;

    /// What sort of layer this is; by default the name of its type.
    fn sort(&self) -> &str {
        crate::module::kind_of::<Self>()
    }

    /// The name of this very layer; by default it has none.
    fn label(&self) -> &str {
        ""
    }

    /// The outputs, one by one; by default there is one, named `output`, without an activation.
    fn outputs(&self) -> Vec<Output> {
        vec![Output { name: "output".to_string(), activation: Activation::Linear }]
    }

    /// The outputs before the activations they end with: what a loss that is evaluated from logits takes.
    #[track_caller]
    fn run_logits<'t>(
        &self,
        net: &BoundParams<'_, 't, T>,
        inputs: &[TensorVar<'t, T>],
        mode: &mut Mode<'_, T>,
    ) -> Vec<TensorVar<'t, T>> {
        self.run(net, inputs, mode)
    }

    /// The outputs of a network in use, as plain numbers; by default on a tape of its own, without recording.
    #[track_caller]
    fn run_plain(&self, params: &Params<T>, inputs: &[Tensor<T>]) -> Vec<Tensor<T>> {
        let tape = Tape::default();
        tape.no_grad(|| {
            let inputs: Vec<_> = inputs.iter().map(|x| tape.constant(x.clone())).collect();
            self.run(&params.bind(&tape), &inputs, &mut Mode::eval()).into_iter().map(Var::value).collect()
        })
    }

    /// Penalties on parameters, to be added to the loss.
    fn penalties(&self) -> Vec<(Param, Regularizer)> {
        Vec::new()
    }

    /// The layers as a summary lists them, for one example of these shapes; by default the network is a single one.
    ///
    /// # Errors
    /// If a layer cannot take what it is given.
    fn layers(&self, params: &Params<T>, inputs: &[Shape]) -> Result<Vec<Layer>, ShapeError> {
        let name = if self.label().is_empty() { snake_case(self.sort()) } else { self.label().to_string() };
        let (kind, outputs) = (self.sort().to_string(), self.infer(params, inputs)?);
        Ok(vec![Layer { name, kind, outputs, parameters: self.keys(), from: Vec::new(), activation: None, init: None }])
    }

    /// This network as data, to be built again without the program that made it.
    ///
    /// # Errors
    /// If it does not describe itself, which is so by default, or a layer in it does not.
    fn description(&self) -> Result<Description, ConfigError> {
        let layer = if self.label().is_empty() { self.sort() } else { self.label() };
        Err(ConfigError::Undescribed { layer: layer.into(), kind: self.sort().into() })
    }

    /// This as a module, if it is one: the way without a list of inputs.
    fn as_module(&self) -> Option<&dyn Module<T>> {
        None
    }
}

/// An output of a [`Network`].
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// Its name: that of the layer it comes from, or one given to it.
    pub name: String,
    /// The activation it ends with.
    pub activation: Activation,
}

/// A layer, as a summary lists it.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Its name, unique among the layers.
    pub name: String,
    /// What sort of layer it is.
    pub kind: String,
    /// The shapes of its outputs for one example.
    pub outputs: Vec<Shape>,
    /// The keys of its parameters; a parameter that an earlier layer has is listed again.
    pub parameters: Vec<Param>,
    /// The names of the layers that feed it, in a graph; empty where it is the one before.
    pub from: Vec<String>,
    /// The activation it ends with, where that is known.
    pub activation: Option<Activation>,
    /// Where its kernel started from, where that is known.
    pub init: Option<Init>,
}

/// A module as a network of one input and one output.
///
/// (A blanket implementation would do without, but then nothing else generic in `T` could be a network.)
#[derive(Clone, Debug)]
pub struct Single<M>(pub M);

impl<T: Scalar, M: Module<T>> Network<T> for Single<M> {
    #[track_caller]
    fn run<'t>(
        &self,
        net: &BoundParams<'_, 't, T>,
        inputs: &[TensorVar<'t, T>],
        mode: &mut Mode<'_, T>,
    ) -> Vec<TensorVar<'t, T>> {
        vec![self.0.call(net, *only(self.0.kind(), inputs), mode)]
    }

    fn keys(&self) -> Vec<Param> {
        distinct(self.0.parameters())
    }

    fn infer(&self, params: &Params<T>, inputs: &[Shape]) -> Result<Vec<Shape>, ShapeError> {
        match inputs {
            [input] => Ok(vec![self.0.output_shape(params, input)?]),
            _ => Err(ShapeError::new(title(&self.0), inputs.to_vec(), "a single input")),
        }
    }

    fn sort(&self) -> &str {
        self.0.kind()
    }

    fn label(&self) -> &str {
        self.0.name()
    }

    fn outputs(&self) -> Vec<Output> {
        vec![Output { name: title(&self.0), activation: self.0.output_activation() }]
    }

    #[track_caller]
    fn run_logits<'t>(
        &self,
        net: &BoundParams<'_, 't, T>,
        inputs: &[TensorVar<'t, T>],
        mode: &mut Mode<'_, T>,
    ) -> Vec<TensorVar<'t, T>> {
        vec![self.0.logits(net, *only(self.0.kind(), inputs), mode)]
    }

    #[track_caller]
    fn run_plain(&self, params: &Params<T>, inputs: &[Tensor<T>]) -> Vec<Tensor<T>> {
        vec![self.0.predict(params, only(self.0.kind(), inputs))]
    }

    fn penalties(&self) -> Vec<(Param, Regularizer)> {
        self.0.regularizers()
    }

    fn layers(&self, params: &Params<T>, inputs: &[Shape]) -> Result<Vec<Layer>, ShapeError> {
        let [input] = inputs else {
            return Err(ShapeError::new(title(&self.0), inputs.to_vec(), "a single input"));
        };
        let (children, mut shape) = (self.0.children(), input.clone());
        let chain: Vec<&dyn Module<T>> = if children.is_empty() { vec![&self.0] } else { children };
        let mut layers: Vec<Layer> = Vec::with_capacity(chain.len());
        let mut names = Names::default();
        for module in chain {
            shape = module.output_shape(params, &shape)?;
            layers.push(Layer {
                name: names.take(&title(module)),
                kind: module.kind().to_string(),
                outputs: vec![shape.clone()],
                parameters: distinct(module.parameters()),
                from: Vec::new(),
                activation: Some(module.output_activation()),
                init: module.kernel_init(),
            });
        }
        Ok(layers)
    }

    fn description(&self) -> Result<Description, ConfigError> {
        self.0.description()
    }

    fn as_module(&self) -> Option<&dyn Module<T>> {
        Some(&self.0)
    }
}

/// The name of a module, or its kind in the spelling of a name.
fn title<T: Scalar>(module: &(impl Module<T> + ?Sized)) -> String {
    if module.name().is_empty() { snake_case(module.kind()) } else { module.name().to_string() }
}

/// Each key where it comes first.
pub(crate) fn distinct(keys: impl IntoIterator<Item = Param>) -> Vec<Param> {
    let mut seen = Vec::new();
    for key in keys {
        if !seen.contains(&key) {
            seen.push(key);
        }
    }
    seen
}

/// The only input of a module.
#[track_caller]
fn only<'i, X>(kind: &str, inputs: &'i [X]) -> &'i X {
    match inputs {
        [x] => x,
        _ => {
            panic!("{kind} takes one input, but {} were given; networks of several inputs are a `Graph`", inputs.len())
        }
    }
}

#[cfg(test)]
mod tests;
