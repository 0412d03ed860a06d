//! Softmax and cross-entropy: the Jacobian of softmax, and why the two should be one operation.
//!
//! The Jacobian of softmax is the matrix J = diag(p) - p pᵀ. Together with the cross-entropy, the derivative simplifies
//! to δ = p - t. Computed in two steps, it has the same value, until a probability rounds to 0: then the gradient is
//! lost.
//!
//! Run it with `cargo run --release --example softmax_cross_entropy`.

use chainrule::explain::prelude::*;

fn main() {
    jacobian_of_softmax();
    fused_and_unfused();
    saturated();
    println!(
        "\nTakeaway: the derivative is p - t. Only the loss that is computed from logits has the right gradient if the"
    );
    println!("network is confident of the wrong class, which is where the gradient is needed most.");
}

fn jacobian_of_softmax() {
    let z: Tensor<f64> = tensor![1.0, 2.0, 3.0];
    let j = jacobian(|z| z.softmax(0), &z);
    let p = z.softmax(0);
    let [a, b, c] = [0, 1, 2].map(|i| p[[i]]);
    println!("Softmax of [1, 2, 3] is p = [{a:.4}, {b:.4}, {c:.4}]; its Jacobian diag(p) - p pᵀ:\n{j:.4}");
    let expected = p.diag() - p.unsqueeze(1) * &p;
    assert!((&j - expected).abs().max() < 1e-15);
    assert!(j.sum_over(1).abs().max() < 1e-15); // adding a number to all logits changes nothing
}

/// Two examples of three classes, as one operation and as two, in textbook notation.
fn fused_and_unfused() {
    let logits = tensor![[0.5, -1.0, 2.0], [1.0, 1.0, -1.0]];
    let classes = [2, 0];
    let tape = Tape::new();
    let x = tape.constant(Tensor::eye(2)).named("X");
    let w = tape.var(&logits).named("W"); // with X the identity, the logits are W itself
    let loss = softmax_cross_entropy(x.matmul(w).named("Z"), classes).named("L");
    let explanation = loss.explain();
    let delta = explanation.delta().expect("a layer is recognized");
    println!("\n{delta}");
    let fused = loss.backward().wrt(w);

    let tape = Tape::new();
    let z = tape.var(logits);
    let p = z.softmax(1);
    let picked = tape.stack(&[p.at([0, 2]), p.at([1, 0])]);
    let unfused = (-picked.ln().mean()).backward().wrt(z);
    let table = compare([("∂L/∂Z", fused.clone())], [("∂L/∂Z", unfused)]);
    println!("\nThe fused loss compared with -ln(softmax(z)[class]):\n{table}");
    assert!(table.agrees());
    assert!(fused.sum_over(1).abs().max() < 1e-15, "each row sums to 0");
}

/// A network that is confident of the wrong class.
fn saturated() {
    let gradient = |clipped: bool| {
        let tape = Tape::new();
        let z = tape.var(tensor![[0.0, 1000.0]]);
        let loss = if clipped {
            // Losses of probabilities are often clipped like this, to avoid ln 0.
            -z.softmax(1).clamp(1e-7, 1.0 - 1e-7).ln().at([0, 0])
        } else {
            softmax_cross_entropy(z, [0])
        };
        let g = loss.backward().wrt(z);
        (loss.value(), [g[[0, 0]], g[[0, 1]]], loss.explain().diagnose())
    };
    let (loss, g, _) = gradient(false);
    println!("\nLogits [0, 1000], where the first class is right.\n  from logits: loss {loss}, gradient {g:?}");
    assert_eq!((loss, g), (1000.0, [-1.0, 1.0]));
    let (loss, g, diagnosis) = gradient(true);
    println!("  from clipped probabilities: loss {loss:.2}, gradient {g:?}\n{diagnosis}");
    assert_eq!(g, [0.0, 0.0]);
    assert!(!diagnosis.is_healthy());
}
