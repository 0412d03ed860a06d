//! Saves the model while it is trained.

use super::pattern::{fill, fill_with};
use super::{Callback, CallbackState, TrainingState};
use crate::error::FitError;
use crate::save::json::{number, to_number};
use crate::save::{Saving, check_writable, openable};
use autograd::{Params, Scalar};
use serde_json::json;
use std::path::Path;

/// Saves the model after each epoch, or after those that were better than all before.
///
/// The name may hold metrics of the epoch, which is counted from 1: `{epoch:02d}`, `{val_loss:.2f}`. An older file of
/// the same name is replaced when the new one is whole. NaN is never better.
///
/// Missing folders are created. A folder that cannot be written to ends the run before its first epoch, unless its own
/// name holds metrics.
///
/// ```
/// use train::{Fit, ModelCheckpoint};
/// let best = ModelCheckpoint::new("best.safetensors").save_best_only("val_loss");
/// let all = ModelCheckpoint::new("{epoch:02d}-{val_loss:.2f}.safetensors");
/// let fit = Fit::<f32>::new(optim::Sgd::new(0.01)).callback(best).callback(all);
/// ```
#[derive(Clone, Debug)]
pub struct ModelCheckpoint {
    path: String,
    monitor: Option<String>,
    every: usize,
    weights_only: bool,
    best: Option<f64>,
}

impl ModelCheckpoint {
    /// Into a file of this name.
    pub fn new(path: impl Into<String>) -> Self {
        ModelCheckpoint { path: path.into(), monitor: None, every: 1, weights_only: false, best: None }
    }

    /// Only when this figure is better than in all epochs before, those of earlier runs included.
    pub fn save_best_only(mut self, monitor: impl Into<String>) -> Self {
        self.monitor = Some(monitor.into());
        self
    }

    /// The weights alone, by [`save_weights`](Saving::save_weights): for a model with a layer that does not describe itself,
    /// such as a [`Lambda`](nn::Lambda), which training refuses to begin without this.
    pub fn save_weights_only(mut self) -> Self {
        self.weights_only = true;
        self
    }

    /// Only after every so many epochs; 1 unless said.
    ///
    /// # Panics
    /// If it is 0.
    #[track_caller]
    pub fn every(mut self, epochs: usize) -> Self {
        assert!(epochs > 0, "ModelCheckpoint: every 0 epochs is never; choose at least 1");
        self.every = epochs;
        self
    }
}

impl<T: Scalar> Callback<T> for ModelCheckpoint {
    /// What cannot be saved is refused before an epoch of work is lost: a model that could not be opened again, a pattern
    /// that makes no sense, a path that cannot be written.
    fn train_begin(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        if !self.weights_only {
            openable(cx.model, self.path.as_ref())?;
        }
        let example = fill_with(&self.path, |_| Ok(0.0))?;
        let folder_varies = Path::new(&self.path).parent().is_some_and(|folder| folder.to_string_lossy().contains('{'));
        if !folder_varies {
            check_writable(Path::new(&example))?;
        }
        Ok(())
    }

    fn epoch_end(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        if !(cx.epoch() + 1).is_multiple_of(self.every) {
            return Ok(());
        }
        let mut best = None;
        if let Some(monitor) = &self.monitor {
            let (Some(value), direction) = (cx.watched(monitor)?, cx.direction(monitor)) else { return Ok(()) };
            if !direction.improves(value, self.best.unwrap_or(direction.worst()), 0.0) {
                return Ok(());
            }
            best = Some(value);
        }
        let path = fill(&self.path, cx.epoch(), cx.logs)?;
        match self.weights_only {
            true => cx.model.save_weights(path)?,
            false => cx.model.save(path)?,
        }
        self.best = best;
        Ok(())
    }

    fn state(&self) -> CallbackState<T> {
        CallbackState { figures: json!({ "best": self.best.map(number) }), tensors: Vec::new() }
    }

    fn restore(&mut self, state: &CallbackState<T>, _: &Params<T>) -> bool {
        self.best = to_number(&state.figures["best"]);
        state.figures.is_object()
    }
}
