//! The multilayer perceptron.

mod config;

pub use config::MlpConfig;

use crate::activation::Activation;
use crate::layer::{AlphaDropout, Dense, Dropout};
use crate::module::{Config, ConfigError, Context, Module};
use crate::sequential::SequentialConfig;
use crate::shape_error::ShapeError;
use autograd::{Param, Params, Scalar, TensorVar};
use tensor::{Shape, Tensor};

/// A multilayer perceptron: [`Dense`] layers one after the other, with an activation after each but the last.
///
/// By default the last layer computes logits, the input of losses such as `softmax_cross_entropy` and `bce_with_logits`,
/// or the predictions of a regression.
///
/// ```
/// use autograd::Params;
/// use nn::{Mlp, Module, Tanh};
/// use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
/// use tensor::tensor;
///
/// let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
/// let mut params = Params::<f64>::new();
/// let model = Mlp::new(2, [4], 1).activation(Tanh).build(&mut params, &mut rng);
/// assert_eq!(model.layers().len(), 2);
/// let y = model.predict(&params, &tensor![[0.0, 1.0], [1.0, 1.0], [1.0, 0.0]]);
/// assert_eq!(y.shape().to_string(), "(3, 1)");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Mlp {
    layers: Vec<Dense>,
    between: Option<Between>,
}

/// What stands between two dense layers.
#[derive(Clone, Debug, PartialEq)]
enum Between {
    Dropout(Dropout),
    AlphaDropout(AlphaDropout),
}

impl Between {
    fn module<T: Scalar>(&self) -> &dyn Module<T> {
        match self {
            Between::Dropout(layer) => layer,
            Between::AlphaDropout(layer) => layer,
        }
    }
}

impl Mlp {
    /// The dense layers, from the input on.
    pub fn layers(&self) -> &[Dense] {
        &self.layers
    }

    /// The keys of all kernels and biases, from the input on.
    pub fn parameters(&self) -> Vec<Param> {
        self.layers.iter().flat_map(Dense::parameters).collect()
    }

    /// The modules in the order of the computation: dropout stands before each dense layer but the first.
    fn chain<T: Scalar>(&self) -> impl DoubleEndedIterator<Item = &dyn Module<T>> {
        self.layers.iter().enumerate().flat_map(|(i, layer)| {
            let between = self.between.iter().filter(move |_| i > 0).map(Between::module);
            between.chain([layer as &dyn Module<T>])
        })
    }
}

