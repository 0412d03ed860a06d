//! Trains a network to separate two classes of points, and draws its output in the terminal.
//!
//! The data sets are those of the TensorFlow playground. Each neuron of the first layer has a line as its boundary, and
//! the following layers combine these lines. The spiral is the most difficult data set.
//!
//! Run it with `cargo run --release --example spiral_playground`; `-- --help` lists the options.

use chainrule::explain::plot;
use chainrule::train::playground;
use chainrule::train::prelude::*;
use examples::pictures::Pictures;
use lexopt::ValueExt;
use std::path::PathBuf;

const HELP: &str = "\
Trains a network 2-16-16-2 on points of two classes.

  --data NAME   circle, xor, gauss, spiral or moons (spiral)
  --noise X     noise of the points, from 0 to 0.5 (0)
  --epochs N    number of epochs (200)
  --seed S      seed of the random numbers (42)
  --svg DIR     write pictures of the boundary to this directory";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let Some(options) = Options::parse()? else {
        println!("{HELP}");
        return Ok(());
    };
    println!("{}: 500 points, half of them for training; # is class 1, . is class 0\n", options.data);
    let outcome = train(&options)?;

    // The same network on an easier data set.
    let moons = Options { data: "moons".into(), noise: 0.05, show: false, ..options.clone() };
    let easy = train(&moons)?;
    println!("moons: {} of {} test points right, with a loss of {:.4}", easy.right, easy.tested, easy.test_loss);

    println!(
        "\nTakeaway: each neuron has a line as its boundary, and two hidden layers combine these lines to the shape\n\
         of the data set ({}). The network classifies {} of {} test points correctly.",
        options.data, outcome.right, outcome.tested
    );
    if options.is_default() {
        assert!(outcome.test_loss < 0.5 * outcome.first_loss);
        assert!(outcome.right as f64 > 0.9 * outcome.tested as f64, "{} right", outcome.right);
        assert!(easy.test_loss < 0.05 && easy.right == easy.tested, "{} right", easy.right);
    }
    Ok(())
}

/// The result of training.
struct Outcome {
    first_loss: f64,
    test_loss: f64,
    right: usize,
    tested: usize,
}

fn train(options: &Options) -> Result<Outcome, Box<dyn std::error::Error>> {
    let mut rng = seeded(options.seed);
    let set = options.points(&mut rng)?;
    let (train, test) = set.split_stratified(0.5, &mut rng)?;
    let mut params = Params::<f32>::new();
    let model = Mlp::new(2, [16, 16], 2).activation(Tanh).build(&mut params, &mut rng);
    let mut adam = Adam::new(0.01);
    let mut tape = Tape::default();
    let mut frames = Vec::new();
    let mut losses = Vec::new();
    for epoch in 1..=options.epochs {
        for batch in train.batches(10, &mut rng) {
            let logits = model.forward(&params.bind(&tape), tape.constant(batch.x()));
            let grads = softmax_cross_entropy(logits, batch.labels()).backward();
            adam.step(&mut params, &grads);
            drop(grads);
            tape.reset();
        }
        losses.push(loss(&model, &params, &test));
        if [1, options.epochs / 8, options.epochs].contains(&epoch) {
            let title =
                format!("epoch {epoch}: {:.3} / {:.3}", loss(&model, &params, &train), losses[losses.len() - 1]);
            frames.push((title, map(options.range(), [30, 15], |x| probabilities(&model, &params, x))));
            if options.show {
                let svg = boundary(&model, &params, options, &train)?;
                options.pictures.save(&format!("{}-{epoch}.svg", options.data), &svg)?;
            }
        }
    }
    if options.show {
        println!("The output over the plane, and the loss of the training set / test set:\n");
        side_by_side(&frames);
        println!("\nThe output of the first neurons:\n");
        let layer = &model.layers()[0];
        let neuron = |k: isize, x: &Tensor<f32>| 0.5 + 0.5 * layer.predict(&params, x).slice(s![.., k]);
        let outputs = |k: isize| map(options.range(), [16, 8], |x| neuron(k, x));
        let frames: Vec<(String, Vec<String>)> = (0..5).map(|k| (format!("neuron {}", k + 1), outputs(k))).collect();
        side_by_side(&frames);
        println!();
    }
    let right = accuracy(&model.predict(&params, &test.x()), test.labels()) * test.len() as f64;
    let (first_loss, test_loss) = (losses[0], losses[losses.len() - 1]);
    Ok(Outcome { first_loss, test_loss, right: right.round() as usize, tested: test.len() })
}

