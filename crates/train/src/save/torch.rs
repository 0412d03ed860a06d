//! The weights of a model under the names, and in the layout, of PyTorch's `state_dict`.
//!
//! | here | there |
//! |---|---|
//! | `w`, of shape (inputs, outputs) | `weight`, of shape (outputs, inputs) |
//! | `b` | `bias` |
//! | `gamma`, `beta` | `weight`, `bias` |
//! | `moving_mean`, `moving_var` | `running_mean`, `running_var` |
//!
//! What is called otherwise keeps its name and its layout.

use super::error::{Difference, SaveError};
use super::file::Entry;
use autograd::{Params, Scalar};
use std::path::Path;
use tensor::{Shape, Tensor};

/// Counts batches; a state_dict has it, and nobody needs it.
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
            "gamma" => ("weight", false),
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
    if layers.len() != modules.len() {
        let what = format!(
            "{} modules were named for {} layers with parameters ({})",
            modules.len(),
            layers.len(),
            layers.join(", ")
        );
        return Err(SaveError::Differences { path: path.into(), differences: vec![Difference::Other(what)] });
    }
    Ok(pairs)
}

/// The parameters for PyTorch.
pub(super) fn to_torch<T: Scalar>(
    params: &Params<T>,
    modules: &[&str],
    path: &Path,
) -> Result<Vec<(String, Tensor<T>)>, SaveError> {
    let named = pairs(params, modules, path)?.into_iter().zip(params.iter());
    Ok(named.map(|(pair, (_, x))| (pair.there, if pair.transposed { x.transpose() } else { x.clone() })).collect())
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
