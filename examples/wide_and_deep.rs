//! Wide and deep: a network with two inputs and two outputs, wired as a graph and written as a type.
//!
//! Cheng et al. (2016): some features go straight to the output, where simple patterns are learned; others go through
//! hidden layers. An auxiliary output makes the hidden layers learn something of their own; its loss counts a tenth.
//!
//! With the California housing data (`cal_housing.data`, 20,640 districts) it predicts house values; without them, a
//! function made up for the purpose.
//!
//! Run it with `cargo run --release --example wide_and_deep`, or with `-- --help` after it.

use chainrule::nn::{Output, ShapeError};
use chainrule::prelude::*;
use examples::houses::{self, FACTS, houses, split_of_the_course};
use lexopt::ValueExt;
use std::path::PathBuf;

const HELP: &str = "\
Trains a wide-and-deep network with two inputs and two outputs.

  --data FILE  the California housing data (../shared/data/cal_housing.data, if it is there)
  --epochs N   how often to go through the examples (20; at least 2)
  --seed S     where the random numbers start (42); the same seed gives the same numbers
  --quick      two epochs: enough to see that everything works";

/// How much the losses of the two outputs count.
const WEIGHTS: [f64; 2] = [0.9, 0.1];
const FEATURES: usize = FACTS;
/// What an honest run reaches on examples never seen; above it something is broken.
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
            println!("{} is not there: a function of eight numbers, made up for the purpose", data.display());
            made_up(4000, &mut seeded(1))
        }
        Err(e) => return Err(e.into()),
    };
    let [rest, aside] = split_of_the_course(x.shape()[0]);
    println!("{} examples to learn from, {} to be examined on\n", rest.len(), aside.len());
    let fit = || Fit::new(Adam::new(1e-3)).epochs(epochs).verbosity(Verbosity::Quiet);

    // One input first: the notebook's form, whose parameters can be counted.
    let houses = Dataset::regression(x.clone(), y.clone())?;
    let (train, test) = (houses.select(&rest)?, houses.select(&aside)?);
    let mut simple = one_input(&train.x(), &mut seeded(seed))?;
    let frozen: usize = sizes(&simple, |p| simple.params().is_frozen(p));
    println!("{}", layers(&simple)?);
    println!("one input: {} numbers, {frozen} of them not trained", simple.params().size());
    assert_eq!((simple.params().size(), frozen), (1_256, 17));
    simple.fit(&train, fit())?;
    let one = rmse(&simple.evaluate(&test)?, "loss");
    println!("after {epochs} epochs it is off by {one:.4}\n");

    // Two inputs and two outputs, twice: wired as a graph, and written as a type. From one seed they are one network.
    let houses = two_by_two(&x, &y)?;
    let (train, test) = (houses.select(&rest)?, houses.select(&aside)?);
    let inputs = paths(&x.index_select(0, rest));
    let graph = as_graph(&inputs, &mut seeded(seed))?;
    println!("{}", layers(&graph)?);
    let mut models = [graph, as_type(&inputs, &mut seeded(seed))?];
    let mut histories = Vec::new();
    for model in &mut models {
        histories.push(model.fit(&train, fit().validation(&test))?);
    }
    let [graph, as_type] = &histories[..] else { unreachable!("there are two") };
    assert_eq!(graph, as_type, "the graph and the type are one network");

    println!("epoch        loss        main         aux    main, unseen");
    let figure = |name: &str, epoch: usize| graph.get(name).map_or(f64::NAN, |figures| figures[epoch]);
    for epoch in 0..graph.len() {
        let [total, main, aux, unseen] =
            ["loss", "main_loss", "aux_loss", "val_main_loss"].map(|name| figure(name, epoch));
        println!("{:>5} {total:>11.4} {main:>11.4} {aux:>11.4} {unseen:>15.4}", epoch + 1);
        let weighted = WEIGHTS[0] * main + WEIGHTS[1] * aux;
        assert!((total - weighted).abs() <= 1e-6 * weighted, "the loss is {total}, not {weighted}");
    }

    let predicted = models[0].all_predictions(&test)?;
    let answers = test.targets();
    println!("\nvalue        main         aux");
    for i in 0..3 {
        let [main, aux] = [0, 1].map(|head: usize| predicted[head].at([i, 0]));
        println!("{:>5.2} {main:>11.2} {aux:>11.2}", answers.at([i, 0]));
    }
    let last = graph.len() - 1;
    let two = figure("val_main_loss", last).sqrt();
    println!(
        "\nWhat was to be seen: in every epoch the loss was .9 times the main one plus .1 times the auxiliary one, and the\n\
         graph and the type gave the same numbers; the loss went from {:.4} to {:.4}. On examples never seen\n\
         the network of one input is off by {one:.4}, the main output of the one with two by {two:.4}.",
        figure("loss", 0),
        figure("loss", last)
    );
    assert!(figure("loss", last) < figure("loss", 0), "the loss did not fall");
    if epochs >= 20 {
        assert!(one < EXPECTED && two < EXPECTED, "an honest run reaches {EXPECTED}");
    }
    Ok(())
}

/// The root of a mean squared error.
fn rmse(figures: &chainrule::train::Logs, name: &str) -> f64 {
    figures.get(name).map_or(f64::NAN, f64::sqrt)
}

/// The hidden layers, and the heads above them.
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

/// All features along both paths, one output.
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

/// Layers wired one by one.
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

/// The same as a type: what cannot be wired can be written.
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

/// A normalization for each input, adapted to it.
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

/// What each path sees.
fn paths(x: &Tensor) -> [Tensor; 2] {
    [x.index_select(1, WIDE), x.index_select(1, DEEP)]
}

/// The numbers of the chosen parameters.
fn sizes(model: &Model, chosen: impl Fn(Param) -> bool) -> usize {
    model.params().iter().filter(|(p, _)| chosen(*p)).map(|(_, value)| value.size()).sum()
}

/// What feeds what.
fn layers(model: &Model) -> Result<String, ShapeError> {
    let layers = model.network().layers(model.params(), model.input_shapes())?;
    let line = |l: &chainrule::nn::LayerSummary| {
        format!("  {:<18} {:<10} {}\n", l.name, l.outputs[0].to_string(), l.from.join(", "))
    };
    Ok(layers.iter().map(line).collect())
}

/// A function that is partly a straight line and partly is not.
fn made_up(n: usize, rng: &mut impl Rng) -> (Tensor<f32>, Tensor<f32>) {
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
    /// What the command line says; nothing if it asks for help.
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
