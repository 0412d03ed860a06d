//! Transforms inside functions that are differentiated: known values, and random programs against plain transforms.

use autograd::strategies::{self, Program};
use autograd::*;
use proptest::prelude::*;
use tensor::{Tensor, tensor};

#[test]
fn known_values() {
    assert_eq!(grad(|x| x * grad(|y| x * y * y, x.like(3.0)), 2.0), 24.0);
    // the inner point is the outer variable: x captured inside counts as constant there
    assert_eq!(grad(|x| grad(|y| x * y, x), 3.0), 1.0);
    assert_eq!(grad(|x| x * grad(|y| y * y, x), 2.0), 8.0);
    let inner = objective(|y: Var<f64>| y * y);
    assert_eq!(grad(|x| x * grad(&inner, x), 2.0), 8.0);
}

#[test]
fn derivatives_of_any_order() {
    let fifth = objective(|x: Var<f64>| x * x * x * x * x);
    let first = objective(|x: Var<f64>| grad(&fifth, x));
    assert_eq!(grad(&first, 2.0), 160.0);
    assert_eq!(grad(|x| grad(|y| grad(|z| grad(|u| u.powi(5), z), y), x), 2.0), 240.0);
}

/// The value, and the derivative by a variable that the inner function captures.
#[test]
fn inner_functions_capture_outer_variables() {
    let (value, (a, x)) = value_and_grad(
        |(a, x)| {
            let g = grad(|y| (y * a).exp().sum(), x); // a exp(a y)
            g.sum()
        },
        (0.5, tensor![0.0, 2.0]),
    );
    let e = 1.0_f64.exp();
    assert!((value - (0.5 + 0.5 * e)).abs() < 1e-15, "{value}");
    assert!((a - (1.0 + e + e)).abs() < 1e-15, "{a}"); // exp(a y) (1 + a y)
    assert!((x.at([0]) - 0.25).abs() < 1e-15 && (x.at([1]) - 0.25 * e).abs() < 1e-15, "{x}");
}

#[test]
fn points_are_structures_of_variables() {
    let outer = |x: TensorVar<'_>| -> f64 {
        let s = x.sum();
        let (gs, [ga, gb], gv) = grad(|(s, [a, b], v)| s * a * b + v[0].square().sum(), (s, [s, s], vec![x]));
        (gs + ga + gb + gv[0].sum()).value()
    };
    let tape = Tape::new();
    assert_eq!(outer(tape.var(tensor![1.0, 2.0])), 9.0 + 9.0 + 9.0 + 6.0);
}

/// The Frobenius norm of a Jacobian as a penalty: J = diag(w) for y = w x, so the gradient by w is 2 w.
#[test]
fn a_penalty_on_a_jacobian() {
    let penalty =
        |w: TensorVar<'_>, x: &Tensor<f64>| jacobian(|x| x * w, w.like(x.clone())).square().sum().grad(w).value();
    let tape = Tape::new();
    let w = tape.var(tensor![3.0, -4.0, 0.5]);
    assert_eq!(penalty(w, &tensor![1.0, 2.0, 3.0]), tensor![6.0, -8.0, 1.0]);
}

/// One step of gradient descent on a quadratic a x², differentiated by its rate: d/dr a (x - r 2 a x)².
#[test]
fn a_step_of_gradient_descent_is_differentiated() {
    let (a, x) = (1.5, 2.0);
    let after = objective(|rate: Var<f64>| {
        let loss = |x| (x * x) * a;
        let x = rate.like(x);
        loss(x - rate * grad(loss, x))
    });
    let (value, d) = value_and_grad(&after, 0.1);
    assert!((value - 1.5 * 1.4 * 1.4).abs() < 1e-14, "{value}");
    assert!((d - 2.0 * 1.5 * 1.4 * -6.0).abs() < 1e-13, "{d}");
}

