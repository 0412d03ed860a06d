//! Saving a run to a file, and resuming it.

use super::checkpoint;
use super::run::Run;
use crate::error::{FitError, Mismatch, SaveError};
use crate::save::check_writable;
use autograd::Scalar;

impl<T: Scalar> Run<'_, '_, T> {
    /// Resumes from the file of an earlier run, if there is one, and returns the next epoch. A file that cannot be
    /// written is an error here, before any work is lost.
    pub(super) fn resume(&mut self) -> Result<Option<usize>, FitError> {
        let Some(path) = self.fit.resumable.clone() else { return Ok(None) };
        if !path.exists() {
            check_writable(&path)?;
            return Ok(None);
        }
        let run = checkpoint::read::<T>(&path)?;
        let mut mismatches = run.mismatches(self.model, self.fit.callbacks.len());
        // Only a run that matches in everything else may change callbacks and optimizer.
        if mismatches.is_empty() {
            for (i, (callback, state)) in self.fit.callbacks.iter_mut().zip(&run.callbacks).enumerate() {
                if !callback.restore(state, self.model.params()) {
                    mismatches.push(Mismatch::Other(format!("callback {i} cannot restore its saved state")));
                }
            }
            if let Err(e) = self.fit.optimizer.load_state(self.model.params(), &run.optimizer) {
                mismatches.extend(e.mismatches.iter().map(|d| Mismatch::Other(d.to_string())));
            }
        }
        if !mismatches.is_empty() {
            return Err(SaveError::Mismatch { path, mismatches }.into());
        }
        self.stop = run.history.stop_reason().map(str::to_string);
        self.history = run.history;
        let params = self.model.params_mut();
        for entry in run.params {
            if let (Some(p), Some(value)) = (params.find(&entry.name), entry.tensor) {
                params.set(p, value);
            }
        }
        Ok(Some(run.epoch))
    }

    /// Saves the run after `epoch` epochs.
    pub(super) fn save(&mut self, epoch: usize) -> Result<(), FitError> {
        let Some(path) = &self.fit.resumable else { return Ok(()) };
        self.history.stop(self.stop.clone());
        let callbacks: Vec<_> = self.fit.callbacks.iter().map(|callback| callback.state()).collect();
        let optimizer = self.fit.optimizer.state(self.model.params());
        Ok(checkpoint::write(path, self.model, &optimizer, epoch, &self.history, &callbacks)?)
    }
}
