//! `fit`, `evaluate` and `predictions` on a model.

use super::error::FitError;
use super::run::{Run, evaluate};
use super::scores::Scores;
use super::settings::{EVALUATION_BATCH, Fit};
use super::source::Source;
use crate::history::History;
use crate::logs::Logs;
use autograd::Scalar;
use nn::Model;
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
/// let mut model = Mlp::classifier(64, [32], 10).seed(42).build();
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
    /// Trains the model: `epochs` times through the examples, a step of the optimiser for each batch.
    ///
    /// Figures of the training set are means over the examples of an epoch, taken from the very pass that trains: the
    /// weights change under them, and dropout is on. Figures of the validation set belong to the end of the epoch. The
    /// model's seed fixes everything: what is random in an epoch depends on the seed and the number of the epoch.
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
}

impl<T: Scalar> Training<T> for Model<T> {
    fn fit(&mut self, train: &impl Source<T>, fit: Fit<'_, T>) -> Result<History, FitError> {
        let fit = fit.checked()?;
        if fit.validation_split == 0.0 {
            let validation = fit.validation;
            return Run::new(self, fit)?.train(train, validation);
        }
        let [head, tail] = train.split_tail(fit.validation_split)?;
        Run::new(self, fit)?.train(&*head, Some(&*tail))
    }

    fn evaluate(&self, set: &impl Source<T>) -> Result<Logs, FitError> {
        let mut scores = Scores::new(self, Vec::new())?;
        let mut logs = Logs::new();
        evaluate(self, set, &mut scores, EVALUATION_BATCH, usize::MAX)?;
        scores.write("", &mut logs);
        Ok(logs)
    }

    fn predictions(&self, set: &impl Source<T>) -> Result<Tensor<T>, FitError> {
        let mut parts = Vec::new();
        for batch in set.minibatches(0, EVALUATION_BATCH, None)? {
            let batch = batch?;
            super::run::check_inputs(self, &batch)?;
            parts.push(match &batch.inputs[..] {
                [x] if self.heads().len() == 1 => self.predict(x),
                inputs => self.predict_all(inputs).swap_remove(0),
            });
        }
        match parts.is_empty() {
            true => Err(FitError::NoExamples),
            false => Ok(Tensor::concat(&parts.iter().collect::<Vec<_>>(), 0)),
        }
    }
}
