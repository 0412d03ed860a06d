//! Learning rates as functions of the step.

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

pub use cosine::Cosine;
pub use exponential::Exponential;
pub use inverse_time::InverseTime;
pub use one_cycle::OneCycle;
pub use piecewise::Piecewise;
pub use polynomial::Polynomial;
pub use power::Power;
pub use restarts::CosineRestarts;
pub use then::Then;
pub use warm_up::WarmUp;

/// A learning rate for each step. Steps count the updates that were made before: the first has step 0.
///
/// A number is a schedule, and so is a closure; both stand wherever an optimizer takes its rate:
///
/// ```
/// use optim::{Adam, Exponential, Optimizer, Schedule, Sgd};
///
/// let constant = Sgd::<f32>::new(0.01);
/// let falling = Sgd::<f32>::new(Exponential::new(0.01, 20_000, 0.1));
/// let own = Adam::<f32>::new(|step: u64| 0.001 / (1.0 + step as f64).sqrt());
/// let composed = Adam::<f32>::new(Exponential::new(0.01, 20_000, 0.1).warm_up(500).then(50_000, 1e-5));
/// assert_eq!((constant.learning_rate(), composed.learning_rate()), (0.01, 0.0));
/// ```
pub trait Schedule: Send + Sync {
    /// The learning rate of a step.
    fn rate(&self, step: u64) -> f64;

    /// The rate, if it is a number and no function of the step: only such a one can be set anew.
    fn fixed(&self) -> Option<f64> {
        None
    }

    /// This schedule, after a linear rise from 0 over so many steps: see [`WarmUp`].
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

    /// This schedule for so many steps, then another, from its own beginning: see [`Then`].
    fn then<S: Schedule>(self, steps: u64, next: S) -> Then<Self, S>
    where
        Self: Sized,
    {
        Then::new(self, steps, next)
    }
}

/// The same rate always.
impl Schedule for f64 {
    fn rate(&self, _: u64) -> f64 {
        *self
    }
    fn fixed(&self) -> Option<f64> {
        Some(*self)
    }
}

impl<F: Fn(u64) -> f64 + Send + Sync> Schedule for F {
    fn rate(&self, step: u64) -> f64 {
        self(step)
    }
}

/// The settings that most schedules begin with.
#[track_caller]
fn start(initial: f64, steps: u64) -> (f64, u64) {
    (
        crate::setting::from_zero("the initial learning rate", initial),
        crate::setting::count("the number of steps of a schedule", steps),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_closures() {
        assert_eq!((0.5.rate(7), Schedule::fixed(&0.5)), (0.5, Some(0.5)));
        let halving = |step: u64| 0.5_f64.powi(step as i32);
        assert_eq!((halving.rate(3), halving.fixed()), (0.125, None));
    }

    #[test]
    #[should_panic(expected = "the initial learning rate must be a number from 0 on, but is NaN")]
    fn no_rate() {
        Exponential::new(f64::NAN, 1, 0.5);
    }
}
