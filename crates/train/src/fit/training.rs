//! `fit`, `evaluate` and `predictions` on a model.

use super::evaluate::{check_inputs, evaluate, score};
use super::run::{Run, generator};
use super::scores::Scores;
use super::settings::{EVALUATION_BATCH, Fit};
use crate::batch::Batch;
use crate::error::FitError;
use crate::history::History;
use crate::logs::Logs;
use crate::source::Source;
use autograd::{Scalar, Tape};
use nn::Model;
use optim::Optimizer;
use tensor::Tensor;

/// Training, evaluation and prediction methods of a [`Model`].
///
/// ```
/// use optim::Sgd;
/// use train::{Fit, Training, Verbosity};
/// use nn::Mlp;
/// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
///
/// let (train, test) = train::digits().split_stratified(0.8, &mut Xoshiro256PlusPlus::seed_from_u64(42))?;
/// let mut model = Mlp::classifier(64, [32], 10).model::<f32>(42);
/// let fit = Fit::new(Sgd::new(0.1)).epochs(3).validation(&test).verbosity(Verbosity::Quiet);
/// let history = model.fit(&train, fit)?;
/// assert_eq!(history.names().collect::<Vec<_>>(), ["loss", "accuracy", "val_loss", "val_accuracy"]);
/// let metrics = model.evaluate(&test)?;
/// assert_eq!(metrics.get("accuracy"), history.last("val_accuracy"));
/// assert!(metrics.get("accuracy").unwrap() > 0.8);
/// assert_eq!(model.predictions(&test)?.shape().to_string(), "(359, 10)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Training<T: Scalar> {
    /// Trains the model for `epochs` passes over the training data, with one optimizer step per batch.
    ///
    /// The training metrics are means over the examples of an epoch, computed in training mode while the weights
    /// change. The validation metrics are computed in evaluation mode with the weights at the end of the epoch. The
    /// model's seed determines all randomness: the random numbers of an epoch depend only on the seed and the epoch.
    ///
    /// An optimizer that [accumulates](optim::GradientDescent::gradient_accumulation_steps) k gradients makes its last update of an epoch from
    /// the mean of the remaining gradients, even if they are fewer than k, so no gradients are carried over to the next
    /// epoch. Gradients that another loop has left in the optimizer are dropped when `fit` begins; call
    /// [`flush`](optim::Optimizer::flush) at the end of that loop to use them.
    ///
    /// # Errors
    /// If data or settings are invalid, a callback fails, or the loss or a parameter becomes infinite or NaN. Then the
    /// model has the parameters from before the epoch.
    fn fit(&mut self, train: &impl Source<T>, fit: Fit<'_, T>) -> Result<History, FitError>;

    /// Returns the loss and the metrics of the model on a data set, in evaluation mode.
    ///
    /// # Errors
    /// If the data do not match the model.
    fn evaluate(&self, set: &impl Source<T>) -> Result<Logs, FitError>;

    /// Returns the predictions for all examples of a set, in order. For a model with several outputs: of the first.
    ///
    /// # Errors
    /// If the data do not match the model.
    fn predictions(&self, set: &impl Source<T>) -> Result<Tensor<T>, FitError>;

    /// Returns the predictions of every output for all examples of a set, in order.
    ///
    /// # Errors
    /// If the data do not match the model.
    fn all_predictions(&self, set: &impl Source<T>) -> Result<Vec<Tensor<T>>, FitError>;

    /// Trains on one batch, for custom training loops. Returns the loss and the metrics before the update.
    ///
    /// The random numbers of a step depend only on the model's seed and the number of optimizer steps. With an
    /// optimizer that [accumulates](optim::GradientDescent::gradient_accumulation_steps) gradients, only every k-th call changes the model; call
    /// [`flush`](optim::Optimizer::flush) after the last batch.
    ///
    /// ```
    /// use nn::Mlp;
    /// use optim::Sgd;
    /// use tensor::tensor;
    /// use train::{Batch, Training};
    /// let mut model = Mlp::classifier(2, [8], 2).model::<f32>(1);
    /// let batch = Batch::new(tensor![[0.0, 1.0], [1.0, 0.0]], [0, 1]);
    /// let mut sgd = Sgd::new(0.5);
    /// for _ in 0..20 {
    ///     model.train_on_batch(&batch, &mut sgd)?;
    /// }
    /// assert_eq!(model.test_on_batch(&batch)?.get("accuracy"), Some(1.0));
    /// let p = model.predict(&batch.inputs[0]); // Keras's `predict_on_batch`
    /// # Ok::<(), train::FitError>(())
    /// ```
    ///
    /// # Errors
    /// If the batch does not match the model, or the loss or a parameter becomes infinite or NaN. Then the model is
    /// unchanged.
    fn train_on_batch(&mut self, batch: &Batch<T>, optimizer: &mut dyn Optimizer<T>) -> Result<Logs, FitError>;

    /// Returns the loss and the metrics of the model on one batch, in evaluation mode.
    ///
    /// # Errors
    /// If the batch does not match the model.
    fn test_on_batch(&self, batch: &Batch<T>) -> Result<Logs, FitError>;
}

