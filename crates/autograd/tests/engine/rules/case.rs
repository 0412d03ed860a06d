//! A test case: one function, with operands of given shapes, and all properties it is tested for.

use crate::common::{Numbers, inner};
use autograd::{Scalar, Tape, TensorVar};
use tensor::{Shape, Slice, Tensor};

/// The function under test, with any number of tensor operands.
pub(crate) type Of<T> = for<'t, 'a> fn(&'a [TensorVar<'t, T>]) -> TensorVar<'t, T>;

/// The relative tolerance of the adjoint identity, and between second-order modes.
const IDENTITY: f64 = 1e-12;
/// The tolerance of five-point differences, whose truncation and rounding errors are both near 1e-11 for h = 1e-3.
const DIFFERENCES: f64 = 1e-8;
/// The tolerance of `f32`, with unit roundoff 6e-8 and at most a few dozen roundings, normwise.
const SINGLE: f64 = 3e-6;
/// The tolerance between sums in another order.
const ORDER: f64 = 1e-13;

/// An operand: its shape, and the range its elements are drawn from.
#[derive(Clone)]
pub(crate) struct Input {
    pub shape: Shape,
    pub low: f64,
    pub high: f64,
}

pub(crate) struct Case<'a> {
    pub name: &'a str,
    pub inputs: Vec<Input>,
    /// Points where the function has no derivative, which elements are kept away from.
    pub avoid: &'a [f64],
    pub double: Of<f64>,
    pub single: Of<f32>,
}

/// `check!("name", [[2, 3] in -1.0..1.0, [3] in 0.5..2.0], avoid [0.0], |x| x[0] * x[1])`
macro_rules! check {
    ($name:expr, [$($shape:tt in $low:literal .. $high:literal),* $(,)?] $(, avoid $avoid:expr)?, |$x:ident| $f:expr) => {
        $crate::rules::case::Case {
            name: $name,
            inputs: vec![$($crate::rules::case::input(&$shape, $low, $high)),*],
            avoid: $crate::rules::case::points(&[$(&$avoid)?]),
            double: |$x| $f,
            single: |$x| $f,
        }
        .run()
    };
}
pub(crate) use check;

pub(crate) fn input(shape: &[usize], low: f64, high: f64) -> Input {
    Input { shape: Shape::from(shape), low, high }
}

/// The points given, if any.
pub(crate) fn points<'a>(given: &[&'a [f64]]) -> &'a [f64] {
    given.first().copied().unwrap_or(&[])
}

