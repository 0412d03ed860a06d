//! The comparisons, element by element.

use super::GradCheck;
use super::difference::Probe;
use super::kink::{self, Tolerance, Verdict};
use super::random::Draws;
use super::report::{Check, Checked, Failure, GradCheckError, Place};
use super::subject::{self, Parts, Point, Subject};
use crate::tape::Tape;
use crate::transform::Function;
use crate::value::Value;
use std::cell::OnceCell;
use tensor::{Shape, Tensor};

/// The relative error allowed between two ways to the same derivative that differ in rounding only.
const IDENTITY: f64 = 1e-12;
/// How much of the rounding error that a gradient shows is granted to such a comparison, at most.
const ROUNDING: f64 = 1e-6;
/// Infinite elements of an output are checked one by one: no more than so many.
const INFINITE_OUTPUTS: usize = 8;

pub(super) fn run<X, V, F>(check: &GradCheck<X, V, F>) -> Result<Checked, GradCheckError>
where
    X: Point,
    V: Value<Elem = f64>,
    F: for<'t> Function<'t, X, V>,
{
    let mut draws = Draws::new(check.seed);
    let y = {
        let tape = Tape::new();
        (check.f)(check.x.on(&tape)).value().to_tensor()
    };
    let mut parts = Vec::new();
    check.x.for_each(&mut |part| parts.push(part));
    let weights = (1..check.order).map(|_| parts.iter().map(|p| draws.weights(p.shape())).collect()).collect();
    // a function that gives one number is checked as it is, so that the report shows the gradient itself
    let v = if y.rank() == 0 { Tensor::ones(()) } else { draws.weights(y.shape()) };
    let v = Tensor::from_vec(y.shape(), finite_only(&v, &y));
    let places: Vec<(usize, usize)> =
        parts.iter().enumerate().flat_map(|(part, t)| (0..t.size()).map(move |i| (part, i))).collect();
    let places = draws.sample(places.len(), check.max_elements).into_iter().map(|i| places[i]).collect();
    let (absolute, relative) = check.tolerance.unwrap_or((1e-14, check.method.default_tolerance()));

    let mut run = Run {
        check,
        subject: Subject { f: &check.f, x: &check.x, parts, cotangent: v, weights, one: Tensor::ones(()) },
        tolerance: Tolerance { absolute, relative },
        places,
        draws,
        checked: Checked { forward: true, ..Checked::default() },
        failures: Vec::new(),
    };
    run.values(&y);
    let infinite: Vec<usize> = (0..y.size()).filter(|&i| y.to_vec()[i].is_infinite()).take(INFINITE_OUTPUTS).collect();
    if infinite.len() < y.size() || y.size() == 0 {
        for order in 1..=check.order {
            run.order(order);
            if !run.failures.is_empty() {
                break;
            }
        }
    }
    for i in infinite {
        run.subject.cotangent = Tensor::build(y.shape(), |out| {
            out.fill(0.0);
            out[i] = 1.0;
        });
        run.order(1);
    }
    if run.failures.is_empty() {
        Ok(run.checked)
    } else {
        Err(GradCheckError::new(run.failures, run.checked.derivatives))
    }
}

/// The weights of the elements that are finite; 0 for the others.
fn finite_only(v: &Tensor<f64>, y: &Tensor<f64>) -> Vec<f64> {
    v.to_vec().into_iter().zip(y.to_vec()).map(|(v, y)| if y.is_finite() { v } else { 0.0 }).collect()
}

struct Run<'a, X, V, F> {
    check: &'a GradCheck<X, V, F>,
    subject: Subject<'a, X, F>,
    tolerance: Tolerance,
    /// The elements to check: part, and position in it.
    places: Vec<(usize, usize)>,
    draws: Draws,
    checked: Checked,
    failures: Vec<Failure>,
}

