//! The perceptron learns logic gates from its mistakes.
//!
//! Rosenblatt's rule (1958): a positive example that was classified as negative is added to the weights, and a negative
//! example that was classified as positive is subtracted. Novikoff (1962) proved a bound for the number of these
//! updates if a line separates the examples. No line separates XOR, so its updates never end.
//!
//! Run it with `cargo run --release --example perceptron_gates`; `-- --svg DIR` writes pictures.

use chainrule::explain::plot;
use chainrule::nn::classic::{FitReport, Keep, Order, Perceptron, Status, boolean_inputs};
use examples::pictures::Pictures;

const AND: [bool; 4] = [false, false, false, true];
const XOR: [bool; 4] = [false, true, true, false];
/// A gate and the expected results: epochs, updates, weights, bias.
type Gate = (&'static str, [bool; 4], usize, usize, [f64; 2], f64);
const GATES: [Gate; 5] = [
    ("AND", AND, 6, 11, [2.0, 1.0], -3.0),
    ("OR", [false, true, true, true], 4, 5, [1.0, 1.0], -1.0),
    ("NAND", [true, true, true, false], 6, 10, [-2.0, -1.0], 2.0),
    ("NOR", [true, false, false, false], 4, 4, [-1.0, -1.0], 0.0),
    ("x0", [false, false, true, true], 3, 3, [1.0, 0.0], -1.0),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pictures = Pictures::from_args()?;
    let x = boolean_inputs(2);

    println!("AND, starting from weights of 0, with the positive examples first:\n");
    println!("  epoch   x       answer      w, b before       w, b after");
    let mut neuron = perceptron();
    let mut stages = Vec::new();
    neuron.fit_with(&x, &AND, |u| {
        stages.push((u.after.0.to_vec(), u.after.1));
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

    println!("\nThe answer for each point of the square after updates 1, 4, 8 and {} (+ is true):\n", stages.len());
    println!("{}", filmstrip(&[0, 3, 7, stages.len() - 1].map(|i| stages[i].clone())));

    println!("  gate   epochs   updates   bound (R/γ)²    w, b");
    for (name, gate, epochs, updates, w, b) in GATES {
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
        pictures.save(&format!("perceptron-{name}.svg"), &picture(name, &gate, &neuron)?)?;
    }

    // Often the rule is written without a bias. But the example (0, 0) is on every line through the origin.
    let without = perceptron().use_bias(false).fit(&x, &AND)?;
    println!(
        "\nAND without a bias: {}.\n(0, 0) is classified as positive, and subtracting it changes nothing.",
        outcome(&without)
    );
    assert!(matches!(without.status, Status::CycleDetected { .. }));

    let mut pocket = perceptron().keep(Keep::Pocket);
    let xor = pocket.fit(&x, &XOR)?;
    println!("XOR: {}.", outcome(&xor));
    println!(
        "The best weights found (the pocket algorithm) are {}: {} of 4 right.",
        weights((pocket.weights(), pocket.bias())),
        4 - xor.mistakes
    );
    assert!(matches!(xor.status, Status::CycleDetected { .. }));
    assert_eq!(xor.mistakes, 1);

    println!(
        "\nTakeaway: if a line separates the examples, the number of updates is finite, here well below the bound.\n\
         Otherwise the weights repeat in a cycle. For XOR, a network needs two layers, and gradients to train them."
    );
    Ok(())
}

fn perceptron() -> Perceptron {
    Perceptron::new(2).order(Order::PositivesFirst)
}

fn fires((w, b): (&[f64], f64), x: [f64; 2]) -> bool {
    w[0] * x[0] + w[1] * x[1] + b >= 0.0
}

/// The answers on the square from -0.5 to 1.5, for each neuron; `0` and `1` are the four inputs with the values of AND.
fn filmstrip(neurons: &[(Vec<f64>, f64)]) -> String {
    const SIDE: i32 = 9; // the inputs are in the rows and columns 2 and 6
    let mut text = String::new();
    for row in (0..SIDE).rev() {
        for (w, b) in neurons {
            let cell = |column: i32| {
                let at = [column, row].map(|i| f64::from(i - 2) / 4.0);
                match (column, row) {
                    (6, 6) => "1 ",
                    (2 | 6, 2 | 6) => "0 ",
                    _ if fires((w, *b), at) => "+ ",
                    _ => "· ",
                }
            };
            text += &format!("  {}", (0..SIDE).map(cell).collect::<String>());
        }
        text = format!("{}\n", text.trim_end());
    }
    text
}

/// The answers of a neuron on the square, and the values of the gate at its corners.
fn picture(name: &str, gate: &[bool; 4], neuron: &Perceptron) -> Result<String, plot::PlotError> {
    let corners = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
    let examples: Vec<([f64; 2], usize)> = corners.into_iter().zip(gate.iter().map(|&y| usize::from(y))).collect();
    let answer = |x: f64, y: f64| f64::from(u8::from(fires((neuron.weights(), neuron.bias()), [x, y])));
    plot::boundary(name, -0.5..1.5, -0.5..1.5, answer, &examples)
}

fn weights((w, b): (&[f64], f64)) -> String {
    format!("({}, {}), {b}", w[0], w[1])
}

fn outcome(report: &FitReport) -> String {
    match report.status {
        Status::Converged => format!("no mistake in epoch {}", report.epochs),
        Status::CycleDetected { length } => {
            let after = report.epochs - length;
            format!("the weights after epoch {} are those after epoch {after}, so they repeat", report.epochs)
        }
        Status::MaxEpochs => format!("not converged after {} epochs", report.epochs),
    }
}
