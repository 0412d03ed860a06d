//! A function as a layer.

use crate::context::Context;
use crate::description::{ConfigError, Description};
use crate::module::Module;
use crate::shape_error::ShapeError;
use autograd::{Params, Scalar, TensorVar};
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
    f: Arc<Function<T>>,
}

type Function<T> = dyn for<'t> Fn(TensorVar<'t, T>) -> TensorVar<'t, T> + Send + Sync;

impl<T: Scalar> Lambda<T> {
    /// This function, under this name.
    pub fn new(
        name: impl Into<String>,
        f: impl for<'t> Fn(TensorVar<'t, T>) -> TensorVar<'t, T> + Send + Sync + 'static,
    ) -> Self {
        Lambda { name: name.into(), f: Arc::new(f) }
    }
}

impl<T: Scalar> fmt::Debug for Lambda<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lambda").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<T: Scalar> Module<T> for Lambda<T> {
    #[track_caller]
    fn call<'t>(&self, _: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        (self.f)(x)
    }

    fn name(&self) -> &str {
        &self.name
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Identity;

impl<T: Scalar> Module<T> for Identity {
    fn call<'t>(&self, _: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        x
    }

    fn predict(&self, _: &Params<T>, x: &Tensor<T>) -> Tensor<T> {
        x.clone()
    }

    fn description(&self) -> Result<Description, ConfigError> {
        Ok((*self).into())
    }

    fn output_shape(&self, _: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
        Ok(input.clone())
    }
}

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
