//! The main uses of the API: tapes, transforms of functions, and training.
#![allow(clippy::redundant_closure)]

use autograd::*;
use tensor::{Tensor, tensor};

fn rosenbrock<'t>(x: TensorVar<'t>) -> Var<'t, f64> {
    let (a, b) = (x.at([0]), x.at([1]));
    (b - a * a).powi(2) * 100.0 + (1.0 - a).powi(2)
}

#[test]
fn scalars() {
    let tape = Tape::default();
    let x = tape.var(2.0_f64);
    let y = tape.var(3.0);
    let f = x * x * y + y.sin();
    let g = f.backward();
    assert_eq!(g.wrt(x), 12.0);
}

#[test]
fn tensors_and_scalars_on_one_tape() {
    let tape = Tape::default();
    let (x, y) = (tape.var(2.0), tape.var(3.0));
    let w = tape.var(tensor![[0.1, -0.2], [0.4, 0.3]]);
    let v = tape.constant(tensor![1.0, 2.0]);
    let s = w.matmul(v).tanh().sum() * x;
    let t = tape.stack(&[x, y, s]);
    let u = t.at([2]);
    let g = u.backward();
    let inner = [0.1 - 0.4, 0.4 + 0.6_f64];
    assert!((g.wrt(x) - (inner[0].tanh() + inner[1].tanh())).abs() < 1e-15);
    assert_eq!(g.wrt(y), 0.0);
    let d = |z: f64| 2.0 * (1.0 - z.tanh().powi(2));
    let want = tensor![[d(inner[0]), 2.0 * d(inner[0])], [d(inner[1]), 2.0 * d(inner[1])]];
    for (got, want) in g.wrt(w).to_vec().into_iter().zip(want.to_vec()) {
        assert!((got - want).abs() < 1e-14);
    }
}

#[test]
fn functions() {
    let (value, derivative) = value_and_grad(|x| x.sin() * x, 2.0_f64);
    assert_eq!((value, derivative), (2.0_f64.sin() * 2.0, 2.0_f64.cos() * 2.0 + 2.0_f64.sin()));
    let x0 = tensor![-1.2, 1.0];
    let h = hessian(|x| rosenbrock(x), &x0);
    for (got, want) in h.to_vec().into_iter().zip([1330.0, 480.0, 480.0, 200.0]) {
        assert!((got - want).abs() < 1e-10, "{h}");
    }
    let hv = hvp(|x| rosenbrock(x), &x0, &tensor![1.0, 2.0]);
    assert!((hv.at([0]) - 2290.0).abs() < 1e-10 && (hv.at([1]) - 880.0).abs() < 1e-10);
    let j = jacobian(|x| x.square() * 3.0, &x0);
    assert_eq!(j.shape().to_string(), "(2, 2)");
    let (_, pull) = vjp(|x| x.square(), &x0);
    assert_eq!(pull(&tensor![1.0, 1.0]), tensor![-2.4, 2.0]);
    let (_, dy) = jvp(|x| x.square(), &x0, &tensor![1.0, 0.0]);
    assert_eq!(dy, tensor![-2.4, 0.0]);
}

#[test]
fn gradients_nest() {
    let tape = Tape::default();
    let x = tape.var(1.5_f64);
    let p = x.powi(5);
    assert_eq!(p.grad(x).grad(x).grad(x).value(), 60.0 * 1.5 * 1.5);
}

#[test]
fn a_training_loop() {
    let mut params = Params::<f32>::new();
    let w = params.add("w", tensor![[0.5_f32, -0.5], [0.25, 0.75]]);
    let b = params.add("b", tensor![0.0_f32, 0.0]);
    let mut tape = Tape::default();
    let x = tensor![[1.0_f32, 0.0], [0.0, 1.0]];
    let mut last = f32::INFINITY;
    for _ in 0..20 {
        let net = params.bind(&tape);
        let loss = softmax_cross_entropy(tape.constant(x.clone()).linear(net.var(w), net.var(b)), [0, 1]);
        let grads = loss.backward();
        assert!(loss.value() < last);
        last = loss.value();
        for p in [w, b] {
            let g = grads.gradient(&params, p).unwrap().clone();
            let new = Tensor::from_fn(g.shape(), |i| {
                let i: Vec<isize> = i.iter().map(|&i| i as isize).collect();
                match i[..] {
                    [i] => params.get(p).at([i]) - g.at([i]),
                    [i, j] => params.get(p).at([i, j]) - g.at([i, j]),
                    _ => unreachable!(),
                }
            });
            params.set(p, new);
        }
        tape.reset();
    }
}
