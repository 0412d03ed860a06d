//! The options of `fit`.

use crate::callback::Callback;
use crate::metrics::Metric;
use crate::progress::{Screen, Verbosity};
use crate::source::Source;
use autograd::Scalar;
use optim::Optimizer;
use std::fmt;
use std::io::Write;
use std::ops::DerefMut;
use std::path::PathBuf;

/// The options of [`Training::fit`](super::Training::fit). Names and defaults are those of Keras.
///
/// ```
/// use optim::Sgd;
/// use train::{EarlyStopping, Fit};
/// let fit = Fit::<f32>::new(Sgd::new(0.01)).epochs(30).batch_size(32).callback(EarlyStopping::new("loss"));
/// ```
#[must_use = "options have no effect until they are passed to `fit`"]
pub struct Fit<'a, T: Scalar = f32> {
    /// Owned or borrowed.
    pub(super) optimizer: Box<dyn DerefMut<Target = dyn Optimizer<T> + 'a> + 'a>,
    pub(super) epochs: usize,
    pub(super) initial_epoch: usize,
    pub(super) batch_size: usize,
    pub(super) steps_per_epoch: usize,
    pub(super) shuffle: bool,
    pub(super) validation: Option<&'a dyn Source<T>>,
    pub(super) validation_split: f64,
    pub(super) validation_freq: usize,
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

/// The default batch size of evaluations, whose results do not depend on it.
pub(super) const EVALUATION_BATCH: usize = 256;

impl<'a, T: Scalar> Fit<'a, T> {
    /// Options with this optimizer. Defaults: one epoch, batches of 32 examples, no validation.
    pub fn new(optimizer: impl Optimizer<T> + 'a) -> Self {
        let optimizer: Box<dyn Optimizer<T> + 'a> = Box::new(optimizer);
        Fit::with_optimizer(Box::new(optimizer))
    }

    /// Options with a borrowed optimizer, whose state is kept for the next run.
    ///
    /// ```
    /// use optim::Sgd;
    /// let mut sgd = Sgd::new(0.01).momentum(0.9);
    /// let fit = train::Fit::<f32>::with(&mut sgd);
    /// ```
    pub fn with(optimizer: &'a mut dyn Optimizer<T>) -> Self {
        Fit::with_optimizer(Box::new(optimizer))
    }

