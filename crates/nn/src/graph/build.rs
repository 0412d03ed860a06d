//! Putting a graph together, layer by layer.

use super::{Call, Entry, Graph};
use crate::module::{Module, title};
use crate::naming::first_free;
use crate::shape_error::ShapeError;
use autograd::{Params, Scalar};
use std::sync::Arc;
use tensor::Shape;

/// A value in a graph that is being put together: an input, or what a layer gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node(pub(super) usize);

/// A [`Graph`] that is being put together, from [`Graph::new`].
///
/// Layers are added in the order of the computation. Adding one says nothing about shapes; [`build`](GraphBuilder::build)
/// follows them from the inputs to the outputs.
#[derive(Clone, Debug)]
#[must_use = "a config makes no graph until it is built"]
pub struct GraphBuilder<T: Scalar = f32> {
    name: String,
    inputs: Vec<(String, Shape)>,
    entries: Vec<Entry<T>>,
    calls: Vec<Call>,
    /// Which call makes a value; `None` for an input.
    makers: Vec<Option<usize>>,
    /// The place of each input among the values.
    places: Vec<usize>,
    outputs: Vec<(Option<String>, Node)>,
}

impl<T: Scalar> GraphBuilder<T> {
    pub(super) fn new() -> Self {
        GraphBuilder {
            name: String::new(),
            inputs: Vec::new(),
            entries: Vec::new(),
            calls: Vec::new(),
            makers: Vec::new(),
            places: Vec::new(),
            outputs: Vec::new(),
        }
    }

    /// The name of the whole, where it is a layer of another graph.
    pub fn name(&mut self, name: impl Into<String>) {
        self.name = name.into();
    }

    /// One more input, of this name; `shape` is that of one example.
    ///
    /// # Panics
    /// If the name is taken.
    #[track_caller]
    pub fn input(&mut self, name: impl Into<String>, shape: impl Into<Shape>) -> Node {
        let name = name.into();
        assert!(!self.is_taken(&name), "Graph: there is something named `{name}` already; give each its own name");
        self.inputs.push((name, shape.into()));
        self.places.push(self.makers.len());
        self.makers.push(None);
        Node(self.makers.len() - 1)
    }

    /// A layer of one input. Its name is its own, or made from its kind.
    ///
    /// # Panics
    /// If `from` belongs to another graph.
    #[track_caller]
    pub fn layer(&mut self, module: impl Module<T> + 'static, from: Node) -> Node {
        self.join(module, &[from])
    }

    /// A layer of several inputs, such as [`Concatenate`](crate::Concatenate).
    ///
    /// # Panics
    /// If it has more than one output (see [`network`](GraphBuilder::network)), or a node belongs to another graph.
    #[track_caller]
    pub fn join(&mut self, module: impl Module<T> + 'static, from: &[Node]) -> Node {
        match self.network(module, from)[..] {
            [node] => node,
            ref nodes => panic!("Graph: this network has {} outputs; add it with `network`", nodes.len()),
        }
    }

    /// A network of any number of inputs and outputs, such as another graph.
    ///
    /// # Panics
    /// If a node belongs to another graph.
    #[track_caller]
    pub fn network(&mut self, module: impl Module<T> + 'static, from: &[Node]) -> Vec<Node> {
        let name = first_free(&title(&module), |name| self.is_taken(name));
        self.entries.push(Entry { name, module: Arc::new(module) });
        self.call(self.entries.len() - 1, from)
    }

    /// The layer that made a value, once more, on another input: its parameters are shared.
    ///
    /// # Panics
    /// If the value is an input or that of a network with several outputs, or a node belongs to another graph.
    #[track_caller]
    pub fn share(&mut self, made: Node, from: Node) -> Node {
        self.check(made);
        let Some(call) = self.makers[made.0] else { panic!("Graph: an input cannot be shared; only layers can") };
        match self.call(self.calls[call].entry, &[from])[..] {
            [node] => node,
            ref nodes => panic!("Graph: a network of {} outputs cannot be shared this way; add it twice", nodes.len()),
        }
    }

    /// Makes a value an output, under the name of the layer that made it.
    ///
    /// # Panics
    /// If the node belongs to another graph.
    #[track_caller]
    pub fn output(&mut self, node: Node) {
        self.check(node);
        self.outputs.push((None, node));
    }

    /// Makes a value an output, under a name of its own.
    ///
    /// # Panics
    /// As [`output`](GraphBuilder::output).
    #[track_caller]
    pub fn output_named(&mut self, name: impl Into<String>, node: Node) {
        self.check(node);
        self.outputs.push((Some(name.into()), node));
    }

    /// Makes the graph, of the layers that lead to an output.
    ///
    /// # Errors
    /// If a layer cannot take what it is given: the error names it and the shapes.
    ///
    /// # Panics
    /// If there are no outputs, or two of one name.
    #[track_caller]
    pub fn build(self, params: &Params<T>) -> Result<Graph<T>, ShapeError> {
        assert!(!self.outputs.is_empty(), "Graph: there are no outputs; name them with `output`");
        let mut outputs: Vec<(String, usize)> = Vec::new();
        for (name, Node(value)) in &self.outputs {
            let own = match self.makers[*value] {
                Some(call) => self.entries[self.calls[call].entry].name.clone(),
                None => self.inputs[self.places.iter().position(|p| p == value).unwrap_or(0)].0.clone(),
            };
            let name = match name {
                Some(name) => name.clone(),
                None => first_free(&own, |name| outputs.iter().any(|(other, _)| other == name)),
            };
            assert!(!outputs.iter().any(|(other, _)| *other == name), "Graph: there are two outputs named `{name}`");
            outputs.push((name, *value));
        }

        // From the outputs back: what is needed.
        let mut needed = vec![false; self.makers.len()];
        outputs.iter().for_each(|(_, value)| needed[*value] = true);
        let mut calls = self.calls;
        for call in calls.iter_mut().rev() {
            call.used = (call.first..call.first + call.outputs).any(|value| needed[value]);
            if call.used {
                call.inputs.iter().for_each(|&value| needed[value] = true);
            }
        }
        calls.retain(|call| call.used);
        let graph = Graph {
            name: self.name,
            inputs: self.inputs,
            places: self.places,
            entries: self.entries,
            calls,
            values: self.makers.len(),
            outputs,
        };
        graph.output_shapes(params, &graph.input_shapes())?;
        Ok(graph)
    }

    #[track_caller]
    fn call(&mut self, entry: usize, from: &[Node]) -> Vec<Node> {
        for &node in from {
            self.check(node);
        }
        let (first, outputs) = (self.makers.len(), self.entries[entry].module.outputs().len());
        let inputs = from.iter().map(|node| node.0).collect();
        self.makers.extend(std::iter::repeat_n(Some(self.calls.len()), outputs));
        self.calls.push(Call { entry, inputs, first, outputs, used: true });
        (first..first + outputs).map(Node).collect()
    }

    fn is_taken(&self, name: &str) -> bool {
        self.inputs.iter().any(|(taken, _)| taken == name) || self.entries.iter().any(|entry| entry.name == name)
    }

    #[track_caller]
    fn check(&self, node: Node) {
        assert!(node.0 < self.makers.len(), "Graph: this node belongs to another graph");
    }
}
