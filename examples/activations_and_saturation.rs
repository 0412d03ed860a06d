//! Activations, their slopes, and what fifty of them in a row leave of a gradient.
//!
//! Run it with `cargo run --release --example activations_and_saturation`; `-- --svg DIR` draws the functions.

use chainrule::explain::{Ailment, plot};
use chainrule::prelude::*;
use examples::pictures::Pictures;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let pictures = Pictures::from_args()?;
    let functions: &[(&str, plot::Function)] =
        &[("sigmoid", |x| x.sigmoid()), ("tanh", |x| x.tanh()), ("relu", |x| x.relu()), ("selu", |x| x.selu())];
    pictures.save("activations.svg", &plot::functions("Activations and their slopes", -5.0..5.0, functions)?)?;
    the_steepest_slopes();
    fifty_in_a_row();
    self_normalizing();
    the_doctor();
    println!("\nWhat was to be seen: a sigmoid passes at most a quarter, so ten of them pass at most a millionth;");
    println!("ReLU passes all or nothing; SELU keeps mean and variance by itself; and a step passes nothing, ever.");
    Ok(())
}

fn the_steepest_slopes() {
    println!("{:>8}  {:>9}  {:>9}  {:>9}", "slope at", "sigmoid", "tanh", "relu");
    for x in [-10.0_f64, -2.0, 0.0, 2.0, 10.0] {
        let slopes = [grad(|x| x.sigmoid(), x), grad(|x| x.tanh(), x), grad(|x| x.relu(), x)];
        println!("{x:>8}  {:>9.6}  {:>9.6}  {:>9.6}", slopes[0], slopes[1], slopes[2]);
    }
    assert_eq!(grad(|x| x.sigmoid(), 0.0_f64), 0.25);
    assert_eq!(grad(|x| x.relu(), 0.0_f64), 0.0);
    // both tails keep their digits: not y (1 - y), which is 0 here
    assert!((grad(|x| x.sigmoid(), 40.0_f64) - 4.248354255291589e-18).abs() < 1e-32);
}

/// The product of fifty slopes, each at its best point and at an ordinary one.
fn fifty_in_a_row() {
    println!("\nThe product of 50 slopes:");
    let product = |slope: f64| slope.powi(50);
    let sigmoid = [grad(|x| x.sigmoid(), 0.0_f64), grad(|x| x.sigmoid(), 1.0_f64)].map(product);
    let selu = grad(|x| x.selu(), 1.0_f64);
    println!("  sigmoid at 0: {:.1e}, at 1: {:.1e}", sigmoid[0], sigmoid[1]);
    println!("  relu at 1:    {:.1e}", product(grad(|x| x.relu(), 1.0_f64)));
    println!("  selu at 1:    {:.1e}, and its negative side brings the average back", product(selu));
    assert!(sigmoid[0] < 1e-30 && product(grad(|x| x.relu(), 1.0_f64)) == 1.0);
}

/// A hundred layers of SELU with LeCun's initialization (Klambauer et al. 2017).
fn self_normalizing() {
    const WIDTH: usize = 100;
    let mut rng = seeded(42);
    let mut a = Tensor::<f64>::random_normal([500, WIDTH], 0.0, 1.0, &mut rng);
    println!("\nA hundred layers of {WIDTH} units with SELU, inputs of mean 0 and deviation 1:");
    for layer in 1..=100 {
        let w = Tensor::random_normal([WIDTH, WIDTH], 0.0, 1.0 / (WIDTH as f64).sqrt(), &mut rng);
        a = Selu.of(a.matmul(&w));
        let (mean, deviation) = (a.mean(), a.std(0));
        if layer % 20 == 0 {
            println!("  after {layer:>3}: mean {mean:>6.3}, deviation {deviation:.3}");
            assert!(mean.abs() < 0.2 && (deviation - 1.0).abs() < 0.25);
        }
    }
}

/// Why nothing before a step learns.
fn the_doctor() {
    let tape = Tape::new().traced();
    let w = tape.var(tensor![0.5, -0.25]).named("w");
    let x = tape.constant(tensor![1.0, 2.0]).named("x");
    let diagnosis = w.dot(x).named("z").heaviside().named("y").explain().diagnose();
    println!("\nThe gradient doctor on a step:\n{diagnosis}");
    assert_eq!(diagnosis.findings[0].ailment, Ailment::Flat);
}
