//! What a layer gets while it is built: its inputs, its name, and the store for its parameters.

use super::{Config, ConfigError, Kinds, MOST, Module, distinct};
use crate::init::Init;
use crate::naming::{Names, snake_case};
use crate::shape_error::ShapeError;
use autograd::{Param, Params, Scalar};
use rand::Rng;
use std::fmt;
use tensor::{Shape, Tensor};

/// The initial values of parameters.
pub(crate) enum Start<'a> {
    /// Drawn by the initializer.
    Random(&'a mut dyn Rng),
    /// Zeros, because saved values will be loaded.
    Zeros,
}

/// What a [`LayerConfig`](crate::LayerConfig) builds a layer from: the shapes of its inputs, the name of the layer, and the store that its
/// parameters are added to.
///
/// Sharing a weight is sharing a name: a parameter that is added again under the same name, within one network, is the
/// one that was added before.
pub struct BuildContext<'a, T: Scalar = f32> {
    pub(crate) params: &'a mut Params<T>,
    start: Start<'a>,
    names: Names,
    made: Vec<Param>,
    /// Upper bound on the number of parameter values, and what is left of it.
    most: usize,
    left: usize,
    /// Custom kinds.
    custom: Option<&'a Kinds>,
    layer: Current,
}

/// The layer that is being built.
#[derive(Default)]
struct Current {
    kind: String,
    name: Option<String>,
    inputs: Vec<Shape>,
    /// The number of parameters before it.
    before: usize,
}

impl<'a, T: Scalar> BuildContext<'a, T> {
    /// For at most `most` parameter values.
    pub(crate) fn new(params: &'a mut Params<T>, start: Start<'a>, most: usize, custom: Option<&'a Kinds>) -> Self {
        let mut names = Names::default();
        params.keys().for_each(|p| reserve_layers(&mut names, params.name(p)));
        let (made, layer) = (Vec::new(), Current::default());
        BuildContext { params, start, names, made, most, left: most, custom, layer }
    }

    /// Reserves names for the layers that were given them: no other layer gets them by default.
    pub(crate) fn reserve(&mut self, names: impl IntoIterator<Item = String>) {
        names.into_iter().for_each(|name| self.names.keep(name));
    }

    /// The shapes of the inputs, for one example.
    pub fn inputs(&self) -> &[Shape] {
        &self.layer.inputs
    }

    /// The shape of the only input, for one example.
    ///
    /// # Errors
    /// If there are several.
    pub fn input(&self) -> Result<&Shape, ConfigError> {
        match &self.layer.inputs[..] {
            [input] => Ok(input),
            inputs => Err(ShapeError::new(self.title(), inputs.to_vec(), "a single input").into()),
        }
    }

    /// The number of features of the only input: the size of its last axis.
    ///
    /// # Errors
    /// If there are several inputs, or an example has no features.
    pub fn features(&self) -> Result<usize, ConfigError> {
        let input = self.input()?;
        match input.last() {
            Some(&n) if n > 0 => Ok(n),
            _ => Err(ShapeError::new(self.title(), [input.clone()], "rows of one number at least").into()),
        }
    }

    /// The name of the layer: the one it was given, or its kind with the first free number, such as `dense_1`.
    pub fn name(&mut self) -> &str {
        let (names, kind) = (&mut self.names, &self.layer.kind);
        self.layer.name.get_or_insert_with(|| names.take(&snake_case(kind)))
    }

    fn title(&self) -> String {
        self.layer.name.clone().unwrap_or_else(|| snake_case(&self.layer.kind))
    }

    /// Adds a parameter under the name of the layer and `part`, such as `dense.w`, or returns the one that was added
    /// under that name before.
    ///
    /// # Errors
    /// If the name is taken by another parameter, the initializer does not fit the shape, or there are too many values.
    pub fn param(&mut self, part: &str, shape: impl Into<Shape>, init: Init) -> Result<Param, ConfigError> {
        let layer = self.name().to_string();
        let (name, shape) = (format!("{layer}.{part}"), shape.into());
        if let Some(known) = self.params.find(&name) {
            let found = self.params.get(known).shape().clone();
            return match self.made.contains(&known) && found == shape {
                true => {
                    self.made.push(known);
                    Ok(known)
                }
                false => Err(ConfigError::Name { name, shape, found }),
            };
        }
        self.charge(&layer, &shape)?;
        if init.is_of_matrices() && shape.rank() < 2 {
            return Err(ConfigError::Matrix { name, init, shape });
        }
        let value = match &mut self.start {
            Start::Random(rng) => init.sample(shape, *rng),
            Start::Zeros => Tensor::zeros(shape),
        };
        let param = self.params.add(name, value);
        self.made.push(param);
        Ok(param)
    }

