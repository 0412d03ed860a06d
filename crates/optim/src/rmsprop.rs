//! RMSprop: gradients divided by a moving root mean square.

use crate::descent::GradientDescent;
use crate::rule::{Step, UpdateRule};
use crate::schedule::Schedule;
use crate::setting;
use crate::update::ParamUpdate;
use autograd::Scalar;

/// RMSprop (Tieleman and Hinton 2012, lecture 6.5; centered: Graves 2013): gradients divided by their root mean square.
///
/// With learning rate η and gradient g,
///
/// * s := ρ s + (1 - ρ) g²
/// * centered only: a := ρ a + (1 - ρ) g, and s - a² replaces s below
/// * w := w - η g / √(s + ε)
/// * or, with momentum: b := μ b + η g / √(s + ε), then w := w - b
///
/// These are Keras's formulas, with ε inside the root and the learning rate inside the velocity b.
/// [`pytorch`](RmsProp::pytorch) divides by √s + ε and applies the rate last: b := μ b + g / (√s + ε), then
/// w := w - η b.
///
/// | default | Keras | PyTorch |
/// |---|---|---|
/// | learning rate | 0.001 | 0.01 |
/// | ρ | 0.9 | 0.99 |
/// | ε | 1e-7, inside | 1e-8, outside |
/// | momentum μ | 0 | 0 |
///
/// ```
/// use optim::RmsProp;
/// let rmsprop = RmsProp::<f32>::new(1e-3).rho(0.95).momentum(0.9).centered();
/// ```
pub type RmsProp<T = f32> = GradientDescent<T, RmsPropRule>;

/// The settings of [`RmsProp`].
#[derive(Clone, Debug, PartialEq)]
pub struct RmsPropRule {
    rho: f64,
    momentum: f64,
    epsilon: f64,
    centered: bool,
    pytorch: bool,
}

impl<T: Scalar> RmsProp<T> {
    /// Creates the optimizer with Keras's defaults.
    ///
    /// # Panics
    /// If the learning rate is a constant that is negative or NaN, or is infinite or rounds to 0 in `T`.
    #[track_caller]
    pub fn new(rate: impl Schedule + 'static) -> Self {
        GradientDescent::with_rule(
            rate,
            RmsPropRule { rho: 0.9, momentum: 0.0, epsilon: 1e-7, centered: false, pytorch: false },
        )
    }

    /// Creates the optimizer with PyTorch's defaults and formula.
    pub fn pytorch() -> Self {
        RmsProp::new(0.01).configure(|rule| *rule = RmsPropRule { rho: 0.99, epsilon: 1e-8, pytorch: true, ..*rule })
    }

    /// Sets ρ, the decay factor of the averages (PyTorch: `alpha`).
    ///
    /// # Panics
    /// If it is outside [0, 1), or rounds to 1 in `T`.
    #[track_caller]
    pub fn rho(self, rho: f64) -> Self {
        let rho = setting::decay_factor::<T>("rho", rho);
        self.configure(|rule| rule.rho = rho)
    }

    /// Sets the momentum μ, the fraction of the velocity kept from one step to the next. Default: 0.
    ///
    /// # Panics
    /// If it is outside [0, 1].
    #[track_caller]
    pub fn momentum(self, momentum: f64) -> Self {
        let momentum = setting::fraction("momentum", momentum);
        self.configure(|rule| rule.momentum = momentum)
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

    /// Divides by the standard deviation of the gradient instead of its root mean square.
    pub fn centered(self) -> Self {
        self.configure(|rule| rule.centered = true)
    }
}

impl<T: Scalar> Default for RmsProp<T> {
    /// Creates the optimizer with Keras's defaults: learning rate 0.001.
    fn default() -> Self {
        RmsProp::new(0.001)
    }
}

impl UpdateRule for RmsPropRule {
    const NAME: &'static str = "rmsprop";

    fn slots(&self) -> &'static [&'static str] {
        match (self.centered, self.momentum > 0.0) {
            (false, false) => &["mean_square"],
            (false, true) => &["mean_square", "velocity"],
            (true, false) => &["mean_square", "mean"],
            (true, true) => &["mean_square", "mean", "velocity"],
        }
    }

