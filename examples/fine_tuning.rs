//! Searches for good hyperparameters with Hyperband, and trains the best network with early stopping.
//!
//! The number and width of the layers, the learning rate and the optimizer are chosen by their results on a validation
//! set. Hyperband trains many settings for a few epochs and only the best of them for many epochs. The best network is
//! then trained until its validation loss stops improving, and gets the weights of its best epoch. The test set is used
//! once, at the end.
//!
//! Run it with `cargo run --release --example fine_tuning`; `-- --help` lists the options.

use chainrule::train::prelude::*;
use chainrule::train::search::{Search, Settings, Space};
use std::error::Error;

const HELP: &str = "\
Searches for good settings of a network for handwritten digits, and trains the best one.

  --quick   few epochs, to check that everything works";

/// Training stops after this number of epochs without an improvement.
const PATIENCE: usize = 10;
/// The accuracy that must be reached.
const EXPECTED: f64 = 0.95;

fn main() -> Result<(), Box<dyn Error>> {
    let Some(quick) = examples::quick(HELP) else { return Ok(()) };
    let mut rng = seeded(42);
    let (rest, test) = digits().split_stratified(0.8, &mut rng)?;
    let (train, valid) = rest.split_stratified(0.8, &mut rng)?;
    println!("{} training images, {} validation images, {} test images\n", train.len(), valid.len(), test.len());

    // There may be no hidden layer. Only gradient descent has a momentum.
    let space = Space::new()
        .int("layers", 0, 3)
        .int("units", 8, 64)
        .log("rate", 1e-4, 1e-1)
        .choice("optimizer", ["sgd", "adam"])
        .float("momentum", 0.0, 0.95)
        .when("optimizer", "sgd");

    let max_epochs = if quick { 3 } else { 27 };
    let search = Search::new(space, Direction::Max).seed(7).hyperband(max_epochs, 3, |settings, epochs| {
        let mut model = network(settings);
        let fit = Fit::new(optimizer(settings)).epochs(epochs).validation(&valid).callback(TerminateOnNan);
        let history = model.fit(&train, fit.verbosity(Verbosity::Quiet))?;
        Ok::<f64, FitError>(history.last("val_accuracy").unwrap_or(f64::NAN))
    })?;
    println!("{} trials; the ten best by validation accuracy:\n", search.trials().len());
    search.to_string().lines().take(11).for_each(|line| println!("{line}"));

    let best = search.best().ok_or("every trial failed")?;
    let mut model = network(&best.settings);
    let mut stopping = EarlyStopping::new("val_loss").patience(PATIENCE).restore_best_weights(true);
    let history = {
        let fit = Fit::new(optimizer(&best.settings)).epochs(if quick { 5 } else { 200 }).validation(&valid);
        model.fit(&train, fit.callback(&mut stopping).verbosity(Verbosity::Quiet))?
    };
    let (epoch, loss) = stopping.best().ok_or("no epoch had a finite loss")?;
    println!("\nThe best network: smallest loss in epoch {}, stopped after epoch {}.", epoch + 1, history.len());
    if history.stop_reason().is_some() {
        assert_eq!(history.len(), epoch + 1 + PATIENCE, "training stops PATIENCE epochs after the best one");
    }
    let now = model.evaluate(&valid)?.get("loss").unwrap_or(f64::NAN);
    assert_eq!(now, loss, "the model has the weights of its best epoch");

    let scores = search.trials().iter().map(|trial| trial.score);
    let worst = scores.fold(f64::INFINITY, f64::min); // ignores the NaN of a failed trial
    let accuracy = model.evaluate(&test)?.get("accuracy").unwrap_or(f64::NAN);
    println!("Takeaway: the validation accuracy is between {:.1} % and {:.1} %,", 100.0 * worst, 100.0 * best.score);
    println!("depending on the settings. The best network has a test accuracy of {:.1} %.", 100.0 * accuracy);
    if !quick {
        assert!(accuracy >= EXPECTED, "expected an accuracy of at least {EXPECTED}, got {accuracy}");
    }
    Ok(())
}

fn network(settings: &Settings) -> Model {
    let mut params = Params::<f32>::new();
    let hidden = vec![settings.int("units"); settings.int("layers")];
    let network = Mlp::new(64, hidden, 10).build(&mut params, &mut seeded(1));
    match Model::new(network, params, [64]) {
        Ok(model) => model.task(Task::Multiclass),
        Err(e) => unreachable!("the network has 64 inputs: {e}"),
    }
}

fn optimizer(settings: &Settings) -> Box<dyn Optimizer<f32>> {
    let rate = settings.float("rate");
    match settings.choice("optimizer") {
        "sgd" => Box::new(Sgd::new(rate).momentum(settings.float("momentum"))),
        _ => Box::new(Adam::new(rate)),
    }
}
