//! An activation as a layer.

use crate::activation::Activation;
use crate::module::{Config, ConfigError, Context, Module, stateless};
use crate::shape_error::ShapeError;
use autograd::{Params, Scalar, TensorVar};
use tensor::{Shape, Tensor};

impl<T: Scalar> Module<T> for Activation {
    #[track_caller]
    fn call<'t>(&self, _: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        self.apply(x)
    }

    #[track_caller]
    fn predict(&self, _: &Params<T>, x: &Tensor<T>) -> Tensor<T> {
        self.of(x.clone())
    }

    fn config(&self) -> Result<Config, ConfigError> {
        Ok((*self).into())
    }

    fn output_shape(&self, _: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
        Ok(input.clone())
    }

    fn output_activation(&self) -> Activation {
        *self
    }

    fn logits<'t>(&self, _: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        x
    }
}

stateless!(Activation);
