//! W3: XOR, learned by a network 2-4-1 in full batches of four, which measures the overhead per operation.

use super::products::Products;
use crate::alloc;
use crate::json::{Line, Unit};
use crate::report::Report;
use crate::timing::{interleave, lap};
use autograd::{Params, Tape, bce_with_logits};
use nn::{Mlp, Module, Tanh};
use optim::{Optimizer, Sgd};
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use tensor::{Tensor, tensor};

/// Training of the network.
#[derive(Debug)]
pub struct Xor {
    params: Params<f32>,
    model: Mlp,
    sgd: Sgd<f32>,
    tape: Tape<f32>,
    x: Tensor<f32>,
    y: Tensor<f32>,
}

impl Xor {
    /// Initializes the weights.
    pub fn new() -> Self {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(3);
        let mut params = Params::new();
        let model = Mlp::new(2, [4], 1).activation(Tanh).build(&mut params, &mut rng);
        Xor {
            params,
            model,
            sgd: Sgd::new(0.5),
            tape: Tape::default(),
            x: tensor![[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]],
            y: tensor![[0.0], [1.0], [1.0], [0.0]],
        }
    }

    /// Makes one training step: forward, backward, update. Returns the loss.
    pub fn step(&mut self) -> f32 {
        let net = self.params.bind(&self.tape);
        let logits = self.model.forward(&net, self.tape.constant(&self.x));
        let loss = bce_with_logits(logits, self.tape.constant(&self.y));
        self.sgd.step(&mut self.params, &loss.backward());
        let loss = loss.value();
        self.tape.reset();
        loss
    }
}

impl Default for Xor {
    fn default() -> Self {
        Xor::new()
    }
}

/// Measures whole steps.
pub(super) fn run(report: &mut Report) {
    let mut xor = Xor::new();
    (0..2000).for_each(|_| {
        xor.step();
    });
    let loss = xor.step();
    if loss.is_nan() || loss > 0.05 {
        report.error(&format!("W3: expected a loss of at most 0.05 after 2000 steps, got {loss}"));
    }
    let before = alloc::count();
    (0..100).for_each(|_| {
        xor.step();
    });
    let allocations = alloc::count() - before;
    let mut products = Products::step(4, &[2, 4, 1]).tune();
    let [step, bare] = interleave(report.plan(), [lap(|| xor.step()), lap(|| products.run())]);
    report.emit(
        Line::new("W3", "train_step", report.args.threads)
            .time(Unit::Us, &step)
            .against("bare gemms", Unit::Us, &step, &bare)
            .with("loss_after_2000", f64::from(loss))
            .with("allocations", allocations),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xor_is_learned() {
        let mut xor = Xor::new();
        let first = xor.step();
        let last = (0..2000).map(|_| xor.step()).last();
        assert!(first > 0.5 && last.is_some_and(|last| last < 0.05), "{first} {last:?}");
    }
}
