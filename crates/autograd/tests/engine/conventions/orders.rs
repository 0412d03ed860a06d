//! All elementwise primitives at ordinary and extreme points, up to the third derivative: all modes give the same
//! values, for scalars and for tensors, and where f is NaN so are all derivatives.

use crate::common::close;
use crate::conventions::table::{OfOne, OfTwo};
use autograd::{Scalar, Tape, TensorVar, Var};
use tensor::Tensor;

/// A primitive of one argument, and the points where its domain ends or its formula changes.
struct Primitive {
    name: &'static str,
    double: OfOne<f64>,
    single: OfOne<f32>,
    ends: &'static [f64],
}

macro_rules! primitives {
    ($($name:ident $args:tt $(at $($end:literal)+)?;)*) => {
        [$(Primitive {
            name: stringify!($name $args),
            double: (|x| primitives!(@call x $name $args), |x| primitives!(@call x $name $args)),
            single: (|x| primitives!(@call x $name $args), |x| primitives!(@call x $name $args)),
            ends: &[$($($end),+)?],
        }),*]
    };
    (@call $x:ident $name:ident ($($arg:expr),*)) => { $x.$name($($arg),*) };
}

#[rustfmt::skip]
fn primitives() -> impl IntoIterator<Item = Primitive> {
    primitives! {
        recip(); square(); sqrt(); rsqrt(); cbrt();
        powi(0); powi(1); powi(2); powi(3); powi(-1); powi(-2); powi(7); powi(i32::MAX); powi(i32::MIN);
        powf(0.0); powf(1.0); powf(2.0); powf(0.5); powf(-1.0); powf(2.5);
        exp(); exp2(); exp_m1(); ln(); log2(); log10(); ln_1p() at -1.0;
        sin(); cos(); tan(); asin() at -1.0 1.0; acos() at -1.0 1.0; atan();
        sinh(); cosh(); tanh(); asinh(); acosh() at 1.0; atanh() at -1.0 1.0;
        sigmoid(); log_sigmoid(); softplus(); relu(); relu6() at 6.0; selu(); gelu(); gelu_tanh(); silu(); mish();
        softsign(); hard_tanh() at -1.0 1.0; abs(); sign(); floor() at 1.0; ceil() at 1.0; round() at 0.5 -0.5;
        trunc() at 1.0; heaviside(); erf(); erfc();
        ln_gamma() at -1.0 -2.0; polygamma(0) at -1.0 -2.0; polygamma(1) at -1.0; polygamma(4) at -1.0;
        leaky_relu(0.1); elu(1.5); clamp(-1.0, 2.0) at -1.0 2.0; clamp(2.0, -1.0) at -1.0 2.0;
        hypot(0.5); hypot(0.0); atan2(0.5); atan2(0.0); log_add_exp(0.5);
    }
}

/// Zeros, subnormal, small, ordinary, large and infinite values, and NaN.
fn points<T: Scalar>(ends: &[f64]) -> Vec<T> {
    let (double, tiny) = (T::EPSILON.to_f64() < 1e-10, T::MIN_POSITIVE.to_f64());
    let (least, huge, max) = if double { (5e-324, 1e300, f64::MAX) } else { (1e-45, 1e36, f32::MAX as f64) };
    let mut points = vec![0.0, least, tiny / 8.0, tiny, 1e-20, 1e-8, 1e-3, 0.3, 1.25, 3.0, 6.5, 40.0, 700.0];
    points.extend([1e10, 1e18, if double { 1e120 } else { 1e25 }, huge, max, f64::INFINITY]);
    points.extend(points.clone().iter().map(|x| -x));
    for &end in ends {
        points.extend([end, end * (1.0 - T::EPSILON.to_f64()), end * (1.0 + T::EPSILON.to_f64())]);
    }
    points.push(f64::NAN);
    points.into_iter().map(T::from_f64).collect()
}

/// The value and the first three derivatives of a function of one argument, each in every mode.
fn orders_of_a_scalar<T: Scalar>(f: for<'t> fn(Var<'t, T>) -> Var<'t, T>, at: T) -> [Vec<(&'static str, f64)>; 4] {
    let tape = Tape::default();
    let x = tape.var(at);
    let y = f(x);
    let along = |y: Var<'_, T>| tape.tangents(|t| t.set(x, T::ONE)).of(y).to_f64();
    let (first, second) = (y.grad(x), y.grad(x).grad(x));
    let swept = |y: Var<'_, T>| y.backward().wrt(x).to_f64();
    // The derivative of the gradient with respect to its cotangent is the recorded tangent.
    let cotangent = tape.var(T::ONE);
    let tangent = (f(x) * cotangent).grad(x).grad(cotangent);
    let value = |x: Var<'_, T>| x.value().to_f64();
    [
        vec![("value", value(y))],
        vec![("reverse", swept(y)), ("recorded", value(first)), ("forward", along(y)), ("pulled", value(tangent))],
        vec![
            ("reverse over reverse", swept(first)),
            ("recorded over recorded", value(second)),
            ("forward over reverse", along(first)),
            ("reverse over forward", swept(tangent)),
        ],
        vec![("reverse of the third", swept(second)), ("forward of the third", along(second))],
    ]
}

