//! Eight optimizers in two valleys and on handwritten digits; and a ninth that looks farther.
//!
//! A valley that is steep across and flat along is where gradient descent is slow: a rate that the walls allow is too
//! small for the floor. What is to be seen is how each method answers that: by gathering speed (momentum), or by
//! measuring each direction by itself (RMSprop, Adagrad, Adam, Lion). On digits, with a rate that suits them, they hardly
//! differ. L-BFGS, which learns the curvature, is at the bottom while the others are still on their way.
//!
//! Run it with `cargo run --release --example optimizer_race`.

use chainrule::prelude::*;

type Racer<T> = (&'static str, Box<dyn Optimizer<T>>);

/// The eight, with a learning rate for each.
fn racers<T: Scalar>(rates: [f64; 8]) -> [Racer<T>; 8] {
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
    let straight = race(valley, [10.0, 1.0], [10, 30, 100], racers([0.03, 0.03, 0.015, 2.0, 0.1, 0.3, 0.3, 0.07]));
    println!("\nA bent valley: Rosenbrock's f = (1 - x)² + 100 (y - x²)², from (-1.2, 1)");
    let bent =
        race(rosenbrock, [-1.2, 1.0], [10, 100, 1000], racers([0.001, 0.0005, 0.0005, 0.5, 0.01, 0.05, 0.05, 0.003]));

    println!("\nHandwritten digits, 64-32-10, ten epochs of batches of 32");
    let read = read_digits(racers([0.1, 0.05, 0.05, 0.05, 0.003, 0.005, 0.005, 0.001]))?;

    println!(
        "\nWhat was to be seen: in the straight valley momentum takes the loss to {:.0e} where plain descent\n\
         is at {:.0e}, though their rate is the same; in the bent one L-BFGS is at the bottom after {} gradients,\n\
         and of the others the best is at {:.0e} after 1000. On digits all read between {:.1} % and {:.1} %:\n\
         with a rate that suits each, the method hardly matters there.",
        straight.losses[1],
        straight.losses[0],
        bent.gradients,
        bent.losses.iter().copied().fold(f64::INFINITY, f64::min),
        100.0 * read.iter().copied().fold(1.0, f64::min),
        100.0 * read.iter().copied().fold(0.0, f64::max),
    );
    assert!(straight.losses[1] < 0.02 * straight.losses[0]);
    assert!(straight.losses.iter().all(|&loss| loss < 75.0), "all go downhill");
    assert!(bent.gradients < 100 && straight.gradients < 30);
    assert!(bent.losses.iter().all(|&loss| loss < 4.0), "all are on the floor, and not where it began");
    assert!(read.iter().all(|&right| right > 0.93), "{read:?}");
    Ok(())
}

/// How a race ended.
struct Outcome {
    /// The loss after all steps, of each.
    losses: Vec<f64>,
    /// How many gradients L-BFGS took.
    gradients: u64,
}

/// Prints where everyone is after some steps, and what the loss is in the end.
fn race(
    f: for<'t> fn(TensorVar<'t>) -> Var<'t, f64>,
    start: [f64; 2],
    shown: [usize; 3],
    racers: [Racer<f64>; 8],
) -> Outcome {
    let heads = shown.map(|step| format!("{:>20}", format!("after {step} steps")));
    println!("  {:<10}{}{:>12}", "", heads.concat(), "loss");
    let mut losses = Vec::new();
    for (name, mut optimizer) in racers {
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

/// Trains the same network from the same weights on the same batches; the share of unseen digits that each reads.
fn read_digits(racers: [Racer<f32>; 8]) -> Result<Vec<f64>, DataError> {
    println!("  {:<10}{:>16}{:>16}{:>12}", "", "loss, epoch 1", "epoch 10", "accuracy");
    let (train, test) = digits().split_stratified(0.8, &mut seeded(42))?;
    let mut shares = Vec::new();
    for (name, mut optimizer) in racers {
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
        let right = accuracy(&model.predict(&params, &test.x()), test.labels());
        println!("  {name:<10}{:>16.4}{:>16.4}{:>10.1} %", losses[0], losses[9], 100.0 * right);
        shares.push(right);
    }
    Ok(shares)
}
