//! Transforms keep their tape per thread: calls within calls, after panics, on several threads, after large functions.

use autograd::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tensor::tensor;

/// A plain transform inside the function of another one computes on another tape.
#[test]
fn calls_within_calls() {
    let inner = |at: f64| grad(|y| y * y * y, at);
    for _ in 0..3 {
        let d = grad(|x| x * inner(2.0) + x * x * inner(1.0), 5.0);
        assert_eq!(d, 12.0 + 2.0 * 5.0 * 3.0);
    }
    fn factorial(n: u32, at: f64) -> f64 {
        if n == 0 { 1.0 } else { grad(|x| x * f64::from(n) * factorial(n - 1, at), at) }
    }
    assert_eq!(factorial(5, 3.0), 120.0);
}

#[test]
fn calls_after_panics() {
    for k in 0..3 {
        let died = catch_unwind(AssertUnwindSafe(|| {
            grad(
                |x| {
                    let y = x.sin() * x;
                    let _tensor = x.like(tensor![1.0, 2.0]) * y;
                    let d = y.tape().unwrap().no_grad(|| if k < 2 { panic!("a mistake in the function") } else { x });
                    y * d
                },
                2.0,
            )
        }));
        assert_eq!(died.is_err(), k < 2);
        assert_eq!(value_and_grad(|x| x * x, 3.0), (9.0, 6.0));
    }
}

/// The pullback of `vjp` holds its tape, so calls meanwhile take others.
#[test]
fn pullbacks_outlive_other_calls() {
    let (_, first) = vjp(|x| x.square(), tensor![1.0, 2.0]);
    let (_, second) = vjp(|x| x.powi(3), tensor![1.0, 2.0]);
    assert_eq!(grad(|x| x * x, 3.0), 6.0);
    drop(first);
    assert_eq!(grad(|x| x * x * x, 1.0), 3.0);
    assert_eq!(second(&tensor![1.0, 1.0]), tensor![3.0, 12.0]);
    assert_eq!(second(&tensor![2.0, 1.0]), tensor![6.0, 12.0]);
}

/// Each call starts with an empty tape, in both precisions.
#[test]
fn calls_start_with_an_empty_tape() {
    let mut params = Params::new();
    let w = params.add("w", tensor![2.0]);
    for _ in 0..2 {
        let nodes = std::cell::Cell::new(0);
        let record = |x: Var<'_, f64>| nodes.set(x.tape().unwrap().len());
        grad(
            |x| {
                record(x);
                x.exp()
            },
            1.0,
        );
        assert_eq!(nodes.get(), 1);
        assert_eq!(grad(|x| x * x, Single(3.0)), 6.0_f32);
        assert_eq!(grad(|p| p.var(w).square().sum(), &params).get(w), &tensor![4.0]);
    }
}

#[test]
fn each_thread_keeps_its_tape() {
    let work = |k: u32| (0..100).map(|i| grad(|x| x * x * f64::from(k), f64::from(i))).sum::<f64>();
    let threads: Vec<_> = (1..4).map(|k| std::thread::spawn(move || work(k))).collect();
    let sums: Vec<f64> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    assert_eq!(sums, [9900.0, 19800.0, 29700.0]);
}

/// A function with more nodes than a tape that is kept may have.
#[test]
fn large_functions() {
    let many = objective(|x: Var<f64>| (0..600_000).fold(x, |y, _| y + x * 2.0));
    for _ in 0..2 {
        assert_eq!(grad(&many, 1.0), 1_200_001.0);
        assert_eq!(grad(|x| x * x, 3.0), 6.0);
    }
}
