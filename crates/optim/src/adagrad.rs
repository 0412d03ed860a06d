//! Adagrad: gradients divided by the root of the sum of all squared gradients.

use crate::descent::GradientDescent;
use crate::rule::{Step, UpdateRule};
use crate::schedule::Schedule;
use crate::setting;
use crate::update::ParamUpdate;
use autograd::Scalar;

/// Adagrad (Duchi, Hazan and Singer 2011): the larger the past gradients of a parameter, the smaller its steps.
///
/// With learning rate η and gradient g,
///
/// * s := s + g²
/// * w := w - η g / √(s + ε)
///
/// These are Keras's formulas, with ε inside the root and s starting at 0.1. [`pytorch`](Adagrad::pytorch) divides by
/// √s + ε and starts at 0.
///
/// | default | Keras | PyTorch |
/// |---|---|---|
/// | learning rate | 0.001 | 0.01 |
/// | initial value of s | 0.1 | 0 |
/// | ε | 1e-7, inside | 1e-10, outside |
///
/// ```
/// use optim::Adagrad;
/// let adagrad = Adagrad::<f32>::new(0.05).initial_accumulator_value(0.0);
/// ```
pub type Adagrad<T = f32> = GradientDescent<T, AdagradRule>;

/// The settings of [`Adagrad`].
#[derive(Clone, Debug, PartialEq)]
pub struct AdagradRule {
    initial_accumulator_value: f64,
    epsilon: f64,
    pytorch: bool,
}

impl<T: Scalar> Adagrad<T> {
    /// Creates the optimizer with Keras's defaults.
    ///
    /// # Panics
    /// If the learning rate is a constant that is negative or NaN, or is infinite or rounds to 0 in `T`.
    #[track_caller]
    pub fn new(rate: impl Schedule + 'static) -> Self {
        GradientDescent::with_rule(rate, AdagradRule { initial_accumulator_value: 0.1, epsilon: 1e-7, pytorch: false })
    }

    /// Creates the optimizer with PyTorch's defaults and formula.
    pub fn pytorch() -> Self {
        GradientDescent::with_rule(0.01, AdagradRule { initial_accumulator_value: 0.0, epsilon: 1e-10, pytorch: true })
    }

    /// Sets the value of s before the first step. Default: 0.1.
    ///
    /// # Panics
    /// If it is negative or NaN, or is infinite or rounds to 0 in `T`.
    #[track_caller]
    pub fn initial_accumulator_value(self, value: f64) -> Self {
        const NAME: &str = "initial_accumulator_value";
        let value = setting::representable::<T>(NAME, setting::non_negative(NAME, value));
        self.configure(|rule| rule.initial_accumulator_value = value)
    }

    /// Sets ε, which keeps the denominator away from 0.
    ///
    /// # Panics
    /// If it is negative or NaN, or is infinite or rounds to 0 in `T`, as 1e-50 does in `f32`.
    #[track_caller]
    pub fn epsilon(self, epsilon: f64) -> Self {
        let epsilon = setting::epsilon::<T>(epsilon);
        self.configure(|rule| rule.epsilon = epsilon)
    }
}

impl<T: Scalar> Default for Adagrad<T> {
    /// Creates the optimizer with Keras's defaults: learning rate 0.001.
    fn default() -> Self {
        Adagrad::new(0.001)
    }
}

impl UpdateRule for AdagradRule {
    const NAME: &'static str = "adagrad";

    fn slots(&self) -> &'static [&'static str] {
        &["sum"]
    }

    fn initial_value(&self) -> f64 {
        self.initial_accumulator_value
    }

    fn update<T: Scalar>(&self, step: Step, param: ParamUpdate<'_, T>) {
        let (inside, outside) = if self.pytorch { (0.0, self.epsilon) } else { (self.epsilon, 0.0) };
        let [rate, inside, outside] = [step.learning_rate, inside, outside].map(T::from_f64);
        param.elementwise(|w, g, [s]| {
            let s = s + g * g;
            (w - rate * g / ((s + inside).sqrt() + outside), [s])
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{five_digits, golden};

    #[test]
    fn after_1_2_and_5_steps() {
        golden(
            || Adagrad::new(0.2).initial_accumulator_value(0.3).epsilon(1e-6),
            [[0.9963491308; 3], [0.9604339206, 0.8615215374, 0.8209443406], [0.8559793315, 0.5644374863, 0.4825290179]],
        );
    }

    #[test]
    fn defaults_after_5_steps() {
        five_digits(Adagrad::default(), 0.99883);
        five_digits(Adagrad::pytorch(), 0.96224);
    }
}
