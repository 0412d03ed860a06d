use super::*;
use crate::layer::Dense;
use crate::loss::{LossError, Reduction, Target};
use crate::module::Context;
use crate::sequential::Sequential;
use crate::testing::rng;
use crate::{Linear, Mlp, Sigmoid, Softmax, Tanh};
use autograd::Tape;
use tensor::{Tensor, tensor};

fn model(activation: Activation, outputs: usize) -> Model<f64> {
    let mut params = Params::new();
    let network = Mlp::new(3, [5], outputs).activation(Tanh).output_activation(activation);
    let network = network.build(&mut params, &mut rng(1));
    Model::new(network, params, [3]).unwrap()
}

fn x() -> Tensor<f64> {
    Tensor::random_normal([4, 3], 0.0, 1.0, &mut rng(2))
}

/// The total loss on `x()`.
fn total(model: &Model<f64>, target: Target<f64>) -> f64 {
    let tape = Tape::new();
    let net = model.params().bind(&tape);
    let y = model.forward(&mut Context::eval(&net), &[tape.constant(x())]);
    model.objective(&net, &y, &[target], None).unwrap().total.value()
}

#[test]
fn the_loss_sees_logits_wherever_the_activation_was_written() {
    for (activation, loss, outputs, target) in [
        (Softmax, Loss::SparseCategoricalCrossentropy(0.0), 3, Target::from([0, 1, 2, 0])),
        (Sigmoid, Loss::BinaryCrossentropy(0.0), 1, Target::from([0, 1, 1, 0])),
    ] {
        let (written, bare) = (model(activation, outputs), model(Linear, outputs).loss(loss));
        assert_eq!(written.heads()[0].loss(), loss, "the loss that goes with {activation}");
        assert_eq!(total(&written, target.clone()), total(&bare, target));
        assert_eq!(written.predict(&x()), bare.predict(&x()));
        assert_eq!(written.logits(&x()), bare.logits(&x()));
        assert_eq!(activation.of(bare.logits(&x())), bare.predict(&x()));
        assert_eq!(bare.heads()[0].predictions(bare.logits(&x())), bare.predict(&x()));
    }
}

/// In the last layer, as a layer of its own, or nowhere: one loss, one prediction.
#[test]
fn three_ways_to_write_a_softmax() {
    let of = |written: usize| {
        let mut params = Params::new();
        let layer = Dense::new(3, 4).activation(if written == 0 { Softmax } else { Linear });
        let layer = layer.build(&mut params, &mut rng(1));
        let network = Sequential::new().push(layer);
        let network = if written == 1 { network.push(Softmax) } else { network };
        let model = Model::new(network, params, [3]).unwrap().loss(Loss::SparseCategoricalCrossentropy(0.0));
        (total(&model, [0, 3, 1, 2].into()), model.predict(&x()))
    };
    assert!(of(0) == of(1) && of(1) == of(2));
}

#[test]
fn a_loss_without_a_link_sees_predictions() {
    let (sigmoid, y) = (model(Sigmoid, 1).loss(Loss::Mse), tensor![[0.5], [0.0], [1.0], [0.25]]);
    let squares = sigmoid.predict(&x()).to_vec().into_iter().zip(y.to_vec()).map(|(p, y)| (p - y) * (p - y));
    let mean = squares.sum::<f64>() / 4.0;
    assert!((total(&sigmoid, y.into()) - mean).abs() < 1e-15);
}

#[test]
fn classes_from_one_output_and_from_several() {
    let three = model(Linear, 3).task(Task::Multiclass);
    assert_eq!(three.predict_classes(&x()), three.logits(&x()).argmax_over(-1));
    let one = model(Linear, 1).task(Task::Binary);
    let positive: Vec<usize> = one.logits(&x()).to_vec().into_iter().map(|z| usize::from(z >= 0.0)).collect();
    assert_eq!(one.predict_classes(&x()), positive);
    let hinge = one.clone().loss(Loss::Hinge);
    assert_eq!((hinge.predict_classes(&x()), hinge.predict(&x())), (positive.clone(), one.logits(&x())));
    assert_eq!(model(Sigmoid, 1).loss(Loss::Hinge).predict_classes(&x()), positive, "the same weights");
    assert_eq!((one.purpose(), one.heads()[0].metrics()), (Some(Task::Binary), &["accuracy".to_string()][..]));
}