    /// Adds a parameter that no gradient changes, with one value throughout.
    ///
    /// # Errors
    /// As [`param`](BuildContext::param).
    pub fn frozen(&mut self, part: &str, shape: impl Into<Shape>, value: f64) -> Result<Param, ConfigError> {
        let param = self.param(part, shape, Init::Constant(value))?;
        self.params.freeze(param);
        Ok(param)
    }

    /// Builds a layer inside this one, on the same inputs.
    ///
    /// # Errors
    /// If it cannot take them, or its kind is unknown.
    pub fn build(&mut self, layer: &Config) -> Result<Box<dyn Module<T>>, ConfigError> {
        let inputs = self.layer.inputs.clone();
        Ok(self.build_on(layer, &inputs)?.0)
    }

    /// Builds a layer inside this one, on inputs of these shapes, and returns the shapes of its outputs, too.
    ///
    /// # Errors
    /// If it cannot take such inputs, or its kind is unknown.
    #[allow(clippy::type_complexity)] // a module and its shapes
    pub fn build_on(
        &mut self,
        layer: &Config,
        inputs: &[Shape],
    ) -> Result<(Box<dyn Module<T>>, Vec<Shape>), ConfigError> {
        let unknown =
            || ConfigError::unknown_kind(layer.kind(), self.custom.into_iter().flatten().map(|(name, _)| *name));
        let kind = layer.known.or_else(|| self.custom?.get(layer.kind()).copied()).ok_or_else(unknown)?;
        let module = self.layer_of(kind.name, layer.name(), inputs, |at| kind.build(layer, at))?;
        let outputs = module.output_shapes(self.params, inputs)?;
        outputs.iter().try_for_each(|output| self.check(&layer.title(), output))?;
        Ok((module, outputs))
    }

    /// Runs `build` for a layer inside this one.
    pub(crate) fn layer_of<L>(
        &mut self,
        kind: &str,
        name: Option<&str>,
        inputs: &[Shape],
        build: impl FnOnce(&mut Self) -> Result<L, ConfigError>,
    ) -> Result<L, ConfigError> {
        let (kind, name) = (kind.to_string(), name.map(str::to_string));
        let inner = Current { kind, name, inputs: inputs.to_vec(), before: self.made.len() };
        let outer = std::mem::replace(&mut self.layer, inner);
        let built = build(self);
        self.layer = outer;
        built
    }

    /// The parameters that were added since the layer began.
    pub(crate) fn added(&self) -> Vec<Param> {
        distinct(self.made[self.layer.before..].iter().copied())
    }

    /// Charges the values of a shape to the bound, before there is any memory for them.
    fn charge(&mut self, layer: &str, shape: &Shape) -> Result<(), ConfigError> {
        match bound(shape).and_then(|n| self.left.checked_sub(n)) {
            Some(left) => self.left = left,
            None => return Err(ConfigError::Size { layer: layer.into(), shape: shape.clone(), most: self.most }),
        }
        Ok(())
    }

    /// Refuses the shape of an example that no memory holds.
    pub(crate) fn check(&self, layer: &str, shape: &Shape) -> Result<(), ConfigError> {
        match bound(shape) {
            Some(n) if n <= MOST => Ok(()),
            _ => Err(ConfigError::Size { layer: layer.into(), shape: shape.clone(), most: MOST }),
        }
    }
}

impl<T: Scalar> fmt::Debug for BuildContext<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BuildContext")
            .field("kind", &self.layer.kind)
            .field("inputs", &self.layer.inputs)
            .finish_non_exhaustive()
    }
}

/// Reserves the names of the layers that a parameter's name stands for: `a` and `a.b` of `a.b.w`.
fn reserve_layers(names: &mut Names, param: &str) {
    param.match_indices('.').for_each(|(at, _)| names.keep(&param[..at]));
}

/// The size of a shape in which an axis of size 0 counts as 1: strides reach that far even where there is no element.
fn bound(shape: &Shape) -> Option<usize> {
    shape.iter().try_fold(1_usize, |n, &size| n.checked_mul(size.max(1)))
}
