//! California housing: the price of a house from eight facts about its block, by two small networks.
//!
//! The regression of the course: a network of 30-30-1 neurons under plain gradient descent with a rate of 0.001, and one
//! of 50-50-50-1 under Adam, 20 epochs each, in batches of 32. The facts are normalized by a layer of the model, so what
//! is predicted from needs no preparation. Prices are in units of 100,000 dollars; a root mean squared error of 0.58 means
//! that a price is off by 58,000 dollars.
//!
//! The data are the census of 1990, 20,640 blocks, which are not part of this library: `src/houses.rs` says what the file
//! looks like. The facts made of it are those of scikit-learn, and the blocks set aside are those of the course. What is
//! random is where a network starts; figures are medians over several seeds.
//!
//! Run it with `cargo run --release --example california -- --data PATH`, or with `-- --help` after it.

use chainrule::prelude::*;
use examples::houses::{self, FACTS, houses, split_of_the_course};
use lexopt::ValueExt;
use std::error::Error;
use std::path::PathBuf;

const HELP: &str = "\
Predicts the prices of houses in California, by a network under gradient descent and one under Adam.

  --data PATH   the CSV file of the census of 1990 (../shared/data/cal_housing.data)
  --epochs N    how often to go through the training blocks (20)
  --seeds N     over how many seeds to take the median (5)
  --svg PATH    where to draw the learning curve of the first run
  --quick       two epochs of one seed: enough to see that everything works";

type Houses = Dataset;

/// What an honest run reaches; outside of it something is broken.
const TRAIN_MSE_OF_SGD: std::ops::RangeInclusive<f64> = 0.38..=0.43;
const TEST_RMSE_OF_ADAM: f64 = 0.58;

fn main() -> Result<(), Box<dyn Error>> {
    let Some(options) = Options::parse()? else {
        println!("{HELP}");
        return Ok(());
    };
    let houses = match houses(&options.data) {
        Ok(houses) => houses,
        Err(e @ DataError::Missing { .. }) => {
            println!("skipped: {e}; name the CSV file of the census with --data PATH");
            return Ok(());
        }
        Err(e) => return Err(e.into()),
    };
    // A quarter to be examined on, of the rest a quarter to watch.
    let [rest, test] = parts(&houses)?;
    let [train, valid] = parts(&rest)?;
    println!("{} blocks to learn from, {} to watch, {} to be examined on\n", train.len(), valid.len(), test.len());

    let (mut losses, mut sgd_errors, mut adam_errors) = (vec![], vec![], vec![]);
    for seed in 0..options.seeds {
        let mut rng = seeded(42 + seed);
        let mut small = network(&[30, 30], &train, &mut rng)?;
        let fit = || Fit::new(Sgd::new(0.001)).epochs(options.epochs).verbosity(options.shown(seed));
        let history = small.fit(&train, fit().validation(&valid))?;
        losses.push(history.last("loss").unwrap_or(f64::NAN));
        sgd_errors.push(error(&small, &test)?);
        if let (0, Some(path)) = (seed, &options.svg) {
            history.write_svg(path)?;
        }

        let mut large = network(&[50, 50, 50], &train, &mut rng)?;
        let fit = Fit::new(Adam::new(0.001)).epochs(options.epochs).verbosity(options.shown(seed));
        large.fit(&train, fit.validation(&valid))?;
        adam_errors.push(error(&large, &test)?);
        println!(
            "seed {}: gradient descent ends at a training MSE of {:.4} and a test RMSE of {:.4}, Adam at {:.4}",
            42 + seed,
            losses[seed as usize],
            sgd_errors[seed as usize],
            adam_errors[seed as usize]
        );
    }

    let (loss, sgd, adam) = (median(losses), median(sgd_errors), median(adam_errors));
    println!(
        "\nWhat was to be seen: after {} epochs gradient descent is at a training MSE of {loss:.4} and",
        options.epochs
    );
    println!(
        "predicts with an error of {sgd:.4}; the larger network under Adam with {adam:.4}, that is {:.0} dollars.",
        1e5 * adam
    );
    if options.epochs == 20 && options.seeds >= 5 {
        assert!(TRAIN_MSE_OF_SGD.contains(&loss), "the training MSE lies outside {TRAIN_MSE_OF_SGD:?}");
        assert!(adam <= TEST_RMSE_OF_ADAM, "the test RMSE is above {TEST_RMSE_OF_ADAM}");
    }
    Ok(())
}

/// The three quarters to go on with, and the quarter set aside.
fn parts(houses: &Houses) -> Result<[Houses; 2], DataError> {
    let [rest, aside] = split_of_the_course(houses.len());
    Ok([houses.select(&rest)?, houses.select(&aside)?])
}

/// A network that normalizes its inputs by what the training blocks are like.
fn network(hidden: &[usize], train: &Houses, rng: &mut Xoshiro256PlusPlus) -> Result<Model, Box<dyn Error>> {
    let mut params = Params::<f32>::new();
    let normalization = Normalization::new(FACTS, &mut params);
    normalization.adapt(&mut params, &train.x())?;
    let network = Sequential::new().push(normalization).push(Mlp::new(FACTS, hidden, 1).build(&mut params, rng));
    Ok(Model::new(network, params, [FACTS])?.task(Task::Regression).seed(rng.next_u64()))
}

/// The root mean squared error on blocks that were never seen.
fn error(model: &Model, test: &Houses) -> Result<f64, FitError> {
    Ok(model.evaluate(test)?.get(Task::Regression.metric()).unwrap_or(f64::NAN))
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

struct Options {
    data: PathBuf,
    epochs: usize,
    seeds: u64,
    svg: Option<PathBuf>,
}

impl Options {
    /// What the command line says; nothing if it asks for help.
    fn parse() -> Result<Option<Options>, lexopt::Error> {
        use lexopt::Arg::Long;
        let mut options = Options { data: houses::PATH.into(), epochs: 20, seeds: 5, svg: None };
        let mut parser = lexopt::Parser::from_env();
        while let Some(arg) = parser.next()? {
            match arg {
                Long("data") => options.data = parser.value()?.into(),
                Long("epochs") => options.epochs = parser.value()?.parse()?,
                Long("seeds") => options.seeds = parser.value()?.parse::<u64>()?.max(1),
                Long("svg") => options.svg = Some(parser.value()?.into()),
                Long("quick") => (options.epochs, options.seeds) = (2, 1),
                Long("help") => return Ok(None),
                _ => return Err(arg.unexpected()),
            }
        }
        Ok(Some(options))
    }

    /// The first run is shown epoch by epoch, the others are not.
    fn shown(&self, seed: u64) -> Verbosity {
        if seed == 0 { Verbosity::Lines } else { Verbosity::Quiet }
    }
}
