//! All that optimisers have in common.

mod saving;
mod step;
#[cfg(test)]
mod tests;

use crate::average::Average;
use crate::clip::Clip;
use crate::constraint::Constraint;
use crate::group::Group;
use crate::optimizer::Optimizer;
use crate::rate::{Rate, RateError};
use crate::rule::Rule;
use crate::saved::{OptimizerState, StateError};
use crate::schedule::Schedule;
use crate::setting;
use crate::state::StateMap;
use autograd::{GradientSum, ParamGradients, Params, Scalar};
use std::fmt;
use tensor::Tensor;

/// Gradient descent by a [`Rule`]: [`Sgd`](crate::Sgd), [`Adam`](crate::Adam) and the others are this with rules of
/// their own.
///
/// A step does the following, in this order; what is not asked for is not done.
///
/// 1. [`accumulate`](Descent::accumulate): the gradient is added up with those before; if it is the k-th, their mean goes on.
/// 2. [`clip_value`](Descent::clip_value), [`clip_norm`](Descent::clip_norm) or
///    [`global_clip_norm`](Descent::global_clip_norm).
/// 3. [`weight_decay`](Descent::weight_decay): w := w - η λ w.
/// 4. The rule.
/// 5. [`constraint`](Descent::constraint).
/// 6. [`ema`](Descent::ema): the average of the weights follows.
///
/// The second to the fourth are one pass over the numbers. [`group`](Descent::group) treats some parameters in their own way.
///
/// ```
/// use optim::{AdamW, Cosine, Group, Schedule};
/// let optimizer = AdamW::<f32>::new(Cosine::new(1e-3, 10_000).warm_up(500))
///     .weight_decay(0.01)
///     .group(Group::named(|name| name.ends_with(".b")).weight_decay(0.0))
///     .global_clip_norm(1.0)
///     .accumulate(4)
///     .ema(0.999);
/// ```
#[derive(Clone)]
pub struct Descent<T: Scalar, R> {
    rule: R,
    rate: Rate,
    weight_decay: f64,
    clip: Clip,
    constraint: Option<Constraint>,
    groups: Vec<Group>,
    /// So many gradients make an update.
    every: u64,
    pending: u64,
    /// Of those that wait; lent out while an update reads it.
    sum: Option<GradientSum<T>>,
    average: Option<Average<T>>,
    step: u64,
    memory: StateMap<Memory<T>>,
}

/// What is remembered of one parameter.
#[derive(Clone)]
struct Memory<T: Scalar> {
    updates: u64,
    slots: Vec<Tensor<T>>,
}

impl<T: Scalar, R: Rule> Descent<T, R> {
    /// By a rule, with a learning rate or a schedule.
    ///
    /// # Panics
    /// If the learning rate is negative, infinite or NaN.
    #[track_caller]
    pub fn by(rate: impl Schedule + 'static, rule: R) -> Self {
        Descent {
            rule,
            rate: Rate::new(rate),
            weight_decay: 0.0,
            clip: Clip::Not,
            constraint: None,
            groups: Vec::new(),
            every: 1,
            pending: 0,
            sum: None,
            average: None,
            step: 0,
            memory: StateMap::new(),
        }
    }

    /// Another learning rate or schedule: `Adam::pytorch().rate(3e-4)`.
    ///
    /// # Panics
    /// If it is a number that is negative, infinite or NaN.
    #[track_caller]
    pub fn rate(mut self, rate: impl Schedule + 'static) -> Self {
        self.rate = Rate::new(rate);
        self
    }

    /// Decoupled weight decay (Loshchilov and Hutter 2019): in each step w := w - η λ w, beside the rule and out of its
    /// averages. In Keras, too, `weight_decay` is decoupled in every optimiser; in PyTorch only in AdamW, elsewhere it is
    /// an L2 penalty, which adds λ w to the gradient. For plain SGD the two are the same.
    ///
    /// # Panics
    /// If it is negative, infinite or NaN.
    #[track_caller]
    pub fn weight_decay(mut self, decay: f64) -> Self {
        self.weight_decay = setting::from_zero("the weight decay", decay);
        self
    }

    /// Clips each element of a gradient to -c..=c.
    ///
    /// # Panics
    /// If c is not above 0, or gradients are clipped in another way already.
    #[track_caller]
    pub fn clip_value(mut self, c: f64) -> Self {
        self.clip = self.clip.or(Clip::Value(setting::positive("the largest value", c)));
        self
    }

