//! The trait of update rules: the formula that distinguishes one optimizer from another, and the state it needs.

use crate::update::ParamUpdate;
use autograd::Scalar;
use std::fmt::Debug;

/// An update rule: computes new elements of a parameter from the old ones, their gradient and the state of the rule.
///
/// Everything else that an optimizer does (learning rates and schedules, weight decay, clipping, parameter groups,
/// gradient accumulation, averages, saving) is in [`GradientDescent`](crate::GradientDescent) and the same for every
/// rule. A custom rule takes a few lines:
///
/// ```
/// use autograd::{Params, Scalar, Tape};
/// use optim::{GradientDescent, Optimizer, ParamUpdate, Step, UpdateRule};
/// use tensor::tensor;
///
/// /// w := w - η sign(g)
/// #[derive(Clone, Debug)]
/// struct SignDescent;
///
/// impl UpdateRule for SignDescent {
///     const NAME: &'static str = "sign_descent";
///     fn slots(&self) -> &'static [&'static str] {
///         &[]
///     }
///     fn update<T: Scalar>(&self, step: Step, param: ParamUpdate<'_, T>) {
///         let rate = T::from_f64(step.learning_rate);
///         param.elementwise(|w, g, []| (w - rate * g.sign(), []));
///     }
/// }
///
/// let mut params = Params::new();
/// let w = params.add("w", tensor![3.0, -2.0]);
/// let tape = Tape::new();
/// let grads = params.bind(&tape).var(w).square().sum().backward();
/// let mut optimizer = GradientDescent::with_rule(0.5, SignDescent).weight_decay(0.1);
/// optimizer.step(&mut params, &grads);
/// assert_eq!(params.get(w), &tensor![3.0 - 0.05 * 3.0 - 0.5, -2.0 + 0.05 * 2.0 + 0.5]);
/// ```
pub trait UpdateRule: Clone + Debug + Send + 'static {
    /// The name of the rule. A saved state can only be loaded by an optimizer whose rule has the same name.
    const NAME: &'static str;

    /// The names of the slots: the state values that the rule keeps for each element of a parameter. The names
    /// `average` and `gradient_sum` are reserved for [`GradientDescent`](crate::GradientDescent).
    fn slots(&self) -> &'static [&'static str];

    /// The value of every slot before the first step. Default: 0.
    fn initial_value(&self) -> f64 {
        0.0
    }

    /// Updates one parameter: computes once what all elements share, then calls [`ParamUpdate::elementwise`].
    fn update<T: Scalar>(&self, step: Step, param: ParamUpdate<'_, T>);
}

/// The step in which a rule updates a parameter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step {
    /// The learning rate of this step for this parameter.
    pub learning_rate: f64,
    /// The number of updates of this parameter, including this one. It is smaller than the number of steps of the
    /// optimizer if the parameter was added later or frozen for a while, so bias corrections are right for each
    /// parameter.
    pub count: u64,
}

impl Step {
    /// Returns 1 - βᵗ, the sum of the weights of a moving average that started from 0, after t = `count` updates.
    pub fn bias_correction(&self, beta: f64) -> f64 {
        1.0 - beta.powf(self.count as f64)
    }
}
