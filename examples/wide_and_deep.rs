//! Wide and deep: a network with two inputs and two outputs, as a `Graph` and as a custom type.
//!
//! Cheng et al. (2016): some features are connected directly to the output, which learns simple patterns from them;
//! others pass through hidden layers. An auxiliary output after the hidden layers has a loss with a weight of 0.1.
//!
//! With the California housing data (`cal_housing.data`, 20,640 blocks) it predicts house values, and otherwise a
//! synthetic function.
//!
//! Run it with `cargo run --release --example wide_and_deep`; `-- --help` lists the options.

use chainrule::nn::prelude::*;
use chainrule::nn::{Output, ShapeError};
use examples::houses::{self, FEATURES, houses, split_of_the_course};
use lexopt::ValueExt;
use std::path::PathBuf;

const HELP: &str = "\
Trains a wide-and-deep network with two inputs and two outputs.

  --data FILE  the California housing data (../shared/data/cal_housing.data, if it exists)
  --epochs N   number of epochs (20; at least 2)
  --seed S     seed of the random numbers (42); the same seed gives the same result
  --quick      two epochs, to check that everything works";

/// The weights of the losses of the two outputs.
const WEIGHTS: [f64; 2] = [0.9, 0.1];
/// The error on the test set that must be reached.
const EXPECTED: f64 = 0.65;
/// The features that each path sees: the first five, and the last six.
const WIDE: [usize; 5] = [0, 1, 2, 3, 4];
const DEEP: [usize; 6] = [2, 3, 4, 5, 6, 7];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Some(Options { data, epochs, seed }) = Options::parse()? else {
        println!("{HELP}");
        return Ok(());
    };
    let (x, y) = match houses(&data) {
        Ok(houses) => {
            println!("California housing, from {}", data.display());
            (houses.x(), houses.targets().clone())
        }
        Err(DataError::Missing { .. }) => {
            println!("{} does not exist: using a synthetic function of eight variables", data.display());
            synthetic(4000, &mut seeded(1))
        }
        Err(e) => return Err(e.into()),
    };
    let [rest, quarter] = split_of_the_course(x.shape()[0]);
    println!("{} training examples, {} test examples\n", rest.len(), quarter.len());
    let fit = || Fit::new(Adam::new(1e-3)).epochs(epochs).verbosity(Verbosity::Quiet);

    // First the network of the notebook, which has one input.
    let houses = Dataset::regression(x.clone(), y.clone())?;
    let (train, test) = (houses.select(&rest)?, houses.select(&quarter)?);
    let mut simple = one_input(&train.x(), &mut seeded(seed))?;
    let frozen: usize = count(&simple, |p| simple.params().is_frozen(p));
    println!("{}", layers(&simple)?);
    println!("one input: {} parameters, {frozen} of them not trained", simple.params().size());
    assert_eq!((simple.params().size(), frozen), (1_256, 17));
    simple.fit(&train, fit())?;
    let one = rmse(&simple.evaluate(&test)?, "loss");
    println!("test RMSE after {epochs} epochs: {one:.4}\n");

    // Two inputs and two outputs, as a graph and as a type. With the same seed they are the same network.
    let houses = two_by_two(&x, &y)?;
    let (train, test) = (houses.select(&rest)?, houses.select(&quarter)?);
    let inputs = paths(&x.index_select(0, rest));
    let graph = as_graph(&inputs, &mut seeded(seed))?;
    println!("{}", layers(&graph)?);
    let mut models = [graph, as_type(&inputs, &mut seeded(seed))?];
    let mut histories = Vec::new();
    for model in &mut models {
        histories.push(model.fit(&train, fit().validation(&test))?);
    }
    let [graph, as_type] = &histories[..] else { unreachable!("two models") };
    assert_eq!(graph, as_type, "the graph and the type are the same network");

    println!("epoch        loss        main         aux      main, test");
    let metric = |name: &str, epoch: usize| graph.get(name).map_or(f64::NAN, |values| values[epoch]);
    for epoch in 0..graph.len() {
        let [total, main, aux, test] =
            ["loss", "main_loss", "aux_loss", "val_main_loss"].map(|name| metric(name, epoch));
        println!("{:>5} {total:>11.4} {main:>11.4} {aux:>11.4} {test:>15.4}", epoch + 1);
        let weighted = WEIGHTS[0] * main + WEIGHTS[1] * aux;
        assert!((total - weighted).abs() <= 1e-6 * weighted, "the loss is {total}, expected {weighted}");
    }

    let predicted = models[0].all_predictions(&test)?;
    let targets = test.targets();
    println!("\nvalue        main         aux");
    for i in 0..3 {
        let [main, aux] = [0, 1].map(|head: usize| predicted[head].at([i, 0]));
        println!("{:>5.2} {main:>11.2} {aux:>11.2}", targets.at([i, 0]));
    }
    let last = graph.len() - 1;
    let two = metric("val_main_loss", last).sqrt();
    println!(
        "\nTakeaway: the loss is 0.9 times the main loss plus 0.1 times the auxiliary loss. The graph and the type\n\
         give the same result. Training reduces the loss from {:.4} to {:.4}. The test RMSE is {one:.4} for the\n\
         network with one input, and {two:.4} for the main output of the network with two inputs.",
        metric("loss", 0),
        metric("loss", last)
    );
    assert!(metric("loss", last) < metric("loss", 0), "the loss has decreased");
    if epochs >= 20 {
        assert!(one < EXPECTED && two < EXPECTED, "expected errors below {EXPECTED}, got {one} and {two}");
    }
    Ok(())
}