impl<X, V, F> Run<'_, X, V, F>
where
    X: Point,
    V: Value<Elem = f64>,
    F: for<'t> Function<'t, X, V>,
{
    /// No element of the output may be NaN.
    fn values(&mut self, y: &Tensor<f64>) {
        for (i, value) in y.to_vec().into_iter().enumerate().filter(|(_, y)| y.is_nan()) {
            self.failures.push(Failure {
                check: Check::Value,
                order: 0,
                input: None,
                shape: y.shape().clone(),
                index: unravel(y.shape(), i),
                analytic: value,
                numeric: f64::NAN,
            });
        }
    }

    /// Checks the gradient of φ_k.
    fn order(&mut self, order: usize) {
        let tape = Tape::new();
        let on = self.check.x.on(&tape);
        let root = self.subject.record::<V>(&tape, &on, order);
        let nodes = subject::nodes::<X>(&on);
        let here = root.sample();
        let gradient = subject::eager::<X>(&tape, &root, &on);

        // Forward mode first: what is recorded below would only lengthen its sweeps.
        let forward = subject::has_forward(&tape);
        self.checked.forward &= forward;
        let mut tangents = Vec::new();
        let mut along = None;
        if forward {
            for &(part, i) in &self.places {
                let unit = Tensor::build(self.subject.parts[part].shape(), |out| {
                    out.fill(0.0);
                    out[i] = 1.0;
                });
                tangents.push(root.push(&tape, &nodes, vec![(part, unit)]));
            }
            let u: Vec<Tensor<f64>> = self.subject.parts.iter().map(|p| self.draws.weights(p.shape())).collect();
            let pushed = root.push(&tape, &nodes, u.iter().cloned().enumerate().collect());
            along = Some((u, pushed));
        }
        let recorded = subject::recorded::<X>(&tape, &root, &on);

        let mut found = Vec::new();
        let rounding = OnceCell::new();
        let identity = |a: f64, b: f64, size: f64, noise: &dyn Fn(&Parts) -> f64| {
            let near = |granted: f64| (a - b).abs() <= IDENTITY * size.max(a.abs()).max(b.abs()) + granted;
            a == b || (a.is_nan() && b.is_nan()) || near(self.tolerance.absolute) || {
                let rounding = rounding.get_or_init(|| self.subject.rounding::<V>(order, &gradient));
                near(self.tolerance.absolute + (8.0 * noise(rounding)).min(ROUNDING * size.max(1.0)))
            }
        };
        for (k, &(part, i)) in self.places.iter().enumerate() {
            let a = gradient[part][i];
            let mut fail = |check, numeric| found.push(self.failure(check, order, (part, i), a, numeric));
            if let Some(t) = tangents.get(k)
                && !identity(a, t.value, t.size, &|r| r[part][i])
            {
                fail(Check::Adjoint, t.value);
            }
            let r = recorded[part][i];
            if !identity(a, r, 0.0, &|r| r[part][i]) {
                fail(Check::Recorded, r);
            }
        }
        if let Some((u, pushed)) = along {
            let terms = |g: &Parts| -> Vec<f64> {
                let u = u.iter().flat_map(Tensor::to_vec);
                g.iter().flatten().zip(u).map(|(g, u)| g * u).collect()
            };
            let pulled = terms(&gradient);
            let (a, size) = (pulled.iter().sum::<f64>(), pulled.iter().map(|t| t.abs()).sum::<f64>());
            // elements that were named need not be named again
            if found.is_empty()
                && a.is_finite()
                && !identity(a, pushed.value, size.max(pushed.size), &|r| terms(r).iter().map(|t| t.abs()).sum())
            {
                found.push(Failure {
                    check: Check::Adjoint,
                    order,
                    input: None,
                    shape: Shape::from(()),
                    index: Vec::new(),
                    analytic: a,
                    numeric: pushed.value,
                });
            }
        }
        self.failures.append(&mut found);
        self.differences(order, here, &gradient);
    }

    /// Compares the gradient of φ_k with differences of φ_k.
    fn differences(&mut self, order: usize, here: super::difference::Sample, gradient: &Parts) {
        for &(part, i) in &self.places {
            let x = self.subject.parts[part].to_vec()[i];
            if !x.is_finite() {
                continue;
            }
            let a = gradient[part][i];
            let at = |t: f64| self.subject.sample::<V>(order, (part, i), t);
            let probe = Probe { at: &at, x, here, method: self.check.method, scale: self.check.scale };
            let verdict = kink::weigh(&probe, a, self.tolerance);
            let place = || Place { input: part, index: unravel(self.subject.parts[part].shape(), i), order };
            self.checked.derivatives += 1;
            match verdict {
                Verdict::Agrees(error) => self.checked.largest = self.checked.largest.max(error),
                Verdict::Unresolved => self.checked.unresolved.push(place()),
                Verdict::Kink(..) => self.checked.kinks.push(place()),
                Verdict::Differs(n) => {
                    let check = if a.is_nan() { Check::Gradient } else { Check::Difference };
                    self.failures.push(self.failure(check, order, (part, i), a, n));
                }
                Verdict::Outside(left, right) => {
                    let nearest = if (a - left).abs() < (a - right).abs() { left } else { right };
                    self.failures.push(self.failure(Check::Kink, order, (part, i), a, nearest));
                }
            }
        }
    }

    fn failure(&self, check: Check, order: usize, (part, i): (usize, usize), analytic: f64, numeric: f64) -> Failure {
        let shape = self.subject.parts[part].shape().clone();
        Failure { check, order, input: Some(part), index: unravel(&shape, i), shape, analytic, numeric }
    }
}

/// The index of the i-th element in row-major order.
fn unravel(shape: &Shape, mut i: usize) -> Vec<usize> {
    let mut index = vec![0; shape.rank()];
    for (k, &n) in shape.iter().enumerate().rev() {
        index[k] = i % n;
        i /= n;
    }
    index
}
