//! California housing: predicts house prices from eight features of a census block, with two small networks.
//!
//! This is the regression example of the course: a network of 30-30-1 neurons trained by plain gradient descent with a
//! learning rate of 0.001, and one of 50-50-50-1 neurons trained by Adam, for 20 epochs in batches of 32. A layer of
//! the model normalizes the features, so inputs for predictions need no preparation. Prices are in units of 100,000
//! dollars: a root mean squared error (RMSE) of 0.58 is an error of 58,000 dollars.
//!
//! The data are 20,640 blocks of the census of 1990. They are not part of this library; `src/houses.rs` describes the
//! file. The features are those of scikit-learn, and the test set is that of the course. The results are medians over
//! several seeds for the initial weights.
//!
//! Run it with `cargo run --release --example california -- --data PATH`; `-- --help` lists the options.

use chainrule::nn::prelude::*;
use examples::houses::{self, FEATURES, houses, split_of_the_course};
use lexopt::ValueExt;
use std::error::Error;
use std::path::PathBuf;

const HELP: &str = "\
Predicts house prices in California, with a network trained by gradient descent and one trained by Adam.

  --data PATH   the CSV file of the census of 1990 (../shared/data/cal_housing.data)
  --epochs N    number of epochs (20)
  --seeds N     number of seeds for the median (5)
  --svg PATH    write the learning curve of the first run to this file
  --quick       two epochs of one seed, to check that everything works";

type Houses = Dataset;

/// The results that must be reached.
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
    // The test set is a quarter of the data, the validation set a quarter of the rest.
    let [rest, test] = parts(&houses)?;
    let [train, valid] = parts(&rest)?;
    println!("{} training blocks, {} validation blocks, {} test blocks\n", train.len(), valid.len(), test.len());

    let (mut losses, mut sgd_errors, mut adam_errors) = (vec![], vec![], vec![]);
    for seed in 0..options.seeds {
        let mut rng = seeded(42 + seed);
        let mut small = network(&[30, 30], &train, &mut rng)?;
        let fit = || Fit::new(Sgd::new(0.001)).epochs(options.epochs).verbosity(options.verbosity(seed));
        let history = small.fit(&train, fit().validation(&valid))?;
        losses.push(history.last("loss").unwrap_or(f64::NAN));
        sgd_errors.push(error(&small, &test)?);
        if let (0, Some(path)) = (seed, &options.svg) {
            history.write_svg(path)?;
        }

        let mut large = network(&[50, 50, 50], &train, &mut rng)?;
        let fit = Fit::new(Adam::new(0.001)).epochs(options.epochs).verbosity(options.verbosity(seed));
        large.fit(&train, fit.validation(&valid))?;
        adam_errors.push(error(&large, &test)?);
        println!(
            "seed {}: gradient descent has a training MSE of {:.4} and a test RMSE of {:.4}, Adam a test RMSE of {:.4}",
            42 + seed,
            losses[seed as usize],
            sgd_errors[seed as usize],
            adam_errors[seed as usize]
        );
    }

    let (loss, sgd, adam) = (median(losses), median(sgd_errors), median(adam_errors));
    println!(
        "\nTakeaway: after {} epochs, gradient descent has a training MSE of {loss:.4} and a test RMSE of {sgd:.4}.",
        options.epochs
    );
    println!("The larger network with Adam has a test RMSE of {adam:.4}, which is {:.0} dollars.", 1e5 * adam);
    if options.epochs == 20 && options.seeds >= 5 {
        assert!(TRAIN_MSE_OF_SGD.contains(&loss), "expected a training MSE in {TRAIN_MSE_OF_SGD:?}, got {loss}");
        assert!(adam <= TEST_RMSE_OF_ADAM, "expected a test RMSE of at most {TEST_RMSE_OF_ADAM}, got {adam}");
    }
    Ok(())
}

/// Splits the data into three quarters and one quarter.
fn parts(houses: &Houses) -> Result<[Houses; 2], DataError> {
    let [rest, quarter] = split_of_the_course(houses.len());
    Ok([houses.select(&rest)?, houses.select(&quarter)?])
}

/// A network that normalizes its inputs with the mean and variance of the training set.
fn network(hidden: &[usize], train: &Houses, rng: &mut Xoshiro256PlusPlus) -> Result<Model, Box<dyn Error>> {
    let mut params = Params::<f32>::new();
    let normalization = Normalization::new(FEATURES, &mut params);
    normalization.adapt(&mut params, &train.x())?;
    let network = Sequential::new().push(normalization).push(Mlp::new(FEATURES, hidden, 1).build(&mut params, rng));
    Ok(Model::new(network, params, [FEATURES])?.task(Task::Regression).seed(rng.next_u64()))
}

/// The root mean squared error on the test set.
fn error(model: &Model, test: &Houses) -> Result<f64, FitError> {
    Ok(model.evaluate(test)?.get(Task::Regression.metric()).unwrap_or(f64::NAN))
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

struct Options {
    data: PathBuf,
    epochs: usize,
    seeds: u64,
    svg: Option<PathBuf>,
}

impl Options {
    /// Parses the command line. Returns `None` for `--help`.
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

    /// Only the first run prints a line per epoch.
    fn verbosity(&self, seed: u64) -> Verbosity {
        if seed == 0 { Verbosity::Lines } else { Verbosity::Quiet }
    }
}
