//! Gradients of small scalar functions on a warm tape: recording, sweep, reading the entries.

use autograd::{Tape, Var};
use benches::scalar::{Chainrule, Determinant, Engine, Objective, Rosenbrock};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

/// The functions of the workloads at small sizes.
fn gradients(c: &mut Criterion) {
    gradient(c, "determinant", &Determinant::new());
    gradient(c, "rosenbrock/2", &Rosenbrock::new(2));
    gradient(c, "rosenbrock/100", &Rosenbrock::new(100));
}

fn gradient(c: &mut Criterion, name: &str, f: &impl Objective) {
    let x = f.start();
    let (mut ours, mut g) = (Chainrule::default(), vec![0.0; x.len()]);
    c.bench_function(&format!("gradient/{name}"), |b| b.iter(|| ours.gradient(f, black_box(&x), &mut g)));
}

/// A chain of a thousand nodes of one kind.
fn chains(c: &mut Criterion) {
    let mut group = c.benchmark_group("chain");
    group.throughput(Throughput::Elements(1000));
    type Step = for<'t> fn(Var<'t, f64>, Var<'t, f64>) -> Var<'t, f64>;
    let steps: [(&str, Step); 6] = [
        ("add", |x, y| x + y),
        ("mul", |x, y| x * y),
        ("div", |x, y| x / y),
        ("mul_number", |x, _| x * 0.999),
        ("exp", |x, _| (-x).exp()),
        ("tanh", |x, _| x.tanh()),
    ];
    for (name, step) in steps {
        let mut tape = Tape::new();
        group.bench_function(name, |b| {
            b.iter(|| {
                let (x, y) = (tape.var(0.7), tape.var(1.0001));
                let slope = (0..1000).fold(x, |x, _| step(x, y)).backward().wrt(x);
                tape.reset();
                slope
            })
        });
    }
    group.finish();
}

/// A sum of a thousand terms, with one node for each term, or one node in total.
fn sums(c: &mut Criterion) {
    let mut group = c.benchmark_group("sum");
    group.throughput(Throughput::Elements(1000));
    type Sum = for<'t> fn(&'t Tape<f64>, &[Var<'t, f64>]) -> Var<'t, f64>;
    let sums: [(&str, Sum); 3] = [
        ("plain", |_, x| x[1..].iter().fold(x[0], |sum, &x| sum + x)),
        ("nary", |tape, x| tape.sum(x)),
        ("logsumexp", |tape, x| tape.logsumexp(x)),
    ];
    for (name, sum) in sums {
        let mut tape = Tape::new();
        group.bench_function(name, |b| {
            b.iter(|| {
                let x: Vec<_> = (0..1000).map(|i| tape.var(f64::from(i) * 0.01)).collect();
                let slope = sum(&tape, &x).backward().wrt(x[0]);
                tape.reset();
                slope
            })
        });
    }
    group.finish();
}

criterion_group!(benches, gradients, chains, sums);
criterion_main!(benches);
