//! Configs of any kind, as data.

use super::{ConfigError, Kind, LayerConfig};
use crate::naming::snake_case;
use serde::de::DeserializeOwned;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::Value;
use std::fmt;

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
    pub(crate) kind: String,
    pub(crate) settings: Value,
    /// How to build it: not known of a custom kind that was read from a text.
    pub(crate) known: Option<&'static Kind>,
}

/// Two configs are equal if they describe the same layer, whether the type of a custom one is known or not.
impl PartialEq for Config {
    fn eq(&self, other: &Self) -> bool {
        (&self.kind, &self.settings) == (&other.kind, &other.settings)
    }
}

impl Config {
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
    pub(crate) fn read<C: DeserializeOwned>(&self) -> Result<C, ConfigError> {
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
    pub(crate) fn names(&self, names: &mut Vec<String>) {
        names.extend(self.name().map(str::to_string));
        if let Some(kind) = self.known {
            (kind.inner)(self).iter().for_each(|layer| layer.names(names));
        }
    }

    /// The number of layers that run, those inside other layers included.
    pub(crate) fn runs(&self) -> usize {
        self.known.map_or(1, |kind| (kind.runs)(self))
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
