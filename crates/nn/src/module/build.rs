//! From a config to a network.

use super::{BuildContext, Config, ConfigError, Module, Start};
use autograd::{Params, Scalar};
use rand::{Rng, SeedableRng, rngs::Xoshiro256PlusPlus};
use std::sync::Arc;
use tensor::Shape;

/// Upper bound on the parameter count, and on any layer's output size per example, of networks built from a config: 2²⁸,
/// which is 1 GiB of `f32`.
pub(crate) const MOST: usize = 1 << 28;

/// The generator of a seed.
pub(crate) fn generator(seed: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed)
}

/// Builds in a store, with at most 2²⁸ new parameter values. If that fails, the store is unchanged.
pub(crate) fn in_store<T: Scalar, R>(
    params: &mut Params<T>,
    rng: &mut dyn Rng,
    build: impl FnOnce(&mut BuildContext<'_, T>) -> Result<R, ConfigError>,
) -> Result<R, ConfigError> {
    let before = params.len();
    let built = build(&mut BuildContext::new(params, Start::Random(rng), MOST, None));
    if built.is_err() {
        while let Some(param) = params.key_at(before) {
            params.remove(param);
        }
    }
    built
}

/// Upper bound on the number of layers that a network runs: layers inside layers that are called twice soon are many.
const MOST_RUNS: usize = 1 << 12;

impl Config {
    /// Builds a whole network, after it was [admitted](Config::admit).
    pub(crate) fn place<T: Scalar>(
        &self,
        inputs: &[Shape],
        at: &mut BuildContext<'_, T>,
    ) -> Result<Arc<dyn Module<T>>, ConfigError> {
        self.admit(inputs, at)?;
        Ok(Arc::from(at.build_on(self, inputs)?.0))
    }

    /// Refuses what would take forever or fill the memory, and reserves the names that layers were given.
    pub(crate) fn admit<T: Scalar>(&self, inputs: &[Shape], at: &mut BuildContext<'_, T>) -> Result<(), ConfigError> {
        let runs = self.runs();
        if runs > MOST_RUNS {
            let what = format!("the network runs {runs} layers, one in another counted; there may be {MOST_RUNS}");
            return Err(ConfigError::Other(what));
        }
        let mut names = Vec::new();
        self.names(&mut names);
        at.reserve(names);
        inputs.iter().try_for_each(|input| at.check("input", input))
    }
}
