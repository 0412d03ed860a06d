//! What all optimizers with an update rule have in common.

mod saving;
mod step;
#[cfg(test)]
mod tests;

use crate::average::Average;
use crate::clip::Clip;
use crate::constraint::Constraint;
use crate::group::ParamGroup;
use crate::optimizer::Optimizer;
use crate::rate::{LearningRateError, Rate};
use crate::rule::UpdateRule;
use crate::saved::{OptimizerState, StateError};
use crate::schedule::Schedule;
use crate::setting;
use crate::state::StateMap;
use autograd::{GradientSum, ParamGradients, Params, Scalar};
use std::fmt;
use tensor::Tensor;

/// Gradient descent with an [`UpdateRule`]. [`Sgd`](crate::Sgd), [`Adam`](crate::Adam) and the others are aliases of
/// this type with different rules.
///
/// A step does the following, in this order. Parts that are not set are skipped.
///
/// 1. [`gradient_accumulation_steps`](GradientDescent::gradient_accumulation_steps): adds the gradient to the sum of
///    the earlier ones. The step continues with their mean if it is the k-th, or at [`flush`](Optimizer::flush).
/// 2. [`clip_value`](GradientDescent::clip_value), [`clip_norm`](GradientDescent::clip_norm) or
///    [`global_clip_norm`](GradientDescent::global_clip_norm).
/// 3. [`weight_decay`](GradientDescent::weight_decay): w := w - η λ w.
/// 4. The update rule.
/// 5. [`constraint`](GradientDescent::constraint).
/// 6. [`ema`](GradientDescent::ema): updates the average of the weights.
///
/// Parts 2 to 4 are one loop over the elements. [`group`](GradientDescent::group) changes settings for some of the
/// parameters.
///
/// Settings are `f64`, and rules compute in `T`. A builder method panics if `T` does not represent the setting: in
/// `f32`, a learning rate or an ε of 1e-50 would be 0, and a weight decay of 1e50 infinite. Only a learning rate that
/// decreases during training, through a schedule or [`set_learning_rate`](Optimizer::set_learning_rate), may round to
/// 0.
///
/// ```
/// use optim::{AdamW, CosineDecay, ParamGroup, Schedule};
/// let optimizer = AdamW::<f32>::new(CosineDecay::new(1e-3, 10_000).warm_up(500))
///     .weight_decay(0.01)
///     .group(ParamGroup::named(|name| name.ends_with(".b")).weight_decay(0.0))
///     .global_clip_norm(1.0)
///     .gradient_accumulation_steps(4)
///     .ema(0.999);
/// ```
#[derive(Clone)]
pub struct GradientDescent<T: Scalar, R> {
    rule: R,
    rate: Rate,
    weight_decay: f64,
    clip: Clip,
    constraint: Option<Constraint>,
    groups: Vec<ParamGroup>,
    /// The number of gradients per update.
    every: u64,
    /// The number of gradients in `accumulated`.
    pending: u64,
    /// Taken out of the option while an update reads it.
    accumulated: Option<GradientSum<T>>,
    average: Option<Average<T>>,
    step: u64,
    states: StateMap<ParamState<T>>,
}

/// The state of one parameter.
#[derive(Clone)]
struct ParamState<T: Scalar> {
    updates: u64,
    slots: Vec<Tensor<T>>,
}

impl<T: Scalar, R: UpdateRule> GradientDescent<T, R> {
    /// Creates an optimizer from an update rule and a learning rate, which is a constant or a schedule.
    ///
    /// # Panics
    /// If the learning rate is a constant that is negative or NaN, or is infinite or rounds to 0 in `T`.
    #[track_caller]
    pub fn with_rule(rate: impl Schedule + 'static, rule: R) -> Self {
        GradientDescent {
            rule,
            rate: Rate::new::<T>(rate),
            weight_decay: 0.0,
            clip: Clip::None,
            constraint: None,
            groups: Vec::new(),
            every: 1,
            pending: 0,
            accumulated: None,
            average: None,
            step: 0,
            states: StateMap::new(),
        }
    }

