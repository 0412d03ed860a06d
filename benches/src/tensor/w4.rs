//! W4: inference with the network of W1 on one image and on a thousand, and on one with a model, which ends with a
//! softmax.

use super::products::Products;
use super::w1::SIZES;
use crate::alloc;
use crate::json::{Line, Unit};
use crate::report::Report;
use crate::timing::{interleave, lap};
use autograd::Params;
use nn::{Mlp, Module};
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use tensor::Tensor;

/// Measures predictions.
pub(super) fn run(report: &mut Report) {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
    let mut params = Params::new();
    let network = Mlp::new(SIZES[0], &SIZES[1..3], SIZES[3]).build(&mut params, &mut rng);
    let model = Mlp::classifier(SIZES[0], &SIZES[1..3], SIZES[3]).model::<f32>(42);
    let many = if report.args.quick { 10 } else { 1000 };
    let [one, many] = [1, many].map(|n| Tensor::<f32>::random_uniform([n, SIZES[0]], 0.0, 1.0, &mut rng));
    time(report, "latency_b1", 1, || network.predict(&params, &one));
    time(report, "model_b1", 1, || model.predict(&one));
    time(report, "batch1000", many.shape()[0], || network.predict(&params, &many));
}

fn time(report: &mut Report, case: &str, batch: usize, predict: impl Fn() -> Tensor<f32>) {
    (0..3).for_each(|_| drop(predict()));
    let before = alloc::count();
    (0..3).for_each(|_| drop(predict()));
    let allocations = alloc::count() - before;
    let mut products = Products::forward(batch, &SIZES).tune();
    let flops = products.flops();
    let [ours, bare] = interleave(report.plan(), [lap(predict), lap(|| products.run())]);
    report.emit(
        Line::new("W4", case, report.args.threads)
            .time(Unit::Us, &ours)
            .against("bare gemms", Unit::Us, &ours, &bare)
            .with("gflops", flops / ours.median() / 1e9)
            .with("allocations", allocations),
    );
}
