//! A lower rate when nothing gets better.

use crate::setting;

/// Divides the learning rate when a measured value has stopped improving: the rule of Keras's `ReduceLROnPlateau`.
///
/// For each value, once an epoch:
///
/// 1. while it cools down after a reduction, the cool-down is counted down and the wait is 0;
/// 2. a value below the best by more than `min_delta` is the new best, and the wait is 0;
/// 3. otherwise, if it does not cool down any more, the wait is one longer; when it reaches `patience`, the rate is
///    multiplied by `factor`, but not below `min_rate`, and the cool-down and a new wait begin.
///
/// A NaN is never an improvement. `min_delta` is absolute (PyTorch's threshold is a share of the best, and its patience
/// one longer).
///
/// | default | |
/// |---|---|
/// | factor | 0.1 |
/// | patience | 10 |
/// | `min_delta` | 1e-4 |
/// | cool-down | 0 |
/// | `min_rate` | 0 |
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
/// # Ok::<(), optim::RateError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Plateau {
    larger_is_better: bool,
    factor: f64,
    patience: u64,
    min_delta: f64,
    cooldown: u64,
    min_rate: f64,
    best: Option<f64>,
    wait: u64,
    cooling: u64,
}

impl Default for Plateau {
    fn default() -> Self {
        Plateau::new()
    }
}

impl Plateau {
    /// For a value that is to fall, such as a loss.
    pub fn new() -> Self {
        Plateau {
            larger_is_better: false,
            factor: 0.1,
            patience: 10,
            min_delta: 1e-4,
            cooldown: 0,
            min_rate: 0.0,
            best: None,
            wait: 0,
            cooling: 0,
        }
    }

    /// For a value that is to rise, such as an accuracy.
    pub fn larger_is_better(mut self) -> Self {
        self.larger_is_better = true;
        self
    }

    /// What the rate is multiplied with.
    ///
    /// # Panics
    /// If it does not lie in 0..1: the rate would not fall.
    #[track_caller]
    pub fn factor(mut self, factor: f64) -> Self {
        self.factor = setting::kept::<f64>("the factor", factor);
        self
    }

    /// How many values without an improvement it takes. 0 is the same as 1.
    pub fn patience(mut self, patience: u64) -> Self {
        self.patience = patience;
        self
    }

    /// By how much a value must be better than the best.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN.
    #[track_caller]
    pub fn min_delta(mut self, delta: f64) -> Self {
        self.min_delta = setting::from_zero("the least improvement", delta);
        self
    }

    /// How many values after a reduction do not count.
    pub fn cooldown(mut self, values: u64) -> Self {
        self.cooldown = values;
        self
    }

    /// The rate that is never gone below.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN.
    #[track_caller]
    pub fn min_rate(mut self, rate: f64) -> Self {
        self.min_rate = setting::from_zero("the least learning rate", rate);
        self
    }

    /// Takes in a value; returns the new rate if the present one is to be reduced.
    pub fn observe(&mut self, value: f64, rate: f64) -> Option<f64> {
        if self.cooling > 0 {
            self.cooling -= 1;
            self.wait = 0;
        }
        if self.improves(value) {
            self.best = Some(value);
            self.wait = 0;
            return None;
        }
        if self.cooling > 0 {
            return None;
        }
        self.wait += 1;
        if self.wait < self.patience || rate <= self.min_rate {
            return None;
        }
        (self.wait, self.cooling) = (0, self.cooldown);
        Some((rate * self.factor).max(self.min_rate))
    }

    fn improves(&self, value: f64) -> bool {
        match self.best {
            None => !value.is_nan(),
            Some(best) if self.larger_is_better => value > best + self.min_delta,
            Some(best) => value < best - self.min_delta,
        }
    }

    /// The best value so far.
    pub fn best(&self) -> Option<f64> {
        self.best
    }

    /// How many values there have been without an improvement since the last one, or since the last reduction.
    pub fn wait(&self) -> u64 {
        self.wait
    }

    /// How many values more do not count.
    pub fn cooling(&self) -> u64 {
        self.cooling
    }

    /// Goes on from a best value, a wait and a cool-down that were saved.
    pub fn resume(mut self, best: Option<f64>, wait: u64, cooling: u64) -> Self {
        (self.best, self.wait, self.cooling) = (best.filter(|best| !best.is_nan()), wait, cooling);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rates after each value, from 0.1.
    fn rates(mut plateau: Plateau, values: &[f64]) -> Vec<f64> {
        let mut rate = 0.1;
        let step = |&value: &f64| {
            rate = plateau.observe(value, rate).unwrap_or(rate);
            (rate * 1e9).round() / 1e9
        };
        values.iter().map(step).collect()
    }

    /// Keras's own test: with a cool-down of 2 and a patience of 1 the second and the fourth epoch reduce.
    #[test]
    fn cooling_down_is_counted_on_entry() {
        let plateau = Plateau::new().patience(1).cooldown(2);
        assert_eq!(rates(plateau, &[1.0; 6]), [0.1, 0.01, 0.01, 0.001, 0.001, 0.0001]);
    }

    #[test]
    fn without_cooling_down_every_wait_reduces() {
        assert_eq!(rates(Plateau::new().patience(1), &[1.0; 4]), [0.1, 0.01, 0.001, 0.0001]);
        assert_eq!(rates(Plateau::new().patience(0), &[1.0; 3]), [0.1, 0.01, 0.001]);
        assert_eq!(rates(Plateau::new().patience(3), &[1.0; 5]), [0.1, 0.1, 0.1, 0.01, 0.01]);
    }

    #[test]
    fn an_improvement_must_exceed_the_absolute_least() {
        let plateau = || Plateau::new().patience(1);
        assert_eq!(rates(plateau(), &[1.0, 0.9998]), [0.1, 0.1]);
        assert_eq!(rates(plateau(), &[1.0, 0.99995]), [0.1, 0.01]);
        assert_eq!(rates(plateau().larger_is_better(), &[0.5, 0.6, 0.55]), [0.1, 0.1, 0.01]);
        assert_eq!(rates(plateau().min_delta(0.2), &[1.0, 0.9, 0.7]), [0.1, 0.01, 0.01]);
    }

    #[test]
    fn an_improvement_ends_the_wait_also_while_cooling_down() {
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
    fn the_least_rate() {
        let plateau = Plateau::new().patience(1).min_rate(0.004);
        assert_eq!(rates(plateau, &[1.0; 5]), [0.1, 0.01, 0.004, 0.004, 0.004]);
    }

    #[test]
    fn resumed_half_way() {
        let values = [1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5];
        let plateau = || Plateau::new().patience(2).cooldown(1);
        for cut in 0..values.len() {
            let (mut whole, mut first) = (plateau(), plateau());
            values[..cut].iter().for_each(|&v| {
                whole.observe(v, 0.1);
                first.observe(v, 0.1);
            });
            let mut second = plateau().resume(first.best(), first.wait(), first.cooling());
            for &v in &values[cut..] {
                assert_eq!(whole.observe(v, 0.1), second.observe(v, 0.1));
            }
        }
    }
}
