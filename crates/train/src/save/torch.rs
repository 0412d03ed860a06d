//! Weights with the names and the layout of PyTorch's `state_dict`.
//!
//! | chainrule | PyTorch |
//! |---|---|
//! | `w`, of shape (inputs, outputs) | `weight`, of shape (outputs, inputs) |
//! | `b` | `bias` |
//! | `gamma`, `beta` (batch and layer normalization) | `weight`, `bias` |
//! | `moving_mean`, `moving_var` | `running_mean`, `running_var`, and a counter `num_batches_tracked` |
//! | `table` (`Embedding`) | `weight` |
//! | `alpha` (`PRelu`) | `weight` |
//!
//! Other parameters have the same name and layout.

use super::file::{self, Entry};
use crate::error::{Mismatch, SaveError};
use autograd::{Params, Scalar};
use serde_json::Value;
use std::collections::HashMap;
use std::path::Path;
use tensor::Shape;

/// The number of batches that a batch normalization has processed. PyTorch stores it with every running mean, and uses
/// it only for `momentum=None`. Since it is not counted here, 0 is written, PyTorch's default.
const COUNTER: &str = "num_batches_tracked";

/// The names of a parameter in chainrule and in PyTorch, and whether it is transposed.
struct Pair {
    name: String,
    torch: String,
    transposed: bool,
}

/// Pairs parameters with those of the modules, layer by layer. The name of the layer is the part before the last dot.
fn pairs<T: Scalar>(params: &Params<T>, modules: &[&str], path: &Path) -> Result<Vec<Pair>, SaveError> {
    let mut layers: Vec<String> = Vec::new();
    let mut pairs = Vec::new();
    for p in params.keys() {
        let name = params.name(p).to_string();
        let (layer, last) = name.rsplit_once('.').unwrap_or(("", &name));
        let at = layers.iter().position(|l| l == layer).unwrap_or_else(|| {
            layers.push(layer.to_string());
            layers.len() - 1
        });
        let (torch, transposed) = match last {
            "w" => ("weight", params.get(p).rank() == 2),
            "gamma" | "table" | "alpha" => ("weight", false),
            "b" | "beta" => ("bias", false),
            "moving_mean" => ("running_mean", false),
            "moving_var" => ("running_var", false),
            other => (other, false),
        };
        let torch = match modules.get(at) {
            Some(&"") | None => torch.to_string(),
            Some(module) => format!("{module}.{torch}"),
        };
        pairs.push(Pair { torch, transposed, name });
    }
    let mismatch = |what| Err(SaveError::Mismatch { path: path.into(), mismatches: vec![Mismatch::Other(what)] });
    if layers.len() != modules.len() {
        let (found, expected, layers) = (modules.len(), layers.len(), layers.join(", "));
        return mismatch(format!(
            "expected one module name for each of the {expected} layers with parameters ({layers}), got {found}"
        ));
    }
    let mut names = HashMap::new();
    for Pair { name, torch, .. } in &pairs {
        if let Some(other) = names.insert(torch, name) {
            return mismatch(format!(
                "`{other}` and `{name}` would both be named `{torch}`; pass a different module name for each layer"
            ));
        }
    }
    Ok(pairs)
}

/// Writes the parameters in PyTorch's layout.
pub(super) fn write<T: Scalar>(params: &Params<T>, modules: &[&str], path: &Path) -> Result<(), SaveError> {
    let pairs = pairs(params, modules, path)?;
    let counter = |pair: &Pair| Some(pair.torch.strip_suffix("running_mean")?.to_string() + COUNTER);
    let counters: Vec<String> = pairs.iter().filter_map(counter).collect();
    let named = pairs.into_iter().zip(params.iter());
    let tensors = named.map(|(pair, (_, x))| (pair.torch, if pair.transposed { x.transpose() } else { x.clone() }));
    file::write_with_counters(path, &tensors.collect::<Vec<_>>(), &counters, Value::Null)
}

/// Renames and transposes the entries of a `state_dict`. An entry without a counterpart keeps its name, and is reported
/// as a mismatch later.
pub(super) fn from_torch<T: Scalar>(
    params: &Params<T>,
    modules: &[&str],
    entries: Vec<Entry<T>>,
    path: &Path,
) -> Result<Vec<Entry<T>>, SaveError> {
    let pairs = pairs(params, modules, path)?;
    let weights = entries.into_iter().filter(|entry| !entry.name.ends_with(COUNTER));
    let renamed = weights.map(|entry| match pairs.iter().find(|pair| pair.torch == entry.name) {
        None => entry,
        Some(Pair { name, transposed, .. }) => {
            let transpose = *transposed && entry.shape.rank() == 2;
            Entry {
                name: name.clone(),
                shape: if transpose { Shape::from([entry.shape[1], entry.shape[0]]) } else { entry.shape },
                tensor: entry.tensor.map(|x| if transpose { x.transpose().packed() } else { x }),
                ..entry
            }
        }
    });
    Ok(renamed.collect())
}
