//! Saves the model during training.

use super::pattern::{fill, fill_with};
use super::{Callback, CallbackState, TrainingState};
use crate::error::FitError;
use crate::save::json::{number, to_number};
use crate::save::{Saving, check_writable, config_metadata};
use autograd::{Params, Scalar};
use serde_json::json;
use std::path::Path;

/// Saves the model after each epoch, or only when a metric has improved, as Keras's `ModelCheckpoint`.
///
/// The path may contain metrics of the epoch, and the epoch, counted from 1: `{epoch:02d}`, `{val_loss:.2f}`. An
/// existing file is replaced atomically. NaN is never an improvement.
///
/// Missing folders are created. A folder that cannot be written to is an error before the first epoch, except if its
/// path contains metrics.
///
/// ```
/// use train::{Fit, ModelCheckpoint};
/// let best = ModelCheckpoint::new("best.safetensors").monitor("val_accuracy").save_best_only(true);
/// let all = ModelCheckpoint::new("{epoch:02d}-{val_loss:.2f}.safetensors");
/// let fit = Fit::<f32>::new(optim::Sgd::new(0.01)).callback(best).callback(all);
/// ```
#[derive(Clone, Debug)]
pub struct ModelCheckpoint {
    path: String,
    monitor: String,
    best_only: bool,
    weights_only: bool,
    every_n_epochs: usize,
    best: Option<f64>,
}

impl ModelCheckpoint {
    /// Saves to this path.
    pub fn new(path: impl Into<String>) -> Self {
        ModelCheckpoint {
            path: path.into(),
            monitor: "val_loss".to_string(),
            best_only: false,
            weights_only: false,
            every_n_epochs: 1,
            best: None,
        }
    }

    /// The metric to monitor for [`save_best_only`](ModelCheckpoint::save_best_only). Default: `val_loss`.
    pub fn monitor(mut self, metric: impl Into<String>) -> Self {
        self.monitor = metric.into();
        self
    }

    /// Whether to save only when the monitored metric is better than in all earlier epochs, including those of earlier
    /// runs. Default: false.
    pub fn save_best_only(mut self, best_only: bool) -> Self {
        self.best_only = best_only;
        self
    }

    /// Whether to save only the weights, with [`save_weights`](Saving::save_weights). A model with a layer without a
    /// configuration, such as a [`Lambda`](nn::Lambda), requires this: otherwise training does not begin. Default:
    /// false.
    pub fn save_weights_only(mut self, weights_only: bool) -> Self {
        self.weights_only = weights_only;
        self
    }

    /// Saves only after every `epochs` epochs. Default: 1.
    ///
    /// # Panics
    /// If `epochs` is 0.
    #[track_caller]
    pub fn every_n_epochs(mut self, epochs: usize) -> Self {
        assert!(epochs > 0, "ModelCheckpoint: every_n_epochs must be at least 1, got 0");
        self.every_n_epochs = epochs;
        self
    }
}

impl<T: Scalar> Callback<T> for ModelCheckpoint {
    /// Reports errors before any work is lost: a model that could not be restored, an invalid pattern, an unwritable
    /// path.
    fn train_begin(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        if !self.weights_only {
            config_metadata(cx.model, self.path.as_ref())?;
        }
        let example = fill_with(&self.path, |_| Ok(0.0))?;
        let folder_varies = Path::new(&self.path).parent().is_some_and(|folder| folder.to_string_lossy().contains('{'));
        if !folder_varies {
            check_writable(Path::new(&example))?;
        }
        Ok(())
    }

    fn epoch_end(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        if !(cx.epoch() + 1).is_multiple_of(self.every_n_epochs) {
            return Ok(());
        }
        let mut best = None;
        if self.best_only {
            let Some(value) = cx.monitored(&self.monitor)? else { return Ok(()) };
            let direction = cx.direction(&self.monitor);
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
        CallbackState { values: json!({ "best": self.best.map(number) }), tensors: Vec::new() }
    }

    fn restore(&mut self, state: &CallbackState<T>, _: &Params<T>) -> bool {
        self.best = to_number(&state.values["best"]);
        state.values.is_object()
    }
}
