//! Fashion-MNIST: 784 pixels, two hidden layers of 300 and 100 neurons, ten kinds of clothing.
//!
//! This is the first network in many courses. It is trained with `fit`: ReLU, plain gradient descent with a learning
//! rate of 0.01, batches of 32, 30 epochs, with the last 5,000 training images as the validation set. The test accuracy
//! should be between 88 and 89.5 %. (The example `mlp` shows the loop that `fit` runs.)
//!
//! The images are not part of this library. `apt install dataset-fashion-mnist` installs them where this program looks
//! for them; `--data DIR` names another directory with the four files.
//!
//! Run it with `cargo run --release --example fashion_mnist`; `-- --help` lists the options.

use chainrule::train::prelude::*;
use chainrule::train::{FASHION_CLASSES, FASHION_DIR};
use lexopt::ValueExt;
use std::error::Error;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::process::ExitCode;

const HELP: &str = "\
Trains a network with layers of 784, 300, 100 and 10 neurons on Fashion-MNIST.

  --data DIR    directory with the four files of the data set (/usr/share/datasets/fashion-mnist)
  --epochs N    number of epochs (30)
  --seed S      seed of the random numbers (42); the same seed gives the same result
  --seeds N     number of seeds for the median, starting with S (1)
  --svg PATH    write the learning curve of the first run to this file
  --threads N   maximum number of threads (the number of cores)
  --quick       two epochs of 640 images, to check that everything works";

/// The range of test accuracies that must be reached.
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
        // A quick run only checks the program, which is not possible without the data.
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
    println!("{} training images, {} validation images, {} test images", train.len(), valid.len(), test.len());

    let mut accuracies = Vec::new();
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

        let metrics = model.evaluate(&test)?;
        accuracies.push(metrics.get("accuracy").unwrap_or(f64::NAN));
        println!("seed {seed}: {metrics} on the test images");
        if first {
            let confusion = confusion(&model, &test);
            println!("\nThe confusion matrix, a row for each class and a column for each answer:\n\n{confusion}");
            let (class, answer) = most_frequent_mistake(&confusion);
            println!("The most frequent mistake: the class is {class}, the answer is {answer}.\n");
        }
    }
    accuracies.sort_by(f64::total_cmp);
    let median = accuracies[accuracies.len() / 2];
    println!("Takeaway: with plain gradient descent the test accuracy is {:.2} %.", 100.0 * median);
    if options.epochs == 30 {
        assert!(EXPECTED.contains(&median), "expected an accuracy in {EXPECTED:?}, got {median}");
    }
    Ok(ExitCode::SUCCESS)
}

/// The confusion matrix of a data set.
fn confusion(model: &Model, set: &Dataset) -> ConfusionMatrix {
    let mut confusion = ConfusionMatrix::named(FASHION_CLASSES);
    for batch in set.batches_in_order(1000) {
        confusion.add(&model.predict(batch.x()), batch.labels().as_slice());
    }
    confusion
}

/// The class and the wrong answer of the most frequent mistake.
fn most_frequent_mistake(confusion: &ConfusionMatrix) -> (&'static str, &'static str) {
    let pairs = (0..10).flat_map(|class| (0..10).map(move |answer| (class, answer))).filter(|(c, a)| c != a);
    let (class, answer) = pairs.max_by_key(|&(class, answer)| confusion.count(class, answer)).expect("ten classes");
    (FASHION_CLASSES[class], FASHION_CLASSES[answer])
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
    /// Parses the command line. Returns `None` for `--help`.
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