#[test]
fn constants_and_unused_points_have_gradient_zero() {
    assert_eq!(grad(|x| x.detach() * 2.0, 3.0), 0.0);
    assert_eq!(grad(|x| x.like(2.0), 3.0), 0.0);
    assert_eq!(grad(|x| x * grad(|y| y.like(2.0), x), 3.0), 0.0);
    assert_eq!(grad(|x| x * grad(|(_, z)| z * 5.0, (x, x)).1, 3.0), 5.0);
    assert_eq!(grad(|x| x + grad(|y| x * x + y.detach(), x), 3.0), 1.0);
    assert_eq!(jacobian(|x| x.like(tensor![1.0, 2.0]), 3.0), tensor![0.0, 0.0]);
    assert_eq!(hessian(|x| x.like(1.0), tensor![1.0, 2.0]), Tensor::zeros([2, 2]));
    assert_eq!(jvp(|x| x.like(tensor![1.0, 2.0]), 3.0, &1.0), (tensor![1.0, 2.0], tensor![0.0, 0.0]));
    let tape = Tape::new();
    let x = tape.var(3.0);
    assert_eq!(hvp(|y| y.like(1.0), x, &x).value(), 0.0);
    assert_eq!(jacobian(|y| y.like(tensor![1.0, 2.0]), x).value(), tensor![0.0, 0.0]);
}

/// While recording is paused, an inner transform gives its values as constants.
#[test]
fn transforms_without_recording() {
    let tape = Tape::new();
    let x = tape.var(3.0);
    let (value, d) = tape.no_grad(|| value_and_grad(|y| y * y * x, x));
    assert_eq!((value.value(), d.value()), (27.0, 18.0));
    assert!(value.is_constant() && d.is_constant());
    let v = tape.var(tensor![1.0, 2.0]);
    let (g, hv) = tape.no_grad(|| (grad(|y| y.powi(3).sum(), v), hvp(|y| y.powi(3).sum(), v, &v)));
    assert_eq!((g.value(), hv.value()), (tensor![3.0, 12.0], tensor![6.0, 24.0]));
    assert!(g.is_constant() && hv.is_constant());
    assert_eq!((d * x).backward().wrt(x), 18.0);
}

#[test]
fn all_transforms_at_variables_equal_those_at_values() {
    fn f<'t>((a, x): (Var<'t, f64>, TensorVar<'t>)) -> Var<'t, f64> {
        (x * a).sin().sum() * a.exp() + x.prod()
    }
    fn g<'t>((a, x): (Var<'t, f64>, TensorVar<'t>)) -> TensorVar<'t> {
        concat(&[(x * a).exp(), x.cumprod(0) / a], 0)
    }
    let (at, to) = ((0.7, tensor![0.3, -1.2, 0.9]), (-0.4, tensor![1.0, 0.5, -2.0]));
    let tape = Tape::new();
    let x = (tape.var(at.0), tape.var(at.1.clone()));
    let v = (tape.constant(to.0), tape.constant(to.1.clone()));
    let values = |(a, x): (Var<'_, f64>, TensorVar<'_>)| (a.value(), x.value());

    assert_eq!(values(grad(f, x)), grad(f, &at));
    near(&hvp_flat(values(hvp(f, x, &v))), &hvp_flat(hvp(f, &at, &to)));
    near(&hessian_matrix(f, x).value(), &hessian_matrix(f, &at));
    let ((aa, ax), (xa, xx)) = hessian(f, x);
    let ((want_aa, want_ax), (want_xa, want_xx)) = hessian(f, &at);
    for (got, want) in [(aa, want_aa), (ax, want_ax), (xa, want_xa), (xx, want_xx)] {
        near(&got.value(), &want);
    }
    for (got, want) in [
        (jacobian(g, x), jacobian(g, &at)),
        (jacobian_forward(g, x), jacobian_forward(g, &at)),
        (jacobian_reverse(g, x), jacobian_reverse(g, &at)),
    ] {
        near(&got.0.value(), &want.0);
        near(&got.1.value(), &want.1);
    }
    near(&jacobian_matrix(g, x).value(), &jacobian_matrix(g, &at));
    let ((y, dy), (want_y, want_dy)) = (jvp(g, x, &v), jvp(g, &at, &to));
    assert_eq!(y.value(), want_y);
    near(&dy.value(), &want_dy);
    let ((_, pull), (_, want_pull)) = (vjp(g, x), vjp(g, &at));
    assert_eq!(values(pull(&y)), want_pull(&want_y));
}

fn hvp_flat((a, x): (f64, Tensor<f64>)) -> Tensor<f64> {
    flatten((a, x))
}

/// Asserts equality up to rounding; NaN equals NaN.
#[track_caller]
fn near(got: &Tensor<f64>, want: &Tensor<f64>) {
    assert_eq!(got.shape(), want.shape());
    for (g, w) in got.to_vec().into_iter().zip(want.to_vec()) {
        assert!(
            (g - w).abs() <= 1e-11 * (1.0 + w.abs()) || g == w || g.is_nan() && w.is_nan(),
            "got {got}, want {want}"
        );
    }
}

