//! A multilayer perceptron learns to read handwritten digits, in a second.
//!
//! The 1,797 images come with the library, so this runs anywhere: four fifths to learn from, one fifth to be examined
//! on. What is to be seen is the whole of a training loop: six lines, none of them hidden.
//!
//! Run it with `cargo run --release --example mlp`, or with `-- --help` after it.

use chainrule::prelude::*;
use indicatif::{ProgressBar, ProgressStyle};
use lexopt::ValueExt;
use std::process::ExitCode;

const HELP: &str = "\
Trains a multilayer perceptron on handwritten digits.

  --epochs N   how often to go through the training images (40)
  --seed S     where the random numbers start (42); the same seed gives the same numbers
  --quick      25 epochs: enough to see that everything works";

/// What an honest run reaches; below it something is broken.
const EXPECTED: f64 = 0.96;

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let Some(Options { epochs, seed }) = Options::parse()? else {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    };

    // One generator for everything that is random, so that a seed repeats the whole run.
    let mut rng = seeded(seed);

    // A fifth of each digit is set aside; the network never learns from it.
    let (train, test) = digits().split_stratified(0.8, &mut rng)?;
    println!("{} images to learn from, {} to be examined on, 8 by 8 pixels each", train.len(), test.len());

    // The model holds keys, the store holds the numbers.
    let mut params = Params::<f32>::new();
    let model = Mlp::new(64, [64, 32], 10).activation(Relu).build(&mut params, &mut rng);
    println!("64 pixels -> 64 -> 32 -> 10 digits: {} weights and biases\n", params.size());

    let mut sgd = Sgd::new(0.1).momentum(0.9);
    let mut tape = Tape::default();
    let bar = progress(epochs);
    let (mut first, mut last) = (0.0, 0.0);
    for epoch in 0..epochs {
        let (mut loss_sum, mut right) = (0.0, 0.0);
        for batch in train.batches(32, &mut rng) {
            let n = batch.labels().as_slice().len() as f64;
            // Forward: the parameters are bound to the tape, and what is computed from them is recorded.
            let net = params.bind(&tape);
            let logits = model.forward(&net, tape.constant(batch.x()));
            let loss = softmax_cross_entropy(logits, batch.labels());
            // Backward: one sweep, a gradient for each parameter.
            let grads = loss.backward();
            // Update: w := w - η ∂L/∂w, with momentum.
            sgd.step(&mut params, &grads);

            loss_sum += n * f64::from(loss.value());
            right += n * accuracy(&logits.value(), batch.labels().as_slice());
            // The tape keeps its memory: the next step allocates nothing.
            tape.reset();
        }
        last = loss_sum / train.len() as f64;
        if epoch == 0 {
            first = last;
        }
        bar.set_message(format!("loss {last:.4}   accuracy {:.2} %", 100.0 * right / train.len() as f64));
        bar.inc(1);
    }
    bar.finish();

    // The examination: images it has not seen.
    let mut confusion = ConfusionMatrix::new(10);
    confusion.add(&model.predict(&params, &test.x()), test.labels());
    println!("\nA row per digit, a column per answer:\n\n{confusion}");

    let reached = confusion.accuracy();
    println!(
        "What was to be seen: forward, backward, update, {} times; the loss went from {first:.4} to {last:.4},",
        steps(epochs, train.len())
    );
    println!("and of the images it had never seen the network reads {:.2} %.", 100.0 * reached);
    if reached < EXPECTED {
        eprintln!("that is less than the {:.0} % expected", 100.0 * EXPECTED);
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn steps(epochs: u64, examples: usize) -> u64 {
    epochs * examples.div_ceil(32) as u64
}

fn progress(epochs: u64) -> ProgressBar {
    let style =
        ProgressStyle::with_template("epoch {pos:>3}/{len} {bar:30} {msg}   {elapsed}").expect("a valid template");
    ProgressBar::new(epochs).with_style(style)
}

struct Options {
    epochs: u64,
    seed: u64,
}

impl Options {
    /// What the command line says; nothing if it asks for help.
    fn parse() -> Result<Option<Options>, lexopt::Error> {
        use lexopt::Arg::Long;
        let mut options = Options { epochs: 40, seed: 42 };
        let mut parser = lexopt::Parser::from_env();
        while let Some(arg) = parser.next()? {
            match arg {
                Long("epochs") => options.epochs = parser.value()?.parse()?,
                Long("seed") => options.seed = parser.value()?.parse()?,
                Long("quick") => options.epochs = 25,
                Long("help") => return Ok(None),
                _ => return Err(arg.unexpected()),
            }
        }
        Ok(Some(options))
    }
}
