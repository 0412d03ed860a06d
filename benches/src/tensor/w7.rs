//! W7: second derivatives of W1's loss with respect to all its parameters, and the gradient of each example.

use super::products::Products;
use super::w1::{self, BATCH, SIZES};
use crate::json::{Line, Unit};
use crate::report::Report;
use crate::timing::{interleave, lap};
use autograd::{Tape, Var, hvp, softmax_cross_entropy, value_and_grad};
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use tensor::{Indices, Tensor};

type Matrix = Tensor<f32>;
/// Weights and bias of the three layers.
type Parameters<V> = (V, V, V, V, V, V);

/// Times the gradient beside its bare products, and everything else beside the gradient.
pub(super) fn run(report: &mut Report) {
    let (train, _, from) = w1::data(report);
    let Some(batch) = train.batches_in_order(BATCH).next() else { return };
    let (x, y) = (batch.x, batch.y);
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
    let mut draw = |scale: f32| -> Parameters<Matrix> {
        let mut layer = |l: usize| {
            let bound = scale * (6.0 / (SIZES[l] + SIZES[l + 1]) as f32).sqrt();
            Matrix::random_uniform([SIZES[l], SIZES[l + 1]], -bound, bound, &mut rng)
        };
        let [w1, w2, w3] = [layer(0), layer(1), layer(2)];
        let bias = |l: usize| Matrix::zeros(SIZES[l]);
        (w1, bias(1), w2, bias(2), w3, bias(3))
    };
    let (p, direction) = (draw(1.0), draw(1.0));
    let gradient = || value_and_grad(|p| loss(p, &x, &y), &p);
    let product = || hvp(|p| loss(p, &x, &y), &p, &direction);

    check(report, &p, &direction, &x, &y);
    let mut products = Products::step(BATCH, &SIZES).tune();
    let threads = report.args.threads;
    let [grad, bare] = interleave(report.plan(), [lap(gradient), lap(|| products.run())]);
    report.emit(
        Line::new("W7", "gradient", threads)
            .time(Unit::Us, &grad)
            .against("bare gemms", Unit::Us, &grad, &bare)
            .with("data", from),
    );
    let [second, grad] = interleave(report.plan(), [lap(product), lap(gradient)]);
    report.emit(
        Line::new("W7", "hvp", threads)
            .time(Unit::Us, &second)
            .against("gradient", Unit::Us, &second, &grad)
            .with("data", from),
    );
    let rows: Vec<(Matrix, Indices)> = train.batches_in_order(1).take(BATCH).map(|one| (one.x, one.y)).collect();
    let mut tape = Tape::new();
    let each = || {
        for (x, y) in &rows {
            let on = on(&p, &tape);
            let gradients = loss(on, x, y).backward();
            std::hint::black_box([on.0, on.1, on.2, on.3, on.4, on.5].map(|p| gradients.wrt(p)));
            tape.reset();
        }
    };
    let [samples, grad] = interleave(report.plan(), [lap(each), lap(gradient)]);
    report.emit(
        Line::new("W7", "per_sample_gradients", threads)
            .time(Unit::Us, &samples)
            .against("gradient", Unit::Us, &samples, &grad)
            .with("samples", BATCH)
            .with("data", from),
    );
}

/// The mean cross-entropy of a batch.
fn loss<'t>(p: Parameters<Var<'t, Matrix>>, x: &Matrix, y: &Indices) -> Var<'t, f32> {
    let (w1, b1, w2, b2, w3, b3) = p;
    let Some(tape) = w1.tape() else { unreachable!("a tensor variable has a tape") };
    let h = tape.constant(x.clone()).linear(w1, b1).relu();
    let h = h.linear(w2, b2).relu();
    softmax_cross_entropy(h.linear(w3, b3), y)
}

/// The parameters as variables.
fn on<'t>(p: &Parameters<Matrix>, tape: &'t Tape<f32>) -> Parameters<Var<'t, Matrix>> {
    let var = |x: &Matrix| tape.var(x.clone());
    (var(&p.0), var(&p.1), var(&p.2), var(&p.3), var(&p.4), var(&p.5))
}

/// The product with the Hessian must be the gradient's slope along the direction, by differences.
fn check(report: &mut Report, p: &Parameters<Matrix>, direction: &Parameters<Matrix>, x: &Matrix, y: &Indices) {
    let exact = parts(&hvp(|p| loss(p, x, y), p, direction));
    let h = 1e-3;
    let moved = |h: f32| {
        let step = |p: &Matrix, d: &Matrix| {
            let numbers: Vec<f32> = p.to_vec().iter().zip(d.to_vec()).map(|(p, d)| p + h * d).collect();
            Matrix::from_vec(p.shape(), numbers)
        };
        let (p, d) = (p, direction);
        let p = (
            step(&p.0, &d.0),
            step(&p.1, &d.1),
            step(&p.2, &d.2),
            step(&p.3, &d.3),
            step(&p.4, &d.4),
            step(&p.5, &d.5),
        );
        parts(&value_and_grad(|p| loss(p, x, y), p).1)
    };
    let (up, down) = (moved(h), moved(-h));
    let (mut off, mut size) = (0.0_f64, 0.0_f64);
    for (e, (u, d)) in exact.iter().zip(up.iter().zip(&down)) {
        off += f64::from(e - (u - d) / (2.0 * h)).powi(2);
        size += f64::from(*e).powi(2);
    }
    let error = (off / size).sqrt();
    if error.is_nan() || error > 0.02 {
        report.wrong(&format!("W7 hvp: {error:.1e} from the difference of gradients"));
    }
}

/// All numbers in one row.
fn parts(p: &Parameters<Matrix>) -> Vec<f32> {
    [&p.0, &p.1, &p.2, &p.3, &p.4, &p.5].into_iter().flat_map(Matrix::to_vec).collect()
}
