//! Validation of the settings.

use super::settings::Fit;
use crate::error::FitError;
use autograd::{Params, Scalar};

impl<T: Scalar> Fit<'_, T> {
    /// Validates the settings, and applies `fast_dev_run` and `overfit_batches` to the others.
    pub(super) fn checked(mut self) -> Result<Self, FitError> {
        let setting = |name, found: String, expected| Err(FitError::Setting { name, found, expected });
        if self.fast_dev_run {
            self.epochs = self.initial_epoch + 1;
            (self.steps_per_epoch, self.validation_steps, self.validation_freq) = (1, 1, 1);
            self.callbacks.clear();
            self.resumable = None;
        }
        if let Some(batches) = self.overfit_batches {
            (self.steps_per_epoch, self.validation_steps, self.shuffle) = (batches, batches, false);
            self.evaluation_batch = self.batch_size;
        }
        for (name, value) in [
            ("batch_size", self.batch_size),
            ("validation_batch_size", self.evaluation_batch),
            ("steps_per_epoch or overfit_batches", self.steps_per_epoch),
            ("validation_steps", self.validation_steps),
            ("validation_freq", self.validation_freq),
        ] {
            if value == 0 {
                return setting(name, "0".to_string(), "at least 1");
            }
        }
        if self.epochs < self.initial_epoch {
            let found = format!("{} with initial_epoch {}", self.epochs, self.initial_epoch);
            return setting("epochs", found, "at least initial_epoch, because it includes the earlier epochs");
        }
        if self.validation.is_some() && self.validation_split != 0.0 {
            let found = format!("{} and a validation set", self.validation_split);
            return setting("validation_split", found, "either a fraction or a validation set");
        }
        if self.evaluate_averages || self.end_with_averages {
            // Two swaps change nothing, and tell whether the optimizer has averages.
            let (mut none, optimizer) = (Params::new(), &mut self.optimizer);
            if !(optimizer.swap_averages(&mut none) && optimizer.swap_averages(&mut none)) {
                let found = "an optimizer without averages".to_string();
                return setting("optimizer", found, "one with `ema`, such as Adam::new(1e-3).ema(0.99)");
            }
        }
        Ok(self)
    }
}
