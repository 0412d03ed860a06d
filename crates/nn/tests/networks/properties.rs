//! Properties that hold for all inputs.

use autograd::{Params, Tape};
use nn::{Activation, AlphaDropout, Dense, Dropout, Init, Loss, Module, Relu, Selu, Softmax, Sparsemax, Target};
use proptest::prelude::*;
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use tensor::Tensor;

fn rows() -> impl Strategy<Value = Tensor<f64>> {
    (1..6_usize, 1..9_usize).prop_flat_map(|(n, classes)| {
        prop::collection::vec(-30.0..30.0_f64, n * classes).prop_map(move |z| Tensor::from_vec([n, classes], z))
    })
}

/// With `c` added to every element.
fn shifted(z: &Tensor<f64>, c: f64) -> Tensor<f64> {
    Tensor::from_vec(z.shape(), z.to_vec().into_iter().map(|z| z + c).collect::<Vec<_>>())
}

fn max_difference(a: &Tensor<f64>, b: &Tensor<f64>) -> f64 {
    a.to_vec().into_iter().zip(b.to_vec()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn probabilities_sum_to_one_and_are_shift_invariant(z in rows(), c in -1e3..1e3_f64) {
        for activation in [Softmax, Sparsemax] {
            let p = activation.of(z.clone());
            prop_assert!(p.to_vec().iter().all(|p| (0.0..=1.0).contains(p)));
            prop_assert!(max_difference(&p.sum_over(-1), &Tensor::ones(z.shape()[0])) < 1e-12);
            prop_assert!(max_difference(&p, &activation.of(shifted(&z, c))) < 1e-11, "{activation}");
        }
    }

    /// The rows of the gradient therefore sum to 0.
    #[test]
    fn cross_entropy_is_shift_invariant(
        z in rows(),
        c in -1e3..1e3_f64,
        labels in prop::collection::vec(0..100_usize, 6),
    ) {
        let (n, classes) = (z.shape()[0], z.shape()[1]);
        let target = Target::from(labels[..n].iter().map(|l| l % classes).collect::<Vec<_>>());
        let tape = Tape::new();
        let (a, b) = (tape.var(z.clone()), tape.var(shifted(&z, c)));
        for loss in [Loss::SparseCategoricalCrossentropy(0.0), Loss::CategoricalCrossentropy(0.1), Loss::KlDivergence] {
            let (at, shifted) = (loss.of(a, &target).unwrap(), loss.of(b, &target).unwrap());
            prop_assert!((at.value() - shifted.value()).abs() < 1e-10, "{loss}");
            let gradient = at.backward().wrt(a);
            prop_assert!(max_difference(&gradient.sum_over(-1), &Tensor::zeros(n)) < 1e-12, "{loss}");
        }
    }

    /// Dropout preserves the mean of its input; alpha dropout preserves mean and variance of a standardized input.
    #[test]
    fn dropout_preserves_the_mean(seed in any::<u64>(), rate in 0.0..0.8_f64, x in -3.0..3.0_f64) {
        let (params, tape, n) = (Params::<f64>::new(), Tape::new(), 20_000);
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let net = params.bind(&tape);
        let y = Dropout::new(rate).forward_train(&net, tape.constant(Tensor::full(n, x)), &mut rng).value();
        // Five standard errors: the variance of an element is x² p/(1 - p).
        let error = x.abs() * (rate / (1.0 - rate) / n as f64).sqrt();
        prop_assert!((y.mean() - x).abs() <= 5.0 * error + 1e-12);

        let normal = Tensor::random_normal(n, 0.0, 1.0, &mut rng);
        let y = AlphaDropout::new(rate).forward_train(&net, tape.constant(normal), &mut rng).value();
        prop_assert!(y.mean().abs() < 5.0 / (n as f64).sqrt());
        prop_assert!((y.std(0) - 1.0).abs() < 0.06);
    }

    /// The output for an example does not depend on the other examples of the batch.
    #[test]
    fn activations_are_computed_per_example(z in rows()) {
        for activation in Activation::all() {
            let batch = activation.of(z.clone());
            for i in 0..z.shape()[0] as isize {
                let one = activation.of(z.slice([i.into()]));
                prop_assert!(max_difference(&one, &batch.slice([i.into()])) < 1e-14 * (1.0 + one.norm_inf()), "{activation}");
            }
        }
    }
}

/// SELU with the LeCun normal initializer preserves mean 0 and standard deviation 1 through a hundred layers (Klambauer et
/// al. 2017). With ReLU and the Glorot uniform initializer, the activations vanish.
#[test]
fn selu_preserves_mean_and_variance() {
    let extremes = |activation: Activation, init: Init| {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
        let mut params = Params::<f64>::new();
        let mut x = Tensor::random_normal([200, 100], 0.0, 1.0, &mut rng);
        let mut worst = (0.0_f64, f64::INFINITY, 0.0_f64);
        for _ in 0..100 {
            let layer = Dense::new(100, 100).activation(activation).kernel_init(init).build(&mut params, &mut rng);
            x = layer.predict(&params, &x);
            worst = (worst.0.max(x.mean().abs()), worst.1.min(x.std(0)), worst.2.max(x.std(0)));
        }
        worst
    };
    let (mean, min, max) = extremes(Selu, Init::LecunNormal);
    assert!(mean < 0.2 && min > 0.8 && max < 1.2, "mean {mean}, standard deviation {min} to {max}");
    let (_, min, _) = extremes(Relu, Init::GlorotUniform);
    assert!(min < 1e-6, "{min}");
}
