//! A whole training run in one file.

use crate::callback::CallbackState;
use crate::error::{Mismatch, SaveError};
use crate::history::History;
use crate::save::file::{self, Entry};
use crate::save::json::{number, to_number};
use crate::save::model;
use autograd::Scalar;
use nn::Model;
use optim::OptimizerState;
use serde_json::{Value, json};
use std::path::Path;
use tensor::Tensor;

/// All that a run needs to go on as if it had never stopped.
///
/// What is random in an epoch follows from the seed and the number of the epoch, and a schedule from the step of the
/// optimizer: these three numbers are the state of the generator and of the schedule.
#[derive(Clone, Debug)]
pub(crate) struct Checkpoint<T: Scalar> {
    pub(crate) params: Vec<Entry<T>>,
    pub(crate) optimizer: OptimizerState<T>,
    pub(crate) seed: u64,
    /// Epochs that are done.
    pub(crate) epoch: usize,
    pub(crate) history: History,
    pub(crate) callbacks: Vec<CallbackState<T>>,
}

/// Writes the state of a run.
pub(crate) fn write<T: Scalar>(
    path: &Path,
    model: &Model<T>,
    optimizer: &OptimizerState<T>,
    epoch: usize,
    history: &History,
    callbacks: &[CallbackState<T>],
) -> Result<(), SaveError> {
    let mut tensors = file::named(model.params());
    tensors.extend(optimizer.slots.iter().map(|(name, x)| (format!("optimizer/{name}"), x.clone())));
    for (i, state) in callbacks.iter().enumerate() {
        tensors.extend(state.tensors.iter().map(|(name, x)| (format!("callback/{i}/{name}"), x.clone())));
    }
    let columns = history.names().map(|name| {
        let figures = history.get(name).unwrap_or(&[]).iter().map(|&x| number(x)).collect::<Vec<_>>();
        json!([name, figures])
    });
    let mut facts = model::facts(model);
    let run = json!({
        "seed": model.random_seed(),
        "epoch": epoch,
        "stopped": history.stopped(),
        "epochs": history.epochs(),
        "history": columns.collect::<Vec<_>>(),
        "optimizer": {
            "method": optimizer.method,
            "step": optimizer.step,
            "rate": optimizer.learning_rate.map(number),
            "pending": optimizer.pending,
            "swapped": optimizer.swapped,
            "updates": optimizer.updates,
        },
        "callbacks": callbacks.iter().map(|state| state.figures.clone()).collect::<Vec<_>>(),
    });
    if let (Value::Object(facts), Value::Object(run)) = (&mut facts, run) {
        facts.extend(run);
    }
    file::write(path, &tensors, facts)
}

/// Reads the state of a run.
pub(crate) fn read<T: Scalar>(path: &Path) -> Result<Checkpoint<T>, SaveError> {
    let (entries, facts) = file::read::<T>(path)?;
    // Weights may come from another type, but a run resumed in it would not be the run that was interrupted.
    let (_, expected) = file::element::<T>();
    if let Some(other) = entries.iter().find(|entry| entry.element != expected) {
        let what = format!("the file has {} values, the model computes in {expected}", other.element);
        return Err(SaveError::Mismatch { path: path.into(), mismatches: vec![Mismatch::Other(what)] });
    }
    let broken = || SaveError::Format { path: path.into(), what: "it holds no training run".to_string() };
    parse(entries, &facts).ok_or_else(broken)
}

fn parse<T: Scalar>(entries: Vec<Entry<T>>, facts: &Value) -> Option<Checkpoint<T>> {
    let index = |value: &Value| usize::try_from(value.as_u64()?).ok();
    let epochs: Vec<usize> = facts["epochs"].as_array()?.iter().map(index).collect::<Option<_>>()?;
    let mut columns = Vec::new();
    for column in facts["history"].as_array()? {
        let values: Vec<f64> = column[1].as_array()?.iter().map(to_number).collect::<Option<_>>()?;
        columns.push((column[0].as_str()?.to_string(), Some(values).filter(|v| v.len() == epochs.len())?));
    }
    let mut history = History::from_columns(epochs, columns);
    history.stop(facts["stopped"].as_str().map(str::to_string));

    let (mut params, mut slots) = (Vec::new(), Vec::new());
    let figures = facts["callbacks"].as_array()?;
    let mut callbacks: Vec<CallbackState<T>> =
        figures.iter().map(|f| CallbackState { figures: f.clone(), tensors: Vec::new() }).collect();
    for entry in entries {
        if let Some(name) = entry.name.strip_prefix("optimizer/") {
            slots.push((name.to_string(), entry.tensor?));
        } else if let Some(rest) = entry.name.strip_prefix("callback/") {
            let (i, name) = rest.split_once('/')?;
            callbacks.get_mut(i.parse::<usize>().ok()?)?.tensors.push((name.to_string(), entry.tensor?));
        } else {
            params.push(entry);
        }
    }
    let state = &facts["optimizer"];
    let mut updates = Vec::new();
    for update in state["updates"].as_array()? {
        updates.push((update[0].as_str()?.to_string(), update[1].as_u64()?));
    }
    let optimizer = OptimizerState {
        method: state["method"].as_str()?.to_string(),
        step: state["step"].as_u64()?,
        learning_rate: if state["rate"].is_null() { None } else { Some(to_number(&state["rate"])?) },
        pending: state["pending"].as_u64()?,
        swapped: state["swapped"].as_bool()?,
        updates,
        slots,
    };
    Some(Checkpoint {
        params,
        optimizer,
        seed: facts["seed"].as_u64()?,
        epoch: index(&facts["epoch"])?,
        history,
        callbacks,
    })
}

impl<T: Scalar> Checkpoint<T> {
    /// What is not as in the run that is to go on.
    pub(crate) fn mismatches(&self, model: &Model<T>, callbacks: usize) -> Vec<Mismatch> {
        let mut found = file::mismatches(model.params(), &self.params);
        if self.seed != model.random_seed() {
            let what = format!("the run has the seed {}, the model {}", self.seed, model.random_seed());
            found.push(Mismatch::Other(what));
        }
        if self.callbacks.len() != callbacks {
            let what = format!("the run has {} callbacks, this one {callbacks}", self.callbacks.len());
            found.push(Mismatch::Other(what));
        }
        found
    }

    /// The numbers of the parameters, by name.
    pub(crate) fn numbers(self) -> impl Iterator<Item = (String, Tensor<T>)> {
        self.params.into_iter().filter_map(|entry| Some((entry.name, entry.tensor?)))
    }
}
