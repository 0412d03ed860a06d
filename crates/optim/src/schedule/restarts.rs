//! Down along half a wave, again and again.

use super::cosine::half_wave;
use super::{Schedule, start};
use crate::setting;

/// Cosines one after the other, each longer and lower than the last: "warm restarts" (Loshchilov and Hutter 2017). Keras's
/// `CosineDecayRestarts`.
///
/// The i-th, counted from 0, takes d · t_mulⁱ steps and starts from η₀ · m_mulⁱ; x of the way through it the rate is
/// η₀ ((1 - α) m_mulⁱ ½ (1 + cos πx) + α).
///
/// ```
/// use optim::{CosineRestarts, Schedule};
/// let schedule = CosineRestarts::new(0.1, 1000);
/// // At 1000 it starts again, for 2000 steps.
/// assert_eq!((schedule.rate(0), schedule.rate(1000)), (0.1, 0.1));
/// assert!((schedule.rate(2000) - 0.05).abs() < 1e-15);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CosineRestarts {
    initial: f64,
    first: u64,
    t_mul: f64,
    m_mul: f64,
    alpha: f64,
}

impl CosineRestarts {
    /// From `initial`, restarted after `first` steps. As in Keras, each run takes twice as long as the one before, and
    /// starts as high, unless set.
    ///
    /// # Panics
    /// If the rate is negative, infinite or NaN, or there are no steps.
    #[track_caller]
    pub fn new(initial: f64, first: u64) -> Self {
        let (initial, first) = start(initial, first);
        CosineRestarts { initial, first, t_mul: 2.0, m_mul: 1.0, alpha: 0.0 }
    }

    /// How many times as long each run takes.
    ///
    /// # Panics
    /// If it is below 1: the runs would end.
    #[track_caller]
    pub fn t_mul(mut self, factor: f64) -> Self {
        assert!(factor >= 1.0 && factor.is_finite(), "t_mul must be a number from 1 on, but is {factor}");
        self.t_mul = factor;
        self
    }

    /// How many times as high each run starts.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN.
    #[track_caller]
    pub fn m_mul(mut self, factor: f64) -> Self {
        self.m_mul = setting::from_zero("m_mul", factor);
        self
    }

    /// The share of the initial rate that is never gone below.
    ///
    /// # Panics
    /// If it does not lie in 0..=1.
    #[track_caller]
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.alpha = setting::share("alpha", alpha);
        self
    }
}

impl Schedule for CosineRestarts {
    fn rate(&self, step: u64) -> f64 {
        // Runs are counted off one by one: a logarithm would round a restart to the wrong side.
        let (mut t, mut length, mut height) = (step as f64, self.first as f64, 1.0);
        if self.t_mul == 1.0 {
            height = self.m_mul.powf((step / self.first) as f64);
            t = (step % self.first) as f64;
        }
        while t >= length {
            t -= length;
            length *= self.t_mul;
            height *= self.m_mul;
        }
        self.initial * ((1.0 - self.alpha) * height * half_wave(t / length) + self.alpha)
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::rates;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn runs_of_4_8_and_16_steps() {
        let schedule = CosineRestarts::new(1.0, 4);
        rates(schedule.clone(), &[(0, 1.0), (2, 0.5), (4, 1.0), (8, 0.5), (12, 1.0), (20, 0.5), (28, 1.0)]);
        let lower = schedule.m_mul(0.5).alpha(0.2);
        rates(lower, &[(0, 1.0), (2, 0.6), (4, 0.6), (8, 0.4), (12, 0.4), (20, 0.3)]);
    }

    #[test]
    fn runs_of_one_length() {
        let schedule = CosineRestarts::new(1.0, 10).t_mul(1.0).m_mul(0.5);
        rates(schedule, &[(0, 1.0), (5, 0.5), (10, 0.5), (15, 0.25), (20, 0.25), (1015, 0.5_f64.powi(102))]);
    }

    proptest! {
        /// Keras finds the run by a logarithm; away from the restarts that must be the same.
        #[test]
        fn as_keras_counts(first in 1u64..50, t_mul in 1.1f64..3.0, m_mul in 0.5f64..1.0, step in 0u64..2000) {
            let done = step as f64 / first as f64;
            let run = ((1.0 - done * (1.0 - t_mul)).ln() / t_mul.ln()).floor();
            let x = (done - (1.0 - t_mul.powf(run)) / (1.0 - t_mul)) / t_mul.powf(run);
            prop_assume!(x > 1e-9 && x < 1.0 - 1e-9);
            let expected = 0.3 * (0.9 * m_mul.powf(run) * half_wave(x) + 0.1);
            let got = CosineRestarts::new(0.3, first).t_mul(t_mul).m_mul(m_mul).alpha(0.1).rate(step);
            prop_assert!((got - expected).abs() < 1e-9, "{got}, not {expected}");
        }
    }
}
