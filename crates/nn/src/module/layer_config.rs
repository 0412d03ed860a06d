//! A config: data that builds a module.

use super::{BuildContext, Config, ConfigError, Module, Start, in_store};
use autograd::{Params, Scalar};
use rand::Rng;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tensor::Shape;

/// A layer as data: serializable settings, and how to build a [`Module`] from them.
///
/// A custom layer with parameters, saved and loaded with the model it is in, is a config whose
/// [`build_in`](LayerConfig::build_in) adds the parameters and returns the forward pass as a closure. A
/// [`Registry`](crate::Registry) that knows the type loads it again.
///
/// ```
/// use autograd::Scalar;
/// use nn::{BuildContext, ConfigError, Dense, Init, LayerConfig, ModelConfig, Module, Registry, Sequential};
/// use serde::{Deserialize, Serialize};
///
/// /// Multiplies each feature by a weight.
/// #[derive(Serialize, Deserialize)]
/// struct Scale {
///     start: f64,
/// }
///
/// impl LayerConfig for Scale {
///     const KIND: &'static str = "Scale";
///     fn build_in<T: Scalar>(&self, at: &mut BuildContext<'_, T>) -> Result<Box<dyn Module<T>>, ConfigError> {
///         let w = at.param("w", at.features()?, Init::Constant(self.start))?;
///         Ok(at.layer(self, move |ctx, x| x * ctx.var(w)))
///     }
/// }
///
/// let network = Sequential::describe().push(Scale { start: 0.5 }).push(Dense::units(1));
/// let model = network.model::<f64>([3], 42)?;
/// let text = model.config()?.to_json();
/// let again = ModelConfig::from_json(&text)?.build_with(&Registry::<f64>::new().layer::<Scale>())?;
/// assert_eq!(again.config()?.to_json(), text);
/// assert!(model.params().find("scale.w").is_some());
/// # Ok::<(), ConfigError>(())
/// ```
///
/// A custom layer made of others holds their configs and builds them with [`BuildContext::build`]:
///
/// ```
/// # use autograd::Scalar;
/// use nn::{BuildContext, Config, ConfigError, Dense, LayerConfig, Module, Sequential, Tanh};
/// # use serde::{Deserialize, Serialize};
///
/// /// x + layer(x) (He et al. 2016).
/// #[derive(Serialize, Deserialize)]
/// struct Residual {
///     layer: Config,
/// }
///
/// impl LayerConfig for Residual {
///     const KIND: &'static str = "Residual";
///     fn inner(&self) -> Vec<Config> {
///         vec![self.layer.clone()]
///     }
///     fn build_in<T: Scalar>(&self, at: &mut BuildContext<'_, T>) -> Result<Box<dyn Module<T>>, ConfigError> {
///         let layer = at.build(&self.layer)?;
///         Ok(at.layer(self, move |ctx, x| x + layer.call(ctx, x)))
///     }
/// }
///
/// let block = Residual { layer: Dense::units(4).activation(Tanh).into() };
/// let model = Sequential::describe().push(block).model::<f32>([4], 42)?;
/// assert_eq!(model.params().size(), 4 * 4 + 4);
/// # Ok::<(), ConfigError>(())
/// ```
pub trait LayerConfig: Serialize + DeserializeOwned {
    /// The kind of layer, in a saved network and in a summary. By convention the name of the layer's type.
    const KIND: &'static str;

    /// Whether such a layer has parameters: the summary of a network that is not built yet leaves their count open.
    /// Default: true.
    const HAS_PARAMETERS: bool = true;

    /// Builds the layer for the inputs of the context, and adds its parameters to the store.
    ///
    /// The settings may come from a file and can be any values of their types; sizes in them are checked here, or by
    /// [`BuildContext::param`], which bounds the number of parameters.
    ///
    /// # Errors
    /// If the layer cannot take its input, or a setting makes no sense.
    fn build_in<T: Scalar>(&self, at: &mut BuildContext<'_, T>) -> Result<Box<dyn Module<T>>, ConfigError>;

    /// The configs of the layers inside this one, whose names no other layer gets by default. Default: none.
    fn inner(&self) -> Vec<Config> {
        Vec::new()
    }

    /// The number of layers that run when this one does, which is bounded for networks from untrusted texts. Default:
    /// one, and those that the [`inner`](LayerConfig::inner) ones run.
    fn runs(&self) -> usize {
        self.inner().iter().fold(1, |sum, layer| sum.saturating_add(layer.runs()))
    }

    /// Builds the layer on its own, for examples of shape `input`.
    ///
    /// # Errors
    /// As [`build_in`](LayerConfig::build_in). Then the store is unchanged.
    fn build_for<T: Scalar>(
        &self,
        input: impl Into<Shape>,
        params: &mut Params<T>,
        mut rng: &mut (impl Rng + ?Sized),
    ) -> Result<Box<dyn Module<T>>, ConfigError> {
        let input = input.into();
        in_store(params, &mut rng, |at| at.layer_of(Self::KIND, None, &[input], |at| self.build_in(at)))
    }
}

/// Builds a single layer of any size, for a program.
///
/// # Panics
/// If the shape of the input is not known, or building fails.
#[track_caller]
pub(crate) fn alone<T: Scalar, L>(
    (kind, name): (&str, Option<&str>),
    input: Option<Shape>,
    params: &mut Params<T>,
    rng: &mut dyn Rng,
    build: impl FnOnce(&mut BuildContext<'_, T>) -> Result<L, ConfigError>,
) -> L {
    let Some(input) = input else {
        panic!("{kind}: input size unknown; use `{kind}::new`, or add the layer to a network");
    };
    let mut at = BuildContext::new(params, Start::Random(rng), usize::MAX, None);
    match at.layer_of(kind, name, &[input], build) {
        Ok(layer) => layer,
        Err(e) => panic!("{e}"),
    }
}

/// Configs of layers without parameters are the layers themselves.
macro_rules! stateless {
    ($($layer:ident)*) => {$(
        impl $crate::module::LayerConfig for $layer {
            const KIND: &'static str = stringify!($layer);
            const HAS_PARAMETERS: bool = false;

            fn build_in<T: autograd::Scalar>(
                &self,
                _: &mut $crate::module::BuildContext<'_, T>,
            ) -> Result<Box<dyn $crate::module::Module<T>>, $crate::module::ConfigError> {
                Ok(Box::new(self.clone()))
            }
        }
    )*};
}
pub(crate) use stateless;
