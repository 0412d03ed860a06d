//! One step of training: forward, backward, update.

use super::diagnose;
use super::evaluate::check_inputs;
use super::pass::Pass;
use super::run::Run;
use crate::batch::Batch;
use crate::error::{FitError, NonFinite};
use autograd::Scalar;
use nn::Context;
use rand::Rng;

impl<T: Scalar> Run<'_, '_, T> {
    /// Trains on one batch, and returns its loss before the update. The metrics come from the same forward pass.
    ///
    /// # Errors
    /// If the batch does not match the model, or the loss or a gradient is not finite. Then there was no update.
    pub(super) fn step(
        &mut self,
        epoch: usize,
        step: usize,
        batch: &Batch<T>,
        rng: &mut dyn Rng,
    ) -> Result<f64, FitError> {
        check_inputs(self.model, batch)?;
        let loss = {
            let bound = self.model.params().bind(&self.tape);
            let mut ctx = Context::train(&bound, rng);
            let pass = Pass::of(self.model, &mut ctx, batch)?;
            let updates = ctx.into_updates();
            let loss = pass.total.value().to_f64();
            let non_finite = |culprit| Err(NonFinite { epoch, step, loss, culprit }.into());
            if !loss.is_finite() {
                return non_finite(diagnose::culprit(self.model, batch, &self.tape));
            }
            self.scores.update(self.model, batch, &pass);
            let gradients = pass.total.backward();
            if self.fit.detect_anomaly
                && let Some(culprit) =
                    diagnose::gradient(self.model.params(), &gradients, &self.tape, pass.total.node())
            {
                return non_finite(culprit);
            }
            self.fit.optimizer.step(self.model.params_mut(), &gradients);
            updates.apply(self.model.params_mut());
            loss
        };
        self.tape.reset();
        Ok(loss)
    }

    /// Checks the parameters after a step with this loss.
    ///
    /// # Errors
    /// If a parameter is not finite.
    pub(super) fn check_params(&self, epoch: usize, step: usize, loss: f64) -> Result<(), FitError> {
        match diagnose::parameter(self.model.params()) {
            Some(culprit) => Err(NonFinite { epoch, step, loss, culprit }.into()),
            None => Ok(()),
        }
    }
}
