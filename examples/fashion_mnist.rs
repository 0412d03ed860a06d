//! Fashion-MNIST: 784 pixels, two hidden layers of 300 and 100 neurons, ten kinds of clothing.
//!
//! The classic first network of many courses, trained in the classic way and in one call, as Keras has it: describe, fit,
//! evaluate, predict. ReLU, plain gradient descent with a rate of 0.01, batches of 32, 30 epochs, the last 5,000 training
//! images set aside for validation. It should come to between 88 and 89.5 % on the test images. (`mlp` shows the loop
//! that `fit` runs.)
//!
//! The images are not part of this library. `apt install dataset-fashion-mnist` puts them where this program looks;
//! `--data DIR` names another folder with the four files.
//!
//! Run it with `cargo run --release --example fashion_mnist`, or with `-- --help` after it.

use chainrule::prelude::*;
use chainrule::train::{FASHION_CLASSES, FASHION_DIR};
use lexopt::ValueExt;
use std::error::Error;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::process::ExitCode;

const HELP: &str = "\
Trains a network of 784-300-100-10 neurons on Fashion-MNIST.

  --data DIR    where the four files of the data set are (/usr/share/datasets/fashion-mnist)
  --epochs N    how often to go through the training images (30)
  --seed S      where the random numbers start (42); the same seed gives the same numbers
  --seeds N     over how many seeds to take the median, S and those after it (1)
  --svg PATH    where to draw the learning curve of the first run
  --threads N   at most so many threads (as many as there are cores)
  --quick       two epochs of 640 images: enough to see that everything works";

/// The share of test images that an honest run recognizes; outside of it something is broken.
const EXPECTED: RangeInclusive<f64> = 0.880..=0.895;

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

    let mut shares = Vec::new();
    for seed in options.seed..options.seed + options.seeds {
        let mut model = Mlp::classifier(784, [300, 100], 10).model::<f32>(seed);
        let first = seed == options.seed;
        if first {
            println!("{}", model.summary());
        }
        let fit = Fit::new(Sgd::new(0.01)).epochs(options.epochs).batch_size(32).validation(&valid);
        let history = model.fit(&train, fit.verbosity(if first { Verbosity::Auto } else { Verbosity::Quiet }))?;
        if let (true, Some(path)) = (first, &options.svg) {
            history.write_svg(path)?;
        }

        let figures = model.evaluate(&test)?;
        let right = figures.get("accuracy").unwrap_or(f64::NAN);
        println!("seed {seed}: {figures} on the test images");
        shares.push(right);
        if first {
            let confusion = examine(&model, &test);
            println!("\nA row per kind, a column per answer:\n\n{confusion}");
            let (is, said) = commonest_mistake(&confusion);
            println!("Its mistakes make sense. The commonest: what is a {is} was taken for a {said}.\n");
        }
    }
    shares.sort_by(f64::total_cmp);
    let median = shares[shares.len() / 2];
    println!("What was to be seen: plain gradient descent recognizes {:.2} % of images never seen.", 100.0 * median);
    if options.epochs == 30 {
        assert!(EXPECTED.contains(&median), "an honest run ends within {EXPECTED:?}");
    }
    Ok(ExitCode::SUCCESS)
}

/// What the network takes each image for.
fn examine(model: &Model, set: &Dataset) -> ConfusionMatrix {
    let mut confusion = ConfusionMatrix::named(FASHION_CLASSES);
    for batch in set.batches_in_order(1000) {
        confusion.add(&model.predict(batch.x()), batch.labels().as_slice());
    }
    confusion
}

fn commonest_mistake(confusion: &ConfusionMatrix) -> (&'static str, &'static str) {
    let pairs = (0..10).flat_map(|is| (0..10).map(move |said| (is, said))).filter(|(is, said)| is != said);
    let (is, said) = pairs.max_by_key(|&(is, said)| confusion.count(is, said)).expect("there are ten classes");
    (FASHION_CLASSES[is], FASHION_CLASSES[said])
}

struct Options {
    data: PathBuf,
    epochs: usize,
    seed: u64,
    seeds: u64,
    svg: Option<PathBuf>,
    threads: Option<usize>,
    quick: bool,
}

impl Options {
    /// What the command line says; nothing if it asks for help.
    fn parse() -> Result<Option<Options>, lexopt::Error> {
        use lexopt::Arg::Long;
        let mut options = Options {
            data: FASHION_DIR.into(),
            epochs: 30,
            seed: 42,
            seeds: 1,
            svg: None,
            threads: None,
            quick: false,
        };
        let mut parser = lexopt::Parser::from_env();
        while let Some(arg) = parser.next()? {
            match arg {
                Long("data") => options.data = parser.value()?.into(),
                Long("epochs") => options.epochs = parser.value()?.parse()?,
                Long("seed") => options.seed = parser.value()?.parse()?,
                Long("seeds") => options.seeds = parser.value()?.parse::<u64>()?.max(1),
                Long("svg") => options.svg = Some(parser.value()?.into()),
                Long("threads") => options.threads = Some(parser.value()?.parse()?),
                Long("quick") => (options.quick, options.epochs) = (true, 2),
                Long("help") => return Ok(None),
                _ => return Err(arg.unexpected()),
            }
        }
        Ok(Some(options))
    }
}
