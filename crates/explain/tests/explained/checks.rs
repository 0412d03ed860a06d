//! Checks of factors and gradients by differences.

use autograd::{CustomOp, Tape, softmax_cross_entropy};
use explain::{Explainable, Explanation, Verdict};
use tensor::{Tensor, tensor};

/// Returns all checks.
fn all(e: &Explanation) -> Vec<(String, Verdict)> {
    let edges = e.steps.iter().flat_map(|s| s.edges.iter().map(|edge| (s.operation.clone(), &edge.check)));
    let wholes = e.checks.iter().map(|c| ("whole".to_string(), c));
    edges.chain(wholes).filter_map(|(name, c)| Some((name, c.as_ref()?.verdict))).collect()
}

proptest::proptest! {
    #[test]
    fn random_programs_are_right(p in autograd::strategies::program(1..4, 1..12)) {
        let tape = Tape::default();
        let e = p.record(&tape).explain();
        for (name, verdict) in all(&e) {
            proptest::prop_assert!(verdict != Verdict::Differs, "{}: {:?}", name, e);
        }
    }
}

#[test]
fn every_edge_and_gradient_is_checked() {
    let tape = Tape::default();
    let w = tape.var(tensor![[0.1, -0.2, 0.4], [0.3, 0.2, -0.5]]).named("w");
    let x = tape.constant(tensor![[1.0, 2.0], [0.5, -1.0]]);
    let loss = softmax_cross_entropy(x.linear(w, tape.var(tensor![0.1, 0.2, 0.3])).tanh(), [2, 0]);
    let e = loss.explain();
    let checks = all(&e);
    assert!(checks.iter().all(|(_, v)| *v == Verdict::Agrees), "{checks:?}");
    assert_eq!(checks.len(), e.steps.iter().map(|s| s.edges.len()).sum::<usize>() + 2);
    let whole = e.checks[0].as_ref().unwrap();
    assert_eq!(whole.tested, 6);
    assert!(whole.relative_error < 1e-7, "{whole:?}");
}

#[test]
fn single_precision_is_checked_in_double_precision() {
    let tape = Tape::default();
    let (x, y) = (tape.var(0.3_f32), tape.var(2.0_f32));
    let e = ((x * y).sigmoid() / y.exp()).explain();
    assert!(all(&e).iter().all(|(_, v)| *v == Verdict::Agrees), "{:?}", all(&e));
    assert!(e.checks.iter().flatten().all(|c| c.relative_error < 1e-6));
}

/// A rule that is wrong by a factor.
#[derive(Debug)]
struct WrongSquare;
impl CustomOp<f64> for WrongSquare {
    fn name(&self) -> &str {
        "wrong_square"
    }
    fn forward(&self, x: &[&Tensor<f64>]) -> Tensor<f64> {
        Tensor::scalar(x[0].item().powi(2))
    }
    fn vjp(&self, g: &Tensor<f64>, x: &[&Tensor<f64>], _y: &Tensor<f64>) -> Vec<Tensor<f64>> {
        vec![Tensor::scalar(g.item() * 3.0 * x[0].item())]
    }
}

#[test]
fn a_wrong_rule_is_found() {
    let tape = Tape::default();
    let x = tape.var(1.5_f64);
    let y: autograd::Var<f64> = tape.apply(WrongSquare, &[x.sin()]);
    let e = (y * 2.0).explain();
    let wrong: Vec<String> =
        all(&e).into_iter().filter(|(_, v)| *v == Verdict::Differs).map(|(name, _)| name).collect();
    assert_eq!(wrong, ["wrong_square", "whole"]);
    let step = e.steps.iter().find(|s| s.operation == "wrong_square").unwrap();
    assert!(step.edges[0].factor.formula.is_none() && step.formula.is_some());
}
