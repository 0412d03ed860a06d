//! A row of numbers to be learned for each of a set of things.

use super::category_encoding::ids;
use crate::init::Init;
use crate::module::{BuildContext, Config, ConfigError, Context, LayerConfig, Module, alone};
use crate::shape_error::ShapeError;
use autograd::{Param, Params, Scalar, TensorVar};
use rand::Rng;
use serde::{Deserialize, Serialize};
use tensor::Shape;

/// A table of vectors: each id 0, 1, ... in the input is replaced by its row. Only the rows that are looked up get a
/// gradient. They start evenly from ±0.05, as in Keras; PyTorch's start from the standard normal distribution.
///
/// ```
/// use autograd::Params;
/// use nn::{Embedding, Module};
/// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
/// use tensor::tensor;
///
/// let mut params = Params::<f32>::new();
/// let layer = Embedding::new(3, 2).build(&mut params, &mut Xoshiro256PlusPlus::seed_from_u64(42));
/// params.set(layer.table(), tensor![[0.0, 0.5], [1.0, 1.5], [2.0, 2.5]]);
/// let y = layer.predict(&params, &tensor![[2.0], [0.0]]);
/// assert_eq!(y, tensor![[[2.0, 2.5]], [[0.0, 0.5]]]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Embedding {
    name: String,
    table: Param,
    config: EmbeddingConfig,
}

/// The config of an [`Embedding`] layer, from [`Embedding::new`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use = "a config makes no layer until it is built"]
pub struct EmbeddingConfig {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    tokens: usize,
    dimensions: usize,
    #[serde(default = "start")]
    init: Init,
}

/// Keras's.
fn start() -> Init {
    Init::Uniform { low: -0.05, high: 0.05 }
}

impl Embedding {
    /// The config of a table with `tokens` rows of `dimensions` values; [`build`](EmbeddingConfig::build) makes the layer.
    #[allow(clippy::new_ret_no_self)] // a layer holds keys of a store: there is none without one
    pub fn new(tokens: usize, dimensions: usize) -> EmbeddingConfig {
        EmbeddingConfig { name: None, tokens, dimensions, init: start() }
    }

    /// The key of the table, of shape (things, numbers).
    pub fn table(&self) -> Param {
        self.table
    }
}

impl EmbeddingConfig {
    /// Where the table starts from.
    pub fn init(mut self, init: Init) -> Self {
        self.init = init;
        self
    }

    /// The name; without one it is `embedding`, `embedding_1` and so on, the first that is free in the store.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Builds the layer: adds `NAME.table` to the store.
    ///
    /// # Panics
    /// If the given name is taken.
    #[track_caller]
    pub fn build<T: Scalar>(self, params: &mut Params<T>, mut rng: &mut (impl Rng + ?Sized)) -> Embedding {
        let label = (EmbeddingConfig::KIND, self.name.as_deref());
        alone(label, Some(Shape::from(())), params, &mut rng, |at| self.make(at))
    }

    fn make<T: Scalar>(&self, at: &mut BuildContext<'_, T>) -> Result<Embedding, ConfigError> {
        let name = at.name().to_string();
        let table = at.param("table", [self.tokens, self.dimensions], self.init)?;
        let config = EmbeddingConfig { name: Some(name.clone()), ..self.clone() };
        Ok(Embedding { name, table, config })
    }
}

impl LayerConfig for EmbeddingConfig {
    const KIND: &'static str = "Embedding";

    fn build_in<T: Scalar>(&self, at: &mut BuildContext<'_, T>) -> Result<Box<dyn Module<T>>, ConfigError> {
        Ok(Box::new(self.make(at)?))
    }
}

impl<T: Scalar> Module<T> for Embedding {
    /// # Panics
    /// If an element is no id of the table.
    #[track_caller]
    fn call<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        let shape: Shape = x.shape().iter().copied().chain([self.config.dimensions]).collect();
        let ids = ids(&self.name, &x.value(), self.config.tokens);
        ctx.var(self.table).index_select(0, ids).reshape(shape)
    }

    fn parameters(&self) -> Vec<Param> {
        vec![self.table]
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn config(&self) -> Result<Config, ConfigError> {
        Ok(self.config.clone().into())
    }

    fn output_shape(&self, _: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
        Ok(input.iter().copied().chain([self.config.dimensions]).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::rng;
    use autograd::{ParamGradients, Tape};
    use tensor::tensor;

    #[test]
    fn rows_that_are_looked_up_twice_get_both_gradients() {
        let mut params = Params::<f64>::new();
        let layer = Embedding::new(3, 2).name("words").build(&mut params, &mut rng(1));
        assert!(params.get(layer.table()).to_vec().iter().all(|x| x.abs() <= 0.05));
        let tape = Tape::new();
        let x = tape.constant(tensor![[2.0, 0.0, 2.0]]);
        let y = layer.forward(&params.bind(&tape), x);
        let shape = layer.output_shape(&params, &Shape::from(3)).unwrap();
        assert_eq!((y.shape()[1..].to_vec(), shape), (vec![3, 2], Shape::from([3, 2])));
        let grads = y.sum().backward();
        assert_eq!(grads.gradient(&params, layer.table()), Some(&tensor![[1.0, 1.0], [0.0, 0.0], [2.0, 2.0]]));
    }

    #[test]
    #[should_panic(expected = "embedding: 3 is no id; ids are the whole numbers 0 to 2")]
    fn an_id_outside_the_table() {
        let mut params = Params::<f32>::new();
        let layer = Embedding::new(3, 2).build(&mut params, &mut rng(1));
        layer.predict(&params, &tensor![3.0]);
    }
}
