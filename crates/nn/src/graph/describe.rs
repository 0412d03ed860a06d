//! A graph of configs, wired layer by layer. Sizes are inferred when it is built.

use super::config::{Input, Layer, Named, Run};
use super::{Graph, GraphConfig, Node};
use crate::model::Model;
use crate::module::{Config, ConfigError, generator, in_store};
use crate::naming::first_free;
use autograd::{Params, Scalar};
use rand::Rng;
use tensor::Shape;

impl Graph {
    /// The config of a graph. The sizes of its layers follow from the shapes of its inputs.
    ///
    /// ```
    /// use nn::{Concatenate, Dense, Graph, Normalization, Relu};
    /// let mut graph = Graph::describe();
    /// let input = graph.input("input", [8]);
    /// let x = graph.layer(Normalization::inferred(), input);
    /// let hidden = graph.layer(Dense::units(30).activation(Relu), x);
    /// let hidden = graph.layer(Dense::units(30).activation(Relu), hidden);
    /// let joined = graph.join(Concatenate::new(), &[x, hidden]);
    /// let y = graph.layer(Dense::units(1), joined);
    /// graph.output(y);
    /// let model = graph.model::<f32>(42)?;
    /// assert_eq!(model.params().size(), 1_256);
    /// # Ok::<(), nn::ConfigError>(())
    /// ```
    pub fn describe() -> GraphConfig {
        GraphConfig::default()
    }
}

impl GraphConfig {
    /// The name of the whole, where it is a layer of another graph.
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// One more input, of this name; `shape` is that of one example. Inputs come before layers.
    ///
    /// # Panics
    /// If the name is taken, or there is a layer already.
    #[track_caller]
    pub fn input(&mut self, name: impl Into<String>, shape: impl Into<Shape>) -> Node {
        let name = name.into();
        assert!(!self.is_taken(&name), "Graph: there is something named `{name}` already; give each its own name");
        assert!(self.calls.is_empty(), "Graph: input `{name}` comes after a layer; name all inputs first");
        self.inputs.push(Input { name, shape: shape.into().to_vec() });
        Node(self.inputs.len() - 1)
    }

    /// A layer with one input. Its name in the graph is the one it was given, or made from its kind.
    ///
    /// # Panics
    /// If it has several outputs, or `from` belongs to another graph.
    #[track_caller]
    pub fn layer(&mut self, layer: impl Into<Config>, from: Node) -> Node {
        self.join(layer, &[from])
    }

    /// A layer of several inputs, such as [`Concatenate`](crate::Concatenate).
    ///
    /// # Panics
    /// If it has several outputs (see [`network`](GraphConfig::network)), or a node belongs to another graph.
    #[track_caller]
    pub fn join(&mut self, layer: impl Into<Config>, from: &[Node]) -> Node {
        match self.network(layer, from)[..] {
            [node] => node,
            ref nodes => panic!("Graph: this network has {} outputs; add it with `network`", nodes.len()),
        }
    }

    /// A network of any number of inputs and outputs, such as another graph.
    ///
    /// # Panics
    /// If a node belongs to another graph.
    #[track_caller]
    pub fn network(&mut self, layer: impl Into<Config>, from: &[Node]) -> Vec<Node> {
        let layer = layer.into();
        let name = first_free(&layer.title(), |name| self.is_taken(name));
        self.layers.push(Layer { name, layer });
        self.call(self.layers.len() - 1, from)
    }

    /// The layer that made a value, once more, on another input: its parameters are shared.
    ///
    /// # Panics
    /// If the value is an input or that of a network with several outputs, or a node belongs to another graph.
    #[track_caller]
    pub fn share(&mut self, made: Node, from: Node) -> Node {
        let mut next = self.inputs.len();
        for at in 0..self.calls.len() {
            let layer = self.calls[at].layer;
            let outputs = self.layers[layer].outputs();
            if outputs == 1 && next == made.0 {
                return self.call(layer, &[from])[0];
            }
            next += outputs;
        }
        panic!("Graph: only what a layer of one output made can be shared");
    }

    /// Makes a value an output, under the name of the layer that made it.
    ///
    /// # Panics
    /// If the node belongs to another graph.
    #[track_caller]
    pub fn output(&mut self, node: Node) {
        let mut next = self.inputs.len();
        let mut own = self.inputs.get(node.0).map(|input| &input.name);
        for call in &self.calls {
            let outputs = self.layers[call.layer].outputs();
            if (next..next + outputs).contains(&node.0) {
                own = Some(&self.layers[call.layer].name);
            }
            next += outputs;
        }
        let Some(own) = own else { panic!("Graph: this node belongs to another graph") };
        let name = first_free(own, |name| self.outputs.iter().any(|output| output.name == name));
        self.output_named(name, node);
    }

    /// Makes a value an output, under a name of its own.
    ///
    /// # Panics
    /// As [`output`](GraphConfig::output).
    #[track_caller]
    pub fn output_named(&mut self, name: impl Into<String>, node: Node) {
        self.check(node);
        self.outputs.push(Named { name: name.into(), value: node.0 });
    }

    /// Makes the graph: adds the parameters of its layers to the store, 2²⁸ numbers at most.
    ///
    /// # Errors
    /// If a layer cannot take what it is given, or is never called; if there are no outputs, a name is taken, or there
    /// are too many numbers. Then the store is as it was.
    pub fn build<T: Scalar>(
        &self,
        params: &mut Params<T>,
        mut rng: &mut (impl Rng + ?Sized),
    ) -> Result<Graph<T>, ConfigError> {
        in_store(params, &mut rng, |at| {
            Config::of(self).admit(&[], at)?;
            self.make(at)
        })
    }

