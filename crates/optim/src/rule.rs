//! What tells one optimizer from another: the formula, and what it remembers.

use crate::update::Pass;
use autograd::Scalar;
use std::fmt::Debug;

/// A rule of descent: what one step makes of a number, its gradient, and what is remembered of it.
///
/// All else that an optimizer does (learning rates and schedules, weight decay, clipping, groups, accumulation, averages,
/// saving) is [`Descent`](crate::Descent), the same for every rule. A rule of your own is a few lines:
///
/// ```
/// use autograd::{Params, Scalar, Tape};
/// use optim::{Descent, Optimizer, Pass, Rule, Step};
/// use tensor::tensor;
///
/// /// w := w - η sign(g)
/// #[derive(Clone, Debug)]
/// struct SignDescent;
///
/// impl Rule for SignDescent {
///     const NAME: &'static str = "sign_descent";
///     fn slots(&self) -> &'static [&'static str] {
///         &[]
///     }
///     fn update<T: Scalar>(&self, now: Step, pass: Pass<'_, T>) {
///         let rate = T::from_f64(now.rate);
///         pass.each(|w, g, []| (w - rate * g.sign(), []));
///     }
/// }
///
/// let mut params = Params::new();
/// let w = params.add("w", tensor![3.0, -2.0]);
/// let tape = Tape::new();
/// let grads = params.bind(&tape).var(w).square().sum().backward();
/// let mut optimizer = Descent::by(0.5, SignDescent).weight_decay(0.1);
/// optimizer.step(&mut params, &grads);
/// assert_eq!(params.get(w), &tensor![3.0 - 0.05 * 3.0 - 0.5, -2.0 + 0.05 * 2.0 + 0.5]);
/// ```
pub trait Rule: Clone + Debug + Send + 'static {
    /// Its name: a saved state is only loaded by an optimizer of the same name.
    const NAME: &'static str;

    /// The names of the numbers it remembers beside each number of a parameter; other than `average` and
    /// `gradient_sum`, under which [`Descent`](crate::Descent) saves its own.
    fn slots(&self) -> &'static [&'static str];

    /// What these numbers are before the first step: 0 unless the rule says otherwise.
    fn start(&self) -> f64 {
        0.0
    }

    /// Updates one parameter: computes once what all its numbers share, and calls [`Pass::each`].
    fn update<T: Scalar>(&self, now: Step, pass: Pass<'_, T>);
}

/// Which step a rule takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The learning rate of this step, for this parameter.
    pub rate: f64,
    /// Which update of this parameter it is, counted from 1. A parameter that was added later, or was frozen for a
    /// while, has had fewer than the others; so corrections for a cold start are right for each.
    pub count: u64,
}

impl Step {
    /// 1 - β^t: what the weights of an average that started from 0 add up to after t steps.
    pub fn correction(&self, beta: f64) -> f64 {
        1.0 - beta.powf(self.count as f64)
    }
}