    /// Shortens the gradient of each parameter to the Euclidean norm c: g := g c / max(|g|, c).
    ///
    /// # Panics
    /// If c is not above 0, or gradients are clipped in another way already.
    #[track_caller]
    pub fn clip_norm(mut self, c: f64) -> Self {
        self.clip = self.clip.or(Clip::Norm(setting::positive("the largest norm", c)));
        self
    }

    /// Shortens the gradient of all parameters, as one vector, to the Euclidean norm c; its direction stays (Pascanu et
    /// al. 2013).
    ///
    /// # Panics
    /// If c is not above 0, or gradients are clipped in another way already.
    #[track_caller]
    pub fn global_clip_norm(mut self, c: f64) -> Self {
        self.clip = self.clip.or(Clip::GlobalNorm(setting::positive("the largest norm", c)));
        self
    }

    /// Makes an update of every k-th step only, from the mean of k gradients: batches k times as large in the memory of
    /// one. Schedules count updates.
    ///
    /// # Panics
    /// If k is 0.
    #[track_caller]
    pub fn accumulate(mut self, k: u64) -> Self {
        self.every = setting::count("the number of gradients that make an update", k);
        self
    }

    /// Keeps an exponential moving average of the weights, a := m a + (1 - m) w after each update; often it predicts
    /// better than the weights. [`swap_averages`](Optimizer::swap_averages) puts it in their place. Keras: 0.99.
    ///
    /// # Panics
    /// If the momentum m does not lie in 0..1.
    #[track_caller]
    pub fn ema(mut self, momentum: f64) -> Self {
        self.average = Some(Average::new(setting::kept("the momentum of the average", momentum)));
        self
    }

    /// What every parameter is brought back to after each step; for some of them, see [`Group::constraint`].
    pub fn constraint(mut self, constraint: Constraint) -> Self {
        self.constraint = Some(constraint);
        self
    }

    /// Treats some parameters in their own way.
    pub fn group(mut self, group: Group) -> Self {
        self.groups.push(group);
        self
    }

    /// Changes the rule's settings. What it remembered is forgotten if it now remembers something else.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut R)) -> Self {
        let before = self.rule.slots();
        change(&mut self.rule);
        if self.rule.slots() != before {
            self.memory = StateMap::new();
        }
        self
    }
}

impl<T: Scalar> Memory<T> {
    fn new(rule: &impl Rule, like: &Tensor<T>) -> Self {
        let start = T::from_f64(rule.start());
        Memory { updates: 0, slots: rule.slots().iter().map(|_| Tensor::full(like.shape(), start)).collect() }
    }
}

impl<T: Scalar, R: Rule> Optimizer<T> for Descent<T, R> {
    #[track_caller]
    fn step(&mut self, params: &mut Params<T>, gradients: &dyn ParamGradients<T>) {
        self.take(params, gradients);
    }

    fn steps(&self) -> u64 {
        self.step
    }

    fn learning_rate(&self) -> f64 {
        self.rate.at(self.step)
    }

    fn set_learning_rate(&mut self, rate: f64) -> Result<(), RateError> {
        self.rate.set(rate)
    }

    fn state(&self, params: &Params<T>) -> OptimizerState<T> {
        self.save(params)
    }

    fn load(&mut self, params: &Params<T>, state: &OptimizerState<T>) -> Result<(), StateError> {
        self.restore(params, state)
    }

    fn swap_averages(&mut self, params: &mut Params<T>) -> bool {
        let Some(average) = &mut self.average else { return false };
        average.swap(params);
        true
    }
}

/// The settings, and how far it has come; not the numbers beside each parameter.
impl<T: Scalar, R: Rule> fmt::Debug for Descent<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Descent")
            .field("rule", &self.rule)
            .field("rate", &self.rate)
            .field("weight_decay", &self.weight_decay)
            .field("clip", &self.clip)
            .field("constraint", &self.constraint)
            .field("groups", &self.groups)
            .field("accumulate", &self.every)
            .field("ema", &self.average.as_ref().map(|average| average.momentum))
            .field("steps", &self.step)
            .finish_non_exhaustive()
    }
}
