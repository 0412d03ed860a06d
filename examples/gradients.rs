//! A tour of derivatives: scalars, tensors, Jacobians, Hessians, derivatives of any order, and generic code.
//!
//! Run it with `cargo run --release --example gradients`.

use chainrule::prelude::*;
use num_traits::Float;

fn main() {
    scalars();
    tensors();
    functions();
    second_order();
    any_order();
    generic_code();
    println!("\nTakeaway: derivatives of all kinds are computed from the same recorded operations.");
}

/// A tape records arithmetic. `backward` differentiates a scalar with respect to everything it was computed from.
fn scalars() {
    println!("Scalars: f = x² y + sin y at (2, 3)");
    let tape = Tape::new();
    let x = tape.var(2.0_f64);
    let y = tape.var(3.0);
    let f = x * x * y + y.sin();
    let g = f.backward();
    println!("  f = {f:.6},  ∂f/∂x = 2xy = {},  ∂f/∂y = x² + cos y = {:.6}", g.wrt(x), g.wrt(y));
    assert_eq!(g.wrt(x), 12.0);
    assert!((g.wrt(y) - (4.0 + 3.0_f64.cos())).abs() < 1e-15);
}

/// Tensors use the same tape. A gradient has the type and shape of its variable.
fn tensors() {
    println!("\nTensors: s = k Σ tanh(W v), W a matrix and k a scalar");
    let tape = Tape::new();
    let w = tape.var(tensor![[0.1, -0.2], [0.4, 0.3]]);
    let k = tape.var(2.0);
    let v = tape.constant(tensor![1.0, 2.0]); // a constant, for which no gradient is computed
    let s = w.matmul(v).tanh().sum() * k;
    let g = s.backward();
    println!("  s = {s:.6},  ∂s/∂k = {:.6},  ∂s/∂W =\n{:.6}", g.wrt(k), g.wrt(w));
    assert!((g.wrt(k) * 2.0 - s.value()).abs() < 1e-15);
}

/// Transforms take a function and a point. The derivative has the structure of the point.
fn functions() {
    println!("\nFunctions: the gradient of a exp(b) at (3, 0), and the Jacobian of polar coordinates at (2, π/2)");
    let (da, db) = grad(|(a, b)| a * b.exp(), (3.0_f64, 0.0_f64));
    println!("  ∂/∂a = {da},  ∂/∂b = {db}");
    assert_eq!((da, db), (1.0, 3.0));

    let at = tensor![2.0, std::f64::consts::FRAC_PI_2];
    let j = jacobian(polar, &at);
    println!("  J =\n{j:.3}");
    assert!((j.at([0, 1]) + 2.0).abs() < 1e-15);

    // vᵀ J takes one reverse sweep and J v one forward sweep, for J of any size.
    let (_, pull) = vjp(polar, &at);
    let (_, tangent) = jvp(polar, &at, &tensor![0.0, 1.0]);
    println!("  (1, 0) J = {:.3},  J (0, 1) = {tangent:.3}", pull(&tensor![1.0, 0.0]));
}

/// Converts polar coordinates (r, φ) to (x, y).
fn polar<'t>(p: TensorVar<'t>) -> TensorVar<'t> {
    let (r, phi) = (p.at([0]), p.at([1]));
    stack(&[(r * phi.cos()).to_tensor(), (r * phi.sin()).to_tensor()], 0)
}

/// The recorded gradient is differentiated again, for a Hessian or for its product with a vector.
fn second_order() {
    println!("\nSecond order: Rosenbrock's function at (-1.2, 1)");
    let at = tensor![-1.2, 1.0];
    let (value, gradient) = value_and_grad(rosenbrock, &at);
    let h = hessian(rosenbrock, &at);
    println!("  f = {value:.1},  ∇f = {gradient:.1},  H =\n{h:.1}");
    let v = tensor![1.0, 2.0];
    let hv = hvp(rosenbrock, &at, &v);
    println!("  H v at v = {v}: {hv:.1}");
    assert!((h.matmul(&v).at([0]) - hv.at([0])).abs() < 1e-9);
}

fn rosenbrock<'t>(x: TensorVar<'t>) -> Var<'t, f64> {
    let (a, b) = (x.at([0]), x.at([1]));
    (b - a * a).square() * 100.0 + (1.0 - a).square()
}

/// `y.grad(x)` is a variable on the same tape, so it can be differentiated again.
fn any_order() {
    println!("\nAny order: the derivatives of x⁵ at 2");
    let tape = Tape::new();
    let x = tape.var(2.0_f64);
    let mut d = x.powi(5);
    for (order, known) in [80.0, 160.0, 240.0, 240.0, 120.0, 0.0].into_iter().enumerate() {
        d = d.grad(x);
        println!("  order {}: {d}", order + 1);
        assert_eq!(d.value(), known);
    }
}

/// The cube root by Newton's method, generic over the number type.
fn cube_root<R: Float>(a: R) -> R {
    let three = R::one() + R::one() + R::one();
    let mut x = a;
    for _ in 0..50 {
        x = x - (x * x * x - a) / (three * x * x);
    }
    x
}

/// A variable is a `Float`, so generic code can be differentiated without changes.
fn generic_code() {
    println!("\nGeneric code: the cube root of 8 by 50 steps of Newton's method");
    let (root, derivative) = value_and_grad(|a| cube_root(a), 8.0_f64);
    println!("  value {root:.12},  derivative {derivative:.12}  (1/12 = {:.12})", 1.0 / 12.0);
    assert!((root - cube_root(8.0)).abs() < 1e-15 && (derivative - 1.0 / 12.0).abs() < 1e-14);
}
