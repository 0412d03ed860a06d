//! Recorded tangents: known values, second derivatives by coordinates against Hessians, custom operations, checkpoints.

use crate::common::Numbers;
use autograd::*;
use tensor::{Shape, Tensor, tensor};

#[test]
fn known_values() {
    let tape = Tape::new();
    let (x, y) = (tape.var(2.0), tape.var(5.0));
    let f = x * x * y;
    let df = f.tangent((x, y), (x.like(1.0), x.like(10.0)));
    assert_eq!(df.value(), 60.0); // 2 x y + 10 x²
    assert_eq!((df.grad(x).value(), df.grad(y).value()), (50.0, 4.0));
    assert_eq!(f.tangent(y, x).tangent(x, y).value(), 60.0); // the direction is a variable: (x³)' y = 3 x² y
    assert_eq!(f.tangent([x, x], [y, y]).value(), 100.0, "the last direction of a variable counts");
}

#[test]
fn tangents_of_what_does_not_depend_on_the_variable() {
    let tape = Tape::new();
    let (x, y, v) = (tape.var(2.0_f64), tape.var(5.0), tape.var(tensor![1.0, 2.0]));
    assert_eq!((y * y).tangent(x, x).value(), 0.0);
    assert_eq!((v * y).tangent(x, x).value(), tensor![0.0, 0.0]);
    assert_eq!(x.tangent(x * x, x).value(), 0.0, "x comes before x²");
    assert_eq!(x.detach().tangent(x, x).value(), 0.0);
    assert_eq!((x * 3.0).tangent(x.detach(), x).value(), 0.0);
    assert_eq!(x.tangent(x, y).value(), 5.0);
}

/// An intermediate value counts as independent.
#[test]
fn tangents_by_intermediate_values() {
    let tape = Tape::new();
    let x = tape.var(2.0);
    let u = x * x;
    assert_eq!((u * x).tangent(u, x.like(1.0)).value(), 2.0);
    assert_eq!((u * x).tangent((u, x), (x.like(1.0), x.like(1.0))).value(), 2.0 + 4.0);
}

/// u(x, t) for each row (x, t), by a network of two layers.
fn network<'t>(rows: [TensorVar<'t>; 2], weights: &[Tensor<f64>; 3]) -> TensorVar<'t> {
    let [w, b, v] = weights.clone().map(|w| rows[0].like(w));
    (concat(&rows, 1).matmul(w) + b).tanh().matmul(v)
}

fn weights() -> [Tensor<f64>; 3] {
    let mut numbers = Numbers::new(11);
    [[2, 5], [1, 5], [5, 1]].map(|shape| numbers.tensor(&Shape::from(shape), -1.0, 1.0))
}

/// The residual u_t - u_xx of the heat equation, at each row: two recorded tangents for u_xx, one for u_t.
#[test]
fn a_residual_of_the_heat_equation() {
    let weights = weights();
    let (x, t) = (tensor![[0.1], [0.5], [-0.7]], tensor![[0.3], [0.0], [1.0]]);
    let tape = Tape::new();
    let (vx, vt) = (tape.var(x.clone()), tape.var(t.clone()));
    let ones = tape.constant(Tensor::ones([3, 1]));
    let u = network([vx, vt], &weights);
    let residual = u.tangent(vt, ones) - u.tangent(vx, ones).tangent(vx, ones);
    for row in 0..3 {
        let at = tensor![x.at([row, 0]), t.at([row, 0])];
        let f = objective(|z: TensorVar<'_>| {
            let [x, t] = [z.slice([(0..1).into()]), z.slice([(1..2).into()])].map(|z| z.reshape([1, 1]));
            network([x, t], &weights).sum()
        });
        let want = grad(&f, &at).at([1]) - hessian(&f, &at).at([0, 0]);
        let got = residual.value().at([row, 0]);
        assert!((got - want).abs() < 1e-14, "row {row}: got {got}, want {want}");
    }
}

/// A loss of second derivatives passes the gradient check by the weights, so third derivatives are right.
#[test]
fn a_loss_of_second_derivatives_is_differentiated() {
    gradcheck(laplacian_loss, weights()).order(2).run().unwrap();
}

