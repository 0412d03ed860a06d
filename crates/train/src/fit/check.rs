//! Settings that make no sense, refused before anything is done.

use super::settings::Fit;
use crate::error::FitError;
use autograd::{Params, Scalar};

impl<T: Scalar> Fit<'_, T> {
    /// Refuses settings that make no sense, and makes a fast run fast.
    pub(super) fn checked(mut self) -> Result<Self, FitError> {
        let setting = |name, found: String, expected| Err(FitError::Setting { name, found, expected });
        if self.fast_dev_run {
            self.epochs = self.initial_epoch + 1;
            (self.steps_per_epoch, self.validation_steps, self.validation_every) = (1, 1, 1);
            self.callbacks.clear();
            self.resumable = None;
        }
        if let Some(batches) = self.overfit_batches {
            (self.steps_per_epoch, self.validation_steps, self.shuffle) = (batches, batches, false);
            self.evaluation_batch = self.batch_size;
        }
        if self.batch_size == 0 || self.evaluation_batch == 0 {
            return setting("the batch size", "0".to_string(), "at least 1");
        }
        if self.steps_per_epoch == 0 || self.validation_steps == 0 || self.validation_every == 0 {
            return setting("a number of steps or epochs", "0".to_string(), "at least 1");
        }
        if self.epochs < self.initial_epoch {
            let found = format!("{} with initial_epoch {}", self.epochs, self.initial_epoch);
            return setting("epochs", found, "at least initial_epoch: it counts earlier epochs, too");
        }
        if self.validation.is_some() && self.validation_split != 0.0 {
            return setting("validation_split", self.validation_split.to_string(), "either a share or a set");
        }
        if self.evaluate_averages || self.end_with_averages {
            // Putting them in and out again changes nothing, and tells whether there are any.
            let mut none = Params::new();
            let optimizer = self.optimizer.get();
            if !(optimizer.swap_averages(&mut none) && optimizer.swap_averages(&mut none)) {
                let found = "an optimizer that keeps none".to_string();
                return setting("the source of averages", found, "one with `ema`, as Adam::new(1e-3).ema(0.99)");
            }
        }
        Ok(self)
    }
}
