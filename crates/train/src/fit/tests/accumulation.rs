//! Gradient accumulation, where the number of batches is not a multiple of k.

use super::*;
use crate::{Callback, StepReport, TrainingState};
use autograd::GradientSum;

/// `line(20)` has three batches, the last of them smaller.
const BATCH: usize = 8;

fn fit(sgd: &mut Sgd<f64>) -> Fit<'_, f64> {
    Fit::with(sgd).batch_size(BATCH).shuffle(false).verbosity(Verbosity::Quiet)
}

/// Reference parameters: updates from the mean gradient of k batches, the last of an epoch from that of the remaining
/// ones.
fn reference(k: usize, epochs: usize) -> Vec<f64> {
    let (set, mut model, mut sgd) = (line(20), regressor(), Sgd::new(0.1));
    for _ in 0..epochs {
        let batches: Vec<_> = set.batches_in_order(BATCH).collect();
        for part in batches.chunks(k) {
            let mut mean = GradientSum::new();
            for batch in part {
                let tape = Tape::new();
                let bound = model.params().bind(&tape);
                let y = model.forward(&mut nn::Context::eval(&bound), &[tape.constant(batch.x().clone())]);
                let loss = autograd::mse(y[0], tape.constant(batch.values().clone()));
                mean.add(model.params(), &loss.backward());
            }
            mean.scale(1.0 / part.len() as f64);
            sgd.step(model.params_mut(), &mean);
        }
    }
    values(&model)
}

#[test]
fn the_last_update_of_an_epoch_is_the_mean_of_the_remaining_batches() {
    for (k, updates) in [(2, 2), (3, 1), (4, 1), (100, 1)] {
        let (mut model, mut sgd) = (regressor(), Sgd::new(0.1).gradient_accumulation_steps(k));
        model.fit(&line(20), fit(&mut sgd).epochs(3)).unwrap();
        assert_eq!(sgd.steps(), 3 * updates, "k = {k}");
        for (computed, expected) in values(&model).into_iter().zip(reference(k as usize, 3)) {
            assert!((computed - expected).abs() < 1e-15, "k = {k}: {computed}, expected {expected}");
        }
    }
}

#[test]
fn no_gradients_are_carried_over_to_the_next_run() {
    let set = line(20);
    let (mut whole, mut halves) = (regressor(), regressor());
    whole.fit(&set, fit(&mut Sgd::new(0.1).gradient_accumulation_steps(2)).epochs(2)).unwrap();
    let mut sgd = Sgd::new(0.1).gradient_accumulation_steps(2);
    for _ in 0..2 {
        halves.fit(&set, fit(&mut sgd)).unwrap();
        assert_eq!(sgd.state(halves.params()).pending, 0);
    }
    assert_eq!(values(&halves), values(&whole));

    // Pending gradients of another loop are dropped.
    let (mut plain, mut after) = (regressor(), regressor());
    let mut sgd = Sgd::new(0.1).gradient_accumulation_steps(2);
    let batch = Batch::new(tensor![[5.0]], tensor![[-7.0]]);
    after.train_on_batch(&batch, &mut sgd).unwrap();
    after.fit(&set, fit(&mut sgd)).unwrap();
    plain.fit(&set, fit(&mut Sgd::new(0.1).gradient_accumulation_steps(2))).unwrap();
    assert_eq!(values(&after), values(&plain));
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
fn a_failed_run_leaves_no_pending_gradients() {
    let (mut model, mut sgd) = (regressor(), Sgd::new(0.1).gradient_accumulation_steps(2));
    let before = values(&model);
    model.fit(&line(20), fit(&mut sgd).callback(Fails)).unwrap_err();
    assert_eq!((values(&model), sgd.state(model.params()).pending), (before, 0));
}
