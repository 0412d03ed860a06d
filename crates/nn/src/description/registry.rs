//! Layers, losses and terms of the user's own, by name.

use super::ConfigError;
use crate::loss::CustomLoss;
use crate::model::Term;
use crate::module::Module;
use autograd::{BoundParams, Params, Scalar, TensorVar, Var};
use rand::Rng;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use tensor::Shape;

type Maker<T> =
    dyn Fn(Value, &Shape, &mut Params<T>, &mut dyn Rng) -> Result<Box<dyn Module<T>>, ConfigError> + Send + Sync;

/// How to build what a library cannot know: modules, losses and further terms of the user's own, each
/// under its name.
///
/// ```
/// use autograd::{Param, Params, Scalar, TensorVar};
/// use nn::{ConfigError, Context, Dense, Description, Model, ModelConfig, Module, Registry, Sequential};
/// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
/// use tensor::Tensor;
///
/// /// x + layer(x) (He et al. 2016).
/// #[derive(Debug)]
/// struct Residual(Dense);
///
/// impl<T: Scalar> Module<T> for Residual {
///     fn call<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
///         x + self.0.call(ctx, x)
///     }
///     fn parameters(&self) -> Vec<Param> {
///         self.0.parameters()
///     }
///     fn description(&self) -> Result<Description, ConfigError> {
///         Description::custom("residual", Module::<T>::description(&self.0)?)
///     }
/// }
///
/// let registry = Registry::<f64>::new().module("residual", |layer, _, params, rng| match layer {
///     Description::Dense(layer) => Ok(Residual(layer.build(params, rng))),
///     other => Err(ConfigError::Other(format!("a residual holds a Dense layer, not {}", other.kind()))),
/// });
///
/// let mut params = Params::<f64>::new();
/// let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
/// let network = Sequential::new().push(Residual(Dense::new(2, 2).build(&mut params, &mut rng)));
/// let model = Model::new(network, params, [2])?;
/// let text = model.config()?.to_json();
/// let again = ModelConfig::from_json(&text)?.build_with(&registry)?;
/// assert_eq!(again.config()?.to_json(), text);
///
/// let e = ModelConfig::from_json(&text)?.build::<f64>().unwrap_err();
/// assert!(e.to_string().starts_with("`residual` is of somebody's own making; put it into the `Registry`"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Registry<T: Scalar = f32> {
    modules: BTreeMap<String, Box<Maker<T>>>,
    losses: BTreeMap<&'static str, CustomLoss<T>>,
    terms: BTreeMap<String, Term<T>>,
}

impl<T: Scalar> Default for Registry<T> {
    fn default() -> Self {
        Registry::new()
    }
}

impl<T: Scalar> Registry<T> {
    /// With nothing in it.
    pub fn new() -> Self {
        Registry { modules: BTreeMap::new(), losses: BTreeMap::new(), terms: BTreeMap::new() }
    }

    /// How to build the modules of a kind: from their settings as [`Description::custom`](crate::Description::custom)
    /// had them, and the shape of an example, adding their parameters to the store. Settings of a text may be anything
    /// of their type; sizes in them are the function's to check.
    #[must_use]
    pub fn module<S: DeserializeOwned, M: Module<T> + 'static>(
        mut self,
        kind: impl Into<String>,
        build: impl Fn(S, &Shape, &mut Params<T>, &mut dyn Rng) -> Result<M, ConfigError> + Send + Sync + 'static,
    ) -> Self {
        let maker = move |settings: Value, input: &Shape, params: &mut Params<T>, rng: &mut dyn Rng| {
            let module = build(serde_json::from_value(settings)?, input, params, rng)?;
            Ok(Box::new(module) as Box<dyn Module<T>>)
        };
        self.modules.insert(kind.into(), Box::new(maker));
        self
    }

    /// A loss of the user's own, as [`Model::custom_loss`](crate::Model::custom_loss) takes it.
    ///
    /// # Panics
    /// If the library has a loss of that name.
    #[must_use]
    #[track_caller]
    pub fn loss(
        mut self,
        name: &'static str,
        f: impl for<'t> Fn(TensorVar<'t, T>, TensorVar<'t, T>) -> TensorVar<'t, T> + Send + Sync + 'static,
    ) -> Self {
        self.losses.insert(name, CustomLoss::new(name, f));
        self
    }

    /// A further term of what training makes small, as [`Model::add_loss`](crate::Model::add_loss) takes it.
    #[must_use]
    pub fn term(
        mut self,
        name: impl Into<String>,
        f: impl for<'p, 't> Fn(&BoundParams<'p, 't, T>, &[TensorVar<'t, T>]) -> Var<'t, T> + Send + Sync + 'static,
    ) -> Self {
        let term = Term::new(name, f);
        self.terms.insert(term.name.clone(), term);
        self
    }

    pub(super) fn build(
        &self,
        kind: &str,
        settings: Value,
        input: &Shape,
        params: &mut Params<T>,
        rng: &mut dyn Rng,
    ) -> Result<Box<dyn Module<T>>, ConfigError> {
        match self.modules.get(kind) {
            Some(build) => build(settings, input, params, rng),
            None => Err(ConfigError::unknown_kind(kind, self.modules.keys().map(String::as_str))),
        }
    }

    pub(crate) fn term_of(&self, name: &str) -> Result<&Term<T>, ConfigError> {
        let unknown = || ConfigError::unknown_kind(name, self.terms.keys().map(String::as_str));
        self.terms.get(name).ok_or_else(unknown)
    }

    pub(crate) fn custom_loss(&self, name: &str) -> Option<&CustomLoss<T>> {
        self.losses.get(name)
    }
}

impl<T: Scalar> fmt::Debug for Registry<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (modules, losses): (Vec<_>, Vec<_>) = (self.modules.keys().collect(), self.losses.keys().collect());
        let terms: Vec<_> = self.terms.keys().collect();
        f.debug_struct("Registry").field("modules", &modules).field("losses", &losses).field("terms", &terms).finish()
    }
}
