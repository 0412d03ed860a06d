//! Trains a multilayer perceptron to recognize handwritten digits, in about a second.
//!
//! The 1,797 images are included in the library. Four fifths are the training set, one fifth is the test set. The
//! program shows a complete training loop.
//!
//! Run it with `cargo run --release --example mlp`; `-- --help` lists the options.

use chainrule::train::prelude::*;
use indicatif::{ProgressBar, ProgressStyle};
use lexopt::ValueExt;
use std::process::ExitCode;

const HELP: &str = "\
Trains a multilayer perceptron on handwritten digits.

  --epochs N   number of epochs (40)
  --seed S     seed of the random numbers (42); the same seed gives the same result
  --quick      25 epochs, to check that everything works";

/// The accuracy that must be reached.
const EXPECTED: f64 = 0.96;

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let Some(Options { epochs, seed }) = Options::parse()? else {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    };

    // One generator for all random numbers, so that the seed determines the whole run.
    let mut rng = seeded(seed);

    // The test set is a fifth of the images of each digit.
    let (train, test) = digits().split_stratified(0.8, &mut rng)?;
    println!("{} training images and {} test images of 8 by 8 pixels", train.len(), test.len());

    // The store contains the parameters, the model contains keys to them.
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
            // Forward: the parameters are bound to the tape, and all operations on them are recorded.
            let net = params.bind(&tape);
            let logits = model.forward(&net, tape.constant(batch.x()));
            let loss = softmax_cross_entropy(logits, batch.labels());
            // Backward: one sweep, a gradient for each parameter.
            let grads = loss.backward();
            // Update: w := w - η ∂L/∂w, with momentum.
            sgd.step(&mut params, &grads);

            loss_sum += n * f64::from(loss.value());
            right += n * accuracy(&logits.value(), batch.labels().as_slice());
            // The tape keeps its memory, so the next step allocates nothing.
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

    // Evaluation on the test set.
    let mut confusion = ConfusionMatrix::new(10);
    confusion.add(&model.predict(&params, &test.x()), test.labels());
    println!("\nThe confusion matrix, with a row for each digit and a column for each answer:\n\n{confusion}");

    let reached = confusion.accuracy();
    println!(
        "Takeaway: {} steps of forward, backward and update reduce the loss from {first:.4} to {last:.4}.",
        steps(epochs, train.len())
    );
    println!("The network recognizes {:.2} % of the test images.", 100.0 * reached);
    if reached < EXPECTED {
        eprintln!("expected at least {:.0} %", 100.0 * EXPECTED);
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
    /// Parses the command line. Returns `None` for `--help`.
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
