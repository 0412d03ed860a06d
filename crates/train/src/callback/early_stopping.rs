//! Ends training when nothing gets better.

use super::{Callback, CallbackState, TrainingState};
use crate::error::FitError;
use crate::metrics::Direction;
use crate::save::json::{number, to_number};
use autograd::{Params, Scalar};
use serde_json::json;

/// Ends training when a figure has not become better for some epochs.
///
/// Training stops after `patience` consecutive epochs without an improvement, as in Keras; with a patience of 0 after
/// the first such epoch, but never after the first of all. Better is smaller for a loss and what the metric says for a
/// metric, by more than `min_delta`. NaN is never better. A `baseline` that is not beaten keeps the count running.
///
/// With [`restore_best_weights`](EarlyStopping::restore_best_weights) the model ends with the weights of the best epoch,
/// also if training ran to its end; if no epoch was better than nothing, as with NaN from the start, with the last ones.
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
/// // Nothing is learned at a rate of 0.
/// let fit = Fit::new(Sgd::new(0.0)).epochs(100).verbosity(Verbosity::Quiet);
/// let history = model.fit(&set, fit.callback(EarlyStopping::new("loss").patience(3)))?;
/// assert_eq!(history.len(), 4); // the first is the best
/// assert_eq!(history.stopped(), Some("loss has not improved since epoch 1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct EarlyStopping<T: Scalar = f32> {
    monitor: String,
    patience: usize,
    min_delta: f64,
    direction: Option<Direction>,
    baseline: Option<f64>,
    restore: bool,
    start_from_epoch: usize,
    wait: usize,
    best: Option<(usize, f64)>,
    best_weights: Option<Params<T>>,
}

impl<T: Scalar> EarlyStopping<T> {
    /// Watches a figure; Keras's default is `val_loss`.
    pub fn new(monitor: impl Into<String>) -> Self {
        EarlyStopping {
            monitor: monitor.into(),
            patience: 0,
            min_delta: 0.0,
            direction: None,
            baseline: None,
            restore: false,
            start_from_epoch: 0,
            wait: 0,
            best: None,
            best_weights: None,
        }
    }

    /// How many consecutive epochs without an improvement end training; 0 unless said.
    pub fn patience(mut self, patience: usize) -> Self {
        self.patience = patience;
        self
    }

    /// By how much a figure must be better to count; 0 unless said.
    pub fn min_delta(mut self, delta: f64) -> Self {
        self.min_delta = delta.abs();
        self
    }

    /// Which values are the better ones, if the figure is neither a loss nor a metric.
    pub fn direction(mut self, direction: Direction) -> Self {
        self.direction = Some(direction);
        self
    }

    /// What the figure has to beat before an improvement resets the patience.
    pub fn baseline(mut self, baseline: f64) -> Self {
        self.baseline = Some(baseline);
        self
    }

    /// Whether the model ends with the weights of the best epoch; false unless said.
    pub fn restore_best_weights(mut self, restore: bool) -> Self {
        self.restore = restore;
        self
    }

    /// Looks away before this epoch, counted from 0.
    pub fn start_from_epoch(mut self, epoch: usize) -> Self {
        self.start_from_epoch = epoch;
        self
    }

    /// The best epoch so far, counted from 0, and its figure.
    pub fn best(&self) -> Option<(usize, f64)> {
        self.best
    }

