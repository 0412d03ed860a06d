//! Reduces the learning rate when a metric has stopped improving.

use super::{Callback, CallbackState, TrainingState};
use crate::error::FitError;
use crate::metrics::Direction;
use crate::save::json::{number, to_number};
use autograd::{Params, Scalar};
use optim::Plateau;
use serde_json::json;

/// Reduces the learning rate when a metric has stopped improving, as Keras's `ReduceLROnPlateau`. The rule is that of
/// [`Plateau`]. The history contains the rate as `learning_rate`.
///
/// Whether smaller or larger values are better follows from the metric; a loss improves by decreasing.
///
/// ```
/// use optim::Sgd;
/// use train::{Fit, ReduceLrOnPlateau};
/// let reduce = ReduceLrOnPlateau::new("val_loss").factor(0.5).patience(5);
/// let fit = Fit::<f32>::new(Sgd::new(0.01)).callback(reduce);
/// ```
#[derive(Clone, Debug)]
pub struct ReduceLrOnPlateau {
    monitor: String,
    rule: Plateau,
}

impl ReduceLrOnPlateau {
    /// Monitors this metric. Keras's default is `val_loss`.
    pub fn new(monitor: impl Into<String>) -> Self {
        ReduceLrOnPlateau { monitor: monitor.into(), rule: Plateau::new() }
    }

    /// The factor by which the rate is multiplied. Default: 0.1.
    ///
    /// # Panics
    /// If it is not between 0 and 1.
    #[track_caller]
    pub fn factor(mut self, factor: f64) -> Self {
        self.rule = self.rule.factor(factor);
        self
    }

    /// The number of epochs without an improvement after which the rate is reduced. Default: 10.
    pub fn patience(mut self, epochs: u64) -> Self {
        self.rule = self.rule.patience(epochs);
        self
    }

    /// The minimum change that counts as an improvement. Default: 1e-4.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN.
    #[track_caller]
    pub fn min_delta(mut self, delta: f64) -> Self {
        self.rule = self.rule.min_delta(delta);
        self
    }

    /// The number of epochs after a reduction in which the patience is not counted. Default: 0.
    pub fn cooldown(mut self, epochs: u64) -> Self {
        self.rule = self.rule.cooldown(epochs);
        self
    }

    /// The minimum learning rate. Default: 0.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN.
    #[track_caller]
    pub fn min_lr(mut self, rate: f64) -> Self {
        self.rule = self.rule.min_lr(rate);
        self
    }
}

impl<T: Scalar> Callback<T> for ReduceLrOnPlateau {
    /// A new run starts without the state of an earlier one; a resumed run keeps its state.
    fn train_begin(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        if cx.history().is_empty() {
            self.rule = self.rule.clone().resume(None, 0, 0);
        }
        Ok(())
    }

    fn epoch_end(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        let rate = cx.optimizer.learning_rate();
        cx.logs.set("learning_rate", rate);
        let Some(value) = cx.monitored(&self.monitor)? else { return Ok(()) };
        if cx.direction(&self.monitor) == Direction::Max {
            self.rule = self.rule.clone().larger_is_better();
        }
        match self.rule.observe(value, rate) {
            Some(rate) => Ok(cx.optimizer.set_learning_rate(rate)?),
            None => Ok(()),
        }
    }

    fn state(&self) -> CallbackState<T> {
        let values = json!({
            "best": self.rule.best().map(number),
            "wait": self.rule.wait(),
            "cooling": self.rule.cooldown_counter(),
        });
        CallbackState { values, tensors: Vec::new() }
    }

    fn restore(&mut self, state: &CallbackState<T>, _: &Params<T>) -> bool {
        let values = &state.values;
        let (Some(wait), Some(cooling)) = (values["wait"].as_u64(), values["cooling"].as_u64()) else { return false };
        self.rule = self.rule.clone().resume(to_number(&values["best"]), wait, cooling);
        true
    }
}
