//! X1: derivations of long computations, compared with those of a tenth of the length. The ratio is 10 for linear
//! growth of the time and 100 for quadratic growth.

use crate::args::Workload;
use crate::json::{Line, Unit};
use crate::report::Report;
use crate::timing::{interleave, lap};
use autograd::{Tape, Var};
use explain::{Explain, Explainable};

/// Measures the workload if it is X1. Returns whether it is.
pub fn run(workload: Workload, report: &mut Report) -> bool {
    if workload != Workload::X1 {
        return false;
    }
    let long = if report.args.quick { 1_000 } else { 10_000 };
    let lengths = [long, long / 10];

    let tapes = lengths.map(|_| Tape::new());
    let chains = [0, 1].map(|i| chain(&tapes[i], lengths[i]));
    compare(report, "derive", lengths, |i| chains[i].explain());

    let explanations = chains.map(Var::explain);
    for (explanation, length) in explanations.iter().zip(lengths) {
        if explanation.steps.len() < length {
            report.error(&format!("X1: expected at least {length} steps, got {}", explanation.steps.len()));
        }
    }
    compare(report, "text", lengths, |i| explanations[i].to_string());
    compare(report, "svg", lengths, |i| explanations[i].to_svg());
    compare(report, "html", lengths, |i| explanations[i].to_html());

    let tapes = lengths.map(|_| Tape::new());
    let alike = [0, 1].map(|i| of_one_name(&tapes[i], lengths[i]));
    compare(report, "one_name", lengths, |i| Explain::of(alike[i]).checked(false).run().ok());
    true
}

/// Records a chain of products, sines and sums with `length` nodes.
fn chain(tape: &Tape<f64>, length: usize) -> Var<'_, f64> {
    let (x, w) = (tape.var(0.5).named("x"), tape.var(1.01).named("w"));
    (0..length.div_ceil(3)).fold(x, |h, _| (h * w).sin() + x).named("h")
}

/// Records a chain of nodes that all have the same name, which a derivation must distinguish.
fn of_one_name(tape: &Tape<f64>, length: usize) -> Var<'_, f64> {
    (0..length).fold(tape.var(0.5).named("h"), |h, _| (h * 1.001).named("h"))
}

fn compare<R>(report: &mut Report, case: &str, [long, short]: [usize; 2], f: impl Fn(usize) -> R) {
    let [ours, tenth] = interleave(report.plan(), [lap(|| f(0)), lap(|| f(1))]);
    report.emit(
        Line::new("X1", case, 1)
            .time(Unit::Ms, &ours)
            .against("a tenth of the nodes", Unit::Ms, &ours, &tenth)
            .with("nodes", long)
            .with("yardstick_nodes", short)
            .with("us_per_node", ours.median() * 1e6 / long as f64),
    );
}
