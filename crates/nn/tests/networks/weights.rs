//! Networks with computed weights, and with parts that are recomputed in the reverse sweep.

use autograd::{ParamGradients, Params, Tape};
use nn::{Dense, Mlp, Module, Tanh};
use proptest::prelude::*;
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use tensor::{Tensor, s, tensor};

fn model(seed: u64) -> (Params<f64>, impl Module<f64> + Clone + use<>) {
    let mut params = Params::new();
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let model = Mlp::new(2, [4, 3], 1).activation(Tanh).build(&mut params, &mut rng);
    (params, model)
}

fn input(n: usize) -> Tensor<f64> {
    Tensor::from_fn([n, 2], |i| (i[0] as f64 * 0.7 + i[1] as f64).sin())
}

proptest! {
    /// A network with computed weights that equal its parameters has the same values and gradients.
    #[test]
    fn weights_times_one_change_nothing(seed in 0..1000_u64, n in 1..5_usize) {
        let (params, model) = model(seed);
        let run = |mapped: bool| {
            let tape = Tape::new();
            let net = params.bind(&tape);
            let net = if mapped { net.map(|_, w| w * 1.0) } else { net };
            let y = model.forward(&net, tape.constant(input(n)));
            let g = y.square().sum().backward();
            (y.value(), params.keys().map(|key| g.gradient(&params, key).cloned()).collect::<Vec<_>>())
        };
        prop_assert_eq!(run(true), run(false));
    }
}

/// Weight normalization (Salimans and Kingma 2016), w = v / |v| for each column: the gradient of v is orthogonal to v, since
/// w does not depend on the norm of v.
#[test]
fn weight_normalization_of_a_dense_layer() {
    let mut params = Params::new();
    let layer = Dense::new(2, 3).build(&mut params, &mut Xoshiro256PlusPlus::seed_from_u64(1));
    let weight = params.keys().next().unwrap();
    let tape = Tape::new();
    let net = params.bind(&tape);
    let v = net.var(weight);
    let normalized = v / v.square().sum_over(tensor::keep(0)).sqrt();
    let y = layer.forward(&net.replace(weight, normalized), tape.constant(input(4)));
    let g = y.square().sum().backward();
    let (v, g) = (params.get(weight), g.gradient(&params, weight).unwrap());
    let along = (v * g).sum_over(0);
    assert!(along.iter().all(|x| x.abs() < 1e-14), "{along}");
}

/// The gradient of each example, with respect to a copy of the weights: their mean is the gradient of the mean loss.
#[test]
fn per_sample_gradients_through_a_module() {
    let (params, model) = model(3);
    let (x, n) = (input(5), 5);
    let tape = Tape::new();
    let net = params.bind(&tape);
    let mut mean: Vec<Tensor<f64>> = params.iter().map(|(_, w)| Tensor::zeros(w.shape())).collect();
    for i in 0..n {
        let copy = net.map(|_, w| tape.var(w.value()));
        let loss = model.forward(&copy, tape.constant(x.slice(s![i..i + 1]))).square().sum();
        let g = loss.backward();
        for (mean, key) in mean.iter_mut().zip(params.keys()) {
            *mean += g.wrt(copy.var(key)) / n as f64;
        }
    }
    let g = model.forward(&net, tape.constant(x)).square().mean().backward();
    for (key, mean) in params.keys().zip(mean) {
        let difference = (g.gradient(&params, key).unwrap() - mean).abs().max();
        assert!(difference < 1e-15, "{}: {difference}", params.name(key));
    }
}

/// A network in a checkpoint has the same value and gradients, and records one operation.
#[test]
fn a_network_in_a_checkpoint() {
    let (params, model) = model(4);
    let run = |checkpointed: bool| {
        let tape = Tape::new();
        let (net, x) = (params.bind(&tape), tape.var(input(3)));
        let y = if checkpointed { model.checkpoint(&net, x) } else { model.forward(&net, x) };
        let g = y.square().sum().backward();
        let of_params: Vec<_> = params.keys().map(|key| g.gradient(&params, key).cloned()).collect();
        let second = y.square().sum().grad(x).square().sum().backward().wrt(x);
        ((y.value(), g.wrt(x), of_params), second)
    };
    let ((first, second), (plain, plain_second)) = (run(true), run(false));
    assert_eq!(first, plain);
    // In second order, the contributions are added in a different order.
    assert!((second - plain_second).abs().max() < 1e-15);
}

/// A network whose weights another network computes.
#[test]
fn a_hypernetwork() {
    let mut params = Params::new();
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(5);
    let main = Dense::new(2, 1).build(&mut params, &mut rng);
    let mut hyper_params = Params::new();
    let hyper = Dense::new(1, 3).build(&mut hyper_params, &mut rng);
    let tape = Tape::new();
    let weights = hyper.forward(&hyper_params.bind(&tape), tape.constant(tensor![[2.0]])).reshape(3);
    let mut at = 0;
    let net = params.bind(&tape).map(|key, w| {
        let size = w.shape().size() as isize;
        at += size;
        weights.slice(s![at - size..at]).reshape(params.get(key).shape())
    });
    let y = main.forward(&net, tape.constant(tensor![[3.0, 4.0]]));
    let g = y.sum().backward();
    // y = 3 w0 + 4 w1 + b, and each of the three is a row of the hypernetwork's weights times 2.
    let rows: Vec<Tensor<f64>> =
        hyper_params.keys().map(|key| g.gradient(&hyper_params, key).unwrap().clone()).collect();
    assert_eq!(rows, [tensor![[6.0, 8.0, 2.0]], tensor![3.0, 4.0, 1.0]]);
}
