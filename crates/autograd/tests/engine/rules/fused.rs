//! Fused primitives: tested like the others, and compared with compositions of unfused operations.

use crate::common::Numbers;
use crate::rules::case::{Of, check, largest};
use autograd::{
    Tape, TensorVar, bce_with_logits, huber, mae, mse, softmax_cross_entropy, softmax_cross_entropy_smoothed,
    softmax_cross_entropy_soft,
};
use tensor::{Shape, Tensor, keep};

#[test]
fn softmax_and_its_logarithm() {
    check!("softmax, rows", [[2, 4] in -3.0..3.0], |x| x[0].softmax(-1));
    check!("softmax, columns", [[3, 2] in -3.0..3.0], |x| x[0].softmax(0));
    check!("softmax, inner axis", [[2, 3, 2] in -3.0..3.0], |x| x[0].softmax(1));
    check!("softmax of one", [[3, 1] in -3.0..3.0], |x| x[0].softmax(1));
    check!("softmax of no rows", [[0, 3] in -3.0..3.0], |x| x[0].softmax(1));
    check!("log_softmax, rows", [[2, 4] in -3.0..3.0], |x| x[0].log_softmax(1));
    check!("log_softmax, columns", [[3, 2] in -3.0..3.0], |x| x[0].log_softmax(0));
    check!("log_softmax, inner axis", [[2, 3, 2] in -3.0..3.0], |x| x[0].log_softmax(1));
    check!("log_softmax of no rows", [[0, 3] in -3.0..3.0], |x| x[0].log_softmax(1));
}

#[test]
fn layer_norm() {
    check!("layer_norm", [[3, 4] in -2.0..2.0, [4] in 0.5..1.5, [4] in -1.0..1.0], |x| x[0].layer_norm(x[1], x[2], 1e-5));
    check!("layer_norm of a vector", [[5] in -2.0..2.0, [5] in 0.5..1.5, [] in -1.0..1.0], |x| x[0].layer_norm(x[1], x[2], 1e-3));
    check!("layer_norm, batch", [[2, 2, 3] in -2.0..2.0, [3] in 0.5..1.5, [3] in -1.0..1.0], |x| x[0].layer_norm(x[1], x[2], 0.1));
    check!("layer_norm, plain", [[3, 4] in -2.0..2.0], |x| x[0].layer_norm(1.0, 0.0, 1e-5));
    check!("layer_norm of no rows", [[0, 4] in -2.0..2.0, [4] in 0.5..1.5, [4] in -1.0..1.0], |x| x[0].layer_norm(x[1], x[2], 1e-5));
}

#[test]
fn losses_of_classification() {
    check!("cross-entropy", [[3, 4] in -3.0..3.0], |x| softmax_cross_entropy(x[0], [1, 3, 0]).to_tensor());
    check!("cross-entropy of one row", [[4] in -3.0..3.0], |x| softmax_cross_entropy(x[0], [2]).to_tensor());
    check!("cross-entropy of a batch", [[2, 2, 3] in -3.0..3.0], |x| softmax_cross_entropy(x[0], [[1, 2], [0, 1]]).to_tensor());
    check!("smoothed", [[3, 4] in -3.0..3.0], |x| softmax_cross_entropy_smoothed(x[0], [1, 3, 0], 0.1).to_tensor());
    check!("soft targets", [[3, 4] in -3.0..3.0, [3, 4] in 0.1..0.9], |x| softmax_cross_entropy_soft(x[0], x[1]).to_tensor());
    check!("binary", [[3, 2] in -3.0..3.0, [3, 2] in 0.0..1.0], |x| bce_with_logits(x[0], x[1]).to_tensor());
}

