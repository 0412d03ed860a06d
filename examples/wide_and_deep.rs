//! Wide and deep: a network with two inputs and two outputs, wired as a graph and written as a type.
//!
//! Cheng et al. (2016): some features go straight to the output, where simple patterns are learned; others go through
//! hidden layers. An auxiliary output makes the hidden layers learn something of their own; its loss counts a tenth.
//!
//! With the California housing data (`cal_housing.data`, 20,640 districts) it predicts house values; without them, a
//! function made up for the purpose.
//!
//! Run it with `cargo run --release --example wide_and_deep`, or with `-- --help` after it.

use chainrule::nn::{Mode, Network, Output, ShapeError};
use chainrule::prelude::*;
use lexopt::ValueExt;
use std::path::{Path, PathBuf};

const HELP: &str = "\
Trains a wide-and-deep network with two inputs and two outputs.

  --data FILE  the California housing data (../shared/data/cal_housing.data, if it is there)
  --epochs N   how often to go through the examples (5)
  --seed S     where the random numbers start (42); the same seed gives the same numbers";

/// How much the losses of the two outputs count.
const WEIGHTS: [f64; 2] = [0.9, 0.1];
const FEATURES: usize = 8;
/// The features that each path sees: the first five, and the last six.
const WIDE: [usize; 5] = [0, 1, 2, 3, 4];
const DEEP: [usize; 6] = [2, 3, 4, 5, 6, 7];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Some(Options { data, epochs, seed }) = Options::parse()? else {
        println!("{HELP}");
        return Ok(());
    };
    let (x, y) = match data.as_deref().or(Some(Path::new("../shared/data/cal_housing.data"))).filter(|p| p.exists()) {
        Some(path) => {
            println!("California housing, from {}", path.display());
            california(path)?
        }
        None => {
            println!("cal_housing.data is not there: a function of eight numbers, made up for the purpose");
            made_up(4000, &mut seeded(1))
        }
    };
    println!("{} examples\n", x.shape()[0]);

    // One input first: the notebook's form, whose parameters can be counted.
    let simple = one_input(&x, &mut seeded(seed))?;
    let frozen: usize = sizes(&simple, |p| simple.params().is_frozen(p));
    println!("{}", layers(&simple)?);
    println!("one input: {} numbers, {frozen} of them not trained\n", simple.params().size());
    assert_eq!((simple.params().size(), frozen), (1_256, 17));

    // Two inputs and two outputs, twice: wired as a graph, and written as a type. From one seed they are one network.
    let inputs = [x.index_select(1, &WIDE.into()), x.index_select(1, &DEEP.into())];
    let graph = as_graph(&inputs, &mut seeded(seed))?;
    println!("{}", layers(&graph)?);
    let mut models = [graph, as_type(&inputs, &mut seeded(seed))?];
    println!("epoch        loss        main         aux");
    let mut curves = [Vec::new(), Vec::new()];
    for (model, curve) in models.iter_mut().zip(&mut curves) {
        train(model, &inputs, &y, epochs, seed, curve)?;
    }
    for (epoch, (total, [main, aux])) in curves[0].iter().enumerate() {
        println!("{:>5} {total:>11.4} {main:>11.4} {aux:>11.4}", epoch + 1);
    }
    assert_eq!(curves[0], curves[1], "the graph and the type are one network");
    let (first, last) = (curves[0][0].0, curves[0][curves[0].len() - 1].0);
    assert!(last < first, "the loss did not fall");

    let predicted = models[0].predict_all(&inputs);
    println!("\nvalue        main         aux");
    for i in 0..3 {
        println!("{:>5.2} {:>11.2} {:>11.2}", y.at([i, 0]), predicted[0].at([i, 0]), predicted[1].at([i, 0]));
    }
    println!(
        "\nWhat was to be seen: in every step the loss was .9 times the main one plus .1 times the auxiliary one, and the\n\
         graph and the type gave the same numbers; the loss went from {first:.4} to {last:.4}."
    );
    Ok(())
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

