//! Fits networks with one hidden layer to a sine, to illustrate the universal approximation theorem.
//!
//! The theorem (Cybenko 1989; Hornik 1991; Leshno, Lin, Pinkus and Schocken 1993): on a closed and bounded set, a
//! network with one hidden layer can approximate any continuous function with an arbitrarily small maximum error, if
//! and only if the activation is not a polynomial. (A sum of any number of polynomials of degree n has at most degree
//! n.) The theorem says that the weights exist, not that training finds them.
//!
//! The target is sin 3x on [-2, 2]. The number of neurons increases, and the activations are tanh and ReLU, for which
//! the theorem holds, and the identity and the square, for which it does not.
//!
//! Run it with `cargo run --release --example universal_approximation`; `-- --help` lists the options.

use chainrule::nn::prelude::*;
use std::error::Error;

const HELP: &str = "\
Fits networks with one hidden layer to a sine, for several numbers of neurons and activations.

  --quick   few steps, to check that everything works";

const WIDTHS: [usize; 5] = [1, 2, 4, 8, 32];
const POINTS: usize = 200;

fn main() -> Result<(), Box<dyn Error>> {
    let Some(quick) = examples::quick(HELP) else { return Ok(()) };
    let x = Tensor::<f64>::linspace(-2.0, 2.0, POINTS);
    let y = (3.0 * &x).sin();
    let curve = Dataset::regression(x, y)?;

    println!("The maximum error of networks with one hidden layer, fitted to sin 3x on [-2, 2]:\n");
    println!("neurons     tanh     relu   linear   square");
    let mut errors = Vec::new();
    for width in WIDTHS {
        let row = [Some(Tanh), Some(Relu), Some(Linear), None]
            .map(|activation| largest_error(&curve, width, activation, quick));
        let row = row.into_iter().collect::<Result<Vec<_>, _>>()?;
        println!("{width:>7} {}", row.iter().map(|e| format!("{e:>9.4}")).collect::<String>());
        errors.push(row);
    }

    let (narrow, wide) = (&errors[0], &errors[WIDTHS.len() - 1]);
    println!(
        "\nTakeaway: with {} neurons the maximum error is {:.3} for tanh and {:.3} for relu; with one neuron it is",
        WIDTHS[4], wide[0], wide[1]
    );
    println!(
        "{:.2} and {:.2}. Without an activation the network is a line, and with the square a parabola, for any width.",
        narrow[0], narrow[1]
    );
    if !quick {
        assert!(wide[0] < 0.05 && wide[1] < 0.25 && wide[0] < narrow[0] / 10.0, "more neurons have smaller errors");
        // A lower bound for the maximum error of any line and any parabola.
        assert!(
            errors.iter().all(|row| row[2] > 0.9 && row[3] > 0.9),
            "a polynomial activation does not approximate the sine"
        );
    }
    Ok(())
}

/// The maximum error of the fitted network. `None` as the activation is the square.
fn largest_error(
    curve: &Dataset<f64>,
    width: usize,
    activation: Option<Activation>,
    quick: bool,
) -> Result<f64, Box<dyn Error>> {
    let mut rng = seeded(7);
    let mut params = Params::<f64>::new();
    // These initial values spread the bends of the neurons over the interval.
    let spread = Init::Uniform { low: -3.0, high: 3.0 };
    let hidden = Dense::new(1, width).kernel_init(spread).bias_init(spread).build(&mut params, &mut rng);
    let output = Dense::new(width, 1).build(&mut params, &mut rng);
    let network = match activation {
        Some(activation) => Sequential::new().push(hidden).push(activation).push(output),
        None => Sequential::new().push(hidden).push(chainrule::nn::Lambda::new("square", |x| x.square())).push(output),
    };
    let mut model = Model::new(network, params, [1])?.loss(Loss::Mse);
    let epochs = if quick { 20 } else { 3000 };
    let rate = CosineDecay::new(0.02, epochs as u64);
    let fit = Fit::new(Adam::new(rate)).epochs(epochs).batch_size(POINTS).verbosity(Verbosity::Quiet);
    model.fit(curve, fit)?;
    Ok((model.predictions(curve)? - curve.targets()).abs().max())
}
