//! A function as a layer.

use crate::module::{BuildContext, Config, ConfigError, Context, LayerConfig, Module, stateless};
use crate::shape_error::ShapeError;
use autograd::{Param, Params, Scalar, TensorVar};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;
use tensor::{Shape, Tensor};

/// A function of one variable as a layer, without parameters.
///
/// The function is not saved with a model: its weights alone can be loaded, into the same network built anew.
///
/// ```
/// use autograd::Params;
/// use nn::{Lambda, Module};
/// use tensor::tensor;
/// let square = Lambda::<f64>::new("square", |x| x.square());
/// assert_eq!(square.predict(&Params::new(), &tensor![[2.0], [-3.0]]), tensor![[4.0], [9.0]]);
/// ```
#[derive(Clone)]
pub struct Lambda<T: Scalar = f32> {
    name: String,
    parameters: Vec<Param>,
    config: Option<Config>,
    f: Arc<Function<T>>,
}

type Function<T> = dyn for<'p, 't> Fn(&mut Context<'p, 't, T>, TensorVar<'t, T>) -> TensorVar<'t, T> + Send + Sync;

impl<T: Scalar> Lambda<T> {
    /// This function, under this name.
    pub fn new(
        name: impl Into<String>,
        f: impl for<'t> Fn(TensorVar<'t, T>) -> TensorVar<'t, T> + Send + Sync + 'static,
    ) -> Self {
        Lambda { name: name.into(), ..Lambda::of(move |_, x| f(x)) }
    }

    fn of(
        f: impl for<'p, 't> Fn(&mut Context<'p, 't, T>, TensorVar<'t, T>) -> TensorVar<'t, T> + Send + Sync + 'static,
    ) -> Self {
        Lambda { name: String::new(), parameters: Vec::new(), config: None, f: Arc::new(f) }
    }
}

impl<T: Scalar> BuildContext<'_, T> {
    /// A layer whose forward pass is a closure. Its parameters are those that were added since its
    /// [`build_in`](LayerConfig::build_in) began; its config is `config`, under the name of the layer if it has
    /// parameters.
    pub fn layer(
        &mut self,
        config: &impl LayerConfig,
        f: impl for<'p, 't> Fn(&mut Context<'p, 't, T>, TensorVar<'t, T>) -> TensorVar<'t, T> + Send + Sync + 'static,
    ) -> Box<dyn Module<T>> {
        let (parameters, mut config) = (self.added(), Config::of(config));
        if !parameters.is_empty() {
            config = config.named(self.name());
        }
        let name = config.name().unwrap_or_default().to_string();
        Box::new(Lambda { name, parameters, config: Some(config), ..Lambda::of(f) })
    }
}

impl<T: Scalar> fmt::Debug for Lambda<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(Module::kind(self)).field("name", &self.name).finish_non_exhaustive()
    }
}

impl<T: Scalar> Module<T> for Lambda<T> {
    #[track_caller]
    fn call<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        (self.f)(ctx, x)
    }

    fn parameters(&self) -> Vec<Param> {
        self.parameters.clone()
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn kind(&self) -> &str {
        self.config.as_ref().map_or("Lambda", Config::kind)
    }

    fn config(&self) -> Result<Config, ConfigError> {
        let undescribed = || ConfigError::Undescribed { layer: self.name.clone(), kind: "Lambda".into() };
        self.config.clone().ok_or_else(undescribed)
    }
}

/// A layer that does nothing: a place to put another one later.
///
/// ```
/// use autograd::Params;
/// use nn::{Identity, Module};
/// use tensor::tensor;
/// assert_eq!(Identity.predict(&Params::new(), &tensor![1.0, 2.0]), tensor![1.0, 2.0]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity;

impl<T: Scalar> Module<T> for Identity {
    fn call<'t>(&self, _: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        x
    }

    fn predict(&self, _: &Params<T>, x: &Tensor<T>) -> Tensor<T> {
        x.clone()
    }

    fn config(&self) -> Result<Config, ConfigError> {
        Ok((*self).into())
    }

    fn output_shape(&self, _: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
        Ok(input.clone())
    }
}

stateless!(Identity);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sequential::Sequential;
    use autograd::Tape;
    use tensor::tensor;

    #[test]
    fn functions_are_differentiated_and_their_shapes_are_tried() {
        let model = Sequential::new().push(Identity).push(Lambda::<f64>::new("sum", |x| x.square().sum_over(-1)));
        let (params, tape) = (Params::new(), Tape::new());
        let x = tape.var(tensor![[1.0, 2.0], [3.0, -4.0]]);
        let y = model.forward(&params.bind(&tape), x);
        assert_eq!(y.value(), tensor![5.0, 25.0]);
        assert_eq!(y.sum().backward().wrt(x), tensor![[2.0, 4.0], [6.0, -8.0]]);
        assert_eq!(model.output_shape(&params, &Shape::from(2)), Ok(Shape::from(())));
        assert_eq!(format!("{:?}", model.modules()[1]), "Lambda { name: \"sum\", .. }");
    }
}