impl<T: Scalar> Module<T> for Mlp {
    #[track_caller]
    fn call<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        self.chain().fold(x, |x, module| module.call(ctx, x))
    }

    #[track_caller]
    fn logits<'t>(&self, ctx: &mut Context<'_, 't, T>, x: TensorVar<'t, T>) -> TensorVar<'t, T> {
        let mut chain = self.chain();
        let Some(last) = chain.next_back() else { return x };
        let x = chain.fold(x, |x, module| module.call(ctx, x));
        last.logits(ctx, x)
    }

    #[track_caller]
    fn predict(&self, params: &Params<T>, x: &Tensor<T>) -> Tensor<T> {
        self.chain().fold(x.clone(), |x, module| module.predict(params, &x))
    }

    fn children(&self) -> Vec<&dyn Module<T>> {
        self.chain().collect()
    }

    fn config(&self) -> Result<Config, ConfigError> {
        let layers = self.chain::<T>().map(Module::config);
        Ok(layers.collect::<Result<SequentialConfig, _>>()?.into())
    }

    fn output_shape(&self, params: &Params<T>, input: &Shape) -> Result<Shape, ShapeError> {
        self.layers.iter().try_fold(input.clone(), |shape, layer| layer.output_shape(params, &shape))
    }

    fn output_activation(&self) -> Activation {
        self.layers.last().map_or(Activation::Linear, Dense::activation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::Activation::*;
    use crate::testing::rng;
    use crate::{Init, Loss, Model, Regularizer};
    use autograd::Tape;
    use tensor::tensor;

    #[test]
    fn sizes_come_as_arrays_slices_and_vectors() {
        let sizes = vec![3, 4];
        let array = Mlp::new(2, [3, 4], 5);
        assert_eq!(array, Mlp::new(2, &sizes[..], 5));
        assert_eq!(array, Mlp::new(2, sizes, 5));
        let mut params = Params::<f32>::new();
        let sizes = |m: &Mlp| m.layers().iter().map(|l| (l.inputs(), l.outputs())).collect::<Vec<_>>();
        assert_eq!(sizes(&array.build(&mut params, &mut rng(0))), [(2, 3), (3, 4), (4, 5)]);
        assert_eq!(sizes(&Mlp::new(2, [], 5).build(&mut params, &mut rng(0))), [(2, 5)]);
    }

    #[test]
    fn the_network_of_the_slides() {
        let mut params = Params::<f32>::new();
        let model = Mlp::new(784, [300, 100], 10).build(&mut params, &mut rng(42));
        assert_eq!((params.size(), model.parameters()), (266_610, params.keys().collect()));
        let names: Vec<&str> = params.keys().map(|p| params.name(p)).collect();
        assert_eq!(names, ["dense.w", "dense.b", "dense_1.w", "dense_1.b", "dense_2.w", "dense_2.b"]);
        let activations: Vec<Activation> = model.layers().iter().map(Dense::activation).collect();
        assert_eq!((activations, Module::<f32>::children(&model).len()), (vec![Relu, Relu, Linear], 3));
    }

    #[test]
    fn predict_is_forward_for_batches_and_for_one() {
        for (activation, output) in [(Relu, Linear), (Tanh, Softmax), (LeakyRelu(0.1), Sigmoid)] {
            let mut params = Params::<f32>::new();
            let builder = Mlp::new(7, [20, 9], 4).activation(activation).output_activation(output).dropout(0.5);
            let model = builder.build(&mut params, &mut rng(1));
            for x in [[40, 7], [1, 7]].map(|shape| Tensor::random_normal(shape, 0.0, 1.0, &mut rng(2))) {
                let tape = Tape::default();
                let y = model.forward(&params.bind(&tape), tape.constant(x.clone())).value();
                assert_eq!(model.predict(&params, &x), y);
            }
            let one = Tensor::random_normal(7, 0.0, 1.0, &mut rng(3));
            let tape = Tape::default();
            let y = model.forward(&params.bind(&tape), tape.constant(one.clone())).value();
            assert_eq!((model.predict(&params, &one), y.shape().rank()), (y, 1));
        }
    }

    #[test]
    fn dropout_stands_between_layers_only() {
        let mut params = Params::<f64>::new();
        let builder = Mlp::new(2, [2], 2).init(Init::Ones).output_init(Init::Ones).dropout(0.5);
        let model = builder.build(&mut params, &mut rng(0));
        let (tape, mut rng) = (Tape::default(), rng(5));
        let (net, x) = (params.bind(&tape), tape.constant(tensor![1.0, 2.0]));
        // Two hidden neurons of 3, each 0 or doubled; both outputs see the same sum.
        let mut seen = Vec::new();
        for _ in 0..64 {
            let y = model.forward_train(&net, x, &mut rng).value();
            assert_eq!(y.at([0]), y.at([1]));
            seen.push(y.at([0]) as usize);
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen, [0, 6, 12]);
    }

    #[test]
    #[should_panic(expected = "Mlp: all sizes must be at least 1, got 2 inputs, hidden layers of [3, 0]")]
    fn an_empty_layer() {
        let _ = Mlp::new(2, [3, 0], 1);
    }

    #[test]
    fn the_table_of_the_slides() {
        let tasks: [(Model, _, _, _); 4] = [
            (Mlp::regressor(4, [5], 2).model(0), 2, Activation::Linear, Loss::Mse),
            (Mlp::binary(4, [5]).model(0), 1, Sigmoid, Loss::BinaryCrossentropy(0.0)),
            (Mlp::multilabel(4, [5], 3).model(0), 3, Sigmoid, Loss::BinaryCrossentropy(0.0)),
            (Mlp::classifier(4, [5], 3).model(0), 3, Softmax, Loss::SparseCategoricalCrossentropy(0.0)),
        ];
        for (model, outputs, activation, loss) in tasks {
            let head = &model.heads()[0];
            assert_eq!((head.shape(), head.activation(), head.loss()), (&Shape::from(outputs), activation, loss));
            assert_eq!(model.lint(), []);
            assert_eq!(activation.of(model.logits(&Tensor::ones([3, 4]))), model.predict(&Tensor::ones([3, 4])));
        }
    }

    #[test]
    fn a_seed_fixes_the_model_in_both_precisions() {
        let preset = || Mlp::classifier(6, [5, 4], 3).dropout(0.1);
        let numbers = |model: Model<f64>| model.params().iter().flat_map(|(_, w)| w.to_vec()).collect::<Vec<_>>();
        let of = |seed| numbers(preset().model(seed));
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
        let narrow: Model = preset().model(1);
        let wide = of(1).into_iter().map(|x| x as f32);
        assert!(narrow.params().iter().flat_map(|(_, w)| w.to_vec()).eq(wide));
        assert_eq!(narrow.random_seed(), 1);
    }

    #[test]
    fn selu_comes_with_its_own() {
        let model = Mlp::classifier(4, [5, 5], 3).activation(Selu).dropout(0.1).model::<f32>(0);
        let kinds: Vec<String> = model.layers().into_iter().map(|layer| layer.kind).collect();
        assert_eq!(kinds, ["Dense", "AlphaDropout", "Dense", "AlphaDropout", "Dense"]);
        assert_eq!(model.lint(), []);
        assert_eq!(Mlp::classifier(4, [5], 3).activation(Selu).init(Init::HeNormal).model::<f32>(0).lint().len(), 1);
    }

    #[test]
    fn penalties_losses_and_output_activations() {
        let preset = Mlp::regressor(4, [5], 1).output_activation(Softplus);
        let model = preset.regularizer(Regularizer::L2(0.1)).input_shape([2, 2]).model::<f32>(0).loss(Loss::Mae);
        assert_eq!(model.penalties().len(), 2);
        assert_eq!((model.heads()[0].loss(), model.heads()[0].activation()), (Loss::Mae, Softplus));
        assert!(model.predict(&Tensor::full([3, 2, 2], -5.0)).to_vec().iter().all(|&y| y > 0.0));
        assert_eq!(Mlp::regressor(4, [5], 1).output_activation(Relu).model::<f32>(0).lint().len(), 1);
    }

    #[test]
    fn sizes_of_hidden_layers() {
        assert_eq!(Mlp::pyramid(300, 100, 2), [300, 100]);
        assert_eq!(Mlp::pyramid(300, 100, 1), [300]);
        assert!(Mlp::pyramid(300, 100, 0).is_empty() && Mlp::uniform(3, 0).is_empty());
        assert_eq!(Mlp::classifier(4, [], 3).model::<f32>(0).params().size(), 15);
    }

    #[test]
    #[should_panic(expected = "Mlp: all sizes must be at least 1, got 4 inputs")]
    fn an_empty_layer_of_a_classifier() {
        let _ = Mlp::classifier(4, [0], 3);
    }

    #[test]
    #[should_panic(expected = "Mlp: expected examples of 24 values, got the shape (5, 5)")]
    fn another_shape() {
        let _ = Mlp::classifier(24, [3], 3).input_shape([5, 5]);
    }
}
