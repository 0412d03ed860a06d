//! Lion: steps of the same size in every coordinate.

use crate::descent::GradientDescent;
use crate::rule::{Step, UpdateRule};
use crate::schedule::Schedule;
use crate::setting;
use crate::update::ParamUpdate;
use autograd::Scalar;

/// Lion (Chen et al. 2023): steps by the sign of an average of gradients.
///
/// With learning rate η and gradient g,
///
/// * w := w - η sign(β₁ m + (1 - β₁) g)
/// * m := β₂ m + (1 - β₂) g
///
/// Every element moves by η, so suitable learning rates are 3 to 10 times smaller than for Adam, and suitable weight
/// decays larger by the same factor. The state is half the size of Adam's. PyTorch has no Lion.
///
/// | default | Keras |
/// |---|---|
/// | learning rate | 0.001 |
/// | β₁, β₂ | 0.9, 0.99 |
///
/// ```
/// use optim::Lion;
/// let lion = Lion::<f32>::new(1e-4).weight_decay(0.04);
/// ```
pub type Lion<T = f32> = GradientDescent<T, LionRule>;

/// The settings of [`Lion`].
#[derive(Clone, Debug, PartialEq)]
pub struct LionRule {
    beta1: f64,
    beta2: f64,
}

impl<T: Scalar> Lion<T> {
    /// Creates the optimizer with Keras's defaults.
    ///
    /// # Panics
    /// If the learning rate is a constant that is negative or NaN, or is infinite or rounds to 0 in `T`.
    #[track_caller]
    pub fn new(rate: impl Schedule + 'static) -> Self {
        GradientDescent::with_rule(rate, LionRule { beta1: 0.9, beta2: 0.99 })
    }

    /// Sets β₁, the weight of the average in the step, and β₂, the decay factor of the average.
    ///
    /// # Panics
    /// If one of them is outside [0, 1), or rounds to 1 in `T`.
    #[track_caller]
    pub fn betas(self, beta1: f64, beta2: f64) -> Self {
        let (beta1, beta2) = setting::betas::<T>(beta1, beta2);
        self.configure(|rule| (rule.beta1, rule.beta2) = (beta1, beta2))
    }
}

impl<T: Scalar> Default for Lion<T> {
    /// Creates the optimizer with Keras's defaults: learning rate 0.001.
    fn default() -> Self {
        Lion::new(0.001)
    }
}

impl UpdateRule for LionRule {
    const NAME: &'static str = "lion";

    fn slots(&self) -> &'static [&'static str] {
        &["m"]
    }

    fn update<T: Scalar>(&self, step: Step, param: ParamUpdate<'_, T>) {
        let [rate, beta1, new1, beta2, new2] =
            [step.learning_rate, self.beta1, 1.0 - self.beta1, self.beta2, 1.0 - self.beta2].map(T::from_f64);
        param.elementwise(|w, g, [m]| (w - rate * (beta1 * m + new1 * g).sign(), [beta2 * m + new2 * g]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{golden, one_weight};

    #[test]
    fn gradients_of_one_sign_move_by_the_learning_rate() {
        golden(Lion::default, [[0.999; 3], [0.998; 3], [0.995; 3]]);
    }

    #[test]
    fn the_sign_is_that_of_the_average() {
        // With β₁ = β₂ = 1/2 the averages in the steps are 4, 1, -1/2 and exactly -1/4 + 1/4 = 0.
        let lion = Lion::new(1.0).betas(0.5, 0.5);
        one_weight(lion, 0.0, &[8.0, -2.0, -2.0, 0.5], &[-1.0, -2.0, -1.0, -1.0]);
    }
}
