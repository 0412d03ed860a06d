//! The weights of a model under the names, and in the layout, of PyTorch's `state_dict`.
//!
//! | here | there |
//! |---|---|
//! | `w`, of shape (inputs, outputs) | `weight`, of shape (outputs, inputs) |
//! | `b` | `bias` |
//! | `gamma`, `beta` (batch and layer normalization) | `weight`, `bias` |
//! | `moving_mean`, `moving_var` | `running_mean`, `running_var`, and a counter `num_batches_tracked` |
//! | `table` (`Embedding`) | `weight` |
//! | `alpha` (`PRelu`) | `weight` |
//!
//! Any other parameter keeps its name and its layout.

use super::file::{self, Entry};
use crate::error::{Mismatch, SaveError};
use autograd::{Params, Scalar};
use serde_json::Value;
use std::collections::HashMap;
use std::path::Path;
use tensor::Shape;

/// Counts the batches that a batch normalization has seen. PyTorch has it beside every running mean, and needs it for
/// `momentum=None` alone; here nothing counts them, so 0 is written, as PyTorch does where it has no count.
const COUNTER: &str = "num_batches_tracked";

/// A parameter's name here and there, and whether it is transposed on the way.
struct Pair {
    here: String,
    there: String,
    transposed: bool,
}

/// Pairs parameters with those of the modules, layer by layer. The layer is what stands before the last point of a name.
fn pairs<T: Scalar>(params: &Params<T>, modules: &[&str], path: &Path) -> Result<Vec<Pair>, SaveError> {
    let mut layers: Vec<String> = Vec::new();
    let mut pairs = Vec::new();
    for p in params.keys() {
        let here = params.name(p).to_string();
        let (layer, last) = here.rsplit_once('.').unwrap_or(("", &here));
        let at = layers.iter().position(|l| l == layer).unwrap_or_else(|| {
            layers.push(layer.to_string());
            layers.len() - 1
        });
        let (name, transposed) = match last {
            "w" => ("weight", params.get(p).rank() == 2),
            "gamma" | "table" | "alpha" => ("weight", false),
            "b" | "beta" => ("bias", false),
            "moving_mean" => ("running_mean", false),
            "moving_var" => ("running_var", false),
            other => (other, false),
        };
        let there = match modules.get(at) {
            Some(&"") | None => name.to_string(),
            Some(module) => format!("{module}.{name}"),
        };
        pairs.push(Pair { there, transposed, here });
    }
    let refused = |what| Err(SaveError::Mismatch { path: path.into(), mismatches: vec![Mismatch::Other(what)] });
    if layers.len() != modules.len() {
        let (named, there, layers) = (modules.len(), layers.len(), layers.join(", "));
        return refused(format!("{named} modules were named for {there} layers with parameters ({layers})"));
    }
    let mut names = HashMap::new();
    for Pair { here, there, .. } in &pairs {
        if let Some(other) = names.insert(there, here) {
            return refused(format!("`{other}` and `{here}` would both be `{there}`; give each layer its own module"));
        }
    }
    Ok(pairs)
}

/// Writes the parameters for PyTorch.
pub(super) fn write<T: Scalar>(params: &Params<T>, modules: &[&str], path: &Path) -> Result<(), SaveError> {
    let pairs = pairs(params, modules, path)?;
    let counter = |pair: &Pair| Some(pair.there.strip_suffix("running_mean")?.to_string() + COUNTER);
    let counters: Vec<String> = pairs.iter().filter_map(counter).collect();
    let named = pairs.into_iter().zip(params.iter());
    let tensors = named.map(|(pair, (_, x))| (pair.there, if pair.transposed { x.transpose() } else { x.clone() }));
    file::write_counted(path, &tensors.collect::<Vec<_>>(), &counters, Value::Null)
}

/// The entries of a state_dict under the names here. What has no counterpart keeps its name, to be listed.
pub(super) fn from_torch<T: Scalar>(
    params: &Params<T>,
    modules: &[&str],
    entries: Vec<Entry<T>>,
    path: &Path,
) -> Result<Vec<Entry<T>>, SaveError> {
    let pairs = pairs(params, modules, path)?;
    let wanted = entries.into_iter().filter(|entry| !entry.name.ends_with(COUNTER));
    let renamed = wanted.map(|entry| match pairs.iter().find(|pair| pair.there == entry.name) {
        None => entry,
        Some(Pair { here, transposed, .. }) => {
            let flip = *transposed && entry.shape.rank() == 2;
            Entry {
                name: here.clone(),
                shape: if flip { Shape::from([entry.shape[1], entry.shape[0]]) } else { entry.shape },
                tensor: entry.tensor.map(|x| if flip { x.transpose().packed() } else { x }),
                ..entry
            }
        }
    });
    Ok(renamed.collect())
}
