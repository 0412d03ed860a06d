//! Layers and networks as data: their kinds and settings, without the values of their parameters.
//!
//! | file | idea |
//! |---|---|
//! | `layer_config.rs` | what a config is: data that builds a module |
//! | `kind.rs`, `registry.rs` | configs by kind: those of the library, those of the user |
//! | `build_context.rs`, `build.rs` | the store, names and shapes while a network is built |
//! | `checked.rs`, `error.rs` | what is refused |

mod build;
mod build_context;
pub(crate) mod checked;
mod error;
mod kind;
mod layer_config;
mod registry;
#[cfg(test)]
mod tests;

pub(crate) use build::{generator, in_store};
pub use build_context::BuildContext;
pub(crate) use build_context::Start;
pub use error::ConfigError;
pub use layer_config::LayerConfig;
pub(crate) use layer_config::{alone, stateless};
pub use registry::Registry;

use crate::graph::GraphConfig;
use crate::naming::snake_case;
use crate::sequential::SequentialConfig;
use kind::Kind;
use serde::de::{DeserializeOwned, Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::fmt;

/// Upper bound on the parameter count, and on any layer's output size per example, of networks built from a config: 2²⁸,
/// which is 1 GiB of `f32`.
pub(crate) const MOST: usize = 1 << 28;

/// A layer or a network as data: its kind and its settings, without the values of its parameters.
///
/// It comes from any [`LayerConfig`], such as [`Dense::units`](crate::Dense::units), from a layer that was built, by
/// [`Module::config`](crate::Module::config), or from JSON: a kind and its settings. Settings that are left out have
/// Keras's defaults.
///
/// ```
/// use nn::{Config, Dense, Relu};
/// let layer = Config::from(Dense::units(30).activation(Relu));
/// assert_eq!(Config::from_json(r#"{"Dense": {"units": 30, "activation": "relu"}}"#)?, layer);
///
/// let e = Config::from_json(r#"{"Dense": {"units": 0}}"#).unwrap_err().to_string();
/// assert!(e.starts_with("invalid network config: expected at least 1, got 0"));
/// # Ok::<(), nn::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct Config {
    kind: String,
    settings: Value,
    /// How to build it: not known of a custom kind that was read from a text.
    known: Option<&'static Kind>,
}

/// Two configs are equal if they describe the same layer, whether the type of a custom one is known or not.
impl PartialEq for Config {
    fn eq(&self, other: &Self) -> bool {
        (&self.kind, &self.settings) == (&other.kind, &other.settings)
    }
}

impl Config {
    /// A config of this kind. Settings of the library's own kinds are checked, and defaults filled in.
    fn new(kind: String, settings: Value) -> Result<Self, serde_json::Error> {
        let known = Kind::find(&kind);
        let settings = match known {
            Some(known) => (known.normalize)(settings)?,
            None => settings,
        };
        Ok(Config { kind, settings, known })
    }

    pub(crate) fn of<C: LayerConfig>(config: &C) -> Self {
        match serde_json::to_value(config) {
            Ok(settings) => Config { kind: C::KIND.to_string(), settings, known: Some(Kind::of::<C>()) },
            Err(e) => panic!("{}: the config cannot be written as JSON: {e}", C::KIND),
        }
    }

    /// The kind of layer: [`LayerConfig::KIND`], as a summary shows it.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The name the layer was given, if any.
    pub fn name(&self) -> Option<&str> {
        self.settings.get("name")?.as_str().filter(|name| !name.is_empty())
    }

    /// The name, or the kind in the spelling of a name.
    pub(crate) fn title(&self) -> String {
        self.name().map_or_else(|| snake_case(&self.kind), str::to_string)
    }

    /// The typed config.
    ///
    /// ```
    /// use nn::{Config, Dense, DenseConfig, Dropout};
    /// let layer = Config::from(Dense::units(30));
    /// assert_eq!(layer.get::<DenseConfig>(), Some(Dense::units(30)));
    /// assert_eq!(layer.get::<Dropout>(), None);
    /// ```
    pub fn get<C: LayerConfig>(&self) -> Option<C> {
        (self.kind == C::KIND).then(|| self.read().ok())?
    }