impl Network for WideAndDeep {
    fn run<'t>(
        &self,
        net: &Lent<'_, 't>,
        inputs: &[Var<'t, Tensor<f32>>],
        mode: &mut Mode<'_>,
    ) -> Vec<Var<'t, Tensor<f32>>> {
        let [first, second, main, aux] = &self.parts;
        let wide = self.normalizations[0].call(net, inputs[0], mode);
        let deep = self.normalizations[1].call(net, inputs[1], mode);
        let h = second.call(net, first.call(net, deep, mode), mode);
        vec![main.call(net, concat(&[wide, h], 1), mode), aux.call(net, h, mode)]
    }

    fn keys(&self) -> Vec<Param> {
        let normalizations = self.normalizations.iter().flat_map(Module::<f32>::parameters);
        normalizations.chain(self.parts.iter().flat_map(Dense::parameters)).collect()
    }

    fn infer(&self, _: &Params<f32>, _: &[Shape]) -> Result<Vec<Shape>, ShapeError> {
        Ok(vec![Shape::from(1), Shape::from(1)])
    }

    fn outputs(&self) -> Vec<Output> {
        ["main", "aux"].map(|name| Output { name: name.to_string(), activation: Linear }).to_vec()
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

/// A normalisation for each input, adapted to it.
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

/// The loss, and those of the two outputs.
type Losses = (f64, [f64; 2]);

/// Stochastic gradient descent; for each epoch the mean losses.
fn train(
    model: &mut Model,
    inputs: &[Tensor<f32>; 2],
    y: &Tensor<f32>,
    epochs: u64,
    seed: u64,
    curve: &mut Vec<Losses>,
) -> Result<(), Box<dyn std::error::Error>> {
    const BATCH: usize = 32;
    let n = y.shape()[0];
    let (mut sgd, mut tape, mut rng) = (Sgd::new(1e-3), Tape::new(), seeded(seed));
    let mut noise = seeded(seed + 1);
    let mut mode = Mode::train(&mut noise);
    for _ in 0..epochs {
        let order: Vec<usize> = {
            let mut keyed: Vec<(u64, usize)> = (0..n).map(|i| (rng.next_u64(), i)).collect();
            keyed.sort_unstable();
            keyed.into_iter().map(|(_, i)| i).collect()
        };
        let mut sums = [0.0; 3];
        for rows in order.chunks(BATCH) {
            let rows_of = |t: &Tensor<f32>| t.index_select(0, &rows.into());
            let target: Target = rows_of(y).into();
            let net = model.params().on(&tape);
            let xs = inputs.each_ref().map(|x| tape.constant(rows_of(x)));
            let outputs = model.forward(&net, &xs, &mut mode);
            let objective = model.objective(&net, &outputs, &[target.clone(), target], None)?;
            let grads = objective.total.backward();
            sgd.step(model.params_mut(), &grads);
            mode.apply(model.params_mut());

            let [total, main, aux] =
                [objective.total, objective.losses[0], objective.losses[1]].map(|l| f64::from(l.value()));
            let weighted = WEIGHTS[0] * main + WEIGHTS[1] * aux;
            assert!((total - weighted).abs() <= 1e-6 * weighted, "the loss is {total}, not {weighted}");
            for (sum, loss) in sums.iter_mut().zip([total, main, aux]) {
                *sum += loss * rows.len() as f64 / n as f64;
            }
            tape.reset();
        }
        curve.push((sums[0], [sums[1], sums[2]]));
    }
    Ok(())
}

/// The numbers of the chosen parameters.
fn sizes(model: &Model, chosen: impl Fn(Param) -> bool) -> usize {
    model.params().iter().filter(|(p, _)| chosen(*p)).map(|(_, value)| value.size()).sum()
}

/// What feeds what.
fn layers(model: &Model) -> Result<String, ShapeError> {
    let layers = model.network().layers(model.params(), model.input_shapes())?;
    let line =
        |l: &chainrule::nn::Layer| format!("  {:<18} {:<10} {}\n", l.name, l.outputs[0].to_string(), l.from.join(", "));
    Ok(layers.iter().map(line).collect())
}

/// Features and values: per household, as the notebook has them; values in 100,000 dollars.
fn california(path: &Path) -> Result<(Tensor<f32>, Tensor<f32>), Box<dyn std::error::Error>> {
    let (mut x, mut y) = (Vec::new(), Vec::new());
    let text = std::fs::read_to_string(path)?;
    let is_header = |line: &str| line.starts_with("longitude");
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !is_header(line)) {
        let numbers = line.split(',').map(|n| n.trim().parse::<f32>()).collect::<Result<Vec<_>, _>>();
        let Ok([longitude, latitude, age, rooms, bedrooms, population, households, income, value]) =
            numbers.map_err(|_| ()).and_then(|n| <[f32; 9]>::try_from(n).map_err(|_| ()))
        else {
            return Err(format!("{}: line {} holds no nine numbers", path.display(), at + 1).into());
        };
        let per_household = [rooms, bedrooms, population].map(|n| n / households);
        x.extend([income, age, per_household[0], per_household[1], population, per_household[2], latitude, longitude]);
        y.push(value / 100_000.0);
    }
    Ok((Tensor::from_vec([y.len(), FEATURES], x), Tensor::from_vec([y.len(), 1], y)))
}

/// A function that is partly a straight line and partly is not.
fn made_up(n: usize, rng: &mut impl Rng) -> (Tensor<f32>, Tensor<f32>) {
    let x = Tensor::<f32>::random_normal([n, FEATURES], 0.0, 1.0, rng);
    let value = |row: &[f32]| 2.0 + row[0] - 0.5 * row[1] + (row[5] * row[6]).tanh() + 0.5 * row[7].abs();
    let y: Vec<f32> = x.to_vec().chunks_exact(FEATURES).map(value).collect();
    (x, Tensor::from_vec([n, 1], y))
}

struct Options {
    data: Option<PathBuf>,
    epochs: u64,
    seed: u64,
}

impl Options {
    /// What the command line says; nothing if it asks for help.
    fn parse() -> Result<Option<Options>, lexopt::Error> {
        use lexopt::Arg::Long;
        let mut options = Options { data: None, epochs: 5, seed: 42 };
        let mut parser = lexopt::Parser::from_env();
        while let Some(arg) = parser.next()? {
            match arg {
                Long("data") => options.data = Some(parser.value()?.into()),
                Long("epochs") => options.epochs = parser.value()?.parse()?,
                Long("seed") => options.seed = parser.value()?.parse()?,
                Long("help") => return Ok(None),
                _ => return Err(arg.unexpected()),
            }
        }
        options.epochs = options.epochs.max(2);
        Ok(Some(options))
    }
}
