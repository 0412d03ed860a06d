//! Elementwise operations on tensors, without and with their gradient, at sizes within and beyond the L1 cache.

use autograd::{Tape, TensorVar};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use tensor::Tensor;

type Op = for<'t> fn(TensorVar<'t, f32>) -> TensorVar<'t, f32>;

fn elementwise(c: &mut Criterion) {
    let ops: [(&str, Op); 5] = [
        ("tanh", |x| x.tanh()),
        ("exp", |x| x.exp()),
        ("sigmoid", |x| x.sigmoid()),
        ("relu", |x| x.relu()),
        ("square", |x| x.square()),
    ];
    for (name, op) in ops {
        let mut group = c.benchmark_group(name);
        for n in [1_000, 100_000] {
            group.throughput(Throughput::Elements(n as u64));
            let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
            let mut draw = || Tensor::<f32>::random_normal(n, 0.0, 1.0, &mut rng);
            let (x, seed) = (draw(), draw());
            let mut tape = Tape::default();
            group.bench_function(format!("fwd/{n}"), |b| {
                b.iter(|| {
                    let y = op(tape.var(x.clone())).value();
                    tape.reset();
                    y
                })
            });
            group.bench_function(format!("fwdbwd/{n}"), |b| {
                b.iter(|| {
                    let on = tape.var(x.clone());
                    let slope = op(on).backward_with(&seed).wrt(on);
                    tape.reset();
                    slope
                })
            });
        }
        group.finish();
    }
}

criterion_group!(benches, elementwise);
criterion_main!(benches);
