//! The loop: epochs, steps, evaluation, callbacks.

use super::blame;
use super::error::{FitError, NonFinite};
use super::pass::Pass;
use super::progress::Progress;
use super::scores::Scores;
use super::settings::Fit;
use super::source::{Minibatch, Source};
use crate::callback::{Callback, Context, StepReport};
use crate::history::History;
use crate::logs::Logs;
use crate::metrics::Direction;
use crate::save::{Difference, SaveError, checkpoint};
use autograd::{Scalar, Tape};
use nn::{Mode, Model};
use rand::rngs::Xoshiro256PlusPlus;
use rand::{Rng, SeedableRng};
use tensor::{Shape, Tensor};

/// A training run.
pub(super) struct Run<'m, 'a, T: Scalar> {
    model: &'m mut Model<T>,
    fit: Fit<'a, T>,
    scores: Scores<'a, T>,
    directions: Vec<(String, Direction)>,
    tape: Tape<T>,
    history: History,
    logs: Logs,
    stop: Option<String>,
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
        let scores = Scores::new(model, std::mem::take(&mut fit.metrics))?;
        let directions = scores.directions();
        let (tape, history, logs) = (Tape::new(), History::new(), Logs::new());
        Ok(Run { model, fit, scores, directions, tape, history, logs, stop: None })
    }

    pub(super) fn train(
        mut self,
        train: &dyn Source<T>,
        validation: Option<&dyn Source<T>>,
    ) -> Result<History, FitError> {
        let first = self.take_up()?.unwrap_or(self.fit.initial_epoch);
        self.call(first, |callback, cx| callback.train_begin(cx))?;
        let mut progress = Progress::new(self.fit.verbosity, self.fit.epochs);
        for epoch in first..self.fit.epochs {
            if self.stop.is_some() {
                break;
            }
            // Numbers are shared until they are written: this costs a copy of the parameters an epoch.
            let before = self.model.params().clone();
            let ended = self.epoch(epoch, train, validation, &mut progress);
            let failed = match ended {
                Ok(Steps::Done(_)) => None,
                Ok(Steps::NonFinite(report)) => match self.fit.callbacks.iter().any(|c| c.forgives_non_finite()) {
                    true => {
                        self.stop = Some(report.to_string());
                        *self.model.params_mut() = before.clone();
                        None
                    }
                    false => Some(FitError::NonFinite(report)),
                },
                Err(e) => Some(e),
            };
            if let Some(e) = failed {
                *self.model.params_mut() = before;
                return Err(e);
            }
            self.write_down(epoch + 1)?;
        }
        let last = self.history.epochs().last().map_or(first, |&e| e);
        self.call(last, |callback, cx| callback.train_end(cx))?;
        self.history.stop(self.stop);
        Ok(self.history)
    }

    /// Goes on from the file of an earlier run, if there is one; the epoch to begin with.
    fn take_up(&mut self) -> Result<Option<usize>, FitError> {
        let Some(path) = self.fit.resumable.clone().filter(|path| path.exists()) else { return Ok(None) };
        let run = checkpoint::read::<T>(&path)?;
        let mut differences = run.differences(self.model, self.fit.callbacks.len());
        let refused = |differences| Err(SaveError::Differences { path: path.clone(), differences }.into());
        if !differences.is_empty() {
            return refused(differences);
        }
        for (i, (callback, state)) in self.fit.callbacks.iter_mut().zip(&run.callbacks).enumerate() {
            if !callback.restore(state, self.model.params()) {
                differences.push(Difference::Other(format!("callback {i} cannot read the state that was saved")));
            }
        }
        if let Err(e) = self.fit.optimizer.get().load(self.model.params(), &run.optimizer) {
            differences.extend(e.differences.iter().map(|d| Difference::Other(d.to_string())));
        }
        if !differences.is_empty() {
            return refused(differences);
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
    fn write_down(&mut self, epoch: usize) -> Result<(), FitError> {
        let Some(path) = &self.fit.resumable else { return Ok(()) };
        self.history.stop(self.stop.clone());
        let callbacks: Vec<_> = self.fit.callbacks.iter().map(|callback| callback.state()).collect();
        let optimizer = self.fit.optimizer.get().state(self.model.params());
        Ok(checkpoint::write(path, self.model, &optimizer, epoch, &self.history, &callbacks)?)
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
        let (size, most) = (self.fit.evaluation_batch, self.fit.validation_steps);
        if self.fit.evaluate_train {
            self.scores.reset();
            evaluate(self.model, train, &mut self.scores, size, usize::MAX)?;
            self.scores.write("eval_", &mut self.logs);
        }
        if let Some(set) = validation
            && (epoch + 1).is_multiple_of(self.fit.validation_every)
        {
            self.scores.reset();
            evaluate(self.model, set, &mut self.scores, size, most)?;
            self.scores.write("val_", &mut self.logs);
        }
        self.call(epoch, |callback, cx| callback.epoch_end(cx))?;
        progress.epoch_ends(epoch, steps, &self.logs);
        self.history.push(epoch, &self.logs);
        Ok(Steps::Done(steps))
    }

    /// The steps of an epoch: forward, backward, update.
    fn steps(&mut self, epoch: usize, train: &dyn Source<T>, progress: &mut Progress) -> Result<Steps, FitError> {
        let mut rng = generator(self.model.random_seed(), epoch);
        let (size, most) = (self.fit.batch_size, self.fit.steps_per_epoch);
        let shuffle: Option<&mut dyn Rng> = if self.fit.shuffle { Some(&mut rng) } else { None };
        let batches = train.minibatches(epoch, size, shuffle)?;
        progress.epoch_begins(epoch, train.steps(size).map(|n| n.min(most)));
        let mut done = 0;
        for batch in batches.take(most) {
            let batch = batch?;
            if done == 0 {
                check_inputs(self.model, &batch)?;
            }
            let loss = {
                let mut mode = Mode::train(&mut rng);
                let net = self.model.params().on(&self.tape);
                let pass = Pass::of(self.model, &net, &batch, &mut mode)?;
                let loss = pass.total.value().to_f64();
                if !loss.is_finite() {
                    let culprit = blame::culprit(self.model, &batch, &self.tape);
                    return Ok(Steps::NonFinite(NonFinite { epoch, step: done, loss, culprit }));
                }
                self.scores.update(self.model, &batch, &pass);
                let gradients = pass.total.backward();
                self.fit.optimizer.get().step(self.model.params_mut(), &gradients);
                mode.apply(self.model.params_mut());
                loss
            };
            self.tape.reset();
            if !self.fit.callbacks.is_empty() {
                let running_loss = self.scores.loss();
                let report = StepReport { step: done, batch_loss: loss, running_loss };
                self.call(epoch, |callback, cx| callback.step_end(cx, &report))?;
            }
            done += 1;
            progress.step_ends(done, || {
                let mut logs = Logs::new();
                self.scores.write("", &mut logs);
                logs
            });
            if self.stop.is_some() {
                break;
            }
        }
        if done == 0 {
            return Err(FitError::NoExamples);
        }
        match blame::parameter(self.model.params()) {
            Some(culprit) => {
                let loss = self.scores.loss();
                Ok(Steps::NonFinite(NonFinite { epoch, step: done - 1, loss, culprit }))
            }
            None => Ok(Steps::Done(done)),
        }
    }

    /// Calls every callback, in order.
    fn call(
        &mut self,
        epoch: usize,
        mut hook: impl FnMut(&mut (dyn Callback<T> + 'a), &mut Context<'_, T>) -> Result<(), FitError>,
    ) -> Result<(), FitError> {
        for callback in &mut self.fit.callbacks {
            let mut cx = Context {
                model: self.model,
                optimizer: self.fit.optimizer.get(),
                logs: &mut self.logs,
                history: &self.history,
                epoch,
                epochs: self.fit.epochs,
                directions: &self.directions,
                stop: &mut self.stop,
            };
            hook(&mut **callback, &mut cx)?;
        }
        Ok(())
    }
}

/// Gathers the figures of a model in use, batch by batch, without recording.
pub(super) fn evaluate<T: Scalar>(
    model: &Model<T>,
    set: &dyn Source<T>,
    scores: &mut Scores<'_, T>,
    batch_size: usize,
    steps: usize,
) -> Result<(), FitError> {
    let mut tape = Tape::new();
    for batch in set.minibatches(0, batch_size, None)?.take(steps) {
        let batch = batch?;
        check_inputs(model, &batch)?;
        tape.no_grad(|| {
            let net = model.params().on(&tape);
            let pass = Pass::of(model, &net, &batch, &mut Mode::eval())?;
            scores.update(model, &batch, &pass);
            Ok::<(), FitError>(())
        })?;
        tape.reset();
    }
    if scores.examples() == 0.0 { Err(FitError::NoExamples) } else { Ok(()) }
}

/// Refuses examples of another shape than the model takes.
pub(super) fn check_inputs<T: Scalar>(model: &Model<T>, batch: &Minibatch<T>) -> Result<(), FitError> {
    let example = |x: &Tensor<T>| Shape::from(x.shape().get(1..).unwrap_or(&[]));
    let expected = model.input_shapes();
    let fits = batch.inputs.len() == expected.len()
        && batch.inputs.iter().zip(expected).all(|(x, shape)| x.shape().get(1..) == Some(&shape[..]));
    match fits {
        true => Ok(()),
        false => {
            Err(FitError::Input { found: batch.inputs.iter().map(example).collect(), expected: expected.to_vec() })
        }
    }
}
