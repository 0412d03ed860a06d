//! XOR, which no single neuron can represent (Minsky and Papert 1969), learned with four hidden neurons.

use autograd::{Params, Tape, bce_with_logits};
use nn::{Mlp, Module, Tanh};
use optim::{Optimizer, Sgd};
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use tensor::tensor;

#[test]
fn two_layers_learn_xor() {
    let x = tensor![[0.0_f32, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
    let y = tensor![[0.0_f32], [1.0], [1.0], [0.0]];
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
    let mut params = Params::new();
    let model = Mlp::new(2, [4], 1).activation(Tanh).build(&mut params, &mut rng);
    let mut sgd = Sgd::new(0.5);
    let mut tape = Tape::default();
    let mut last = f32::INFINITY;
    for _ in 0..2000 {
        let net = params.bind(&tape);
        let loss = bce_with_logits(model.forward(&net, tape.constant(x.clone())), tape.constant(y.clone()));
        last = loss.value();
        let grads = loss.backward();
        sgd.step(&mut params, &grads);
        tape.reset();
    }
    assert!(last < 0.05, "{last}");
    let predicted: Vec<bool> = model.predict(&params, &x).to_vec().into_iter().map(|logit| logit > 0.0).collect();
    assert_eq!(predicted, [false, true, true, false]);
}
