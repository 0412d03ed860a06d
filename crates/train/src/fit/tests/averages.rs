//! Training with averaged weights.

use super::*;
use crate::testing::Folder;
use crate::{Callback, Direction, ModelCheckpoint, Saving, StepReport, TrainingState};
use optim::Adam;
use std::path::Path;

const MOMENTUM: f64 = 0.9;

fn adam() -> Adam<f64> {
    Adam::new(0.05).ema(MOMENTUM)
}

fn fit(optimizer: &mut Adam<f64>, epochs: usize) -> Fit<'_, f64> {
    Fit::with(optimizer).epochs(epochs).batch_size(5).verbosity(Verbosity::Quiet)
}

/// The weights after each step, and their reference averages.
#[derive(Debug, Default)]
struct Reference {
    weights: Vec<f64>,
    averages: Vec<f64>,
}

impl Callback<f64> for Reference {
    fn step_end(&mut self, cx: &mut TrainingState<'_, f64>, _: &StepReport) -> Result<(), FitError> {
        self.weights = values(cx.model);
        if self.averages.is_empty() {
            self.averages = self.weights.clone();
        }
        let pairs = self.averages.iter_mut().zip(&self.weights);
        pairs.for_each(|(a, w)| *a = MOMENTUM * *a + (1.0 - MOMENTUM) * w);
        Ok(())
    }
}

#[test]
fn averages_are_evaluated_and_saved_and_weights_are_trained() {
    let (set, folder, mut reference) = (line(24), Folder::new("averages"), Reference::default());
    let path = folder.join("saved");
    let (mut plain, mut averaged, mut saved) = (regressor(), regressor(), regressor());
    plain.fit(&set, fit(&mut adam(), 3).callback(&mut reference)).unwrap();
    let mut optimizer = adam();
    let checkpoint = ModelCheckpoint::new(path.to_str().unwrap());
    let options = fit(&mut optimizer, 3).validation(&set).evaluate_averages(true).callback(checkpoint);
    let history = averaged.fit(&set, options).unwrap();
    assert_eq!(values(&averaged), values(&plain), "training continues and ends with the weights");
    saved.load_weights(&path).unwrap();
    let close = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12);
    assert!(close(&values(&saved), &reference.averages) && !close(&values(&saved), &reference.weights));
    assert_eq!(saved.evaluate(&set).unwrap().get("loss"), history.last("val_loss"));

    // With `end_with_averages` the model ends with the averages, and a further run starts from them.
    let (mut ended, mut optimizer) = (regressor(), adam());
    ended.fit(&set, fit(&mut optimizer, 3).end_with_averages(true)).unwrap();
    assert_eq!(values(&ended), values(&saved));
    assert!(!optimizer.state(ended.params()).swapped);
    ended.fit(&set, fit(&mut optimizer, 1)).unwrap();
}

#[test]
fn a_resumed_run_gives_the_same_bits() {
    let folder = Folder::new("averages-resumed");
    let path = folder.join("run");
    let run = |path: Option<&Path>, epochs| {
        let (set, mut model, mut adam) = (line(24), regressor(), adam());
        let fit = fit(&mut adam, epochs).validation(&set).evaluate_averages(true).end_with_averages(true);
        let fit = if let Some(path) = path { fit.resumable(path) } else { fit };
        let history = model.fit(&set, fit).unwrap();
        (values(&model), history)
    };
    let uninterrupted = run(None, 6);
    for epochs in [1, 2, 4] {
        run(Some(&path), epochs);
    }
    assert_eq!(run(Some(&path), 6), uninterrupted);
    assert_eq!(run(Some(&path), 6), uninterrupted, "a completed run is not trained further");
    let mut loaded = regressor();
    loaded.load_weights(&path).unwrap();
    assert_eq!(values(&loaded), uninterrupted.0, "the file contains the averages");
}

#[test]
fn early_stopping_restores_the_best_averages_also_in_a_resumed_run() {
    let (set, folder) = (line(24), Folder::new("averages-best"));
    for end in [false, true] {
        let path = folder.join(if end { "ended" } else { "plain" });
        let run = |path: Option<&Path>, epochs| {
            // A rate so large that an epoch in the middle is the best.
            let (mut model, mut adam) = (regressor(), Adam::new(0.6).ema(MOMENTUM));
            let stopping = EarlyStopping::new("val_loss").patience(3).restore_best_weights(true);
            let fit = fit(&mut adam, epochs).validation(&set).evaluate_averages(true).end_with_averages(end);
            let fit = if let Some(path) = path { fit.resumable(path) } else { fit };
            let history = model.fit(&set, fit.callback(stopping)).unwrap();
            (values(&model), history, model.evaluate(&set).unwrap().get("loss"))
        };
        let uninterrupted = run(None, 60);
        let (epoch, loss) = uninterrupted.1.best("val_loss", Direction::Min).unwrap();
        assert_eq!((uninterrupted.2, uninterrupted.1.len()), (Some(loss), epoch + 4), "{}", uninterrupted.1);
        for epochs in [2, epoch + 2, 60] {
            run(Some(&path), epochs);
        }
        assert_eq!(run(Some(&path), 60), uninterrupted);
    }
}

/// Fails in its second epoch, while the averages are in the model.
#[derive(Debug)]
struct Fails;

impl Callback<f64> for Fails {
    fn epoch_end(&mut self, cx: &mut TrainingState<'_, f64>) -> Result<(), FitError> {
        if cx.epoch() == 1 { cx.metric("unknown").map(drop) } else { Ok(()) }
    }
}

#[test]
fn an_error_restores_weights_and_averages_from_before_the_epoch() {
    let (set, mut failed, mut one) = (line(24), regressor(), regressor());
    let (mut first, mut second) = (adam(), adam());
    failed.fit(&set, fit(&mut first, 5).evaluate_averages(true).callback(Fails)).unwrap_err();
    one.fit(&set, fit(&mut second, 1)).unwrap();
    assert_eq!(values(&failed), values(&one));
    assert_eq!(first.state(failed.params()), second.state(one.params()));
}

#[test]
fn an_optimizer_without_averages_is_an_error() {
    let fit = Fit::new(Adam::new(0.1)).evaluate_averages(true).verbosity(Verbosity::Quiet);
    let e = regressor().fit(&line(24), fit).unwrap_err();
    assert!(matches!(e, FitError::Setting { .. }) && e.to_string().contains("one with `ema`"), "{e}");
}