    /// Replaces the learning rate by another constant or schedule, as in `Adam::pytorch().with_learning_rate(3e-4)`.
    ///
    /// # Panics
    /// If the learning rate is a constant that is negative or NaN, or is infinite or rounds to 0 in `T`.
    #[track_caller]
    pub fn with_learning_rate(mut self, rate: impl Schedule + 'static) -> Self {
        self.rate = Rate::new::<T>(rate);
        self
    }

    /// Sets the weight decay λ. It is decoupled (Loshchilov and Hutter 2019): each step computes w := w - η λ w before
    /// the rule, and the averages of the rule do not contain it. Keras does the same in every optimizer. In PyTorch
    /// only AdamW does; the other optimizers add an L2 penalty, that is λ w, to the gradient. For SGD without momentum
    /// the two are the same.
    ///
    /// # Panics
    /// If it is negative or NaN, or is infinite or rounds to 0 in `T`.
    #[track_caller]
    pub fn weight_decay(mut self, decay: f64) -> Self {
        const NAME: &str = "the weight decay";
        self.weight_decay = setting::representable::<T>(NAME, setting::non_negative(NAME, decay));
        self
    }

    /// Clips each element of the gradients to [-c, c] (Keras: `clipvalue`).
    ///
    /// # Panics
    /// If c is not positive and finite in `T`, or if gradients are already clipped in another way.
    #[track_caller]
    pub fn clip_value(mut self, c: f64) -> Self {
        self.clip = self.clip.or(Clip::Value(bound::<T>("the maximum value", c)));
        self
    }

    /// Clips the gradient of each parameter to the Euclidean norm c: g := g c / max(|g|, c) (Keras: `clipnorm`).
    ///
    /// # Panics
    /// If c is not positive and finite in `T`, or if gradients are already clipped in another way.
    #[track_caller]
    pub fn clip_norm(mut self, c: f64) -> Self {
        self.clip = self.clip.or(Clip::Norm(bound::<T>("the maximum norm", c)));
        self
    }

    /// Clips the gradient of all parameters, as one vector, to the Euclidean norm c, which keeps its direction (Pascanu
    /// et al. 2013; Keras: `global_clipnorm`, PyTorch: `clip_grad_norm_`).
    ///
    /// # Panics
    /// If c is not positive and finite in `T`, or if gradients are already clipped in another way.
    #[track_caller]
    pub fn global_clip_norm(mut self, c: f64) -> Self {
        self.clip = self.clip.or(Clip::GlobalNorm(bound::<T>("the maximum norm", c)));
        self
    }

    /// Makes one update from the mean of the gradients of k steps, which has the effect of batches k times as large in
    /// the memory of one. Schedules count updates. Default: 1.
    ///
    /// At the end of an epoch, [`flush`](Optimizer::flush) makes an update from the gradients left over. `fit` calls
    /// it; a custom loop calls it after each pass through the data:
    ///
    /// ```
    /// use autograd::{Params, Tape};
    /// use optim::{Optimizer, Sgd};
    /// use tensor::tensor;
    ///
    /// let mut params = Params::<f64>::new();
    /// let w = params.add("w", tensor![0.0]);
    /// let mut sgd = Sgd::new(1.0).gradient_accumulation_steps(2);
    /// for x in [1.0, 2.0, 6.0] {
    ///     let tape = Tape::new();
    ///     let grads = (params.bind(&tape).var(w) * x).sum().backward();
    ///     sgd.step(&mut params, &grads);
    /// }
    /// assert_eq!(params.get(w), &tensor![-1.5]); // the mean of 1 and 2; 6 is still pending
    /// assert!(sgd.flush(&mut params));
    /// assert_eq!(params.get(w), &tensor![-7.5]);
    /// assert!(!sgd.flush(&mut params)); // nothing is pending
    /// ```
    ///
    /// # Panics
    /// If k is 0.
    #[track_caller]
    pub fn gradient_accumulation_steps(mut self, k: u64) -> Self {
        self.every = setting::at_least_one("gradient_accumulation_steps", k);
        self
    }