#[test]
fn penalties_and_weights_are_in_the_total() {
    let mut params = Params::new();
    let layer = Dense::new(3, 1).kernel_regularizer(Regularizer::L2(0.1)).build(&mut params, &mut rng(0));
    let (w, b) = (layer.kernel(), layer.bias().unwrap());
    let model = Model::new(Sequential::new().push(layer), params, [3]).unwrap().loss_weights([2.0]);
    let model = model.regularize(b, Regularizer::L1(0.5));
    assert_eq!(model.penalties(), [(w, Regularizer::L2(0.1)), (b, Regularizer::L1(0.5))]);

    let tape = Tape::new();
    let net = model.params().bind(&tape);
    let z = model.forward(&mut Context::eval(&net), &[tape.constant(x())]);
    let (target, weights) = ([tensor![1.0, 2.0, 3.0, 4.0].into()], tensor![1.0, 0.0, 2.0, 0.5]);
    let objective = model.objective(&net, &z, &target, Some(&weights)).unwrap();
    let loss = Loss::Mse.weighted(z[0], &target[0], &weights, Reduction::SumOverBatchSize).unwrap();
    let squares: f64 = model.params().get(w).to_vec().iter().map(|w| w * w).sum();
    assert_eq!(objective.losses[0].value(), loss.value());
    assert!((objective.total.value() - 2.0 * loss.value() - 0.1 * squares).abs() < 1e-14);
    let e = model.objective(&net, &z, &[], None).unwrap_err();
    assert_eq!(e, LossError::Targets { outputs: 1, targets: 0 });
}

#[test]
fn a_network_that_does_not_fit_its_input() {
    let mut params = Params::<f32>::new();
    let network = Mlp::new(3, [5], 1).build(&mut params, &mut rng(0));
    let e = Model::new(network, params, [4]).unwrap_err();
    assert_eq!(e.to_string(), "layer `dense` cannot take an input of shape (4,): it takes (3,)");
}

#[test]
#[should_panic(expected = "2 losses were given for 1 outputs")]
fn too_many_losses() {
    let _ = model(Linear, 1).losses([Loss::Mse, Loss::Mae]);
}

/// The file and the message of the panic that a call ends in.
fn blamed(call: impl FnOnce()) -> (String, String) {
    use std::sync::Mutex;
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    thread_local!(static SEEN: std::cell::RefCell<(String, String)> = Default::default());
    let _guard = ONE_AT_A_TIME.lock().unwrap_or_else(|e| e.into_inner());
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(|info| {
        let file = info.location().map_or(String::new(), |l| l.file().to_string());
        let message = info.payload_as_str().unwrap_or_default().to_string();
        SEEN.with(|seen| *seen.borrow_mut() = (file, message));
    }));
    let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(call));
    std::panic::set_hook(before);
    assert!(ended.is_err(), "there was no panic");
    SEEN.with(|seen| seen.borrow().clone())
}

#[test]
fn inputs_of_another_width_are_the_callers_mistake() {
    let model = &model(Linear, 2);
    let wrong = &Tensor::<f64>::zeros([4, 5]);
    let forward = || {
        let tape = Tape::new();
        let (net, x) = (model.params().bind(&tape), tape.constant(wrong.clone()));
        drop(model.forward(&mut Context::eval(&net), &[x]));
    };
    let calls: [&dyn Fn(); 5] = [
        &|| drop(model.predict(wrong)),
        &|| drop(model.predict_classes(wrong)),
        &|| drop(model.predict_all(std::slice::from_ref(wrong))),
        &|| drop(model.logits(wrong)),
        &forward,
    ];
    for call in calls {
        let (file, message) = blamed(call);
        assert_eq!(message, "Model: input 0 has shape (4, 5), but the model takes batches of shape (n, 3)");
        assert!(file.ends_with("model/tests.rs"), "{file}");
    }
    let (file, message) = blamed(|| drop(model.predict_all(&[])));
    assert_eq!(message, "Model: 0 inputs were given, but the model takes 1");
    assert!(file.ends_with("model/tests.rs"), "{file}");
    // A single example, and examples along two axes.
    assert_eq!(model.predict(&Tensor::zeros(3)).shape().to_string(), "(2,)");
    assert_eq!(model.predict(&Tensor::zeros([4, 5, 3])).shape().to_string(), "(4, 5, 2)");
}

#[test]
fn an_output_of_weight_0_does_not_count_however_wrong_it_is() {
    let model = model(Linear, 2).loss(Loss::SparseCategoricalCrossentropy(0.0)).loss_weights([0.0]);
    let tape = Tape::new();
    let net = model.params().bind(&tape);
    let z = tape.var(tensor![[0.0, f64::NEG_INFINITY]]);
    let objective = model.objective(&net, &[z], &[[1].into()], None).unwrap();
    assert_eq!((objective.losses[0].value(), objective.total.value()), (f64::INFINITY, 0.0));
    assert_eq!(objective.total.backward().wrt(z), tensor![[0.0, 0.0]]);
}