/// The root of a mean squared error.
fn rmse(metrics: &chainrule::train::Logs, name: &str) -> f64 {
    metrics.get(name).map_or(f64::NAN, f64::sqrt)
}

/// The hidden layers and the two output layers.
struct Parts {
    hidden: [Dense; 2],
    main: Dense,
    aux: Dense,
}

impl Parts {
    fn new(wide: usize, deep: usize, params: &mut Params<f32>, rng: &mut impl Rng) -> Parts {
        let mut dense =
            |inputs, outputs, activation| Dense::new(inputs, outputs).activation(activation).build(params, rng);
        Parts {
            hidden: [dense(deep, 30, Relu), dense(30, 30, Relu)],
            main: dense(wide + 30, 1, Linear),
            aux: dense(30, 1, Linear),
        }
    }
}

/// A network with one output, in which all features take both paths.
fn one_input(x: &Tensor<f32>, rng: &mut impl Rng) -> Result<Model, Box<dyn std::error::Error>> {
    let mut params = Params::new();
    let normalization = Normalization::new(FEATURES, &mut params);
    normalization.adapt(&mut params, x)?;
    let mut dense =
        |inputs, outputs, activation| Dense::new(inputs, outputs).activation(activation).build(&mut params, rng);
    let layers = [dense(FEATURES, 30, Relu), dense(30, 30, Relu), dense(FEATURES + 30, 1, Linear)];
    let [first, second, last] = layers;
    let mut graph = Graph::new();
    let input = graph.input("input", [FEATURES]);
    let normalized = graph.layer(normalization, input);
    let h = graph.layer(first, normalized);
    let h = graph.layer(second, h);
    let joined = graph.join(Concatenate::new(), &[normalized, h]);
    let y = graph.layer(last, joined);
    graph.output(y);
    Ok(graph.build(&params)?.into_model(params)?)
}

/// The network as a graph of layers.
fn as_graph(inputs: &[Tensor<f32>; 2], rng: &mut impl Rng) -> Result<Model, Box<dyn std::error::Error>> {
    let mut params = Params::new();
    let [wide, deep] = normalizations(inputs, &mut params)?;
    let Parts { hidden, main, aux } = Parts::new(WIDE.len(), DEEP.len(), &mut params, rng);
    let mut graph = Graph::new();
    let (wide_in, deep_in) = (graph.input("wide_input", [WIDE.len()]), graph.input("deep_input", [DEEP.len()]));
    let (wide, deep) = (graph.layer(wide, wide_in), graph.layer(deep, deep_in));
    let h = hidden.into_iter().fold(deep, |h, layer| graph.layer(layer, h));
    let joined = graph.join(Concatenate::new(), &[wide, h]);
    let (y, z) = (graph.layer(main, joined), graph.layer(aux, h));
    graph.output_named("main", y);
    graph.output_named("aux", z);
    Ok(graph.build(&params)?.into_model(params)?.loss(Loss::Mse).loss_weights(WEIGHTS))
}

/// The same network as a type. This form also allows computations that are not a graph of layers.
#[derive(Debug)]
struct WideAndDeep {
    normalizations: [Normalization; 2],
    parts: [Dense; 4],
}