impl<T: Scalar> Training<T> for Model<T> {
    fn fit(&mut self, train: &impl Source<T>, fit: Fit<'_, T>) -> Result<History, FitError> {
        let fit = fit.checked()?;
        let overfit = fit.overfit_batches.is_some();
        if fit.validation_split == 0.0 {
            let validation = fit.validation.map(|set| if overfit { train } else { set });
            return Run::new(self, fit)?.train(train, validation);
        }
        let [head, tail] = train.split_tail(fit.validation_split)?;
        let validation = if overfit { &head } else { &tail };
        Run::new(self, fit)?.train(&*head, Some(&**validation))
    }

    fn evaluate(&self, set: &impl Source<T>) -> Result<Logs, FitError> {
        let mut scores = Scores::new(self, Vec::new(), Vec::new())?;
        let batches = set.epoch(0, EVALUATION_BATCH, None)?;
        evaluate(batches, |batch, tape| score(self, tape, batch, &mut scores))?;
        Ok(scores.logs())
    }

    fn predictions(&self, set: &impl Source<T>) -> Result<Tensor<T>, FitError> {
        Ok(self.all_predictions(set)?.swap_remove(0))
    }

    fn all_predictions(&self, set: &impl Source<T>) -> Result<Vec<Tensor<T>>, FitError> {
        let mut parts: Vec<Vec<Tensor<T>>> = vec![Vec::new(); self.heads().len()];
        for batch in set.epoch(0, EVALUATION_BATCH, None)? {
            let batch = batch?;
            check_inputs(self, &batch)?;
            let outputs = match &batch.inputs[..] {
                [x] if self.heads().len() == 1 => vec![self.predict(x)],
                inputs => self.predict_all(inputs),
            };
            parts.iter_mut().zip(outputs).for_each(|(part, y)| part.push(y));
        }
        match parts.iter().any(Vec::is_empty) {
            true => Err(FitError::NoExamples),
            false => Ok(parts.iter().map(|part| Tensor::concat(part, 0)).collect()),
        }
    }

    fn train_on_batch(&mut self, batch: &Batch<T>, optimizer: &mut dyn Optimizer<T>) -> Result<Logs, FitError> {
        let (before, step) = (self.params().clone(), optimizer.steps() as usize);
        let mut rng = generator(self.random_seed(), step);
        let mut run = Run::new(self, Fit::with(optimizer))?;
        match run.step(0, step, batch, &mut rng).and_then(|loss| run.check_params(0, step, loss)) {
            Ok(()) => Ok(run.scores.logs()),
            Err(e) => {
                *run.model.params_mut() = before;
                Err(e)
            }
        }
    }

    fn test_on_batch(&self, batch: &Batch<T>) -> Result<Logs, FitError> {
        let mut scores = Scores::new(self, Vec::new(), Vec::new())?;
        score(self, &mut Tape::default(), batch, &mut scores)?;
        Ok(scores.logs())
    }
}
