//! Layers wired as one likes: several inputs, several outputs, shared layers, graphs within graphs.

mod build;
mod config;
mod describe;

pub use build::{GraphBuilder, Node};
pub use config::GraphConfig;

use crate::activation::Activation;
use crate::model::Model;
use crate::module::{Config, ConfigError, Context, LayerSummary, Module, Output, distinct};
use crate::regularizer::Regularizer;
use crate::shape_error::ShapeError;
use autograd::{Param, Params, Scalar, TensorVar};
use std::convert::Infallible;
use std::sync::Arc;
use tensor::{Shape, Tensor};

/// A directed graph of layers, each run once its inputs are there.
///
/// ```
/// use autograd::Params;
/// use nn::{Concatenate, Dense, Graph, Normalization, Relu};
/// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
/// use tensor::Tensor;
///
/// // Wide and deep (Cheng et al. 2016): simple patterns go straight to the output, deep ones through the layers.
/// let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
/// let mut params = Params::<f32>::new();
/// let mut graph = Graph::new();
/// let x = graph.input("input", [8]);
/// let x = graph.layer(Normalization::new(8, &mut params), x);
/// let hidden = graph.layer(Dense::new(8, 30).activation(Relu).build(&mut params, &mut rng), x);
/// let hidden = graph.layer(Dense::new(30, 30).activation(Relu).build(&mut params, &mut rng), hidden);
/// let joined = graph.join(Concatenate::new(), &[x, hidden]);
/// let y = graph.layer(Dense::new(38, 1).build(&mut params, &mut rng), joined);
/// graph.output(y);
/// let model = graph.build(&params)?.into_model(params)?;
///
/// assert_eq!(model.params().size(), 1_256);
/// assert_eq!(model.predict(&Tensor::zeros([5, 8])).shape().to_string(), "(5, 1)");
/// # Ok::<(), nn::ShapeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Graph<T: Scalar = f32> {
    name: String,
    inputs: Vec<(String, Shape)>,
    places: Vec<usize>,
    entries: Vec<Entry<T>>,
    calls: Vec<Call>,
    /// How many values there are: inputs, and what calls give.
    values: usize,
    outputs: Vec<(String, usize)>,
}

/// A layer of the graph, which may be called more than once.
#[derive(Clone, Debug)]
struct Entry<T: Scalar> {
    name: String,
    module: Arc<dyn Module<T>>,
}

/// A layer run on some values; it makes values `first`, `first + 1` and so on.
#[derive(Clone, Debug)]
struct Call {
    entry: usize,
    inputs: Vec<usize>,
    first: usize,
    outputs: usize,
    used: bool,
}

impl<T: Scalar> Graph<T> {
    /// A graph to be put together.
    #[allow(clippy::new_ret_no_self)] // a graph without outputs computes nothing
    pub fn new() -> GraphBuilder<T> {
        GraphBuilder::new()
    }

    /// The names of the inputs, in their order.
    pub fn input_names(&self) -> impl Iterator<Item = &str> {
        self.inputs.iter().map(|(name, _)| name.as_str())
    }

    /// The shape of one example, for each input.
    pub fn input_shapes(&self) -> Vec<Shape> {
        self.inputs.iter().map(|(_, shape)| shape.clone()).collect()
    }

    /// The graph as a model, with its parameters.
    ///
    /// # Errors
    /// If a layer cannot take what it is given, which is so only with other parameters than it was built with.
    pub fn into_model(self, params: Params<T>) -> Result<Model<T>, ShapeError> {
        let inputs = self.input_shapes();
        Model::with_inputs(self, params, inputs)
    }

    /// All values, each made by `run` from those of its inputs.
    fn values<X: Clone, E>(
        &self,
        inputs: &[X],
        mut run: impl FnMut(&Call, &[X]) -> Result<Vec<X>, E>,
    ) -> Result<Vec<Option<X>>, E> {
        let mut values: Vec<Option<X>> = vec![None; self.values];
        for (&place, x) in self.places.iter().zip(inputs) {
            values[place] = Some(x.clone());
        }
        for call in &self.calls {
            let given: Vec<X> = call.inputs.iter().filter_map(|&value| values[value].clone()).collect();
            for (k, made) in run(call, &given)?.into_iter().enumerate() {
                values[call.first + k] = Some(made);
            }
        }
        Ok(values)
    }

    /// What is asked for, out of all values.
    fn chosen<X: Clone>(&self, values: &[Option<X>]) -> Vec<X> {
        self.outputs.iter().filter_map(|&(_, value)| values[value].clone()).collect()
    }

    #[track_caller]
    fn check_inputs(&self, given: usize) {
        let names = || self.input_names().collect::<Vec<_>>().join(", ");
        let inputs = self.inputs.len();
        assert!(given == inputs, "Graph: {given} inputs were given, but there are {inputs}: {}", names());
    }

    /// The activation of an output value, if the layer that makes it ends with one.
    fn activation(&self, value: usize) -> Activation {
        let made = |call: &&Call| (call.first..call.first + call.outputs).contains(&value);
        match self.calls.iter().find(made) {
            Some(call) => self.entries[call.entry].module.outputs()[value - call.first].activation,
            None => Activation::Linear,
        }
    }

    /// The layers that are used, in the order of the computation.
    fn used(&self) -> impl Iterator<Item = (usize, &Entry<T>)> {
        self.entries.iter().enumerate().filter(|(i, _)| self.calls.iter().any(|call| call.entry == *i))
    }

