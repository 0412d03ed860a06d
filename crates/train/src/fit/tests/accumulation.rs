//! An optimizer that accumulates gradients, where the batches of an epoch end before the k-th.

use super::*;
use crate::{Callback, FitError, StepReport, TrainingState};
use autograd::GradientSum;

const BATCH: usize = 8; // three batches of `line(20)`, the last of them smaller

fn fit(sgd: &mut Sgd<f64>) -> Fit<'_, f64> {
    Fit::with(sgd).batch_size(BATCH).shuffle(false).verbosity(Verbosity::Quiet)
}

fn numbers(model: &Model<f64>) -> Vec<f64> {
    model.params().iter().flat_map(|(_, value)| value.to_vec()).collect()
}

/// Epochs of updates from the mean of k batches, the last of an epoch from the mean of those that are left.
fn by_hand(k: usize, epochs: usize) -> Vec<f64> {
    let (set, mut model, mut sgd) = (line(20), regressor(), Sgd::new(0.1));
    for _ in 0..epochs {
        let batches: Vec<_> = set.batches_in_order(BATCH).collect();
        for part in batches.chunks(k) {
            let mut mean = GradientSum::new();
            for batch in part {
                let tape = Tape::new();
                let net = model.params().bind(&tape);
                let y = model.forward(&mut nn::Context::eval(&net), &[tape.constant(batch.x().clone())]);
                let loss = autograd::mse(y[0], tape.constant(batch.values().clone()));
                mean.add(model.params(), &loss.backward());
            }
            mean.scale(1.0 / part.len() as f64);
            sgd.step(model.params_mut(), &mean);
        }
    }
    numbers(&model)
}

#[test]
fn the_last_update_of_an_epoch_is_the_mean_of_the_batches_that_are_left() {
    for (k, updates) in [(2, 2), (3, 1), (4, 1), (100, 1)] {
        let (mut model, mut sgd) = (regressor(), Sgd::new(0.1).gradient_accumulation_steps(k));
        model.fit(&line(20), fit(&mut sgd).epochs(3)).unwrap();
        assert_eq!(sgd.steps(), 3 * updates, "k = {k}");
        for (got, want) in numbers(&model).into_iter().zip(by_hand(k as usize, 3)) {
            assert!((got - want).abs() < 1e-15, "k = {k}: {got}, not {want}");
        }
    }
}

#[test]
fn nothing_leaks_into_the_next_run() {
    let set = line(20);
    let (mut whole, mut halves) = (regressor(), regressor());
    whole.fit(&set, fit(&mut Sgd::new(0.1).gradient_accumulation_steps(2)).epochs(2)).unwrap();
    let mut sgd = Sgd::new(0.1).gradient_accumulation_steps(2);
    for _ in 0..2 {
        halves.fit(&set, fit(&mut sgd)).unwrap();
        assert_eq!(sgd.state(halves.params()).pending, 0);
    }
    assert_eq!(numbers(&halves), numbers(&whole));

    // What waits from another loop is dropped.
    let (mut plain, mut after) = (regressor(), regressor());
    let mut sgd = Sgd::new(0.1).gradient_accumulation_steps(2);
    let batch = crate::Minibatch::new(tensor![[5.0]], tensor![[-7.0]]);
    after.train_on_batch(&batch, &mut sgd).unwrap();
    after.fit(&set, fit(&mut sgd)).unwrap();
    plain.fit(&set, fit(&mut Sgd::new(0.1).gradient_accumulation_steps(2))).unwrap();
    assert_eq!(numbers(&after), numbers(&plain));
}

/// Fails after the first step.
#[derive(Debug)]
struct Fails;

impl Callback<f64> for Fails {
    fn step_end(&mut self, _: &mut TrainingState<'_, f64>, _: &StepReport) -> Result<(), FitError> {
        Err(FitError::NoExamples)
    }
}

#[test]
fn a_run_that_fails_leaves_nothing_waiting() {
    let (mut model, mut sgd) = (regressor(), Sgd::new(0.1).gradient_accumulation_steps(2));
    let before = numbers(&model);
    model.fit(&line(20), fit(&mut sgd).callback(Fails)).unwrap_err();
    assert_eq!((numbers(&model), sgd.state(model.params()).pending), (before, 0));
}
