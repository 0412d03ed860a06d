//! A batch's gradient is a guess at the gradient of all examples. How bad a guess, and how it depends on the batch size.
//!
//! "Smaller batches, noisier updates", the rule says. What is to be seen is how much noisier: the variance of the
//! gradient falls as 1/B, so its error as 1/√B, and a batch four times as large costs four times as much and errs half
//! as much. Whether the noise of small batches helps to generalize is disputed (Keskar et al. 2017 and Masters and Luschi
//! 2018 say so; Hoffer et al. 2017 and Goyal et al. 2017 found ways to do without); that is not measured here.
//!
//! Run it with `cargo run --release --example batch_size_noise`.

use chainrule::prelude::*;

/// Batches of each size that the variance is estimated from.
const SAMPLES: usize = 400;
const BATCH_SIZES: [usize; 8] = [1, 2, 4, 8, 16, 32, 64, 128];

fn main() {
    let mut rng = seeded(42);
    let digits = digits();
    let mut params = Params::<f32>::new();
    let model = Mlp::new(64, [32], 10).activation(Relu).build(&mut params, &mut rng);
    println!("{} handwritten digits, a network of {} weights and biases\n", digits.len(), params.size());

    println!("at the beginning");
    let at_first = measure(&model, &params, &digits, &mut rng);

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
    let later = measure(&model, &params, &digits, &mut rng);

    println!(
        "\nWhat was to be seen: the variance of the gradient falls as the batch size to the power of {:.3}\n\
         ({:.3} after ten epochs), where sampling says -1. As the network learns, the gradient shrinks below\n\
         the noise: the size from which batches show more gradient than noise grows {:.0}-fold.",
        at_first.exponent,
        later.exponent,
        later.critical / at_first.critical
    );
    for noise in [&at_first, &later] {
        assert!((noise.exponent + 1.0).abs() < 0.1, "the variance falls as 1/B, not as B^{}", noise.exponent);
    }
    assert!(later.critical > 2.0 * at_first.critical);
}

/// What the variances of all batch sizes show together.
struct Noise {
    /// The variance is proportional to the batch size to this power.
    exponent: f64,
    /// The batch size at which variance and squared gradient are equal: tr Σ / |g|², the simple noise scale of
    /// McCandlish et al. (2018).
    critical: f64,
}

/// Tells, for some batch sizes, how far the gradients of batches lie from that of all examples.
fn measure(model: &Mlp, params: &Params, digits: &Dataset, rng: &mut Xoshiro256PlusPlus) -> Noise {
    let n = digits.len() as f64;
    let all = gradient(model, params, &digits.batch());
    let size = all.square().sum();
    println!("  squared length of the gradient of all examples: {size:.5}");
    println!("  {:>5} {:>12} {:>12} {:>22}", "batch", "variance", "· B", "variance / |gradient|²");

    let mut points = Vec::new();
    let mut per_example = 0.0;
    for batch_size in BATCH_SIZES {
        let mut sum = 0.0;
        for _ in 0..SAMPLES {
            let batch = digits.batches(batch_size, rng).next().expect("there are digits");
            sum += (gradient(model, params, &batch) - &all).square().sum();
        }
        // A batch never holds an example twice, which makes it err a little less than independent examples would.
        let b = batch_size as f64;
        let variance = sum / SAMPLES as f64 * (n - 1.0) / (n - b);
        println!("  {batch_size:>5} {variance:>12.5} {:>12.5} {:>22.2}", variance * b, variance / size);
        points.push((b.ln(), variance.ln()));
        per_example += variance * b / BATCH_SIZES.len() as f64;
    }
    Noise { exponent: slope(&points), critical: per_example / size }
}

/// The gradient of a batch's mean loss, all parameters in one vector.
fn gradient(model: &Mlp, params: &Params, batch: &Batch) -> Tensor<f64> {
    let gradient =
        grad(|net| softmax_cross_entropy(model.forward(&net, net.tape().constant(batch.x())), batch.labels()), params);
    flatten(&gradient).cast()
}

/// The slope of the line of least squares.
fn slope(points: &[(f64, f64)]) -> f64 {
    let n = points.len() as f64;
    let (mx, my) = points.iter().fold((0.0, 0.0), |(a, b), (x, y)| (a + x / n, b + y / n));
    let above: f64 = points.iter().map(|(x, y)| (x - mx) * (y - my)).sum();
    above / points.iter().map(|(x, _)| (x - mx) * (x - mx)).sum::<f64>()
}
