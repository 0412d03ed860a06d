//! One hidden layer can come as close to any continuous function as one likes: given enough neurons, and not any neurons.
//!
//! The theorem (Cybenko 1989; Hornik 1991; Leshno, Lin, Pinkus and Schocken 1993) speaks of continuous functions on a
//! bounded, closed set, and of the largest error. It holds if and only if the activation is no polynomial: sums of
//! polynomials of one degree are a polynomial of that degree, however many. And it says that weights exist, not that
//! training finds them.
//!
//! Here a network of one hidden layer is fitted to the sine of 3x on [-2, 2], with more and more neurons, and with
//! activations that the theorem allows and that it forbids.
//!
//! Run it with `cargo run --release --example universal_approximation`, or with `-- --help` after it.

use chainrule::prelude::*;
use std::error::Error;

const HELP: &str = "\
Fits one hidden layer to a sine, with more and more neurons and different activations.

  --quick   few steps: enough to see that everything works";

const WIDTHS: [usize; 5] = [1, 2, 4, 8, 32];
const POINTS: usize = 200;

fn main() -> Result<(), Box<dyn Error>> {
    let Some(quick) = examples::quick(HELP) else { return Ok(()) };
    let x = Tensor::<f64>::linspace(-2.0, 2.0, POINTS);
    let y = (3.0 * &x).sin();
    let curve = Dataset::regression(x, y)?;

    println!("The largest error of one hidden layer fitted to sin 3x on [-2, 2]:\n");
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
        "\nWhat was to be seen: with {} neurons tanh is off by {:.3} at most and relu by {:.3}, where one neuron was off",
        WIDTHS[4], wide[0], wide[1]
    );
    println!(
        "by {:.2} and {:.2}. Lines of lines are lines and squares of lines a parabola: no width helps them.",
        narrow[0], narrow[1]
    );
    if !quick {
        assert!(wide[0] < 0.05 && wide[1] < 0.25, "more neurons, smaller errors");
        assert!(wide[0] < narrow[0] / 10.0, "more neurons, smaller errors");
        // The best line and the best parabola stay at least this far away from the sine somewhere.
        assert!(errors.iter().all(|row| row[2] > 0.9 && row[3] > 0.9), "a polynomial stays a polynomial");
    }
    Ok(())
}

/// How far the fitted network is off at most; without an activation its neurons square.
fn largest_error(
    curve: &Dataset<f64>,
    width: usize,
    activation: Option<Activation>,
    quick: bool,
) -> Result<f64, Box<dyn Error>> {
    let mut rng = seeded(7);
    let mut params = Params::<f64>::new();
    // Neurons whose bends are spread over the whole interval.
    let spread = Init::Uniform { low: -3.0, high: 3.0 };
    let hidden = Dense::new(1, width).kernel_init(spread).bias_init(spread).build(&mut params, &mut rng);
    let output = Dense::new(width, 1).build(&mut params, &mut rng);
    let network = match activation {
        Some(activation) => Sequential::new().push(hidden).push(activation).push(output),
        None => Sequential::new().push(hidden).push(chainrule::nn::Lambda::new("square", |x| x.square())).push(output),
    };
    let mut model = Model::new(network, params, [1])?.loss(Loss::Mse);
    let epochs = if quick { 20 } else { 3000 };
    let rate = Cosine::new(0.02, epochs as u64);
    let fit = Fit::new(Adam::new(rate)).epochs(epochs).batch_size(POINTS).verbosity(Verbosity::Quiet);
    model.fit(curve, fit)?;
    Ok((model.predictions(curve)? - curve.targets()).abs().max())
}
