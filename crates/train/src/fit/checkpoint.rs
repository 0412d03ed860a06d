//! The state of a training run in one file.

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

/// The state from which a run continues as if it had not been interrupted.
///
/// The random numbers of an epoch depend only on seed and epoch, and a schedule only on the step of the optimizer, so
/// generator and schedule have no further state.
#[derive(Clone, Debug)]
pub(crate) struct Checkpoint<T: Scalar> {
    pub(crate) params: Vec<Entry<T>>,
    pub(crate) optimizer: OptimizerState<T>,
    pub(crate) seed: u64,
    /// The number of completed epochs.
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
        let values = history.get(name).unwrap_or(&[]).iter().map(|&x| number(x)).collect::<Vec<_>>();
        json!([name, values])
    });
    let mut metadata = model::metadata(model);
    let run = json!({
        "seed": model.random_seed(),
        "epoch": epoch,
        "stopped": history.stop_reason(),
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
        "callbacks": callbacks.iter().map(|state| state.values.clone()).collect::<Vec<_>>(),
    });
    if let (Value::Object(metadata), Value::Object(run)) = (&mut metadata, run) {
        metadata.extend(run);
    }
    file::write(path, &tensors, metadata)
}

/// Reads the state of a run.
pub(crate) fn read<T: Scalar>(path: &Path) -> Result<Checkpoint<T>, SaveError> {
    let (entries, metadata) = file::read::<T>(path)?;
    // Weights may be converted from another type, but a run continued in another type would give other results.
    let (_, expected) = file::element::<T>();
    if let Some(other) = entries.iter().find(|entry| entry.element != expected) {
        let what = format!("the file has {} values, the model {expected}", other.element);
        return Err(SaveError::Mismatch { path: path.into(), mismatches: vec![Mismatch::Other(what)] });
    }
    let invalid = || SaveError::Format { path: path.into(), what: "it contains no training run".to_string() };
    parse(entries, &metadata).ok_or_else(invalid)
}

fn parse<T: Scalar>(entries: Vec<Entry<T>>, metadata: &Value) -> Option<Checkpoint<T>> {
    let index = |value: &Value| usize::try_from(value.as_u64()?).ok();
    let epochs: Vec<usize> = metadata["epochs"].as_array()?.iter().map(index).collect::<Option<_>>()?;
    let mut columns = Vec::new();
    for column in metadata["history"].as_array()? {
        let values: Vec<f64> = column[1].as_array()?.iter().map(to_number).collect::<Option<_>>()?;
        columns.push((column[0].as_str()?.to_string(), Some(values).filter(|v| v.len() == epochs.len())?));
    }
    let mut history = History::from_columns(epochs, columns);
    history.stop(metadata["stopped"].as_str().map(str::to_string));

    let (mut params, mut slots) = (Vec::new(), Vec::new());
    let values = metadata["callbacks"].as_array()?;
    let mut callbacks: Vec<CallbackState<T>> =
        values.iter().map(|values| CallbackState { values: values.clone(), tensors: Vec::new() }).collect();
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
    let state = &metadata["optimizer"];
    let update = |update: &Value| Some((update[0].as_str()?.to_string(), update[1].as_u64()?));
    let optimizer = OptimizerState {
        method: state["method"].as_str()?.to_string(),
        step: state["step"].as_u64()?,
        learning_rate: if state["rate"].is_null() { None } else { Some(to_number(&state["rate"])?) },
        pending: state["pending"].as_u64()?,
        swapped: state["swapped"].as_bool()?,
        updates: state["updates"].as_array()?.iter().map(update).collect::<Option<_>>()?,
        slots,
    };
    let (seed, epoch) = (metadata["seed"].as_u64()?, index(&metadata["epoch"])?);
    Some(Checkpoint { params, optimizer, seed, epoch, history, callbacks })
}

impl<T: Scalar> Checkpoint<T> {
    /// The mismatches with the model and the number of callbacks of the resumed run.
    pub(crate) fn mismatches(&self, model: &Model<T>, callbacks: usize) -> Vec<Mismatch> {
        let mut found = file::mismatches(model.params(), &self.params);
        if self.seed != model.random_seed() {
            let what = format!("the file has seed {}, the model {}", self.seed, model.random_seed());
            found.push(Mismatch::Other(what));
        }
        if self.callbacks.len() != callbacks {
            let what = format!("the file has {} callbacks, this run {callbacks}", self.callbacks.len());
            found.push(Mismatch::Other(what));
        }
        found
    }
}
