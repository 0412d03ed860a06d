//! Fashion-MNIST: 784 pixels, two hidden layers of 300 and 100 neurons, ten kinds of clothing.
//!
//! The classic first network of many courses, trained in the classic way: ReLU, plain gradient descent with a rate of
//! 0.01, batches of 32, 30 epochs, the last 5,000 training images set aside for validation. It should come to between
//! 88 and 89.5 % on the test images.
//!
//! The images are not part of this library. `apt install dataset-fashion-mnist` puts them where this program looks;
//! `--data DIR` names another folder with the four files.
//!
//! Run it with `cargo run --release --example fashion_mnist`, or with `-- --help` after it.

use chainrule::prelude::*;
use chainrule::train::{FASHION_CLASSES, FASHION_DIR};
use indicatif::{ProgressBar, ProgressStyle};
use lexopt::ValueExt;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

const HELP: &str = "\
Trains a network of 784-300-100-10 neurons on Fashion-MNIST.

  --data DIR    where the four files of the data set are (/usr/share/datasets/fashion-mnist)
  --epochs N    how often to go through the training images (30)
  --seed S      where the random numbers start (42); the same seed gives the same numbers
  --threads N   at most so many threads (as many as there are cores)
  --quick       two epochs of 640 images: enough to see that everything works";

const BATCH: usize = 32;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let Some(options) = Options::parse()? else {
        println!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    };
    if let Some(threads) = options.threads {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build_global()?;
    }

    let fashion = match fashion_mnist(&options.data) {
        Ok(fashion) => fashion,
        // A quick run is a check of the program: without the data there is nothing to check.
        Err(e) if options.quick => {
            println!("skipped: {e}");
            return Ok(ExitCode::SUCCESS);
        }
        Err(e) => {
            eprintln!("{e}");
            return Ok(ExitCode::FAILURE);
        }
    };
    let (train, valid, test) = match options.quick {
        true => (fashion.train.take(640)?, fashion.valid.take(320)?, fashion.test.take(320)?),
        false => (fashion.train, fashion.valid, fashion.test),
    };
    println!("{} images to learn from, {} to watch, {} to be examined on", train.len(), valid.len(), test.len());

    let mut rng = seeded(options.seed);
    let mut params = Params::<f32>::new();
    let model = Mlp::new(784, [300, 100], 10).activation(Relu).build(&mut params, &mut rng);
    println!("784 -> 300 -> 100 -> 10: {} weights and biases\n", params.size());

    let mut sgd = Sgd::new(0.01);
    let mut tape = Tape::new();
    let start = Instant::now();
    for epoch in 1..=options.epochs {
        let epoch_start = Instant::now();
        let batches = train.batches(BATCH, &mut rng);
        let bar = progress(epoch, options.epochs, batches.len());
        let mut loss_sum = 0.0;
        for batch in batches {
            let n = batch.y.as_slice().len() as f64;
            let net = params.on(&tape);
            let loss = softmax_cross_entropy(model.forward(&net, tape.constant(batch.x)), &batch.y);
            let grads = loss.backward();
            sgd.step(&mut params, &grads);
            loss_sum += n * f64::from(loss.value());
            tape.reset();
            bar.inc(1);
        }
        bar.finish_and_clear();
        println!(
            "epoch {epoch:>2}/{}   loss {:.4}   validation accuracy {:.2} %   {:.2} s",
            options.epochs,
            loss_sum / train.len() as f64,
            100.0 * examine(&model, &params, &valid).accuracy(),
            epoch_start.elapsed().as_secs_f64()
        );
    }

    println!("\ntrained in {:.1} s. A row per kind, a column per answer:\n", start.elapsed().as_secs_f64());
    let confusion = examine(&model, &params, &test);
    println!("{confusion}");
    let (is, said) = commonest_mistake(&confusion);
    println!(
        "What was to be seen: plain gradient descent recognises {:.2} % of the images,",
        100.0 * confusion.accuracy()
    );
    println!("and its mistakes make sense. The commonest: what is a {is} was taken for a {said}.");
    Ok(ExitCode::SUCCESS)
}

/// What the network takes each image for; a thousand at a time, as plain numbers, without a tape.
fn examine(model: &Mlp, params: &Params<f32>, set: &Dataset) -> ConfusionMatrix {
    let mut confusion = ConfusionMatrix::named(FASHION_CLASSES);
    for batch in set.batches_in_order(1000) {
        confusion.add(&model.predict(params, &batch.x), batch.y.as_slice());
    }
    confusion
}

fn commonest_mistake(confusion: &ConfusionMatrix) -> (&'static str, &'static str) {
    let pairs = (0..10).flat_map(|is| (0..10).map(move |said| (is, said))).filter(|(is, said)| is != said);
    let (is, said) = pairs.max_by_key(|&(is, said)| confusion.count(is, said)).expect("there are ten classes");
    (FASHION_CLASSES[is], FASHION_CLASSES[said])
}

fn progress(epoch: u64, epochs: u64, batches: usize) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{prefix} {bar:30} {percent:>3} %   {eta} to go").expect("a valid template");
    ProgressBar::new(batches as u64).with_style(style).with_prefix(format!("epoch {epoch:>2}/{epochs}"))
}

struct Options {
    data: PathBuf,
    epochs: u64,
    seed: u64,
    threads: Option<usize>,
    quick: bool,
}

impl Options {
    /// What the command line says; nothing if it asks for help.
    fn parse() -> Result<Option<Options>, lexopt::Error> {
        use lexopt::Arg::Long;
        let mut options = Options { data: FASHION_DIR.into(), epochs: 30, seed: 42, threads: None, quick: false };
        let mut parser = lexopt::Parser::from_env();
        while let Some(arg) = parser.next()? {
            match arg {
                Long("data") => options.data = parser.value()?.into(),
                Long("epochs") => options.epochs = parser.value()?.parse()?,
                Long("seed") => options.seed = parser.value()?.parse()?,
                Long("threads") => options.threads = Some(parser.value()?.parse()?),
                Long("quick") => (options.quick, options.epochs) = (true, 2),
                Long("help") => return Ok(None),
                _ => return Err(arg.unexpected()),
            }
        }
        Ok(Some(options))
    }
}
