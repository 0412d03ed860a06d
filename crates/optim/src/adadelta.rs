//! Adadelta: steps in the units of the parameter.

use crate::descent::Descent;
use crate::rule::{Rule, Step};
use crate::schedule::Schedule;
use crate::setting;
use crate::update::Pass;
use autograd::Scalar;

/// Adadelta (Zeiler 2012): the gradient divided by its root mean square, times that of the steps before.
///
/// With learning rate η and gradient g,
///
/// * s := ρ s + (1 - ρ) g²
/// * d := g √(u + ε) / √(s + ε)
/// * u := ρ u + (1 - ρ) d²
/// * w := w - η d
///
/// The paper has no learning rate, that is η = 1; Keras's default of 0.001 makes it very slow.
///
/// | default | Keras | PyTorch |
/// |---|---|---|
/// | learning rate | 0.001 | 1 |
/// | ρ | 0.95 | 0.9 |
/// | ε | 1e-7 | 1e-6 |
///
/// ```
/// use optim::Adadelta;
/// let as_in_the_paper = Adadelta::<f32>::new(1.0).epsilon(1e-6);
/// ```
pub type Adadelta<T = f32> = Descent<T, AdadeltaRule>;

/// The settings of [`Adadelta`].
#[derive(Clone, Debug, PartialEq)]
pub struct AdadeltaRule {
    rho: f64,
    epsilon: f64,
}

impl<T: Scalar> Adadelta<T> {
    /// With Keras's defaults.
    ///
    /// # Panics
    /// If the learning rate is negative, infinite or NaN.
    #[track_caller]
    pub fn new(rate: impl Schedule + 'static) -> Self {
        Descent::by(rate, AdadeltaRule { rho: 0.95, epsilon: 1e-7 })
    }

    /// PyTorch's defaults.
    pub fn pytorch() -> Self {
        Descent::by(1.0, AdadeltaRule { rho: 0.9, epsilon: 1e-6 })
    }

    /// How much both averages keep from step to step.
    ///
    /// # Panics
    /// If it does not lie in 0..1.
    #[track_caller]
    pub fn rho(self, rho: f64) -> Self {
        let rho = setting::kept::<T>("rho", rho);
        self.with(|rule| rule.rho = rho)
    }

    /// What the first step is made of, and what keeps the denominator from 0.
    ///
    /// # Panics
    /// If it is not above 0: without it there is no first step.
    #[track_caller]
    pub fn epsilon(self, epsilon: f64) -> Self {
        let epsilon = setting::fits::<T>("epsilon", setting::positive("epsilon", epsilon));
        self.with(|rule| rule.epsilon = epsilon)
    }
}

impl<T: Scalar> Default for Adadelta<T> {
    /// A learning rate of 0.001, as in Keras.
    fn default() -> Self {
        Adadelta::new(0.001)
    }
}

impl Rule for AdadeltaRule {
    const NAME: &'static str = "adadelta";

    fn slots(&self) -> &'static [&'static str] {
        &["mean_square", "mean_square_step"]
    }

    fn update<T: Scalar>(&self, now: Step, pass: Pass<'_, T>) {
        let [rate, rho, new, epsilon] = [now.rate, self.rho, 1.0 - self.rho, self.epsilon].map(T::from_f64);
        pass.each(|w, g, [s, u]| {
            let s = rho * s + new * (g * g);
            let d = g * (u + epsilon).sqrt() / (s + epsilon).sqrt();
            (w - rate * d, [s, rho * u + new * (d * d)])
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{golden, one_number};

    #[test]
    fn after_1_2_and_5_steps() {
        golden(
            || Adadelta::new(1.0).rho(0.8).epsilon(1e-6),
            [[0.9978178211; 3], [0.9947066111, 0.9946939474, 0.9946935492], [0.9849322865, 0.9848816373, 0.9848800446]],
        );
    }

    #[test]
    fn the_first_step_is_made_of_epsilon() {
        let step = |rho: f64, epsilon: f64, g: f64| g * epsilon.sqrt() / ((1.0 - rho) * g * g + epsilon).sqrt();
        one_number(Adadelta::pytorch(), 0.0, &[2.0], &[-step(0.9, 1e-6, 2.0)]);
        one_number(Adadelta::default(), 0.0, &[2.0], &[-0.001 * step(0.95, 1e-7, 2.0)]);
    }
}