impl Case<'_> {
    #[track_caller]
    pub(crate) fn run(&self) {
        let mut numbers = Numbers::new(self.name.bytes().fold(7_u64, |h, b| h.wrapping_mul(31) + b as u64));
        let xs: Vec<_> = self.inputs.iter().map(|i| self.draw(&mut numbers, i)).collect();
        let us: Vec<_> = self.inputs.iter().map(|i| numbers.tensor(&i.shape, -1.0, 1.0)).collect();
        let v = numbers.tensor(&value(self.double, &xs).shape().clone(), -1.0, 1.0);
        self.first_order(&xs, &us, &v);
        self.differences(&xs, &us, &v);
        self.second_order(&xs, &us, &v);
        self.in_single_precision(&xs, &v);
        self.through_views(&xs, &v);
        self.repeated(&xs, &v);
    }

    fn draw(&self, numbers: &mut Numbers, input: &Input) -> Tensor<f64> {
        Tensor::from_fn(&input.shape, |_| {
            loop {
                let x = numbers.between(input.low, input.high);
                if self.avoid.iter().all(|kink| (x - kink).abs() > 0.02) {
                    return x;
                }
            }
        })
    }

    /// <v, J u> = <Jᵀ v, u>, for all operands together and for each alone with the others constant, swept and recorded.
    #[track_caller]
    fn first_order(&self, xs: &[Tensor<f64>], us: &[Tensor<f64>], v: &Tensor<f64>) {
        let tape = Tape::default();
        let on: Vec<_> = xs.iter().map(|x| tape.var(x.clone())).collect();
        let y = (self.double)(&on);
        let g = y.backward_with(v);
        let tangent = tape.tangents(|t| on.iter().zip(us).for_each(|(x, u)| t.set(*x, u.clone()))).of(y);
        assert_eq!(tangent.shape(), v.shape(), "{}: the tangent has another shape", self.name);
        let recorded = y.tangent(&on, constants(&tape, us)).value();
        self.near("recorded tangent", &recorded, &tangent, IDENTITY);
        let (left, mut size) = inner(v, &tangent);
        let mut right = 0.0;
        for (k, (x, u)) in on.iter().zip(us).enumerate() {
            let pulled = g.wrt(*x);
            assert_eq!(pulled.shape(), u.shape(), "{}: the gradient of operand {k} has another shape", self.name);
            let (r, s) = inner(&pulled, u);
            (right, size) = (right + r, size + s);
            self.near(&format!("recorded vjp of operand {k}"), &y.grad_with(*x, v).value(), &pulled, ORDER);
            self.alone(k, xs, u, v, &pulled);
        }
        self.balance("together", left, right, size);
    }

    /// One operand is a variable, the others are constants: the same gradient, and the adjoint identity for this
    /// operand.
    #[track_caller]
    fn alone(&self, k: usize, xs: &[Tensor<f64>], u: &Tensor<f64>, v: &Tensor<f64>, gradient: &Tensor<f64>) {
        let tape = Tape::default();
        let on = |(j, x): (usize, &Tensor<f64>)| if j == k { tape.var(x.clone()) } else { tape.constant(x.clone()) };
        let on: Vec<_> = xs.iter().enumerate().map(on).collect();
        let y = (self.double)(&on);
        let pulled = y.backward_with(v).wrt(on[k]);
        self.near(&format!("vjp of operand {k} with constants"), &pulled, gradient, ORDER);
        let (left, a) = inner(v, &tape.tangents(|t| t.set(on[k], u.clone())).of(y));
        let (right, b) = inner(&pulled, u);
        self.balance(&format!("operand {k} alone"), left, right, a + b);
    }

    #[track_caller]
    fn balance(&self, which: &str, left: f64, right: f64, size: f64) {
        assert!(
            (left - right).abs() <= IDENTITY * size,
            "{}, {which}: <v, J u> = {left:e}, but <Jᵀ v, u> = {right:e}",
            self.name
        );
    }

    /// Compares the derivatives of <v, f> and of its gradient in the direction u with five-point differences.
    #[track_caller]
    fn differences(&self, xs: &[Tensor<f64>], us: &[Tensor<f64>], v: &Tensor<f64>) {
        let h = 1e-3;
        let weights = [(-2.0, 1.0), (-1.0, -8.0), (1.0, 8.0), (2.0, -1.0)].map(|(k, w)| (k * h, w / (12.0 * h)));
        let moved = |step: f64| -> Vec<Tensor<f64>> { xs.iter().zip(us).map(|(x, u)| axpy(x, step, u)).collect() };

        let (tangent, gradient_tangents) = {
            let tape = Tape::default();
            let on: Vec<_> = xs.iter().map(|x| tape.var(x.clone())).collect();
            let y = (self.double)(&on);
            let gradients: Vec<_> = on.iter().map(|x| y.grad_with(*x, v)).collect();
            let t = tape.tangents(|t| on.iter().zip(us).for_each(|(x, u)| t.set(*x, u.clone())));
            (t.of(y), gradients.into_iter().map(|g| t.of(g)).collect::<Vec<_>>())
        };
        let derivative = weights.map(|(step, w)| w * inner(v, &value(self.double, &moved(step))).0).iter().sum::<f64>();
        let (want, size) = inner(v, &tangent);
        let size = size + inner(v, &value(self.double, xs)).1;
        assert!(
            (derivative - want).abs() <= DIFFERENCES * size.max(1.0),
            "{}: differences give {derivative:e}, the tangent {want:e}",
            self.name
        );

        let at = weights.map(|(step, w)| (w, gradients(self.double, &moved(step), v)));
        for (k, want) in gradient_tangents.iter().enumerate() {
            let mut sum = Tensor::zeros(want.shape());
            let mut size = largest(want).max(1.0);
            for (w, gradients) in &at {
                sum = axpy(&sum, *w, &gradients[k]);
                size = size.max(largest(&gradients[k]));
            }
            let error = largest(&axpy(&sum, -1.0, want));
            assert!(
                error <= DIFFERENCES * size,
                "{}: the second derivative by operand {k} is {want}, but differences give {sum}",
                self.name
            );
        }
    }

    /// H u in four ways: forward over reverse, reverse over reverse, and reverse over forward, where forward is the
    /// transpose of reverse, or the recorded forward sweep.
    #[track_caller]
    fn second_order(&self, xs: &[Tensor<f64>], us: &[Tensor<f64>], v: &Tensor<f64>) {
        let tape = Tape::default();
        let on: Vec<_> = xs.iter().map(|x| tape.var(x.clone())).collect();
        let y = (self.double)(&on);
        let t = tape.tangents(|t| on.iter().zip(us).for_each(|(x, u)| t.set(*x, u.clone())));
        let tangent = t.of(y);

        let pulled: Vec<_> = on.iter().map(|x| y.grad_with(*x, v)).collect();
        let t = tape.tangents(|t| on.iter().zip(us).for_each(|(x, u)| t.set(*x, u.clone())));
        let forward_over_reverse: Vec<_> = pulled.iter().map(|g| t.of(*g)).collect();

        let mut sum = tape.constant(0.0);
        for (g, u) in pulled.iter().zip(us) {
            sum += (*g * tape.constant(u.clone())).sum();
        }
        let g = sum.backward();
        let reverse_over_reverse: Vec<_> = on.iter().map(|x| g.wrt(*x)).collect();

        // J u is the gradient of <Jᵀ c, u> with respect to the cotangent c.
        let cotangent = tape.var(v.clone());
        let scalar = (y * cotangent).sum();
        let pulled: Vec<_> = on.iter().map(|x| scalar.grad(*x)).collect();
        let mut sum = tape.constant(0.0);
        for (g, u) in pulled.iter().zip(us) {
            sum += (*g * tape.constant(u.clone())).sum();
        }
        let pushed = sum.grad(cotangent);
        self.near("J u by reverse over reverse", &pushed.value(), &tangent, IDENTITY);
        let g = pushed.backward_with(v);
        let reverse_over_forward: Vec<_> = on.iter().map(|x| g.wrt(*x)).collect();

        let g = y.tangent(&on, constants(&tape, us)).backward_with(v);
        let reverse_over_recorded: Vec<_> = on.iter().map(|x| g.wrt(*x)).collect();

        let size = forward_over_reverse.iter().map(largest).fold(1.0, f64::max);
        for k in 0..xs.len() {
            let a = &forward_over_reverse[k];
            for (way, b) in [
                ("reverse over reverse", &reverse_over_reverse[k]),
                ("reverse over forward", &reverse_over_forward[k]),
                ("reverse over recorded forward", &reverse_over_recorded[k]),
            ] {
                assert!(
                    largest(&axpy(a, -1.0, b)) <= IDENTITY * size,
                    "{}, second order by operand {k}:\nforward over reverse {a}\n{way} {b}",
                    self.name
                );
            }
        }
    }

    /// Compares value and gradients in `f32` with those in `f64`.
    ///
    /// Sums over broadcast axes may cancel. Their terms are of size 1, so the error is relative to at least 1.
    #[track_caller]
    fn in_single_precision(&self, xs: &[Tensor<f64>], v: &Tensor<f64>) {
        let narrow: Vec<Tensor<f32>> = xs.iter().map(Tensor::cast).collect();
        let (y, y32) = (value(self.double, xs), value(self.single, &narrow));
        self.near("f32 value", &y32.cast(), &y, SINGLE);
        let wanted = gradients(self.double, xs, v);
        for (k, (g, want)) in gradients(self.single, &narrow, &v.cast()).iter().zip(&wanted).enumerate() {
            let error = largest(&axpy(&g.cast(), -1.0, want));
            assert!(
                error <= SINGLE * largest(want).max(1.0),
                "{}, f32 gradient of operand {k}: off by {error:e}\ngot {g}\nwant {want}",
                self.name
            );
        }
    }

    /// The same operands as transposed, stepped and reversed views.
    #[track_caller]
    fn through_views(&self, xs: &[Tensor<f64>], v: &Tensor<f64>) {
        let (y, g) = (value(self.double, xs), gradients(self.double, xs, v));
        for (kind, view) in
            [("transposed", transposed as fn(&Tensor<f64>) -> _), ("stepped", stepped), ("reversed", reversed)]
        {
            let views: Vec<_> = xs.iter().map(view).collect();
            for (x, view) in xs.iter().zip(&views) {
                assert_eq!(x, view, "a view has the same elements");
            }
            self.near(&format!("value of {kind} operands"), &value(self.double, &views), &y, ORDER);
            let cotangent = view(v);
            for (k, (got, want)) in gradients(self.double, &views, &cotangent).iter().zip(&g).enumerate() {
                self.near(&format!("gradient of {kind} operand {k}"), got, want, ORDER);
            }
        }
    }

    /// One variable for all operands, if their shapes and ranges are equal: its gradient is the sum of theirs.
    #[track_caller]
    fn repeated(&self, xs: &[Tensor<f64>], v: &Tensor<f64>) {
        let first = &self.inputs[0];
        let equal = |i: &Input| i.shape == first.shape && (i.low, i.high) == (first.low, first.high);
        if self.inputs.len() < 2 || !self.inputs.iter().all(equal) || !self.avoid.is_empty() {
            return;
        }
        let tape = Tape::default();
        let x = tape.var(xs[0].clone());
        let y = (self.double)(&vec![x; xs.len()]);
        let apart = gradients(self.double, &vec![xs[0].clone(); xs.len()], v);
        let sum = apart.iter().fold(Tensor::zeros(&first.shape), |sum, g| axpy(&sum, 1.0, g));
        let size = apart.iter().map(largest).fold(0.0, f64::max);
        for (mode, got) in [("swept", y.backward_with(v).wrt(x)), ("recorded", y.grad_with(x, v).value())] {
            let error = largest(&axpy(&got, -1.0, &sum));
            assert!(error <= ORDER * size, "{}, one operand repeated, {mode}: got {got}, want {sum}", self.name);
        }
    }

    /// Asserts that the largest difference is within a tolerance relative to the largest element.
    #[track_caller]
    fn near(&self, what: &str, got: &Tensor<f64>, want: &Tensor<f64>, tolerance: f64) {
        assert_eq!(got.shape(), want.shape(), "{}, {what}: another shape", self.name);
        let error = largest(&axpy(got, -1.0, want));
        assert!(
            error <= tolerance * largest(want).max(f64::MIN_POSITIVE),
            "{}, {what}: off by {error:e}\ngot {got}\nwant {want}",
            self.name
        );
    }
}

