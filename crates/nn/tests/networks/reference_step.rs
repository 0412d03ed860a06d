//! One step of gradient descent against reference values: a 3-2-1 network of logistic neurons, with cross-entropy and an L2
//! penalty of ½ · 0.1 · Σ w², and learning rate 0.1. The example is that of scikit-learn's `test_fit`; the reference values
//! are computed from its formulas to more digits.

use autograd::{Params, Tape, bce_with_logits};
use nn::{Mlp, Module, Sigmoid};
use optim::{Optimizer, Sgd};
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use tensor::{Tensor, tensor};

#[track_caller]
fn assert_near(got: &Tensor<f64>, expected: &Tensor<f64>) {
    assert_eq!(got.shape(), expected.shape());
    for (a, b) in got.to_vec().into_iter().zip(expected.to_vec()) {
        assert!((a - b).abs() <= 1e-14, "{got}, not {expected}");
    }
}

#[test]
fn one_step_matches_the_reference_values() {
    let mut params = Params::<f64>::new();
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(0);
    let network = Mlp::new(3, [2], 1).activation(Sigmoid).build(&mut params, &mut rng);
    let (hidden, output) = (&network.layers()[0], &network.layers()[1]);
    let (w1, b1) = (hidden.kernel(), hidden.bias().unwrap());
    let (w2, b2) = (output.kernel(), output.bias().unwrap());
    params.set(w1, tensor![[0.1, 0.2], [0.3, 0.1], [0.5, 0.0]]);
    params.set(b1, tensor![0.1, 0.1]);
    params.set(w2, tensor![[0.1], [0.2]]);
    params.set(b2, tensor![1.0]);

    let x = tensor![[0.6, 0.8, 0.7]];
    let probability = |params: &Params<f64>| network.predict(params, &x).at([0, 0]);
    let sigmoid = |z: f64| 1.0 / (1.0 + (-z).exp());
    assert!((sigmoid(probability(&params)) - 0.76545202190952).abs() < 1e-14);

    let tape = Tape::new();
    let net = params.bind(&tape);
    let logits = network.forward(&net, tape.constant(x.clone()));
    let squares = net.var(w1).square().sum() + net.var(w2).square().sum();
    let loss = bce_with_logits(logits, tape.constant(tensor![[0.0]])) + squares * 0.05;
    Sgd::new(0.1).step(&mut params, &loss.backward());

    assert_near(
        params.get(w1),
        &tensor![
            [0.09799927101876635, 0.1957545466925248],
            [0.29566569469168846, 0.09600606225669969],
            [0.4938324828552274, -0.0026196955253877676],
        ],
    );
    assert_near(params.get(b1), &tensor![0.09833211836461057, 0.09625757782087463]);
    assert_near(params.get(w2), &tensor![[0.04701212914783179], [0.15402918140357222]]);
    assert_near(params.get(b2), &tensor![0.9234547978090479]);
    assert!((sigmoid(probability(&params)) - 0.7394919180486681).abs() < 1e-14);
}