impl Module for WideAndDeep {
    fn call<'t>(&self, ctx: &mut Context<'_, 't>, x: TensorVar<'t, f32>) -> TensorVar<'t, f32> {
        self.call_all(ctx, &[x])[0]
    }

    fn call_all<'t>(&self, ctx: &mut Context<'_, 't>, inputs: &[TensorVar<'t, f32>]) -> Vec<TensorVar<'t, f32>> {
        let [first, second, main, aux] = &self.parts;
        let wide = self.normalizations[0].call(ctx, inputs[0]);
        let deep = self.normalizations[1].call(ctx, inputs[1]);
        let h = first.call(ctx, deep);
        let h = second.call(ctx, h);
        vec![main.call(ctx, concat(&[wide, h], 1)), aux.call(ctx, h)]
    }

    fn parameters(&self) -> Vec<Param> {
        let normalizations = self.normalizations.iter().flat_map(Module::<f32>::parameters);
        normalizations.chain(self.parts.iter().flat_map(Dense::parameters)).collect()
    }

    fn output_shapes(&self, _: &Params<f32>, _: &[Shape]) -> Result<Vec<Shape>, ShapeError> {
        Ok(vec![Shape::from(1), Shape::from(1)])
    }

    fn outputs(&self) -> Vec<Output> {
        ["main", "aux"].map(|name| Output { name: name.to_string(), activation: Linear }).into()
    }
}

fn as_type(inputs: &[Tensor<f32>; 2], rng: &mut impl Rng) -> Result<Model, Box<dyn std::error::Error>> {
    let mut params = Params::new();
    let normalizations = normalizations(inputs, &mut params)?;
    let Parts { hidden: [first, second], main, aux } = Parts::new(WIDE.len(), DEEP.len(), &mut params, rng);
    let network = WideAndDeep { normalizations, parts: [first, second, main, aux] };
    let shapes = vec![Shape::from(WIDE.len()), Shape::from(DEEP.len())];
    Ok(Model::with_inputs(network, params, shapes)?.loss(Loss::Mse).loss_weights(WEIGHTS))
}

/// A normalization for each input, adapted to the training set.
fn normalizations(
    inputs: &[Tensor<f32>; 2],
    params: &mut Params<f32>,
) -> Result<[Normalization; 2], Box<dyn std::error::Error>> {
    let layers = [WIDE.len(), DEEP.len()].map(|features| Normalization::new(features, params));
    for (layer, x) in layers.iter().zip(inputs) {
        layer.adapt(params, x)?;
    }
    Ok(layers)
}

/// A set for a network with two inputs and two outputs, which both predict the same value.
fn two_by_two(x: &Tensor, y: &Tensor) -> Result<Dataset, DataError> {
    let [wide, deep] = paths(x);
    Dataset::regression(wide, y.clone())?.with_input(deep)?.with_labels(Targets::new(y.clone())?)
}

/// The features of each path.
fn paths(x: &Tensor) -> [Tensor; 2] {
    [x.index_select(1, WIDE), x.index_select(1, DEEP)]
}

/// The number of elements of the selected parameters.
fn count(model: &Model, selected: impl Fn(Param) -> bool) -> usize {
    model.params().iter().filter(|(p, _)| selected(*p)).map(|(_, value)| value.size()).sum()
}

/// A table of the layers with their output shapes and inputs.
fn layers(model: &Model) -> Result<String, ShapeError> {
    let layers = model.network().layers(model.params(), model.input_shapes())?;
    let line = |l: &chainrule::nn::LayerSummary| {
        format!("  {:<18} {:<10} {}\n", l.name, l.outputs[0].to_string(), l.from.join(", "))
    };
    Ok(layers.iter().map(line).collect())
}

/// A function that is linear in some features and nonlinear in others.
fn synthetic(n: usize, rng: &mut impl Rng) -> (Tensor<f32>, Tensor<f32>) {
    let x = Tensor::<f32>::random_normal([n, FEATURES], 0.0, 1.0, rng);
    let value = |x: Tensor<f32>| 2.0 + x[[0]] - 0.5 * x[[1]] + (x[[5]] * x[[6]]).tanh() + 0.5 * x[[7]].abs();
    let y: Tensor<f32> = x.rows().map(value).collect();
    (x, y.reshape([n, 1]))
}

struct Options {
    data: PathBuf,
    epochs: usize,
    seed: u64,
}

impl Options {
    /// Parses the command line. Returns `None` for `--help`.
    fn parse() -> Result<Option<Options>, lexopt::Error> {
        use lexopt::Arg::Long;
        let mut options = Options { data: houses::PATH.into(), epochs: 20, seed: 42 };
        let mut parser = lexopt::Parser::from_env();
        while let Some(arg) = parser.next()? {
            match arg {
                Long("data") => options.data = parser.value()?.into(),
                Long("epochs") => options.epochs = parser.value()?.parse()?,
                Long("seed") => options.seed = parser.value()?.parse()?,
                Long("quick") => options.epochs = 2,
                Long("help") => return Ok(None),
                _ => return Err(arg.unexpected()),
            }
        }
        options.epochs = options.epochs.max(2);
        Ok(Some(options))
    }
}
