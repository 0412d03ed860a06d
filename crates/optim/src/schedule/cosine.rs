//! Down along half a wave.

use super::{Schedule, start};
use crate::setting;
use std::f64::consts::PI;

/// η₀ ((1 - α) ½ (1 + cos(π min(t, d)/d)) + α): slow at first, fast half-way, slow again (Loshchilov and Hutter 2017).
/// Keras's `CosineDecay`.
///
/// With Keras's warm-up, from η₀ to a target over w steps, then down from the target, this is
/// `Cosine::new(target, d).warm_up(w).from(η₀)`.
///
/// ```
/// use optim::{Cosine, Schedule};
/// let schedule = Cosine::new(0.1, 1000);
/// assert!((schedule.rate(500) - 0.05).abs() < 1e-15);
/// assert_eq!((schedule.rate(0), schedule.rate(2000)), (0.1, 0.0));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Cosine {
    initial: f64,
    steps: u64,
    alpha: f64,
}

impl Cosine {
    /// From `initial` in `steps` steps; to 0 unless set.
    ///
    /// # Panics
    /// If the rate is negative, infinite or NaN, or there are no steps.
    #[track_caller]
    pub fn new(initial: f64, steps: u64) -> Self {
        let (initial, steps) = start(initial, steps);
        Cosine { initial, steps, alpha: 0.0 }
    }

    /// The share of the initial rate that is left at the end.
    ///
    /// # Panics
    /// If it does not lie in 0..=1.
    #[track_caller]
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.alpha = setting::share("alpha", alpha);
        self
    }
}

impl Schedule for Cosine {
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
    fn by_hand() {
        let root = 2.0_f64.sqrt();
        rates(Cosine::new(1.0, 8), &[(0, 1.0), (2, 0.5 + root / 4.0), (4, 0.5), (6, 0.5 - root / 4.0), (8, 0.0)]);
        rates(Cosine::new(2.0, 8).alpha(0.25), &[(0, 2.0), (4, 1.25), (8, 0.5), (99, 0.5)]);
    }

    #[test]
    fn keras_warm_up() {
        let schedule = Cosine::new(1.0, 10).alpha(0.1).warm_up(4).from(0.2);
        rates(schedule, &[(0, 0.2), (1, 0.4), (3, 0.8), (4, 1.0), (9, 0.55), (14, 0.1), (50, 0.1)]);
    }

    proptest! {
        #[test]
        fn has_no_jumps(initial in 1e-6..10.0, steps in 1u64..300, alpha in 0.0..1.0) {
            let most = initial * PI / 2.0 / steps as f64;
            continuous(Cosine::new(initial, steps).alpha(alpha), 2 * steps, most, alpha * initial..=initial);
        }
    }
}
