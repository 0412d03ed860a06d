//! Kinds of layers.

use super::{BuildContext, Config, ConfigError, LayerConfig, Module};
use autograd::Scalar;
use serde_json::Value;
use std::any::Any;
use std::collections::BTreeMap;

type Build<T> = fn(&Config, &mut BuildContext<'_, T>) -> Result<Box<dyn Module<T>>, ConfigError>;

/// How layers of one kind are read and built: a [`LayerConfig`] as a value.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) has_parameters: bool,
    /// Checks settings, and fills in defaults.
    pub(crate) normalize: fn(Value) -> Result<Value, serde_json::Error>,
    pub(super) inner: fn(&Config) -> Vec<Config>,
    pub(super) runs: fn(&Config) -> usize,
    /// One for each element type.
    build: (Build<f32>, Build<f64>),
}

/// Kinds by name.
pub(crate) type Kinds = BTreeMap<&'static str, &'static Kind>;

fn build<C: LayerConfig, T: Scalar>(
    config: &Config,
    at: &mut BuildContext<'_, T>,
) -> Result<Box<dyn Module<T>>, ConfigError> {
    config.read::<C>()?.build_in(at)
}

impl Kind {
    pub(crate) const fn of<C: LayerConfig>() -> &'static Self {
        &Kind {
            name: C::KIND,
            has_parameters: C::HAS_PARAMETERS,
            normalize: |settings| serde_json::to_value(serde_json::from_value::<C>(settings)?),
            inner: |config| config.get::<C>().map_or(Vec::new(), |config| config.inner()),
            runs: |config| config.get::<C>().map_or(1, |config| config.runs()),
            build: (build::<C, f32>, build::<C, f64>),
        }
    }

    /// Builds the layer for the element type of the store.
    pub(crate) fn build<T: Scalar>(
        &self,
        config: &Config,
        at: &mut BuildContext<'_, T>,
    ) -> Result<Box<dyn Module<T>>, ConfigError> {
        let (single, double): (&dyn Any, &dyn Any) = (&self.build.0, &self.build.1);
        match single.downcast_ref::<Build<T>>().or_else(|| double.downcast_ref()) {
            Some(build) => build(config, at),
            None => unreachable!("a scalar is an f32 or an f64"),
        }
    }
}
