//! Scalar workloads: each function is written once, generic over [`Number`], and run on `f64`, on variables of
//! chainrule and on those of the crate `reverse`.

mod chain;
mod check;
mod data;
mod det;
mod engine;
mod gmm;
mod lstm;
mod mlp;
mod number;
mod rosenbrock;

pub use chain::Chain;
pub use det::Determinant;
pub use engine::{Chainrule, Engine, Recorded, Reverse, Transform};
pub use gmm::{Gmm, Nary, Plain, Sums};
pub use lstm::Lstm;
pub use mlp::Mlp;
pub use number::{Number, Objective};
pub use rosenbrock::Rosenbrock;

use crate::args::Workload;
use crate::json::{Line, Unit};
use crate::report::Report;
use crate::timing::{interleave, lap};
use check::Expected;
use data::Data;

/// Measures a workload if it is one of these. Returns whether it is.
pub fn run(workload: Workload, report: &mut Report) -> bool {
    let dir = &report.args.scalar_data.clone();
    let quick = report.args.quick;
    match workload {
        Workload::S1 => {
            let f = Rosenbrock::new(1000);
            case(workload, "gradient", &f, Some(&rosenbrock::EXPECTED), None, report);
            beside_var(workload, "real", Recorded, &f, Some(&rosenbrock::EXPECTED), None, report);
        }
        Workload::S2 => gmm(workload, Data::open(dir, "gmm_d10_K25.txt"), &gmm::LARGE, report),
        Workload::S2Small => gmm(workload, Data::open(dir, "gmm_d2_K5.txt"), &gmm::SMALL, report),
        Workload::S4 => with(Data::open(dir, "lstm_l2_c1024.txt"), report, |data, from, report| {
            let f = data.map_or_else(|| Ok(Lstm::random()), Lstm::read)?;
            let expected = from.is_none().then_some(&lstm::EXPECTED);
            case(workload, "gradient", &f, expected, from, report);
            beside_var(workload, "real", Recorded, &f, expected, from, report);
            Ok(())
        }),
        Workload::S5 => with(Data::open(dir, "moons100.txt"), report, |data, from, report| {
            let f = data.map_or_else(|| Ok(Mlp::random()), Mlp::read)?;
            case(workload, "gradient", &f, from.is_none().then_some(&mlp::EXPECTED), from, report);
            Ok(())
        }),
        Workload::S6 if quick => case(workload, "gradient", &Chain::new(10_000), None, None, report),
        Workload::S6 => {
            case(workload, "gradient", &Chain::new(chain::STEPS), Some(&chain::EXPECTED), None, report);
        }
        Workload::Det => {
            let f = Determinant::new();
            case(workload, "gradient", &f, Some(&det::EXPECTED), None, report);
            beside_var(workload, "transform", Transform, &f, Some(&det::EXPECTED), None, report);
        }
        _ => return false,
    }
    true
}

