//! Compares eight optimizers and L-BFGS in two valleys, and the eight on handwritten digits.
//!
//! Gradient descent is slow in a narrow valley: the learning rate that the steep direction allows is too small for the
//! flat direction. The methods deal with this in different ways: by a velocity (momentum), or by scaling each direction
//! separately (RMSprop, Adagrad, Adam, Lion). L-BFGS estimates the curvature, and needs far fewer steps here. On
//! digits, with a suitable rate for each, the methods hardly differ.
//!
//! Run it with `cargo run --release --example optimizer_race`.

use chainrule::autograd::prelude::*;
use chainrule::optim::prelude::*;

type Competitor<T> = (&'static str, Box<dyn Optimizer<T>>);

/// The eight optimizers with these learning rates.
fn optimizers<T: Scalar>(rates: [f64; 8]) -> [Competitor<T>; 8] {
    let [sgd, momentum, nesterov, adagrad, rmsprop, adam, nadam, lion] = rates;
    [
        ("SGD", Box::new(Sgd::new(sgd))),
        ("momentum", Box::new(Sgd::new(momentum).momentum(0.9))),
        ("Nesterov", Box::new(Sgd::new(nesterov).momentum(0.9).nesterov())),
        ("Adagrad", Box::new(Adagrad::new(adagrad))),
        ("RMSprop", Box::new(RmsProp::new(rmsprop))),
        ("Adam", Box::new(Adam::new(adam))),
        ("Nadam", Box::new(Nadam::new(nadam))),
        ("Lion", Box::new(Lion::new(lion))),
    ]
}

fn main() -> Result<(), DataError> {
    println!("A straight valley: f = ½ (x² + 50 y²), from (10, 1)");
    let straight = race(valley, [10.0, 1.0], [10, 30, 100], optimizers([0.03, 0.03, 0.015, 2.0, 0.1, 0.3, 0.3, 0.07]));
    println!("\nA curved valley: Rosenbrock's f = (1 - x)² + 100 (y - x²)², from (-1.2, 1)");
    let curved = race(
        rosenbrock,
        [-1.2, 1.0],
        [10, 100, 1000],
        optimizers([0.001, 0.0005, 0.0005, 0.5, 0.01, 0.05, 0.05, 0.003]),
    );

    println!("\nHandwritten digits, 64-32-10, ten epochs of batches of 32");
    let accuracies = train_on_digits(optimizers([0.1, 0.05, 0.05, 0.05, 0.003, 0.005, 0.005, 0.001]))?;

    println!(
        "\nTakeaway: in the straight valley, momentum reduces the loss to {:.0e} and gradient descent to {:.0e}, with\n\
         the same learning rate. In the curved valley, L-BFGS converges after {} gradients, and the smallest\n\
         loss of the others is {:.0e} after 1000. On digits, all accuracies are between {:.1} % and {:.1} %:\n\
         with a suitable learning rate, the choice of the optimizer hardly matters there.",
        straight.losses[1],
        straight.losses[0],
        curved.gradients,
        curved.losses.iter().copied().fold(f64::INFINITY, f64::min),
        100.0 * accuracies.iter().copied().fold(1.0, f64::min),
        100.0 * accuracies.iter().copied().fold(0.0, f64::max),
    );
    assert!(straight.losses[1] < 0.02 * straight.losses[0]);
    assert!(straight.losses.iter().all(|&loss| loss < 75.0), "every loss is reduced");
    assert!(curved.gradients < 100 && straight.gradients < 30);
    assert!(curved.losses.iter().all(|&loss| loss < 4.0), "all have reached the valley and moved along it");
    assert!(accuracies.iter().all(|&accuracy| accuracy > 0.93), "{accuracies:?}");
    Ok(())
}

/// The result of a comparison.
struct Outcome {
    /// The final loss of each optimizer.
    losses: Vec<f64>,
    /// The number of gradients that L-BFGS computed.
    gradients: u64,
}

/// Prints the position of each optimizer after some steps, and its final loss.
fn race(
    f: for<'t> fn(TensorVar<'t>) -> Var<'t, f64>,
    start: [f64; 2],
    shown: [usize; 3],
    optimizers: [Competitor<f64>; 8],
) -> Outcome {
    let heads = shown.map(|step| format!("{:>20}", format!("after {step} steps")));
    println!("  {:<10}{}{:>12}", "", heads.concat(), "loss");
    let mut losses = Vec::new();
    for (name, mut optimizer) in optimizers {
        let mut params = Params::new();
        let at = params.add("at", Tensor::from_vec(2, start));
        let mut path = String::new();
        let mut tape = Tape::default();
        for step in 1..=shown[2] {
            let grads = f(params.bind(&tape).var(at)).backward();
            optimizer.step(&mut params, &grads);
            drop(grads);
            tape.reset();
            if shown.contains(&step) {
                path += &point(params.get(at));
            }
        }
        let loss = f(tape.constant(params.get(at))).value();
        println!("  {name:<10}{path}{loss:>12.1e}");
        losses.push(loss);
    }
    let mut params = Params::new();
    let at = params.add("at", Tensor::from_vec(2, start));
    let report = Lbfgs::new().minimize(&mut params, |net| f(net.var(at)));
    println!(
        "  {:<10}{:>60}{:>12.1e}",
        "L-BFGS",
        format!("after {} gradients{}", report.evaluations, point(params.get(at))),
        report.loss
    );
    assert!(report.converged(), "{report}");
    Outcome { losses, gradients: report.evaluations }
}

fn point(at: &Tensor<f64>) -> String {
    format!("{:>20}", format!("({:.3}, {:.3})", at.at([0]), at.at([1])))
}

fn valley<'t>(at: TensorVar<'t>) -> Var<'t, f64> {
    let (x, y) = (at.at([0]), at.at([1]));
    (x.square() + y.square() * 50.0) * 0.5
}

fn rosenbrock<'t>(at: TensorVar<'t>) -> Var<'t, f64> {
    let (x, y) = (at.at([0]), at.at([1]));
    (1.0 - x).square() + (y - x * x).square() * 100.0
}

/// Trains the same network with each optimizer, from the same weights on the same batches. Returns the test accuracies.
fn train_on_digits(optimizers: [Competitor<f32>; 8]) -> Result<Vec<f64>, DataError> {
    println!("  {:<10}{:>16}{:>16}{:>12}", "", "loss, epoch 1", "epoch 10", "accuracy");
    let (train, test) = digits().split_stratified(0.8, &mut seeded(42))?;
    let mut accuracies = Vec::new();
    for (name, mut optimizer) in optimizers {
        let mut rng = seeded(42);
        let mut params = Params::<f32>::new();
        let model = Mlp::new(64, [32], 10).activation(Relu).build(&mut params, &mut rng);
        let mut tape = Tape::default();
        let mut losses = Vec::new();
        for _ in 0..10 {
            let mut sum = 0.0;
            for batch in train.batches(32, &mut rng) {
                let n = batch.labels().as_slice().len() as f64;
                let loss =
                    softmax_cross_entropy(model.forward(&params.bind(&tape), tape.constant(batch.x())), batch.labels());
                let grads = loss.backward();
                optimizer.step(&mut params, &grads);
                sum += n * f64::from(loss.value());
                drop(grads);
                tape.reset();
            }
            losses.push(sum / train.len() as f64);
        }
        let accuracy = accuracy(&model.predict(&params, &test.x()), test.labels());
        println!("  {name:<10}{:>16.4}{:>16.4}{:>10.1} %", losses[0], losses[9], 100.0 * accuracy);
        accuracies.push(accuracy);
    }
    Ok(accuracies)
}
