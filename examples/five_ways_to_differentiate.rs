//! Differentiates f = x² y + y + 2 at (3, 4) in five ways: with the formula of the derivative, by finite differences,
//! in forward mode, in reverse mode, and, for the second derivatives, in reverse mode twice.
//!
//! Run it with `cargo run --release --example five_ways_to_differentiate`.

use chainrule::prelude::*;

const AT: [f64; 2] = [3.0, 4.0];

fn f(x: f64, y: f64) -> f64 {
    x * x * y + y + 2.0
}

/// The same for variables.
fn recorded<'t>(v: TensorVar<'t>) -> Var<'t, f64> {
    let (x, y) = (v.at([0]), v.at([1]));
    x * x * y + y + 2.0
}

fn main() {
    let [x, y] = AT;
    println!("f = x² y + y + 2 at ({x}, {y}): {}", f(x, y));
    assert_eq!(f(x, y), 42.0);

    let exact = [2.0 * x * y, x * x + 1.0];
    println!("\n1. The formula: ∂f/∂x = 2xy = {}, ∂f/∂y = x² + 1 = {}", exact[0], exact[1]);
    assert_eq!(exact, [24.0, 10.0]);

    differences(exact[0]);
    forward_mode(exact);
    reverse_mode(exact);
    second_derivatives();
    cost();
    println!(
        "\nTakeaway: finite differences are never exact, for any step size. Forward mode and reverse mode are exact."
    );
    println!("Forward mode takes one sweep for each input, reverse mode one sweep for all inputs.");
}

/// The error of a difference for smaller and smaller steps h: it decreases like h or h², until rounding dominates.
fn differences(exact: f64) {
    let g = |x: f64| (x * AT[1]).sin(); // all derivatives are nonzero, so the error is visible
    let derivative = AT[1] * (AT[0] * AT[1]).cos();
    println!("\n2. Finite differences: the error for ∂/∂x sin(xy) at the same point");
    println!("   {:>8}  {:>12}  {:>12}", "h", "one-sided", "central");
    let mut best = f64::INFINITY;
    for k in 1..=14 {
        let h = 10f64.powi(-k);
        let one = (g(AT[0] + h) - g(AT[0])) / h;
        let two = (g(AT[0] + h) - g(AT[0] - h)) / (2.0 * h);
        println!("   {h:>8.0e}  {:>12.1e}  {:>12.1e}", (one - derivative).abs(), (two - derivative).abs());
        best = best.min((two - derivative).abs());
    }
    // The best step is near ε^(1/3) = 6e-6, where the error is about ε^(2/3).
    assert!(best > 1e-13 && best < 1e-8, "{best}");
    let h = f64::EPSILON.cbrt() * AT[0];
    let central = (f(AT[0] + h, AT[1]) - f(AT[0] - h, AT[1])) / (2.0 * h);
    println!("   for ∂f/∂x with h = 3 ε^(1/3): {central}");
    assert!((central - exact).abs() < 1e-8);
}

/// Forward mode computes a tangent along with each value, in one sweep for each direction.
fn forward_mode(exact: [f64; 2]) {
    println!("\n3. Forward mode: one sweep for each input");
    for (k, known) in exact.into_iter().enumerate() {
        let direction = Tensor::from_fn([2], |i| if i[0] == k { 1.0 } else { 0.0 });
        let (value, tangent) = jvp(recorded, &Tensor::from_vec(2, AT), &direction);
        println!("   direction {direction:.0}: f = {value}, tangent {tangent}");
        assert_eq!((value, tangent), (42.0, known));
    }
}

/// Reverse mode, in one sweep for all inputs, and the derivation.
fn reverse_mode(exact: [f64; 2]) {
    println!("\n4. Reverse mode: one sweep for all inputs\n");
    let tape = Tape::new();
    let (x, y) = (tape.var(AT[0]).named("x"), tape.var(AT[1]).named("y"));
    let explanation = (x * x * y + y + 2.0).named("f").explain();
    println!("{explanation}");
    let gradient: Vec<f64> = explanation.gradients().map(|(_, g)| g.item()).collect();
    assert_eq!(gradient, exact);
}

/// The Hessian: the gradient is differentiated again.
fn second_derivatives() {
    let h = hessian(recorded, &Tensor::from_vec(2, AT));
    println!("\n5. The Hessian, by differentiating the gradient\n{h}");
    assert_eq!(h, tensor![[8.0, 6.0], [6.0, 0.0]]);
}

/// The cost of a gradient, for increasing numbers of inputs.
fn cost() {
    println!("\nEvaluations or sweeps for the gradient of a function of n variables:");
    println!("   {:>8}  {:>12}  {:>9}  {:>9}", "n", "differences", "forward", "reverse");
    for n in [2, 100, 784, 1_000_000] {
        println!("   {n:>8}  {:>12}  {n:>9}  {:>9}", 2 * n, 1);
    }
}
