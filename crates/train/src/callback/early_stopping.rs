//! Stops training when a metric has stopped improving.

use super::{Callback, CallbackState, TrainingState};
use crate::error::FitError;
use crate::metrics::Direction;
use crate::save::json::{number, to_number};
use autograd::{Params, Scalar};
use serde_json::json;

/// Stops training when a metric has stopped improving, as Keras's `EarlyStopping`.
///
/// Training stops after `patience` consecutive epochs without an improvement; with a patience of 0, after the first
/// such epoch, but never after epoch 1. An improvement is a change by more than `min_delta` in the direction of the
/// metric; a loss improves by decreasing. NaN is never an improvement. With a `baseline`, only an improvement on the
/// baseline resets the number of epochs waited.
///
/// With [`restore_best_weights`](EarlyStopping::restore_best_weights), the model ends with the weights of the best
/// epoch, also if training was not stopped. If no epoch has a best value, because all were NaN, it keeps the last
/// weights.
///
/// ```
/// use tensor::tensor;
/// use train::{Dataset, EarlyStopping, Fit, Training, Verbosity};
/// use nn::{Dense, Model};
/// use optim::Sgd;
/// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
///
/// let mut params = autograd::Params::<f32>::new();
/// let layer = Dense::new(1, 1).build(&mut params, &mut Xoshiro256PlusPlus::seed_from_u64(1));
/// let mut model = Model::new(layer, params, [1])?;
/// let set = Dataset::regression(tensor![1.0, 2.0], tensor![3.0, 5.0])?;
/// // With a learning rate of 0 there is no improvement.
/// let fit = Fit::new(Sgd::new(0.0)).epochs(100).verbosity(Verbosity::Quiet);
/// let history = model.fit(&set, fit.callback(EarlyStopping::new("loss").patience(3)))?;
/// assert_eq!(history.len(), 4); // the first epoch is the best
/// assert_eq!(history.stop_reason(), Some("loss has not improved since epoch 1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct EarlyStopping<T: Scalar = f32> {
    monitor: String,
    patience: usize,
    min_delta: f64,
    mode: Option<Direction>,
    baseline: Option<f64>,
    restore_best_weights: bool,
    start_from_epoch: usize,
    wait: usize,
    best: Option<(usize, f64)>,
    best_weights: Option<Params<T>>,
}

impl<T: Scalar> EarlyStopping<T> {
    /// Monitors this metric. Keras's default is `val_loss`.
    pub fn new(monitor: impl Into<String>) -> Self {
        EarlyStopping {
            monitor: monitor.into(),
            patience: 0,
            min_delta: 0.0,
            mode: None,
            baseline: None,
            restore_best_weights: false,
            start_from_epoch: 0,
            wait: 0,
            best: None,
            best_weights: None,
        }
    }

    /// The number of consecutive epochs without an improvement after which training stops. Default: 0.
    pub fn patience(mut self, patience: usize) -> Self {
        self.patience = patience;
        self
    }

    /// The minimum change that counts as an improvement; its sign is ignored. Default: 0.
    pub fn min_delta(mut self, delta: f64) -> Self {
        self.min_delta = delta.abs();
        self
    }

    /// Whether smaller or larger values are better. Default: the direction of the metric, and `Min` for a loss.
    pub fn mode(mut self, mode: Direction) -> Self {
        self.mode = Some(mode);
        self
    }

    /// The value that must be improved on to reset the number of epochs waited. Default: none.
    pub fn baseline(mut self, baseline: f64) -> Self {
        self.baseline = Some(baseline);
        self
    }

    /// Whether the model ends with the weights of the best epoch. Default: false.
    pub fn restore_best_weights(mut self, restore: bool) -> Self {
        self.restore_best_weights = restore;
        self
    }

    /// The first epoch to monitor, counted from 0. Default: 0.
    pub fn start_from_epoch(mut self, epoch: usize) -> Self {
        self.start_from_epoch = epoch;
        self
    }

    /// The best epoch so far, counted from 0, and its value.
    pub fn best(&self) -> Option<(usize, f64)> {
        self.best
    }

    /// Takes the value of an epoch, and returns whether training stops. `weights` is called for a new best epoch.
    fn observe(&mut self, epoch: usize, value: f64, direction: Direction, weights: impl FnOnce() -> Params<T>) -> bool {
        if epoch < self.start_from_epoch {
            return false;
        }
        let best = self.best.map_or(direction.worst(), |(_, best)| best);
        self.wait += 1;
        if direction.improves(value, best, self.min_delta) {
            self.best = Some((epoch, value));
            if self.restore_best_weights {
                self.best_weights = Some(weights());
            }
            if self.baseline.is_none_or(|baseline| direction.improves(value, baseline, self.min_delta)) {
                self.wait = 0;
            }
            return false;
        }
        self.wait >= self.patience && epoch > 0
    }
}

impl<T: Scalar> Callback<T> for EarlyStopping<T> {
    /// A new run starts without the state of an earlier one; a resumed run keeps its state.
    fn train_begin(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        if cx.history().is_empty() {
            (self.wait, self.best, self.best_weights) = (0, None, None);
        }
        Ok(())
    }

    fn epoch_end(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        let Some(value) = cx.monitored(&self.monitor)? else { return Ok(()) };
        let direction = self.mode.unwrap_or_else(|| cx.direction(&self.monitor));
        if self.observe(cx.epoch(), value, direction, || cx.model.params().clone()) {
            cx.stop(match self.best {
                Some((epoch, _)) => format!("{} has not improved since epoch {}", self.monitor, epoch + 1),
                None => format!("{} was NaN in every epoch", self.monitor),
            });
        }
        Ok(())
    }

