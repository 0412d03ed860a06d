//! Trains a network with three outputs: which digit is it, is it even, and how much ink does it contain?
//!
//! A network may have several outputs (heads) that share the layers before them, each with its own loss. Training
//! minimizes the weighted sum of these losses.
//!
//! Run it with `cargo run --release --example digits`; `-- --help` lists the options.

use chainrule::nn::prelude::*;
use std::error::Error;

const HELP: &str = "\
Trains a network with three heads on handwritten digits.

  --quick   4 epochs, to check that everything works";

/// The weight of each head's loss.
const WEIGHTS: [f64; 3] = [1.0, 0.5, 0.5];
/// The accuracy that must be reached.
const EXPECTED: f64 = 0.95;

fn main() -> Result<(), Box<dyn Error>> {
    let Some(quick) = examples::quick(HELP) else { return Ok(()) };
    let mut rng = seeded(42);

    // Three targets for each image: a class, a yes or no, and a number.
    let images = digits();
    let even: Vec<f32> = images.labels().iter().map(|d| if d % 2 == 0 { 1.0 } else { 0.0 }).collect();
    let ink: Tensor = images.x().mean_over(1);
    let set = images.with_labels(Targets::new(even.into())?)?.with_labels(Targets::new(ink)?)?;
    let (train, test) = set.split(0.8, &mut rng)?;

    // The shared layers and three heads.
    let mut params = Params::<f32>::new();
    let mut graph = Graph::new();
    let x = graph.input("image", [64]);
    let body = graph.layer(Dense::new(64, 64).activation(Relu).build(&mut params, &mut rng), x);
    let body = graph.layer(Dense::new(64, 32).activation(Relu).build(&mut params, &mut rng), body);
    for (name, outputs, activation) in [("digit", 10, Softmax), ("even", 1, Sigmoid), ("ink", 1, Linear)] {
        let head = Dense::new(32, outputs).activation(activation).build(&mut params, &mut rng);
        let head = graph.layer(head, body);
        graph.output_named(name, head);
    }
    let mut model = graph.build(&params)?.into_model(params)?.loss_weights(WEIGHTS).metrics(["accuracy"]).seed(42);
    println!("64 pixels -> 64 -> 32 -> digit, even, ink: {} parameters\n", model.params().size());

    let fit = Fit::new(Adam::new(2e-3)).epochs(if quick { 4 } else { 30 }).verbosity(Verbosity::Quiet);
    let history = model.fit(&train, fit.validation(&test))?;
    println!("epoch    loss   digit    even     ink   digits right   parities right");
    for epoch in (0..history.len()).step_by(if quick { 1 } else { 5 }).chain([history.len() - 1]) {
        let metric = |name: &str| history.get(name).map_or(f64::NAN, |values| values[epoch]);
        println!(
            "{:>5}  {:.4}  {:.4}  {:.4}  {:.4}        {:>5.1} %          {:>5.1} %",
            epoch + 1,
            metric("val_loss"),
            metric("val_digit_loss"),
            metric("val_even_loss"),
            metric("val_ink_loss"),
            100.0 * metric("val_digit_accuracy"),
            100.0 * metric("val_even_accuracy"),
        );
    }

    // The loss is the weighted sum of the losses of the heads.
    let metrics = model.evaluate(&test)?;
    let of = |name: &str| metrics.get(name).unwrap_or(f64::NAN);
    let sum: f64 = ["digit_loss", "even_loss", "ink_loss"].iter().zip(WEIGHTS).map(|(name, w)| w * of(name)).sum();
    assert!((of("loss") - sum).abs() < 1e-6, "the loss is {}, expected {sum}", of("loss"));

    // The three predictions for one image.
    let answers = model.predict_all(&[test.x().slice(s![..1])]);
    println!(
        "\nThe first test image: digit {} with {:.1} %, even with {:.1} %, a fraction of {:.3} is ink.",
        answers[0].argmax(),
        100.0 * answers[0].max(),
        100.0 * answers[1].item(),
        answers[2].item()
    );
    println!(
        "Takeaway: three heads share the same layers. {:.1} % of the digits and {:.1} % of the parities are right,",
        100.0 * of("digit_accuracy"),
        100.0 * of("even_accuracy")
    );
    println!(
        "and the error of the ink is {:.3}. The loss is the weighted sum of the three losses.",
        of("ink_loss").sqrt()
    );
    if !quick {
        assert!(of("digit_accuracy") >= EXPECTED && of("even_accuracy") >= EXPECTED, "{metrics}");
    }
    Ok(())
}