    /// The settings as a type, with the name or, where the type has no such setting, without it.
    fn read<C: DeserializeOwned>(&self) -> Result<C, ConfigError> {
        let with_name = C::deserialize(&self.settings);
        Ok(with_name.or_else(|e| {
            let mut settings = self.settings.clone();
            let Some(_) = settings.as_object_mut().and_then(|settings| settings.remove("name")) else { return Err(e) };
            let is_empty = settings.as_object().is_some_and(serde_json::Map::is_empty);
            C::deserialize(if is_empty { Value::Null } else { settings.clone() })
                .or_else(|_| C::deserialize(settings))
                .map_err(|_| e)
        })?)
    }

    /// The same layer under this name, unless it has one.
    pub(crate) fn named(mut self, name: &str) -> Self {
        if self.settings.is_null() {
            self.settings = Value::Object(serde_json::Map::new());
        }
        if let Some(settings) = self.settings.as_object_mut() {
            settings.entry("name").or_insert_with(|| name.into());
        }
        self
    }

    /// Every name given to a layer in it.
    fn names(&self, names: &mut Vec<String>) {
        names.extend(self.name().map(str::to_string));
        if let Some(network) = self.get::<SequentialConfig>() {
            network.layers().iter().for_each(|layer| layer.names(names));
        } else if let Some(graph) = self.get::<GraphConfig>() {
            graph.layers().for_each(|layer| layer.names(names));
        }
    }

    /// The number of layers that run, those inside other layers included.
    pub(crate) fn runs(&self) -> usize {
        if let Some(network) = self.get::<SequentialConfig>() {
            network.layers().iter().fold(1, |sum: usize, layer| sum.saturating_add(layer.runs()))
        } else {
            self.get::<GraphConfig>().map_or(1, |graph| graph.runs())
        }
    }

    /// The number of outputs.
    pub(crate) fn outputs(&self) -> usize {
        self.get::<GraphConfig>().map_or(1, |graph| graph.outputs.len())
    }

    /// Whether a layer of this kind has parameters, whose shapes depend on its input.
    pub(crate) fn has_parameters(&self) -> bool {
        self.known.is_none_or(|kind| kind.has_parameters)
    }

    /// Returns the config as JSON.
    pub fn to_json(&self) -> String {
        match serde_json::to_string(self) {
            Ok(text) => text,
            Err(e) => unreachable!("a JSON value is written as JSON: {e}"),
        }
    }

    /// Reads a config from JSON.
    ///
    /// # Errors
    /// If the text is not JSON or not a config: the error names the place and what is expected there. Nesting deeper
    /// than 128 brackets is refused.
    pub fn from_json(text: &str) -> Result<Self, ConfigError> {
        Ok(serde_json::from_str(text)?)
    }
}

/// # Panics
/// If the config cannot be written as JSON, for example a map whose keys are not strings.
impl<C: LayerConfig> From<C> for Config {
    fn from(config: C) -> Self {
        Config::of(&config)
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_json())
    }
}

/// `{kind: settings}`, or the kind alone where there are no settings.
impl Serialize for Config {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.settings.is_null() {
            return serializer.serialize_str(&self.kind);
        }
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(&self.kind, &self.settings)?;
        map.end()
    }
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
                Config::new(kind.to_string(), Value::Null).map_err(E::custom)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Config, A::Error> {
                let Some((kind, settings)) = map.next_entry::<String, Value>()? else {
                    return Err(A::Error::custom("expected a kind of layer, got an empty map"));
                };
                if let Some(second) = map.next_key::<String>()? {
                    return Err(A::Error::custom(format!("expected one kind of layer, got `{kind}` and `{second}`")));
                }
                Config::new(kind, settings).map_err(A::Error::custom)
            }
        }
        deserializer.deserialize_any(Kind)
    }
}
