//! One step, part by part.

use super::{Descent, Memory};
use crate::clip::{Clip, factor, sum_of_squares};
use crate::optimizer::each_trained;
use crate::rule::{Rule, Step};
use crate::update::{Common, Pass};
use autograd::{Param, ParamGradients, Params, Scalar};
use tensor::Tensor;

impl<T: Scalar, R: Rule> Descent<T, R> {
    /// A step: an update, or a gradient more for one.
    #[track_caller]
    pub(super) fn take(&mut self, params: &mut Params<T>, gradients: &dyn ParamGradients<T>) {
        self.refuse_averages();
        if self.every == 1 {
            return self.update(params, gradients, 1.0);
        }
        let sum = self.sum.get_or_insert_default();
        sum.add(params, &Trained { params, gradients });
        self.pending += 1;
        if self.pending >= self.every {
            self.take_rest(params);
        }
    }

    /// Makes an update from the mean of the accumulated gradients; returns whether there were any.
    #[track_caller]
    pub(super) fn take_rest(&mut self, params: &mut Params<T>) -> bool {
        if self.pending == 0 {
            return false;
        }
        self.refuse_averages();
        let mut sum = self.sum.take().unwrap_or_default();
        self.update(params, &sum, 1.0 / self.pending as f64);
        sum.clear();
        self.sum = Some(sum);
        self.pending = 0;
        true
    }

    /// Drops the accumulated gradients; returns whether there were any.
    pub(super) fn drop_rest(&mut self) -> bool {
        self.sum = None; // the next gradients may be of another model
        std::mem::take(&mut self.pending) > 0
    }

    #[track_caller]
    fn refuse_averages(&self) {
        if self.average.as_ref().is_some_and(|average| average.swapped) {
            panic!("step: the averages stand in the place of the weights; call swap_averages again first");
        }
    }

    /// One update from these gradients, each multiplied by `scale`.
    #[track_caller]
    fn update(&mut self, params: &mut Params<T>, gradients: &dyn ParamGradients<T>, scale: f64) {
        let rate = self.rate.at::<T>(self.step);
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

/// Gradients without those of frozen parameters, which are not to be added up for later.
struct Trained<'a, T: Scalar> {
    params: &'a Params<T>,
    gradients: &'a dyn ParamGradients<T>,
}

impl<T: Scalar> ParamGradients<T> for Trained<'_, T> {
    fn gradient(&self, params: &Params<T>, param: Param) -> Option<&Tensor<T>> {
        self.gradients.gradient(params, param).filter(|_| !self.params.is_frozen(param))
    }
}