    fn train_end(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        if let Some(weights) = self.best_weights.take() {
            *cx.model.params_mut() = weights;
        }
        Ok(())
    }

    fn state(&self) -> CallbackState<T> {
        let values = json!({
            "wait": self.wait,
            "best_epoch": self.best.map(|(epoch, _)| epoch),
            "best": self.best.map(|(_, value)| number(value)),
        });
        let weights = self.best_weights.iter();
        let tensors = weights.flat_map(|w| w.iter().map(|(p, value)| (w.name(p).to_string(), value.clone())));
        CallbackState { values, tensors: tensors.collect() }
    }

    fn restore(&mut self, state: &CallbackState<T>, params: &Params<T>) -> bool {
        let Some(wait) = state.values["wait"].as_u64() else { return false };
        let mut weights = params.clone();
        for (name, value) in &state.tensors {
            match params.find(name) {
                Some(p) if params.get(p).shape() == value.shape() => weights.set(p, value.clone()),
                _ => return false,
            }
        }
        self.wait = wait as usize;
        self.best = match (state.values["best_epoch"].as_u64(), to_number(&state.values["best"])) {
            (Some(epoch), Some(value)) => Some((epoch as usize, value)),
            _ => None,
        };
        self.best_weights = (!state.tensors.is_empty()).then_some(weights);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Direction::{Max, Min};
    use tensor::tensor;

    /// The epoch after which these values of the metric stop training.
    fn stops(mut stopping: EarlyStopping<f64>, direction: Direction, values: &[f64]) -> Option<usize> {
        (0..values.len()).find(|&e| stopping.observe(e, values[e], direction, Params::new))
    }

    fn watch() -> EarlyStopping<f64> {
        EarlyStopping::new("val_loss")
    }

    #[test]
    fn training_stops_after_patience_epochs_without_improvement() {
        let losses = [1.0, 0.8, 0.9, 0.85, 0.95, 0.7];
        assert_eq!(stops(watch(), Min, &losses), Some(2));
        assert_eq!(stops(watch().patience(1), Min, &losses), Some(2));
        assert_eq!(stops(watch().patience(2), Min, &losses), Some(3));
        assert_eq!(stops(watch().patience(4), Min, &losses), None);
        assert_eq!(stops(watch().patience(2), Max, &[0.1, 0.3, 0.3, 0.2]), Some(3));
    }

    /// The 13th epoch is the best; with a patience of 10, the 23rd is the last.
    #[test]
    fn the_last_epoch_is_the_best_plus_patience() {
        let losses: Vec<f64> = (1..=100).map(|e| (e as f64 - 13.0).abs()).collect();
        assert_eq!(stops(watch().patience(10), Min, &losses), Some(22)); // counted from 0
    }

    #[test]
    fn training_never_stops_after_the_first_epoch() {
        assert_eq!(stops(watch(), Min, &[f64::NAN, 1.0, 2.0]), Some(2));
        assert_eq!(stops(watch(), Min, &[f64::NAN, f64::NAN]), Some(1));
    }

    #[test]
    fn nan_is_not_an_improvement() {
        let mut stopping = watch().patience(2).restore_best_weights(true);
        let values = [f64::NAN, 0.5, f64::NAN, f64::NAN];
        assert_eq!((0..4).find(|&e| stopping.observe(e, values[e], Min, Params::new)), Some(3));
        assert_eq!(stopping.best(), Some((1, 0.5)));
        assert!(stopping.best_weights.is_some());
    }

    #[test]
    fn improvements_must_exceed_min_delta_and_the_baseline() {
        assert_eq!(stops(watch().patience(2).min_delta(0.1), Min, &[1.0, 0.95, 0.92, 0.8]), Some(2));
        // Keras's case: a baseline that is reached in time, and one that is not.
        assert_eq!(stops(watch().patience(3).baseline(0.5), Max, &[0.3, 0.4, 0.6, 0.2, 0.1]), None);
        assert_eq!(stops(watch().patience(2).baseline(0.5), Max, &[0.3, 0.2, 0.1]), Some(1));
    }

    #[test]
    fn start_from_epoch_ignores_earlier_epochs() {
        assert_eq!(stops(watch().start_from_epoch(3), Min, &[0.1, 1.0, 2.0, 5.0, 6.0]), Some(4));
    }

    #[test]
    fn the_best_weights_are_those_of_the_best_epoch() {
        let mut stopping = watch().patience(5).restore_best_weights(true);
        for (epoch, loss) in [0.5, 0.3, 0.4].into_iter().enumerate() {
            let mut params = Params::new();
            params.add("epoch", tensor![epoch as f64]);
            stopping.observe(epoch, loss, Min, || params);
        }
        let best = stopping.best_weights.unwrap();
        assert_eq!(best.iter().next().unwrap().1, &tensor![1.0]);
    }

    #[test]
    fn state_can_be_saved_and_restored() {
        let mut first = watch().patience(3);
        for (epoch, loss) in [0.5, 0.6, 0.7].into_iter().enumerate() {
            assert!(!first.observe(epoch, loss, Min, Params::new));
        }
        let (state, params) = (first.state(), Params::new());
        let mut second = watch().patience(3);
        assert!(second.restore(&state, &params) && second.observe(3, 0.8, Min, Params::new));
        let invalid = CallbackState { values: json!("invalid"), tensors: vec![] };
        assert!(!second.restore(&invalid, &params));
        let other_model = CallbackState { tensors: vec![("w".to_string(), tensor![1.0])], ..state };
        assert!(!second.restore(&other_model, &params));
    }
}
