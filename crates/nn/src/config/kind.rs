//! Kinds of layers, and those that the library has.

use super::{BuildContext, Config, ConfigError, LayerConfig};
use crate::activation::Activation;
use crate::graph::GraphConfig;
use crate::layer::*;
use crate::module::Module;
use crate::sequential::SequentialConfig;
use autograd::Scalar;
use serde_json::Value;
use std::any::Any;

type Build<T> = fn(&Config, &mut BuildContext<'_, T>) -> Result<Box<dyn Module<T>>, ConfigError>;

/// How layers of one kind are read and built: a [`LayerConfig`] as a value.
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) has_parameters: bool,
    /// Checks settings, and fills in defaults.
    pub(super) normalize: fn(Value) -> Result<Value, serde_json::Error>,
    /// One for each element type.
    build: (Build<f32>, Build<f64>),
}

fn build<C: LayerConfig, T: Scalar>(
    config: &Config,
    at: &mut BuildContext<'_, T>,
) -> Result<Box<dyn Module<T>>, ConfigError> {
    config.read::<C>()?.build_in(at)
}

impl Kind {
    pub(super) const fn of<C: LayerConfig>() -> &'static Self {
        &Kind {
            name: C::KIND,
            has_parameters: C::HAS_PARAMETERS,
            normalize: |settings| serde_json::to_value(serde_json::from_value::<C>(settings)?),
            build: (build::<C, f32>, build::<C, f64>),
        }
    }

    /// Builds the layer for the element type of the store.
    pub(super) fn build<T: Scalar>(
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

    /// The kinds of the library. A new layer is one line here.
    pub(super) const LIBRARY: &'static [&'static Self] = &[
        Self::of::<Activation>(),
        Self::of::<Add>(),
        Self::of::<AlphaDropout>(),
        Self::of::<Average>(),
        Self::of::<BatchNormConfig>(),
        Self::of::<CategoryEncoding>(),
        Self::of::<Concatenate>(),
        Self::of::<DenseConfig>(),
        Self::of::<Discretization>(),
        Self::of::<Dropout>(),
        Self::of::<EmbeddingConfig>(),
        Self::of::<Flatten>(),
        Self::of::<GaussianDropout>(),
        Self::of::<GaussianNoise>(),
        Self::of::<Glu>(),
        Self::of::<GraphConfig>(),
        Self::of::<Identity>(),
        Self::of::<LayerNormConfig>(),
        Self::of::<Maximum>(),
        Self::of::<Minimum>(),
        Self::of::<Multiply>(),
        Self::of::<NormalizationConfig>(),
        Self::of::<PReluConfig>(),
        Self::of::<Rescaling>(),
        Self::of::<Reshape>(),
        Self::of::<SequentialConfig>(),
        Self::of::<Subtract>(),
        Self::of::<UnitNorm>(),
    ];

    /// The library's kind of this name.
    pub(super) fn find(name: &str) -> Option<&'static Self> {
        Self::LIBRARY.iter().find(|kind| kind.name == name).copied()
    }
}