    fn with_optimizer(optimizer: Box<dyn DerefMut<Target = dyn Optimizer<T> + 'a> + 'a>) -> Self {
        Fit {
            optimizer,
            epochs: 1,
            initial_epoch: 0,
            batch_size: 32,
            steps_per_epoch: usize::MAX,
            shuffle: true,
            validation: None,
            validation_split: 0.0,
            validation_freq: 1,
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

    /// The number of epochs, including those before [`initial_epoch`](Fit::initial_epoch). Default: 1.
    pub fn epochs(mut self, epochs: usize) -> Self {
        self.epochs = epochs;
        self
    }

    /// The first epoch, counted from 0. Default: 0.
    pub fn initial_epoch(mut self, epoch: usize) -> Self {
        self.initial_epoch = epoch;
        self
    }

    /// The number of examples per batch. Default: 32. A stream of batches has its own batch size.
    pub fn batch_size(mut self, size: usize) -> Self {
        self.batch_size = size;
        self
    }

    /// The maximum number of batches per epoch. Default: all. Each epoch has its own random order.
    pub fn steps_per_epoch(mut self, steps: usize) -> Self {
        self.steps_per_epoch = steps;
        self
    }

    /// Whether to shuffle the examples before each epoch. Default: true.
    pub fn shuffle(mut self, shuffle: bool) -> Self {
        self.shuffle = shuffle;
        self
    }

    /// The validation set, on which the model is evaluated after each epoch. The names of its metrics begin with
    /// `val_`.
    pub fn validation(mut self, set: &'a impl Source<T>) -> Self {
        self.validation = Some(set);
        self
    }

    /// Fraction of the training set, taken from the end before shuffling, held out for validation. Default: 0.
    pub fn validation_split(mut self, fraction: f64) -> Self {
        self.validation_split = fraction;
        self
    }

    /// Evaluates the validation set only after every `epochs` epochs. Default: 1. Callbacks that monitor a validation
    /// metric skip the epochs in between.
    pub fn validation_freq(mut self, epochs: usize) -> Self {
        self.validation_freq = epochs;
        self
    }

    /// The maximum number of validation batches. Default: all.
    pub fn validation_steps(mut self, steps: usize) -> Self {
        self.validation_steps = steps;
        self
    }

    /// The number of examples per validation batch. Default: 256.
    pub fn validation_batch_size(mut self, size: usize) -> Self {
        self.evaluation_batch = size;
        self
    }

    /// Whether to also evaluate the training set after each epoch. The names of these metrics begin with `eval_`.
    /// Default: false.
    ///
    /// The ordinary training metrics are means over an epoch in which the weights change and dropout is active; these
    /// are computed with the weights at the end of the epoch, in evaluation mode.
    pub fn evaluate_train(mut self, evaluate: bool) -> Self {
        self.evaluate_train = evaluate;
        self
    }

    /// Whether to use the averaged weights of the optimizer (see [`ema`](optim::GradientDescent::ema)) outside of training
    /// steps: in evaluations, callbacks, saved models and the file of a [`resumable`](Fit::resumable) run, as Keras's
    /// `SwapEMAWeights`. Training continues with the weights. Default: false.
    ///
    /// With an optimizer without averages, `fit` returns an error.
    ///
    /// ```
    /// use train::Fit;
    /// let fit = Fit::<f32>::new(optim::Adam::new(1e-3).ema(0.99)).evaluate_averages(true);
    /// ```
    pub fn evaluate_averages(mut self, evaluate: bool) -> Self {
        self.evaluate_averages = evaluate;
        self
    }

    /// Whether to overwrite the weights with their averages when training ends, as Keras does for an optimizer with
    /// `use_ema`. Default: false. With an optimizer without averages, `fit` returns an error.
    pub fn end_with_averages(mut self, end: bool) -> Self {
        self.end_with_averages = end;
        self
    }

    /// Adds a metric of the first output to those of the model. As in Keras, it ignores the weights of the examples.
    pub fn metric(mut self, metric: impl Metric<T> + 'a) -> Self {
        self.metrics.push(Box::new(metric));
        self
    }

    /// Adds a metric of the first output that uses the weights of the examples. Its name begins with `weighted_` if
    /// there is another metric of the same name.
    pub fn weighted_metric(mut self, metric: impl Metric<T> + 'a) -> Self {
        self.weighted_metrics.push(Box::new(metric));
        self
    }

    /// Adds a callback. Callbacks are called in the order in which they were added.
    pub fn callback(mut self, callback: impl Callback<T> + 'a) -> Self {
        self.callbacks.push(Box::new(callback));
        self
    }

    /// How progress is displayed. Default: [`Verbosity::Auto`].
    pub fn verbosity(mut self, verbosity: Verbosity) -> Self {
        self.verbosity = verbosity;
        self
    }

    /// Writes the progress to `writer` instead of the standard output. The writer is treated as a terminal: it receives
    /// bars and colors.
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

    /// Saves the state of the run to this file after each epoch, and resumes from the file if it exists, as Keras's
    /// `BackupAndRestore`.
    ///
    /// A run that is interrupted at any moment, by an error or by `kill -9`, and started again with the same data,
    /// options and callbacks, gives the same result, bit for bit, as an uninterrupted run. A completed run is not
    /// trained further. Remove the file to start from the beginning.
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

    /// Whether to run only one training step and one validation step, without callbacks, as a quick test of a program.
    /// Default: false.
    pub fn fast_dev_run(mut self, fast: bool) -> Self {
        self.fast_dev_run = fast;
        self
    }

    /// Trains and validates on the first `batches` batches only, in the same order in every epoch. A model that cannot
    /// overfit a few batches has a bug.
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

    /// Whether to check every gradient before it is used: an infinite or NaN gradient is an error that names the
    /// parameter and the operation. The check costs a pass over all gradients; without it, the error is found in the
    /// next loss or at the end of the epoch. Default: false.
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

    /// Whether the validation set is evaluated after this epoch, counted from 0.
    pub(super) fn validates_after(&self, epoch: usize) -> bool {
        self.validates() && (epoch + 1).is_multiple_of(self.validation_freq)
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
