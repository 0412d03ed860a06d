//! Learning rate schedules.

mod cosine;
mod exponential;
mod inverse_time;
mod one_cycle;
mod piecewise;
mod polynomial;
mod power;
mod restarts;
#[cfg(test)]
mod testing;
mod then;
mod warm_up;

pub use cosine::CosineDecay;
pub use exponential::ExponentialDecay;
pub use inverse_time::InverseTimeDecay;
pub use one_cycle::OneCycle;
pub use piecewise::PiecewiseConstantDecay;
pub use polynomial::PolynomialDecay;
pub use power::PowerDecay;
pub use restarts::CosineDecayRestarts;
pub use then::Then;
pub use warm_up::WarmUp;

/// A learning rate schedule: the learning rate as a function of the step. The step is the number of updates made
/// before, so the first update has step 0.
///
/// Constants and closures are schedules too. An optimizer takes any of them as its learning rate:
///
/// ```
/// use optim::{Adam, ExponentialDecay, Optimizer, Schedule, Sgd};
///
/// let constant = Sgd::<f32>::new(0.01);
/// let decaying = Sgd::<f32>::new(ExponentialDecay::new(0.01, 20_000, 0.1));
/// let custom = Adam::<f32>::new(|step: u64| 0.001 / (1.0 + step as f64).sqrt());
/// let composed = Adam::<f32>::new(ExponentialDecay::new(0.01, 20_000, 0.1).warm_up(500).then(50_000, 1e-5));
/// assert_eq!((constant.learning_rate(), composed.learning_rate()), (0.01, 0.0));
/// ```
pub trait Schedule: Send + Sync {
    /// Returns the learning rate of a step.
    fn rate(&self, step: u64) -> f64;

    /// Returns the rate if it is a constant, which [`set_learning_rate`](crate::Optimizer::set_learning_rate) can
    /// change.
    fn constant(&self) -> Option<f64> {
        None
    }

    /// Starts with a linear warm-up from 0 over `steps` steps, before the first step of this schedule: see [`WarmUp`].
    ///
    /// # Panics
    /// If `steps` is 0.
    #[track_caller]
    fn warm_up(self, steps: u64) -> WarmUp<Self>
    where
        Self: Sized,
    {
        WarmUp::new(steps, self)
    }

    /// Follows this schedule for `steps` steps, then `next` from its step 0: see [`Then`].
    fn then<S: Schedule>(self, steps: u64, next: S) -> Then<Self, S>
    where
        Self: Sized,
    {
        Then::new(self, steps, next)
    }
}

/// A constant learning rate.
impl Schedule for f64 {
    fn rate(&self, _: u64) -> f64 {
        *self
    }
    fn constant(&self) -> Option<f64> {
        Some(*self)
    }
}

impl<F: Fn(u64) -> f64 + Send + Sync> Schedule for F {
    fn rate(&self, step: u64) -> f64 {
        self(step)
    }
}

/// Checks the settings that most schedules have.
#[track_caller]
fn checked(initial: f64, steps: u64) -> (f64, u64) {
    (
        crate::setting::non_negative("the initial learning rate", initial),
        crate::setting::at_least_one("the number of steps", steps),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_and_closures_are_schedules() {
        assert_eq!((0.5.rate(7), Schedule::constant(&0.5)), (0.5, Some(0.5)));
        let halving = |step: u64| 0.5_f64.powi(step as i32);
        assert_eq!((halving.rate(3), halving.constant()), (0.125, None));
    }

    #[test]
    #[should_panic(expected = "the initial learning rate must be finite and at least 0, got NaN")]
    fn an_initial_rate_of_nan_is_rejected() {
        ExponentialDecay::new(f64::NAN, 1, 0.5);
    }
}
