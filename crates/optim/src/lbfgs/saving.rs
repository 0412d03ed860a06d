//! What L-BFGS knows, out and in.

use super::history::{History, Pair};
use super::{Lbfgs, flat, trained};
use crate::saved::{Difference, OptimizerState, Reader, StateError, slot_name};
use autograd::{Param, Params, Scalar};

const METHOD: &str = "lbfgs";

impl Lbfgs {
    /// What it has learned of the curvature, by the names of the parameters: steps as `s0`, `s1` ... and changes of the
    /// gradient as `y0`, `y1` ..., oldest first.
    pub fn state<T: Scalar>(&self, params: &Params<T>) -> OptimizerState<f64> {
        let mut slots = Vec::new();
        // A parameter that is gone takes the history with it, as it does in the next step.
        let whole = self.keys.iter().all(|&p| params.contains(p));
        for (i, pair) in self.history.pairs.iter().filter(|_| whole).enumerate() {
            for (what, vector) in [("s", &pair.s), ("y", &pair.y)] {
                let parts = flat::parts(params, &self.keys, vector);
                slots.extend(parts.map(|(p, part)| (slot_name(params.name(p), &format!("{what}{i}")), part)));
            }
        }
        OptimizerState {
            method: METHOD.to_owned(),
            step: self.iterations,
            rate: None,
            pending: 0,
            swapped: false,
            updates: Vec::new(),
            slots,
        }
    }

    /// Goes on from a state: bit for bit as the one that gave it would have.
    ///
    /// # Errors
    /// If it does not fit the parameters that are trained: all differences are listed, and nothing is changed.
    pub fn load<T: Scalar>(&mut self, params: &Params<T>, state: &OptimizerState<f64>) -> Result<(), StateError> {
        if state.method != METHOD {
            let method = Difference::Method { found: state.method.clone(), expected: METHOD };
            return Err(StateError { differences: vec![method] });
        }
        let keys = trained(params);
        let mut reader = Reader::new(state);
        let mut history = History::default();
        for i in 0..self.most {
            let has =
                |p: &Param| state.slots.iter().any(|(name, _)| *name == slot_name(params.name(*p), &format!("s{i}")));
            if !keys.iter().any(has) {
                break;
            }
            let mut vector = |what: &str| {
                let slot = format!("{what}{i}");
                let part = |&p: &Param| reader.required(params.name(p), &slot, params.get(p).shape());
                keys.iter().filter_map(part).flat_map(|part| part.to_vec()).collect::<Vec<f64>>()
            };
            if let Some(pair) = Pair::new(vector("s"), vector("y")) {
                history.push(pair, self.most);
            }
        }
        reader.finish()?;
        (self.history, self.keys, self.iterations) = (history, keys, state.step);
        Ok(())
    }
}
