//! A lower learning rate when nothing gets better.

use super::{Callback, CallbackState, TrainingState};
use crate::error::FitError;
use crate::metrics::Direction;
use crate::save::json::{number, to_number};
use autograd::{Params, Scalar};
use optim::Plateau;
use serde_json::json;

/// Lowers the learning rate when a figure has stopped getting better, by the rule of [`Plateau`]. The rate comes into
/// the history as `learning_rate`.
///
/// Whether the figure is to fall or to rise follows from its name.
///
/// ```
/// use optim::{Plateau, Sgd};
/// use train::{Fit, ReduceLrOnPlateau};
/// let reduce = ReduceLrOnPlateau::new("val_loss", Plateau::new().factor(0.5).patience(5));
/// let fit = Fit::<f32>::new(Sgd::new(0.01)).callback(reduce);
/// ```
#[derive(Clone, Debug)]
pub struct ReduceLrOnPlateau {
    monitor: String,
    rule: Plateau,
}

impl ReduceLrOnPlateau {
    /// Watches a figure; Keras's default is `val_loss`.
    pub fn new(monitor: impl Into<String>, rule: Plateau) -> Self {
        ReduceLrOnPlateau { monitor: monitor.into(), rule }
    }
}

impl<T: Scalar> Callback<T> for ReduceLrOnPlateau {
    /// What was seen of another run says nothing of this one, unless this one is taken up where it ended.
    fn train_begin(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        if cx.history().is_empty() {
            self.rule = self.rule.clone().resume(None, 0, 0);
        }
        Ok(())
    }

    fn epoch_end(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        let rate = cx.optimizer.learning_rate();
        cx.logs.set("learning_rate", rate);
        let Some(value) = cx.watched(&self.monitor)? else { return Ok(()) };
        if cx.direction(&self.monitor) == Direction::Max {
            self.rule = self.rule.clone().larger_is_better();
        }
        match self.rule.observe(value, rate) {
            Some(rate) => Ok(cx.optimizer.set_learning_rate(rate)?),
            None => Ok(()),
        }
    }

    fn state(&self) -> CallbackState<T> {
        let figures = json!({
            "best": self.rule.best().map(number),
            "wait": self.rule.wait(),
            "cooling": self.rule.cooldown_counter(),
        });
        CallbackState { figures, tensors: Vec::new() }
    }

    fn restore(&mut self, state: &CallbackState<T>, _: &Params<T>) -> bool {
        let figures = &state.figures;
        let (Some(wait), Some(cooling)) = (figures["wait"].as_u64(), figures["cooling"].as_u64()) else { return false };
        self.rule = self.rule.clone().resume(to_number(&figures["best"]), wait, cooling);
        true
    }
}
