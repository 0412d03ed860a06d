//! The perceptron learns logic gates from its mistakes, one update after the other.
//!
//! Rosenblatt's rule (1958): a positive example that was called negative is added to the weights, a negative one that
//! was called positive is subtracted. Novikoff (1962) proved how often that can happen at most; on XOR, which no line
//! separates, it happens for ever.
//!
//! Run it with `cargo run --release --example perceptron_gates`.

use chainrule::nn::classic::{ClassicError, FitReport, Keep, Order, Perceptron, Status, boolean_inputs};

const AND: [bool; 4] = [false, false, false, true];
const XOR: [bool; 4] = [false, true, true, false];
/// A gate, and what its lesson says: epochs, updates, weights, bias.
type Lesson = (&'static str, [bool; 4], usize, usize, [f64; 2], f64);
const LESSONS: [Lesson; 5] = [
    ("AND", AND, 6, 11, [2.0, 1.0], -3.0),
    ("OR", [false, true, true, true], 4, 5, [1.0, 1.0], -1.0),
    ("NAND", [true, true, true, false], 6, 10, [-2.0, -1.0], 2.0),
    ("NOR", [true, false, false, false], 4, 4, [-1.0, -1.0], 0.0),
    ("x0", [false, false, true, true], 3, 3, [1.0, 0.0], -1.0),
];

fn main() -> Result<(), ClassicError> {
    let x = boolean_inputs(2);

    println!("AND, from weights of 0, positive examples first:\n");
    println!("  epoch   x       says        w, b before       w, b after");
    let mut neuron = perceptron();
    neuron.fit_with(&x, &AND, |u| {
        println!(
            "  {:<5}   {} {}   {:>4} ≥ 0 is {}   {:<15}   {}",
            u.epoch,
            u.x[0],
            u.x[1],
            u.z,
            if u.y { "false" } else { "true " },
            weights(u.before),
            weights(u.after)
        );
    })?;

    println!("\n  gate   epochs   updates   (R/γ)² allows   w, b");
    for (name, gate, epochs, updates, w, b) in LESSONS {
        let mut neuron = perceptron();
        let report = neuron.fit(&x, &gate)?;
        let bound = report.bound.unwrap_or(f64::INFINITY);
        println!(
            "  {name:<6} {:>4} {:>9} {bound:>13.1}       {}",
            report.epochs,
            report.updates,
            weights((neuron.weights(), neuron.bias()))
        );
        assert_eq!((report.epochs, report.updates, report.status), (epochs, updates, Status::Converged));
        assert_eq!((neuron.weights(), neuron.bias()), (&w[..], b));
        assert!(report.updates as f64 <= bound);
    }

    // The rule as it is often written, without a bias: the example of zeros is on every line through the origin.
    let without = perceptron().use_bias(false).fit(&x, &AND)?;
    println!(
        "\nAND without a bias: {}. (0, 0) is called positive, and subtracting it changes nothing.",
        says(&without)
    );
    assert!(matches!(without.status, Status::CycleDetected { .. }));

    let mut pocket = perceptron().keep(Keep::Pocket);
    let xor = pocket.fit(&x, &XOR)?;
    println!("XOR: {}. The best weights met on the way,", says(&xor));
    println!(
        "kept in the pocket, are {}: {} of 4 right.",
        weights((pocket.weights(), pocket.bias())),
        4 - xor.mistakes
    );
    assert!(matches!(xor.status, Status::CycleDetected { .. }));
    assert_eq!(xor.mistakes, 1);

    println!(
        "\nWhat was to be seen: where a line separates the examples, mistakes end, well below the bound; where none does,\n\
         the weights run in a circle. Two layers, and gradients, get beyond that."
    );
    Ok(())
}

fn perceptron() -> Perceptron {
    Perceptron::new(2).order(Order::PositivesFirst)
}

fn weights((w, b): (&[f64], f64)) -> String {
    format!("({}, {}), {b}", w[0], w[1])
}

fn says(report: &FitReport) -> String {
    match report.status {
        Status::Converged => format!("no mistake in epoch {}", report.epochs),
        Status::CycleDetected { length } => {
            let after = report.epochs - length;
            format!("after epoch {} the weights are those after epoch {after}, and will be again", report.epochs)
        }
        Status::MaxEpochs => format!("still wrong after {} epochs", report.epochs),
    }
}
