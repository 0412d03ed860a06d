use super::*;
use crate::activation::Activation::*;
use crate::testing::rng;
use autograd::Tape;
use tensor::tensor;

fn layer(params: &mut Params<f64>) -> Dense {
    let layer = Dense::new(3, 2).activation(Tanh).build(params, &mut rng(1));
    params.set(layer.kernel(), tensor![[0.5, -1.0], [1.5, 0.25], [-2.0, 1.0]]);
    params.set(layer.bias().unwrap(), tensor![0.125, -0.5]);
    layer
}

#[test]
fn forward_and_predict_are_the_formula() {
    let mut params = Params::new();
    let layer = layer(&mut params);
    for (x, z) in [
        (tensor![[1.0, 2.0, 3.0], [0.0, -1.0, 1.0]], tensor![[-2.375, 2.0], [-3.375, 0.25]]),
        (tensor![[1.0, 2.0, 3.0]], tensor![[-2.375, 2.0]]),
    ] {
        let tape = Tape::new();
        let y = layer.forward(&params.bind(&tape), tape.constant(x.clone())).value();
        assert_eq!(y, Tanh.of(z));
        assert_eq!(layer.predict(&params, &x), y);
        // One example at a time, and with more axes.
        let row = layer.predict(&params, &x.slice([0.into()]));
        assert_eq!(row.to_vec(), y.to_vec()[..2]);
        let deep = layer.predict(&params, &x.unsqueeze(1));
        assert_eq!(deep.reshape(y.shape()), y);
    }
}

#[test]
fn gradients_of_a_layer() {
    let mut params = Params::new();
    let layer = Dense::new(2, 1).build(&mut params, &mut rng(1));
    let tape = Tape::new();
    let net = params.bind(&tape);
    let x = tape.constant(tensor![[1.0, 2.0], [3.0, 4.0]]);
    let grads = layer.forward(&net, x).sum().backward();
    assert_eq!(grads.wrt(net.var(layer.kernel())), tensor![[4.0], [6.0]]);
    assert_eq!(grads.wrt(net.var(layer.bias().unwrap())), tensor![2.0]);
}

#[test]
fn names_are_the_first_free_ones() {
    let mut params = Params::<f32>::new();
    let mut add = |builder: DenseConfig| builder.build(&mut params, &mut rng(0)).name().to_string();
    assert_eq!(add(Dense::new(1, 1).name("dense_1")), "dense_1");
    assert_eq!(add(Dense::new(1, 1).use_bias(false)), "dense");
    assert_eq!(add(Dense::new(1, 1)), "dense_2");
    assert_eq!(add(Dense::new(1, 1).name("dense_30")), "dense_30");
    assert_eq!(add(Dense::new(1, 1)), "dense_3");
}

#[test]
fn initializers_are_used() {
    let mut params = Params::<f64>::new();
    let builder = Dense::new(2, 2).kernel_init(Init::Ones).bias_init(Init::Constant(3.0));
    let layer = builder.clone().build(&mut params, &mut rng(0));
    assert_eq!(layer.predict(&params, &tensor![1.0, 1.0]), tensor![5.0, 5.0]);
    let bare = builder.use_bias(false).build(&mut params, &mut rng(0));
    assert_eq!(bare.predict(&params, &tensor![1.0, 1.0]), tensor![2.0, 2.0]);
    let tape = Tape::new();
    let y = bare.forward(&params.bind(&tape), tape.constant(tensor![1.0, 1.0])).value();
    assert_eq!((y, bare.parameters()), (tensor![2.0, 2.0], vec![bare.kernel()]));
}

#[test]
fn as_pytorch_starts() {
    let mut params = Params::<f64>::new();
    let layer = Dense::new(100, 50).pytorch().build(&mut params, &mut rng(1));
    for p in layer.parameters() {
        let largest = params.get(p).norm_inf();
        assert!((0.08..=0.1).contains(&largest), "{largest}");
    }
}

#[test]
#[should_panic(
    expected = "dense: an input of shape (4, 2) does not fit the kernel of shape (3, 2): the size of its last axis must be 3"
)]
fn an_input_of_another_length() {
    let mut params = Params::new();
    let layer = layer(&mut params);
    let tape = Tape::new();
    layer.forward(&params.bind(&tape), tape.constant(Tensor::zeros([4, 2])));
}

#[test]
#[should_panic(expected = "an input of shape () does not fit")]
fn an_input_without_axes() {
    let mut params = Params::new();
    layer(&mut params).predict(&params, &Tensor::scalar(1.0));
}

#[test]
#[should_panic(expected = "named `head.w` already")]
fn a_name_twice() {
    let mut params = Params::<f32>::new();
    for _ in 0..2 {
        Dense::new(1, 1).name("head").build(&mut params, &mut rng(0));
    }
}
