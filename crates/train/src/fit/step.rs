//! One step of training: forward, backward, update.

use super::blame;
use super::pass::Pass;
use super::scores::Scores;
use crate::batch::Batch;
use crate::error::FitError;
use autograd::{Scalar, Tape};
use nn::{Context, Model};
use optim::Optimizer;
use rand::Rng;

/// How a step ended.
pub(super) enum Step {
    /// The loss, before the update.
    Done(f64),
    /// The loss, or a gradient, was not finite: the loss, and what went wrong first. There was no update.
    NonFinite { loss: f64, culprit: String },
}

/// Takes a step, and adds the figures of the batch from the very pass that trains.
pub(super) fn step<T: Scalar>(
    model: &mut Model<T>,
    tape: &mut Tape<T>,
    batch: &Batch<T>,
    scores: &mut Scores<'_, T>,
    optimizer: &mut dyn Optimizer<T>,
    rng: &mut dyn Rng,
    detect_anomaly: bool,
) -> Result<Step, FitError> {
    let loss = {
        let net = model.params().bind(tape);
        let mut ctx = Context::train(&net, rng);
        let pass = Pass::of(model, &mut ctx, batch)?;
        let updates = ctx.into_updates();
        let loss = pass.total.value().to_f64();
        if !loss.is_finite() {
            return Ok(Step::NonFinite { loss, culprit: blame::culprit(model, batch, tape) });
        }
        scores.update(model, batch, &pass);
        let gradients = pass.total.backward();
        if detect_anomaly && let Some(culprit) = blame::gradient(model.params(), &gradients, tape, pass.total.node()) {
            return Ok(Step::NonFinite { loss, culprit });
        }
        optimizer.step(model.params_mut(), &gradients);
        updates.apply(model.params_mut());
        loss
    };
    tape.reset();
    Ok(Step::Done(loss))
}
