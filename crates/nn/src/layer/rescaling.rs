//! Inputs brought to another range.

use crate::module::{Config, ConfigError, Context, Module, checked, stateless};
use crate::shape_error::ShapeError;
use autograd::{Params, Scalar, TensorVar};
use serde::{Deserialize, Serialize};
use tensor::Shape;

/// y = scale x + offset, as 1/255 and 0 for the pixels of an image.
///
/// ```
/// use autograd::Params;
/// use nn::{Module, Rescaling};
/// use tensor::tensor;
/// let layer = Rescaling::new(0.5, -1.0);
/// assert_eq!(layer.predict(&Params::new(), &tensor![[0.0, 4.0]]), tensor![[-1.0, 1.0]]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rescaling {
    #[serde(deserialize_with = "checked::finite")]
    scale: f64,
    #[serde(deserialize_with = "checked::finite")]
    offset: f64,
}

impl Rescaling {
    /// With this factor, and this number added.
    ///
    /// # Panics
    /// If one of them is not finite.
    #[track_caller]
    pub fn new(scale: f64, offset: f64) -> Self {
        assert!(scale.is_finite() && offset.is_finite(), "Rescaling: {scale} and {offset} must be finite");
        Rescaling { scale, offset }
    }
}

impl<T: Scalar> Module<T> for Rescaling {
    #[track_caller]
    fn call<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        let number = |c: f64| ctx.tape().constant(T::from_f64(c));
        x * number(self.scale) + number(self.offset)
    }

    fn config(&self) -> Result<Config, ConfigError> {
        Ok((*self).into())
    }

    fn output_shape(&self, _: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
        Ok(input.clone())
    }
}

stateless!(Rescaling);
