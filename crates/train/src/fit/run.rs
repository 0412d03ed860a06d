//! The training loop: epochs, steps, evaluation, callbacks.

use super::evaluate::{evaluate, score};
use super::scores::Scores;
use super::settings::Fit;
use crate::callback::{Callback, StepReport, TrainingState};
use crate::error::FitError;
use crate::history::History;
use crate::logs::Logs;
use crate::metrics::Direction;
use crate::progress::Progress;
use crate::source::Source;
use autograd::{Params, Scalar, Tape};
use nn::Model;
use optim::OptimizerState;
use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};

/// A training run.
pub(super) struct Run<'m, 'a, T: Scalar> {
    pub(super) model: &'m mut Model<T>,
    pub(super) fit: Fit<'a, T>,
    pub(super) scores: Scores<'a, T>,
    pub(super) tape: Tape<T>,
    directions: Vec<(String, Direction)>,
    /// Whether the model has the averaged weights, and the optimizer keeps the weights.
    averaged: bool,
    pub(super) history: History,
    logs: Logs,
    pub(super) stop: Option<String>,
}

/// The generator of an epoch. It depends only on seed and epoch, so a run can be resumed at any epoch.
pub(super) fn generator(seed: u64, epoch: usize) -> Xoshiro256PlusPlus {
    let first = Xoshiro256PlusPlus::seed_from_u64(seed).next_u64();
    Xoshiro256PlusPlus::seed_from_u64(first.wrapping_add(epoch as u64))
}

impl<'m, 'a, T: Scalar> Run<'m, 'a, T> {
    pub(super) fn new(model: &'m mut Model<T>, mut fit: Fit<'a, T>) -> Result<Self, FitError> {
        let weighted = std::mem::take(&mut fit.weighted_metrics);
        let scores = Scores::new(model, std::mem::take(&mut fit.metrics), weighted)?;
        let (directions, tape) = (scores.directions(), Tape::default());
        let (history, logs) = (History::new(), Logs::new());
        Ok(Run { model, fit, scores, tape, directions, averaged: false, history, logs, stop: None })
    }

    pub(super) fn train(
        mut self,
        train: &dyn Source<T>,
        validation: Option<&dyn Source<T>>,
    ) -> Result<History, FitError> {
        // Gradients that another loop has accumulated do not belong to this run.
        self.fit.optimizer.discard();
        let first = self.resume()?.unwrap_or(self.fit.initial_epoch);
        self.averaged = self.fit.optimizer.state(self.model.params()).swapped;
        self.call(first, |callback, cx| callback.train_begin(cx))?;
        let mut progress = Progress::new(self.fit.verbosity, self.fit.screen.clone(), self.fit.epochs);
        for epoch in first..self.fit.epochs {
            if self.stop.is_some() {
                break;
            }
            self.use_averages(false);
            let start = self.snapshot();
            if let Err(e) = self.epoch(epoch, train, validation, &mut progress) {
                self.roll_back(start);
                match e {
                    FitError::NonFinite(report) if self.fit.callbacks.iter().any(|c| c.tolerates_non_finite()) => {
                        self.stop = Some(report.to_string());
                    }
                    e => return Err(e),
                }
            }
            self.use_averages(self.fit.evaluate_averages);
            self.save(epoch + 1).inspect_err(|_| self.use_averages(false))?;
        }
        self.use_averages(self.fit.end_with_averages);
        if self.fit.end_with_averages {
            // The averages become the weights, and the starting point of further averages.
            let averages = self.model.params().clone();
            self.use_averages(false);
            *self.model.params_mut() = averages;
        }
        let last = self.history.epochs().last().map_or(first, |&e| e);
        self.call(last, |callback, cx| callback.train_end(cx))?;
        self.history.stop(self.stop);
        self.history.plan(self.fit.epochs, train.steps(self.fit.batch_size).map(|n| n.min(self.fit.steps_per_epoch)));
        Ok(self.history)
    }

    /// Puts the averaged weights into the model, or the weights.
    fn use_averages(&mut self, averages: bool) {
        if self.averaged != averages && self.fit.optimizer.swap_averages(self.model.params_mut()) {
            self.averaged = averages;
        }
    }

    /// The parameters at the start of an epoch, and the state of the optimizer if it has averages to restore.
    /// Parameters share their storage until they are written, so this costs one copy of the parameters per epoch.
    fn snapshot(&mut self) -> (Params<T>, Option<OptimizerState<T>>) {
        let params = self.model.params().clone();
        let averaged = self.fit.evaluate_averages || self.fit.end_with_averages;
        let optimizer = averaged.then(|| self.fit.optimizer.state(&params));
        (params, optimizer)
    }

