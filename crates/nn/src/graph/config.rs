//! A graph as data.

use super::{Call, Entry, Graph};
use crate::module::{BuildContext, Config, ConfigError, LayerConfig, Module};
use autograd::Scalar;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;
use tensor::Shape;

/// The config of a [`Graph`], from [`Graph::describe`] or the [`config`](crate::Module::config) of one
/// that was built.
///
/// Values are numbered: the inputs in their order, then what each call of a layer gives.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GraphConfig {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) name: String,
    pub(super) inputs: Vec<Input>,
    pub(super) layers: Vec<Layer>,
    pub(super) calls: Vec<Run>,
    pub(super) outputs: Vec<Named>,
}

/// An input, and the shape of an example.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
}

/// A layer, under its name in the graph.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Layer {
    pub(super) name: String,
    pub(super) layer: Config,
}

impl Layer {
    /// The number of outputs.
    pub(super) fn outputs(&self) -> usize {
        self.layer.get::<GraphConfig>().map_or(1, |graph| graph.outputs.len())
    }
}

/// A layer, by its place, run on values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Run {
    pub(super) layer: usize,
    pub(super) inputs: Vec<usize>,
}

/// A value that is an output.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) value: usize,
}

impl GraphConfig {
    pub(super) fn of<T: Scalar>(graph: &Graph<T>) -> Result<Self, ConfigError> {
        // What is not used has no place, neither among the layers nor among the values.
        let mut layers = Vec::new();
        let mut places = vec![0; graph.entries.len()];
        for (at, entry) in graph.used() {
            places[at] = layers.len();
            layers.push(Layer { name: entry.name.clone(), layer: entry.module.config()? });
        }
        let mut numbers = vec![0; graph.values];
        let made = graph.calls.iter().flat_map(|call| call.first..call.first + call.outputs);
        for (number, value) in graph.places.iter().copied().chain(made).enumerate() {
            numbers[value] = number;
        }
        let number = |value: &usize| numbers[*value];
        let run = |call: &Call| Run { layer: places[call.entry], inputs: call.inputs.iter().map(number).collect() };
        let output = |(name, value): &(String, usize)| Named { name: name.clone(), value: number(value) };
        let input = |(name, shape): &(String, Shape)| Input { name: name.clone(), shape: shape.to_vec() };
        Ok(GraphConfig {
            name: graph.name.clone(),
            inputs: graph.inputs.iter().map(input).collect(),
            layers,
            calls: graph.calls.iter().map(run).collect(),
            outputs: graph.outputs.iter().map(output).collect(),
        })
    }

    /// The graph; layers are built where they are first called.
    pub(super) fn make<T: Scalar>(&self, at: &mut BuildContext<'_, T>) -> Result<Graph<T>, ConfigError> {
        let refuse = |what: String| Err(ConfigError::Other(format!("graph `{}`: {what}", self.name)));
        let names = self.inputs.iter().map(|input| &input.name).chain(self.layers.iter().map(|layer| &layer.name));
        if let Some(name) = twice(names) {
            return refuse(format!("`{name}` names two things; give each its own name"));
        }
        if let Some(name) = twice(self.outputs.iter().map(|output| &output.name)) {
            return refuse(format!("there are two outputs named `{name}`; give each its own name"));
        }
        let mut shapes: Vec<Shape> = Vec::new();
        for input in &self.inputs {
            shapes.push(Shape::from(&input.shape[..]));
            at.check(&input.name, &shapes[shapes.len() - 1])?;
        }
        let inputs = self.inputs.iter().map(|input| input.name.clone()).zip(shapes.iter().cloned()).collect();
        let mut modules: Vec<Option<Arc<dyn Module<T>>>> = vec![None; self.layers.len()];
        let mut calls = Vec::with_capacity(self.calls.len());
        for Run { layer: entry, inputs } in &self.calls {
            let Some(Layer { name, layer }) = self.layers.get(*entry) else {
                return refuse(format!("layer {entry} is called, but there are {}", self.layers.len()));
            };
            let Some(given) = inputs.iter().map(|&value| shapes.get(value).cloned()).collect::<Option<Vec<_>>>() else {
                return refuse(format!("layer `{name}` is called on values {inputs:?}, of {} before it", shapes.len()));
            };
            let made = match &modules[*entry] {
                Some(module) => {
                    let made = module.output_shapes(at.params, &given).map_err(|e| e.in_layer(name))?;
                    // A shared layer may be called on larger inputs each time.
                    made.iter().try_for_each(|shape| at.check(name, shape))?;
                    made
                }
                None => {
                    let (module, made) = at.build_on(layer, &given).map_err(|e| match e {
                        // A layer that has no name gets that of the graph.
                        ConfigError::Shape(e) => e.in_layer(name).into(),
                        e => e,
                    })?;
                    modules[*entry] = Some(Arc::from(module));
                    made
                }
            };
            calls.push(Call {
                entry: *entry,
                inputs: inputs.clone(),
                first: shapes.len(),
                outputs: made.len(),
                used: true,
            });
            shapes.extend(made);
        }
        let mut entries = Vec::with_capacity(self.layers.len());
        for (module, Layer { name, .. }) in modules.into_iter().zip(&self.layers) {
            let Some(module) = module else { return refuse(format!("layer `{name}` is never called")) };
            entries.push(Entry { name: name.clone(), module });
        }
        if self.outputs.is_empty() {
            return refuse("there are no outputs".to_string());
        }
        if let Some(Named { name, value }) = self.outputs.iter().find(|output| output.value >= shapes.len()) {
            return refuse(format!("output `{name}` is value {value}, but there are {}", shapes.len()));
        }
        Ok(Graph {
            name: self.name.clone(),
            inputs,
            places: (0..self.inputs.len()).collect(),
            entries,
            calls,
            values: shapes.len(),
            outputs: self.outputs.iter().map(|output| (output.name.clone(), output.value)).collect(),
        })
    }
}

impl LayerConfig for GraphConfig {
    const KIND: &'static str = "Graph";

    fn inner(&self) -> Vec<Config> {
        self.layers.iter().map(|layer| layer.layer.clone()).collect()
    }

    fn runs(&self) -> usize {
        let layers: Vec<usize> = self.layers.iter().map(|layer| layer.layer.runs()).collect();
        let of = |call: &Run| layers.get(call.layer).copied().unwrap_or(1);
        self.calls.iter().fold(1, |sum, call| sum.saturating_add(of(call)))
    }

    fn build_in<T: Scalar>(&self, at: &mut BuildContext<'_, T>) -> Result<Box<dyn Module<T>>, ConfigError> {
        Ok(Box::new(self.make(at)?))
    }
}

/// The first name that comes again.
fn twice<'n>(names: impl Iterator<Item = &'n String>) -> Option<&'n String> {
    let mut seen = BTreeSet::new();
    names.into_iter().find(|&name| !seen.insert(name))
}
