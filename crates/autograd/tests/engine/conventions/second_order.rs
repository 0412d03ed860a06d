//! Second derivatives: known Hessians, exact symmetry, and agreement between all nestings of modes.

use crate::common::{assert_close, close};
use crate::conventions::table::TOLERANCE;
use autograd::{Tape, TensorVar, Var, grad, hessian, hvp, value_and_grad};
use std::f64::consts::E;
use tensor::{Tensor, tensor};

#[test]
fn the_hessian_of_exp_of_a_product() {
    let x0 = tensor![1.0, 2.0];
    let h = hessian(|x| (x.at([0]) * x.at([1])).exp(), &x0);
    let e2 = E * E;
    assert_close("tensor elements", &h, &[4.0 * e2, 3.0 * e2, 3.0 * e2, e2], TOLERANCE);
    assert_eq!(h.at([0, 1]).to_bits(), h.at([1, 0]).to_bits());
    let h = hessian(|x| x.prod().exp(), &x0);
    assert_close("prod", &h, &[4.0 * e2, 3.0 * e2, 3.0 * e2, e2], TOLERANCE);
    assert_eq!(h.at([0, 1]).to_bits(), h.at([1, 0]).to_bits());
}

fn rosenbrock<'t>(x: Var<'t, f64>, y: Var<'t, f64>) -> Var<'t, f64> {
    (y - x * x).powi(2) * 100.0 + (1.0 - x).powi(2)
}

#[test]
fn the_rosenbrock_function() {
    let (value, gradient) = value_and_grad(|[x, y]| rosenbrock(x, y), [-1.2_f64, 1.0]);
    assert!(close(value, 24.2, TOLERANCE));
    assert!(close(gradient[0], -215.6, TOLERANCE) && close(gradient[1], -88.0, TOLERANCE), "{gradient:?}");
    let x0 = tensor![-1.2, 1.0];
    let h = hessian(|x| rosenbrock(x.at([0]), x.at([1])), &x0);
    assert_close("hessian", &h, &[1330.0, 480.0, 480.0, 200.0], TOLERANCE);
    let hv = hvp(|x| rosenbrock(x.at([0]), x.at([1])), &x0, &tensor![1.0, -2.0]);
    assert_close("hvp", &hv, &[370.0, 80.0], 1e-13);
}

/// The second derivatives of functions of two scalars agree in all nestings: forward over reverse, reverse over
/// reverse, and reverse over forward, where the tangent is the derivative of the gradient with respect to its
/// cotangent.
#[test]
fn the_nestings_of_modes_agree() {
    let functions: [for<'t> fn(Var<'t, f64>, Var<'t, f64>) -> Var<'t, f64>; 8] = [
        |x, y| rosenbrock(x, y),
        |x, y| (x * y).exp(),
        |x, y| (x / y).tanh() * x.hypot(y),
        |x, y| x.atan2(y) * x.sigmoid(),
        |x, y| (x * x + 1.0).pow(y).ln_1p(),
        |x, y| x.log_add_exp(y) + (x * y).gelu(),
        |x, y| (x * x + 0.5).ln_gamma() * y.softplus() * x.silu(),
        |x, y| (x.sin() * 0.5).asin() * y.erf() + x.mish() * (y * y + 2.0).acosh(),
    ];
    for (k, f) in functions.into_iter().enumerate() {
        let tape = Tape::new();
        let (x, y) = (tape.var(-0.7), tape.var(1.3));
        let (ux, uy) = (0.6, -1.1);
        let z = f(x, y);
        let (gx, gy) = (z.grad(x), z.grad(y));

        let t = tape.tangents(|t| {
            t.set(x, ux);
            t.set(y, uy);
        });
        let forward_over_reverse = [t.of(gx), t.of(gy)];

        let along = gx * ux + gy * uy;
        let g = along.backward();
        let reverse_over_reverse = [g.wrt(x), g.wrt(y)];

        let cotangent = tape.var(1.0);
        let scaled = f(x, y) * cotangent;
        let pulled = scaled.grad(x) * ux + scaled.grad(y) * uy;
        let tangent = pulled.grad(cotangent); // J u, recorded
        assert!(close(tangent.value(), t.of(z), 1e-12));
        let g = tangent.backward();
        let reverse_over_forward = [g.wrt(x), g.wrt(y)];

        for i in 0..2 {
            let [a, b, c] = [forward_over_reverse[i], reverse_over_reverse[i], reverse_over_forward[i]];
            let size = a.abs().max(1.0);
            assert!((a - b).abs() < 1e-12 * size && (a - c).abs() < 1e-12 * size, "function {k}: {a} {b} {c}");
        }
    }
}

#[test]
fn nested_derivatives_have_no_perturbation_confusion() {
    // d/dx [x · d/dy (x + y) at y = 1] at 1 is 1: the inner derivative is 1 for all x
    let outer = grad(
        |x| {
            let tape = x.tape().unwrap();
            let y = tape.var(1.0);
            x * (x + y).grad(y)
        },
        1.0_f64,
    );
    assert_eq!(outer, 1.0);
    // on one tape, in forward mode over the recorded derivative
    let tape = Tape::new();
    let (x, y) = (tape.var(1.0), tape.var(1.0));
    let z = x * (x + y).grad(y);
    assert_eq!(tape.tangents(|t| t.set(x, 1.0)).of(z), 1.0);
    // the inner derivative of x·y with respect to y is x, which depends on x
    let z = x * (x * y).grad(y);
    assert_eq!(z.backward().wrt(x), 2.0);
}

