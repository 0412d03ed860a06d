//! A run in a file, and taken up from it.

use super::checkpoint;
use super::run::Run;
use crate::error::FitError;
use crate::error::{Mismatch, SaveError};
use crate::save::check_writable;
use autograd::Scalar;

impl<T: Scalar> Run<'_, '_, T> {
    /// Resumes from the file of an earlier run, if there is one; returns the epoch to begin with. A file that cannot be
    /// written is an error here, before there is work to lose.
    pub(super) fn take_up(&mut self) -> Result<Option<usize>, FitError> {
        let Some(path) = self.fit.resumable.clone() else { return Ok(None) };
        if !path.exists() {
            check_writable(&path)?;
            return Ok(None);
        }
        let run = checkpoint::read::<T>(&path)?;
        let mut mismatches = run.mismatches(self.model, self.fit.callbacks.len());
        let refused = |mismatches| Err(SaveError::Mismatch { path: path.clone(), mismatches }.into());
        if !mismatches.is_empty() {
            return refused(mismatches);
        }
        for (i, (callback, state)) in self.fit.callbacks.iter_mut().zip(&run.callbacks).enumerate() {
            if !callback.restore(state, self.model.params()) {
                mismatches.push(Mismatch::Other(format!("callback {i} cannot read the state that was saved")));
            }
        }
        if let Err(e) = self.fit.optimizer.get().load(self.model.params(), &run.optimizer) {
            mismatches.extend(e.differences.iter().map(|d| Mismatch::Other(d.to_string())));
        }
        if !mismatches.is_empty() {
            return refused(mismatches);
        }
        self.history = run.history.clone();
        self.stop = run.history.stopped().map(str::to_string);
        let epoch = run.epoch;
        let params = self.model.params_mut();
        for (name, value) in run.numbers() {
            if let Some(p) = params.find(&name) {
                params.set(p, value);
            }
        }
        Ok(Some(epoch))
    }

    /// Writes the run after an epoch.
    pub(super) fn write_down(&mut self, epoch: usize) -> Result<(), FitError> {
        let Some(path) = &self.fit.resumable else { return Ok(()) };
        self.history.stop(self.stop.clone());
        let callbacks: Vec<_> = self.fit.callbacks.iter().map(|callback| callback.state()).collect();
        let optimizer = self.fit.optimizer.get().state(self.model.params());
        Ok(checkpoint::write(path, self.model, &optimizer, epoch, &self.history, &callbacks)?)
    }
}
