//! The examples of micrograd, recorded and explained, and a chain of a million operations.
//!
//! micrograd (Karpathy 2020) is a backpropagation library of a hundred lines. This program computes the expression and
//! the neuron of its documentation, calls `backward` twice, and differentiates a very long chain.
//!
//! Run it with `cargo run --release --example micrograd_tour`.

use chainrule::prelude::*;

fn main() {
    expression();
    neuron();
    twice();
    deep();
    println!(
        "\nTakeaway: a graph of scalars has a derivation in symbols and numbers. Gradients can be computed repeatedly,"
    );
    println!("with the same result, and for graphs of any depth.");
}

/// The expression in micrograd's README.
fn expression() {
    let tape = Tape::new();
    let (a, b) = (tape.var(-4.0_f64).named("a"), tape.var(2.0).named("b"));
    let (c, d) = (a + b, a * b + b.powi(3));
    let c = c + (c + 1.0);
    let c = c + (1.0 + c - a);
    let d = d + (d * 2.0 + (b + a).relu());
    let d = d + (d * 3.0 + (b - a).relu());
    let e = (c.named("c") - d.named("d")).named("e");
    let f = e.square().named("f");
    let g = (f / 2.0 + 10.0 / f).named("g");
    let gradients = g.backward();
    println!("g = {}, ∂g/∂a = {}, ∂g/∂b = {}", g.value(), gradients.wrt(a), gradients.wrt(b));
    close(g.value(), 24.70408163265306);
    close(gradients.wrt(a), 138.83381924198252);
    close(gradients.wrt(b), 645.5772594752187);

    // Every path from g to a contributes to the derivative.
    let explanation = g.explain();
    let paths = explanation.paths(explanation.wanted[0], 100);
    let total: f64 = paths.paths.iter().map(|p| p.contribution).sum();
    println!("∂g/∂a is the sum over {} paths; the five largest:", paths.count);
    for path in paths.paths.iter().take(5) {
        let names: Vec<&str> = path.steps.iter().map(|&at| explanation.steps[at].symbol.text()).collect();
        println!("  {:>10.4}  {}", path.contribution, names.join(" → "));
    }
    assert!(paths.is_complete());
    close(total, gradients.wrt(a));
}

/// A neuron, o = tanh(w1 x1 + w2 x2 + b), with tanh as one operation and composed of simpler operations.
fn neuron() {
    let gradients = |composed: bool| {
        let tape = Tape::new();
        let [x1, x2] = [(2.0, "x1"), (0.0, "x2")].map(|(v, name)| tape.var::<f64>(v).named(name));
        let [w1, w2] = [(-3.0, "w1"), (1.0, "w2")].map(|(v, name)| tape.var::<f64>(v).named(name));
        let b = tape.var(6.8813735870195432).named("b");
        let n = (x1 * w1 + x2 * w2 + b).named("n");
        let e: Var<f64> = (n * 2.0).exp();
        let o = if composed { (e - 1.0) / (e + 1.0) } else { n.tanh() }.named("o");
        if !composed {
            println!("\n{}", o.explain());
        }
        let g = o.backward();
        (o.value(), [x1, w1, x2, w2].map(|v| g.wrt(v)))
    };
    for (o, derivatives) in [gradients(false), gradients(true)] {
        close(o, std::f64::consts::FRAC_1_SQRT_2); // by the choice of b
        for (derivative, known) in derivatives.into_iter().zip([-1.5, 1.0, 0.5, 0.0]) {
            close(derivative, known);
        }
    }
    println!("\ntanh as one operation and as (e²ⁿ - 1) / (e²ⁿ + 1): the same gradients");
}

/// A second call of `backward` gives the same result, since no gradients are stored in the graph. In a library that
/// stores them in the nodes, a second sweep would add to the intermediate gradients of the first.
fn twice() {
    let tape = Tape::new();
    let a = tape.var(-4.0_f64);
    let y = (a * a + a).tanh() * a;
    let (first, second) = (y.backward().wrt(a), y.backward().wrt(a));
    assert_eq!(first.to_bits(), second.to_bits());
    println!("\nTwo calls of backward: {first} and {second}");
}

/// A chain of a million operations: the sweep is not recursive, so the stack does not overflow.
fn deep() {
    let tape = Tape::new();
    let x = tape.var(1.0_f64);
    let mut y = x;
    for _ in 0..1_000_000 {
        y += 1e-6;
    }
    let derivative = y.backward().wrt(x);
    println!("\nA chain of {} nodes: derivative {derivative}", tape.len());
    assert_eq!(derivative, 1.0);
}

fn close(found: f64, known: f64) {
    assert!((found - known).abs() <= 1e-12 * known.abs().max(1.0), "{found} should be {known}");
}
