//! Layers, losses and terms that a program defines, by name.

use crate::loss::CustomLoss;
use crate::module::{ConfigError, Kinds};
use crate::term::Term;
use autograd::{BoundParams, Scalar, TensorVar, Var};
use std::collections::BTreeMap;
use std::fmt;

/// How to build what the library cannot know: custom layers, losses and further terms, by name.
///
/// [`LayerConfig`](crate::LayerConfig) has an example with a custom layer.
///
/// ```
/// use nn::{Mlp, ModelConfig, Registry};
/// let model = Mlp::regressor(2, [4], 1).model::<f32>(0).custom_loss("cubes", |p, y| (p - y).abs().powi(3));
/// let text = model.config()?.to_json();
/// let registry = Registry::new().loss("cubes", |p, y| (p - y).abs().powi(3));
/// let again = ModelConfig::from_json(&text)?.build_with::<f32>(&registry)?;
/// assert_eq!(again.config()?.to_json(), text);
/// # Ok::<(), nn::ConfigError>(())
/// ```
pub struct Registry<T: Scalar = f32> {
    /// Custom kinds; [`layer`](Registry::layer) adds one.
    pub(crate) layers: Kinds,
    losses: BTreeMap<&'static str, CustomLoss<T>>,
    terms: BTreeMap<String, Term<T>>,
}

impl<T: Scalar> Default for Registry<T> {
    fn default() -> Self {
        Registry::new()
    }
}

impl<T: Scalar> Registry<T> {
    /// An empty registry.
    pub fn new() -> Self {
        Registry { layers: Kinds::new(), losses: BTreeMap::new(), terms: BTreeMap::new() }
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
        let (layers, losses): (Vec<_>, Vec<_>) = (self.layers.keys().collect(), self.losses.keys().collect());
        let terms: Vec<_> = self.terms.keys().collect();
        f.debug_struct("Registry").field("layers", &layers).field("losses", &losses).field("terms", &terms).finish()
    }
}
