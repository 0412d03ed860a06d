//! W2: a larger network, 784-1024-1024-10, with Adam in batches of 512, dominated by matrix products.

use super::products::Products;
use crate::alloc;
use crate::json::{Line, Unit};
use crate::report::Report;
use crate::timing::{interleave, lap};
use autograd::{Params, Tape, softmax_cross_entropy};
use nn::{Mlp, Module};
use optim::{Adam, Optimizer};
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use tensor::Tensor;

/// Measures whole steps on one batch of random data.
pub(super) fn run(report: &mut Report) {
    let (batch, sizes) = if report.args.quick { (64, [98, 128, 128, 10]) } else { (512, [784, 1024, 1024, 10]) };
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
    let mut params = Params::new();
    let model = Mlp::new(sizes[0], &sizes[1..3], sizes[3]).build(&mut params, &mut rng);
    let mut adam = Adam::new(1e-3);
    let mut tape = Tape::default();
    let x = Tensor::<f32>::random_uniform([batch, sizes[0]], 0.0, 1.0, &mut rng);
    let labels: Vec<usize> = (0..batch).map(|i| i % 10).collect();
    let labels = tensor::Indices::from(labels);
    let mut step = || {
        let logits = model.forward(&params.bind(&tape), tape.constant(&x));
        let loss = softmax_cross_entropy(logits, &labels);
        adam.step(&mut params, &loss.backward());
        let loss = loss.value();
        tape.reset();
        loss
    };
    (0..3).for_each(|_| {
        step();
    });
    let before = alloc::count();
    (0..3).for_each(|_| {
        step();
    });
    let allocations = alloc::count() - before;
    let mut products = Products::step(batch, &sizes).tune();
    let flops = products.flops();
    let [ours, bare] = interleave(report.plan(), [lap(step), lap(|| products.run())]);
    report.emit(
        Line::new("W2", "train_step", report.args.threads)
            .time(Unit::Ms, &ours)
            .against("bare gemms", Unit::Ms, &ours, &bare)
            .with("gflops", flops / ours.median() / 1e9)
            .with("bare_gflops", flops / bare.median() / 1e9)
            .with("allocations", allocations)
            .with("data", "random"),
    );
}
