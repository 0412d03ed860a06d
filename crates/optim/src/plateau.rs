//! Reducing the learning rate on a plateau.

use crate::setting;

/// Reduces the learning rate when a metric has stopped improving, as Keras's `ReduceLROnPlateau` does.
///
/// For each value of the metric, usually once per epoch:
///
/// 1. During the cooldown after a reduction, the cooldown counter decreases by one and `wait` is reset to 0.
/// 2. A value better than the best one by more than `min_delta` becomes the best, and `wait` is reset to 0.
/// 3. Otherwise, and if the cooldown is over, `wait` increases by one. When it reaches `patience`, the learning rate is
///    multiplied by `factor`, but not reduced below `min_lr`; the cooldown starts and `wait` is reset to 0.
///
/// NaN is never an improvement. `min_delta` is absolute. In PyTorch's scheduler of the same name, the threshold is
/// relative to the best value by default, and the rate is reduced one value later.
///
/// | setting | default |
/// |---|---|
/// | `factor` | 0.1 |
/// | `patience` | 10 |
/// | `min_delta` | 1e-4 |
/// | `cooldown` | 0 |
/// | `min_lr` | 0 |
///
/// ```
/// use optim::{Optimizer, Plateau, Sgd};
/// let mut sgd = Sgd::<f32>::new(0.1);
/// let mut plateau = Plateau::new().patience(2).factor(0.5);
/// for loss in [1.0, 0.8, 0.81, 0.80, 0.7] {
///     if let Some(rate) = plateau.observe(loss, sgd.learning_rate()) {
///         sgd.set_learning_rate(rate)?;
///     }
/// }
/// assert_eq!(sgd.learning_rate(), 0.05);
/// # Ok::<(), optim::LearningRateError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Plateau {
    larger_is_better: bool,
    factor: f64,
    patience: u64,
    min_delta: f64,
    cooldown: u64,
    min_lr: f64,
    best: Option<f64>,
    wait: u64,
    cooldown_counter: u64,
}

impl Default for Plateau {
    fn default() -> Self {
        Plateau::new()
    }
}

impl Plateau {
    /// Creates the rule for a metric that should decrease, such as a loss.
    pub fn new() -> Self {
        Plateau {
            larger_is_better: false,
            factor: 0.1,
            patience: 10,
            min_delta: 1e-4,
            cooldown: 0,
            min_lr: 0.0,
            best: None,
            wait: 0,
            cooldown_counter: 0,
        }
    }

    /// Treats larger values as better, as for an accuracy (Keras and PyTorch: `mode="max"`).
    pub fn larger_is_better(mut self) -> Self {
        self.larger_is_better = true;
        self
    }

    /// Sets the factor by which the learning rate is multiplied.
    ///
    /// # Panics
    /// If it is outside [0, 1).
    #[track_caller]
    pub fn factor(mut self, factor: f64) -> Self {
        self.factor = setting::decay_factor::<f64>("factor", factor);
        self
    }

    /// Sets the number of values without an improvement after which the rate is reduced. 0 acts like 1.
    pub fn patience(mut self, patience: u64) -> Self {
        self.patience = patience;
        self
    }

    /// Sets the amount by which a value must be better than the best one to be an improvement.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN.
    #[track_caller]
    pub fn min_delta(mut self, delta: f64) -> Self {
        self.min_delta = setting::non_negative("min_delta", delta);
        self
    }

    /// Sets the number of values after a reduction that do not count as values without an improvement.
    pub fn cooldown(mut self, values: u64) -> Self {
        self.cooldown = values;
        self
    }

    /// Sets the lower bound of the learning rate.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN.
    #[track_caller]
    pub fn min_lr(mut self, rate: f64) -> Self {
        self.min_lr = setting::non_negative("min_lr", rate);
        self
    }

    /// Records a value of the metric. Returns the new learning rate if the current one, `rate`, is to be reduced.
    pub fn observe(&mut self, value: f64, rate: f64) -> Option<f64> {
        if self.cooldown_counter > 0 {
            self.cooldown_counter -= 1;
            self.wait = 0;
        }
        if self.improves(value) {
            self.best = Some(value);
            self.wait = 0;
            return None;
        }
        if self.cooldown_counter > 0 {
            return None;
        }
        self.wait += 1;
        if self.wait < self.patience || rate <= self.min_lr {
            return None;
        }
        (self.wait, self.cooldown_counter) = (0, self.cooldown);
        Some((rate * self.factor).max(self.min_lr))
    }

