//! Adam: steps of about the learning rate in every direction, whatever the gradients' size.

use crate::descent::Descent;
use crate::rule::{Rule, Step};
use crate::schedule::Schedule;
use crate::setting;
use crate::update::Pass;
use autograd::Scalar;

/// Adam (Kingma and Ba 2015): averages of the gradient and of its square, corrected for their start from 0.
///
/// With learning rate η and gradient g, in step t,
///
/// * m := m + (1 - β₁)(g - m)
/// * v := v + (1 - β₂)(g² - v)
/// * w := w - η √(1 - β₂ᵗ) / (1 - β₁ᵗ) · m / (√v + ε)
///
/// This is Keras's form, the paper's last one, in which ε is added to the uncorrected √v. [`pytorch`](Adam::pytorch) adds
/// it to the corrected one: w := w - η m̂ / (√v̂ + ε), with m̂ = m / (1 - β₁ᵗ) and v̂ = v / (1 - β₂ᵗ).
///
/// With [`amsgrad`](Adam::amsgrad) (Reddi et al. 2018) the largest v so far stands in the place of v.
///
/// | default | Keras | PyTorch |
/// |---|---|---|
/// | learning rate | 0.001 | 0.001 |
/// | β₁, β₂ | 0.9, 0.999 | 0.9, 0.999 |
/// | ε | 1e-7 | 1e-8 |
///
/// [`weight_decay`](Descent::weight_decay) is decoupled, as everywhere here: with it, Adam is [`AdamW`].
///
/// ```
/// use autograd::{Params, Tape};
/// use optim::{Adam, Optimizer};
/// use tensor::tensor;
///
/// let mut params = Params::<f64>::new();
/// let w = params.add("w", tensor![1.0, -100.0]);
/// let tape = Tape::new();
/// let grads = params.bind(&tape).var(w).square().sum().backward();
/// Adam::new(0.25).step(&mut params, &grads);
/// // The first step is the learning rate, against the sign of the gradient.
/// assert!((params.get(w).at([0]) - 0.75).abs() < 1e-6 && (params.get(w).at([1]) + 99.75).abs() < 1e-6);
/// ```
pub type Adam<T = f32> = Descent<T, AdamRule<false>>;

/// AdamW (Loshchilov and Hutter 2019): [`Adam`] with decoupled weight decay, w := w - η λ w before each step.
///
/// | default | Keras | PyTorch |
/// |---|---|---|
/// | weight decay λ | 0.004 | 0.01 |
///
/// All else is as in [`Adam`].
///
/// ```
/// use optim::{AdamW, Group};
/// let adam = AdamW::<f32>::new(1e-3)
///     .weight_decay(0.01)
///     .group(Group::named(|name| name.ends_with(".b")).weight_decay(0.0));
/// ```
pub type AdamW<T = f32> = Descent<T, AdamRule<true>>;

/// The settings of [`Adam`], and with `DECAYED` of [`AdamW`]: the two differ in the defaults only.
#[derive(Clone, Debug, PartialEq)]
pub struct AdamRule<const DECAYED: bool> {
    beta1: f64,
    beta2: f64,
    epsilon: f64,
    amsgrad: bool,
    /// Whether ε is added to the corrected √v̂, as in PyTorch.
    corrected: bool,
}

impl<const DECAYED: bool> AdamRule<DECAYED> {
    const KERAS: Self = AdamRule { beta1: 0.9, beta2: 0.999, epsilon: 1e-7, amsgrad: false, corrected: false };
    const PYTORCH: Self = AdamRule { epsilon: 1e-8, corrected: true, ..Self::KERAS };
}

impl<T: Scalar> Adam<T> {
    /// With Keras's defaults.
    ///
    /// # Panics
    /// If the learning rate is negative, infinite or NaN.
    #[track_caller]
    pub fn new(rate: impl Schedule + 'static) -> Self {
        Descent::by(rate, AdamRule::KERAS)
    }

    /// PyTorch's defaults and its form.
    pub fn pytorch() -> Self {
        Descent::by(0.001, AdamRule::PYTORCH)
    }
}

impl<T: Scalar> AdamW<T> {
    /// With Keras's defaults, a weight decay of 0.004 among them.
    ///
    /// # Panics
    /// If the learning rate is negative, infinite or NaN.
    #[track_caller]
    pub fn new(rate: impl Schedule + 'static) -> Self {
        Descent::by(rate, AdamRule::KERAS).weight_decay(0.004)
    }

    /// PyTorch's defaults, a weight decay of 0.01 among them, and its form.
    pub fn pytorch() -> Self {
        Descent::by(0.001, AdamRule::PYTORCH).weight_decay(0.01)
    }
}

impl<T: Scalar, const DECAYED: bool> Descent<T, AdamRule<DECAYED>> {
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

    /// Divides by the largest average of squares so far: a rare large gradient is never forgotten.
    pub fn amsgrad(self) -> Self {
        self.with(|rule| rule.amsgrad = true)
    }
}

