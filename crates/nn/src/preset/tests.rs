use super::*;
use crate::{Relu, Selu, Sigmoid, Softmax, Softplus};
use tensor::Tensor;

#[test]
fn the_table_of_the_slides() {
    let tasks: [(Model, _, _, _); 4] = [
        (Mlp::regressor(4, [5], 2).build(), 2, Activation::Linear, Loss::Mse),
        (Mlp::binary(4, [5]).build(), 1, Sigmoid, Loss::BinaryCrossentropy(0.0)),
        (Mlp::multilabel(4, [5], 3).build(), 3, Sigmoid, Loss::BinaryCrossentropy(0.0)),
        (Mlp::classifier(4, [5], 3).build(), 3, Softmax, Loss::SparseCategoricalCrossentropy(0.0)),
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
    let of = |seed| numbers(preset().seed(seed).precision().build());
    assert_eq!(of(1), of(1));
    assert_ne!(of(1), of(2));
    let narrow: Model = preset().seed(1).build();
    let wide = of(1).into_iter().map(|x| x as f32);
    assert!(narrow.params().iter().flat_map(|(_, w)| w.to_vec()).eq(wide));
    assert_eq!(narrow.random_seed(), 1);
}

#[test]
fn selu_comes_with_its_own() {
    let model = Mlp::classifier(4, [5, 5], 3).activation(Selu).dropout(0.1).build();
    let kinds: Vec<String> = model.layers().into_iter().map(|layer| layer.kind).collect();
    assert_eq!(kinds, ["Dense", "AlphaDropout", "Dense", "AlphaDropout", "Dense"]);
    assert_eq!(model.lint(), []);
    assert_eq!(Mlp::classifier(4, [5], 3).activation(Selu).init(Init::HeNormal).build().lint().len(), 1);
}

#[test]
fn penalties_losses_and_output_activations() {
    let preset = Mlp::regressor(4, [5], 1).output_activation(Softplus).loss(Loss::Mae);
    let model = preset.regularizer(Regularizer::L2(0.1)).input_shape([2, 2]).build();
    assert_eq!(model.penalties().len(), 2);
    assert_eq!((model.heads()[0].loss(), model.heads()[0].activation()), (Loss::Mae, Softplus));
    assert!(model.predict(&Tensor::full([3, 2, 2], -5.0)).to_vec().iter().all(|&y| y > 0.0));
    assert_eq!(Mlp::regressor(4, [5], 1).output_activation(Relu).build().lint().len(), 1);
}

#[test]
fn sizes_of_hidden_layers() {
    assert_eq!(Mlp::pyramid(300, 100, 2), [300, 100]);
    assert_eq!(Mlp::pyramid(300, 100, 1), [300]);
    assert!(Mlp::pyramid(300, 100, 0).is_empty() && Mlp::uniform(3, 0).is_empty());
    assert_eq!(Mlp::classifier(4, [], 3).build().params().size(), 15);
}

#[test]
#[should_panic(expected = "Mlp: a network from 4 by [0] to 3 numbers has a layer that computes nothing")]
fn an_empty_layer() {
    let _ = Mlp::classifier(4, [0], 3);
}

#[test]
#[should_panic(expected = "Mlp: examples of shape (5, 5) do not hold 24 inputs")]
fn another_shape() {
    let _ = Mlp::classifier(24, [3], 3).input_shape([5, 5]);
}
