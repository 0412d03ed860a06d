//! Lion: steps of the same size in every direction.

use crate::descent::Descent;
use crate::rule::{Rule, Step};
use crate::schedule::Schedule;
use crate::setting;
use crate::update::Pass;
use autograd::Scalar;

/// Lion (Chen et al. 2023): the sign of an average of gradients.
///
/// With learning rate η and gradient g,
///
/// * w := w - η sign(β₁ m + (1 - β₁) g)
/// * m := β₂ m + (1 - β₂) g
///
/// Every number moves by η, so rates are 3 to 10 times smaller than Adam's, and weight decay as many times larger. It
/// remembers half as much. PyTorch has none.
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
pub type Lion<T = f32> = Descent<T, LionRule>;

/// The settings of [`Lion`].
#[derive(Clone, Debug, PartialEq)]
pub struct LionRule {
    beta1: f64,
    beta2: f64,
}

impl<T: Scalar> Lion<T> {
    /// With Keras's defaults.
    ///
    /// # Panics
    /// If the learning rate is negative, infinite or NaN.
    #[track_caller]
    pub fn new(rate: impl Schedule + 'static) -> Self {
        Descent::by(rate, LionRule { beta1: 0.9, beta2: 0.99 })
    }

    /// How much of the average counts in the step, and how much of it is kept.
    ///
    /// # Panics
    /// If one of them does not lie in 0..1.
    #[track_caller]
    pub fn betas(self, beta1: f64, beta2: f64) -> Self {
        let (beta1, beta2) = (setting::kept::<T>("beta1", beta1), setting::kept::<T>("beta2", beta2));
        self.with(|rule| (rule.beta1, rule.beta2) = (beta1, beta2))
    }
}

impl<T: Scalar> Default for Lion<T> {
    /// A learning rate of 0.001, as in Keras.
    fn default() -> Self {
        Lion::new(0.001)
    }
}

impl Rule for LionRule {
    const NAME: &'static str = "lion";

    fn slots(&self) -> &'static [&'static str] {
        &["m"]
    }

    fn update<T: Scalar>(&self, now: Step, pass: Pass<'_, T>) {
        let [rate, kept1, new1, kept2, new2] =
            [now.rate, self.beta1, 1.0 - self.beta1, self.beta2, 1.0 - self.beta2].map(T::from_f64);
        pass.each(|w, g, [m]| (w - rate * (kept1 * m + new1 * g).sign(), [kept2 * m + new2 * g]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{golden, one_number};

    #[test]
    fn gradients_of_one_sign_move_by_the_rate() {
        golden(Lion::default, [[0.999; 3], [0.998; 3], [0.995; 3]]);
    }

    #[test]
    fn the_average_decides() {
        // With β₁ = β₂ = 1/2 the averages are 4, 1, -1/2 and then exactly 0 - 1/4 + 1/4.
        let lion = Lion::new(1.0).betas(0.5, 0.5);
        one_number(lion, 0.0, &[8.0, -2.0, -2.0, 0.5], &[-1.0, -2.0, -1.0, -1.0]);
    }
}
