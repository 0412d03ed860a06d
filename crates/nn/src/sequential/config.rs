//! Layers one after the other, as data: their sizes are counted when the network is built.

use super::Sequential;
use crate::model::{Model, Summary};
use crate::module::{BuildContext, Config, ConfigError, LayerConfig, Module, generator, in_store};
use autograd::{Params, Scalar};
use rand::Rng;
use serde::{Deserialize, Serialize};
use tensor::Shape;

/// The config of a [`Sequential`], from [`Sequential::describe`].
///
/// Layers of one name share their parameters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[must_use = "a config makes no network until it is built"]
pub struct SequentialConfig {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    layers: Vec<Config>,
}

impl Sequential {
    /// The config of a network, layer by layer. The sizes of the layers follow from the shape of an example.
    ///
    /// ```
    /// use nn::{Dense, Flatten, Loss, Relu, Sequential, Softmax};
    /// let network = Sequential::describe()
    ///     .push(Flatten)
    ///     .push(Dense::units(300).activation(Relu))
    ///     .push(Dense::units(100).activation(Relu))
    ///     .push(Dense::units(10).activation(Softmax));
    /// let model = network.model::<f32>([28, 28], 42)?;
    /// assert_eq!(model.params().size(), 266_610);
    /// # Ok::<(), nn::ConfigError>(())
    /// ```
    pub fn describe() -> SequentialConfig {
        SequentialConfig::default()
    }
}

impl SequentialConfig {
    /// One more layer at the end.
    #[doc(alias = "add")]
    pub fn push(mut self, layer: impl Into<Config>) -> Self {
        self.layers.push(layer.into());
        self
    }

    /// The last layer, taken off.
    pub fn pop(&mut self) -> Option<Config> {
        self.layers.pop()
    }

    /// The layers.
    pub fn layers(&self) -> &[Config] {
        &self.layers
    }

    /// The name, for summaries and where it is a layer of another network; none unless said.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Makes the network for examples of this shape: adds the parameters of its layers to the store, 2²⁸ numbers at
    /// most.
    ///
    /// ```
    /// use autograd::Params;
    /// use nn::{Dense, Relu, Sequential};
    /// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
    /// let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
    /// let mut params = Params::<f32>::new();
    /// let network = Sequential::describe().push(Dense::units(30).activation(Relu)).push(Dense::new(20, 1));
    /// let e = network.build([8], &mut params, &mut rng).unwrap_err();
    /// assert_eq!(e.to_string(), "layer `dense_1` cannot take an input of shape (30,): it takes (20,)");
    /// ```
    ///
    /// # Errors
    /// If a layer cannot take what the one before it gives, or does not belong into a chain; if a name is taken, or
    /// there are too many numbers. Then the store is as it was.
    pub fn build<T: Scalar>(
        &self,
        input: impl Into<Shape>,
        params: &mut Params<T>,
        mut rng: &mut (impl Rng + ?Sized),
    ) -> Result<Sequential<T>, ConfigError> {
        let inputs = [input.into()];
        in_store(params, &mut rng, |at| {
            Config::of(self).admit(&inputs, at)?;
            at.layer_of(Self::KIND, self.name.as_deref(), &inputs, |at| self.make(at))
        })
    }

    pub(crate) fn make<T: Scalar>(&self, at: &mut BuildContext<'_, T>) -> Result<Sequential<T>, ConfigError> {
        let (mut modules, mut shape) = (Vec::with_capacity(self.layers.len()), at.input()?.clone());
        for layer in &self.layers {
            let (module, outputs) = at.build_on(layer, std::slice::from_ref(&shape))?;
            if outputs.len() != 1 {
                let (layer, outputs) = (layer.title(), outputs.len());
                let what = format!("layer `{layer}` has {outputs} outputs; make it a layer of a Graph");
                return Err(ConfigError::Other(what));
            }
            shape = module.output_shape(at.params, &shape)?;
            modules.push(module);
        }
        Ok(Sequential { name: self.name.clone().unwrap_or_default(), modules })
    }