fn laplacian_loss<'t>([w, b, v]: [TensorVar<'t>; 3]) -> Var<'t, f64> {
    let Some(tape) = w.tape() else { panic!("a variable is on a tape") };
    let x = tape.var(tensor![[0.1, 0.4], [-0.7, 0.2]]);
    let u = (x.matmul(w) + b).tanh().matmul(v);
    let second = |direction: Tensor<f64>| {
        let direction = w.like(direction);
        u.tangent(x, direction).tangent(x, direction)
    };
    let laplacian = second(tensor![[1.0, 0.0], [1.0, 0.0]]) + second(tensor![[0.0, 1.0], [0.0, 1.0]]);
    laplacian.square().sum()
}

/// x³, with rules on plain tensors and on variables, and no rule for forward mode.
#[derive(Debug)]
struct Cube {
    recorded: bool,
}

impl CustomOp<f64> for Cube {
    fn name(&self) -> &str {
        "cube"
    }
    fn forward(&self, x: &[&Tensor<f64>]) -> Tensor<f64> {
        x[0].to_vec().iter().map(|x| x * x * x).collect()
    }
    fn vjp(&self, g: &Tensor<f64>, x: &[&Tensor<f64>], _: &Tensor<f64>) -> Vec<Tensor<f64>> {
        vec![g.to_vec().iter().zip(x[0].to_vec()).map(|(g, x)| g * 3.0 * x * x).collect()]
    }
    fn vjp_recorded<'t>(&self, g: TensorVar<'t>, x: &[TensorVar<'t>], _: TensorVar<'t>) -> Option<Vec<TensorVar<'t>>> {
        self.recorded.then(|| vec![g * x[0].square() * 3.0])
    }
}

/// The recorded tangent of a custom operation needs only its rule on variables.
#[test]
fn custom_operations() {
    let tape = Tape::new();
    let x = tape.var(tensor![1.0, 2.0]);
    let v = tape.constant(tensor![1.0, 10.0]);
    let y: TensorVar = tape.apply(Cube { recorded: true }, &[x.sin()]);
    let plain = x.sin().powi(3);
    for (got, want) in [
        (y.tangent(x, v), plain.tangent(x, v)),
        (y.tangent(x, v).tangent(x, v), plain.tangent(x, v).tangent(x, v)),
        (y.tangent(x, v).sum().grad(x), plain.tangent(x, v).sum().grad(x)),
    ] {
        for (g, w) in got.value().to_vec().into_iter().zip(want.value().to_vec()) {
            assert!((g - w).abs() < 1e-12, "got {got}, want {want}");
        }
    }
}

/// While recording is paused, derivatives are the same values, as constants.
#[test]
fn derivatives_without_recording() {
    let tape = Tape::new();
    let x = tape.var(tensor![0.5, -0.25]);
    let v = tape.constant(tensor![1.0, 10.0]);
    let cube: TensorVar = tape.apply(Cube { recorded: true }, &[x]);
    for y in [x.powi(3), cube, checkpoint(|x| x[0].powi(3), &[x])] {
        let sum = y.sum();
        let derivatives = || [y.tangent(x, v), sum.grad(x)];
        let (recorded, paused) = (derivatives(), tape.no_grad(derivatives));
        for (a, b) in recorded.into_iter().zip(paused) {
            assert_eq!(a.value(), b.value());
            assert!(!a.is_constant() && b.is_constant());
        }
    }
}

#[test]
#[should_panic(expected = "vjp_recorded")]
fn custom_operations_without_a_rule_on_variables() {
    let tape = Tape::new();
    let x = tape.var(tensor![1.0, 2.0]);
    let y: TensorVar = tape.apply(Cube { recorded: false }, &[x]);
    let _ = y.tangent(x, x);
}

#[test]
fn checkpoints() {
    let tape = Tape::new();
    let x = tape.var(tensor![0.5, -0.25]);
    let v = tape.constant(tensor![1.0, 10.0]);
    let y = checkpoint(|x| (x[0].sin() * x[0]).exp(), &[x]);
    let plain = (x.sin() * x).exp();
    let second = |y: TensorVar<'_>| y.tangent(x, v).tangent(x, v).value().to_vec();
    for (got, want) in second(y).into_iter().zip(second(plain)) {
        assert!((got - want).abs() <= 1e-13 * want.abs(), "got {got}, want {want}");
    }
}