fn orders_of_a_tensor<T: Scalar>(
    f: for<'t> fn(TensorVar<'t, T>) -> TensorVar<'t, T>,
    at: T,
) -> [Vec<(&'static str, f64)>; 4] {
    // enough elements for full SIMD lanes and a remainder
    let n = 19;
    let tape = Tape::default();
    let x = tape.var(Tensor::full(n, at));
    let y = f(x);
    let all = |mode: &'static str, t: Tensor<T>| t.to_vec().into_iter().map(move |d| (mode, d.to_f64()));
    let along = |y: TensorVar<'_, T>| tape.tangents(|t| t.set(x, Tensor::ones(n))).of(y);
    let swept = |y: TensorVar<'_, T>| y.backward_with(&Tensor::ones(n)).wrt(x);
    let first = y.sum().grad(x);
    let second = first.sum().grad(x);
    let cotangent = tape.var(Tensor::ones(n));
    let tangent = (f(x) * cotangent).sum().grad(x).sum().grad(cotangent);
    [
        all("tensor, value", y.value()).collect(),
        all("tensor, reverse", swept(y))
            .chain(all("tensor, recorded", first.value()))
            .chain(all("tensor, forward", along(y)))
            .chain(all("tensor, pulled", tangent.value()))
            .collect(),
        all("tensor, reverse over reverse", swept(first))
            .chain(all("tensor, recorded over recorded", second.value()))
            .chain(all("tensor, forward over reverse", along(first)))
            .chain(all("tensor, reverse over forward", swept(tangent)))
            .collect(),
        all("tensor, reverse of the third", swept(second))
            .chain(all("tensor, forward of the third", along(second)))
            .collect(),
    ]
}

/// Collects what is wrong with a primitive at a point.
fn faults<T: Scalar>(name: &str, f: OfOne<T>, at: T, faults: &mut Vec<String>) {
    let (scalar, tensor) = (orders_of_a_scalar(f.0, at), orders_of_a_tensor(f.1, at));
    let value = scalar[0][0].1;
    // Subnormal results are less accurate, and the modes round them at different steps.
    let subnormal = T::MIN_POSITIVE.to_f64() * 64.0;
    for (order, all) in scalar.iter().zip(&tensor).enumerate().map(|(k, (a, b))| (k, a.iter().chain(b))) {
        let tolerance = T::EPSILON.to_f64() * [45.0, 45.0, 450.0, 4500.0][order];
        let (_, want) = scalar[order][0];
        let mut seen = "";
        for &(mode, got) in all {
            let agrees = close(got, want, tolerance) || (got - want).abs() < subnormal;
            let defined = !value.is_nan() || got.is_nan();
            if !(agrees && defined) && mode != seen {
                seen = mode;
                let f = format!("{name} at {:e}, order {order}, {mode}", at.to_f64());
                faults.push(format!("  {f}: got {got:e}, want {want:e}, with value {value:e}"));
            }
        }
    }
}

#[test]
fn all_modes_agree_to_the_third_order_and_nan_stays_nan() {
    let mut all = Vec::new();
    for p in primitives() {
        for at in points::<f64>(p.ends) {
            faults(p.name, p.double, at, &mut all);
        }
        for at in points::<f32>(p.ends) {
            faults(&format!("f32 {}", p.name), p.single, at, &mut all);
        }
    }
    assert!(all.is_empty(), "{} faults:\n{}", all.len(), all.join("\n"));
}

/// A primitive of two arguments, and whether its derivatives may be defined where the value is NaN, as that of a + b,
/// which is
/// 1. This is so if it is linear in an argument or selects one of them.
struct Pair {
    name: &'static str,
    of: OfTwo<f64>,
    defined_at_nan: bool,
}

macro_rules! pairs {
    ($($name:literal $defined_at_nan:literal |$a:ident, $b:ident| $f:expr;)*) => {
        [$(Pair {
            name: $name,
            of: (|$a, $b| $f, |$a, $b| $f),
            defined_at_nan: $defined_at_nan,
        }),*]
    };
}

/// The value f, the partial derivatives a, b, and the second derivatives aa, ab, ba, bb of a function of two
/// arguments, each in all modes.
fn orders_of_a_pair(f: for<'t> fn(Var<'t, f64>, Var<'t, f64>) -> Var<'t, f64>, a: f64, b: f64) -> [Vec<f64>; 7] {
    let tape = Tape::default();
    let (x, y) = (tape.var(a), tape.var(b));
    let z = f(x, y);
    let (dx, dy) = (z.grad(x), z.grad(y));
    let by = |v, of| tape.tangents(|t| t.set(v, 1.0)).of(of);
    let [g, gx, gy] = [z, dx, dy].map(|z| z.backward());
    [
        vec![z.value()],
        vec![g.wrt(x), dx.value(), by(x, z)],
        vec![g.wrt(y), dy.value(), by(y, z)],
        vec![gx.wrt(x), by(x, dx), dx.grad(x).value()],
        vec![gx.wrt(y), by(y, dx), dx.grad(y).value()],
        vec![gy.wrt(x), by(x, dy), dy.grad(x).value()],
        vec![gy.wrt(y), by(y, dy), dy.grad(y).value()],
    ]
}

fn orders_of_a_pair_of_tensors(
    f: for<'t> fn(TensorVar<'t>, TensorVar<'t>) -> TensorVar<'t>,
    a: f64,
    b: f64,
) -> [Vec<f64>; 7] {
    let tape = Tape::default();
    let (x, y) = (tape.var(Tensor::full(5, a)), tape.var(Tensor::full(5, b)));
    let z = f(x, y);
    let (dx, dy) = (z.sum().grad(x), z.sum().grad(y));
    let ones = Tensor::ones(5);
    let by = |v, of| tape.tangents(|t| t.set(v, ones.clone())).of(of);
    let [g, gx, gy] = [z, dx, dy].map(|z| z.backward_with(&ones));
    [
        vec![z.value()],
        vec![g.wrt(x), dx.value(), by(x, z)],
        vec![g.wrt(y), dy.value(), by(y, z)],
        vec![gx.wrt(x), by(x, dx), dx.sum().grad(x).value()],
        vec![gx.wrt(y), by(y, dx), dx.sum().grad(y).value()],
        vec![gy.wrt(x), by(x, dy), dy.sum().grad(x).value()],
        vec![gy.wrt(y), by(y, dy), dy.sum().grad(y).value()],
    ]
    .map(|all| all.into_iter().flat_map(|t| t.to_vec()).collect())
}

#[test]
fn binary_primitives_agree_in_all_modes_to_the_second_order_and_nan_stays_nan() {
    let pairs = pairs! {
        "add" true |a, b| a + b;
        "sub" true |a, b| a - b;
        "mul" true |a, b| a * b;
        "maximum" true |a, b| a.maximum(b);
        "minimum" true |a, b| a.minimum(b);
        "leaky_relu" true |a, b| a.leaky_relu(b);
        "elu" true |a, b| a.elu(b);
        "clamp" true |a, b| a.clamp(b, 1.25);
        "div" false |a, b| a / b;
        "pow" false |a, b| a.pow(b);
        "rem" false |a, b| a % b;
        "atan2" false |a, b| a.atan2(b);
        "hypot" false |a, b| a.hypot(b);
        "log_add_exp" false |a, b| a.log_add_exp(b);
        "xlogy" true |a, b| a.xlogy(b);
    };
    let names = ["value", "a", "b", "aa", "ab", "ba", "bb"];
    let mut wrong = Vec::new();
    let at: Vec<f64> = vec![
        0.0,
        -0.0,
        5e-324,
        1e-310,
        -1e-310,
        1e-8,
        0.3,
        1.0,
        1.25,
        -2.0,
        2.0,
        3.0,
        -700.0,
        1e100,
        1e300,
        -1e300,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
    ];
    for Pair { name, of, defined_at_nan } in pairs {
        for (&a, &b) in at.iter().flat_map(|a| at.iter().map(move |b| (a, b))) {
            let (scalar, tensor) = (orders_of_a_pair(of.0, a, b), orders_of_a_pair_of_tensors(of.1, a, b));
            let value = scalar[0][0];
            for (k, which) in names.iter().enumerate() {
                let want = scalar[k][0];
                for &got in scalar[k].iter().chain(&tensor[k]) {
                    let near = close(got, want, 1e-13) || (got - want).abs() < 1e-306;
                    let defined = !value.is_nan() || defined_at_nan || got.is_nan();
                    if !(near && defined) {
                        let all: Vec<f64> = scalar[k].iter().chain(tensor[k].iter().step_by(5)).copied().collect();
                        wrong.push(format!("{name} at {a:e}, {b:e}: {which} is {all:?}, with value {value:e}"));
                        break;
                    }
                }
            }
            let (ab, ba) = (scalar[4][0], scalar[5][0]);
            // At a = 0 and b <= 0, a ln b has a derivative in one argument only.
            let one_sided = name == "xlogy" && (scalar[1][0].is_nan() || scalar[2][0].is_nan());
            if !(one_sided || close(ab, ba, 1e-13) || (ab - ba).abs() < 1e-306) {
                wrong.push(format!("{name} at {a:e}, {b:e}: ab is {ab:e}, ba is {ba:e}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
}
