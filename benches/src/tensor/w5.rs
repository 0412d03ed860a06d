//! W5: elementwise and row operations on a million elements, relative to a copy of the bytes that they must move.

use crate::alloc;
use crate::json::{Line, Unit};
use crate::report::Report;
use crate::timing::{interleave, lap};
use autograd::{Tape, Var};
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use tensor::Tensor;

type Matrix = Tensor<f32>;
type Op = for<'t> fn([Var<'t, Matrix>; 4]) -> Output<'t>;

/// The kind of result of an operation.
enum Output<'t> {
    Matrix(Var<'t, Matrix>),
    Number(Var<'t, f32>),
}

/// The operations, as functions of x, of a second matrix of the same shape and of two rows, with the memory traffic of
/// forward and backward, in matrices.
const OPS: [(&str, Op, f64, f64); 9] = {
    use Output::{Matrix, Number};
    [
        ("tanh", |[x, ..]| Matrix(x.tanh()), 2.0, 3.0),
        ("sigmoid", |[x, ..]| Matrix(x.sigmoid()), 2.0, 3.0),
        ("exp", |[x, ..]| Matrix(x.exp()), 2.0, 3.0),
        ("gelu", |[x, ..]| Matrix(x.gelu()), 2.0, 3.0),
        ("relu", |[x, ..]| Matrix(x.relu()), 2.0, 3.0),
        ("softmax", |[x, ..]| Matrix(x.softmax(-1)), 2.0, 3.0),
        ("layernorm", |[x, _, gain, bias]| Matrix(x.layer_norm(gain, bias, 1e-5)), 2.0, 3.0),
        // Both gradients are the cotangent.
        ("add", |[x, y, ..]| Matrix(x + y), 3.0, 0.0),
        ("sum", |[x, ..]| Number(x.sum()), 1.0, 1.0),
    ]
};

/// Measures each operation forward, and forward with backward.
pub(super) fn run(report: &mut Report) {
    let n = if report.args.quick { 100 } else { 1000 };
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(42);
    let mut draw = |rows| Matrix::random_normal([rows, n], 0.0, 1.0, &mut rng);
    let (inputs, seed) = ([draw(n), draw(n), draw(1), draw(1)], draw(n));
    let inputs = inputs.map(|x| if x.shape()[0] == 1 { x.reshape([n]) } else { x });
    for (name, op, forward, backward) in OPS {
        for (case, back, moved) in [("fwd", false, forward), ("fwdbwd", true, forward + backward)] {
            one(report, &format!("{name}.{case}"), op, &inputs, back.then_some(&seed), moved * (n * n) as f64);
        }
    }
}

fn one(report: &mut Report, case: &str, op: Op, inputs: &[Matrix; 4], seed: Option<&Matrix>, moved: f64) {
    let mut tape = Tape::default();
    let mut step = || {
        let on = inputs.each_ref().map(|x| tape.var(x));
        let y = op(on);
        if let Some(seed) = seed {
            let gradients = match y {
                Output::Matrix(y) => y.backward_with(seed),
                Output::Number(y) => y.backward(),
            };
            std::hint::black_box(gradients.wrt(on[0]));
        }
        tape.reset();
    };
    (0..3).for_each(|_| step());
    let before = alloc::count();
    (0..3).for_each(|_| step());
    let allocations = alloc::count() - before;
    // A copy reads and writes each element.
    let copied = (moved / 2.0) as usize;
    let (from, mut to) = (vec![1.0_f32; copied], vec![0.0_f32; copied]);
    let copy = || to.copy_from_slice(std::hint::black_box(&from));
    let [ours, bare] = interleave(report.plan(), [lap(step), lap(copy)]);
    report.emit(
        Line::new("W5", case, report.args.threads)
            .time(Unit::Ms, &ours)
            .against("copy", Unit::Ms, &ours, &bare)
            .with("gb_per_s", moved * 4.0 / ours.median() / 1e9)
            .with("ns_per_element", ours.median() * 1e9 / inputs[0].size() as f64)
            .with("allocations", allocations),
    );
}
