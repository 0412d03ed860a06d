//! Compares the gradients of all layers in networks of a hundred layers, with sigmoid, ReLU and SELU.
//!
//! The networks have the same width and depth. Each has the initialization that was designed for its activation.
//!
//! Run it with `cargo run --release --example vanishing_gradients`; `-- --svg DIR` draws the norms.

use chainrule::explain::prelude::*;
use chainrule::explain::{Problem, plot};
use chainrule::nn::prelude::*;
use examples::pictures::Pictures;
use std::error::Error;

const DEPTH: usize = 100;
const WIDTH: usize = 50;

fn main() -> Result<(), Box<dyn Error>> {
    let n = WIDTH as f64;
    let networks = [
        ("sigmoid", Sigmoid, (1.0 / n).sqrt()), // Glorot: 2 / (n_in + n_out)
        ("relu", Relu, (2.0 / n).sqrt()),       // He
        ("selu", Selu, (1.0 / n).sqrt()),       // LeCun
    ];
    let results: Vec<(&str, Vec<f64>, Explanation)> = networks
        .into_iter()
        .map(|(name, activation, deviation)| {
            let (norms, explanation) = gradients(activation, deviation);
            (name, norms, explanation)
        })
        .collect();

    println!("The norm of ∂L/∂W for some layers, starting from the input:\n");
    println!("{:>6}  {:>10}  {:>10}  {:>10}", "layer", "sigmoid", "relu", "selu");
    for layer in (0..DEPTH).filter(|layer| layer % 11 == 0) {
        print!("{:>6}", layer + 1);
        for (_, norms, _) in &results {
            print!("  {:>10.2e}", norms[layer]);
        }
        println!();
    }
    // The norm in the first layer divided by that in the last layer.
    let ratio = |k: usize| results[k].1[0] / results[k].1[DEPTH - 1];
    println!(
        "\nfirst layer divided by last layer: sigmoid {:.0e}, relu {:.2}, selu {:.2}",
        ratio(0),
        ratio(1),
        ratio(2)
    );
    // The derivative of a sigmoid is at most 1/4, and multiplication by these weights hardly changes the norm of δ.
    assert!(ratio(0) < 0.25_f64.powi(DEPTH as i32 - 1), "{:e}", ratio(0));
    assert!((0.01..100.0).contains(&ratio(1)) && (0.01..100.0).contains(&ratio(2)));

    println!("\nThe diagnosis for the sigmoid network:");
    let diagnosis = results[0].2.diagnose();
    println!("{diagnosis}");
    assert!(diagnosis.findings.iter().any(|f| matches!(f.problem, Problem::Vanishing(_))));

    let norms: Vec<(&str, Vec<f64>)> = results.into_iter().map(|(name, norms, _)| (name, norms)).collect();
    let pictures = Pictures::from_args()?;
    pictures.save("vanishing_gradients.svg", &plot::norms("The norm of the gradient, layer by layer", &norms)?)?;
    println!("\nTakeaway: behind a hundred sigmoids almost nothing is left of the gradient, for any");
    println!("loss. With ReLU or SELU and a suitable initialization, the gradient of the first");
    println!("layer is as large as that of the last, within a factor of a hundred.");
    Ok(())
}

/// The norms of the gradients of all weights, and the derivation.
fn gradients(activation: Activation, deviation: f64) -> (Vec<f64>, Explanation) {
    let mut rng = seeded(7);
    let tape = Tape::new();
    let mut a = tape.constant(Tensor::<f64>::random_normal([32, WIDTH], 0.0, 1.0, &mut rng)).named("X");
    let mut weights = Vec::new();
    for layer in 1..=DEPTH {
        let w = Tensor::random_normal([WIDTH, WIDTH], 0.0, deviation, &mut rng);
        let w = tape.var(w).named(format!("W{layer}"));
        let z = a.matmul(w).named(format!("Z{layer}"));
        a = activation.apply(z).named(format!("A{layer}"));
        weights.push(w);
    }
    let loss = a.square().mean().named("L");
    let g = loss.backward();
    let norms = weights.iter().map(|&w| g.wrt(w).norm()).collect();
    let explanation = Explain::of(loss).checked(false).run().expect("the loss is a scalar on a tape");
    (norms, explanation)
}
