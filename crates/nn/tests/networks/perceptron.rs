//! The perceptron is exactly stochastic gradient descent on the perceptron loss.

use autograd::{Params, Tape};
use nn::classic::{Perceptron, Rule};
use nn::{Dense, Init, Loss, Module};
use optim::{Optimizer, Sgd};
use proptest::prelude::*;
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use tensor::{Slice, Tensor};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(32) })]
    #[test]
    fn sgd_on_the_perceptron_loss_gives_equal_weights(
        points in prop::collection::vec(prop::array::uniform2(-4..5_i32), 1..12),
        labels in prop::collection::vec(any::<bool>(), 12),
        eta in prop::sample::select(vec![1.0, 0.5, 4.0]),
    ) {
        let n = points.len();
        let x = Tensor::from_vec([n, 2], points.as_flattened().iter().map(|&x| f64::from(x)).collect::<Vec<_>>());
        let mut neuron = Perceptron::new(2).rule(Rule::Margin).learning_rate(eta).max_epochs(7);
        let report = neuron.fit(&x, &labels[..n]).unwrap();

        let mut params = Params::<f64>::new();
        let layer = Dense::new(2, 1).kernel_init(Init::Zeros);
        let layer = layer.build(&mut params, &mut Xoshiro256PlusPlus::seed_from_u64(0));
        let (mut sgd, mut tape) = (Sgd::new(eta), Tape::new());
        for _ in 0..report.epochs {
            for (i, &y) in labels[..n].iter().enumerate() {
                let row = x.slice([Slice::from(i as isize..i as isize + 1)]);
                let z = layer.forward(&params.bind(&tape), tape.constant(row));
                let loss = Loss::Perceptron.of(z, &[usize::from(y)].into()).unwrap();
                let grads = loss.backward();
                sgd.step(&mut params, &grads);
                tape.reset();
            }
        }
        let weights = params.get(layer.kernel()).to_vec();
        let bias = params.get(layer.bias().unwrap()).to_vec();
        prop_assert_eq!((&weights[..], bias[0]), (neuron.weights(), neuron.bias()));
    }
}
