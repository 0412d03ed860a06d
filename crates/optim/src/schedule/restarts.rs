//! Cosine decay with restarts.

use super::cosine::half_wave;
use super::{Schedule, checked};
use crate::setting;

/// A sequence of cosine decays ("warm restarts", Loshchilov and Hutter 2017). Keras: `CosineDecayRestarts`. PyTorch:
/// `CosineAnnealingWarmRestarts`, with `T_0` = d and `T_mult` = t_mul.
///
/// Period i, counted from 0, takes d · t_mulⁱ steps. At the fraction x of the period the learning rate is
/// η₀ ((1 - α) m_mulⁱ ½ (1 + cos πx) + α).
///
/// ```
/// use optim::{CosineDecayRestarts, Schedule};
/// let schedule = CosineDecayRestarts::new(0.1, 1000);
/// // The second period starts at step 1000 and takes 2000 steps.
/// assert_eq!((schedule.rate(0), schedule.rate(1000)), (0.1, 0.1));
/// assert!((schedule.rate(2000) - 0.05).abs() < 1e-15);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CosineDecayRestarts {
    initial: f64,
    first: u64,
    t_mul: f64,
    m_mul: f64,
    alpha: f64,
}

impl CosineDecayRestarts {
    /// Creates a schedule that starts at the learning rate `initial` and whose first period takes `first` steps. As in
    /// Keras, each period takes twice as many steps as the one before by default.
    ///
    /// # Panics
    /// If `initial` is negative, infinite or NaN, or if `first` is 0.
    #[track_caller]
    pub fn new(initial: f64, first: u64) -> Self {
        let (initial, first) = checked(initial, first);
        CosineDecayRestarts { initial, first, t_mul: 2.0, m_mul: 1.0, alpha: 0.0 }
    }

    /// Sets the factor between the lengths of successive periods. Default: 2.
    ///
    /// # Panics
    /// If it is not finite and at least 1.
    #[track_caller]
    pub fn t_mul(mut self, factor: f64) -> Self {
        assert!(factor >= 1.0 && factor.is_finite(), "t_mul must be finite and at least 1, got {factor}");
        self.t_mul = factor;
        self
    }

    /// Sets the factor between the initial learning rates of successive periods. Default: 1.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN.
    #[track_caller]
    pub fn m_mul(mut self, factor: f64) -> Self {
        self.m_mul = setting::non_negative("m_mul", factor);
        self
    }

    /// Sets α, the smallest learning rate as a fraction of the initial one. Default: 0.
    ///
    /// # Panics
    /// If it is outside [0, 1].
    #[track_caller]
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.alpha = setting::fraction("alpha", alpha);
        self
    }
}

impl Schedule for CosineDecayRestarts {
    fn rate(&self, step: u64) -> f64 {
        // A loop finds the period, because a logarithm can round a restart to the wrong side.
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
    fn periods_of_4_8_and_16_steps() {
        let schedule = CosineDecayRestarts::new(1.0, 4);
        rates(schedule.clone(), &[(0, 1.0), (2, 0.5), (4, 1.0), (8, 0.5), (12, 1.0), (20, 0.5), (28, 1.0)]);
        let lower = schedule.m_mul(0.5).alpha(0.2);
        rates(lower, &[(0, 1.0), (2, 0.6), (4, 0.6), (8, 0.4), (12, 0.4), (20, 0.3)]);
    }

    #[test]
    fn periods_of_one_length() {
        let schedule = CosineDecayRestarts::new(1.0, 10).t_mul(1.0).m_mul(0.5);
        rates(schedule, &[(0, 1.0), (5, 0.5), (10, 0.5), (15, 0.25), (20, 0.25), (1015, 0.5_f64.powi(102))]);
    }

    proptest! {
        /// Keras finds the period with a logarithm, which gives the same result away from the restarts.
        #[test]
        fn matches_keras(first in 1u64..50, t_mul in 1.1f64..3.0, m_mul in 0.5f64..1.0, step in 0u64..2000) {
            let done = step as f64 / first as f64;
            let period = ((1.0 - done * (1.0 - t_mul)).ln() / t_mul.ln()).floor();
            let x = (done - (1.0 - t_mul.powf(period)) / (1.0 - t_mul)) / t_mul.powf(period);
            prop_assume!(x > 1e-9 && x < 1.0 - 1e-9);
            let expected = 0.3 * (0.9 * m_mul.powf(period) * half_wave(x) + 0.1);
            let got = CosineDecayRestarts::new(0.3, first).t_mul(t_mul).m_mul(m_mul).alpha(0.1).rate(step);
            prop_assert!((got - expected).abs() < 1e-9, "expected {expected}, got {got}");
        }
    }
}
