//! Saving and restoring the state of an optimizer.

use super::{GradientDescent, ParamState};
use crate::average::Average;
use crate::rate::{Rate, is_rate};
use crate::rule::UpdateRule;
use crate::saved::{OptimizerState, Reader, StateError, StateMismatch, slot_name};
use crate::state::StateMap;
use autograd::{GradientSum, Param, ParamGradients, Params, Scalar};
use tensor::Tensor;

// The names of slots besides those of the rule.
const GRADIENT_SUM: &str = "gradient_sum";
const AVERAGE: &str = "average";

impl<T: Scalar, R: UpdateRule> GradientDescent<T, R> {
    pub(super) fn save(&self, params: &Params<T>) -> OptimizerState<T> {
        let updates = |p: Param| self.states.get(p).map(|state| (params.name(p).to_owned(), state.updates));
        let mut slots = Vec::new();
        for p in params.keys() {
            let name = params.name(p);
            if let Some(state) = self.states.get(p) {
                let names = self.rule.slots().iter().map(|slot| slot_name(name, slot));
                slots.extend(names.zip(state.slots.iter().cloned()));
            }
            if let Some(sum) = self.accumulated.as_ref().and_then(|sum| sum.gradient(params, p)) {
                slots.push((slot_name(name, GRADIENT_SUM), sum.clone()));
            }
            if let Some(average) = self.average.as_ref().and_then(|average| average.averages.get(p)) {
                slots.push((slot_name(name, AVERAGE), average.clone()));
            }
        }
        OptimizerState {
            method: R::NAME.to_owned(),
            step: self.step,
            learning_rate: self.rate.constant(),
            pending: self.pending,
            swapped: self.average.as_ref().is_some_and(|average| average.swapped),
            updates: params.keys().filter_map(updates).collect(),
            slots,
        }
    }

    pub(super) fn restore(&mut self, params: &Params<T>, state: &OptimizerState<T>) -> Result<(), StateError> {
        if state.method != R::NAME {
            let method = StateMismatch::Method { found: state.method.clone(), expected: R::NAME };
            return Err(StateError { mismatches: vec![method] });
        }
        let mut reader = Reader::new(state);
        let mut new = self.clone();
        match (&mut new.rate, state.learning_rate) {
            (Rate::Constant(rate), Some(saved)) if is_rate::<T>(saved) => *rate = saved,
            (Rate::Constant(_), Some(saved)) => reader.mismatches.push(StateMismatch::InvalidLearningRate(saved)),
            (Rate::Scheduled(_), None) => {}
            (_, found) => reader.mismatches.push(StateMismatch::LearningRate { found }),
        }
        if state.pending >= self.every {
            reader.mismatches.push(StateMismatch::Pending { found: state.pending, every: self.every });
        }
        (new.step, new.pending, new.states) = (state.step, state.pending, StateMap::new());
        let mut sums = Sums(StateMap::new());
        let mut average = self.average.as_ref().map(|average| Average::new(average.momentum));
        for (position, (p, w)) in params.iter().enumerate() {
            let name = params.name(p);
            let updates = reader.updates(name);
            if updates > 0 {
                let slots =
                    self.rule.slots().iter().filter_map(|slot| reader.required(name, slot, w.shape())).collect();
                new.states.entry(position, p, || ParamState { updates, slots });
                if let Some(average) = &mut average
                    && let Some(a) = reader.required(name, AVERAGE, w.shape())
                {
                    average.averages.entry(position, p, || a);
                }
            }
            if state.pending > 0
                && let Some(sum) = reader.slot(name, GRADIENT_SUM, w.shape())
            {
                sums.0.entry(position, p, || sum);
            }
        }
        reader.finish()?;
        if let Some(average) = &mut average {
            average.swapped = state.swapped;
        }
        new.average = average;
        new.accumulated.insert(GradientSum::new()).add(params, &sums);
        *self = new;
        Ok(())
    }
}

/// The accumulated gradients of a saved state.
struct Sums<T: Scalar>(StateMap<Tensor<T>>);

impl<T: Scalar> ParamGradients<T> for Sums<T> {
    fn gradient(&self, _: &Params<T>, param: Param) -> Option<&Tensor<T>> {
        self.0.get(param)
    }
}
