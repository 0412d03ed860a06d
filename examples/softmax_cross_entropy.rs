//! Softmax and cross-entropy: a Jacobian that is a matrix, and why the two belong together.
//!
//! The derivative of softmax is no list of slopes but J = diag(p) - p pᵀ. With the cross-entropy behind it everything
//! collapses to δ = p - t. The long way gives the same numbers, until a logit is so large that its probability rounds
//! to 0: then it gives nothing at all.
//!
//! Run it with `cargo run --release --example softmax_cross_entropy`.

use chainrule::prelude::*;

fn main() {
    the_jacobian();
    fused_and_unfused();
    saturated();
    println!(
        "\nWhat was to be seen: p - t is the whole derivative, and only the loss that takes logits keeps it where"
    );
    println!("the answer is confidently wrong: which is where it is needed.");
}

fn the_jacobian() {
    let z: Tensor<f64> = tensor![1.0, 2.0, 3.0];
    let j = jacobian(|z| z.softmax(0), &z);
    let p = z.softmax(0);
    let [a, b, c] = [0, 1, 2].map(|i| p[[i]]);
    println!("Softmax of [1, 2, 3] is p = [{a:.4}, {b:.4}, {c:.4}]; its Jacobian diag(p) - p pᵀ:\n{j:.4}");
    let by_hand = p.diag() - p.unsqueeze(1) * &p;
    assert!((&j - by_hand).abs().max() < 1e-15);
    assert!(j.sum_over(1).abs().max() < 1e-15); // adding a number to all logits changes nothing
}

/// Three examples of three classes, both ways, in the notation of books.
fn fused_and_unfused() {
    let logits = tensor![[0.5, -1.0, 2.0], [1.0, 1.0, -1.0]];
    let classes = [2, 0];
    let tape = Tape::new();
    let x = tape.constant(Tensor::eye(2)).named("X");
    let w = tape.var(&logits).named("W"); // with X the identity, the logits are W itself
    let loss = softmax_cross_entropy(x.matmul(w).named("Z"), classes).named("L");
    let explanation = loss.explain();
    let delta = explanation.delta().expect("there is a layer");
    println!("\n{delta}");
    let fused = loss.backward().wrt(w);

    let tape = Tape::new();
    let z = tape.var(logits);
    let p = z.softmax(1);
    let picked = tape.stack(&[p.at([0, 2]), p.at([1, 0])]);
    let unfused = (-picked.ln().mean()).backward().wrt(z);
    let table = compare([("∂L/∂Z", fused.clone())], [("∂L/∂Z", unfused)]);
    println!("\nThe fused loss beside -ln(softmax(z)[class]):\n{table}");
    assert!(table.agrees());
    assert!(fused.sum_over(1).abs().max() < 1e-15, "what one class gains the others lose");
}

/// An answer that is confidently wrong.
fn saturated() {
    let slopes = |clipped: bool| {
        let tape = Tape::new();
        let z = tape.var(tensor![[0.0, 1000.0]]);
        let loss = if clipped {
            // as loss functions of probabilities have it, to avoid ln 0
            -z.softmax(1).clamp(1e-7, 1.0 - 1e-7).ln().at([0, 0])
        } else {
            softmax_cross_entropy(z, [0])
        };
        let slope = loss.backward().wrt(z);
        (loss.value(), [slope[[0, 0]], slope[[0, 1]]], loss.explain().diagnose())
    };
    let (loss, slope, _) = slopes(false);
    println!("\nLogits [0, 1000], and the class is the first.\n  from logits: loss {loss}, slope {slope:?}");
    assert_eq!((loss, slope), (1000.0, [-1.0, 1.0]));
    let (loss, slope, diagnosis) = slopes(true);
    println!("  from clipped probabilities: loss {loss:.2}, slope {slope:?}\n{diagnosis}");
    assert_eq!(slope, [0.0, 0.0]);
    assert!(!diagnosis.is_healthy());
}
