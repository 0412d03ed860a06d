//! The comparisons of a gradient check, element by element.

use super::GradCheck;
use super::compare::{Tolerance, Verdict};
use super::difference::{Differences, Sample};
use super::random::Random;
use super::report::{Check, Checked, Failure, GradCheckError, Place};
use super::rounding::Rounding;
use super::subject::{self, Parts, Subject};
use crate::core::tape::Tape;
use crate::core::value::Value;
use crate::transform::{Function, Input, Plain};
use tensor::{Shape, Tensor};

/// The maximum number of infinite output elements to check; each is checked separately.
const INFINITE_OUTPUTS: usize = 8;

pub(super) fn run<X, V, F>(check: &GradCheck<X, V, F>) -> Result<Checked, GradCheckError>
where
    X: Input<Level = Plain<f64>>,
    V: Value<Elem = f64>,
    F: for<'t> Function<'t, X, V>,
{
    let mut random = Random::new(check.seed);
    let y = {
        let tape = Tape::new();
        (check.f)(check.x.on(&tape)).value().to_tensor()
    };
    let mut parts = Vec::new();
    check.x.for_each(&mut |part| parts.push(part.into_tensor()));
    let weights = (1..check.order).map(|_| parts.iter().map(|p| random.weights(p.shape())).collect()).collect();
    // A scalar output has the cotangent 1, so that the report shows the gradient itself.
    let v = if y.rank() == 0 { Tensor::ones(()) } else { random.weights(y.shape()) };
    let v = Tensor::from_vec(y.shape(), finite_only(&v, &y.to_vec()));
    let size = v.to_vec().iter().zip(y.to_vec()).filter(|(v, _)| **v != 0.0).map(|(v, y)| (v * y).abs()).sum();
    let direction = parts.iter().map(|p| random.weights(p.shape())).collect();
    let places: Vec<(usize, usize)> =
        parts.iter().enumerate().flat_map(|(part, t)| (0..t.size()).map(move |i| (part, i))).collect();
    let places = random.sample(places.len(), check.max_elements).into_iter().map(|i| places[i]).collect();
    let tolerance = check.tolerance.unwrap_or_else(|| Tolerance::default_for(check.method));

    let mut run = Run {
        check,
        numbers: parts.iter().map(Tensor::to_vec).collect(),
        subject: Subject { f: &check.f, x: &check.x, parts, cotangent: v, weights, one: Tensor::ones(()) },
        tolerance,
        places,
        direction,
        size,
    };
    let mut failures = nan_outputs(&y);
    let mut checked = Checked { forward: true, ..Checked::default() };
    let infinite: Vec<usize> = (0..y.size()).filter(|&i| y.to_vec()[i].is_infinite()).take(INFINITE_OUTPUTS).collect();
    let mut take = |found: Found| {
        checked.add(found.checked);
        failures.extend(found.failures);
        failures.is_empty()
    };
    if infinite.len() < y.size() || y.size() == 0 {
        // An error at one order implies errors at the next, so the check stops at the first order with an error.
        for order in 1..=check.order {
            let found = run.order(order);
            // Infinite elements of the gradient have no derivative.
            if let Some(weights) = run.subject.weights.get_mut(order - 1) {
                for (w, g) in weights.iter_mut().zip(&found.gradient) {
                    *w = Tensor::from_vec(w.shape(), finite_only(w, g));
                }
            }
            if !take(found) {
                break;
            }
        }
    }
    for i in infinite {
        run.subject.cotangent = Tensor::build(y.shape(), |out| {
            out.fill(0.0);
            out[i] = 1.0;
        });
        take(run.order(1));
    }
    if failures.is_empty() { Ok(checked) } else { Err(GradCheckError::new(failures, checked.derivatives)) }
}

/// Returns a failure for each NaN element of the output.
fn nan_outputs(y: &Tensor<f64>) -> Vec<Failure> {
    let values = y.to_vec().into_iter().enumerate().filter(|(_, y)| y.is_nan());
    let failure = |(i, analytic)| Failure {
        check: Check::Value,
        order: 0,
        input: None,
        shape: y.shape().clone(),
        index: unravel(y.shape(), i),
        analytic,
        numeric: f64::NAN,
    };
    values.map(failure).collect()
}

/// The weights of the finite elements; 0 for the others.
fn finite_only(v: &Tensor<f64>, y: &[f64]) -> Vec<f64> {
    v.to_vec().into_iter().zip(y).map(|(v, y)| if y.is_finite() { v } else { 0.0 }).collect()
}

struct Run<'a, X, V, F> {
    check: &'a GradCheck<X, V, F>,
    subject: Subject<'a, X, F>,
    tolerance: Tolerance,
    /// The elements of the point.
    numbers: Parts,
    /// The elements to check: the part, and the row-major index in it.
    places: Vec<(usize, usize)>,
    /// A random direction of the input.
    direction: Vec<Tensor<f64>>,
    /// The size of the terms of φ₁.
    size: f64,
}

/// The results for one order.
struct Found {
    gradient: Parts,
    checked: Checked,
    failures: Vec<Failure>,
}

/// The results of forward mode.
struct Forward {
    /// The derivative for each element to check.
    each: Vec<Sample>,
    /// The derivative in a random direction.
    along: Sample,
    direction: Parts,
}

