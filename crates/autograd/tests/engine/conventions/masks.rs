//! Masks, values used more than once, and broadcasting: unselected values contribute exactly 0, repeated values add up.

use autograd::{Tape, TensorVar, Var, bce_with_logits, stack};
use tensor::{Tensor, tensor};

/// The gradient of a scalar function of a tensor; asserts that it is the same in all modes.
#[track_caller]
fn gradient(f: impl for<'t> Fn(TensorVar<'t>) -> Var<'t, f64>, x: Tensor<f64>) -> Tensor<f64> {
    let tape = Tape::new();
    let v = tape.var(x.clone());
    let y = f(v);
    let eager = y.backward().wrt(v);
    assert_eq!(y.grad(v).value(), eager, "recorded");
    let forward = Tensor::from_fn(x.shape(), |at| {
        let unit = Tensor::from_fn(x.shape(), |i| if i == at { 1.0 } else { 0.0 });
        tape.tangents(|t| t.set(v, unit)).of(y)
    });
    assert_eq!(forward, eager, "forward");
    eager
}

#[test]
fn the_unselected_side_of_where_contributes_zero() {
    assert_eq!(gradient(|x| x.sqrt().where_(&x.gt(0.0), 0.0).sum(), tensor![-1.0, 4.0]), tensor![0.0, 0.25]);
    assert_eq!(gradient(|x| x.ln().where_(&x.gt(0.0), 0.0).sum(), tensor![0.0, -2.0, 4.0]), tensor![0.0, 0.0, 0.25]);
    assert_eq!(gradient(|x| x.recip().where_(&x.gt(0.0), x).sum(), tensor![0.0, 2.0]), tensor![1.0, -0.25]);
    // one mask for several rows
    let mask = tensor![1.0, 0.0];
    let x = tensor![[4.0, -1.0], [16.0, 0.0]];
    assert_eq!(gradient(|x| x.sqrt().where_(&mask, 0.0).sum(), x), tensor![[0.25, 0.0], [0.125, 0.0]]);
}

#[test]
fn the_unselected_side_of_where_contributes_zero_to_second_derivatives() {
    let tape = Tape::new();
    let x = tape.var(tensor![-1.0, 0.0, 4.0]);
    let g = x.sqrt().where_(&x.gt(0.0), 0.0).sum().grad(x);
    assert_eq!(g.sum().grad(x).value(), tensor![0.0, 0.0, -1.0 / 32.0]);
}

#[test]
fn infinite_derivatives_times_zero_contribute_zero() {
    for derivative in [
        |x: Var<'_, f64>| (1.0 / x).minimum(1.0).backward().wrt(x),
        |x: Var<'_, f64>| (1.0 / x).minimum(1.0).grad(x).value(),
        |x: Var<'_, f64>| x.sqrt().clamp(-2.0, -1.0).backward().wrt(x),
        |x: Var<'_, f64>| (x.sqrt() * 0.0).backward().wrt(x),
        |x: Var<'_, f64>| (x.ln() * 0.0 + x).grad(x).value() - 1.0,
        |x: Var<'_, f64>| x.sqrt().powi(2).backward().wrt(x),
    ] {
        assert_eq!(derivative(Tape::new().var(0.0)), 0.0);
    }
    assert_eq!(gradient(|x| (1.0 / x).minimum(1.0).sum(), tensor![0.0, 2.0]), tensor![0.0, -0.25]);
}

#[test]
fn masked_logits_have_gradient_exactly_zero() {
    let mask = tensor![0.0, 1.0, 0.0];
    let x = tensor![0.5, 7.0, 0.5];
    let g = gradient(|x| x.masked_fill(&mask, f64::NEG_INFINITY).softmax(0).at([0]), x.clone());
    assert_eq!(g, tensor![0.25, 0.0, -0.25]);
    assert_eq!(gradient(|x| x.masked_fill(&mask, f64::NEG_INFINITY).logsumexp(), x).at([1]), 0.0);
}

#[test]
fn one_operand_twice() {
    for (f, want) in [
        ((|x| x * x) as for<'t> fn(Var<'t, f64>) -> Var<'t, f64>, 6.0),
        (|x| x + x, 2.0),
        (|x| x - x, 0.0),
        (|x| x / x, 0.0),
        (|x| x.maximum(x), 1.0),
        (|x| x.pow(2.0) * x, 27.0),
        (|x| x.mul_add(x, x), 7.0),
        (|x| x.tape().unwrap().dot(&[x, x], &[x, x]), 12.0),
        (|x| x.tape().unwrap().sum(&[x, x, x]), 3.0),
    ] {
        let tape = Tape::new();
        let x = tape.var(3.0);
        let y = f(x);
        let got = [y.backward().wrt(x), y.grad(x).value(), tape.tangents(|t| t.set(x, 1.0)).of(y)];
        assert!(got.iter().all(|g| (g - want).abs() < 1e-14), "got {got:?}, want {want}");
    }
    let three = || Tensor::full([2, 3], 3.0);
    assert_eq!(gradient(|x| (x * x).sum(), three()), Tensor::full([2, 3], 6.0));
    assert_eq!(gradient(|x| (x + x).sum(), three()), Tensor::full([2, 3], 2.0));
    assert_eq!(gradient(|x| (x - x).sum(), three()), Tensor::zeros([2, 3]));
}

