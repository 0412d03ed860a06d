//! Modules one after the other.

mod config;

pub use config::SequentialConfig;

use crate::activation::Activation;
use crate::module::{Config, ConfigError, Context, Module};
use crate::shape_error::ShapeError;
use autograd::{Params, Scalar, TensorVar};
use tensor::{Shape, Tensor};

/// Modules one after the other: the output of each is the input of the next.
///
/// ```
/// use autograd::Params;
/// use nn::{Dense, Dropout, Module, Relu, Sequential};
/// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
/// use tensor::Tensor;
///
/// let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
/// let mut params = Params::<f32>::new();
/// let model = Sequential::new()
///     .push(Dense::new(4, 8).build(&mut params, &mut rng))
///     .push(Relu)
///     .push(Dropout::new(0.2))
///     .push(Dense::new(8, 3).build(&mut params, &mut rng));
/// assert_eq!(model.predict(&params, &Tensor::zeros([5, 4])).shape().to_string(), "(5, 3)");
/// ```
///
/// The sizes in between can be left to be counted: see [`describe`](Sequential::describe).
#[derive(Debug, Default)]
pub struct Sequential<T: Scalar = f32> {
    name: String,
    modules: Vec<Box<dyn Module<T>>>,
}

impl<T: Scalar> Sequential<T> {
    /// No modules yet: the output is the input.
    pub fn new() -> Self {
        Sequential { name: String::new(), modules: Vec::new() }
    }

    /// With one more module at the end.
    #[must_use]
    pub fn push(mut self, module: impl Module<T> + 'static) -> Self {
        self.modules.push(Box::new(module));
        self
    }

    /// The last module, taken off.
    pub fn pop(&mut self) -> Option<Box<dyn Module<T>>> {
        self.modules.pop()
    }

    /// With a name, for summaries and where it is a layer of another network.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// The modules.
    pub fn modules(&self) -> &[Box<dyn Module<T>>] {
        &self.modules
    }
}

impl<T: Scalar> FromIterator<Box<dyn Module<T>>> for Sequential<T> {
    fn from_iter<I: IntoIterator<Item = Box<dyn Module<T>>>>(modules: I) -> Self {
        Sequential { name: String::new(), modules: modules.into_iter().collect() }
    }
}

impl<T: Scalar> Module<T> for Sequential<T> {
    #[track_caller]
    fn call<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        self.modules.iter().fold(x, |x, module| module.call(ctx, x))
    }

    fn children(&self) -> Vec<&dyn Module<T>> {
        self.modules.iter().map(|module| &**module).collect()
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn config(&self) -> Result<Config, ConfigError> {
        let layers = self.modules.iter().map(|module| module.config()).collect::<Result<Vec<_>, _>>()?;
        let description = SequentialConfig::from(layers);
        Ok(if self.name.is_empty() { description } else { description.name(&self.name) }.into())
    }

    fn output_shape(&self, params: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
        self.modules.iter().try_fold(input.clone(), |shape, module| module.output_shape(params, &shape))
    }

    fn output_activation(&self) -> Activation {
        self.modules.last().map_or(Activation::Linear, |module| module.output_activation())
    }

    #[track_caller]
    fn logits<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        let Some((last, before)) = self.modules.split_last() else { return x };
        let x = before.iter().fold(x, |x, module| module.call(ctx, x));
        last.logits(ctx, x)
    }

    #[track_caller]
    fn predict(&self, params: &Params<T>, x: &Tensor<T>) -> Tensor<T> {
        self.modules.iter().fold(x.clone(), |x, module| module.predict(params, &x))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::Activation::*;
    use crate::layer::Dense;
    use crate::layer::Dropout;
    use crate::testing::rng;
    use autograd::Tape;
    use tensor::tensor;

    #[test]
    fn modules_run_in_order_and_hear_the_mode() {
        let mut params = Params::<f64>::new();
        let dense = Dense::new(2, 2).build(&mut params, &mut rng(0));
        params.set(dense.kernel(), tensor![[1.0, 2.0], [3.0, -4.0]]);
        let inner = Sequential::new().push(dense.clone()).push(Relu).push(Dropout::new(0.5));
        let model = Sequential::new().push(inner).push(Exp);
        assert_eq!((model.modules().len(), model.parameters()), (2, dense.parameters()));

        let x = tensor![[1.0, 1.0]];
        let y = model.predict(&params, &x);
        assert_eq!(y, Exp.of(tensor![[4.0, 0.0]]));
        let tape = Tape::new();
        let (net, x) = (params.bind(&tape), tape.constant(x));
        assert_eq!(model.forward(&net, x).value(), y);
        let mut rng = rng(0);
        let drawn: Vec<_> = (0..20).map(|_| model.forward_train(&net, x, &mut rng).value().at([0, 0])).collect();
        for value in [1.0, 8.0_f64.exp()] {
            assert!(drawn.iter().any(|d| (d / value - 1.0).abs() < 1e-14), "{value} is not among {drawn:?}");
        }
    }

    #[test]
    fn nothing_is_the_identity() {
        let model = Sequential::<f32>::new();
        assert_eq!(model.predict(&Params::new(), &tensor![1.0, 2.0]), tensor![1.0, 2.0]);
    }
}
