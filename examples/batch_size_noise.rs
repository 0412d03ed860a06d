//! Measures how the variance of a batch's gradient depends on the batch size B.
//!
//! The gradient of a batch is an estimate of the gradient over all examples. Its variance is proportional to 1/B, so
//! its error is proportional to 1/√B: a batch four times as large costs four times as much and halves the error.
//! Whether the noise of small batches improves generalization is disputed (Keskar et al. 2017 and Masters and Luschi
//! 2018 found that it does; Hoffer et al. 2017 and Goyal et al. 2017 trained equally well with large batches). This is
//! not measured here.
//!
//! Run it with `cargo run --release --example batch_size_noise`.

use chainrule::autograd::prelude::*;
use chainrule::train::prelude::*;

/// The number of batches of each size from which the variance is estimated.
const SAMPLES: usize = 400;
const BATCH_SIZES: [usize; 8] = [1, 2, 4, 8, 16, 32, 64, 128];

fn main() {
    let mut rng = seeded(42);
    let digits = digits();
    let mut params = Params::<f32>::new();
    let model = Mlp::new(64, [32], 10).activation(Relu).build(&mut params, &mut rng);
    println!("{} handwritten digits, a network with {} parameters\n", digits.len(), params.size());

    println!("before training");
    let before = measure(&model, &params, &digits, &mut rng);

    let mut adam = Adam::new(1e-3);
    for _ in 0..10 {
        for batch in digits.batches(32, &mut rng) {
            let tape = Tape::default();
            let loss =
                softmax_cross_entropy(model.forward(&params.bind(&tape), tape.constant(batch.x())), batch.labels());
            adam.step(&mut params, &loss.backward());
        }
    }
    println!("\nafter ten epochs");
    let after = measure(&model, &params, &digits, &mut rng);

    println!(
        "\nTakeaway: the variance of the gradient is proportional to the batch size to the power of {:.3} ({:.3}\n\
         after ten epochs); the theory of sampling predicts -1. During training the gradient becomes small\n\
         compared with the noise: the batch size at which both are equal grows by a factor of {:.0}.",
        before.exponent,
        after.exponent,
        after.critical / before.critical
    );
    for noise in [&before, &after] {
        assert!(
            (noise.exponent + 1.0).abs() < 0.1,
            "expected a variance proportional to B^-1, got B^{}",
            noise.exponent
        );
    }
    assert!(after.critical > 2.0 * before.critical);
}

/// The result for all batch sizes.
struct Noise {
    /// The variance is proportional to the batch size to this power.
    exponent: f64,
    /// The batch size at which variance and squared gradient are equal: tr Σ / |g|², the simple noise scale of
    /// McCandlish et al. (2018).
    critical: f64,
}

/// Measures the variance of the gradient for each batch size.
fn measure(model: &Mlp, params: &Params, digits: &Dataset, rng: &mut Xoshiro256PlusPlus) -> Noise {
    let n = digits.len() as f64;
    let all = gradient(model, params, &digits.batch());
    let size = all.square().sum();
    println!("  squared norm of the gradient over all examples: {size:.5}");
    println!("  {:>5} {:>12} {:>12} {:>22}", "batch", "variance", "· B", "variance / |gradient|²");

    let mut points = Vec::new();
    let mut per_example = 0.0;
    for batch_size in BATCH_SIZES {
        let mut sum = 0.0;
        for _ in 0..SAMPLES {
            let batch = digits.batches(batch_size, rng).next().expect("a nonempty data set");
            sum += (gradient(model, params, &batch) - &all).square().sum();
        }
        // Batches are drawn without replacement, which reduces the variance a little. The factor corrects for this.
        let b = batch_size as f64;
        let variance = sum / SAMPLES as f64 * (n - 1.0) / (n - b);
        println!("  {batch_size:>5} {variance:>12.5} {:>12.5} {:>22.2}", variance * b, variance / size);
        points.push((b.ln(), variance.ln()));
        per_example += variance * b / BATCH_SIZES.len() as f64;
    }
    Noise { exponent: slope(&points), critical: per_example / size }
}

/// The gradient of the mean loss of a batch, as one vector over all parameters.
fn gradient(model: &Mlp, params: &Params, batch: &Batch) -> Tensor<f64> {
    let gradient =
        grad(|net| softmax_cross_entropy(model.forward(&net, net.tape().constant(batch.x())), batch.labels()), params);
    flatten(&gradient).cast()
}

/// The slope of the least-squares line.
fn slope(points: &[(f64, f64)]) -> f64 {
    let n = points.len() as f64;
    let (mx, my) = points.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x / n, b + y / n));
    let above: f64 = points.iter().map(|(x, y)| (x - mx) * (y - my)).sum();
    above / points.iter().map(|(x, _)| (x - mx) * (x - mx)).sum::<f64>()
}
