//! Stochastic gradient descent, with momentum.

use crate::descent::Descent;
use crate::rule::{Rule, Step};
use crate::schedule::Schedule;
use crate::setting;
use crate::update::Pass;
use autograd::Scalar;

/// Stochastic gradient descent (Robbins and Monro 1951), with momentum (Polyak 1964) if asked for, and in Nesterov's
/// form (1983; Sutskever et al. 2013).
///
/// With learning rate η, momentum μ and gradient g,
///
/// | | |
/// |---|---|
/// | plain | w := w - η g |
/// | momentum | v := μ v - η g, then w := w + v |
/// | Nesterov | v := μ v - η g, then w := w + (μ v - η g) |
///
/// The velocity v starts at 0. This is Keras's form, in which the rate is part of the velocity.
/// [`pytorch`](Sgd::pytorch) keeps v := μ v - g and steps by η v, which is the same as long as the rate does not change.
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
pub type Sgd<T = f32> = Descent<T, SgdRule>;

/// The settings of [`Sgd`].
#[derive(Clone, Debug, PartialEq)]
pub struct SgdRule {
    momentum: f64,
    nesterov: bool,
    /// Whether the velocity is made of steps, as in Keras, and not of gradients, as in PyTorch.
    of_steps: bool,
}

impl<T: Scalar> Sgd<T> {
    /// Without momentum.
    ///
    /// # Panics
    /// If the learning rate is negative, infinite or NaN.
    #[track_caller]
    pub fn new(rate: impl Schedule + 'static) -> Self {
        Descent::by(rate, SgdRule { momentum: 0.0, nesterov: false, of_steps: true })
    }

    /// PyTorch's defaults and its form: the velocity is one of gradients, so a change of the rate acts at once on all
    /// of it.
    pub fn pytorch() -> Self {
        Sgd::new(0.001).with(|rule| rule.of_steps = false)
    }

    /// How much of the velocity is left from one step to the next: 0 is none, 0.9 is usual.
    ///
    /// # Panics
    /// If it does not lie in 0..=1.
    #[track_caller]
    pub fn momentum(self, momentum: f64) -> Self {
        let momentum = setting::share("momentum", momentum);
        self.with(|rule| rule.momentum = momentum)
    }

    /// In Nesterov's form: the step looks ahead by the velocity. Without momentum there is no difference.
    pub fn nesterov(self) -> Self {
        self.with(|rule| rule.nesterov = true)
    }
}

impl<T: Scalar> Default for Sgd<T> {
    /// A learning rate of 0.01, without momentum, as in Keras.
    fn default() -> Self {
        Sgd::new(0.01)
    }
}

impl Rule for SgdRule {
    const NAME: &'static str = "sgd";

    fn slots(&self) -> &'static [&'static str] {
        if self.momentum == 0.0 { &[] } else { &["velocity"] }
    }

    fn update<T: Scalar>(&self, now: Step, pass: Pass<'_, T>) {
        let rate = T::from_f64(now.rate);
        if self.momentum == 0.0 {
            return pass.each(|w, g, []| (w - rate * g, []));
        }
        let momentum = T::from_f64(self.momentum);
        let (inside, outside) = if self.of_steps { (rate, T::ONE) } else { (T::ONE, rate) };
        if self.nesterov {
            pass.each(|w, g, [v]| {
                let step = inside * g;
                let v = momentum * v - step;
                (w + outside * (momentum * v - step), [v])
            });
        } else {
            pass.each(|w, g, [v]| {
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
    use crate::testing::{Given, golden, numbers};
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
    fn nesterov_without_momentum_is_plain() {
        let rows = [[0.9999; 3], [0.9989, 0.9949, 0.9899], [0.9959, 0.9799, 0.9599]];
        golden(|| Sgd::new(0.01), rows);
        golden(|| Sgd::new(0.01).nesterov(), rows);
    }

    /// Against the formulas by hand, bit for bit; once where the tape holds the old numbers, once where nobody does.
    fn by_hand<T: Scalar>() {
        for n in [1, 7, 64, 1003] {
            for (momentum, nesterov) in [(0.0, false), (0.9, false), (0.9, true)] {
                for shared in [false, true] {
                    let mut params = Params::<T>::new();
                    let p = params.add("w", numbers(n, 0.0));
                    let mut sgd = Sgd::new(0.1).momentum(momentum);
                    if nesterov {
                        sgd = sgd.nesterov();
                    }
                    let (rate, mu) = (T::from_f64(0.1), T::from_f64(momentum));
                    let (mut w, mut v) = (params.get(p).to_vec(), vec![T::ZERO; n]);
                    for step in 1..4 {
                        let g = numbers(n, step as f64);
                        for (i, g) in g.to_vec().into_iter().enumerate() {
                            v[i] = mu * v[i] - rate * g;
                            w[i] = match (momentum > 0.0, nesterov) {
                                (false, _) => w[i] - rate * g,
                                (true, false) => w[i] + v[i],
                                (true, true) => w[i] + (mu * v[i] - rate * g),
                            };
                        }
                        let held = shared.then(|| params.get(p).clone());
                        sgd.step(&mut params, &Given(vec![(p, g)]));
                        assert_eq!(params.get(p).to_vec(), w, "n {n}, momentum {momentum}, nesterov {nesterov}");
                        drop(held);
                    }
                }
            }
        }
    }

    #[test]
    fn the_formulas_by_hand_in_f32() {
        by_hand::<f32>();
    }

    #[test]
    fn the_formulas_by_hand_in_f64() {
        by_hand::<f64>();
    }

    #[test]
    fn frozen_and_unused_parameters_are_left_alone() {
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
        // A gradient that is given nevertheless changes nothing either, and leaves no velocity behind.
        sgd.step(&mut params, &Given(vec![(frozen, tensor![1.0, 1.0])]));
        params.unfreeze(frozen);
        sgd.step(&mut params, &Given(vec![(frozen, tensor![0.0, 0.0])]));
        assert_eq!((params.get(frozen), params.get(used)), (&tensor![1.0, 2.0], &tensor![0.5, 1.0]));
    }

    #[test]
    fn the_rate_may_change_between_steps() {
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
    #[should_panic(expected = "the learning rate must be a number from 0 on, but is -0.1")]
    fn a_negative_rate() {
        Sgd::<f32>::new(-0.1);
    }

    #[test]
    fn pytorch_differs_when_the_rate_changes() {
        let rows = [[0.9999; 3], [0.99881, 0.99481, 0.98981], [0.99054149, 0.95434549, 0.90910049]];
        golden(|| Sgd::pytorch().rate(0.01).momentum(0.9), rows);
        golden(
            || Sgd::pytorch().rate(0.01).nesterov(),
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
    #[should_panic(expected = "step: parameter `w` has shape (2,), but its gradient has (1, 2)")]
    fn a_gradient_of_another_shape() {
        let mut params = Params::<f32>::new();
        let p = params.add("w", tensor![1.0, 2.0]);
        Sgd::new(0.1).step(&mut params, &Given(vec![(p, tensor![[1.0, 2.0]])]));
    }
}
