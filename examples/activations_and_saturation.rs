//! Activation functions, their derivatives, and the product of fifty of these derivatives.
//!
//! Run it with `cargo run --release --example activations_and_saturation`; `-- --svg DIR` draws the functions.

use chainrule::explain::{Problem, plot};
use chainrule::nn::prelude::*;
use examples::pictures::Pictures;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let pictures = Pictures::from_args()?;
    let functions: &[(&str, plot::Function)] =
        &[("sigmoid", |x| x.sigmoid()), ("tanh", |x| x.tanh()), ("relu", |x| x.relu()), ("selu", |x| x.selu())];
    pictures.save("activations.svg", &plot::functions("Activations and their derivatives", -5.0..5.0, functions)?)?;
    derivatives();
    products_of_fifty();
    self_normalization();
    diagnosis_of_a_step();
    println!(
        "\nTakeaway: the derivative of a sigmoid is at most 1/4, so ten of them reduce a gradient by a factor of a"
    );
    println!(
        "million. The derivative of ReLU is 0 or 1. SELU keeps mean and variance constant. The derivative of a step"
    );
    println!("function is 0, so nothing before it can learn.");
    Ok(())
}

fn derivatives() {
    println!("The derivatives:\n{:>8}  {:>9}  {:>9}  {:>9}", "x", "sigmoid", "tanh", "relu");
    for x in [-10.0_f64, -2.0, 0.0, 2.0, 10.0] {
        let derivatives = [grad(|x| x.sigmoid(), x), grad(|x| x.tanh(), x), grad(|x| x.relu(), x)];
        println!("{x:>8}  {:>9.6}  {:>9.6}  {:>9.6}", derivatives[0], derivatives[1], derivatives[2]);
    }
    assert_eq!(grad(|x| x.sigmoid(), 0.0_f64), 0.25);
    assert_eq!(grad(|x| x.relu(), 0.0_f64), 0.0);
    // The derivative is accurate in the tails, where y (1 - y) would be 0.
    assert!((grad(|x| x.sigmoid(), 40.0_f64) - 4.248354255291589e-18).abs() < 1e-32);
}

/// Powers of derivatives, at the point where the derivative is largest and at another point.
fn products_of_fifty() {
    println!("\nThe product of 50 derivatives:");
    let product = |derivative: f64| derivative.powi(50);
    let sigmoid = [grad(|x| x.sigmoid(), 0.0_f64), grad(|x| x.sigmoid(), 1.0_f64)].map(product);
    let selu = grad(|x| x.selu(), 1.0_f64);
    println!("  sigmoid at 0: {:.1e}, at 1: {:.1e}", sigmoid[0], sigmoid[1]);
    println!("  relu at 1:    {:.1e}", product(grad(|x| x.relu(), 1.0_f64)));
    println!("  selu at 1:    {:.1e}; for inputs below -0.56 the derivative is less than 1", product(selu));
    assert!(sigmoid[0] < 1e-30 && product(grad(|x| x.relu(), 1.0_f64)) == 1.0);
}

/// A hundred layers of SELU with LeCun's initialization (Klambauer et al. 2017).
fn self_normalization() {
    const WIDTH: usize = 100;
    let mut rng = seeded(42);
    let mut a = Tensor::<f64>::random_normal([500, WIDTH], 0.0, 1.0, &mut rng);
    println!("\nA hundred layers of {WIDTH} units with SELU, inputs with mean 0 and standard deviation 1:");
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

/// The diagnosis for a step function.
fn diagnosis_of_a_step() {
    let tape = Tape::new().traced();
    let w = tape.var(tensor![0.5, -0.25]).named("w");
    let x = tape.constant(tensor![1.0, 2.0]).named("x");
    let diagnosis = w.dot(x).named("z").heaviside().named("y").explain().diagnose();
    println!("\nThe gradient doctor on a step:\n{diagnosis}");
    assert_eq!(diagnosis.findings[0].problem, Problem::Flat);
}
