//! How a model is to be trained.

use super::held::Held;
use crate::callback::Callback;
use crate::metrics::Metric;
use crate::progress::Screen;
use crate::progress::Verbosity;
use crate::source::Source;
use autograd::Scalar;
use optim::Optimizer;
use std::fmt;
use std::io::Write;
use std::path::PathBuf;

/// How a model is to be trained: what [`Training::fit`](super::Training::fit) takes, with Keras's defaults.
///
/// ```
/// use optim::Sgd;
/// use train::{EarlyStopping, Fit};
/// let fit = Fit::<f32>::new(Sgd::new(0.01)).epochs(30).batch_size(32).callback(EarlyStopping::new("loss"));
/// ```
#[must_use = "settings train nothing until they are given to `fit`"]
pub struct Fit<'a, T: Scalar = f32> {
    pub(super) optimizer: Held<'a, T>,
    pub(super) epochs: usize,
    pub(super) initial_epoch: usize,
    pub(super) batch_size: usize,
    pub(super) steps_per_epoch: usize,
    pub(super) shuffle: bool,
    pub(super) validation: Option<&'a dyn Source<T>>,
    pub(super) validation_split: f64,
    pub(super) validation_every: usize,
    pub(super) validation_steps: usize,
    pub(super) evaluation_batch: usize,
    pub(super) evaluate_train: bool,
    pub(super) evaluate_averages: bool,
    pub(super) end_with_averages: bool,
    pub(super) metrics: Vec<Box<dyn Metric<T> + 'a>>,
    pub(super) weighted_metrics: Vec<Box<dyn Metric<T> + 'a>>,
    pub(super) callbacks: Vec<Box<dyn Callback<T> + 'a>>,
    pub(super) verbosity: Verbosity,
    pub(super) screen: Screen,
    pub(super) fast_dev_run: bool,
    pub(super) overfit_batches: Option<usize>,
    pub(super) detect_anomaly: bool,
    pub(super) resumable: Option<PathBuf>,
}

/// The batch size of an evaluation unless said: its result does not depend on it.
pub(super) const EVALUATION_BATCH: usize = 256;

impl<'a, T: Scalar> Fit<'a, T> {
    /// With this optimizer: one epoch, in batches of 32.
    pub fn new(optimizer: impl Optimizer<T> + 'a) -> Self {
        Fit::held(Held::Own(Box::new(optimizer)))
    }

    /// With an optimizer that is lent, and keeps what it has learned for the next run.
    ///
    /// ```
    /// use optim::Sgd;
    /// let mut sgd = Sgd::new(0.01).momentum(0.9);
    /// let fit = train::Fit::<f32>::with(&mut sgd);
    /// ```
    pub fn with(optimizer: &'a mut dyn Optimizer<T>) -> Self {
        Fit::held(Held::BoundParams(optimizer))
    }

    fn held(optimizer: Held<'a, T>) -> Self {
        Fit {
            optimizer,
            epochs: 1,
            initial_epoch: 0,
            batch_size: 32,
            steps_per_epoch: usize::MAX,
            shuffle: true,
            validation: None,
            validation_split: 0.0,
            validation_every: 1,
            validation_steps: usize::MAX,
            evaluation_batch: EVALUATION_BATCH,
            evaluate_train: false,
            evaluate_averages: false,
            end_with_averages: false,
            metrics: Vec::new(),
            weighted_metrics: Vec::new(),
            callbacks: Vec::new(),
            verbosity: Verbosity::Auto,
            screen: Screen::default(),
            fast_dev_run: false,
            overfit_batches: None,
            detect_anomaly: false,
            resumable: None,
        }
    }

    /// The epoch before which training ends: with [`initial_epoch`](Fit::initial_epoch) 0, how many there are. 1 unless said.
    pub fn epochs(mut self, epochs: usize) -> Self {
        self.epochs = epochs;
        self
    }

    /// The epoch to begin with, counted from 0: earlier ones are taken as done. 0 unless said.
    pub fn initial_epoch(mut self, epoch: usize) -> Self {
        self.initial_epoch = epoch;
        self
    }

    /// How many examples make a batch; 32 unless said. A stream of batches has its own size.
    pub fn batch_size(mut self, size: usize) -> Self {
        self.batch_size = size;
        self
    }

    /// How many batches make an epoch at most, all unless said; the order is drawn anew for each epoch.
    pub fn steps_per_epoch(mut self, steps: usize) -> Self {
        self.steps_per_epoch = steps;
        self
    }

    /// Whether examples come in another order in each epoch; true unless said.
    pub fn shuffle(mut self, shuffle: bool) -> Self {
        self.shuffle = shuffle;
        self
    }

    /// What the model is evaluated on after each epoch: the figures whose names begin with `val_`.
    pub fn validation(mut self, set: &'a impl Source<T>) -> Self {
        self.validation = Some(set);
        self
    }

    /// The share of examples, from the end of the set as it lies, that the model is evaluated on instead of trained; 0 unless said.
    pub fn validation_split(mut self, share: f64) -> Self {
        self.validation_split = share;
        self
    }

    /// Evaluates after every so many epochs; 1 unless said. Callbacks that watch a figure of the validation set look away
    /// in between.
    pub fn validation_every(mut self, epochs: usize) -> Self {
        self.validation_every = epochs;
        self
    }

    /// How many batches are evaluated at most; all unless said.
    pub fn validation_steps(mut self, steps: usize) -> Self {
        self.validation_steps = steps;
        self
    }

    /// How many examples are evaluated at a time; 256 unless said.
    pub fn validation_batch_size(mut self, size: usize) -> Self {
        self.evaluation_batch = size;
        self
    }