/// Constants on a tape.
fn constants<'t>(tape: &'t Tape, values: &[Tensor<f64>]) -> Vec<TensorVar<'t>> {
    values.iter().map(|x| tape.constant(x.clone())).collect()
}

/// The value of a function of constants.
#[track_caller]
fn value<T: Scalar>(f: Of<T>, xs: &[Tensor<T>]) -> Tensor<T> {
    let tape = Tape::default();
    let constants: Vec<_> = xs.iter().map(|x| tape.constant(x.clone())).collect();
    let y = f(&constants);
    assert!(y.is_constant(), "a value computed from constants is a constant");
    y.value()
}

/// The gradients of <v, f> with respect to all operands.
fn gradients<T: Scalar>(f: Of<T>, xs: &[Tensor<T>], v: &Tensor<T>) -> Vec<Tensor<T>> {
    let tape = Tape::default();
    let on: Vec<_> = xs.iter().map(|x| tape.var(x.clone())).collect();
    let g = f(&on).backward_with(v);
    on.iter().map(|x| g.wrt(*x)).collect()
}

/// x + a u, computed element by element.
fn axpy(x: &Tensor<f64>, a: f64, u: &Tensor<f64>) -> Tensor<f64> {
    let sums: Vec<f64> = x.to_vec().iter().zip(u.to_vec()).map(|(x, u)| x + a * u).collect();
    Tensor::from_vec(x.shape(), sums)
}

/// The largest absolute value of the elements; NaN if an element is NaN.
pub(crate) fn largest(x: &Tensor<f64>) -> f64 {
    x.to_vec().into_iter().map(f64::abs).fold(0.0, |m, x| if x > m || x.is_nan() { x } else { m })
}

fn transposed(x: &Tensor<f64>) -> Tensor<f64> {
    x.transpose().packed().transpose()
}

fn reversed(x: &Tensor<f64>) -> Tensor<f64> {
    let axes: Vec<isize> = (0..x.rank() as isize).collect();
    x.flip(&axes[..]).packed().flip(&axes[..])
}

/// A view of every second element of a larger tensor.
fn stepped(x: &Tensor<f64>) -> Tensor<f64> {
    let slices: Vec<Slice> = x.shape().iter().map(|&n| Slice::from(1..1 + 2 * n as isize).step(2)).collect();
    let larger: Shape = x.shape().iter().map(|n| 2 * n + 1).collect();
    x.unslice(larger, &slices).slice(&slices)
}
