//! Nadam: Adam that looks ahead.

use crate::descent::Descent;
use crate::rule::{Rule, Step};
use crate::schedule::Schedule;
use crate::setting;
use crate::update::Pass;
use autograd::Scalar;

/// Nadam (Dozat 2016): [`Adam`](crate::Adam) with Nesterov's momentum, which grows as it warms up.
///
/// With learning rate η and gradient g, in step t,
///
/// * μₜ = β₁ (1 - ½ · 0.96ᵗ), and Πₜ = μ₁ μ₂ ... μₜ
/// * m := m + (1 - β₁)(g - m)
/// * v := v + (1 - β₂)(g² - v)
/// * m̂ = μₜ₊₁ m / (1 - Πₜ₊₁) + (1 - μₜ) g / (1 - Πₜ)
/// * w := w - η m̂ / (√(v / (1 - β₂ᵗ)) + ε)
///
/// This is Keras's form, and the paper's. [`pytorch`](Nadam::pytorch) warms the momentum up 250 times as slowly, with
/// 0.96^(0.004 t).
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
pub type Nadam<T = f32> = Descent<T, NadamRule>;

/// The settings of [`Nadam`].
#[derive(Clone, Debug, PartialEq)]
pub struct NadamRule {
    beta1: f64,
    beta2: f64,
    epsilon: f64,
    /// Momentum warms up as 0.96 to the power of this times t.
    warming: f64,
}

impl<T: Scalar> Nadam<T> {
    /// With Keras's defaults.
    ///
    /// # Panics
    /// If the learning rate is negative, infinite or NaN.
    #[track_caller]
    pub fn new(rate: impl Schedule + 'static) -> Self {
        Descent::by(rate, NadamRule { beta1: 0.9, beta2: 0.999, epsilon: 1e-7, warming: 1.0 })
    }

    /// PyTorch's defaults and its slower warming up.
    pub fn pytorch() -> Self {
        Descent::by(0.002, NadamRule { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, warming: 0.004 })
    }

    /// How much the averages of the gradient and of its square keep from step to step.
    ///
    /// # Panics
    /// If one of them does not lie in 0..1.
    #[track_caller]
    pub fn betas(self, beta1: f64, beta2: f64) -> Self {
        let (beta1, beta2) = (setting::kept::<T>("beta1", beta1), setting::kept::<T>("beta2", beta2));
        self.with(|rule| (rule.beta1, rule.beta2) = (beta1, beta2))
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

impl<T: Scalar> Default for Nadam<T> {
    /// A learning rate of 0.001, as in Keras.
    fn default() -> Self {
        Nadam::new(0.001)
    }
}

impl NadamRule {
    /// μₜ, where `warm` is 0.96ᵗ.
    fn momentum(&self, warm: f64) -> f64 {
        self.beta1 * (1.0 - 0.5 * warm)
    }

    /// μₜ, μₜ₊₁ and Πₜ.
    fn momenta(&self, t: u64) -> [f64; 3] {
        let base = 0.96_f64.powf(self.warming);
        let warm = base.powf(t as f64);
        let mut product = 1.0;
        // Πₜ is at most β₁ᵗ; where that is nothing beside 1, there is nothing to multiply.
        if self.beta1.powf(t as f64) < 1e-20 {
            product = 0.0;
        } else {
            let mut warm = 1.0;
            for _ in 0..t {
                warm *= base;
                product *= self.momentum(warm);
            }
        }
        [self.momentum(warm), self.momentum(warm * base), product]
    }
}

impl Rule for NadamRule {
    const NAME: &'static str = "nadam";

    fn slots(&self) -> &'static [&'static str] {
        &["m", "v"]
    }

    fn update<T: Scalar>(&self, now: Step, pass: Pass<'_, T>) {
        let [mu, next, product] = self.momenta(now.count);
        let of_m = now.rate * next / (1.0 - product * next);
        let of_g = now.rate * (1.0 - mu) / (1.0 - product);
        let root = 1.0 / now.correction(self.beta2).sqrt();
        let [new1, new2, of_m, of_g, root, epsilon] =
            [1.0 - self.beta1, 1.0 - self.beta2, of_m, of_g, root, self.epsilon].map(T::from_f64);
        pass.each(|w, g, [m, v]| {
            let (m, v) = (m + new1 * (g - m), v + new2 * (g * g - v));
            (w - (of_m * m + of_g * g) / (v.sqrt() * root + epsilon), [m, v])
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
            || Nadam::new(0.5).betas(0.5, 0.67).epsilon(1e-5),
            [
                [0.4280913085; 3],
                [-0.1738019010, -0.1721218038, -0.1717305299],
                [-1.7492008027, -1.7460938275, -1.7454064966],
            ],
        );
    }

    #[test]
    fn momentum_warms_up_slowly_in_pytorch() {
        // From m = 0 and v = 0 the first step is η (μ₂ (1 - β₁) / (1 - μ₁ μ₂) + 1) g / (|g| + ε).
        for (nadam, rate, exponent) in [(Nadam::default(), 0.001, 1.0), (Nadam::pytorch(), 0.002, 0.004)] {
            let mu = |t: f64| 0.9 * (1.0 - 0.5 * 0.96_f64.powf(exponent * t));
            let step = rate * (mu(2.0) * 0.1 / (1.0 - mu(1.0) * mu(2.0)) + 1.0);
            one_number(nadam.epsilon(0.0), 1.0, &[-3.0], &[1.0 + step]);
        }
    }

    #[test]
    fn a_product_of_many_momenta_is_nothing() {
        let rule = NadamRule { beta1: 0.9, beta2: 0.999, epsilon: 1e-7, warming: 1.0 };
        let [_, _, before] = rule.momenta(437);
        let [mu, next, after] = rule.momenta(438);
        assert!(before > 0.0 && 1.0 - before == 1.0);
        assert_eq!((after, 1.0 - after), (0.0, 1.0));
        assert!((mu - 0.9).abs() < 1e-7 && (next - 0.9).abs() < 1e-7);
    }
}
