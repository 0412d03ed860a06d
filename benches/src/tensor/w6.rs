//! W6: matrix products of the shapes of training steps, relative to those of the `gemm` crate.

use super::products::Products;
use crate::json::Line;
use crate::report::Report;
use crate::timing::{interleave, lap};
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use tensor::Tensor;

/// The memory layout of the factors.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    /// X W
    Nn,
    /// Xᵀ dY
    Tn,
    /// dY Wᵀ
    Nt,
}

/// Name, m, k, n, kind.
const SHAPES: [(&str, usize, usize, usize, Kind); 19] = {
    use Kind::{Nn, Nt, Tn};
    [
        ("w1.fwd1", 32, 784, 300, Nn),
        ("w1.fwd2", 32, 300, 100, Nn),
        ("w1.fwd3", 32, 100, 10, Nn),
        ("w1.dW1", 784, 32, 300, Tn),
        ("w1.dW2", 300, 32, 100, Tn),
        ("w1.dW3", 100, 32, 10, Tn),
        ("w1.dX2", 32, 100, 300, Nt),
        ("w1.dX3", 32, 10, 100, Nt),
        ("w2.fwd1", 512, 784, 1024, Nn),
        ("w2.fwd2", 512, 1024, 1024, Nn),
        ("w2.fwd3", 512, 1024, 10, Nn),
        ("w2.dW1", 784, 512, 1024, Tn),
        ("w2.dW2", 1024, 512, 1024, Tn),
        ("w2.dX2", 512, 1024, 1024, Nt),
        ("w2.dW3", 1024, 512, 10, Tn),
        ("w2.dX3", 512, 10, 1024, Nt),
        ("sq2048", 2048, 2048, 2048, Nn),
        ("sq2048.TN", 2048, 2048, 2048, Tn),
        ("sq2048.NT", 2048, 2048, 2048, Nt),
    ]
};

/// Measures the rate of each product. Here a ratio above 1 is faster than the reference.
pub(super) fn run(report: &mut Report) {
    for (name, m, k, n, kind) in SHAPES {
        if report.args.quick && m * k * n > 1 << 20 {
            continue;
        }
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
        let mut draw = |rows, cols| Tensor::<f32>::random_uniform([rows, cols], -0.5, 0.5, &mut rng);
        let a = if kind == Kind::Tn { draw(k, m).transpose() } else { draw(m, k) };
        let b = if kind == Kind::Nt { draw(n, k).transpose() } else { draw(k, n) };
        let mut products = Products::new();
        let left = if kind == Kind::Tn { products.matrix(k, m).t() } else { products.matrix(m, k) };
        let right = if kind == Kind::Nt { products.matrix(n, k).t() } else { products.matrix(k, n) };
        let out = products.matrix(m, n);
        products.push(left, right, out);
        let mut products = products.tune();
        let [ours, bare] = interleave(report.plan(), [lap(|| a.matmul(&b)), lap(|| products.run())]);
        let flops = products.flops();
        let rate = |seconds: f64| flops / seconds / 1e9;
        let (ours, bare) = (ours.map(rate), bare.map(rate));
        report.emit(
            Line::new("W6", format!("{name} {m}x{k}x{n} {kind:?}"), report.args.threads)
                .values("GFLOP/s", &ours, ours.repeats())
                .with("yardstick", "gemm 0.19")
                .with("yardstick_median", bare.median())
                .with("ratio", ours.median() / bare.median())
                .with("ratio_of_max", ours.max() / bare.max()),
        );
    }
}
