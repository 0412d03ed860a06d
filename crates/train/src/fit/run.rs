//! The loop: epochs, steps, evaluation, callbacks.

use super::averages::Averages;
use super::blame;
use super::evaluate::{check_inputs, evaluate, score};
use super::scores::Scores;
use super::settings::Fit;
use super::step::{Step, step};
use crate::callback::{Callback, StepReport, TrainingState};
use crate::error::{FitError, NonFinite};
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
    scores: Scores<'a, T>,
    directions: Vec<(String, Direction)>,
    tape: Tape<T>,
    averages: Averages,
    pub(super) history: History,
    logs: Logs,
    pub(super) stop: Option<String>,
}

/// What an epoch begins with, to be gone back to if it fails.
struct Before<T: Scalar> {
    params: Params<T>,
    /// Where averages are shown, they are gone back to as well.
    optimizer: Option<OptimizerState<T>>,
}

/// The generator of an epoch: two numbers fix all that is random in it, so a run can be taken up at any epoch.
pub(super) fn generator(seed: u64, epoch: usize) -> Xoshiro256PlusPlus {
    let first = Xoshiro256PlusPlus::seed_from_u64(seed).next_u64();
    Xoshiro256PlusPlus::seed_from_u64(first.wrapping_add(epoch as u64))
}

/// How the steps of an epoch ended.
enum Steps {
    Done(usize),
    NonFinite(NonFinite),
}

impl<'m, 'a, T: Scalar> Run<'m, 'a, T> {
    pub(super) fn new(model: &'m mut Model<T>, mut fit: Fit<'a, T>) -> Result<Self, FitError> {
        let weighted = std::mem::take(&mut fit.weighted_metrics);
        let scores = Scores::new(model, std::mem::take(&mut fit.metrics), weighted)?;
        let directions = scores.directions();
        let averages = Averages::of(fit.optimizer.get(), model.params());
        let (tape, history, logs) = (Tape::default(), History::new(), Logs::new());
        Ok(Run { model, fit, scores, directions, tape, averages, history, logs, stop: None })
    }

    pub(super) fn train(
        mut self,
        train: &dyn Source<T>,
        validation: Option<&dyn Source<T>>,
    ) -> Result<History, FitError> {
        // Gradients that another loop has accumulated do not belong to this run.
        self.fit.optimizer.get().discard();
        let first = self.take_up()?.unwrap_or(self.fit.initial_epoch);
        self.averages = Averages::of(self.fit.optimizer.get(), self.model.params());
        self.call(first, |callback, cx| callback.train_begin(cx))?;
        let mut progress = Progress::new(self.fit.verbosity, self.fit.screen.clone(), self.fit.epochs);
        for epoch in first..self.fit.epochs {
            if self.stop.is_some() {
                break;
            }
            self.show_averages(false);
            let before = self.before();
            let failed = match self.epoch(epoch, train, validation, &mut progress) {
                Ok(Steps::Done(_)) => None,
                Ok(Steps::NonFinite(report)) => Some(FitError::NonFinite(report)),
                Err(e) => Some(e),
            };
            if let Some(e) = failed {
                self.go_back(before);
                match e {
                    FitError::NonFinite(report) if self.fit.callbacks.iter().any(|c| c.forgives_non_finite()) => {
                        self.stop = Some(report.to_string());
                    }
                    e => return Err(e),
                }
            }
            self.show_averages(self.fit.evaluate_averages);
            if let Err(e) = self.write_down(epoch + 1) {
                self.show_averages(false);
                return Err(e);
            }
        }
        match self.fit.end_with_averages {
            true => self.averages.keep(self.fit.optimizer.get(), self.model.params_mut()),
            false => self.show_averages(false),
        }
        let last = self.history.epochs().last().map_or(first, |&e| e);
        self.call(last, |callback, cx| callback.train_end(cx))?;
        self.history.stop(self.stop);
        self.history.plan(self.fit.epochs, train.steps(self.fit.batch_size).map(|n| n.min(self.fit.steps_per_epoch)));
        Ok(self.history)
    }

    fn show_averages(&mut self, averages: bool) {
        self.averages.show(averages, self.fit.optimizer.get(), self.model.params_mut());
    }

    /// Numbers are shared until they are written: this costs a copy of the parameters an epoch.
    fn before(&mut self) -> Before<T> {
        let params = self.model.params().clone();
        let averaged = self.fit.evaluate_averages || self.fit.end_with_averages;
        let optimizer = averaged.then(|| self.fit.optimizer.get().state(&params));
        Before { params, optimizer }
    }