    fn update<T: Scalar>(&self, step: Step, param: ParamUpdate<'_, T>) {
        let (inside_root, outside_root) = if self.pytorch { (0.0, self.epsilon) } else { (self.epsilon, 0.0) };
        let (inside, outside) = if self.pytorch { (1.0, step.learning_rate) } else { (step.learning_rate, 1.0) };
        let [rho, new, momentum, outside] = [self.rho, 1.0 - self.rho, self.momentum, outside].map(T::from_f64);
        let [inside, inside_root, outside_root] = [inside, inside_root, outside_root].map(T::from_f64);
        let quotient = Quotient { inside, inside_root, outside_root };
        match (self.centered, self.momentum > 0.0) {
            (false, false) => param.elementwise(|w, g, [s]| {
                let s = rho * s + new * (g * g);
                (w - outside * quotient.of(g, s), [s])
            }),
            (false, true) => param.elementwise(|w, g, [s, b]| {
                let s = rho * s + new * (g * g);
                let b = momentum * b + quotient.of(g, s);
                (w - outside * b, [s, b])
            }),
            (true, false) => param.elementwise(|w, g, [s, a]| {
                let (s, a) = (rho * s + new * (g * g), rho * a + new * g);
                (w - outside * quotient.of(g, variance(s, a)), [s, a])
            }),
            (true, true) => param.elementwise(|w, g, [s, a, b]| {
                let (s, a) = (rho * s + new * (g * g), rho * a + new * g);
                let b = momentum * b + quotient.of(g, variance(s, a));
                (w - outside * b, [s, a, b])
            }),
        }
    }
}

/// A gradient divided by its root mean square, as in Keras and as in PyTorch.
#[derive(Clone, Copy)]
struct Quotient<T> {
    inside: T,
    inside_root: T,
    outside_root: T,
}

impl<T: Scalar> Quotient<T> {
    #[inline(always)]
    fn of(self, g: T, s: T) -> T {
        self.inside * g / ((s + self.inside_root).sqrt() + self.outside_root)
    }
}

/// s - a², which can be negative because of rounding.
#[inline(always)]
fn variance<T: Scalar>(s: T, a: T) -> T {
    (s - a * a).maximum(T::ZERO)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{five_digits, golden, one_weight};

    #[test]
    fn after_1_2_and_5_steps() {
        golden(
            RmsProp::default,
            [[0.9968534161; 3], [0.9937054294, 0.9936917138, 0.9936912823], [0.9877942889, 0.9877717447, 0.9877710366]],
        );
    }

    #[test]
    fn centered_after_1_2_and_5_steps() {
        golden(
            || RmsProp::default().centered(),
            [[0.9966850323; 3], [0.9933335706, 0.9933456298, 0.9933485146], [0.9863727661, 0.9864281752, 0.9864376008]],
        );
    }

    #[test]
    fn pytorch_after_5_steps() {
        five_digits(RmsProp::pytorch(), 0.62153);
    }

    #[test]
    fn momentum_matches_reference_values() {
        // ρ = 0 and ε = 0: each step is the sign of the gradient times the learning rate.
        let signs = RmsProp::new(0.5).rho(0.0).epsilon(0.0).momentum(0.5);
        one_weight(signs, 0.0, &[3.0, 2.0, -7.0], &[-0.5, -1.25, -1.125]);
        // Centered, with ρ = 1/2: s = 8 and a = 2, so s - a² = 4; then s = 4 and a = 1, so 3.
        let centered = RmsProp::new(1.0).rho(0.5).epsilon(0.0).momentum(0.5).centered();
        one_weight(centered, 0.0, &[4.0, 0.0], &[-2.0, -3.0]);
    }

    #[test]
    fn a_constant_gradient_has_variance_zero() {
        let centered = RmsProp::new(0.1).rho(0.0).epsilon(0.01).centered();
        one_weight(centered, 0.0, &[0.3, 0.3], &[-0.3, -0.6]);
    }
}