    /// Keeps an exponential moving average of the weights, a := m a + (1 - m) w after each update, which often predicts
    /// better than the weights. [`swap_averages`](Optimizer::swap_averages) swaps it with the weights. In Keras this is
    /// `use_ema=True, ema_momentum=m`, with default m = 0.99.
    ///
    /// # Panics
    /// If the momentum m is outside [0, 1), or rounds to 1 in `T`.
    #[track_caller]
    pub fn ema(mut self, momentum: f64) -> Self {
        self.average = Some(Average::new(setting::decay_factor::<T>("the momentum of ema", momentum)));
        self
    }

    /// Sets a constraint on every parameter, enforced after each step. For a constraint on some parameters, see
    /// [`ParamGroup::constraint`].
    ///
    /// # Panics
    /// If a norm of the constraint is infinite or rounds to 0 in `T`.
    #[track_caller]
    pub fn constraint(mut self, constraint: Constraint) -> Self {
        constraint.check::<T>();
        self.constraint = Some(constraint);
        self
    }

    /// Adds a group of parameters with its own settings.
    ///
    /// # Panics
    /// If a setting of the group is infinite or rounds to 0 in `T`.
    #[track_caller]
    pub fn group(mut self, group: ParamGroup) -> Self {
        group.check::<T>();
        self.groups.push(group);
        self
    }

    /// Changes the settings of the rule. The state is dropped if the slots of the rule change.
    pub(crate) fn configure(mut self, change: impl FnOnce(&mut R)) -> Self {
        let before = self.rule.slots();
        change(&mut self.rule);
        if self.rule.slots() != before {
            self.states = StateMap::new();
        }
        self
    }
}

/// Checks a bound on gradients.
#[track_caller]
fn bound<T: Scalar>(name: &str, c: f64) -> f64 {
    setting::representable::<T>(name, setting::positive(name, c))
}

impl<T: Scalar> ParamState<T> {
    fn new(rule: &impl UpdateRule, like: &Tensor<T>) -> Self {
        let initial = T::from_f64(rule.initial_value());
        ParamState { updates: 0, slots: rule.slots().iter().map(|_| Tensor::full(like.shape(), initial)).collect() }
    }
}

impl<T: Scalar, R: UpdateRule> Optimizer<T> for GradientDescent<T, R> {
    #[track_caller]
    fn step(&mut self, params: &mut Params<T>, gradients: &dyn ParamGradients<T>) {
        self.apply_step(params, gradients);
    }

    #[track_caller]
    fn flush(&mut self, params: &mut Params<T>) -> bool {
        self.apply_accumulated(params)
    }

    fn discard(&mut self) -> bool {
        self.discard_accumulated()
    }

    fn steps(&self) -> u64 {
        self.step
    }

    fn learning_rate(&self) -> f64 {
        self.rate.at::<T>(self.step)
    }

    fn set_learning_rate(&mut self, rate: f64) -> Result<(), LearningRateError> {
        self.rate.set::<T>(rate)
    }

    fn state(&self, params: &Params<T>) -> OptimizerState<T> {
        self.save(params)
    }

    fn load_state(&mut self, params: &Params<T>, state: &OptimizerState<T>) -> Result<(), StateError> {
        self.restore(params, state)
    }

    fn swap_averages(&mut self, params: &mut Params<T>) -> bool {
        let Some(average) = &mut self.average else { return false };
        average.swap(params);
        true
    }
}

/// Shows the settings and the number of steps, but not the state of each parameter.
impl<T: Scalar, R: UpdateRule> fmt::Debug for GradientDescent<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GradientDescent")
            .field("rule", &self.rule)
            .field("learning_rate", &self.rate)
            .field("weight_decay", &self.weight_decay)
            .field("clip", &self.clip)
            .field("constraint", &self.constraint)
            .field("groups", &self.groups)
            .field("gradient_accumulation_steps", &self.every)
            .field("ema", &self.average.as_ref().map(|average| average.momentum))
            .field("steps", &self.step)
            .finish_non_exhaustive()
    }
}