/// Calls `f` with the contents of a file, or with none, and with the word for the kind of data in the output.
fn with(
    data: Result<Option<Data>, String>,
    report: &mut Report,
    f: impl FnOnce(Option<Data>, Option<&'static str>, &mut Report) -> Result<(), String>,
) {
    let outcome = data.and_then(|data| {
        let from = data.is_none().then_some("random");
        f(data, from, report)
    });
    if let Err(what) = outcome {
        report.error(&what);
    }
}

/// Measures both cases of a mixture: one node for each operation, and one for each sum.
fn gmm(workload: Workload, data: Result<Option<Data>, String>, size: &gmm::Size, report: &mut Report) {
    with(data, report, |data, from, report| {
        let f: Gmm = data.map_or_else(|| Ok(Gmm::random(size)), Gmm::read)?;
        let expected = from.is_none().then_some(&size.expected);
        case(workload, "gradient", &f, expected, from, report);
        nary(workload, &f, expected, from, report);
        Ok(())
    });
}

/// Checks a gradient and measures it alternately with that of the other crate and with the plain function.
fn case<F: Objective>(
    workload: Workload,
    name: &str,
    f: &F,
    expected: Option<&Expected>,
    from: Option<&'static str>,
    report: &mut Report,
) {
    let x = f.start();
    let (mut ours, mut other) = (Chainrule::default(), Reverse::default());
    let (mut g, mut h) = (vec![0.0; x.len()], vec![0.0; x.len()]);
    let value = ours.gradient(f, &x, &mut g);
    other.gradient(f, &x, &mut h);
    let error = expected.map(|e| e.error(value, &g));
    if let Some(Err(what)) = &error {
        report.error(&format!("{} {name}: {what}", workload.name()));
    }
    let ops = expected.map_or(ours.operations(&x), |e| e.ops);
    let [a, b, p] = interleave(
        report.plan(),
        [
            lap(|| ours.gradient(f, &x, &mut g)),
            lap(|| other.gradient(f, &x, &mut h)),
            lap(|| f.eval::<f64>(std::hint::black_box(&x))),
        ],
    );
    let unit = unit_of(workload);
    let mut line = Line::new(workload.name(), name, 1).time(unit, &a);
    if workload == Workload::Det {
        line = line.against("the plain function", unit, &a, &p).with("reverse", b.median() * unit.per_second());
    } else {
        line = line.against("reverse 0.2.2", unit, &a, &b).with("primal", p.median() * unit.per_second());
        line = line.with("over_primal", a.median() / p.median());
    }
    line = line
        .with("ops", ops)
        .with("ns_per_op", a.median() * 1e9 / ops as f64)
        .with("tape_bytes_per_op", ours.bytes() as f64 / ops as f64);
    report.emit(finish(line, error, from, check::distance(&h, &g)));
}

/// As [`case`], with one node for each sum, dot product and log-sum-exp; the reference is the same.
fn nary(workload: Workload, f: &Gmm, expected: Option<&Expected>, from: Option<&'static str>, report: &mut Report) {
    let x = f.start();
    let (mut ours, mut other) = (Chainrule::default(), Reverse::default());
    let (mut g, mut h) = (vec![0.0; x.len()], vec![0.0; x.len()]);
    let value = ours.gradient_of(|x| f.eval_with::<_, Nary>(x), &x, &mut g);
    other.gradient(f, &x, &mut h);
    let error = expected.map(|e| e.error(value, &g));
    if let Some(Err(what)) = &error {
        report.error(&format!("{} nary: {what}", workload.name()));
    }
    let [a, b] = interleave(
        report.plan(),
        [lap(|| ours.gradient_of(|x| f.eval_with::<_, Nary>(x), &x, &mut g)), lap(|| other.gradient(f, &x, &mut h))],
    );
    let mut line = Line::new(workload.name(), "nary", 1).time(Unit::Us, &a).against("reverse 0.2.2", Unit::Us, &a, &b);
    if let Some(expected) = expected {
        let ops = expected.ops as f64;
        line = line
            .with("ops", expected.ops)
            .with("ns_per_op", a.median() * 1e9 / ops)
            .with("tape_bytes_per_op", ours.bytes() as f64 / ops);
    }
    report.emit(finish(line, error, from, check::distance(&h, &g)));
}

/// Checks a gradient through another interface and measures it, relative to that of variables on a tape that is kept.
fn beside_var<F: Objective>(
    workload: Workload,
    name: &str,
    mut engine: impl Engine,
    f: &F,
    expected: Option<&Expected>,
    from: Option<&'static str>,
    report: &mut Report,
) {
    let x = f.start();
    let mut ours = Chainrule::default();
    let (mut g, mut h) = (vec![0.0; x.len()], vec![0.0; x.len()]);
    let value = engine.gradient(f, &x, &mut g);
    ours.gradient(f, &x, &mut h);
    let error = expected.map(|e| e.error(value, &g));
    if let Some(Err(what)) = &error {
        report.error(&format!("{} {name}: {what}", workload.name()));
    }
    let [a, b] =
        interleave(report.plan(), [lap(|| engine.gradient(f, &x, &mut g)), lap(|| ours.gradient(f, &x, &mut h))]);
    let unit = unit_of(workload);
    let line = Line::new(workload.name(), name, 1).time(unit, &a).against("Var", unit, &a, &b);
    report.emit(finish(line, error, from, check::distance(&h, &g)));
}

/// Returns the time unit of a workload.
fn unit_of(workload: Workload) -> Unit {
    if workload == Workload::Det { Unit::Ns } else { Unit::Us }
}

/// Adds the keys about the values.
fn finish(line: Line, error: Option<Result<f64, String>>, from: Option<&'static str>, other: f64) -> Line {
    let line = match error {
        Some(Ok(error)) => line.with("max_rel_error", error),
        Some(Err(_)) => line.with("max_rel_error", f64::NAN),
        None => line,
    };
    let line = if other.is_nan() || other > 1e-8 { line.with("yardstick_gradient", "wrong") } else { line };
    match from {
        Some(from) => line.with("data", from),
        None => line,
    }
}
