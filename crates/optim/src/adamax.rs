//! Adamax: Adam with a decaying maximum in place of the average of squares.

use crate::descent::GradientDescent;
use crate::rule::{Step, UpdateRule};
use crate::schedule::Schedule;
use crate::setting;
use crate::update::ParamUpdate;
use autograd::Scalar;

/// Adamax (Kingma and Ba 2015, section 7.1): [`Adam`](crate::Adam) in the infinity norm.
///
/// With learning rate η and gradient g, in step t,
///
/// * m := m + (1 - β₁)(g - m)
/// * u := max(β₂ u, |g|)
/// * w := w - η / (1 - β₁ᵗ) · m / (u + ε)
///
/// These are Keras's formulas. [`pytorch`](Adamax::pytorch) adds ε to |g| rather than to u.
///
/// | default | Keras | PyTorch |
/// |---|---|---|
/// | learning rate | 0.001 | 0.002 |
/// | β₁, β₂ | 0.9, 0.999 | 0.9, 0.999 |
/// | ε | 1e-7 | 1e-8 |
///
/// ```
/// use optim::Adamax;
/// let adamax = Adamax::<f32>::new(2e-3).betas(0.9, 0.99);
/// ```
pub type Adamax<T = f32> = GradientDescent<T, AdamaxRule>;

/// The settings of [`Adamax`].
#[derive(Clone, Debug, PartialEq)]
pub struct AdamaxRule {
    beta1: f64,
    beta2: f64,
    epsilon: f64,
    pytorch: bool,
}

impl<T: Scalar> Adamax<T> {
    /// Creates the optimizer with Keras's defaults.
    ///
    /// # Panics
    /// If the learning rate is a constant that is negative or NaN, or is infinite or rounds to 0 in `T`.
    #[track_caller]
    pub fn new(rate: impl Schedule + 'static) -> Self {
        GradientDescent::with_rule(rate, AdamaxRule { beta1: 0.9, beta2: 0.999, epsilon: 1e-7, pytorch: false })
    }

    /// Creates the optimizer with PyTorch's defaults and formula.
    pub fn pytorch() -> Self {
        GradientDescent::with_rule(0.002, AdamaxRule { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, pytorch: true })
    }

    /// Sets β₁, the decay factor of the average of the gradient, and β₂, that of the maximum of its absolute value.
    ///
    /// # Panics
    /// If one of them is outside [0, 1), or rounds to 1 in `T`.
    #[track_caller]
    pub fn betas(self, beta1: f64, beta2: f64) -> Self {
        let (beta1, beta2) = setting::betas::<T>(beta1, beta2);
        self.configure(|rule| (rule.beta1, rule.beta2) = (beta1, beta2))
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

impl<T: Scalar> Default for Adamax<T> {
    /// Creates the optimizer with Keras's defaults: learning rate 0.001.
    fn default() -> Self {
        Adamax::new(0.001)
    }
}

impl UpdateRule for AdamaxRule {
    const NAME: &'static str = "adamax";

    fn slots(&self) -> &'static [&'static str] {
        &["m", "u"]
    }

    fn update<T: Scalar>(&self, step: Step, param: ParamUpdate<'_, T>) {
        let (inside, outside) = if self.pytorch { (self.epsilon, 0.0) } else { (0.0, self.epsilon) };
        let rate = step.learning_rate / step.bias_correction(self.beta1);
        let [rate, new, beta2, inside, outside] =
            [rate, 1.0 - self.beta1, self.beta2, inside, outside].map(T::from_f64);
        param.elementwise(|w, g, [m, u]| {
            let m = m + new * (g - m);
            let u = (beta2 * u).maximum(g.abs() + inside);
            (w - rate * m / (u + outside), [m, u])
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
            || Adamax::new(0.2).betas(0.85, 0.95).epsilon(1e-6),
            [[0.8000199980; 3], [0.6827238737, 0.6900742719, 0.6909930800], [0.1933080224, 0.2104837527, 0.2126307383]],
        );
    }

    #[test]
    fn epsilon_in_keras_and_pytorch() {
        // β₁ = 0: m is the gradient. In Keras u is 4, then 2; in PyTorch 5, then 2.5.
        let betas = |adamax: Adamax<f64>| adamax.with_learning_rate(1.0).betas(0.0, 0.5).epsilon(1.0);
        one_weight(betas(Adamax::default()), 0.0, &[4.0, 0.5], &[-0.8, -0.8 - 0.5 / 3.0]);
        one_weight(betas(Adamax::pytorch()), 0.0, &[4.0, 0.5], &[-0.8, -0.8 - 0.5 / 2.5]);
    }
}