    /// The graph as a model, its weights drawn from a seed.
    ///
    /// # Errors
    /// As [`build`](GraphConfig::build).
    pub fn model<T: Scalar>(&self, seed: u64) -> Result<Model<T>, ConfigError> {
        let mut params = Params::new();
        let graph = self.build(&mut params, &mut generator(seed))?;
        Ok(graph.into_model(params)?.seed(seed))
    }

    #[track_caller]
    fn call(&mut self, layer: usize, from: &[Node]) -> Vec<Node> {
        for &node in from {
            self.check(node);
        }
        let first = self.values();
        self.calls.push(Run { layer, inputs: from.iter().map(|node| node.0).collect() });
        (first..self.values()).map(Node).collect()
    }

    /// How many values there are.
    fn values(&self) -> usize {
        let made = self.calls.iter().map(|call| self.layers[call.layer].outputs());
        self.inputs.len() + made.sum::<usize>()
    }

    fn is_taken(&self, name: &str) -> bool {
        self.inputs.iter().any(|input| input.name == name) || self.layers.iter().any(|layer| layer.name == name)
    }

    #[track_caller]
    fn check(&self, node: Node) {
        assert!(node.0 < self.values(), "Graph: this node belongs to another graph");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::{Add, Concatenate, Dense, Dropout};
    use crate::{Loss, Relu};
    use tensor::Tensor;

    /// Two inputs, two outputs: wide and deep, with an auxiliary output of the deep part.
    fn wide_and_deep() -> GraphConfig {
        let mut graph = Graph::describe();
        let (wide, deep) = (graph.input("wide", [5]), graph.input("deep", [6]));
        let h = graph.layer(Dense::units(30).activation(Relu), deep);
        let h = graph.layer(Dropout::new(0.1), h);
        let joined = graph.join(Concatenate::new(), &[wide, h]);
        let (y, z) = (graph.layer(Dense::units(1).name("main"), joined), graph.layer(Dense::units(1), h));
        graph.output(y);
        graph.output_named("aux", z);
        graph
    }

    #[test]
    fn it_is_the_graph_of_layers_built_one_by_one() {
        let model = wide_and_deep().model::<f64>(3).unwrap().loss(Loss::Mse).loss_weights([0.9, 0.1]);
        let (mut params, mut rng) = (Params::<f64>::new(), generator(3));
        let mut graph = Graph::new();
        let (wide, deep) = (graph.input("wide", [5]), graph.input("deep", [6]));
        let h = graph.layer(Dense::new(6, 30).activation(Relu).build(&mut params, &mut rng), deep);
        let h = graph.layer(Dropout::new(0.1), h);
        let joined = graph.join(Concatenate::new(), &[wide, h]);
        let y = graph.layer(Dense::new(35, 1).name("main").build(&mut params, &mut rng), joined);
        let z = graph.layer(Dense::new(30, 1).build(&mut params, &mut rng), h);
        graph.output(y);
        graph.output_named("aux", z);
        let eager = graph.build(&params).unwrap().into_model(params).unwrap().loss(Loss::Mse).loss_weights([0.9, 0.1]);
        assert_eq!(model.config(), eager.seed(3).config());
        assert_eq!(model.heads()[0].name(), "main");
    }

    #[test]
    fn shared_layers_and_graphs_within() {
        let mut inner = Graph::describe().with_name("encoder");
        let x = inner.input("x", [3]);
        let a = inner.layer(Dense::units(2), x);
        let b = inner.share(a, x);
        inner.output(a);
        inner.output(b);
        let mut outer = Graph::describe();
        let x = outer.input("x", [3]);
        let codes = outer.network(inner, &[x]);
        let sum = outer.join(Add, &codes);
        outer.output(sum);
        let model = outer.model::<f64>(1).unwrap();
        assert_eq!(model.params().len(), 2);
        assert_eq!(model.network().outputs()[0].name, "add");
        let once = model.network().predict_all(model.params(), &[Tensor::ones([1, 3])]);
        assert_eq!(once[0].shape(), &Shape::from([1, 2]));
    }

    #[test]
    fn what_does_not_fit_is_named_and_the_store_is_as_it_was() {
        let mut graph = Graph::describe();
        let (a, b) = (graph.input("a", [3]), graph.input("b", [4]));
        let h = graph.layer(Dense::units(4), a);
        let (sum, wrong) = (graph.join(Add, &[h, b]), graph.join(Add, &[a, b]));
        graph.output(sum);
        graph.output(wrong);
        let mut params = Params::<f64>::new();
        let e = graph.build(&mut params, &mut generator(0)).unwrap_err();
        let text = "layer `add_1` cannot take inputs of shapes (3,) and (4,): it takes inputs of one shape";
        assert_eq!((e.to_string().as_str(), params.len()), (text, 0));
    }

    #[test]
    #[should_panic(expected = "Graph: input `b` comes after a layer; name all inputs first")]
    fn an_input_too_late() {
        let mut graph = Graph::describe();
        let a = graph.input("a", [3]);
        graph.layer(Dense::units(1), a);
        graph.input("b", [3]);
    }
}
