//! Whole training steps: forward, backward, update.

use benches::tensor::{Training, Xor};
use criterion::{Criterion, criterion_group, criterion_main};
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};

fn steps(c: &mut Criterion) {
    let mut xor = Xor::new();
    c.bench_function("step/xor", |b| b.iter(|| xor.step()));

    let digits = train::digits();
    let Some(batch) = digits.batches(32, &mut Xoshiro256PlusPlus::seed_from_u64(42)).next() else { return };
    let mut training = Training::new(64, &[32], 10);
    c.bench_function("step/digits", |b| b.iter(|| training.step(batch.x().clone(), batch.labels())));
}

criterion_group!(benches, steps);
criterion_main!(benches);
