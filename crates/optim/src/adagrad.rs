//! Adagrad: gradients divided by the root of the sum of all their squares.

use crate::descent::Descent;
use crate::rule::{Rule, Step};
use crate::schedule::Schedule;
use crate::setting;
use crate::update::Pass;
use autograd::Scalar;

/// Adagrad (Duchi, Hazan and Singer 2011): the more a parameter has moved, the smaller its steps.
///
/// With learning rate η and gradient g,
///
/// * s := s + g²
/// * w := w - η g / √(s + ε)
///
/// This is Keras's form, with ε inside the root and a sum that starts from 0.1. [`pytorch`](Adagrad::pytorch) divides by
/// √s + ε and starts from 0.
///
/// | default | Keras | PyTorch |
/// |---|---|---|
/// | learning rate | 0.001 | 0.01 |
/// | s before the first step | 0.1 | 0 |
/// | ε | 1e-7, inside | 1e-10, outside |
///
/// ```
/// use optim::Adagrad;
/// let adagrad = Adagrad::<f32>::new(0.05).initial_sum(0.0);
/// ```
pub type Adagrad<T = f32> = Descent<T, AdagradRule>;

/// The settings of [`Adagrad`].
#[derive(Clone, Debug, PartialEq)]
pub struct AdagradRule {
    initial_sum: f64,
    epsilon: f64,
    pytorch: bool,
}

impl<T: Scalar> Adagrad<T> {
    /// With Keras's defaults.
    ///
    /// # Panics
    /// If the learning rate is negative, infinite or NaN.
    #[track_caller]
    pub fn new(rate: impl Schedule + 'static) -> Self {
        Descent::by(rate, AdagradRule { initial_sum: 0.1, epsilon: 1e-7, pytorch: false })
    }

    /// PyTorch's defaults and its form.
    pub fn pytorch() -> Self {
        Descent::by(0.01, AdagradRule { initial_sum: 0.0, epsilon: 1e-10, pytorch: true })
    }

    /// What the sum of squares is before the first step.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN.
    #[track_caller]
    pub fn initial_sum(self, sum: f64) -> Self {
        let sum = setting::fits::<T>("the initial sum", setting::from_zero("the initial sum", sum));
        self.with(|rule| rule.initial_sum = sum)
    }

    /// What keeps the denominator from 0.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN, or is not 0 but rounds to 0 in `T`: 1e-50 in an `f32`.
    #[track_caller]
    pub fn epsilon(self, epsilon: f64) -> Self {
        let epsilon = setting::fits::<T>("epsilon", setting::from_zero("epsilon", epsilon));
        self.with(|rule| rule.epsilon = epsilon)
    }
}

impl<T: Scalar> Default for Adagrad<T> {
    /// A learning rate of 0.001, as in Keras.
    fn default() -> Self {
        Adagrad::new(0.001)
    }
}

impl Rule for AdagradRule {
    const NAME: &'static str = "adagrad";

    fn slots(&self) -> &'static [&'static str] {
        &["sum"]
    }

    fn start(&self) -> f64 {
        self.initial_sum
    }

    fn update<T: Scalar>(&self, now: Step, pass: Pass<'_, T>) {
        let (inside, outside) = if self.pytorch { (0.0, self.epsilon) } else { (self.epsilon, 0.0) };
        let [rate, inside, outside] = [now.rate, inside, outside].map(T::from_f64);
        pass.each(|w, g, [s]| {
            let s = s + g * g;
            (w - rate * g / ((s + inside).sqrt() + outside), [s])
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{golden, roughly};

    #[test]
    fn after_1_2_and_5_steps() {
        golden(
            || Adagrad::new(0.2).initial_sum(0.3).epsilon(1e-6),
            [[0.9963491308; 3], [0.9604339206, 0.8615215374, 0.8209443406], [0.8559793315, 0.5644374863, 0.4825290179]],
        );
    }

    #[test]
    fn defaults_after_5_steps() {
        roughly(Adagrad::default(), 0.99883);
        roughly(Adagrad::pytorch(), 0.96224);
    }
}
