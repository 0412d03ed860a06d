//! Saving and restoring the state of L-BFGS.

use super::history::{History, Pair};
use super::{Lbfgs, flat, trained};
use crate::saved::{OptimizerState, Reader, StateError, StateMismatch, slot_name};
use autograd::{Param, Params, Scalar};

const METHOD: &str = "lbfgs";

impl Lbfgs {
    /// Returns the history, keyed by parameter names: the steps `s0`, `s1` ... and the changes of the gradient `y0`,
    /// `y1` ..., oldest first.
    pub fn state<T: Scalar>(&self, params: &Params<T>) -> OptimizerState<f64> {
        let mut slots = Vec::new();
        // Removing a parameter drops the history, as it does in the next minimization.
        let complete = self.keys.iter().all(|&p| params.contains(p));
        for (i, pair) in self.history.pairs.iter().filter(|_| complete).enumerate() {
            for (slot, vector) in [("s", &pair.s), ("y", &pair.y)] {
                let parts = flat::parts(params, &self.keys, vector);
                slots.extend(parts.map(|(p, part)| (slot_name(params.name(p), &format!("{slot}{i}")), part)));
            }
        }
        OptimizerState {
            method: METHOD.to_owned(),
            step: self.iterations,
            learning_rate: None,
            pending: 0,
            swapped: false,
            updates: Vec::new(),
            slots,
        }
    }

    /// Restores a state, and continues from it with the same bits as the original.
    ///
    /// # Errors
    /// If the state does not match the parameters that are not frozen. The error lists every mismatch, and nothing is
    /// changed.
    pub fn load_state<T: Scalar>(&mut self, params: &Params<T>, state: &OptimizerState<f64>) -> Result<(), StateError> {
        if state.method != METHOD {
            let method = StateMismatch::Method { found: state.method.clone(), expected: METHOD };
            return Err(StateError { mismatches: vec![method] });
        }
        let keys = trained(params);
        let mut reader = Reader::new(state);
        let mut history = History::default();
        for i in 0..self.history_size {
            let has =
                |p: &Param| state.slots.iter().any(|(name, _)| *name == slot_name(params.name(*p), &format!("s{i}")));
            if !keys.iter().any(has) {
                break;
            }
            let mut vector = |prefix: &str| {
                let slot = format!("{prefix}{i}");
                let part = |&p: &Param| reader.required(params.name(p), &slot, params.get(p).shape());
                keys.iter().filter_map(part).flat_map(|part| part.to_vec()).collect::<Vec<f64>>()
            };
            if let Some(pair) = Pair::new(vector("s"), vector("y")) {
                history.push(pair, self.history_size);
            }
        }
        reader.finish()?;
        (self.history, self.keys, self.iterations) = (history, keys, state.step);
        Ok(())
    }
}
