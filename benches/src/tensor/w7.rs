//! W7: second derivatives of the loss of W1 with respect to all parameters, per-sample gradients, and recorded steps of
//! gradient descent.

use super::products::Products;
use super::w1::{self, BATCH, SIZES};
use crate::json::{Line, Unit};
use crate::report::Report;
use crate::timing::{interleave, lap};
use autograd::{BoundParams, Params, Scalar, Tape, Var, hvp, softmax_cross_entropy, value_and_grad};
use nn::{Mlp, Module};
use optim::{Optimizer, Sgd};
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use tensor::{Indices, Tensor};

/// The number of recorded steps of gradient descent.
const INNER_STEPS: usize = 5;
/// The learning rate of these steps.
const RATE: f32 = 0.1;

/// The network and a batch of examples.
struct Loss<T: Scalar> {
    model: Mlp,
    x: Tensor<T>,
    y: Indices,
}

impl<T: Scalar> Loss<T> {
    /// The mean cross-entropy.
    fn of<'t>(&self, net: BoundParams<'_, 't, T>) -> Var<'t, T> {
        softmax_cross_entropy(self.model.forward(&net, net.tape().constant(&self.x)), &self.y)
    }
}

/// Measures the gradient relative to its matrix products, and the other cases relative to the gradient.
pub(super) fn run(report: &mut Report) {
    let (train, _, from) = w1::data(report);
    let Some(batch) = train.batches_in_order(BATCH).next() else { return };
    let mut params = Params::<f32>::new();
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
    let model = Mlp::new(SIZES[0], &SIZES[1..3], SIZES[3]).build(&mut params, &mut rng);
    // A direction of the size of the weights.
    let mut direction = params.clone();
    for p in params.keys() {
        direction.set(p, Tensor::random_uniform(params.get(p).shape(), -0.05, 0.05, &mut rng));
    }
    let loss = Loss { model: model.clone(), x: batch.x().clone(), y: batch.labels().clone() };
    let gradient = || value_and_grad(|net| loss.of(net), &params);
    let product = || hvp(|net| loss.of(net), &params, &direction);
    let each: Vec<Loss<f32>> = train
        .batches_in_order(1)
        .take(BATCH)
        .map(|one| Loss { model: model.clone(), x: one.x().clone(), y: one.labels().clone() })
        .collect();
    let mut tape = Tape::default();
    let per_sample = || {
        for loss in &each {
            let net = params.bind(&tape);
            let gradients = loss.of(net).backward();
            params.keys().for_each(|p| {
                std::hint::black_box(gradients.wrt(net.var(p)));
            });
            tape.reset();
        }
    };

    let mut recorded = Tape::default();
    let recorded_steps = || {
        after_steps(&loss, &params, &recorded);
        recorded.reset();
    };

    let (with_tape, by_store) =
        (loss.of(after_steps(&loss, &params, &Tape::default())).value(), stepped(&loss, &params));
    if (with_tape - by_store).abs() > 1e-4 * by_store.abs() {
        report.error(&format!("W7 recorded_steps: expected the loss {by_store} of steps on a store, got {with_tape}"));
    }
    let error = difference(&loss, &params, &direction);
    if error.is_nan() || error > 1e-3 {
        report.error(&format!("W7 hvp: relative to the difference of two gradients, the error is {error:.1e}"));
    }
    let mut products = Products::step(BATCH, &SIZES).tune();
    let (plan, threads) = (report.plan(), report.args.threads);
    let line = |case: &str| Line::new("W7", case, threads);
    let [grad, bare] = interleave(plan, [lap(gradient), lap(|| products.run())]);
    let first = line("gradient").time(Unit::Us, &grad).against("bare gemms", Unit::Us, &grad, &bare);
    report.emit(first.with("data", from));
    let [second, grad] = interleave(plan, [lap(product), lap(gradient)]);
    let second = line("hvp").time(Unit::Us, &second).against("gradient", Unit::Us, &second, &grad);
    report.emit(second.with("max_rel_error", error).with("data", from));
    let [samples, grad] = interleave(plan, [lap(per_sample), lap(gradient)]);
    let samples = line("per_sample_gradients").time(Unit::Us, &samples).against("gradient", Unit::Us, &samples, &grad);
    report.emit(samples.with("samples", BATCH).with("data", from));
    let [steps, grad] = interleave(plan, [lap(recorded_steps), lap(gradient)]);
    let steps = line("recorded_steps").time(Unit::Us, &steps).against("gradient", Unit::Us, &steps, &grad);
    report.emit(steps.with("steps", INNER_STEPS).with("data", from));
}

/// Returns the parameters after recorded steps of gradient descent.
fn after_steps<'p, 't>(loss: &Loss<f32>, params: &'p Params<f32>, tape: &'t Tape<f32>) -> BoundParams<'p, 't, f32> {
    let mut net = params.bind(tape);
    for _ in 0..INNER_STEPS {
        let g = loss.of(net).grads(&net);
        net = net.map(|key, w| w - g.get(key) * RATE);
    }
    net
}

/// Returns the loss after the same steps on a copy of the store.
fn stepped(loss: &Loss<f32>, params: &Params<f32>) -> f32 {
    let mut params = params.clone();
    for _ in 0..INNER_STEPS {
        let (_, g) = value_and_grad(|net| loss.of(net), &params);
        Sgd::new(f64::from(RATE)).step(&mut params, &g);
    }
    value_and_grad(|net| loss.of(net), &params).0
}

/// Returns the error of the product in f32, relative to the difference of two gradients in f64 at points so close that
/// no ReLU changes its sign in between.
fn difference(loss: &Loss<f32>, params: &Params<f32>, direction: &Params<f32>) -> f64 {
    let wide = |p: &Params<f32>| -> Vec<Tensor<f64>> { p.iter().map(|(_, x)| x.cast()).collect() };
    let (at, along) = (wide(params), wide(direction));
    let mut point = Params::<f64>::new();
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(0);
    let model = Mlp::new(SIZES[0], &SIZES[1..3], SIZES[3]).build(&mut point, &mut rng);
    let loss64 = Loss { model, x: loss.x.cast(), y: loss.y.clone() };
    let keys: Vec<_> = point.keys().collect();
    let h = 1e-7;
    let mut gradient = |h: f64| -> Vec<f64> {
        for (&p, (x, d)) in keys.iter().zip(at.iter().zip(&along)) {
            let moved: Vec<f64> = x.to_vec().iter().zip(d.to_vec()).map(|(x, d)| x + h * d).collect();
            point.set(p, Tensor::from_vec(x.shape(), moved));
        }
        let (_, g) = value_and_grad(|net| loss64.of(net), &point);
        g.iter().flat_map(|(_, g)| g.to_vec()).collect()
    };
    let (up, down) = (gradient(h), gradient(-h));
    let exact = hvp(|net| loss.of(net), params, direction);
    let exact: Vec<f32> = exact.iter().flat_map(|(_, g)| g.to_vec()).collect();
    let (mut off, mut size) = (0.0, 0.0);
    for (e, (u, d)) in exact.iter().zip(up.iter().zip(&down)) {
        let slope = (u - d) / (2.0 * h);
        off += (f64::from(*e) - slope).powi(2);
        size += slope.powi(2);
    }
    f64::sqrt(off / size)
}
