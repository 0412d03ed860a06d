//! Adadelta: steps in the unit of the parameter.

use crate::descent::GradientDescent;
use crate::rule::{Step, UpdateRule};
use crate::schedule::Schedule;
use crate::setting;
use crate::update::ParamUpdate;
use autograd::Scalar;

/// Adadelta (Zeiler 2012): the gradient, divided by its root mean square and multiplied by that of the earlier steps.
///
/// With learning rate η and gradient g,
///
/// * s := ρ s + (1 - ρ) g²
/// * d := g √(u + ε) / √(s + ε)
/// * u := ρ u + (1 - ρ) d²
/// * w := w - η d
///
/// The paper has no learning rate, which means η = 1. Keras's default of 0.001 makes training very slow.
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
pub type Adadelta<T = f32> = GradientDescent<T, AdadeltaRule>;

/// The settings of [`Adadelta`].
#[derive(Clone, Debug, PartialEq)]
pub struct AdadeltaRule {
    rho: f64,
    epsilon: f64,
}

impl<T: Scalar> Adadelta<T> {
    /// Creates the optimizer with Keras's defaults.
    ///
    /// # Panics
    /// If the learning rate is a constant that is negative or NaN, or is infinite or rounds to 0 in `T`.
    #[track_caller]
    pub fn new(rate: impl Schedule + 'static) -> Self {
        GradientDescent::with_rule(rate, AdadeltaRule { rho: 0.95, epsilon: 1e-7 })
    }

    /// Creates the optimizer with PyTorch's defaults.
    pub fn pytorch() -> Self {
        GradientDescent::with_rule(1.0, AdadeltaRule { rho: 0.9, epsilon: 1e-6 })
    }

    /// Sets ρ, the decay factor of both averages.
    ///
    /// # Panics
    /// If it is outside [0, 1), or rounds to 1 in `T`.
    #[track_caller]
    pub fn rho(self, rho: f64) -> Self {
        let rho = setting::decay_factor::<T>("rho", rho);
        self.configure(|rule| rule.rho = rho)
    }

    /// Sets ε, which determines the size of the first step and keeps the denominator away from 0.
    ///
    /// # Panics
    /// If it is not positive, because then every step is 0, or if it is infinite or rounds to 0 in `T`.
    #[track_caller]
    pub fn epsilon(self, epsilon: f64) -> Self {
        let epsilon = setting::representable::<T>("epsilon", setting::positive("epsilon", epsilon));
        self.configure(|rule| rule.epsilon = epsilon)
    }
}

impl<T: Scalar> Default for Adadelta<T> {
    /// Creates the optimizer with Keras's defaults: learning rate 0.001.
    fn default() -> Self {
        Adadelta::new(0.001)
    }
}

impl UpdateRule for AdadeltaRule {
    const NAME: &'static str = "adadelta";

    fn slots(&self) -> &'static [&'static str] {
        &["mean_square", "mean_square_step"]
    }

    fn update<T: Scalar>(&self, step: Step, param: ParamUpdate<'_, T>) {
        let [rate, rho, new, epsilon] = [step.learning_rate, self.rho, 1.0 - self.rho, self.epsilon].map(T::from_f64);
        param.elementwise(|w, g, [s, u]| {
            let s = rho * s + new * (g * g);
            let d = g * (u + epsilon).sqrt() / (s + epsilon).sqrt();
            (w - rate * d, [s, rho * u + new * (d * d)])
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{golden, one_weight};

    #[test]
    fn after_1_2_and_5_steps() {
        golden(
            || Adadelta::new(1.0).rho(0.8).epsilon(1e-6),
            [[0.9978178211; 3], [0.9947066111, 0.9946939474, 0.9946935492], [0.9849322865, 0.9848816373, 0.9848800446]],
        );
    }

    #[test]
    fn epsilon_determines_the_first_step() {
        let step = |rho: f64, epsilon: f64, g: f64| g * epsilon.sqrt() / ((1.0 - rho) * g * g + epsilon).sqrt();
        one_weight(Adadelta::pytorch(), 0.0, &[2.0], &[-step(0.9, 1e-6, 2.0)]);
        one_weight(Adadelta::default(), 0.0, &[2.0], &[-0.001 * step(0.95, 1e-7, 2.0)]);
    }
}
