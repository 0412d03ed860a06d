//! Cosine decay.

use super::{Schedule, checked};
use crate::setting;
use std::f64::consts::PI;

/// η₀ ((1 - α) ½ (1 + cos(π min(t, d)/d)) + α), which decays along half a cosine from η₀ to α η₀ in d steps (Loshchilov
/// and Hutter 2017). Keras: `CosineDecay`. PyTorch: the first `T_max` = d steps of `CosineAnnealingLR`, with
/// `eta_min` = α η₀.
///
/// With Keras's `warmup_target` = m and `warmup_steps` = w, the schedule is
/// `CosineDecay::new(m, d).warm_up(w).from(η₀)`.
///
/// ```
/// use optim::{CosineDecay, Schedule};
/// let schedule = CosineDecay::new(0.1, 1000);
/// assert!((schedule.rate(500) - 0.05).abs() < 1e-15);
/// assert_eq!((schedule.rate(0), schedule.rate(2000)), (0.1, 0.0));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CosineDecay {
    initial: f64,
    steps: u64,
    alpha: f64,
}

impl CosineDecay {
    /// Creates a schedule from the learning rate `initial` to [`alpha`](CosineDecay::alpha) times `initial` in `steps`
    /// steps.
    ///
    /// # Panics
    /// If `initial` is negative, infinite or NaN, or if `steps` is 0.
    #[track_caller]
    pub fn new(initial: f64, steps: u64) -> Self {
        let (initial, steps) = checked(initial, steps);
        CosineDecay { initial, steps, alpha: 0.0 }
    }

    /// Sets α, the final learning rate as a fraction of the initial one. Default: 0.
    ///
    /// # Panics
    /// If it is outside [0, 1].
    #[track_caller]
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.alpha = setting::fraction("alpha", alpha);
        self
    }
}

impl Schedule for CosineDecay {
    fn rate(&self, step: u64) -> f64 {
        let wave = half_wave((step as f64 / self.steps as f64).min(1.0));
        self.initial * ((1.0 - self.alpha) * wave + self.alpha)
    }
}

/// ½ (1 + cos πx): from 1 at 0 to 0 at 1.
pub(super) fn half_wave(x: f64) -> f64 {
    0.5 * (1.0 + (PI * x).cos())
}

#[cfg(test)]
mod tests {
    use super::super::testing::{continuous, rates};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn matches_reference_values() {
        let root = 2.0_f64.sqrt();
        rates(CosineDecay::new(1.0, 8), &[(0, 1.0), (2, 0.5 + root / 4.0), (4, 0.5), (6, 0.5 - root / 4.0), (8, 0.0)]);
        rates(CosineDecay::new(2.0, 8).alpha(0.25), &[(0, 2.0), (4, 1.25), (8, 0.5), (99, 0.5)]);
    }

    #[test]
    fn a_warm_up_matches_keras() {
        let schedule = CosineDecay::new(1.0, 10).alpha(0.1).warm_up(4).from(0.2);
        rates(schedule, &[(0, 0.2), (1, 0.4), (3, 0.8), (4, 1.0), (9, 0.55), (14, 0.1), (50, 0.1)]);
    }

    proptest! {
        #[test]
        fn is_continuous(initial in 1e-6..10.0, steps in 1u64..300, alpha in 0.0..1.0) {
            let max_change = initial * PI / 2.0 / steps as f64;
            continuous(CosineDecay::new(initial, steps).alpha(alpha), 2 * steps, max_change, alpha * initial..=initial);
        }
    }
}
