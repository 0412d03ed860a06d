//! The kinds of layers that the library has, and how configs are read.

use crate::activation::Activation;
use crate::graph::GraphConfig;
use crate::layer::*;
use crate::module::{Config, Kind, LayerConfig};
use crate::registry::Registry;
use crate::sequential::SequentialConfig;
use autograd::Scalar;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::fmt;

/// The kinds of the library. A new layer is one line here.
const LIBRARY: &[&Kind] = &[
    Kind::of::<Activation>(),
    Kind::of::<Add>(),
    Kind::of::<AlphaDropout>(),
    Kind::of::<Average>(),
    Kind::of::<BatchNormConfig>(),
    Kind::of::<CategoryEncoding>(),
    Kind::of::<Concatenate>(),
    Kind::of::<DenseConfig>(),
    Kind::of::<Discretization>(),
    Kind::of::<Dropout>(),
    Kind::of::<EmbeddingConfig>(),
    Kind::of::<Flatten>(),
    Kind::of::<GaussianDropout>(),
    Kind::of::<GaussianNoise>(),
    Kind::of::<Glu>(),
    Kind::of::<GraphConfig>(),
    Kind::of::<Identity>(),
    Kind::of::<LayerNormConfig>(),
    Kind::of::<Maximum>(),
    Kind::of::<Minimum>(),
    Kind::of::<Multiply>(),
    Kind::of::<NormalizationConfig>(),
    Kind::of::<PReluConfig>(),
    Kind::of::<Rescaling>(),
    Kind::of::<Reshape>(),
    Kind::of::<SequentialConfig>(),
    Kind::of::<Subtract>(),
    Kind::of::<UnitNorm>(),
];

/// The library's kind of this name.
fn find(name: &str) -> Option<&'static Kind> {
    LIBRARY.iter().find(|kind| kind.name == name).copied()
}

impl<T: Scalar> Registry<T> {
    /// Adds a custom kind of layer.
    ///
    /// # Panics
    /// If the library has a layer of that kind.
    #[must_use]
    #[track_caller]
    pub fn layer<C: LayerConfig>(mut self) -> Self {
        let kind = C::KIND;
        assert!(find(kind).is_none(), "Registry: the library has a layer of kind `{kind}`; choose another");
        self.layers.insert(kind, Kind::of::<C>());
        self
    }
}

/// A config of this kind. Settings of the library's own kinds are checked, and defaults filled in.
fn config(kind: String, settings: Value) -> Result<Config, serde_json::Error> {
    let known = find(&kind);
    let settings = match known {
        Some(known) => (known.normalize)(settings)?,
        None => settings,
    };
    Ok(Config { kind, settings, known })
}

impl<'de> Deserialize<'de> for Config {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Kind;
        impl<'de> Visitor<'de> for Kind {
            type Value = Config;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a kind of layer, or a map from it to its settings")
            }

            fn visit_str<E: Error>(self, kind: &str) -> Result<Config, E> {
                config(kind.to_string(), Value::Null).map_err(E::custom)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Config, A::Error> {
                let Some((kind, settings)) = map.next_entry::<String, Value>()? else {
                    return Err(A::Error::custom("expected a kind of layer, got an empty map"));
                };
                if let Some(second) = map.next_key::<String>()? {
                    return Err(A::Error::custom(format!("expected one kind of layer, got `{kind}` and `{second}`")));
                }
                config(kind, settings).map_err(A::Error::custom)
            }
        }
        deserializer.deserialize_any(Kind)
    }
}

#[cfg(test)]
mod tests;
