//! W1: a multilayer perceptron 784-300-100-10 learns Fashion-MNIST, by SGD in batches of 32.

use super::products::Products;
use crate::alloc;
use crate::json::{Line, Unit};
use crate::report::Report;
use crate::timing::{interleave, lap};
use autograd::{Params, Tape, softmax_cross_entropy};
use nn::{Mlp, Module};
use optim::{Optimizer, Sgd};
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use tensor::{Indices, Tensor};
use train::{Dataset, accuracy, fashion_mnist};

/// The sizes of the layers.
pub(super) const SIZES: [usize; 4] = [784, 300, 100, 10];
/// The number of examples in a batch.
pub(super) const BATCH: usize = 32;

/// Training of a classifier: a multilayer perceptron with ReLU, softmax cross-entropy and SGD.
#[derive(Debug)]
pub struct Training {
    params: Params<f32>,
    model: Mlp,
    sgd: Sgd<f32>,
    tape: Tape<f32>,
    rng: Xoshiro256PlusPlus,
}

impl Training {
    /// Initializes the weights Glorot-uniform and the biases to zero.
    pub fn new(inputs: usize, hidden: &[usize], classes: usize) -> Self {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
        let mut params = Params::new();
        let model = Mlp::new(inputs, hidden, classes).build(&mut params, &mut rng);
        Training { params, model, sgd: Sgd::new(0.01), tape: Tape::default(), rng }
    }

    /// Makes one pass over the data in random order.
    pub fn epoch(&mut self, data: &Dataset) {
        for batch in data.batches(BATCH, &mut self.rng) {
            self.step(batch.x().clone(), batch.labels());
        }
    }

    /// Makes one training step: forward, backward, update.
    pub fn step(&mut self, x: Tensor<f32>, y: &Indices) {
        let net = self.params.bind(&self.tape);
        let logits = self.model.forward(&net, self.tape.constant(x));
        let gradients = softmax_cross_entropy(logits, y).backward();
        self.sgd.step(&mut self.params, &gradients);
        self.tape.reset();
    }

    /// Returns the accuracy on a data set.
    pub fn accuracy(&self, data: &Dataset) -> f64 {
        accuracy(&self.model.predict(&self.params, &data.x()), data.labels())
    }
}

/// Measures whole epochs, relative to the matrix products of as many steps.
pub(super) fn run(report: &mut Report) {
    let (train, valid, from) = data(report);
    let steps = train.len().div_ceil(BATCH);
    let mut training = Training::new(SIZES[0], &SIZES[1..3], SIZES[3]);
    training.epoch(&train);
    let val_acc = training.accuracy(&valid);
    let before = alloc::count();
    training.epoch(&train);
    let allocations = alloc::count() - before;

    let mut products = Products::step(BATCH, &SIZES).tune();
    let mut plan = report.plan();
    plan.repeats = report.args.repeats.unwrap_or(5);
    let [epochs, bare] =
        interleave(plan, [lap(|| training.epoch(&train)), lap(|| (0..steps).for_each(|_| products.run()))]);
    let per_step = |seconds: f64| seconds / steps as f64;
    let (step, bare) = (epochs.map(per_step), bare.map(per_step));
    report.emit(
        Line::new("W1", "train_step", report.args.threads)
            .time(Unit::Us, &step)
            .against("bare gemms", Unit::Us, &step, &bare)
            .with("epoch_s", epochs.median())
            .with("steps", steps)
            .with("val_acc", val_acc)
            .with("allocations", allocations)
            .with("gflops", products.flops() / step.median() / 1e9)
            .with("bare_gflops", products.flops() / bare.median() / 1e9)
            .with("data", from),
    );
}

/// Returns Fashion-MNIST if it is installed, otherwise random images of the same shape.
pub(super) fn data(report: &mut Report) -> (Dataset, Dataset, &'static str) {
    if !report.args.quick {
        match fashion_mnist(&report.args.data) {
            Ok(f) => return (f.train, f.valid, "fashion-mnist"),
            Err(e) => eprintln!("using random data: {e}"),
        }
    }
    let n = if report.args.quick { 320 } else { 55_000 };
    match (random(n, 1), random(n.min(5_000), 2)) {
        (Ok(train), Ok(valid)) => (train, valid, "random"),
        (Err(e), _) | (_, Err(e)) => unreachable!("random data is valid: {e}"),
    }
}

/// Returns random images in ten classes.
fn random(n: usize, seed: u64) -> Result<Dataset, train::DataError> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let x = Tensor::<f32>::random_uniform([n, SIZES[0]], 0.0, 256.0, &mut rng);
    let bytes = x.to_vec().into_iter().map(|x| x as u8).collect();
    let labels: Vec<usize> = (0..n).map(|i| i * 7 % 10).collect();
    Dataset::classification(train::Features::bytes(SIZES[0], bytes, 1.0 / 255.0)?, labels, 10)
}