    /// The network for examples of this shape as a model, its weights drawn from a seed.
    ///
    /// # Errors
    /// As [`build`](SequentialConfig::build).
    pub fn model<T: Scalar>(&self, input: impl Into<Shape>, seed: u64) -> Result<Model<T>, ConfigError> {
        let (mut params, input) = (Params::new(), input.into());
        let network = self.build(input.clone(), &mut params, &mut generator(seed))?;
        Ok(Model::new(network, params, input)?.seed(seed))
    }

    /// The layers as a table, in which shapes and counts are open; that of a model which was built has both.
    ///
    /// ```
    /// use nn::{Dense, Dropout, Sequential};
    /// let network = Sequential::describe().push(Dense::units(30)).push(Dropout::new(0.2)).push(Dense::units(1));
    /// assert_eq!(
    ///     network.summary().to_string(),
    ///     r#"Model: "sequential"
    /// ┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━┓
    /// ┃ Layer (type)                 ┃ Output Shape         ┃      Param # ┃
    /// ┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━┩
    /// │ dense (Dense)                │ ?                    │  0 (unbuilt) │
    /// │ dropout (Dropout)            │ ?                    │            0 │
    /// │ dense_1 (Dense)              │ ?                    │  0 (unbuilt) │
    /// └──────────────────────────────┴──────────────────────┴──────────────┘
    ///  Total params: 0 (0.00 B)
    ///  Trainable params: 0 (0.00 B)
    ///  Non-trainable params: 0 (0.00 B)
    /// "#
    /// );
    /// ```
    pub fn summary(&self) -> Summary {
        Summary::unbuilt(self.name.as_deref().unwrap_or("sequential"), &self.layers)
    }
}

impl LayerConfig for SequentialConfig {
    const KIND: &'static str = "Sequential";

    fn inner(&self) -> Vec<Config> {
        self.layers.clone()
    }

    fn build_in<T: Scalar>(&self, at: &mut BuildContext<'_, T>) -> Result<Box<dyn Module<T>>, ConfigError> {
        Ok(Box::new(self.make(at)?))
    }
}

impl From<Vec<Config>> for SequentialConfig {
    fn from(layers: Vec<Config>) -> Self {
        SequentialConfig { name: None, layers }
    }
}