    fn go_back(&mut self, before: Before<T>) {
        self.fit.optimizer.get().discard();
        match &before.optimizer {
            // An optimizer takes what it gave; if one does not, the averages at least leave the store.
            Some(state) if self.fit.optimizer.get().load_state(&before.params, state).is_ok() => {
                self.averages = Averages::of(self.fit.optimizer.get(), &before.params);
            }
            _ => self.show_averages(false),
        }
        *self.model.params_mut() = before.params;
    }

    fn epoch(
        &mut self,
        epoch: usize,
        train: &dyn Source<T>,
        validation: Option<&dyn Source<T>>,
        progress: &mut Progress,
    ) -> Result<Steps, FitError> {
        self.logs.clear();
        self.scores.reset();
        self.call(epoch, |callback, cx| callback.epoch_begin(cx))?;
        let steps = match self.steps(epoch, train, progress)? {
            Steps::Done(steps) => steps,
            failed => return Ok(failed),
        };
        self.scores.write("", &mut self.logs);
        self.show_averages(self.fit.evaluate_averages);
        if self.fit.evaluate_train {
            let most = self.fit.overfit_batches.unwrap_or(usize::MAX);
            self.evaluation(epoch, train, most, "eval_")?;
        }
        if let Some(set) = validation
            && self.fit.validates_after(epoch)
        {
            self.evaluation(epoch, set, self.fit.validation_steps, "val_")?;
        }
        self.call(epoch, |callback, cx| callback.epoch_end(cx))?;
        progress.epoch_ends(epoch, steps, &self.logs, &self.directions);
        self.history.push(epoch, &self.logs);
        Ok(Steps::Done(steps))
    }

    /// The steps of an epoch: forward, backward, update.
    fn steps(&mut self, epoch: usize, train: &dyn Source<T>, progress: &mut Progress) -> Result<Steps, FitError> {
        let mut rng = generator(self.model.random_seed(), epoch);
        let (size, most) = (self.fit.batch_size, self.fit.steps_per_epoch);
        let shuffle: Option<&mut dyn Rng> = if self.fit.shuffle { Some(&mut rng) } else { None };
        let batches = train.epoch(epoch, size, shuffle)?;
        progress.epoch_begins(epoch, train.steps(size).map(|n| n.min(most)));
        let mut done = 0;
        for batch in batches.take(most) {
            let batch = batch?;
            check_inputs(self.model, &batch)?;
            self.call(epoch, |callback, cx| callback.step_begin(cx, done))?;
            let (tape, scores, optimizer) = (&mut self.tape, &mut self.scores, self.fit.optimizer.get());
            let anomalies = self.fit.detect_anomaly;
            let batch_loss = match step(self.model, tape, &batch, scores, optimizer, &mut rng, anomalies)? {
                Step::Done(loss) => loss,
                Step::NonFinite { loss, culprit } => {
                    return Ok(Steps::NonFinite(NonFinite { epoch, step: done, loss, culprit }));
                }
            };
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
        // Gradients accumulated from the last batches make an update, even if they are fewer than the others.
        self.fit.optimizer.get().flush(self.model.params_mut());
        match blame::parameter(self.model.params()) {
            Some(culprit) => {
                let loss = self.scores.loss();
                Ok(Steps::NonFinite(NonFinite { epoch, step: done - 1, loss, culprit }))
            }
            None => Ok(Steps::Done(done)),
        }
    }

    /// The figures of the model on some examples, under names that begin with `prefix`.
    fn evaluation(&mut self, epoch: usize, set: &dyn Source<T>, most: usize, prefix: &str) -> Result<(), FitError> {
        self.scores.reset();
        self.call(epoch, |callback, cx| callback.evaluation_begin(cx))?;
        let mut done = 0;
        evaluate(set.epoch(0, self.fit.evaluation_batch, None)?.take(most), |batch, tape| {
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
        let unevaluated = self.fit.validates() && !self.fit.validates_after(epoch);
        for callback in &mut self.fit.callbacks {
            let mut cx = TrainingState {
                model: self.model,
                optimizer: self.fit.optimizer.get(),
                logs: &mut self.logs,
                history: &self.history,
                epoch,
                epochs: self.fit.epochs,
                directions: &self.directions,
                unevaluated,
                stop: &mut self.stop,
            };
            hook(&mut **callback, &mut cx)?;
        }
        Ok(())
    }
}
