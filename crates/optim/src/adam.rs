//! Adam and AdamW: steps of about the learning rate in every coordinate, independent of the scale of the gradients.

use crate::descent::GradientDescent;
use crate::rule::{Step, UpdateRule};
use crate::schedule::Schedule;
use crate::setting;
use crate::update::ParamUpdate;
use autograd::Scalar;

/// Adam (Kingma and Ba 2015): moving averages of the gradient and of its square, with bias correction.
///
/// With learning rate η and gradient g, in step t,
///
/// * m := m + (1 - β₁)(g - m)
/// * v := v + (1 - β₂)(g² - v)
/// * w := w - η √(1 - β₂ᵗ) / (1 - β₁ᵗ) · m / (√v + ε)
///
/// These are Keras's formulas, in which ε is added to √v before bias correction. [`pytorch`](Adam::pytorch) adds it
/// after: w := w - η m̂ / (√v̂ + ε), with m̂ = m / (1 - β₁ᵗ) and v̂ = v / (1 - β₂ᵗ).
///
/// [`amsgrad`](Adam::amsgrad) (Reddi et al. 2018) replaces v in the last formula by its maximum over all steps so far.
///
/// | default | Keras | PyTorch |
/// |---|---|---|
/// | learning rate | 0.001 | 0.001 |
/// | β₁, β₂ | 0.9, 0.999 | 0.9, 0.999 |
/// | ε | 1e-7 | 1e-8 |
///
/// [`weight_decay`](GradientDescent::weight_decay) is decoupled for every optimizer of this crate, so Adam with weight
/// decay is [`AdamW`].
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
/// // The first step has the size of the learning rate, against the sign of the gradient.
/// assert!((params.get(w).at([0]) - 0.75).abs() < 1e-6 && (params.get(w).at([1]) + 99.75).abs() < 1e-6);
/// ```
pub type Adam<T = f32> = GradientDescent<T, AdamRule<false>>;

/// AdamW (Loshchilov and Hutter 2019): [`Adam`] with decoupled weight decay, w := w - η λ w before each step.
///
/// | default | Keras | PyTorch |
/// |---|---|---|
/// | weight decay λ | 0.004 | 0.01 |
///
/// The other defaults are those of [`Adam`].
///
/// ```
/// use optim::{AdamW, ParamGroup};
/// let adam = AdamW::<f32>::new(1e-3)
///     .weight_decay(0.01)
///     .group(ParamGroup::named(|name| name.ends_with(".b")).weight_decay(0.0));
/// ```
pub type AdamW<T = f32> = GradientDescent<T, AdamRule<true>>;

/// The settings of [`Adam`], or of [`AdamW`] if `DECAYED`, which differ only in their defaults.
#[derive(Clone, Debug, PartialEq)]
pub struct AdamRule<const DECAYED: bool> {
    beta1: f64,
    beta2: f64,
    epsilon: f64,
    amsgrad: bool,
    /// Whether ε is added after bias correction, as in PyTorch.
    pytorch: bool,
}

impl<const DECAYED: bool> AdamRule<DECAYED> {
    const KERAS: Self = AdamRule { beta1: 0.9, beta2: 0.999, epsilon: 1e-7, amsgrad: false, pytorch: false };
    const PYTORCH: Self = AdamRule { epsilon: 1e-8, pytorch: true, ..Self::KERAS };
}

impl<T: Scalar> Adam<T> {
    /// Creates the optimizer with Keras's defaults.
    ///
    /// # Panics
    /// If the learning rate is a constant that is negative or NaN, or is infinite or rounds to 0 in `T`.
    #[track_caller]
    pub fn new(rate: impl Schedule + 'static) -> Self {
        GradientDescent::with_rule(rate, AdamRule::KERAS)
    }

    /// Creates the optimizer with PyTorch's defaults and formula.
    pub fn pytorch() -> Self {
        GradientDescent::with_rule(0.001, AdamRule::PYTORCH)
    }
}

impl<T: Scalar> AdamW<T> {
    /// Creates the optimizer with Keras's defaults, which include a weight decay of 0.004.
    ///
    /// # Panics
    /// If the learning rate is a constant that is negative or NaN, or is infinite or rounds to 0 in `T`.
    #[track_caller]
    pub fn new(rate: impl Schedule + 'static) -> Self {
        GradientDescent::with_rule(rate, AdamRule::KERAS).weight_decay(0.004)
    }