fn loss(model: &Mlp, params: &Params<f32>, set: &Dataset) -> f64 {
    let tape = Tape::default();
    let logits = tape.constant(model.predict(params, &set.x()));
    f64::from(softmax_cross_entropy(logits, set.labels()).value())
}

/// The probability of class 1 for each row.
fn probabilities(model: &Mlp, params: &Params<f32>, x: &Tensor<f32>) -> Tensor<f32> {
    model.predict(params, x).softmax(1).slice(s![.., 1])
}

/// Values over the plane as characters, one string per row from top to bottom.
fn map(range: [f64; 4], [columns, rows]: [usize; 2], values: impl Fn(&Tensor<f32>) -> Tensor<f32>) -> Vec<String> {
    const SHADES: [char; 5] = ['.', ':', '-', '+', '#'];
    let [left, right, bottom, top] = range;
    let at = |i: usize, n: usize, from: f64, to: f64| (from + (to - from) * (i as f64 + 0.5) / n as f64) as f32;
    let points: Vec<f32> = (0..rows * columns)
        .flat_map(|k| [at(k % columns, columns, left, right), at(k / columns, rows, top, bottom)])
        .collect();
    let shade = |p: &f32| SHADES[((p * 5.0) as usize).min(4)];
    let values = values(&Tensor::from_vec([rows * columns, 2], points));
    values.reshape([rows, columns]).rows().map(|row| row.iter().map(shade).collect()).collect()
}

fn side_by_side(frames: &[(String, Vec<String>)]) {
    let line = |cells: Vec<&str>| {
        let padded = cells.iter().zip(frames).map(|(c, (_, map))| format!("  {c:<width$}", width = map[0].len()));
        println!("{}", padded.collect::<String>().trim_end());
    };
    line(frames.iter().map(|(title, _)| &title[..]).collect());
    for row in 0..frames.first().map_or(0, |(_, map)| map.len()) {
        line(frames.iter().map(|(_, map)| &map[row][..]).collect());
    }
}

fn boundary(model: &Mlp, params: &Params<f32>, options: &Options, train: &Dataset) -> Result<String, plot::PlotError> {
    let [left, right, bottom, top] = options.range();
    let probability = |x: f64, y: f64| f64::from(probabilities(model, params, &tensor![[x as f32, y as f32]]).item());
    let points: Vec<([f64; 2], usize)> =
        train.x().rows().zip(train.labels()).map(|(p, &class)| ([p[[0]], p[[1]]].map(f64::from), class)).collect();
    plot::boundary(&options.data, left..right, bottom..top, probability, &points)
}

#[derive(Clone)]
struct Options {
    data: String,
    noise: f64,
    epochs: usize,
    seed: u64,
    show: bool,
    pictures: Pictures,
}

impl Options {
    /// Parses the command line. Returns `None` for `--help`.
    fn parse() -> Result<Option<Options>, lexopt::Error> {
        use lexopt::Arg::Long;
        let pictures = Pictures::default();
        let mut options = Options { data: "spiral".into(), noise: 0.0, epochs: 200, seed: 42, show: true, pictures };
        let mut parser = lexopt::Parser::from_env();
        while let Some(arg) = parser.next()? {
            match arg {
                Long("data") => options.data = parser.value()?.string()?,
                Long("noise") => options.noise = parser.value()?.parse()?,
                Long("epochs") => options.epochs = parser.value()?.parse::<usize>()?.max(1),
                Long("seed") => options.seed = parser.value()?.parse()?,
                Long("svg") => options.pictures = Pictures::new(Some(PathBuf::from(parser.value()?))),
                Long("help") => return Ok(None),
                _ => return Err(arg.unexpected()),
            }
        }
        Ok(Some(options))
    }

    /// Whether the options are those for which the result is checked.
    fn is_default(&self) -> bool {
        self.data == "spiral" && self.noise == 0.0 && self.epochs >= 200
    }

    fn points(&self, rng: &mut Xoshiro256PlusPlus) -> Result<Dataset, Box<dyn std::error::Error>> {
        let make = match &self.data[..] {
            "circle" => playground::circle,
            "xor" => playground::xor,
            "gauss" => playground::gauss,
            "spiral" => playground::spiral,
            "moons" => playground::moons,
            other => return Err(format!("unknown data set {other:?}; see --help").into()),
        };
        Ok(make(500, self.noise, rng)?)
    }

    /// The part of the plane that is drawn: left, right, bottom, top.
    fn range(&self) -> [f64; 4] {
        if self.data == "moons" { [-1.5, 2.5, -1.0, 1.5] } else { [-6.0, 6.0, -6.0, 6.0] }
    }
}