#[test]
fn a_matrix_times_itself() {
    let a = tensor![[1.0, 2.0], [3.0, 4.0]];
    assert_eq!(gradient(|a| a.matmul(a).sum(), a), tensor![[7.0, 11.0], [9.0, 13.0]]);
}

#[test]
fn three_paths_through_one_graph() {
    fn paths(a: TensorVar<'_>) -> Var<'_, f64> {
        let b = a + 1.0;
        let c = b + 1.5;
        let d = a + b;
        let e = d + c;
        e.sum()
    }
    assert_eq!(gradient(paths, tensor![1.0, -2.0, 0.0]), tensor![3.0, 3.0, 3.0]);
}

#[test]
fn gradients_are_summed_over_broadcast_axes() {
    let tape = Tape::new();
    let (a, b) = (tape.var(tensor![[1.0], [2.0], [3.0]]), tape.var(tensor![[1.0, 2.0, 3.0, 4.0]]));
    let y = (a + b).sum();
    let g = y.backward();
    assert_eq!(g.wrt(a), tensor![[4.0], [4.0], [4.0]]);
    assert_eq!(g.wrt(b), tensor![[3.0, 3.0, 3.0, 3.0]]);
    assert_eq!(y.grad(a).value(), tensor![[4.0], [4.0], [4.0]]);
    assert_eq!(y.grad(b).value(), tensor![[3.0, 3.0, 3.0, 3.0]]);

    let (a, b) = (tape.var(Tensor::ones([1, 3])), tape.var(Tensor::zeros([0, 3])));
    let y = (a + b).sum();
    let g = y.backward();
    assert_eq!((y.value(), g.wrt(a), g.wrt(b)), (0.0, Tensor::zeros([1, 3]), Tensor::zeros([0, 3])));
    assert_eq!(y.grad(a).value(), Tensor::zeros([1, 3]));

    // a scalar, a tensor, and a tensor of rank 0
    let (s, z, t) = (tape.var(2.0), tape.var(Tensor::scalar(5.0)), tape.var(tensor![1.0, 2.0, 3.0]));
    let y = (s * t * z).sum();
    let g = y.backward();
    assert_eq!((g.wrt(s), g.wrt(z), g.wrt(t)), (30.0, Tensor::scalar(12.0), tensor![10.0, 10.0, 10.0]));
    assert_eq!((y.grad(s).value(), y.grad(z).value()), (30.0, Tensor::scalar(12.0)));
}

#[test]
fn contributions_to_repeated_indices_add_up() {
    assert_eq!(gradient(|x| x.index_select(0, [0, 0, 2]).sum(), tensor![5.0, 6.0, 7.0]), tensor![2.0, 0.0, 1.0]);
    assert_eq!(gradient(|x| x.gather(0, [2, 2, 2, 1]).sum(), tensor![5.0, 6.0, 7.0]), tensor![0.0, 1.0, 3.0]);
    assert_eq!(gradient(|x| stack(&[x, x], 0).sum(), tensor![5.0, 6.0]), tensor![2.0, 2.0]);
    assert_eq!(gradient(|x| x.broadcast_to([4, 2]).sum(), tensor![5.0, 6.0]), tensor![4.0, 4.0]);
}

#[test]
fn an_unused_input_has_gradient_zero_and_is_not_connected() {
    let tape = Tape::new();
    let (x, unused, other) = (tape.var(3.0_f64), tape.var(1.0), tape.var(tensor![[1.0, 2.0]]));
    let y = x * x;
    let g = y.backward();
    assert_eq!((g.wrt(unused), g.wrt(other)), (0.0, Tensor::zeros([1, 2])));
    assert_eq!((g.is_connected(x), g.is_connected(unused), g.is_connected(other)), (true, false, false));
    assert_eq!((y.grad(unused).value(), y.grad(other).value()), (0.0, Tensor::zeros([1, 2])));
    assert_eq!(tape.tangents(|t| t.set(unused, 1.0)).of(y), 0.0);
    // connected, although the value is 0
    let z = (x - x) * 0.0;
    assert_eq!((z.backward().wrt(x), z.backward().is_connected(x)), (0.0, true));
}

#[test]
fn targets_have_gradients() {
    let tape = Tape::new();
    let (z, t) = (tape.var(tensor![0.5, -3.0]), tape.var(tensor![0.25, 1.0]));
    let g = bce_with_logits(z, t).backward();
    assert_eq!(g.wrt(t), tensor![-0.25, 1.5]);
}
