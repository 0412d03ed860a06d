//! Modules as networks: their layers, shapes and logits.

use super::*;
use crate::activation::Activation::*;
use crate::layer::Dense;
use crate::layer::Dropout;
use crate::sequential::Sequential;
use crate::testing::rng;

fn shared(params: &mut Params<f64>) -> Single<Sequential<f64>> {
    let layer = Dense::new(3, 3).activation(Sigmoid).build(params, &mut rng(0));
    Single(Sequential::new().push(layer.clone()).push(Dropout::new(0.5)).push(Dropout::new(0.1)).push(layer))
}

#[test]
fn layers_of_a_chain() {
    let mut params = Params::new();
    let model = shared(&mut params);
    let layers = model.layers(&params, &[Shape::from(3)]).unwrap();
    let names: Vec<&str> = layers.iter().map(|l| l.name.as_str()).collect();
    assert_eq!(names, ["dense", "dropout", "dropout_1", "dense_1"]);
    assert_eq!((model.keys().len(), model.0.parameters().len()), (2, 4));
    assert_eq!(model.outputs()[0].activation, Sigmoid);
    let single = Single(Relu).layers(&params, &[Shape::from([2, 2])]).unwrap();
    assert_eq!((single.len(), single[0].outputs[0].clone()), (1, Shape::from([2, 2])));
}

#[test]
fn a_shape_that_does_not_fit() {
    let mut params = Params::new();
    let model = shared(&mut params);
    let e = model.infer(&params, &[Shape::from(2)]).unwrap_err();
    assert_eq!(e.to_string(), "layer `dense` cannot take an input of shape (2,): it takes (3,)");
    let e = model.infer(&params, &[Shape::from(3), Shape::from(3)]).unwrap_err();
    assert_eq!(e.expected(), "a single input");
}

#[test]
fn logits_are_what_stands_before_the_last_activation() {
    let mut params = Params::new();
    let model = shared(&mut params);
    let tape = Tape::new();
    let (net, x) = (params.bind(&tape), tape.constant(Tensor::ones([2, 3])));
    let logits = model.run_logits(&net, &[x], &mut Mode::eval())[0];
    assert_eq!(Sigmoid.apply(logits).value(), model.run(&net, &[x], &mut Mode::eval())[0].value());
    assert_eq!(model.run_plain(&params, &[x.value()])[0], Sigmoid.apply(logits).value());
}

#[test]
#[should_panic(expected = "Activation takes one input, but 2 were given")]
fn two_inputs_for_a_module() {
    let (params, tape) = (Params::<f64>::new(), Tape::new());
    let x = tape.constant(Tensor::ones(3));
    Single(Relu).run(&params.bind(&tape), &[x, x], &mut Mode::eval());
}
