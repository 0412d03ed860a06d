//! Stochastic gradient descent, with or without momentum.

use crate::descent::GradientDescent;
use crate::rule::{Step, UpdateRule};
use crate::schedule::Schedule;
use crate::setting;
use crate::update::ParamUpdate;
use autograd::Scalar;

/// Stochastic gradient descent (Robbins and Monro 1951), optionally with momentum (Polyak 1964) or with Nesterov
/// momentum (Nesterov 1983; Sutskever et al. 2013).
///
/// With learning rate η, momentum μ and gradient g,
///
/// | | |
/// |---|---|
/// | plain | w := w - η g |
/// | momentum | v := μ v - η g, then w := w + v |
/// | Nesterov | v := μ v - η g, then w := w + (μ v - η g) |
///
/// The velocity v starts at 0. These are Keras's formulas, in which the learning rate is part of the velocity.
/// [`pytorch`](Sgd::pytorch) keeps v := μ v - g and adds η v to w, which gives the same result while the learning rate
/// does not change.
///
/// | default | Keras | PyTorch |
/// |---|---|---|
/// | learning rate | 0.01 | 0.001 |
/// | momentum | 0 | 0 |
///
/// ```
/// use autograd::{Params, Tape};
/// use optim::{Optimizer, Sgd};
/// use tensor::tensor;
///
/// let mut params = Params::new();
/// let w = params.add("w", tensor![1.0]);
/// let mut sgd = Sgd::new(0.25).momentum(0.5);
/// for expected in [0.5, 0.0, -0.25] {
///     let tape = Tape::new();
///     let grads = params.bind(&tape).var(w).square().sum().backward();
///     sgd.step(&mut params, &grads);
///     assert_eq!(params.get(w), &tensor![expected]);
/// }
/// ```
pub type Sgd<T = f32> = GradientDescent<T, SgdRule>;

/// The settings of [`Sgd`].
#[derive(Clone, Debug, PartialEq)]
pub struct SgdRule {
    momentum: f64,
    nesterov: bool,
    /// Whether the velocity is a sum of gradients, as in PyTorch, rather than of steps η g, as in Keras.
    pytorch: bool,
}

impl<T: Scalar> Sgd<T> {
    /// Creates the optimizer without momentum.
    ///
    /// # Panics
    /// If the learning rate is a constant that is negative or NaN, or is infinite or rounds to 0 in `T`.
    #[track_caller]
    pub fn new(rate: impl Schedule + 'static) -> Self {
        GradientDescent::with_rule(rate, SgdRule { momentum: 0.0, nesterov: false, pytorch: false })
    }

    /// Creates the optimizer with PyTorch's defaults and formula: the velocity does not contain the learning rate, so a
    /// new rate applies to the whole velocity at once.
    pub fn pytorch() -> Self {
        Sgd::new(0.001).configure(|rule| rule.pytorch = true)
    }

    /// Sets the momentum μ, the fraction of the velocity kept from one step to the next. Default: 0. A usual value is
    /// 0.9.
    ///
    /// # Panics
    /// If it is outside [0, 1].
    #[track_caller]
    pub fn momentum(self, momentum: f64) -> Self {
        let momentum = setting::fraction("momentum", momentum);
        self.configure(|rule| rule.momentum = momentum)
    }

    /// Uses Nesterov momentum. It has no effect without [`momentum`](Sgd::momentum).
    pub fn nesterov(self) -> Self {
        self.configure(|rule| rule.nesterov = true)
    }
}

impl<T: Scalar> Default for Sgd<T> {
    /// Creates the optimizer with Keras's defaults: learning rate 0.01, no momentum.
    fn default() -> Self {
        Sgd::new(0.01)
    }
}

impl UpdateRule for SgdRule {
    const NAME: &'static str = "sgd";

