//! Which settings? A search tries some, gives the good ones more time, and early stopping says when it is enough.
//!
//! How many layers, how wide, how fast, by which optimizer: these are not learned but chosen, and a validation set is the
//! judge. Hyperband gives many choices a few epochs and few choices many. The winner is then trained until nothing gets
//! better, and ends with the weights of its best epoch. Only at the very end come images that no decision has seen.
//!
//! Run it with `cargo run --release --example fine_tuning`, or with `-- --help` after it.

use chainrule::prelude::*;
use chainrule::train::search::{Search, Settings, Space};
use std::error::Error;

const HELP: &str = "\
Searches for the settings of a network that reads digits, and trains the best one.

  --quick   few epochs: enough to see that everything works";

/// How many epochs without an improvement end training.
const PATIENCE: usize = 10;
/// What an honest run reaches; below it something is broken.
const EXPECTED: f64 = 0.95;

fn main() -> Result<(), Box<dyn Error>> {
    let Some(quick) = examples::quick(HELP) else { return Ok(()) };
    let mut rng = seeded(42);
    let (rest, test) = digits().split_stratified(0.8, &mut rng)?;
    let (train, valid) = rest.split_stratified(0.8, &mut rng)?;
    println!("{} images to learn from, {} to choose by, {} to be examined on\n", train.len(), valid.len(), test.len());

    // Layers may be many or none; momentum means something to gradient descent only.
    let space = Space::new()
        .int("layers", 0, 3)
        .int("units", 8, 64)
        .log("rate", 1e-4, 1e-1)
        .choice("optimizer", ["sgd", "adam"])
        .float("momentum", 0.0, 0.95)
        .when("optimizer", "sgd");

    let max_epochs = if quick { 3 } else { 27 };
    let found = Search::new(space, Direction::Max).seed(7).hyperband(max_epochs, 3, |settings, epochs| {
        let mut model = network(settings);
        let fit = Fit::new(optimizer(settings)).epochs(epochs).validation(&valid).callback(TerminateOnNan);
        let history = model.fit(&train, fit.verbosity(Verbosity::Quiet))?;
        Ok::<f64, FitError>(history.last("val_accuracy").unwrap_or(f64::NAN))
    })?;
    println!("{} trials; the ten best by the share of right answers on the validation images:\n", found.trials().len());
    found.to_string().lines().take(11).for_each(|line| println!("{line}"));

    let best = found.best().ok_or("every trial failed")?;
    let mut model = network(&best.settings);
    let mut stopping = EarlyStopping::new("val_loss").patience(PATIENCE).restore_best_weights(true);
    let history = {
        let fit = Fit::new(optimizer(&best.settings)).epochs(if quick { 5 } else { 200 }).validation(&valid);
        model.fit(&train, fit.callback(&mut stopping).verbosity(Verbosity::Quiet))?
    };
    let (epoch, loss) = stopping.best().ok_or("no epoch was better than nothing")?;
    println!("\nThe winner, trained on: best in epoch {}, ended after epoch {}.", epoch + 1, history.len());
    if history.stopped().is_some() {
        assert_eq!(history.len(), epoch + 1 + PATIENCE, "the end is the best epoch and the patience");
    }
    let now = model.evaluate(&valid)?.get("loss").unwrap_or(f64::NAN);
    assert_eq!(now, loss, "the model has the weights of its best epoch");

    let scores = found.trials().iter().map(|trial| trial.score);
    let worst = scores.fold(f64::INFINITY, f64::min); // which passes over the NaN of a trial that failed
    let right = model.evaluate(&test)?.get("accuracy").unwrap_or(f64::NAN);
    println!("What was to be seen: settings matter, from {:.1} % right to {:.1} %;", 100.0 * worst, 100.0 * best.score);
    println!("with the best ones the network reads {:.1} % of images that no decision has seen.", 100.0 * right);
    if !quick {
        assert!(right >= EXPECTED, "an honest run reaches {EXPECTED}");
    }
    Ok(())
}

fn network(settings: &Settings) -> Model {
    let mut params = Params::<f32>::new();
    let hidden = vec![settings.count("units"); settings.count("layers")];
    let network = Mlp::new(64, hidden, 10).build(&mut params, &mut seeded(1));
    match Model::new(network, params, [64]) {
        Ok(model) => model.task(Task::Multiclass),
        Err(e) => unreachable!("a perceptron takes what it was made for: {e}"),
    }
}

fn optimizer(settings: &Settings) -> Box<dyn Optimizer<f32>> {
    let rate = settings.number("rate");
    match settings.text("optimizer") {
        "sgd" => Box::new(Sgd::new(rate).momentum(settings.number("momentum"))),
        _ => Box::new(Adam::new(rate)),
    }
}