#[test]
fn second_derivatives_at_kinks_are_zero() {
    for f in [
        (|x| x.abs()) as for<'t> fn(Var<'t, f64>) -> Var<'t, f64>,
        |x| x.relu(),
        |x| x.relu6(),
        |x| x.hard_tanh(),
        |x| x.leaky_relu(0.1),
        |x| x.maximum(0.0),
        |x| x.clamp(0.0, 1.0),
        |x| x.floor() + x.sign() + x.heaviside(),
    ] {
        for at in [0.0, -0.5, 0.5] {
            let tape = Tape::new();
            let x = tape.var(at);
            let g = f(x).grad(x);
            assert_eq!(g.grad(x).value(), 0.0);
            assert_eq!(tape.tangents(|t| t.set(x, 1.0)).of(g), 0.0);
        }
    }
}

#[test]
fn derivatives_of_high_order() {
    let tape = Tape::new();
    let x = tape.var(0.3);
    // the derivatives of sin: cos, -sin, -cos, sin
    let mut d = x.sin();
    for k in 1..=8 {
        d = d.grad(x);
        let want = [0.3_f64.sin(), 0.3_f64.cos(), -0.3_f64.sin(), -0.3_f64.cos()][k % 4];
        assert!(close(d.value(), want, 1e-14), "order {k}");
    }
    // 1/(1-x) = Σ xⁿ: the n-th derivative at 0 is n!
    let x = tape.var(0.0_f64);
    let mut d = (1.0 - x).recip();
    let mut factorial = 1.0;
    for n in 1..=6 {
        d = d.grad(x);
        factorial *= n as f64;
        assert_eq!(d.value(), factorial);
    }
    // the same for a tensor
    let x = tape.var(tensor![0.0, 0.0]);
    let y = (1.0 - x).recip();
    assert_eq!(y.sum().grad(x).sum().grad(x).sum().grad(x).value(), tensor![6.0, 6.0]);
}

#[test]
fn second_derivatives_are_accurate_in_the_tails() {
    // σ'' = σ(x) σ(-x) (σ(-x) - σ(x))
    for (f, at, want) in [
        ((|x| x.sigmoid()) as for<'t> fn(Var<'t, f64>) -> Var<'t, f64>, 40.0, -4.248354255291589e-18),
        (|x| x.sigmoid(), -40.0, 4.248354255291589e-18),
        (|x| x.softplus(), 40.0, 4.248354255291589e-18),
        (|x| x.log_sigmoid(), -40.0, -4.248354255291589e-18),
        (|x| x.exp_m1(), -40.0, 4.248354255291589e-18),
        (|x| x.tanh(), 20.0, -3.398683404233271e-17),
    ] {
        let tape = Tape::new();
        let x = tape.var(at);
        let got = f(x).grad(x).grad(x).value();
        assert!(close(got, want, 1e-14), "at {at}: got {got:e}, want {want:e}");
    }
    let tape = Tape::new();
    let x = tape.var(Tensor::full(9, 20.0));
    assert_close("tanh''", &x.tanh().sum().grad(x).sum().grad(x).value(), &[-3.398683404233271e-17; 9], 1e-14);
}

/// A row with a non-finite mean has NaN second derivatives in all directions and nestings; the other rows are not
/// affected.
#[test]
fn a_nan_row_of_a_layer_norm_has_nan_second_derivatives() {
    type Loss = for<'t> fn(TensorVar<'t>) -> Var<'t, f64>;
    let losses: [Loss; 3] = [|y| y.sum(), |y| y.square().sum(), |y| y.tanh().sum()];
    for (k, loss) in losses.into_iter().enumerate() {
        for bad in [f64::NAN, f64::INFINITY] {
            let x0 = tensor![[1.0, bad, 3.0], [1.0, 2.0, 4.0]];
            for direction in [Tensor::ones([2, 3]), tensor![[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]] {
                let forward = hvp(|x| loss(normed(x)), &x0, &direction);
                let tape = Tape::new();
                let x = tape.var(x0.clone());
                let along = (loss(normed(x)).grad(x) * tape.constant(direction.clone())).sum();
                for (mode, hv) in [("forward", forward), ("reverse", along.backward().wrt(x))] {
                    let hv = hv.to_vec();
                    let right = hv[..3].iter().all(|d| d.is_nan()) && hv[3..].iter().all(|d| d.is_finite());
                    assert!(right, "loss {k}, {bad}, along {direction}, {mode}: {hv:?}");
                }
            }
        }
    }
}

fn normed<'t>(x: TensorVar<'t>) -> TensorVar<'t> {
    let tape = x.tape().unwrap();
    x.layer_norm(tape.constant(tensor![1.0, 2.0, 0.5]), tape.constant(Tensor::zeros(3)), 1e-5)
}

#[test]
fn an_element_of_a_hessian_is_nan_if_either_order_of_differentiation_gives_nan() {
    // At the origin, x ln y has derivative 0 in x, and NaN in y.
    let h: Tensor<f64> = hessian(|v| v.at([0]).xlogy(v.at([1])), &tensor![0.0, 0.0]);
    assert_eq!(h.at([0, 0]), 0.0);
    assert!([h.at([0, 1]), h.at([1, 0]), h.at([1, 1])].iter().all(|d| d.is_nan()), "{h}");
}
