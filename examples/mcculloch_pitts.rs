//! The first artificial neuron: it counts the inputs that are on, and fires from a threshold on.
//!
//! McCulloch and Pitts (1943): ŷ = 1 if Σ xᵢ ≥ b, else 0, with xᵢ in {0, 1}. The loss, the number of wrong answers, is
//! a staircase in b, so no gradient leads down it; but there are only n + 2 thresholds, and all of them are tried.
//!
//! Run it with `cargo run --release --example mcculloch_pitts`; with `-- --svg DIR` after it, it writes a picture.

use chainrule::explain::plot;
use chainrule::nn::classic::{McCullochPitts, boolean_inputs};
use chainrule::prelude::*;
use examples::pictures::Pictures;

/// A function of Boolean inputs: its name, how many inputs it has, its truth table in lexicographic order.
struct Gate {
    name: &'static str,
    inputs: usize,
    table: &'static [u8],
    /// The loss at b = 0, 1, ...: worked by hand.
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
        let solved = if neuron.loss(&x, &y)? == 0 { "" } else { "   (no threshold computes it)" };
        println!("  {:<8}{columns:<20}   {}{solved}", gate.name, best.join(" or "));
        assert_eq!(found.losses, gate.losses, "{}", gate.name);
    }

    // NOT needs an input that forbids.
    let mut not = McCullochPitts::new(0).with_inhibitory([0]);
    let found = not.fit(&boolean_inputs(1), &[true, false])?;
    println!("\nNOT with an inhibitory input, which keeps the neuron silent: loss(b) = {:?}", found.losses);
    assert_eq!(not.predict(&boolean_inputs(1))?, [true, false]);

    // What is not 0 or 1 is refused.
    let refused = McCullochPitts::new(1).predict(&tensor![[0.0, 0.5]]).expect_err("0.5 is no Boolean");
    println!("\nAn input of 0.5: {refused}");

    println!("\nAll boundaries Σ x = b of two inputs are parallel lines of slope -1:\n");
    println!("{}", picture());
    pictures.save("mcculloch-pitts.svg", &parallels()?)?;

    let counted = [2, 3].map(|n| (n, functions(n)));
    for (n, (computed, all)) in counted {
        println!("Without inhibition {computed} of the {all} functions of {n} inputs can be computed.");
    }
    assert_eq!(counted, [(2, (4, 16)), (3, (5, 256))]);
    println!(
        "\nWhat was to be seen: a threshold computes AND, OR and majorities, found by trying; NOT takes inhibition,\n\
         and XOR is out of reach of a single neuron."
    );
    Ok(())
}

fn booleans(table: &[u8]) -> Vec<bool> {
    table.iter().map(|&y| y == 1).collect()
}

/// How many functions of n inputs some threshold computes, and how many there are.
fn functions(n: usize) -> (usize, usize) {
    let rows = 1 << n;
    let computes = |function: &u32| {
        let y: Vec<bool> = (0..rows).map(|row| function >> row & 1 == 1).collect();
        let found = McCullochPitts::new(0).fit(&boolean_inputs(n), &y);
        found.is_ok_and(|found| found.losses.contains(&0))
    };
    let all = 1 << rows;
    ((0..all).filter(computes).count(), all as usize)
}

/// Thresholds whose boundaries are drawn.
const THRESHOLDS: [f64; 3] = [0.5, 1.0, 1.5];

/// The thresholds that are reached, from none to all, over the square; the corners are colored as AND wants them.
fn parallels() -> Result<String, plot::PlotError> {
    let reached = |x: f64, y: f64| THRESHOLDS.iter().filter(|&&b| x + y >= b).count() as f64 / THRESHOLDS.len() as f64;
    let corners = [([0.0, 0.0], 0), ([0.0, 1.0], 0), ([1.0, 0.0], 0), ([1.0, 1.0], 1)];
    plot::boundary("x0 + x1 ≥ 1/2, 1, 3/2", -0.5..1.5, -0.5..1.5, reached, &corners)
}

/// The square of two inputs with the boundaries of b = 1/2, 1, 3/2: where the sum of the coordinates crosses them.
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
