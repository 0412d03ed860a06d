//! Averages, statistics and gradients of batch normalization.

use super::*;
use crate::module::Updates;
use crate::testing::rng;
use autograd::{Tape, gradcheck};
use proptest::prelude::*;
use tensor::tensor;

#[test]
fn moving_averages_of_both_conventions() {
    let x = tensor![[1.0, 10.0], [2.0, 10.0], [6.0, 40.0]];
    for (builder, c, factor) in [(BatchNorm::new(2), 0.99, 1.0), (BatchNorm::new(2).pytorch(), 0.9, 1.5)] {
        let mut params = Params::<f64>::new();
        let layer = builder.build(&mut params);
        let mut rng = rng(0);
        for step in 1..=3 {
            let tape = Tape::new();
            let net = params.bind(&tape);
            let mut ctx = Context::train(&net, &mut rng);
            layer.call(&mut ctx, tape.constant(x.clone()));
            let updates = ctx.into_updates();
            updates.apply(&mut params);
            let kept = f64::powi(c, step);
            for (i, (mean, var)) in [(3.0, 14.0 / 3.0), (20.0, 200.0)].into_iter().enumerate() {
                let got = |p: Param| params.get(p).at([i as isize]);
                assert!((got(layer.moving_mean()) - (1.0 - kept) * mean).abs() < 1e-13);
                assert!((got(layer.moving_var()) - kept - (1.0 - kept) * var * factor).abs() < 1e-12);
            }
        }
    }
}

#[test]
fn use_takes_the_averages_and_a_frozen_layer_always_does() {
    let mut params = Params::<f64>::new();
    let layer = BatchNorm::new(1).eps(0.5).build(&mut params);
    params.set(layer.moving_mean(), tensor![1.0]);
    params.set(layer.moving_var(), tensor![3.5]);
    params.set(layer.gamma(), tensor![4.0]);
    params.set(layer.beta(), tensor![-1.0]);
    let x = tensor![[2.0], [5.0]];
    let want = tensor![[1.0], [7.0]];
    assert_eq!(layer.predict(&params, &x), want);
    params.freeze(layer.gamma());
    let (tape, mut rng) = (Tape::new(), rng(0));
    let net = params.bind(&tape);
    let mut ctx = Context::train(&net, &mut rng);
    assert_eq!(layer.call(&mut ctx, tape.constant(x)).value(), want);
    assert_eq!(ctx.into_updates(), Updates::default());
}

#[test]
fn a_batch_of_nothing_leaves_the_averages() {
    let mut params = Params::<f64>::new();
    let layer = BatchNorm::new(2).build(&mut params);
    let (tape, mut rng) = (Tape::new(), rng(0));
    let net = params.bind(&tape);
    let mut ctx = Context::train(&net, &mut rng);
    let y = layer.call(&mut ctx, tape.constant(Tensor::zeros([0, 2])));
    assert_eq!((y.value().shape(), ctx.into_updates()), (&Shape::from([0, 2]), Updates::default()));
}

#[test]
#[should_panic(expected = "BatchNorm: NaN is not a number from 0 on")]
fn an_epsilon_that_is_no_number() {
    let _ = BatchNorm::new(2).eps(f64::NAN);
}

#[test]
fn a_layer_called_twice_averages_twice() {
    let mut params = Params::<f64>::new();
    let layer = BatchNorm::new(1).momentum(0.5).build(&mut params);
    let (tape, mut rng) = (Tape::new(), rng(0));
    let net = params.bind(&tape);
    let mut ctx = Context::train(&net, &mut rng);
    for x in [[4.0], [8.0]] {
        layer.call(&mut ctx, tape.constant(tensor![x]));
    }
    let updates = ctx.into_updates();
    updates.apply(&mut params);
    assert_eq!(params.get(layer.moving_mean()), &tensor![5.0]);
}

#[test]
fn the_gradient_goes_through_the_statistics() {
    let mut params = Params::<f64>::new();
    let layer = BatchNorm::new(3).build(&mut params);
    let x = Tensor::random_normal([5, 3], 1.0, 2.0, &mut rng(1));
    let weights = Tensor::random_normal([5, 3], 0.0, 1.0, &mut rng(2));
    let checked = gradcheck(
        |x| {
            let tape = x.tape().expect("a tensor is on a tape");
            let y = layer.forward_train(&params.bind(tape), x, &mut rng(0));
            (y * tape.constant(weights.clone())).sum()
        },
        x,
    );
    assert!(checked.run().is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(32) })]
    /// Whatever comes in, what goes out has mean β and standard deviation γ, but for ε.
    #[test]
    fn mean_and_spread_of_the_output(
        seed in any::<u64>(),
        shape in prop::sample::select(vec![vec![8, 3], vec![4, 5, 3], vec![50, 3]]),
        mean in -10.0..10.0_f64,
        std in 0.5..20.0_f64,
    ) {
        let mut params = Params::<f64>::new();
        let layer = BatchNorm::new(3).eps(1e-12).build(&mut params);
        params.set(layer.gamma(), tensor![2.0, 0.5, 1.0]);
        params.set(layer.beta(), tensor![-1.0, 3.0, 0.0]);
        let tape = Tape::new();
        let x = tape.constant(Tensor::random_normal(&shape[..], mean, std, &mut rng(seed)));
        let y = layer.forward_train(&params.bind(&tape), x, &mut rng(0)).value();
        let rows = y.reshape([y.size() / 3, 3]);
        for (i, (beta, gamma)) in [(-1.0, 2.0), (3.0, 0.5), (0.0, 1.0)].into_iter().enumerate() {
            prop_assert!((rows.mean_over(0).at([i as isize]) - beta).abs() < 1e-10);
            prop_assert!((rows.std_over(0, 0).at([i as isize]) - gamma).abs() < 1e-8);
        }
    }
}
