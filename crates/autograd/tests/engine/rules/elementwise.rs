//! Primitives of one argument: away from their kinks, and at the edges of their domains.

use crate::common::close;
use crate::rules::case::{Case, input};
use autograd::{Tape, TensorVar, Var};
use tensor::Tensor;

/// A primitive on scalars and tensors, the range of its arguments, and its kinks.
struct Unary {
    name: &'static str,
    scalar: for<'t> fn(Var<'t, f64>) -> Var<'t, f64>,
    array: for<'t> fn(TensorVar<'t>) -> TensorVar<'t>,
    double: crate::rules::case::Of<f64>,
    single: crate::rules::case::Of<f32>,
    low: f64,
    high: f64,
    avoid: &'static [f64],
}

macro_rules! unary {
    ($($name:ident $(($($arg:literal),*))? in $low:literal .. $high:literal $(avoid $avoid:expr)?;)*) => {
        [$(Unary {
            name: stringify!($name $(($($arg),*))?),
            scalar: |x| x.$name($($($arg),*)?),
            array: |x| x.$name($($($arg),*)?),
            double: |x| x[0].$name($($($arg),*)?),
            single: |x| x[0].$name($($($arg),*)?),
            low: $low,
            high: $high,
            avoid: crate::rules::case::points(&[$(&$avoid)?]),
        }),*]
    };
}

const WHOLE: [f64; 7] = [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0];
const HALVES: [f64; 6] = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5];

#[rustfmt::skip]
fn all() -> Vec<Unary> {
    let mut all: Vec<Unary> = Vec::new();
    all.extend(unary! {
        neg in -2.0..2.0; recip in 0.4..3.0; square in -2.0..2.0; sqrt in 0.3..3.0; rsqrt in 0.4..3.0;
        cbrt in -3.0..-0.4; cbrt in 0.4..3.0; powi(5) in -1.5..1.5; powi(0) in -2.0..2.0; powi(1) in -2.0..2.0;
        powi(-3) in -3.0..-0.6; powf(2.5) in 0.3..3.0; powf(-0.5) in 0.4..3.0; powf(3.0) in -2.0..2.0;
        exp in -2.0..2.0; exp2 in -2.0..2.0; exp_m1 in -2.0..2.0; ln in 0.3..3.0; log2 in 0.3..3.0; log10 in 0.3..3.0;
        ln_1p in -0.7..3.0;
        sin in -3.0..3.0; cos in -3.0..3.0; tan in -1.2..1.2; asin in -0.8..0.8; acos in -0.8..0.8; atan in -3.0..3.0;
        sinh in -2.0..2.0; cosh in -2.0..2.0; tanh in -3.0..3.0; asinh in -3.0..3.0; acosh in 1.3..4.0; atanh in -0.8..0.8;
        sigmoid in -5.0..5.0; log_sigmoid in -5.0..5.0; softplus in -5.0..5.0; gelu in -3.0..3.0; gelu_tanh in -3.0..3.0;
        silu in -5.0..5.0; mish in -4.0..4.0; erf in -2.0..2.0; erfc in -2.0..2.0; ln_gamma in 0.6..6.0;
        ln_gamma in -2.8..-2.2; polygamma(0) in 0.6..4.0; polygamma(1) in 0.8..4.0;
        selu in -2.0..2.0 avoid [0.0]; softsign in -2.0..2.0 avoid [0.0]; elu(1.5) in -2.0..2.0 avoid [0.0];
        leaky_relu(0.1) in -2.0..2.0 avoid [0.0]; relu in -2.0..2.0 avoid [0.0]; relu6 in -2.0..8.0 avoid [0.0, 6.0];
        hard_tanh in -2.0..2.0 avoid [-1.0, 1.0]; abs in -2.0..2.0 avoid [0.0]; clamp(-0.5, 0.75) in -2.0..2.0 avoid [-0.5, 0.75];
        sign in -2.0..2.0 avoid [0.0]; heaviside in -2.0..2.0 avoid [0.0]; floor in -2.9..2.9 avoid WHOLE;
        ceil in -2.9..2.9 avoid WHOLE; trunc in -2.9..2.9 avoid WHOLE; round in -2.9..2.9 avoid HALVES;
        maximum(0.5) in -2.0..2.0 avoid [0.5]; minimum(0.5) in -2.0..2.0 avoid [0.5]; hypot(0.5) in -2.0..2.0;
        atan2(0.5) in -2.0..2.0; log_add_exp(0.5) in -2.0..2.0; xlogy(0.5) in -2.0..2.0; mul_add(2.0, -0.5) in -2.0..2.0;
    });
    all
}

