//! From a description to a network.

use super::{ConfigError, Description, MOST, Site, Start};
use crate::module::Module;
use crate::naming::snake_case;
use autograd::{Params, Scalar};
use rand::Rng;
use std::sync::Arc;
use tensor::Shape;

/// What is built in a store, of 2²⁸ numbers at most; if that fails, the store is as it was.
pub(crate) fn in_store<T: Scalar, R>(
    params: &mut Params<T>,
    rng: &mut dyn Rng,
    build: impl FnOnce(&mut Site<'_, T>) -> Result<R, ConfigError>,
) -> Result<R, ConfigError> {
    let before = params.len();
    let built = build(&mut Site::new(params, Start::Drawn(rng), MOST, None));
    if built.is_err() {
        while let Some(param) = params.key_at(before) {
            params.remove(param);
        }
    }
    built
}

/// How many layers a network may run: a layer within a layer that is called twice, and so on, soon is a great many.
const MOST_RUNS: usize = 1 << 12;

impl Description {
    /// A module for examples of this shape.
    pub(crate) fn module<T: Scalar>(
        &self,
        input: &Shape,
        site: &mut Site<'_, T>,
    ) -> Result<Box<dyn Module<T>>, ConfigError> {
        use Description::*;
        // What a layer that counts its inputs counts: a number alone is none.
        let features = || match input.last() {
            Some(&n) if n > 0 => Ok(n),
            _ => {
                let layer = self.name().map_or_else(|| snake_case(self.kind()), str::to_string);
                Err(crate::ShapeError::new(layer, [input.clone()], "rows of one number at least"))
            }
        };
        let module: Box<dyn Module<T>> = match self.clone() {
            Dense(layer) => {
                let inputs = features()?;
                Box::new(layer.build_in(inputs, site)?)
            }
            BatchNorm(layer) => {
                let inputs = features()?;
                Box::new(layer.build_in(inputs, site)?)
            }
            LayerNorm(layer) => {
                let inputs = features()?;
                Box::new(layer.build_in(inputs, site)?)
            }
            Normalization(layer) => {
                let inputs = features()?;
                Box::new(layer.build_in(inputs, site)?)
            }
            Embedding(layer) => Box::new(layer.build_in(site)?),
            PRelu(layer) => Box::new(layer.build_in(input, site)?),
            Activation(layer) => Box::new(layer),
            Dropout(layer) => Box::new(layer),
            AlphaDropout(layer) => Box::new(layer),
            GaussianNoise(layer) => Box::new(layer),
            GaussianDropout(layer) => Box::new(layer),
            Rescaling(layer) => Box::new(layer),
            Discretization(layer) => Box::new(layer),
            CategoryEncoding(layer) => Box::new(layer),
            Reshape(layer) => Box::new(layer),
            Sequential(network) => Box::new(network.build_in(input, site)?),
            Flatten => Box::new(crate::layer::Flatten),
            Glu => Box::new(crate::layer::Glu),
            UnitNorm => Box::new(crate::layer::UnitNorm),
            Identity => Box::new(crate::layer::Identity),
            Custom { kind, settings } => {
                site.custom(&kind, |registry, params, rng| registry.build(&kind, settings, input, params, rng))?
            }
            Graph(_) | Concatenate(_) | Add | Subtract | Multiply | Average | Maximum | Minimum => {
                let kind = self.kind();
                let what =
                    format!("a {kind} takes several inputs, or gives several outputs; make it a layer of a Graph");
                return Err(ConfigError::Other(what));
            }
        };
        let output = module.output_shape(site.params, input)?;
        site.check(self.name().unwrap_or(self.kind()), &output)?;
        Ok(module)
    }

    /// A network for examples of these shapes.
    pub(crate) fn network<T: Scalar>(
        &self,
        inputs: &[Shape],
        site: &mut Site<'_, T>,
    ) -> Result<Arc<dyn Module<T>>, ConfigError> {
        let network: Arc<dyn Module<T>> = match self {
            Description::Graph(graph) => Arc::new(graph.build_in(site)?),
            Description::Concatenate(join) => Arc::new(*join),
            Description::Add => Arc::new(crate::layer::Add),
            Description::Subtract => Arc::new(crate::layer::Subtract),
            Description::Multiply => Arc::new(crate::layer::Multiply),
            Description::Average => Arc::new(crate::layer::Average),
            Description::Maximum => Arc::new(crate::layer::Maximum),
            Description::Minimum => Arc::new(crate::layer::Minimum),
            module => match inputs {
                [input] => Arc::from(module.module(input, site)?),
                _ => {
                    let layer = self.name().unwrap_or(self.kind());
                    return Err(crate::ShapeError::new(layer, inputs.to_vec(), "a single input").into());
                }
            },
        };
        for output in network.output_shapes(site.params, inputs)? {
            site.check(self.name().unwrap_or(self.kind()), &output)?;
        }
        Ok(network)
    }

    /// The network, once it was admitted.
    pub(crate) fn place<T: Scalar>(
        &self,
        inputs: &[Shape],
        site: &mut Site<'_, T>,
    ) -> Result<Arc<dyn Module<T>>, ConfigError> {
        self.admit(inputs, site)?;
        self.network(inputs, site)
    }

    /// Refuses what would take forever or fill the memory, and keeps the names that layers were given.
    pub(crate) fn admit<T: Scalar>(&self, inputs: &[Shape], site: &mut Site<'_, T>) -> Result<(), ConfigError> {
        let runs = self.runs();
        if runs > MOST_RUNS {
            let what = format!("the network runs {runs} layers, one in another counted; there may be {MOST_RUNS}");
            return Err(ConfigError::Other(what));
        }
        let mut names = Vec::new();
        self.names(&mut names);
        site.reserve(names);
        inputs.iter().try_for_each(|input| site.check("input", input))
    }

    /// How many layers are run, those within layers counted.
    pub(crate) fn runs(&self) -> usize {
        match self {
            Description::Sequential(network) => {
                network.layers().iter().fold(1, |sum: usize, layer| sum.saturating_add(layer.runs()))
            }
            Description::Graph(graph) => graph.runs(),
            _ => 1,
        }
    }
}
