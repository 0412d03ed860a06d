//! Helpers for the tests of all optimizers.

use crate::optimizer::Optimizer;
use autograd::{Param, ParamGradients, Params, Scalar};
use tensor::Tensor;

/// Given gradients.
pub(crate) struct Given<T: Scalar>(pub(crate) Vec<(Param, Tensor<T>)>);

impl<T: Scalar> ParamGradients<T> for Given<T> {
    fn gradient(&self, _: &Params<T>, param: Param) -> Option<&Tensor<T>> {
        self.0.iter().find(|(p, _)| *p == param).map(|(_, g)| g)
    }
}

/// Values without a pattern, so that rounding errors show.
pub(crate) fn values<T: Scalar>(n: usize, seed: f64) -> Tensor<T> {
    Tensor::from_fn(n, |i| T::from_f64((i[0] as f64 * 12.9898 + seed).sin() * 0.7))
}

/// Compares with reference values from Keras's own tests: ten weights of 1; every gradient is 0.01 in the first step,
/// and 0.1 i for weight i in later ones. The rows are steps 1, 2 and 5, the columns weights i = 1, 5 and 10.
#[track_caller]
pub(crate) fn golden<O: Optimizer<f64>>(optimizer: impl Fn() -> O, rows: [[f64; 3]; 3]) {
    let mut optimizer = optimizer();
    let mut params = Params::<f64>::new();
    let p = params.add("w", Tensor::ones(10));
    let first = Tensor::full(10, 0.01);
    let later = Tensor::from_fn(10, |i| 0.1 * (i[0] + 1) as f64);
    for step in 1..=5 {
        let g = if step == 1 { &first } else { &later };
        optimizer.step(&mut params, &Given(vec![(p, g.clone())]));
        let row = match step {
            1 => rows[0],
            2 => rows[1],
            5 => rows[2],
            _ => continue,
        };
        for (weight, expected) in [0, 4, 9].into_iter().zip(row) {
            let got = params.get(p).at([weight]);
            assert!(
                (got - expected).abs() < 1e-10,
                "step {step}, weight {}: expected {expected}, got {got}",
                weight + 1
            );
        }
    }
}

/// Checks the value of one weight, which starts at `start`, after each of the gradients.
#[track_caller]
pub(crate) fn one_weight<O: Optimizer<f64>>(mut optimizer: O, start: f64, gradients: &[f64], expected: &[f64]) {
    let mut params = Params::<f64>::new();
    let p = params.add("w", Tensor::full(1, start));
    for (step, (&g, &expected)) in gradients.iter().zip(expected).enumerate() {
        optimizer.step(&mut params, &Given(vec![(p, Tensor::full(1, g))]));
        let got = params.get(p).item();
        assert!((got - expected).abs() < 1e-14, "step {}: expected {expected}, got {got}", step + 1);
    }
}

/// Checks the first weight of Keras's test after 5 steps against a reference value with five digits.
#[track_caller]
pub(crate) fn five_digits<O: Optimizer<f64>>(mut optimizer: O, expected: f64) {
    let mut params = Params::<f64>::new();
    let p = params.add("w", Tensor::full(1, 1.0));
    for g in [0.01, 0.1, 0.1, 0.1, 0.1] {
        optimizer.step(&mut params, &Given(vec![(p, Tensor::full(1, g))]));
    }
    let got = params.get(p).item();
    assert!((got - expected).abs() < 6e-6, "expected {expected}, got {got}");
}
