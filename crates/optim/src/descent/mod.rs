//! All that optimizers have in common.

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
/// 1. [`accumulate`](Descent::accumulate): the gradient is added up with those before; if it is the k-th, or at
///    [`flush`](Optimizer::flush), their mean goes on.
/// 2. [`clip_value`](Descent::clip_value), [`clip_norm`](Descent::clip_norm) or
///    [`global_clip_norm`](Descent::global_clip_norm).
/// 3. [`weight_decay`](Descent::weight_decay): w := w - η λ w.
/// 4. The rule.
/// 5. [`constraint`](Descent::constraint).
/// 6. [`ema`](Descent::ema): the average of the weights follows.
///
/// Settings are `f64`s, and rules compute in `T`. A setting that `T` cannot hold is refused where it is made: in an `f32`
/// an ε or a learning rate of 1e-50 would be 0, and a weight decay of 1e50 infinite. Only a learning rate that falls during
/// training, by a schedule or by [`set_learning_rate`](Optimizer::set_learning_rate), may become so small that it rounds
/// to 0.
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
    /// If the learning rate is negative or NaN, is infinite in `T`, or is not 0 but rounds to 0 in `T`.
    #[track_caller]
    pub fn by(rate: impl Schedule + 'static, rule: R) -> Self {
        Descent {
            rule,
            rate: Rate::new::<T>(rate),
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
    /// If it is a number that is negative or NaN, is infinite in `T`, or is not 0 but rounds to 0 in `T`.
    #[track_caller]
    pub fn rate(mut self, rate: impl Schedule + 'static) -> Self {
        self.rate = Rate::new::<T>(rate);
        self
    }

    /// Decoupled weight decay (Loshchilov and Hutter 2019): in each step w := w - η λ w, beside the rule and out of its
    /// averages. In Keras, too, `weight_decay` is decoupled in every optimizer; in PyTorch only in AdamW, elsewhere it is
    /// an L2 penalty, which adds λ w to the gradient. For plain SGD the two are the same.
    ///
    /// # Panics
    /// If it is negative or NaN, is infinite in `T`, or is not 0 but rounds to 0 in `T`.
    #[track_caller]
    pub fn weight_decay(mut self, decay: f64) -> Self {
        const NAME: &str = "the weight decay";
        self.weight_decay = setting::fits::<T>(NAME, setting::from_zero(NAME, decay));
        self
    }

    /// Clips each element of a gradient to -c..=c.
    ///
    /// # Panics
    /// If c is not above 0 and finite in `T`, or gradients are clipped in another way already.
    #[track_caller]
    pub fn clip_value(mut self, c: f64) -> Self {
        self.clip = self.clip.or(Clip::Value(bound::<T>("the largest value", c)));
        self
    }

    /// Shortens the gradient of each parameter to the Euclidean norm c: g := g c / max(|g|, c).
    ///
    /// # Panics
    /// If c is not above 0 and finite in `T`, or gradients are clipped in another way already.
    #[track_caller]
    pub fn clip_norm(mut self, c: f64) -> Self {
        self.clip = self.clip.or(Clip::Norm(bound::<T>("the largest norm", c)));
        self
    }

    /// Shortens the gradient of all parameters, as one vector, to the Euclidean norm c; its direction stays (Pascanu et
    /// al. 2013).
    ///
    /// # Panics
    /// If c is not above 0 and finite in `T`, or gradients are clipped in another way already.
    #[track_caller]
    pub fn global_clip_norm(mut self, c: f64) -> Self {
        self.clip = self.clip.or(Clip::GlobalNorm(bound::<T>("the largest norm", c)));
        self
    }

    /// Makes an update of every k-th step only, from the mean of k gradients: batches k times as large in the memory of
    /// one. Schedules count updates.
    ///
    /// Where the batches end before the k-th, [`flush`](Optimizer::flush) makes the update from the mean of those there
    /// are; `fit` does so at the end of each epoch. A loop of your own calls it after each pass through the data:
    ///
    /// ```
    /// use autograd::{Params, Tape};
    /// use optim::{Optimizer, Sgd};
    /// use tensor::tensor;
    ///
    /// let mut params = Params::<f64>::new();
    /// let w = params.add("w", tensor![0.0]);
    /// let mut sgd = Sgd::new(1.0).accumulate(2);
    /// for x in [1.0, 2.0, 6.0] {
    ///     let tape = Tape::new();
    ///     let grads = (params.bind(&tape).var(w) * x).sum().backward();
    ///     sgd.step(&mut params, &grads);
    /// }
    /// assert_eq!(params.get(w), &tensor![-1.5]); // the mean of 1 and 2; the 6 waits
    /// assert!(sgd.flush(&mut params));
    /// assert_eq!(params.get(w), &tensor![-7.5]);
    /// assert!(!sgd.flush(&mut params)); // nothing waits any more
    /// ```
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
    /// If the momentum m does not lie in 0..1, or rounds to 1 in `T`.
    #[track_caller]
    pub fn ema(mut self, momentum: f64) -> Self {
        self.average = Some(Average::new(setting::kept::<T>("the momentum of the average", momentum)));
        self
    }

    /// What every parameter is brought back to after each step; for some of them, see [`Group::constraint`].
    ///
    /// # Panics
    /// If a norm of it is not 0 but rounds to 0 in `T`, or is infinite in it.
    #[track_caller]
    pub fn constraint(mut self, constraint: Constraint) -> Self {
        constraint.check::<T>();
        self.constraint = Some(constraint);
        self
    }

    /// Treats some parameters in their own way.
    ///
    /// # Panics
    /// If a setting of the group is not 0 but rounds to 0 in `T`, or is infinite in it.
    #[track_caller]
    pub fn group(mut self, group: Group) -> Self {
        group.check::<T>();
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

/// What gradients are clipped to.
#[track_caller]
fn bound<T: Scalar>(name: &str, c: f64) -> f64 {
    setting::fits::<T>(name, setting::positive(name, c))
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

    #[track_caller]
    fn flush(&mut self, params: &mut Params<T>) -> bool {
        self.take_rest(params)
    }

    fn discard(&mut self) -> bool {
        self.drop_rest()
    }

    fn steps(&self) -> u64 {
        self.step
    }

    fn learning_rate(&self) -> f64 {
        self.rate.at::<T>(self.step)
    }

    fn set_learning_rate(&mut self, rate: f64) -> Result<(), RateError> {
        self.rate.set::<T>(rate)
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
