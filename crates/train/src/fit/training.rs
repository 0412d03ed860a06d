//! `fit`, `evaluate` and `predictions` on a model.

use super::blame;
use super::evaluate::{check_inputs, evaluate, score};
use super::run::{Run, generator};
use super::scores::Scores;
use super::settings::{EVALUATION_BATCH, Fit};
use super::step::{Step, step};
use crate::batch::Batch;
use crate::error::{FitError, NonFinite};
use crate::history::History;
use crate::logs::Logs;
use crate::source::Source;
use autograd::{Scalar, Tape};
use nn::Model;
use optim::Optimizer;
use tensor::Tensor;

/// What a [`Model`] can do once there are data.
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
/// let figures = model.evaluate(&test)?;
/// assert_eq!(figures.get("accuracy"), history.last("val_accuracy"));
/// assert!(figures.get("accuracy").unwrap() > 0.8);
/// assert_eq!(model.predictions(&test)?.shape().to_string(), "(359, 10)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Training<T: Scalar> {
    /// Trains the model: `epochs` times through the examples, a step of the optimizer for each batch.
    ///
    /// Figures of the training set are means over the examples of an epoch, taken from the very pass that trains: the
    /// weights change under them, and dropout is on. Figures of the validation set belong to the end of the epoch. The
    /// model's seed fixes everything: what is random in an epoch depends on the seed and the number of the epoch.
    ///
    /// An optimizer that [accumulates](optim::GradientDescent::gradient_accumulation_steps) k gradients makes its last update of an epoch from the
    /// mean of the gradients that remain, even if they are fewer than k, so that every batch counts and each epoch starts
    /// afresh. Gradients that another loop has left in the optimizer are dropped when `fit` begins; call
    /// [`flush`](optim::Optimizer::flush) at the end of that loop to use them.
    ///
    /// # Errors
    /// If data, settings or a callback are at fault, or if a loss or a parameter is no longer finite. The model then
    /// holds the numbers that it had before the epoch.
    fn fit(&mut self, train: &impl Source<T>, fit: Fit<'_, T>) -> Result<History, FitError>;

    /// The loss and the metrics of the model on some examples, by name.
    ///
    /// # Errors
    /// If the data do not fit the model.
    fn evaluate(&self, set: &impl Source<T>) -> Result<Logs, FitError>;

    /// What the model predicts for all examples of a set, in their order; of a model with several outputs the first.
    ///
    /// # Errors
    /// If the data do not fit the model.
    fn predictions(&self, set: &impl Source<T>) -> Result<Tensor<T>, FitError>;

    /// What the model predicts for all examples of a set, for each of its outputs.
    ///
    /// # Errors
    /// If the data do not fit the model.
    fn all_predictions(&self, set: &impl Source<T>) -> Result<Vec<Tensor<T>>, FitError>;

    /// One step on one batch; the loss and the metrics of it, before the update. For a loop of one's own around it.
    ///
    /// What is random in it follows from the model's seed and the number of the step. With an optimizer that
    /// [accumulates](optim::GradientDescent::gradient_accumulation_steps) gradients, only every k-th call changes the model; after the last batch
    /// call [`flush`](optim::Optimizer::flush).
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
    /// If the batch does not fit the model, or the loss or a parameter is no longer finite: then the model is as before.
    fn train_on_batch(&mut self, batch: &Batch<T>, optimizer: &mut dyn Optimizer<T>) -> Result<Logs, FitError>;

    /// The loss and the metrics of the model on one batch.
    ///
    /// # Errors
    /// If the batch does not fit the model.
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
        check_inputs(self, batch)?;
        let mut scores = Scores::new(self, Vec::new(), Vec::new())?;
        let number = optimizer.steps() as usize;
        let mut rng = generator(self.random_seed(), number);
        let before = self.params().clone();
        let failed = match step(self, &mut Tape::default(), batch, &mut scores, optimizer, &mut rng, false)? {
            Step::Done(loss) => blame::parameter(self.params()).map(|culprit| (loss, culprit)),
            Step::NonFinite { loss, culprit } => Some((loss, culprit)),
        };
        match failed {
            None => Ok(scores.logs()),
            Some((loss, culprit)) => {
                *self.params_mut() = before;
                Err(NonFinite { epoch: 0, step: number, loss, culprit }.into())
            }
        }
    }

    fn test_on_batch(&self, batch: &Batch<T>) -> Result<Logs, FitError> {
        let mut scores = Scores::new(self, Vec::new(), Vec::new())?;
        score(self, &mut Tape::default(), batch, &mut scores)?;
        Ok(scores.logs())
    }
}
