//! Where the parameters of a layer go while it is built.

use super::ConfigError;
use super::registry::Registry;
use crate::init::Init;
use crate::naming::Names;
use autograd::{Param, Params, Scalar};
use rand::Rng;
use tensor::{Shape, Tensor};

/// Where new numbers come from.
pub(crate) enum Start<'a> {
    /// From an initializer.
    Drawn(&'a mut dyn Rng),
    /// They are zeros, because others will be loaded.
    Blank,
}

/// A store in which layers are being built.
///
/// Sharing a weight is sharing a name: within one site a parameter that is asked for again under the same name is the
/// one that was made before.
pub(crate) struct Site<'a, T: Scalar> {
    pub(crate) params: &'a mut Params<T>,
    start: Start<'a>,
    names: Names,
    made: Vec<Param>,
    /// How many numbers there may be, and how many more.
    most: usize,
    left: usize,
    registry: Option<&'a Registry<T>>,
}

impl<'a, T: Scalar> Site<'a, T> {
    /// For a single layer that a program makes: of any size.
    pub(crate) fn of_one(params: &'a mut Params<T>, rng: &'a mut dyn Rng) -> Self {
        Site::new(params, Start::Drawn(rng), usize::MAX, None)
    }

    /// For so many numbers at most.
    pub(crate) fn new(
        params: &'a mut Params<T>,
        start: Start<'a>,
        most: usize,
        registry: Option<&'a Registry<T>>,
    ) -> Self {
        let mut names = Names::default();
        params.keys().for_each(|p| keep_layers(&mut names, params.name(p)));
        Site { params, start, names, made: Vec::new(), most, left: most, registry }
    }

    /// Keeps these names for the layers that were given them: others must not get them by themselves.
    pub(crate) fn reserve(&mut self, names: impl IntoIterator<Item = String>) {
        names.into_iter().for_each(|name| self.names.keep(name));
    }

    /// The name given to a layer, or the first that is free: `base`, `base_1` and so on.
    pub(crate) fn name(&mut self, given: Option<&String>, base: &str) -> String {
        given.cloned().unwrap_or_else(|| self.names.take(base))
    }

    /// The parameter of a name: a new one, or the one made under it before.
    pub(crate) fn param(
        &mut self,
        layer: &str,
        part: &str,
        shape: impl Into<Shape>,
        init: Init,
    ) -> Result<Param, ConfigError> {
        let (name, shape) = (format!("{layer}.{part}"), shape.into());
        if let Some(known) = self.params.find(&name) {
            let found = self.params.get(known).shape().clone();
            return match self.made.contains(&known) && found == shape {
                true => Ok(known),
                false => Err(ConfigError::Name { name, shape, found }),
            };
        }
        self.pay(layer, &shape)?;
        if init.is_of_matrices() && shape.rank() < 2 {
            return Err(ConfigError::Matrix { name, init, shape });
        }
        let value = match &mut self.start {
            Start::Drawn(rng) => init.sample(shape, *rng),
            Start::Blank => Tensor::zeros(shape),
        };
        let param = self.params.add(name, value);
        self.made.push(param);
        Ok(param)
    }

    /// The same, but changed by no gradient, and of one number throughout.
    pub(crate) fn frozen(
        &mut self,
        layer: &str,
        part: &str,
        shape: impl Into<Shape>,
        number: f64,
    ) -> Result<Param, ConfigError> {
        let param = self.param(layer, part, shape, Init::Constant(number))?;
        self.params.freeze(param);
        Ok(param)
    }

    /// Takes the numbers of a shape from those that are left, before there is any memory for them.
    fn pay(&mut self, layer: &str, shape: &Shape) -> Result<(), ConfigError> {
        match reach(shape).and_then(|n| self.left.checked_sub(n)) {
            Some(left) => self.left = left,
            None => return Err(ConfigError::Size { layer: layer.into(), shape: shape.clone(), most: self.most }),
        }
        Ok(())
    }

    /// What a registered function builds, from a generator of its own where numbers will be loaded.
    pub(crate) fn custom<R>(
        &mut self,
        layer: &str,
        build: impl FnOnce(&Registry<T>, &mut Params<T>, &mut dyn Rng) -> Result<R, ConfigError>,
    ) -> Result<R, ConfigError> {
        let Some(registry) = self.registry else { return Err(ConfigError::unknown_kind(layer, [])) };
        let before = self.params.len();
        let built = match &mut self.start {
            Start::Drawn(rng) => build(registry, self.params, *rng)?,
            Start::Blank => build(registry, self.params, &mut super::generator(0))?,
        };
        for at in before..self.params.len() {
            if let Some(param) = self.params.key_at(at) {
                let shape = self.params.get(param).shape().clone();
                self.pay(layer, &shape)?;
                keep_layers(&mut self.names, self.params.name(param));
                self.made.push(param);
            }
        }
        Ok(built)
    }

    /// Refuses the shape of an example that no memory holds.
    pub(crate) fn check(&self, layer: &str, shape: &Shape) -> Result<(), ConfigError> {
        match reach(shape) {
            Some(n) if n <= super::MOST => Ok(()),
            _ => Err(ConfigError::Size { layer: layer.into(), shape: shape.clone(), most: super::MOST }),
        }
    }
}

/// Keeps the names of the layers that a parameter's name stands for: `a` and `a.b` of `a.b.w`.
fn keep_layers(names: &mut Names, param: &str) {
    param.match_indices('.').for_each(|(at, _)| names.keep(&param[..at]));
}

/// The size of a shape, none of whose extents counts as nothing: strides reach so far even where there is no number.
fn reach(shape: &Shape) -> Option<usize> {
    shape.iter().try_fold(1_usize, |n, &extent| n.checked_mul(extent.max(1)))
}