    fn slots(&self) -> &'static [&'static str] {
        if self.momentum == 0.0 { &[] } else { &["velocity"] }
    }

    fn update<T: Scalar>(&self, step: Step, param: ParamUpdate<'_, T>) {
        let rate = T::from_f64(step.learning_rate);
        if self.momentum == 0.0 {
            return param.elementwise(|w, g, []| (w - rate * g, []));
        }
        let momentum = T::from_f64(self.momentum);
        let (inside, outside) = if self.pytorch { (T::ONE, rate) } else { (rate, T::ONE) };
        if self.nesterov {
            param.elementwise(|w, g, [v]| {
                let step = inside * g;
                let v = momentum * v - step;
                (w + outside * (momentum * v - step), [v])
            });
        } else {
            param.elementwise(|w, g, [v]| {
                let v = momentum * v - inside * g;
                (w + outside * v, [v])
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Optimizer;
    use crate::testing::{Given, golden, values};
    use autograd::{Params, Tape};
    use tensor::tensor;

    #[test]
    fn momentum_after_1_2_and_5_steps() {
        golden(
            || Sgd::new(0.01).momentum(0.9),
            [[0.9999; 3], [0.99881, 0.99481, 0.98981], [0.99054149, 0.95434549, 0.90910049]],
        );
    }

    #[test]
    fn nesterov_after_1_2_and_5_steps() {
        golden(
            || Sgd::new(0.01).momentum(0.9).nesterov(),
            [[0.99981; 3], [0.997829, 0.990229, 0.980729], [0.987387341, 0.938810941, 0.878090441]],
        );
    }

    #[test]
    fn nesterov_has_no_effect_without_momentum() {
        let rows = [[0.9999; 3], [0.9989, 0.9949, 0.9899], [0.9959, 0.9799, 0.9599]];
        golden(|| Sgd::new(0.01), rows);
        golden(|| Sgd::new(0.01).nesterov(), rows);
    }

    /// Compares with the formulas bit for bit, both when the old values are shared (as by a tape) and when they are
    /// not.
    fn matches_the_formulas<T: Scalar>() {
        for n in [1, 7, 64, 1003] {
            for (momentum, nesterov) in [(0.0, false), (0.9, false), (0.9, true)] {
                for shared in [false, true] {
                    let mut params = Params::<T>::new();
                    let p = params.add("w", values(n, 0.0));
                    let mut sgd = Sgd::new(0.1).momentum(momentum);
                    if nesterov {
                        sgd = sgd.nesterov();
                    }
                    let (rate, mu) = (T::from_f64(0.1), T::from_f64(momentum));
                    let (mut w, mut v) = (params.get(p).to_vec(), vec![T::ZERO; n]);
                    for step in 1..4 {
                        let g = values(n, step as f64);
                        for (i, g) in g.to_vec().into_iter().enumerate() {
                            v[i] = mu * v[i] - rate * g;
                            w[i] = match (momentum > 0.0, nesterov) {
                                (false, _) => w[i] - rate * g,
                                (true, false) => w[i] + v[i],
                                (true, true) => w[i] + (mu * v[i] - rate * g),
                            };
                        }
                        let shared_values = shared.then(|| params.get(p).clone());
                        sgd.step(&mut params, &Given(vec![(p, g)]));
                        assert_eq!(params.get(p).to_vec(), w, "n {n}, momentum {momentum}, nesterov {nesterov}");
                        drop(shared_values);
                    }
                }
            }
        }
    }

    #[test]
    fn matches_the_formulas_in_f32() {
        matches_the_formulas::<f32>();
    }

    #[test]
    fn matches_the_formulas_in_f64() {
        matches_the_formulas::<f64>();
    }

    #[test]
    fn frozen_and_unused_parameters_do_not_change() {
        let mut params = Params::<f32>::new();
        let [used, frozen, unused] = ["used", "frozen", "unused"].map(|name| params.add(name, tensor![1.0, 2.0]));
        params.freeze(frozen);
        let mut sgd = Sgd::new(0.5).momentum(0.9);
        let tape = Tape::default();
        let net = params.bind(&tape);
        let loss = (net.var(used) * net.var(frozen)).sum();
        let grads = loss.backward();
        sgd.step(&mut params, &grads);
        assert_eq!(params.get(used), &tensor![0.5, 1.0]);
        for p in [frozen, unused] {
            assert_eq!(params.get(p), &tensor![1.0, 2.0]);
        }
        // A gradient of a frozen parameter changes neither its value nor its velocity.
        sgd.step(&mut params, &Given(vec![(frozen, tensor![1.0, 1.0])]));
        params.unfreeze(frozen);
        sgd.step(&mut params, &Given(vec![(frozen, tensor![0.0, 0.0])]));
        assert_eq!((params.get(frozen), params.get(used)), (&tensor![1.0, 2.0], &tensor![0.5, 1.0]));
    }

    #[test]
    fn the_learning_rate_can_change_between_steps() {
        let mut params = Params::<f64>::new();
        let p = params.add("w", tensor![1.0]);
        let mut sgd: Box<dyn Optimizer<f64>> = Box::new(Sgd::default().momentum(0.5));
        assert_eq!(sgd.learning_rate(), 0.01);
        sgd.set_learning_rate(0.25).unwrap();
        sgd.step(&mut params, &Given(vec![(p, tensor![1.0])]));
        sgd.set_learning_rate(0.0).unwrap();
        sgd.step(&mut params, &Given(vec![(p, tensor![1.0])]));
        assert_eq!(params.get(p), &tensor![1.0 - 0.25 - 0.125]);
    }

    #[test]
    #[should_panic(expected = "the learning rate must be finite and at least 0, got -0.1")]
    fn a_negative_learning_rate_is_rejected() {
        Sgd::<f32>::new(-0.1);
    }

    #[test]
    fn pytorch_differs_when_the_learning_rate_changes() {
        let rows = [[0.9999; 3], [0.99881, 0.99481, 0.98981], [0.99054149, 0.95434549, 0.90910049]];
        golden(|| Sgd::pytorch().with_learning_rate(0.01).momentum(0.9), rows);
        golden(
            || Sgd::pytorch().with_learning_rate(0.01).nesterov(),
            [[0.9999; 3], [0.9989, 0.9949, 0.9899], [0.9959, 0.9799, 0.9599]],
        );
        let after = |mut sgd: Sgd<f64>| {
            let mut params = Params::new();
            let p = params.add("w", tensor![1.0]);
            for rate in [0.5, 0.25] {
                sgd.set_learning_rate(rate).unwrap();
                sgd.step(&mut params, &Given(vec![(p, tensor![1.0])]));
            }
            params.get(p).item()
        };
        assert_eq!(after(Sgd::default().momentum(0.5)), 1.0 - 0.5 - (0.25 + 0.25));
        assert_eq!(after(Sgd::pytorch().momentum(0.5)), 1.0 - 0.5 - 0.25 * 1.5);
    }

    #[test]
    #[should_panic(expected = "step: the gradient of parameter `w` must have its shape (2,), got (1, 2)")]
    fn a_gradient_of_another_shape_is_rejected() {
        let mut params = Params::<f32>::new();
        let p = params.add("w", tensor![1.0, 2.0]);
        Sgd::new(0.1).step(&mut params, &Given(vec![(p, tensor![[1.0, 2.0]])]));
    }
}
