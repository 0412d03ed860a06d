//! The state of a descent, out and in.

use super::{Descent, Memory};
use crate::average::Average;
use crate::rate::{Rate, is_rate};
use crate::rule::Rule;
use crate::saved::{Difference, OptimizerState, Reader, StateError, slot_name};
use crate::state::StateMap;
use autograd::{GradientSum, Param, ParamGradients, Params, Scalar};
use tensor::Tensor;

/// Beside the slots of the rule.
const GRADIENT_SUM: &str = "gradient_sum";
const AVERAGE: &str = "average";

impl<T: Scalar, R: Rule> Descent<T, R> {
    pub(super) fn save(&self, params: &Params<T>) -> OptimizerState<T> {
        let updates = |p: Param| self.memory.get(p).map(|memory| (params.name(p).to_owned(), memory.updates));
        let mut slots = Vec::new();
        for p in params.keys() {
            let name = params.name(p);
            if let Some(memory) = self.memory.get(p) {
                let names = self.rule.slots().iter().map(|slot| slot_name(name, slot));
                slots.extend(names.zip(memory.slots.iter().cloned()));
            }
            if let Some(sum) = self.sum.as_ref().and_then(|sum| sum.gradient(params, p)) {
                slots.push((slot_name(name, GRADIENT_SUM), sum.clone()));
            }
            if let Some(average) = self.average.as_ref().and_then(|average| average.averages.get(p)) {
                slots.push((slot_name(name, AVERAGE), average.clone()));
            }
        }
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

    pub(super) fn restore(&mut self, params: &Params<T>, state: &OptimizerState<T>) -> Result<(), StateError> {
        if state.method != R::NAME {
            let method = Difference::Method { found: state.method.clone(), expected: R::NAME };
            return Err(StateError { differences: vec![method] });
        }
        let mut reader = Reader::new(state);
        let mut new = self.clone();
        match (&mut new.rate, state.rate) {
            (Rate::Fixed(rate), Some(saved)) if is_rate::<T>(saved) => *rate = saved,
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
                    && let Some(a) = reader.required(name, AVERAGE, w.shape())
                {
                    average.averages.entry(place, p, || a);
                }
            }
            if state.pending > 0
                && let Some(sum) = reader.slot(name, GRADIENT_SUM, w.shape())
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
}

/// Gradients that were added up before a state was saved.
struct Sums<T: Scalar>(StateMap<Tensor<T>>);

impl<T: Scalar> ParamGradients<T> for Sums<T> {
    fn gradient(&self, _: &Params<T>, param: Param) -> Option<&Tensor<T>> {
        self.0.get(param)
    }
}