    /// The name of what makes a value.
    fn maker(&self, value: usize) -> &str {
        let made = |call: &&Call| (call.first..call.first + call.outputs).contains(&value);
        match self.calls.iter().find(made) {
            Some(call) => &self.entries[call.entry].name,
            None => self.places.iter().position(|&place| place == value).map_or("", |i| &self.inputs[i].0),
        }
    }
}

impl<T: Scalar> Module<T> for Graph<T> {
    #[track_caller]
    fn call<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        match self.call_all(ctx, &[x])[..] {
            [y] => y,
            ref outputs => panic!("Graph: there are {} outputs; use `call_all`", outputs.len()),
        }
    }

    #[track_caller]
    fn call_all<'t>(&self, ctx: &mut Context<'_, 't, T>, inputs: &[TensorVar<'t, T>]) -> Vec<TensorVar<'t, T>> {
        self.check_inputs(inputs.len());
        let run = |call: &Call, given: &[_]| Ok::<_, Infallible>(self.entries[call.entry].module.call_all(ctx, given));
        let Ok(values) = self.values(inputs, run);
        self.chosen(&values)
    }

    #[track_caller]
    fn logits<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        match self.logits_all(ctx, &[x])[..] {
            [y] => y,
            ref outputs => panic!("Graph: there are {} outputs; use `logits_all`", outputs.len()),
        }
    }

    /// An output that other layers also use is computed once; they get it with its activation applied.
    #[track_caller]
    fn logits_all<'t>(&self, ctx: &mut Context<'_, 't, T>, inputs: &[TensorVar<'t, T>]) -> Vec<TensorVar<'t, T>> {
        self.check_inputs(inputs.len());
        let is_output = |value: usize| self.outputs.iter().any(|&(_, output)| output == value);
        let is_used = |value: usize| self.calls.iter().any(|call| call.inputs.contains(&value));
        let mut logits: Vec<Option<TensorVar<'t, T>>> = vec![None; self.values];
        let Ok(values) = self.values(inputs, |call, given| {
            let module = &self.entries[call.entry].module;
            let made = call.first..call.first + call.outputs;
            if !made.clone().any(is_output) {
                return Ok::<_, Infallible>(module.call_all(ctx, given));
            }
            let raw = module.logits_all(ctx, given);
            let finished = made.zip(raw).map(|(value, raw)| {
                logits[value] = Some(raw);
                if is_used(value) { self.activation(value).apply(raw) } else { raw }
            });
            Ok(finished.collect())
        });
        self.outputs.iter().filter_map(|&(_, value)| logits[value].or(values[value])).collect()
    }

    #[track_caller]
    fn predict_all(&self, params: &Params<T>, inputs: &[Tensor<T>]) -> Vec<Tensor<T>> {
        self.check_inputs(inputs.len());
        let run =
            |call: &Call, given: &[_]| Ok::<_, Infallible>(self.entries[call.entry].module.predict_all(params, given));
        let Ok(values) = self.values(inputs, run);
        self.chosen(&values)
    }

    fn parameters(&self) -> Vec<Param> {
        distinct(self.used().flat_map(|(_, entry)| entry.module.parameters()))
    }

    fn output_shape(&self, params: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
        let mut shapes = self.output_shapes(params, std::slice::from_ref(input))?;
        Ok(shapes.swap_remove(0))
    }

    fn output_shapes(&self, params: &Params<T>, inputs: &[Shape]) -> Result<Vec<Shape>, ShapeError> {
        if inputs != self.input_shapes() {
            let own: Vec<String> = self.inputs.iter().map(|(name, shape)| format!("{name} {shape}")).collect();
            let name = if self.name.is_empty() { "graph" } else { &self.name };
            return Err(ShapeError::new(name, inputs.to_vec(), own.join(" and ")));
        }
        let values = self.values(inputs, |call, given| {
            let entry = &self.entries[call.entry];
            // A layer that has no name of its own gets that of the graph.
            entry.module.output_shapes(params, given).map_err(|e| e.in_layer(&entry.name))
        })?;
        Ok(self.chosen(&values))
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn config(&self) -> Result<Config, ConfigError> {
        Ok(GraphConfig::of(self)?.into())
    }

    fn outputs(&self) -> Vec<Output> {
        let output =
            |(name, value): &(String, usize)| Output { name: name.clone(), activation: self.activation(*value) };
        self.outputs.iter().map(output).collect()
    }

    fn regularizers(&self) -> Vec<(Param, Regularizer)> {
        self.used().flat_map(|(_, entry)| entry.module.regularizers()).collect()
    }

    fn layers(&self, params: &Params<T>, inputs: &[Shape]) -> Result<Vec<LayerSummary>, ShapeError> {
        let mut layers: Vec<LayerSummary> = Vec::new();
        for ((name, _), shape) in self.inputs.iter().zip(inputs) {
            layers.push(LayerSummary {
                name: name.clone(),
                kind: "Input".to_string(),
                outputs: vec![shape.clone()],
                parameters: Vec::new(),
                from: Vec::new(),
                activation: Activation::Linear,
                init: None,
            });
        }
        self.values(inputs, |call, given| {
            let Entry { name, module } = &self.entries[call.entry];
            let outputs = module.output_shapes(params, given)?;
            let from = call.inputs.iter().map(|&value| self.maker(value).to_string());
            match layers.iter_mut().find(|layer| layer.name == *name) {
                Some(shared) => shared.from.extend(from),
                None => layers.push(LayerSummary {
                    from: from.collect(),
                    ..LayerSummary::of(&**module, name.clone(), outputs.clone())
                }),
            }
            Ok(outputs)
        })?;
        Ok(layers)
    }
}

#[cfg(test)]
mod tests;