#[test]
fn every_primitive_of_one_argument_in_every_shape() {
    for op in all() {
        for shape in [&[2, 3][..], &[], &[0], &[2, 0, 3], &[3, 1, 2], &[17]] {
            let inputs = vec![input(shape, op.low, op.high)];
            Case { name: op.name, inputs, avoid: op.avoid, double: op.double, single: op.single }.run();
        }
    }
}

#[test]
fn scalars_and_tensors_agree() {
    let mut numbers = crate::common::Numbers::new(11);
    for op in all() {
        for _ in 0..20 {
            let at = numbers.between(op.low, op.high);
            let tape = Tape::new();
            let (x, t) = (tape.var(at), tape.var(Tensor::full(5, at)));
            let (y, z) = ((op.scalar)(x), (op.array)(t));
            let (dy, dz) = (y.grad(x), z.sum().grad(t));
            let scalar = [y.value(), y.backward().wrt(x), dy.value(), dy.backward().wrt(x), dy.grad(x).value()];
            let array = [
                z.value(),
                z.sum().backward().wrt(t),
                dz.value(),
                dz.sum().backward().wrt(t),
                dz.sum().grad(t).value(),
            ];
            for (k, (a, b)) in scalar.into_iter().zip(array).enumerate() {
                for b in b.to_vec() {
                    // Kernels and the standard library differ in the last place.
                    let tolerance = if k < 3 { 1e-14 } else { 1e-13 };
                    let near = close(a, b, tolerance) || (a - b).abs() < 1e-14;
                    assert!(near, "{} at {at}, value {k}: scalar {a:e}, tensor {b:e}", op.name);
                }
            }
        }
    }
}

/// At the edges of domains all modes give the same values, including infinity and NaN, for scalars and for tensors.
#[test]
fn modes_agree_at_the_edges_of_every_domain() {
    let edges = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        -0.5,
        6.0,
        5e-324,
        -5e-324,
        1e-300,
        -1e-300,
        1e300,
        -1e300,
        1e-20,
        40.0,
        -40.0,
        800.0,
        -800.0,
        f64::MAX,
        f64::MIN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ];
    let mut wrong = Vec::new();
    for op in all() {
        for at in edges {
            let tape = Tape::new();
            let (x, t) = (tape.var(at), tape.var(Tensor::full(9, at)));
            let (y, z) = ((op.scalar)(x), (op.array)(t));
            let tangents = tape.tangents(|s| {
                s.set(x, 1.0);
                s.set(t, Tensor::ones(9));
            });
            let eager = y.backward().wrt(x);
            let values = [
                ("recorded", y.grad(x).value()),
                ("forward", tangents.of(y)),
                ("tensor, eager", z.sum().backward().wrt(t).at([8])),
                ("tensor, recorded", z.sum().grad(t).value().at([8])),
                ("tensor, forward", tangents.of(z).at([8])),
            ];
            for (mode, derivative) in values {
                // Subnormal values are less accurate.
                let near = close(derivative, eager, 1e-13) || (derivative - eager).abs() < 1e-300;
                if !near {
                    wrong.push(format!("{} at {at:e}: {mode} {derivative:e}, eager {eager:e}", op.name));
                }
            }
            let value = z.value().at([8]);
            if !(close(value, y.value(), 1e-13) || (value - y.value()).abs() < 1e-300) {
                wrong.push(format!("{} at {at:e}: tensor {value:e}, scalar {:e}", op.name, y.value()));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