    /// Also evaluates the training set after each epoch: the figures whose names begin with `eval_`.
    ///
    /// `loss` and its kin are means over an epoch in which the weights change and dropout is on; these are what the
    /// weights at its end come to. False unless said.
    pub fn evaluate_train(mut self, evaluate: bool) -> Self {
        self.evaluate_train = evaluate;
        self
    }

    /// Shows the averages of the weights to everything that looks at the model after an epoch's steps: evaluation,
    /// callbacks and what they save, the file of a [`resumable`](Fit::resumable) run. Training goes on with the weights.
    ///
    /// The averages are those of the optimizer: see [`ema`](optim::GradientDescent::ema). Keras's `SwapEMAWeights` does this.
    /// Default: false. With an optimizer that keeps no averages, `fit` returns an error.
    ///
    /// ```
    /// use train::Fit;
    /// let averaged = Fit::<f32>::new(optim::Adam::new(1e-3).ema(0.99)).evaluate_averages(true).end_with_averages(true);
    /// ```
    pub fn evaluate_averages(mut self, evaluate: bool) -> Self {
        self.evaluate_averages = evaluate;
        self
    }

    /// Overwrites the weights by their averages when training ends, as Keras does for an optimizer with `use_ema`. False unless
    /// said; with an optimizer that keeps no averages, `fit` refuses it.
    pub fn end_with_averages(mut self, end: bool) -> Self {
        self.end_with_averages = end;
        self
    }

    /// One more metric, beside those that the model names, of its first output. As in Keras, all examples count alike in
    /// it, whatever their weights.
    pub fn metric(mut self, metric: impl Metric<T> + 'a) -> Self {
        self.metrics.push(Box::new(metric));
        self
    }

    /// One more metric, of the first output, in which each example counts as much as its weight says; named `weighted_...`
    /// if there is another of its name.
    pub fn weighted_metric(mut self, metric: impl Metric<T> + 'a) -> Self {
        self.weighted_metrics.push(Box::new(metric));
        self
    }

    /// One more callback. They are called in the order in which they were given.
    pub fn callback(mut self, callback: impl Callback<T> + 'a) -> Self {
        self.callbacks.push(Box::new(callback));
        self
    }

    /// How much is shown; [`Verbosity::Auto`] unless said.
    pub fn verbosity(mut self, verbosity: Verbosity) -> Self {
        self.verbosity = verbosity;
        self
    }

    /// Shows it there instead of on the standard output. The writer counts as a terminal: it is sent bars and colors.
    ///
    /// ```
    /// use train::{Fit, Verbosity};
    /// let log = std::fs::File::create(std::env::temp_dir().join("chainrule-run.txt"))?;
    /// let fit = Fit::<f32>::new(optim::Sgd::new(0.01)).verbosity(Verbosity::Lines).output(log);
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn output(mut self, writer: impl Write + Send + 'static) -> Self {
        self.screen = Screen::of(writer);
        self
    }

    /// Writes the whole run into this file after each epoch, and takes it up from there if the file is there at the start.
    ///
    /// A run that was ended at any moment, by an error or by `kill -9`, and is started again with the same data,
    /// settings and callbacks, comes to the same bits as one that was never ended. A run that is finished is not trained
    /// further. Remove the file to begin anew.
    ///
    /// Missing folders are created. A file that cannot be written is an error before the first epoch.
    ///
    /// ```
    /// let fit = train::Fit::<f32>::new(optim::Sgd::new(0.01)).epochs(100).resumable("run.safetensors");
    /// ```
    pub fn resumable(mut self, path: impl Into<PathBuf>) -> Self {
        self.resumable = Some(path.into());
        self
    }

    /// One step of training and one of validation, without callbacks: does everything fit together? False unless said.
    pub fn fast_dev_run(mut self, fast: bool) -> Self {
        self.fast_dev_run = fast;
        self
    }

    /// Trains on the first few batches alone, the same and in the same order in every epoch, and evaluates on them where a
    /// validation set would be: a model that does not learn these by heart has something wrong with it.
    ///
    /// ```
    /// use nn::Mlp;
    /// use train::{Fit, Training, Verbosity};
    /// let mut model = Mlp::classifier(64, [32], 10).model::<f32>(42);
    /// let fit = Fit::new(optim::Adam::new(0.01)).epochs(60).overfit_batches(2).verbosity(Verbosity::Quiet);
    /// assert_eq!(model.fit(&train::digits(), fit)?.last("accuracy"), Some(1.0));
    /// # Ok::<(), train::FitError>(())
    /// ```
    pub fn overfit_batches(mut self, batches: usize) -> Self {
        self.overfit_batches = Some(batches);
        self
    }

    /// Looks at every gradient before it is used: one that is infinite or NaN ends the run, with the parameter and the
    /// operation whose slope made it so. It takes a pass over all gradients; without it, the next loss or the end of the
    /// epoch tells. False unless said.
    pub fn detect_anomaly(mut self, detect: bool) -> Self {
        self.detect_anomaly = detect;
        self
    }
}

impl<T: Scalar> Fit<'_, T> {
    /// Whether there is a validation set.
    pub(super) fn validates(&self) -> bool {
        self.validation.is_some() || self.validation_split != 0.0
    }

    /// Whether the model is evaluated on it after this epoch, counted from 0.
    pub(super) fn validates_after(&self, epoch: usize) -> bool {
        self.validates() && (epoch + 1).is_multiple_of(self.validation_every)
    }
}

impl<T: Scalar> fmt::Debug for Fit<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fit")
            .field("epochs", &(self.initial_epoch..self.epochs))
            .field("batch_size", &self.batch_size)
            .field("callbacks", &self.callbacks)
            .finish_non_exhaustive()
    }
}