#[test]
fn losses_of_regression() {
    check!("mse", [[3, 2] in -3.0..3.0, [3, 2] in -3.0..3.0], |x| mse(x[0], x[1]).to_tensor());
    check!("mae", [[3, 2] in -3.0..0.0, [3, 2] in 0.1..3.0], |x| mae(x[0], x[1]).to_tensor());
    check!("huber, near", [[3, 2] in 0.0..0.4, [3, 2] in 0.5..0.9], |x| huber(x[0], x[1], 1.0).to_tensor());
    check!("huber, far", [[3, 2] in -3.0..-1.0, [3, 2] in 0.1..3.0], |x| huber(x[0], x[1], 1.0).to_tensor());
    check!("huber, delta", [[3] in -3.0..-1.0, [3] in 0.1..3.0, [] in 0.5..0.9], |x| huber(x[0], x[1], x[2].item()).to_tensor());
}

/// Asserts that value, gradients and second derivatives of two forms of a function agree.
#[track_caller]
fn same(name: &str, fused: Of<f64>, plain: Of<f64>, inputs: &[(&[usize], f64, f64)]) {
    let mut numbers = Numbers::new(5);
    let xs: Vec<Tensor<f64>> = inputs.iter().map(|(s, lo, hi)| numbers.tensor(&Shape::from(*s), *lo, *hi)).collect();
    let values = |f: Of<f64>| -> Vec<Tensor<f64>> {
        let tape = Tape::new();
        let on: Vec<_> = xs.iter().map(|x| tape.var(x.clone())).collect();
        let y = f(&on);
        let weights = Tensor::from_fn(y.shape(), |i| 1.0 + 0.3 * i.iter().sum::<usize>() as f64);
        let g = y.backward_with(&weights);
        let mut all = vec![y.value()];
        all.extend(on.iter().map(|x| g.wrt(*x)));
        let squared = on.iter().map(|x| y.grad_with(*x, &weights).square().sum()).reduce(|a, b| a + b).unwrap();
        let g = squared.backward();
        all.extend(on.iter().map(|x| g.wrt(*x)));
        all
    };
    for (k, (a, b)) in values(fused).iter().zip(values(plain)).enumerate() {
        let size = largest(&b).max(1.0);
        let error = a.to_vec().iter().zip(b.to_vec()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        assert!(a.shape() == b.shape() && error <= 1e-13 * size, "{name}, value {k}: {a} and {b}");
    }
}

#[test]
fn fused_forms_equal_unfused_forms() {
    let rows = (&[3, 4][..], -3.0, 3.0);
    same("softmax", |x| x[0].softmax(1), |x| x[0].exp() / x[0].exp().sum_over(keep(1)), &[rows]);
    same("log_softmax", |x| x[0].log_softmax(1), |x| x[0] - x[0].logsumexp_over(keep(1)), &[rows]);
    let norm = [rows, (&[4], 0.5, 1.5), (&[4], -1.0, 1.0)];
    same(
        "layer_norm",
        |x| x[0].layer_norm(x[1], x[2], 1e-5),
        |x| (x[0] - x[0].mean_over(keep(1))) / (x[0].var_over(keep(1), 0) + 1e-5).sqrt() * x[1] + x[2],
        &norm,
    );
    let affine = [rows, (&[4, 2], -1.0, 1.0), (&[2], -1.0, 1.0)];
    same("linear", |x| x[0].linear(x[1], x[2]), |x| x[0].matmul(x[1]) + x[2], &affine);
    same("mul_add", |x| x[0].mul_add(x[1], x[2]), |x| x[0] * x[1] + x[2], &norm);
    same("clamp", |x| x[0].clamp(-1.0, 1.5), |x| x[0].maximum(-1.0).minimum(1.5), &[rows]);
    same("softplus", |x| x[0].softplus(), |x| x[0].exp().ln_1p(), &[rows]);
    same("sigmoid", |x| x[0].sigmoid(), |x| 1.0 / ((-x[0]).exp() + 1.0), &[rows]);
    same("log_sigmoid", |x| x[0].log_sigmoid(), |x| x[0].sigmoid().ln(), &[rows]);
    same("silu", |x| x[0].silu(), |x| x[0] * x[0].sigmoid(), &[rows]);
    same("mish", |x| x[0].mish(), |x| x[0] * x[0].softplus().tanh(), &[rows]);
    same("gelu", |x| x[0].gelu(), |x| x[0] * ((x[0] / 2.0_f64.sqrt()).erf() + 1.0) * 0.5, &[rows]);
    same(
        "gelu_tanh",
        |x| x[0].gelu_tanh(),
        |x| {
            let u = (x[0] + x[0].powi(3) * 0.044715) * (2.0 / std::f64::consts::PI).sqrt();
            x[0] * (u.tanh() + 1.0) * 0.5
        },
        &[rows],
    );
    same("log_add_exp", |x| x[0].log_add_exp(x[1]), |x| (x[0].exp() + x[1].exp()).ln(), &[rows, rows]);
    same(
        "outer",
        |x| x[0].outer(x[1]),
        |x| x[0].unsqueeze(1) * x[1].unsqueeze(0),
        &[(&[3], -2.0, 2.0), (&[4], -2.0, 2.0)],
    );
}

#[test]
fn fused_losses_equal_unfused_forms() {
    let (rows, weights) = ((&[3, 4][..], -3.0, 3.0), (&[3, 4][..], 0.1, 0.9));
    same(
        "cross-entropy",
        |x| softmax_cross_entropy(x[0], [1, 3, 0]).to_tensor(),
        |x| (-x[0].log_softmax(1).gather(1, [[1], [3], [0]])).mean().to_tensor(),
        &[rows],
    );
    same(
        "smoothed cross-entropy",
        |x| softmax_cross_entropy_smoothed(x[0], [1, 3, 0], 0.2).to_tensor(),
        |x| {
            let tape = x[0].tape().unwrap();
            let target = Tensor::<f64>::one_hot(&[1, 3, 0], 4);
            let target = tape.constant(target) * 0.8 + 0.2 / 4.0;
            (-(x[0].log_softmax(1) * target).sum_over(1)).mean().to_tensor()
        },
        &[rows],
    );
    same(
        "soft cross-entropy",
        |x| softmax_cross_entropy_soft(x[0], x[1]).to_tensor(),
        |x| (-(x[0].log_softmax(1) * x[1]).sum_over(1)).mean().to_tensor(),
        &[rows, weights],
    );
    same(
        "binary cross-entropy",
        |x| bce_with_logits(x[0], x[1]).to_tensor(),
        |x| (-(x[1] * x[0].sigmoid().ln() + (1.0 - x[1]) * (-x[0]).sigmoid().ln())).mean().to_tensor(),
        &[rows, weights],
    );
    same("mse", |x| mse(x[0], x[1]).to_tensor(), |x| (x[0] - x[1]).square().mean().to_tensor(), &[rows, weights]);
    same("mae", |x| mae(x[0], x[1]).to_tensor(), |x| (x[0] - x[1]).abs().mean().to_tensor(), &[rows, weights]);
    same(
        "huber",
        |x| huber(x[0], x[1], 1.0).to_tensor(),
        |x| {
            let e: TensorVar<'_> = x[0] - x[1];
            let near = e.abs().le(1.0);
            (e.square() * 0.5).where_(&near, e.abs() - 0.5).mean().to_tensor()
        },
        &[rows, weights],
    );
}

#[test]
fn zero_label_smoothing_changes_nothing() {
    let tape = Tape::new();
    let z = tape.var(tensor::tensor![[0.3, -1.0, 2.0], [1.0, 0.0, -4.0]]);
    let (a, b) = (softmax_cross_entropy(z, [2, 1]), softmax_cross_entropy_smoothed(z, [2, 1], 0.0));
    assert_eq!(a.value(), b.value());
    assert_eq!(a.backward().wrt(z), b.backward().wrt(z));
}
