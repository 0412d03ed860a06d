//! One function, f = x² y + y + 2 at (3, 4), differentiated in five ways: by hand, by differences, forwards, backwards,
//! and backwards twice.
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

    let hand = [2.0 * x * y, x * x + 1.0];
    println!("\n1. By hand: ∂f/∂x = 2xy = {}, ∂f/∂y = x² + 1 = {}", hand[0], hand[1]);
    assert_eq!(hand, [24.0, 10.0]);

    differences(hand[0]);
    forwards(hand);
    backwards(hand);
    twice();
    cost();
    println!(
        "\nWhat was to be seen: differences are never exact, however the step is chosen; forward mode is exact and"
    );
    println!("takes a sweep for each input, reverse mode is exact and takes one for all of them.");
}

/// The error of a difference, as the step shrinks: first it falls with h or h², then rounding takes over.
fn differences(exact: f64) {
    let g = |x: f64| (x * AT[1]).sin(); // a function with all derivatives, for an error that can be seen
    let slope = AT[1] * (AT[0] * AT[1]).cos();
    println!("\n2. By differences: the error of ∂/∂x sin(xy) at the same point");
    println!("   {:>8}  {:>12}  {:>12}", "h", "one-sided", "central");
    let mut best = f64::INFINITY;
    for k in 1..=14 {
        let h = 10f64.powi(-k);
        let one = (g(AT[0] + h) - g(AT[0])) / h;
        let two = (g(AT[0] + h) - g(AT[0] - h)) / (2.0 * h);
        println!("   {h:>8.0e}  {:>12.1e}  {:>12.1e}", (one - slope).abs(), (two - slope).abs());
        best = best.min((two - slope).abs());
    }
    // the best step is near the cube root of the machine's precision, 6e-6, and the error there its square
    assert!(best > 1e-13 && best < 1e-8, "{best}");
    let h = f64::EPSILON.cbrt() * AT[0];
    let central = (f(AT[0] + h, AT[1]) - f(AT[0] - h, AT[1])) / (2.0 * h);
    println!("   of f itself, a polynomial, with h = ε^(1/3) · 3: {central}");
    assert!((central - exact).abs() < 1e-8);
}

/// Dual numbers: a value and its tangent go through the function side by side; one sweep for each direction.
fn forwards(hand: [f64; 2]) {
    println!("\n3. Forwards, with a tangent beside each value: one sweep for each input");
    for (k, known) in hand.into_iter().enumerate() {
        let direction = Tensor::from_fn([2], |i| if i[0] == k { 1.0 } else { 0.0 });
        let (value, tangent) = jvp(recorded, &Tensor::from_vec(2, AT), &direction);
        println!("   direction {direction:.0}: f = {value}, tangent {tangent}");
        assert_eq!((value, tangent), (42.0, known));
    }
}

/// Reverse mode: one sweep for all inputs, and its derivation.
fn backwards(hand: [f64; 2]) {
    println!("\n4. Backwards, from the result to its inputs: one sweep for all\n");
    let tape = Tape::new();
    let (x, y) = (tape.var(AT[0]).named("x"), tape.var(AT[1]).named("y"));
    let explanation = (x * x * y + y + 2.0).named("f").explain();
    println!("{explanation}");
    let found: Vec<f64> = explanation.gradients().map(|(_, g)| g.item()).collect();
    assert_eq!(found, hand);
}

/// The gradient differentiated once more.
fn twice() {
    let h = hessian(recorded, &Tensor::from_vec(2, AT));
    println!("\n5. Backwards twice: the Hessian\n{h}");
    assert_eq!(h, tensor![[8.0, 6.0], [6.0, 0.0]]);
}

/// What a whole gradient costs in sweeps, for more and more inputs.
fn cost() {
    println!("\nSweeps for a gradient of a function of n numbers:");
    println!("   {:>8}  {:>12}  {:>9}  {:>9}", "n", "differences", "forwards", "backwards");
    for n in [2, 100, 784, 1_000_000] {
        println!("   {n:>8}  {:>12}  {n:>9}  {:>9}", 2 * n, 1);
    }
}