impl<X, V, F> Run<'_, X, V, F>
where
    X: Input<Level = Plain<f64>>,
    V: Value<Elem = f64>,
    F: for<'t> Function<'t, X, V>,
{
    /// Checks the gradient of φ_k.
    fn order(&self, order: usize) -> Found {
        let tape = Tape::new();
        let on = self.subject.scaled(&tape, 1.0);
        let root = self.subject.record::<V>(&tape, &on, order);
        let nodes = subject::nodes::<X>(&on);
        let here = root.sample();
        let gradient = subject::eager::<X>(&tape, &root, &on);
        let push = |direction| root.push(&tape, &nodes, direction);
        // Forward mode runs before the gradient is recorded below, which would make its sweeps longer.
        let forward = subject::has_forward(&tape);
        let forward = forward.then(|| {
            let each = self.places.iter().map(|&place| push(vec![(place.0, self.unit(place))])).collect();
            let along = push(self.direction.iter().cloned().enumerate().collect());
            Forward { each, along, direction: self.direction.iter().map(Tensor::to_vec).collect() }
        });
        let recorded = subject::recorded::<X>(&tape, &root, &on);

        let absolute = self.tolerance.absolute;
        let rounding = Rounding::new(&self.subject, order, &gradient, (self.size, self.check.scale), absolute);
        let mut failures = self.identities(order, &gradient, &recorded, forward.as_ref(), &rounding);
        let (mut checked, different) = self.differences(order, here, &gradient, &rounding);
        checked.forward = forward.is_some();
        failures.extend(different);
        Found { gradient, checked, failures }
    }

    /// Compares the gradient of φ_k with forward mode and with the recorded gradient.
    fn identities(
        &self,
        order: usize,
        gradient: &Parts,
        recorded: &Parts,
        forward: Option<&Forward>,
        rounding: &Rounding<'_, '_, X, V, F>,
    ) -> Vec<Failure> {
        let mut failures = Vec::new();
        for (k, &place) in self.places.iter().enumerate() {
            let (part, i) = place;
            let x = self.numbers[part][i];
            let mut fail = |check, b| failures.push(self.failure(check, order, place, gradient[part][i], b));
            if let Some(t) = forward.map(|forward| forward.each[k])
                && !rounding.agrees(place, x, t.value, t.size)
            {
                fail(Check::Adjoint, t.value);
            }
            if !rounding.agrees(place, x, recorded[part][i], 0.0) {
                fail(Check::Recorded, recorded[part][i]);
            }
        }
        if let Some(Forward { along, direction, .. }) = forward {
            let sum: f64 = gradient.iter().flatten().zip(direction.iter().flatten()).map(|(g, u)| g * u).sum();
            // Compare the sum only if no element failed and it is finite.
            if failures.is_empty() && sum.is_finite() && !rounding.agrees_along(direction, along.value, along.size) {
                let (shape, index) = (Shape::from(()), Vec::new());
                let (check, analytic, numeric) = (Check::Adjoint, sum, along.value);
                failures.push(Failure { check, order, input: None, shape, index, analytic, numeric });
            }
        }
        failures
    }

    /// Compares the gradient of φ_k with differences of φ_k.
    fn differences(
        &self,
        order: usize,
        here: Sample,
        gradient: &Parts,
        rounding: &Rounding<'_, '_, X, V, F>,
    ) -> (Checked, Vec<Failure>) {
        let (mut checked, mut failures) = (Checked::default(), Vec::new());
        for &(part, i) in &self.places {
            let (a, x) = (gradient[part][i], self.numbers[part][i]);
            if !x.is_finite() {
                continue; // no step is possible
            }
            let function = |t: f64| self.subject.sample::<V>(order, (part, i), t);
            let (method, scale) = (self.check.method, self.check.scale);
            let differences = Differences { function: &function, x, here, method, scale, epsilon: f64::EPSILON };
            let result = differences.compare(a, self.tolerance);
            let place = || Place { input: part, index: unravel(self.subject.parts[part].shape(), i), order };
            checked.derivatives += 1;
            let check = match result.verdict {
                _ if a.is_nan() => Check::Gradient,
                Verdict::Differs if result.at_kink => Check::Kink,
                Verdict::Differs => Check::Difference,
                Verdict::Agrees => {
                    checked.largest = checked.largest.max(result.relative_error);
                    continue;
                }
                Verdict::Kink { .. } => {
                    checked.kinks.push(place());
                    continue;
                }
                Verdict::Unresolved => {
                    checked.unresolved.push(place());
                    continue;
                }
            };
            let numeric = result.numeric;
            if !rounding.agrees_with_difference((part, i), x, numeric) || a.is_nan() {
                failures.push(self.failure(check, order, (part, i), a, numeric));
            }
        }
        (checked, failures)
    }

    /// The unit tensor of one element.
    fn unit(&self, (part, i): (usize, usize)) -> Tensor<f64> {
        Tensor::build(self.subject.parts[part].shape(), |out| {
            out.fill(0.0);
            out[i] = 1.0;
        })
    }

    fn failure(&self, check: Check, order: usize, (part, i): (usize, usize), analytic: f64, numeric: f64) -> Failure {
        let shape = self.subject.parts[part].shape().clone();
        Failure { check, order, input: Some(part), index: unravel(&shape, i), shape, analytic, numeric }
    }
}

/// Converts a row-major index to an index per axis.
fn unravel(shape: &Shape, mut i: usize) -> Vec<usize> {
    let mut index = vec![0; shape.rank()];
    for (k, &n) in shape.iter().enumerate().rev() {
        index[k] = i % n;
        i /= n;
    }
    index
}