/// Functions that contain transforms pass the gradient check at second order.
#[test]
fn gradcheck_of_nested_transforms() {
    let at = (0.7, tensor![0.3, -1.2]);
    gradcheck(|(a, x)| grad(|y| (y * a).sin().sum() * a, x), at.clone()).order(2).run().unwrap();
    gradcheck(|(a, x)| jvp(|y| (y * a).exp(), x, &x.cos()).1, at.clone()).order(2).run().unwrap();
    gradcheck(|(a, x)| jacobian(|y| (y * a).exp() * y.sum(), x), at.clone()).order(2).run().unwrap();
    gradcheck(|(a, x)| hessian_matrix(|(b, y)| (y * b * a).exp().sum(), (a, x)), at.clone()).order(2).run().unwrap();
    gradcheck(|(a, x)| hvp(|y| (y * a).exp().prod(), x, &(x * a)), at.clone()).order(2).run().unwrap();
    // a pullback is differentiated by its cotangent too
    gradcheck(|(a, x)| vjp(|y| (y * a).exp() * y.sum(), x).1(&x.sin()), at).order(2).run().unwrap();
}

/// The derivative of the inner function by its point, of a program that also uses the outer variables.
fn inner<'t>(p: &Program, (s, t): (Vec<Var<'t, f64>>, Vec<TensorVar<'t>>)) -> (Vec<Var<'t, f64>>, Vec<TensorVar<'t>>) {
    grad(|x| p.run(x), (s, t))
}

proptest! {
    /// The gradient at variables is the plain gradient, and its derivative along a direction is the product of
    /// the Hessian with it.
    #[test]
    fn gradients_of_random_programs(p in strategies::program(1..4, 1..10)) {
        let point = p.point();
        let plain = grad(|x| p.run(x), &point);
        let tape = Tape::new();
        let x: (Vec<_>, Vec<_>) =
            (point.0.iter().map(|&x| tape.var(x)).collect(), point.1.iter().map(|x| tape.var(x.clone())).collect());
        let g = inner(&p, x.clone());
        let values = (g.0.iter().map(|g| g.value()).collect(), g.1.iter().map(|g| g.value()).collect());
        near(&flatten::<f64, (Vec<f64>, Vec<Tensor<f64>>)>(values), &flatten(&plain));

        let product = hvp(|x| p.run(x), &point, &plain);
        let energy = grad(|x| {
            let (gs, gt) = inner(&p, x);
            let squares = gs.into_iter().map(|g| g * g).chain(gt.into_iter().map(|g| g.square().sum()));
            squares.reduce(|a, b| a + b).unwrap() * 0.5
        }, &point);
        near(&flatten(&energy), &flatten(&product));
    }

    /// Recorded tangents equal those of forward mode, and those of recorded tangents equal second derivatives.
    #[test]
    fn tangents_of_random_programs(p in strategies::program(1..4, 1..10)) {
        let point = p.point();
        let direction = grad(|x| p.run(x), &point);
        let (_, first) = jvp(|x| p.run(x), &point, &direction);
        let product = hvp(|x| p.run(x), &point, &direction);
        let second: f64 = flatten(&product).to_vec().iter().zip(flatten(&direction).to_vec()).map(|(a, b)| a * b).sum();

        let tape = Tape::new();
        let x: (Vec<_>, Vec<_>) =
            (point.0.iter().map(|&x| tape.var(x)).collect(), point.1.iter().map(|x| tape.var(x.clone())).collect());
        let v: (Vec<_>, Vec<_>) = (
            direction.0.iter().map(|&x| tape.constant(x)).collect(),
            direction.1.iter().map(|x| tape.constant(x.clone())).collect(),
        );
        let y = p.run(x.clone());
        let dy = y.tangent(&x, v.clone());
        near(&Tensor::scalar(dy.value()), &Tensor::scalar(first));
        let sizes = [flatten(&product).to_vec(), flatten(&direction).to_vec()].concat();
        let scale = sizes.iter().fold(1.0_f64, |m, x| m.max(x.abs()));
        let got = dy.tangent(&x, v).value();
        prop_assert!(
            (got - second).abs() <= 1e-11 * scale * scale || got.is_nan() && second.is_nan(),
            "got {}, want {}", got, second
        );
        // the derivative of the tangent by the point
        if let Some(&x0) = x.0.first() {
            near(&Tensor::scalar(dy.grad(x0).value()), &Tensor::scalar(product.0[0]));
        }
    }
}
