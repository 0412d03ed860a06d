//! One network, three answers: which digit is it, is it even, and how much ink does it take?
//!
//! A network may have several heads on one body: outputs that share the layers below them, each with a loss of its own.
//! What training makes small is the weighted sum of these losses. The body then learns what all heads can use.
//!
//! Run it with `cargo run --release --example digits`, or with `-- --help` after it.

use chainrule::prelude::*;
use std::error::Error;

const HELP: &str = "\
Trains a network with three heads on handwritten digits.

  --quick   4 epochs: enough to see that everything works";

/// How much each head counts.
const WEIGHTS: [f64; 3] = [1.0, 0.5, 0.5];
/// What an honest run reaches; below it something is broken.
const EXPECTED: f64 = 0.95;

fn main() -> Result<(), Box<dyn Error>> {
    let Some(quick) = examples::quick(HELP) else { return Ok(()) };
    let mut rng = seeded(42);

    // Three things to say of each image: a class, a yes or no, and a number.
    let images = digits();
    let even: Vec<f32> = images.labels().iter().map(|d| if d % 2 == 0 { 1.0 } else { 0.0 }).collect();
    let ink: Tensor = images.x().mean_over(1);
    let set = images.with_labels(Targets::new(even.into())?)?.with_labels(Targets::new(ink)?)?;
    let (train, test) = set.split(0.8, &mut rng)?;

    // A body, and three heads.
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
    println!("64 pixels -> 64 -> 32 -> digit, even, ink: {} weights and biases\n", model.params().size());

    let fit = Fit::new(Adam::new(2e-3)).epochs(if quick { 4 } else { 30 }).verbosity(Verbosity::Quiet);
    let history = model.fit(&train, fit.validation(&test))?;
    println!("epoch    loss   digit    even     ink   right digits   right parities");
    for epoch in (0..history.len()).step_by(if quick { 1 } else { 5 }).chain([history.len() - 1]) {
        let figure = |name: &str| history.get(name).map_or(f64::NAN, |figures| figures[epoch]);
        println!(
            "{:>5}  {:.4}  {:.4}  {:.4}  {:.4}        {:>5.1} %          {:>5.1} %",
            epoch + 1,
            figure("val_loss"),
            figure("val_digit_loss"),
            figure("val_even_loss"),
            figure("val_ink_loss"),
            100.0 * figure("val_digit_accuracy"),
            100.0 * figure("val_even_accuracy"),
        );
    }

    // The loss is the weighted sum of those of the heads.
    let figures = model.evaluate(&test)?;
    let of = |name: &str| figures.get(name).unwrap_or(f64::NAN);
    let sum: f64 = ["digit_loss", "even_loss", "ink_loss"].iter().zip(WEIGHTS).map(|(name, w)| w * of(name)).sum();
    assert!((of("loss") - sum).abs() < 1e-6, "{} is not {sum}", of("loss"));

    // The answers to one image, from the same body.
    let answers = model.predict_all(&[test.x().slice(s![..1])]);
    println!(
        "\nThe first test image: the digit {} with {:.1} %, even with {:.1} %, {:.3} of its paper is ink.",
        answers[0].argmax(),
        100.0 * answers[0].max(),
        100.0 * answers[1].item(),
        answers[2].item()
    );
    println!(
        "What was to be seen: one body serves three heads, {:.1} % of the digits right, {:.1} % of the parities,",
        100.0 * of("digit_accuracy"),
        100.0 * of("even_accuracy")
    );
    println!("and the ink to within {:.3}; the loss is the weighted sum of theirs.", of("ink_loss").sqrt());
    if !quick {
        assert!(of("digit_accuracy") >= EXPECTED && of("even_accuracy") >= EXPECTED, "{figures}");
    }
    Ok(())
}
