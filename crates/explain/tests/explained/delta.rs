//! δ-notation compared with known equations and values.

use autograd::{Tape, TensorVar, Var, bce_with_logits, softmax_cross_entropy};
use explain::{Convention, DeltaEquation, Explain, Explanation};
use tensor::tensor;

/// z1 = W1 x + b1, a1 = tanh(z1), z2 = W2 a1 + b2, ŷ = σ(z2), L = ½ (ŷ - y)², as columns.
fn two_layer_network(convention: Convention) -> Explanation {
    let tape = Tape::new();
    let x = tape.constant(tensor![1.0, 2.0]).named("x");
    let w1 = tape.var(tensor![[0.1, -0.2], [0.4, 0.3]]).named("W1");
    let b1 = tape.var(tensor![0.0, 0.1]).named("b1");
    let w2 = tape.var(tensor![0.5, -0.6]).named("W2");
    let b2 = tape.var(0.2).named("b2");
    let a1 = (w1.matmul(x) + b1).named("z1").tanh().named("a1");
    let y = (w2.dot(a1) + b2).named("z2").sigmoid().named("ŷ");
    let error: Var<f64> = y - 1.0;
    let loss = (error.square() * 0.5).named("L");
    Explain::of(loss).convention(convention).run().expect("the output is a scalar")
}

fn equation<'a>(all: impl IntoIterator<Item = &'a DeltaEquation>, left: &str) -> (String, Vec<f64>) {
    let found =
        all.into_iter().find(|e| e.left.to_string() == left).unwrap_or_else(|| panic!("no equation for {left}"));
    (found.right.to_string(), found.value.to_vec())
}

fn close(found: &[f64], known: &[f64]) {
    assert_eq!(found.len(), known.len());
    for (a, b) in found.iter().zip(known) {
        assert!((a - b).abs() <= 1e-15 * b.abs().max(0.1), "{a} should be {b}");
    }
}

#[test]
fn two_layers() {
    let e = two_layer_network(Convention::Column);
    close(&e.step("ŷ").unwrap().value.to_vec(), &[0.39509248083176796]);
    close(&e.output().value.to_vec(), &[0.18295655337313252]);
    let delta = e.delta().expect("two layers");
    let (output, hidden) = (&delta.layers[0], &delta.layers[1]);
    assert_eq!((output.number, hidden.number), (2, 1));
    let d1 = [-0.06615045433187729, 0.031157736494239006];
    for (layer, left, right, known) in [
        (output, "δ2", "∂L/∂ŷ · σ'(z2)", vec![-0.14456951711324137]),
        (output, "∂L/∂W2", "δ2 a1ᵀ", vec![0.04211492371112332, -0.11572775702555634]),
        (output, "∂L/∂b2", "δ2", vec![-0.14456951711324137]),
        (hidden, "δ1", "(W2ᵀ δ2) ⊙ tanh'(z1)", d1.to_vec()),
        (hidden, "∂L/∂W1", "δ1 xᵀ", vec![d1[0], 2.0 * d1[0], d1[1], 2.0 * d1[1]]),
        (hidden, "∂L/∂b1", "δ1", d1.to_vec()),
    ] {
        let (formula, value) = equation(&layer.equations, left);
        assert_eq!(formula, right);
        close(&value, &known);
    }
    insta::assert_snapshot!("two_layers.columns", delta.to_string());
    insta::assert_snapshot!("two_layers.latex", delta.to_latex());
}

#[test]
fn the_row_convention_is_transposed() {
    let e = two_layer_network(Convention::Row);
    let delta = e.delta().expect("two layers");
    let columns = two_layer_network(Convention::Column).delta().expect("two layers");
    let find =
        |d: &explain::DeltaNotation| d.layers[1].equations.iter().find(|e| e.left.to_string() == "∂L/∂W1").cloned();
    let (row, column) = (find(&delta).unwrap(), find(&columns).unwrap());
    assert_eq!(row.right.to_string(), "xᵀ δ1");
    assert_eq!(row.value, column.value.transpose());
}

#[test]
fn fused_and_unfused_cross_entropy() {
    let tape = Tape::new();
    let x = tape.constant(tensor![[1.0, 2.0], [0.5, -1.0]]).named("X");
    let w = tape.var(tensor![[0.1, -0.2, 0.0], [0.3, 0.2, -0.4]]).named("W");
    let z = x.linear(w, tape.var(tensor![0.1, 0.2, 0.3]).named("b")).named("Z");
    let e = Explain::of(softmax_cross_entropy(z, [2, 0])).run().unwrap();
    let delta = e.delta().unwrap();
    let layer = &delta.layers[0];
    let (formula, fused) = equation(&layer.equations, "δ1");
    assert_eq!(formula, "(p - t) / 2");
    let (formula, unfused) = equation(&layer.unfused, "δ1");
    assert_eq!(formula, "(diag(p) - p pᵀ) ∂L/∂p");
    for (a, b) in fused.iter().zip(unfused) {
        assert!((a - b).abs() < 1e-15, "{a} {b}");
    }
    // the rows of p - t add up to 0
    assert!(fused.chunks(3).all(|row| row.iter().sum::<f64>().abs() < 1e-15));
    insta::assert_snapshot!("softmax.rows", delta.to_string());
}

#[test]
fn fused_and_unfused_logistic_loss() {
    let tape = Tape::new();
    let x = tape.constant(tensor![[1.0, 2.0], [0.5, -1.0]]).named("X");
    let z = x.matmul(tape.var(tensor![0.3, -0.2]).named("w")).named("z");
    let e = Explain::of(bce_with_logits(z, tape.constant(tensor![1.0, 0.0]).named("y"))).run().unwrap();
    let layer = &e.delta().unwrap().layers[0];
    let (fused, unfused) = (equation(&layer.equations, "δ1"), equation(&layer.unfused, "δ1"));
    assert_eq!((fused.0.as_str(), unfused.0.as_str()), ("(p - t) / 2", "∂L/∂p ⊙ σ'(z)"));
    for (a, b) in fused.1.iter().zip(unfused.1) {
        assert!((a - b).abs() < 1e-15, "{a} {b}");
    }
}

#[test]
fn softmax_has_a_jacobian() {
    let tape = Tape::new();
    let w = tape.var(tensor![[0.1, -0.2], [0.3, 0.2]]).named("W");
    let x = tape.constant(tensor![1.0, 2.0]).named("x");
    let p = w.matmul(x).named("z").softmax(0).named("p");
    let error: TensorVar = p - tape.constant(tensor![0.0, 1.0]);
    let e = Explain::of(error.square().sum()).convention(Convention::Column).run().unwrap();
    let layer = &e.delta().unwrap().layers[0];
    let (formula, value) = equation(&layer.equations, "δ1");
    assert_eq!(formula, "(diag(p) - p pᵀ) ∂L/∂p");
    // reference value
    let (p, g) = (p.value().to_vec(), e.step("p").unwrap().adjoint.clone().unwrap().to_vec());
    let j = [[p[0] - p[0] * p[0], -p[0] * p[1]], [-p[1] * p[0], p[1] - p[1] * p[1]]];
    close(&value, &[j[0][0] * g[0] + j[0][1] * g[1], j[1][0] * g[0] + j[1][1] * g[1]]);
}

#[test]
fn without_layers_there_is_no_delta_notation() {
    let tape = Tape::new();
    assert!(Explain::of(tape.var(2.0_f64).sin()).run().unwrap().delta().is_none());
}
