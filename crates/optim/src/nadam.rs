//! Nadam: Adam with Nesterov momentum.

use crate::descent::GradientDescent;
use crate::rule::{Step, UpdateRule};
use crate::schedule::Schedule;
use crate::setting;
use crate::update::ParamUpdate;
use autograd::Scalar;

/// Nadam (Dozat 2016): [`Adam`](crate::Adam) with Nesterov momentum μₜ, which increases towards β₁.
///
/// With learning rate η and gradient g, in step t,
///
/// * μₜ = β₁ (1 - ½ · 0.96ᵗ), and Πₜ = μ₁ μ₂ ... μₜ
/// * m := m + (1 - β₁)(g - m)
/// * v := v + (1 - β₂)(g² - v)
/// * m̂ = μₜ₊₁ m / (1 - Πₜ₊₁) + (1 - μₜ) g / (1 - Πₜ)
/// * w := w - η m̂ / (√(v / (1 - β₂ᵗ)) + ε)
///
/// These are the formulas of Keras and of the paper. In [`pytorch`](Nadam::pytorch) the momentum increases 250 times as
/// slowly, with 0.96^(0.004 t) in place of 0.96ᵗ.
///
/// | default | Keras | PyTorch |
/// |---|---|---|
/// | learning rate | 0.001 | 0.002 |
/// | β₁, β₂ | 0.9, 0.999 | 0.9, 0.999 |
/// | ε | 1e-7 | 1e-8 |
///
/// ```
/// use optim::Nadam;
/// let nadam = Nadam::<f32>::new(2e-3).betas(0.9, 0.99);
/// ```
pub type Nadam<T = f32> = GradientDescent<T, NadamRule>;

/// The settings of [`Nadam`].
#[derive(Clone, Debug, PartialEq)]
pub struct NadamRule {
    beta1: f64,
    beta2: f64,
    epsilon: f64,
    /// The factor on t in 0.96ᵗ.
    momentum_decay: f64,
}

impl<T: Scalar> Nadam<T> {
    /// Creates the optimizer with Keras's defaults.
    ///
    /// # Panics
    /// If the learning rate is a constant that is negative or NaN, or is infinite or rounds to 0 in `T`.
    #[track_caller]
    pub fn new(rate: impl Schedule + 'static) -> Self {
        GradientDescent::with_rule(rate, NadamRule { beta1: 0.9, beta2: 0.999, epsilon: 1e-7, momentum_decay: 1.0 })
    }

    /// Creates the optimizer with PyTorch's defaults and formula.
    pub fn pytorch() -> Self {
        GradientDescent::with_rule(0.002, NadamRule { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, momentum_decay: 0.004 })
    }

    /// Sets β₁ and β₂, the decay factors of the averages of the gradient and of its square.
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

impl<T: Scalar> Default for Nadam<T> {
    /// Creates the optimizer with Keras's defaults: learning rate 0.001.
    fn default() -> Self {
        Nadam::new(0.001)
    }
}

impl NadamRule {
    /// Returns μₜ, where `power` is 0.96ᵗ.
    fn momentum(&self, power: f64) -> f64 {
        self.beta1 * (1.0 - 0.5 * power)
    }

    /// Returns μₜ, μₜ₊₁ and Πₜ.
    fn momenta(&self, t: u64) -> [f64; 3] {
        let base = 0.96_f64.powf(self.momentum_decay);
        let power = base.powf(t as f64);
        let mut product = 1.0;
        // Πₜ is at most β₁ᵗ. Where that is negligible beside 1, the loop is skipped.
        if self.beta1.powf(t as f64) < 1e-20 {
            product = 0.0;
        } else {
            let mut power = 1.0;
            for _ in 0..t {
                power *= base;
                product *= self.momentum(power);
            }
        }
        [self.momentum(power), self.momentum(power * base), product]
    }
}

impl UpdateRule for NadamRule {
    const NAME: &'static str = "nadam";

    fn slots(&self) -> &'static [&'static str] {
        &["m", "v"]
    }

    fn update<T: Scalar>(&self, step: Step, param: ParamUpdate<'_, T>) {
        let [mu, next, product] = self.momenta(step.count);
        let m_factor = step.learning_rate * next / (1.0 - product * next);
        let g_factor = step.learning_rate * (1.0 - mu) / (1.0 - product);
        let root = 1.0 / step.bias_correction(self.beta2).sqrt();
        let [new1, new2, m_factor, g_factor, root, epsilon] =
            [1.0 - self.beta1, 1.0 - self.beta2, m_factor, g_factor, root, self.epsilon].map(T::from_f64);
        param.elementwise(|w, g, [m, v]| {
            let (m, v) = (m + new1 * (g - m), v + new2 * (g * g - v));
            (w - (m_factor * m + g_factor * g) / (v.sqrt() * root + epsilon), [m, v])
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
            || Nadam::new(0.5).betas(0.5, 0.67).epsilon(1e-5),
            [
                [0.4280913085; 3],
                [-0.1738019010, -0.1721218038, -0.1717305299],
                [-1.7492008027, -1.7460938275, -1.7454064966],
            ],
        );
    }

    #[test]
    fn momentum_increases_slowly_in_pytorch() {
        // From m = 0 and v = 0 the first step is η (μ₂ (1 - β₁) / (1 - μ₁ μ₂) + 1) g / (|g| + ε).
        for (nadam, rate, exponent) in [(Nadam::default(), 0.001, 1.0), (Nadam::pytorch(), 0.002, 0.004)] {
            let mu = |t: f64| 0.9 * (1.0 - 0.5 * 0.96_f64.powf(exponent * t));
            let step = rate * (mu(2.0) * 0.1 / (1.0 - mu(1.0) * mu(2.0)) + 1.0);
            one_weight(nadam.epsilon(0.0), 1.0, &[-3.0], &[1.0 + step]);
        }
    }

    #[test]
    fn the_product_of_many_momenta_becomes_negligible() {
        let rule = NadamRule { beta1: 0.9, beta2: 0.999, epsilon: 1e-7, momentum_decay: 1.0 };
        let [_, _, before] = rule.momenta(437);
        let [mu, next, after] = rule.momenta(438);
        assert!(before > 0.0 && 1.0 - before == 1.0);
        assert_eq!((after, 1.0 - after), (0.0, 1.0));
        assert!((mu - 0.9).abs() < 1e-7 && (next - 0.9).abs() < 1e-7);
    }
}
