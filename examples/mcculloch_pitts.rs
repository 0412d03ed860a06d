//! The first artificial neuron: it counts the inputs that are 1, and fires if the count reaches a threshold.
//!
//! McCulloch and Pitts (1943): ŷ = 1 if Σ xᵢ ≥ b, else 0, with xᵢ in {0, 1}. The loss is the number of wrong answers.
//! It is a step function of b, so gradient descent does not work; but only n + 2 thresholds differ, and all are tried.
//!
//! Run it with `cargo run --release --example mcculloch_pitts`; `-- --svg DIR` writes a picture.

use chainrule::explain::plot;
use chainrule::nn::classic::{McCullochPitts, boolean_inputs};
use chainrule::prelude::*;
use examples::pictures::Pictures;

/// A Boolean function: its name, its number of inputs, and its truth table in lexicographic order.
struct Gate {
    name: &'static str,
    inputs: usize,
    table: &'static [u8],
    /// The expected loss for b = 0, 1, ...
    losses: &'static [usize],
}

const GATES: [Gate; 5] = [
    Gate { name: "AND", inputs: 2, table: &[0, 0, 0, 1], losses: &[3, 2, 0, 1] },
    Gate { name: "OR", inputs: 2, table: &[0, 1, 1, 1], losses: &[1, 0, 2, 3] },
    Gate { name: "XOR", inputs: 2, table: &[0, 1, 1, 0], losses: &[2, 1, 3, 2] },
    Gate { name: "MAJ3", inputs: 3, table: &[0, 0, 0, 1, 0, 1, 1, 1], losses: &[4, 3, 0, 3, 4] },
    Gate { name: "NOT", inputs: 1, table: &[1, 0], losses: &[1, 2, 1] },
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pictures = Pictures::from_args()?;
    println!("loss(b) = Σ (y - ŷ)² over the truth table, ŷ = 1 if Σ x ≥ b:\n");
    println!("  gate   b = 0   1   2   3   4   best b");
    for gate in &GATES {
        let (x, y) = (boolean_inputs(gate.inputs), booleans(gate.table));
        let mut neuron = McCullochPitts::new(0);
        let found = neuron.fit(&x, &y)?;
        let columns: String = found.losses.iter().map(|loss| format!("{loss:>4}")).collect();
        let best: Vec<String> = found.best.iter().map(usize::to_string).collect();
        let note = if neuron.loss(&x, &y)? == 0 { "" } else { "   (no threshold computes it)" };
        println!("  {:<8}{columns:<20}   {}{note}", gate.name, best.join(" or "));
        assert_eq!(found.losses, gate.losses, "{}", gate.name);
    }

    // NOT needs an inhibitory input.
    let mut not = McCullochPitts::new(0).with_inhibitory([0]);
    let found = not.fit(&boolean_inputs(1), &[true, false])?;
    println!("\nNOT with an inhibitory input, which keeps the neuron from firing: loss(b) = {:?}", found.losses);
    assert_eq!(not.predict(&boolean_inputs(1))?, [true, false]);

    // Inputs other than 0 and 1 are an error.
    let error = McCullochPitts::new(1).predict(&tensor![[0.0, 0.5]]).expect_err("0.5 is not a Boolean");
    println!("\nAn input of 0.5: {error}");

    println!("\nWith two inputs, all boundaries Σ x = b are parallel lines of slope -1:\n");
    println!("{}", picture());
    pictures.save("mcculloch-pitts.svg", &parallels()?)?;

    let counted = [2, 3].map(|n| (n, functions(n)));
    for (n, (computed, all)) in counted {
        println!("Without inhibitory inputs, {computed} of the {all} functions of {n} inputs can be computed.");
    }
    assert_eq!(counted, [(2, (4, 16)), (3, (5, 256))]);
    println!(
        "\nTakeaway: a threshold computes AND, OR and the majority function, and is found by trying all thresholds.\n\
         NOT needs an inhibitory input, and no single neuron computes XOR."
    );
    Ok(())
}

fn booleans(table: &[u8]) -> Vec<bool> {
    table.iter().map(|&y| y == 1).collect()
}

/// The number of functions of n inputs that some threshold computes, and the number of all functions.
fn functions(n: usize) -> (usize, usize) {
    let rows = 1 << n;
    let computes = |function: &u32| {
        let y: Vec<bool> = (0..rows).map(|row| function >> row & 1 == 1).collect();
        let fit = McCullochPitts::new(0).fit(&boolean_inputs(n), &y);
        fit.is_ok_and(|fit| fit.losses.contains(&0))
    };
    let all = 1 << rows;
    ((0..all).filter(computes).count(), all as usize)
}

/// The thresholds whose boundaries are drawn.
const THRESHOLDS: [f64; 3] = [0.5, 1.0, 1.5];

/// The fraction of thresholds reached at each point of the square. The colors of the corners are the values of AND.
fn parallels() -> Result<String, plot::PlotError> {
    let reached = |x: f64, y: f64| THRESHOLDS.iter().filter(|&&b| x + y >= b).count() as f64 / THRESHOLDS.len() as f64;
    let corners = [([0.0, 0.0], 0), ([0.0, 1.0], 0), ([1.0, 0.0], 0), ([1.0, 1.0], 1)];
    plot::boundary("x0 + x1 ≥ 1/2, 1, 3/2", -0.5..1.5, -0.5..1.5, reached, &corners)
}

/// The square of two inputs in characters, with the boundaries for b = 1/2, 1, 3/2.
fn picture() -> String {
    const SIDE: usize = 12;
    const STEP: f64 = 1.0 / SIDE as f64;
    let mut text = String::new();
    for row in 0..=SIDE {
        let x1 = 1.0 - row as f64 * STEP;
        text += if row == 0 {
            "  x1 = 1  "
        } else if row == SIDE {
            "       0  "
        } else {
            "          "
        };
        for column in 0..=SIDE {
            let sum = column as f64 * STEP + x1;
            let corner = (row == 0 || row == SIDE) && (column == 0 || column == SIDE);
            let boundary = THRESHOLDS.iter().any(|b| (sum - b).abs() < STEP / 2.0);
            text += if corner {
                "o "
            } else if boundary {
                "\\ "
            } else {
                "· "
            };
        }
        text.push('\n');
    }
    text + "          x0 = 0                  1\n"
}
