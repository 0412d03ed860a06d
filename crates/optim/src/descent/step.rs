//! A step of an optimizer.

use super::{GradientDescent, ParamState};
use crate::clip::{Clip, factor, sum_of_squares};
use crate::optimizer::each_trained;
use crate::rule::{Step, UpdateRule};
use crate::update::{ParamUpdate, Prepare};
use autograd::{Param, ParamGradients, Params, Scalar};
use tensor::Tensor;

impl<T: Scalar, R: UpdateRule> GradientDescent<T, R> {
    /// Makes an update, or accumulates the gradients for a later one.
    #[track_caller]
    pub(super) fn apply_step(&mut self, params: &mut Params<T>, gradients: &dyn ParamGradients<T>) {
        self.check_not_swapped();
        if self.every == 1 {
            return self.update(params, gradients, 1.0);
        }
        let sum = self.accumulated.get_or_insert_default();
        sum.add(params, &Trained { params, gradients });
        self.pending += 1;
        if self.pending >= self.every {
            self.apply_accumulated(params);
        }
    }

    /// Makes an update from the mean of the accumulated gradients; returns whether there were any.
    #[track_caller]
    pub(super) fn apply_accumulated(&mut self, params: &mut Params<T>) -> bool {
        if self.pending == 0 {
            return false;
        }
        self.check_not_swapped();
        let mut sum = self.accumulated.take().unwrap_or_default();
        self.update(params, &sum, 1.0 / self.pending as f64);
        sum.clear();
        self.accumulated = Some(sum);
        self.pending = 0;
        true
    }

    /// Drops the accumulated gradients; returns whether there were any.
    pub(super) fn discard_accumulated(&mut self) -> bool {
        self.accumulated = None; // the sum may belong to the parameters of another model
        std::mem::take(&mut self.pending) > 0
    }

    #[track_caller]
    fn check_not_swapped(&self) {
        if self.average.as_ref().is_some_and(|average| average.swapped) {
            panic!("step: the store holds the averages; call swap_averages to restore the weights before training");
        }
    }

    /// Makes one update from the gradients, multiplied by `scale`.
    #[track_caller]
    fn update(&mut self, params: &mut Params<T>, gradients: &dyn ParamGradients<T>, scale: f64) {
        let rate = self.rate.at::<T>(self.step);
        let mut scale = scale;
        if let Clip::GlobalNorm(c) = self.clip {
            let mut sum = 0.0;
            each_trained(params, gradients, |_, _, _, g| sum += sum_of_squares(g));
            scale *= factor(c, scale * sum.sqrt());
        }
        let GradientDescent { rule, groups, states, average, .. } = self;
        let (clip, weight_decay, constraint) = (self.clip, self.weight_decay, &self.constraint);
        each_trained(params, gradients, |params, position, param, gradient| {
            let group = groups.iter().find(|group| group.contains(param, params.name(param)));
            let rate = rate * group.map_or(1.0, |group| group.learning_rate_factor);
            let decay = group.and_then(|group| group.weight_decay).unwrap_or(weight_decay);
            let constraint = group.and_then(|group| group.constraint.as_ref()).or(constraint.as_ref());
            let (scale, bound) = match clip {
                Clip::Norm(c) => (scale * factor(c, scale * sum_of_squares(gradient).sqrt()), f64::INFINITY),
                Clip::Value(c) => (scale, c),
                Clip::None | Clip::GlobalNorm(_) => (scale, f64::INFINITY),
            };
            let state = states.entry(position, param, || ParamState::new(rule, gradient));
            state.updates = state.updates.saturating_add(1);
            let prepare =
                Prepare { scale: T::from_f64(scale), bound: T::from_f64(bound), decay: T::from_f64(rate * decay) };
            let update = ParamUpdate { prepare, params, param, gradient, slots: &mut state.slots };
            rule.update(Step { learning_rate: rate, count: state.updates }, update);
            if let Some(constraint) = constraint {
                let w = params.get_mut(param);
                *w = constraint.apply(w);
            }
            if let Some(average) = average {
                average.update(position, param, params.get(param));
            }
        });
        self.step = self.step.saturating_add(1);
    }
}

/// Gradients without those of frozen parameters, which must not be accumulated.
struct Trained<'a, T: Scalar> {
    params: &'a Params<T>,
    gradients: &'a dyn ParamGradients<T>,
}

impl<T: Scalar> ParamGradients<T> for Trained<'_, T> {
    fn gradient(&self, params: &Params<T>, param: Param) -> Option<&Tensor<T>> {
        self.gradients.gradient(params, param).filter(|_| !self.params.is_frozen(param))
    }
}
