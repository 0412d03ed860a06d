//! The perceptron learns logic gates from its mistakes, one update after the other.
//!
//! Rosenblatt's rule (1958): a positive example that was called negative is added to the weights, a negative one that
//! was called positive is subtracted. Novikoff (1962) proved how often that can happen at most; on XOR, which no line
//! separates, it happens for ever.
//!
//! Run it with `cargo run --release --example perceptron_gates`; with `-- --svg DIR` after it, it writes pictures.

use chainrule::explain::plot;
use chainrule::nn::classic::{FitReport, Keep, Order, Perceptron, Status, boolean_inputs};
use examples::pictures::Pictures;

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

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pictures = Pictures::from_args()?;
    let x = boolean_inputs(2);

    println!("AND, from weights of 0, positive examples first:\n");
    println!("  epoch   x       says        w, b before       w, b after");
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

    println!("\nWhat it says over the square after updates 1, 4, 8 and {}, + for true:\n", stages.len());
    println!("{}", filmstrip(&[0, 3, 7, stages.len() - 1].map(|i| stages[i].clone())));

    println!("  gate   epochs   updates   (R/γ)² allows   w, b");
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
        pictures.save(&format!("perceptron-{name}.svg"), &picture(name, &gate, &neuron)?)?;
    }

    // The rule as it is often written, without a bias: the example of zeros is on every line through the origin.
    let without = perceptron().use_bias(false).fit(&x, &AND)?;
    println!(
        "\nAND without a bias: {}.\n(0, 0) is called positive, and subtracting it changes nothing.",
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

fn says_true((w, b): (&[f64], f64), x: [f64; 2]) -> bool {
    w[0] * x[0] + w[1] * x[1] + b >= 0.0
}

/// The square of the inputs, from -0.5 to 1.5, for each neuron; the four inputs are `0` and `1`, as AND wants them.
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
                    _ if says_true((w, *b), at) => "+ ",
                    _ => "· ",
                }
            };
            text += &format!("  {}", (0..SIDE).map(cell).collect::<String>());
        }
        text = format!("{}\n", text.trim_end());
    }
    text
}

/// What a neuron says of the square, and the truth of its corners.
fn picture(name: &str, gate: &[bool; 4], neuron: &Perceptron) -> Result<String, plot::PlotError> {
    let corners = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
    let examples: Vec<([f64; 2], usize)> = corners.into_iter().zip(gate.iter().map(|&y| usize::from(y))).collect();
    let answer = |x: f64, y: f64| f64::from(u8::from(says_true((neuron.weights(), neuron.bias()), [x, y])));
    plot::boundary(name, -0.5..1.5, -0.5..1.5, answer, &examples)
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