impl<D: Into<Config>> FromIterator<D> for SequentialConfig {
    fn from_iter<I: IntoIterator<Item = D>>(layers: I) -> Self {
        SequentialConfig { name: None, layers: layers.into_iter().map(Into::into).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layer::{BatchNorm, Concatenate, Dense, Dropout, Embedding, Flatten, LayerNorm, Normalization, PRelu};
    use crate::module::Module;
    use crate::{Activation::*, Init, Mlp};
    use tensor::Tensor;

    fn names(params: &Params<f64>) -> Vec<&str> {
        params.keys().map(|p| params.name(p)).collect()
    }

    #[test]
    fn sizes_are_counted_and_numbers_are_those_of_the_same_network_with_sizes_given() {
        let described = Sequential::describe()
            .push(Flatten)
            .push(Dense::units(5).activation(Tanh).kernel_init(Init::HeNormal))
            .push(Dropout::new(0.5))
            .push(Dense::units(3).pytorch());
        let (mut params, mut other) = (Params::<f64>::new(), Params::new());
        let network = described.build([2, 4], &mut params, &mut generator(1)).unwrap();
        let mut rng = generator(1);
        let eager = Sequential::new()
            .push(Flatten)
            .push(Dense::new(8, 5).activation(Tanh).kernel_init(Init::HeNormal).build(&mut other, &mut rng))
            .push(Dropout::new(0.5))
            .push(Dense::new(5, 3).pytorch().build(&mut other, &mut rng));
        let x = Tensor::random_normal([7, 2, 4], 0.0, 1.0, &mut generator(2));
        assert_eq!(network.predict(&params, &x), eager.predict(&other, &x));
        assert_eq!(names(&params), ["dense.w", "dense.b", "dense_1.w", "dense_1.b"]);
    }

    #[test]
    fn every_layer_that_counts_its_inputs() {
        let described = Sequential::describe()
            .push(Embedding::new(4, 3))
            .push(Normalization::inferred())
            .push(BatchNorm::inferred())
            .push(LayerNorm::inferred())
            .push(PRelu::inferred())
            .push(Flatten)
            .push(Dense::units(1));
        let model = described.model::<f64>([2], 3).unwrap();
        let counts: Vec<usize> = model.summary().counts().map(|(_, count)| count).collect();
        assert_eq!(counts, [12, 7, 12, 6, 6, 0, 7]);
        assert_eq!(model.summary().non_trainable(), 7 + 6);
        assert_eq!(model.predict(&Tensor::zeros([5, 2])).shape().to_string(), "(5, 1)");
    }

    #[test]
    fn layers_come_and_go() {
        let mut described: SequentialConfig = [Dense::units(3), Dense::units(2)].into_iter().collect();
        assert_eq!(described.pop(), Some(Dense::units(2).into()));
        let described = described.push(Dense::units(4)).name("little");
        assert_eq!(described.layers().len(), 2);
        let model = described.model::<f64>([1], 0).unwrap();
        assert!(model.summary().to_string().starts_with("Model: \"little\"\n"));
        assert_eq!(model.heads()[0].shape(), &Shape::from(4));
    }

    #[test]
    fn names_given_are_kept_free_and_one_name_is_one_layer() {
        let described = Sequential::describe()
            .push(Dense::units(3))
            .push(Dense::units(3).name("dense"))
            .push(Dense::units(3).name("tied").use_bias(false))
            .push(Dense::units(3).name("tied").use_bias(false).activation(Relu));
        let model = described.model::<f64>([3], 0).unwrap();
        assert_eq!(names(model.params()), ["dense_1.w", "dense_1.b", "dense.w", "dense.b", "tied.w"]);
    }

    #[test]
    fn what_does_not_fit_leaves_the_store_as_it_was() {
        let mut params = Params::<f64>::new();
        let mut says = |described: SequentialConfig, input: &[usize]| {
            let e = described.build(input, &mut params, &mut generator(0)).unwrap_err().to_string();
            assert!(params.is_empty(), "{e}");
            e
        };
        let dense = || Sequential::describe().push(Dense::units(3));
        assert_eq!(
            says(dense().push(Dense::units(2).name("a")).push(Dense::units(4).name("a")), &[5]),
            "there is a parameter named `a.w` already, of shape (3, 2), where one of shape (2, 4) is to go; give each its \
             own name"
        );
        assert_eq!(
            says(dense(), &[]),
            "layer `dense` cannot take an input of shape (): it takes rows of one number at least"
        );
        assert!(
            says(dense().push(Concatenate::new()), &[5]).contains("it takes several inputs, as a layer of a Graph")
        );
        assert!(
            says(dense().push(Dense::units(1 << 40)), &[5])
                .contains("numbers of shape (3, 1099511627776) are too many")
        );
        assert!(says(dense(), &[1 << 40, 1 << 40]).contains("too many"));
        let orthogonal = Dense::units(3).bias_init(Init::Orthogonal(1.0));
        assert!(says(dense().push(orthogonal), &[5]).contains("`dense_1.b` has shape (3,), but orthogonal(1) starts"));
        let mlp = Mlp::new(5, [2], 1).build(&mut params, &mut generator(0));
        let e = dense().push(Dense::units(1).name("dense")).build([5], &mut params, &mut generator(0)).unwrap_err();
        assert!(e.to_string().contains("named `dense.w` already"), "{e}");
        assert_eq!(params.len(), mlp.parameters().len());
    }

    #[test]
    #[should_panic(expected = "Dense: input size unknown; use `Dense::new`")]
    fn a_layer_alone_must_know_its_inputs() {
        Dense::units(3).build(&mut Params::<f32>::new(), &mut generator(0));
    }
}
