//! All that optimisers have in common.

use crate::average::Average;
use crate::clip::{Clip, factor, sum_of_squares};
use crate::constraint::Constraint;
use crate::group::Group;
use crate::optimizer::{Optimizer, each_trained};
use crate::rate::{Rate, RateError, is_rate};
use crate::rule::{Rule, Step};
use crate::saved::{Difference, OptimizerState, Reader, StateError, collect, slot_name};
use crate::schedule::Schedule;
use crate::setting;
use crate::state::StateMap;
use crate::update::{Common, Pass};
use autograd::{GradientSum, Param, ParamGradients, Params, Scalar};
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

    /// One update from these gradients, each multiplied by `scale`.
    #[track_caller]
    fn update(&mut self, params: &mut Params<T>, gradients: &dyn ParamGradients<T>, scale: f64) {
        let rate = self.rate.at(self.step);
        let mut scale = scale;
        if let Clip::GlobalNorm(c) = self.clip {
            let mut sum = 0.0;
            each_trained(params, gradients, |_, _, _, g| sum += sum_of_squares(g));
            scale *= factor(c, scale * sum.sqrt());
        }
        let Descent { rule, groups, memory, average, .. } = self;
        let (clip, weight_decay, constraint) = (self.clip, self.weight_decay, &self.constraint);
        each_trained(params, gradients, |params, place, param, gradient| {
            let group = groups.iter().find(|group| group.holds(param, params.name(param)));
            let rate = rate * group.map_or(1.0, |group| group.rate_factor);
            let decay = group.and_then(|group| group.weight_decay).unwrap_or(weight_decay);
            let constraint = group.and_then(|group| group.constraint.as_ref()).or(constraint.as_ref());
            let (scale, limit) = match clip {
                Clip::Norm(c) => (scale * factor(c, scale * sum_of_squares(gradient).sqrt()), f64::INFINITY),
                Clip::Value(c) => (scale, c),
                Clip::Not | Clip::GlobalNorm(_) => (scale, f64::INFINITY),
            };
            let memory = memory.entry(place, param, || Memory::new(rule, gradient));
            memory.updates = memory.updates.saturating_add(1);
            let common =
                Common { scale: T::from_f64(scale), limit: T::from_f64(limit), decay: T::from_f64(rate * decay) };
            let pass = Pass { common, params, param, gradient, slots: &mut memory.slots };
            rule.update(Step { rate, count: memory.updates }, pass);
            if let Some(constraint) = constraint {
                let w = params.get_mut(param);
                *w = constraint.apply(w);
            }
            if let Some(average) = average {
                average.update(place, param, params.get(param));
            }
        });
        self.step = self.step.saturating_add(1);
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
        if self.average.as_ref().is_some_and(|average| average.swapped) {
            panic!("step: the averages stand in the place of the weights; call swap_averages again first");
        }
        if self.every == 1 {
            return self.update(params, gradients, 1.0);
        }
        let mut sum = self.sum.take().unwrap_or_default();
        sum.add(params, gradients);
        self.pending += 1;
        if self.pending == self.every {
            self.update(params, &sum, 1.0 / self.every as f64);
            sum.clear();
            self.pending = 0;
        }
        self.sum = Some(sum);
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
        let updates = |p: Param| self.memory.get(p).map(|memory| (params.name(p).to_owned(), memory.updates));
        let slots = collect(params, |p, name, out| {
            if let Some(memory) = self.memory.get(p) {
                let names = self.rule.slots().iter().map(|slot| slot_name(name, slot));
                out.extend(names.zip(memory.slots.iter().cloned()));
            }
            if let Some(sum) = self.sum.as_ref().and_then(|sum| sum.gradient(p)) {
                out.push((slot_name(name, "sum"), sum.clone()));
            }
            if let Some(average) = self.average.as_ref().and_then(|a| a.averages.get(p)) {
                out.push((slot_name(name, "average"), average.clone()));
            }
        });
        OptimizerState {
            method: R::NAME.to_owned(),
            step: self.step,
            rate: self.rate.fixed(),
            pending: self.pending,
            swapped: self.average.as_ref().is_some_and(|average| average.swapped),
            updates: params.keys().filter_map(updates).collect(),
            slots,
        }
    }

    fn load(&mut self, params: &Params<T>, state: &OptimizerState<T>) -> Result<(), StateError> {
        if state.method != R::NAME {
            let method = Difference::Method { found: state.method.clone(), expected: R::NAME };
            return Err(StateError { differences: vec![method] });
        }
        let mut reader = Reader::new(state);
        let mut new = self.clone();
        match (&mut new.rate, state.rate) {
            (Rate::Fixed(rate), Some(saved)) if is_rate(saved) => *rate = saved,
            (Rate::Fixed(_), Some(saved)) => reader.differences.push(Difference::NotARate(saved)),
            (Rate::Scheduled(_), None) => {}
            (_, found) => reader.differences.push(Difference::Rate { found }),
        }
        if state.pending >= self.every {
            reader.differences.push(Difference::Pending { found: state.pending, every: self.every });
        }
        (new.step, new.pending, new.memory) = (state.step, state.pending, StateMap::new());
        let mut sums = Sums(StateMap::new());
        let mut average = self.average.as_ref().map(|average| Average::new(average.momentum));
        for (place, (p, w)) in params.iter().enumerate() {
            let name = params.name(p);
            let updates = reader.updates(name);
            if updates > 0 {
                let slots =
                    self.rule.slots().iter().filter_map(|slot| reader.required(name, slot, w.shape())).collect();
                new.memory.entry(place, p, || Memory { updates, slots });
                if let Some(average) = &mut average
                    && let Some(a) = reader.required(name, "average", w.shape())
                {
                    average.averages.entry(place, p, || a);
                }
            }
            if state.pending > 0
                && let Some(sum) = reader.slot(name, "sum", w.shape())
            {
                sums.0.entry(place, p, || sum);
            }
        }
        reader.finish()?;
        if let Some(average) = &mut average {
            average.swapped = state.swapped;
        }
        new.average = average;
        new.sum.insert(GradientSum::new()).add(params, &sums);
        *self = new;
        Ok(())
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

/// Gradients that were added up before a state was saved.
struct Sums<T: Scalar>(StateMap<Tensor<T>>);

impl<T: Scalar> ParamGradients<T> for Sums<T> {
    fn gradient(&self, param: Param) -> Option<&Tensor<T>> {
        self.0.get(param)
    }
}