    fn improves(&self, value: f64) -> bool {
        match self.best {
            None => !value.is_nan(),
            Some(best) if self.larger_is_better => value > best + self.min_delta,
            Some(best) => value < best - self.min_delta,
        }
    }

    /// Returns the best value so far.
    pub fn best(&self) -> Option<f64> {
        self.best
    }

    /// Returns the number of values since the last improvement or reduction.
    pub fn wait(&self) -> u64 {
        self.wait
    }

    /// Returns the number of values left in the cooldown.
    pub fn cooldown_counter(&self) -> u64 {
        self.cooldown_counter
    }

    /// Resumes from saved values of [`best`](Plateau::best), [`wait`](Plateau::wait) and
    /// [`cooldown_counter`](Plateau::cooldown_counter).
    pub fn resume(mut self, best: Option<f64>, wait: u64, cooldown_counter: u64) -> Self {
        (self.best, self.wait, self.cooldown_counter) = (best.filter(|best| !best.is_nan()), wait, cooldown_counter);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the learning rate after each value, starting from 0.1.
    fn rates(mut plateau: Plateau, values: &[f64]) -> Vec<f64> {
        let mut rate = 0.1;
        let step = |&value: &f64| {
            rate = plateau.observe(value, rate).unwrap_or(rate);
            (rate * 1e9).round() / 1e9
        };
        values.iter().map(step).collect()
    }

    /// From Keras's own tests: with a cooldown of 2 and a patience of 1, the second and the fourth epoch reduce the
    /// rate.
    #[test]
    fn the_cooldown_counter_decreases_before_the_wait_is_counted() {
        let plateau = Plateau::new().patience(1).cooldown(2);
        assert_eq!(rates(plateau, &[1.0; 6]), [0.1, 0.01, 0.01, 0.001, 0.001, 0.0001]);
    }

    #[test]
    fn without_a_cooldown_every_full_wait_reduces_the_rate() {
        assert_eq!(rates(Plateau::new().patience(1), &[1.0; 4]), [0.1, 0.01, 0.001, 0.0001]);
        assert_eq!(rates(Plateau::new().patience(0), &[1.0; 3]), [0.1, 0.01, 0.001]);
        assert_eq!(rates(Plateau::new().patience(3), &[1.0; 5]), [0.1, 0.1, 0.1, 0.01, 0.01]);
    }

    #[test]
    fn an_improvement_must_exceed_min_delta() {
        let plateau = || Plateau::new().patience(1);
        assert_eq!(rates(plateau(), &[1.0, 0.9998]), [0.1, 0.1]);
        assert_eq!(rates(plateau(), &[1.0, 0.99995]), [0.1, 0.01]);
        assert_eq!(rates(plateau().larger_is_better(), &[0.5, 0.6, 0.55]), [0.1, 0.1, 0.01]);
        assert_eq!(rates(plateau().min_delta(0.2), &[1.0, 0.9, 0.7]), [0.1, 0.01, 0.01]);
    }

    #[test]
    fn an_improvement_during_the_cooldown_resets_the_wait() {
        let plateau = Plateau::new().patience(2).cooldown(1);
        let values = [1.0, 1.0, 1.0, 0.5, 0.5, 0.5];
        assert_eq!(rates(plateau, &values), [0.1, 0.1, 0.01, 0.01, 0.01, 0.001]);
    }

    #[test]
    fn nan_is_never_an_improvement() {
        assert_eq!(rates(Plateau::new().patience(2), &[f64::NAN, 1.0, f64::NAN, f64::NAN]), [0.1, 0.1, 0.1, 0.01]);
        let mut plateau = Plateau::new();
        plateau.observe(f64::NAN, 0.1);
        assert_eq!((plateau.best(), plateau.wait()), (None, 1));
    }

    #[test]
    fn the_rate_stays_at_min_lr() {
        let plateau = Plateau::new().patience(1).min_lr(0.004);
        assert_eq!(rates(plateau, &[1.0; 5]), [0.1, 0.01, 0.004, 0.004, 0.004]);
    }

    #[test]
    fn a_resumed_rule_continues_as_the_original() {
        let values = [1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5];
        let plateau = || Plateau::new().patience(2).cooldown(1);
        for cut in 0..values.len() {
            let (mut whole, mut first) = (plateau(), plateau());
            values[..cut].iter().for_each(|&v| {
                whole.observe(v, 0.1);
                first.observe(v, 0.1);
            });
            let mut second = plateau().resume(first.best(), first.wait(), first.cooldown_counter());
            for &v in &values[cut..] {
                assert_eq!(whole.observe(v, 0.1), second.observe(v, 0.1));
            }
        }
    }
}