impl<T: Scalar> Default for Adam<T> {
    /// A learning rate of 0.001, as in Keras.
    fn default() -> Self {
        Adam::new(0.001)
    }
}

impl<T: Scalar> Default for AdamW<T> {
    /// A learning rate of 0.001 and a weight decay of 0.004, as in Keras.
    fn default() -> Self {
        AdamW::new(0.001)
    }
}

impl<const DECAYED: bool> Rule for AdamRule<DECAYED> {
    const NAME: &'static str = if DECAYED { "adamw" } else { "adam" };

    fn slots(&self) -> &'static [&'static str] {
        if self.amsgrad { &["m", "v", "v_max"] } else { &["m", "v"] }
    }

    fn update<T: Scalar>(&self, now: Step, pass: Pass<'_, T>) {
        let (fix1, fix2) = (now.correction(self.beta1), now.correction(self.beta2).sqrt());
        // Keras: η fix2 / fix1 · m / (√v + ε); PyTorch: η / fix1 · m / (√v / fix2 + ε).
        let (rate, root) = if self.corrected { (now.rate / fix1, 1.0 / fix2) } else { (now.rate * fix2 / fix1, 1.0) };
        let [new1, new2, rate, root, epsilon] =
            [1.0 - self.beta1, 1.0 - self.beta2, rate, root, self.epsilon].map(T::from_f64);
        if self.amsgrad {
            pass.each(|w, g, [m, v, most]| {
                let (m, v) = (m + new1 * (g - m), v + new2 * (g * g - v));
                let most = v.maximum(most);
                (w - rate * m / (most.sqrt() * root + epsilon), [m, v, most])
            });
        } else {
            pass.each(|w, g, [m, v]| {
                let (m, v) = (m + new1 * (g - m), v + new2 * (g * g - v));
                (w - rate * m / (v.sqrt() * root + epsilon), [m, v])
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Optimizer;
    use crate::testing::{Given, golden, one_number};
    use autograd::Params;
    use tensor::tensor;

    #[test]
    fn after_1_2_and_5_steps() {
        let rows =
            [[0.9990003161; 3], [0.9981932538, 0.9982429409, 0.9982495219], [0.9954124606, 0.9955205155, 0.9955348432]];
        golden(Adam::default, rows);
        golden(|| Adam::default().amsgrad(), rows);
    }

    #[test]
    fn adamw_after_1_2_and_5_steps() {
        let rows = [
            [0.4998419111; 3],
            [0.2486405140, 0.2439791285, 0.2382340226],
            [0.0262927509, 0.0072750366, -0.0158922807],
        ];
        golden(|| AdamW::new(1.0).weight_decay(0.5).epsilon(2.0), rows);
        golden(|| Adam::new(1.0).weight_decay(0.5).epsilon(2.0), rows);
    }

    #[test]
    fn three_decays_without_a_gradient() {
        let mut params = Params::<f64>::new();
        let p = params.add("w", tensor![2.0]);
        let mut adam = AdamW::new(1.0);
        for _ in 0..3 {
            adam.step(&mut params, &Given(vec![(p, tensor![0.0])]));
        }
        assert!((params.get(p).item() - 1.976095872).abs() < 1e-12);
    }

    /// m̂ and v̂ by their definitions, with an ε that is large enough to be seen.
    #[test]
    fn pytorch_adds_epsilon_to_the_corrected_root() {
        let gradients = [0.5, -2.0, 1.0];
        let (mut w, mut m, mut v) = (1.0, 0.0, 0.0);
        let expected: Vec<f64> = (1..=3)
            .map(|t| {
                let g = gradients[t as usize - 1];
                (m, v) = (0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g);
                let (m_hat, v_hat): (f64, f64) = (m / (1.0 - 0.9_f64.powi(t)), v / (1.0 - 0.999_f64.powi(t)));
                w -= 0.1 * m_hat / (v_hat.sqrt() + 0.3);
                w
            })
            .collect();
        one_number(Adam::pytorch().rate(0.1).epsilon(0.3), 1.0, &gradients, &expected);
    }

    #[test]
    fn amsgrad_remembers_the_largest() {
        // β₂ = 0: v is the last square, and the corrections of v are 1.
        let plain = Adam::new(1.0).betas(0.0, 0.0).epsilon(0.0);
        one_number(plain.clone(), 0.0, &[4.0, 1.0, -2.0], &[-1.0, -2.0, -1.0]);
        one_number(plain.amsgrad(), 0.0, &[4.0, 1.0, -2.0], &[-1.0, -1.25, -0.75]);
    }

    #[test]
    #[should_panic(expected = "beta2 must lie in 0..1, without 1, but is 1")]
    fn a_beta_that_keeps_everything() {
        let _ = Adam::<f32>::default().betas(0.9, 1.0);
    }
}
