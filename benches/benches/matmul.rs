//! Matrix products: tiny ones, where the overhead of the call dominates, and those of a training step.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use tensor::Tensor;

fn matmul(c: &mut Criterion) {
    let mut group = c.benchmark_group("matmul");
    // m, k, n, and whether the left or the right factor is a transpose
    let shapes = [
        (2, 2, 2, false, false),
        (4, 2, 4, false, false),
        (8, 8, 8, false, false),
        (1, 784, 300, false, false),
        (32, 784, 300, false, false),
        (784, 32, 300, true, false),
        (32, 100, 300, false, true),
        (32, 100, 10, false, false),
    ];
    for (m, k, n, left, right) in shapes {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
        let mut draw = |rows, cols| Tensor::<f32>::random_uniform([rows, cols], -0.5, 0.5, &mut rng);
        let a = if left { draw(k, m).transpose() } else { draw(m, k) };
        let b = if right { draw(n, k).transpose() } else { draw(k, n) };
        group.throughput(Throughput::Elements((2 * m * k * n) as u64));
        let t = |transposed| if transposed { "T" } else { "" };
        let name = format!("{m}x{k}{} {k}x{n}{}", t(left), t(right));
        group.bench_function(name, |bench| bench.iter(|| a.matmul(&b)));
    }
    group.finish();
}

criterion_group!(benches, matmul);
criterion_main!(benches);