    fn roll_back(&mut self, (params, optimizer): (Params<T>, Option<OptimizerState<T>>)) {
        self.fit.optimizer.discard();
        match &optimizer {
            Some(state) if self.fit.optimizer.load_state(&params, state).is_ok() => self.averaged = state.swapped,
            // A custom optimizer may fail to load its own state: then at least the weights come back from it.
            _ => self.use_averages(false),
        }
        *self.model.params_mut() = params;
    }

    fn epoch(
        &mut self,
        epoch: usize,
        train: &dyn Source<T>,
        validation: Option<&dyn Source<T>>,
        progress: &mut Progress,
    ) -> Result<(), FitError> {
        self.logs.clear();
        self.scores.reset();
        self.call(epoch, |callback, cx| callback.epoch_begin(cx))?;
        let steps = self.steps(epoch, train, progress)?;
        self.scores.write("", &mut self.logs);
        self.use_averages(self.fit.evaluate_averages);
        if self.fit.evaluate_train {
            let limit = self.fit.overfit_batches.unwrap_or(usize::MAX);
            self.evaluation(epoch, train, limit, "eval_")?;
        }
        if let Some(set) = validation
            && self.fit.validates_after(epoch)
        {
            self.evaluation(epoch, set, self.fit.validation_steps, "val_")?;
        }
        self.call(epoch, |callback, cx| callback.epoch_end(cx))?;
        progress.epoch_ends(epoch, steps, &self.logs, &self.directions);
        self.history.push(epoch, &self.logs);
        Ok(())
    }

    /// The steps of an epoch. Returns their number.
    fn steps(&mut self, epoch: usize, train: &dyn Source<T>, progress: &mut Progress) -> Result<usize, FitError> {
        let mut rng = generator(self.model.random_seed(), epoch);
        let (size, limit) = (self.fit.batch_size, self.fit.steps_per_epoch);
        let shuffle: Option<&mut dyn Rng> = if self.fit.shuffle { Some(&mut rng) } else { None };
        let batches = train.epoch(epoch, size, shuffle)?;
        progress.epoch_begins(epoch, train.steps(size).map(|n| n.min(limit)));
        let mut done = 0;
        for batch in batches.take(limit) {
            let batch = batch?;
            self.call(epoch, |callback, cx| callback.step_begin(cx, done))?;
            let batch_loss = self.step(epoch, done, &batch, &mut rng)?;
            if !self.fit.callbacks.is_empty() {
                let report = StepReport { step: done, batch_loss, running_loss: self.scores.loss() };
                self.call(epoch, |callback, cx| callback.step_end(cx, &report))?;
            }
            done += 1;
            progress.step_ends(done, || self.scores.logs());
            if self.stop.is_some() {
                break;
            }
        }
        if done == 0 {
            return Err(FitError::NoExamples);
        }
        // The gradients accumulated from the last batches make an update, even if they are fewer than the others.
        self.fit.optimizer.flush(self.model.params_mut());
        self.check_params(epoch, done - 1, self.scores.loss())?;
        Ok(done)
    }

    /// Evaluates the model on at most `limit` batches, and logs the metrics with a prefix.
    fn evaluation(&mut self, epoch: usize, set: &dyn Source<T>, limit: usize, prefix: &str) -> Result<(), FitError> {
        self.scores.reset();
        self.call(epoch, |callback, cx| callback.evaluation_begin(cx))?;
        let mut done = 0;
        evaluate(set.epoch(0, self.fit.evaluation_batch, None)?.take(limit), |batch, tape| {
            score(self.model, tape, batch, &mut self.scores)?;
            done += 1;
            self.call(epoch, |callback, cx| callback.evaluation_step_end(cx, done - 1))
        })?;
        self.scores.write(prefix, &mut self.logs);
        self.call(epoch, |callback, cx| callback.evaluation_end(cx))
    }

    /// Calls every callback, in order.
    fn call(
        &mut self,
        epoch: usize,
        mut hook: impl FnMut(&mut (dyn Callback<T> + 'a), &mut TrainingState<'_, T>) -> Result<(), FitError>,
    ) -> Result<(), FitError> {
        let skips_validation = self.fit.validates() && !self.fit.validates_after(epoch);
        for callback in &mut self.fit.callbacks {
            let mut cx = TrainingState {
                model: self.model,
                optimizer: &mut **self.fit.optimizer,
                logs: &mut self.logs,
                history: &self.history,
                epoch,
                epochs: self.fit.epochs,
                directions: &self.directions,
                skips_validation,
                stop: &mut self.stop,
            };
            hook(&mut **callback, &mut cx)?;
        }
        Ok(())
    }
}
