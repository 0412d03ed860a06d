//! What a summary says of a module: its outputs, its layers and their names.

use super::Module;
use crate::activation::Activation;
use crate::init::Init;
use crate::naming::snake_case;
use autograd::{Param, Scalar};
use tensor::Shape;

/// An output of a [`Module`].
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// The name: that of the layer that computes it, or one given to it.
    pub name: String,
    /// The activation it ends with.
    pub activation: Activation,
}

/// A row of a summary.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerSummary {
    /// The name, unique among the layers.
    pub name: String,
    /// The kind of layer.
    pub kind: String,
    /// The shapes of its outputs for one example.
    pub outputs: Vec<Shape>,
    /// The keys of its parameters. A parameter that an earlier layer has is listed again.
    pub parameters: Vec<Param>,
    /// The names of the layers that feed it, in a graph. Empty in a chain.
    pub from: Vec<String>,
    /// The activation it ends with.
    pub activation: Activation,
    /// The initializer of its kernel, if it is known.
    pub init: Option<Init>,
}

impl LayerSummary {
    pub(crate) fn of<T: Scalar>(module: &(impl Module<T> + ?Sized), name: String, outputs: Vec<Shape>) -> Self {
        LayerSummary {
            name,
            kind: module.kind().to_string(),
            outputs,
            parameters: module.parameters(),
            from: Vec::new(),
            activation: module.output_activation(),
            init: module.kernel_init(),
        }
    }
}

/// The last part of a type's path, without its parameters.
pub(super) fn kind_of<M: ?Sized>() -> &'static str {
    let path = std::any::type_name::<M>();
    let path = path.split('<').next().unwrap_or(path);
    path.rsplit("::").next().unwrap_or(path)
}

/// The name of a module, or its kind in the spelling of a name.
pub(crate) fn title<T: Scalar>(module: &(impl Module<T> + ?Sized)) -> String {
    if module.name().is_empty() { snake_case(module.kind()) } else { module.name().to_string() }
}

/// Each key at its first place.
pub(crate) fn distinct(keys: impl IntoIterator<Item = Param>) -> Vec<Param> {
    let mut seen = Vec::new();
    for key in keys {
        if !seen.contains(&key) {
            seen.push(key);
        }
    }
    seen
}