    /// Creates the optimizer with PyTorch's formula and defaults, which include a weight decay of 0.01.
    pub fn pytorch() -> Self {
        GradientDescent::with_rule(0.001, AdamRule::PYTORCH).weight_decay(0.01)
    }
}

impl<T: Scalar, const DECAYED: bool> GradientDescent<T, AdamRule<DECAYED>> {
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

    /// Uses the maximum of all averages of squares so far, so a rare large gradient is never forgotten.
    pub fn amsgrad(self) -> Self {
        self.configure(|rule| rule.amsgrad = true)
    }
}

impl<T: Scalar> Default for Adam<T> {
    /// Creates the optimizer with Keras's defaults: learning rate 0.001.
    fn default() -> Self {
        Adam::new(0.001)
    }
}

impl<T: Scalar> Default for AdamW<T> {
    /// Creates the optimizer with Keras's defaults: learning rate 0.001, weight decay 0.004.
    fn default() -> Self {
        AdamW::new(0.001)
    }
}

impl<const DECAYED: bool> UpdateRule for AdamRule<DECAYED> {
    const NAME: &'static str = if DECAYED { "adamw" } else { "adam" };

    fn slots(&self) -> &'static [&'static str] {
        if self.amsgrad { &["m", "v", "v_max"] } else { &["m", "v"] }
    }

    fn update<T: Scalar>(&self, step: Step, param: ParamUpdate<'_, T>) {
        let (correction1, correction2) = (step.bias_correction(self.beta1), step.bias_correction(self.beta2).sqrt());
        // With c₁ = 1 - β₁ᵗ and c₂ = √(1 - β₂ᵗ), Keras: η c₂ / c₁ · m / (√v + ε); PyTorch: η / c₁ · m / (√v / c₂ + ε).
        let (rate, root) = if self.pytorch {
            (step.learning_rate / correction1, 1.0 / correction2)
        } else {
            (step.learning_rate * correction2 / correction1, 1.0)
        };
        let [new1, new2, rate, root, epsilon] =
            [1.0 - self.beta1, 1.0 - self.beta2, rate, root, self.epsilon].map(T::from_f64);
        if self.amsgrad {
            param.elementwise(|w, g, [m, v, v_max]| {
                let (m, v) = (m + new1 * (g - m), v + new2 * (g * g - v));
                let v_max = v.maximum(v_max);
                (w - rate * m / (v_max.sqrt() * root + epsilon), [m, v, v_max])
            });
        } else {
            param.elementwise(|w, g, [m, v]| {
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
    use crate::testing::{Given, golden, one_weight};
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
    fn adamw_decays_weights_without_a_gradient() {
        let mut params = Params::<f64>::new();
        let p = params.add("w", tensor![2.0]);
        let mut adam = AdamW::new(1.0);
        for _ in 0..3 {
            adam.step(&mut params, &Given(vec![(p, tensor![0.0])]));
        }
        assert!((params.get(p).item() - 1.976095872).abs() < 1e-12);
    }

    /// Reference values from the definitions of m̂ and v̂, with an ε large enough to matter.
    #[test]
    fn pytorch_adds_epsilon_after_bias_correction() {
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
        one_weight(Adam::pytorch().with_learning_rate(0.1).epsilon(0.3), 1.0, &gradients, &expected);
    }

    #[test]
    fn amsgrad_uses_the_maximum_of_v() {
        // β₂ = 0: v is the last square, and the corrections of v are 1.
        let plain = Adam::new(1.0).betas(0.0, 0.0).epsilon(0.0);
        one_weight(plain.clone(), 0.0, &[4.0, 1.0, -2.0], &[-1.0, -2.0, -1.0]);
        one_weight(plain.amsgrad(), 0.0, &[4.0, 1.0, -2.0], &[-1.0, -1.25, -0.75]);
    }

    #[test]
    #[should_panic(expected = "beta2 must lie in [0, 1), got 1")]
    fn a_beta_of_one_is_rejected() {
        let _ = Adam::<f32>::default().betas(0.9, 1.0);
    }
}