    /// One more epoch; whether training is to stop. `weights` is asked for the weights of a best epoch.
    fn observe(&mut self, epoch: usize, value: f64, direction: Direction, weights: impl FnOnce() -> Params<T>) -> bool {
        if epoch < self.start_from_epoch {
            return false;
        }
        let best = self.best.map_or(direction.worst(), |(_, best)| best);
        self.wait += 1;
        if direction.improves(value, best, self.min_delta) {
            self.best = Some((epoch, value));
            if self.restore {
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
    /// What was seen of another run says nothing of this one, unless this one is taken up where it ended.
    fn train_begin(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        if cx.history().is_empty() {
            (self.wait, self.best, self.best_weights) = (0, None, None);
        }
        Ok(())
    }

    fn epoch_end(&mut self, cx: &mut TrainingState<'_, T>) -> Result<(), FitError> {
        let Some(value) = cx.watched(&self.monitor)? else { return Ok(()) };
        let direction = self.direction.unwrap_or_else(|| cx.direction(&self.monitor));
        if self.observe(cx.epoch(), value, direction, || cx.model.params().clone()) {
            cx.stop(match self.best {
                Some((epoch, _)) => format!("{} has not improved since epoch {}", self.monitor, epoch + 1),
                None => format!("{} was never better than nothing", self.monitor),
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
        let figures = json!({
            "wait": self.wait,
            "best_epoch": self.best.map(|(epoch, _)| epoch),
            "best": self.best.map(|(_, value)| number(value)),
        });
        let weights = self.best_weights.iter();
        let tensors = weights.flat_map(|w| w.iter().map(|(p, value)| (w.name(p).to_string(), value.clone())));
        CallbackState { figures, tensors: tensors.collect() }
    }

    fn restore(&mut self, state: &CallbackState<T>, params: &Params<T>) -> bool {
        let Some(wait) = state.figures["wait"].as_u64() else { return false };
        let mut weights = params.clone();
        for (name, value) in &state.tensors {
            match params.find(name) {
                Some(p) if params.get(p).shape() == value.shape() => weights.set(p, value.clone()),
                _ => return false,
            }
        }
        self.wait = wait as usize;
        self.best = match (state.figures["best_epoch"].as_u64(), to_number(&state.figures["best"])) {
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

    /// After which epoch it stops, shown these figures.
    fn stops(stopping: EarlyStopping<f64>, direction: Direction, figures: &[f64]) -> Option<usize> {
        let mut stopping = stopping;
        (0..figures.len()).find(|&e| stopping.observe(e, figures[e], direction, Params::new))
    }

    fn watch() -> EarlyStopping<f64> {
        EarlyStopping::new("val_loss")
    }

    #[test]
    fn it_stops_after_patience_epochs_without_improvement() {
        let losses = [1.0, 0.8, 0.9, 0.85, 0.95, 0.7];
        assert_eq!(stops(watch(), Min, &losses), Some(2));
        assert_eq!(stops(watch().patience(1), Min, &losses), Some(2));
        assert_eq!(stops(watch().patience(2), Min, &losses), Some(3));
        assert_eq!(stops(watch().patience(4), Min, &losses), None);
        assert_eq!(stops(watch().patience(2), Max, &[0.1, 0.3, 0.3, 0.2]), Some(3));
    }

    /// Epoch 23 of the notebook: the best is the thirteenth, the patience is 10.
    #[test]
    fn the_end_is_best_plus_patience() {
        let losses: Vec<f64> = (1..=100).map(|e| (e as f64 - 13.0).abs()).collect();
        assert_eq!(stops(watch().patience(10), Min, &losses), Some(22)); // counted from 0
    }

    #[test]
    fn the_first_epoch_is_never_the_last() {
        assert_eq!(stops(watch(), Min, &[f64::NAN, 1.0, 2.0]), Some(2));
        assert_eq!(stops(watch(), Min, &[f64::NAN, f64::NAN]), Some(1));
    }

    #[test]
    fn nan_is_no_improvement() {
        let mut stopping = watch().patience(2).restore_best_weights(true);
        let figures = [f64::NAN, 0.5, f64::NAN, f64::NAN];
        assert_eq!((0..4).find(|&e| stopping.observe(e, figures[e], Min, Params::new)), Some(3));
        assert_eq!(stopping.best(), Some((1, 0.5)));
        assert!(stopping.best_weights.is_some());
    }

    #[test]
    fn improvements_must_be_large_enough_and_beat_the_baseline() {
        assert_eq!(stops(watch().patience(2).min_delta(0.1), Min, &[1.0, 0.95, 0.92, 0.8]), Some(2));
        // Keras's case: a baseline that is reached in time, and one that is not.
        assert_eq!(stops(watch().patience(3).baseline(0.5), Max, &[0.3, 0.4, 0.6, 0.2, 0.1]), None);
        assert_eq!(stops(watch().patience(2).baseline(0.5), Max, &[0.3, 0.2, 0.1]), Some(1));
    }

    #[test]
    fn early_epochs_may_be_overlooked() {
        assert_eq!(stops(watch().start_from_epoch(3), Min, &[0.1, 1.0, 2.0, 5.0, 6.0]), Some(4));
    }

    #[test]
    fn the_weights_kept_are_those_of_the_best_epoch() {
        let mut stopping = watch().patience(5).restore_best_weights(true);
        for (epoch, loss) in [0.5, 0.3, 0.4].into_iter().enumerate() {
            let mut params = Params::new();
            params.add("epoch", tensor![epoch as f64]);
            stopping.observe(epoch, loss, Min, || params);
        }
        let kept = stopping.best_weights.unwrap();
        assert_eq!(kept.iter().next().unwrap().1, &tensor![1.0]);
    }

    #[test]
    fn a_count_that_is_taken_up_again() {
        let mut first = watch().patience(3);
        for (epoch, loss) in [0.5, 0.6, 0.7].into_iter().enumerate() {
            assert!(!first.observe(epoch, loss, Min, Params::new));
        }
        let (state, params) = (first.state(), Params::new());
        let mut second = watch().patience(3);
        assert!(second.restore(&state, &params) && second.observe(3, 0.8, Min, Params::new));
        let nonsense = CallbackState { figures: json!("nonsense"), tensors: vec![] };
        assert!(!second.restore(&nonsense, &params));
        let of_another = CallbackState { tensors: vec![("w".to_string(), tensor![1.0])], ..state };
        assert!(!second.restore(&of_another, &params));
    }
}
