//! Assertions on rows of values and derivatives in all modes: the reverse sweep, the recorded sweep and forward mode,
//! for scalars and for tensors, in `f64` to 1e-14, and in `f32` if the values of the row are in its range.

use crate::common::close;
use autograd::{Scalar, Tape, TensorVar, Var};
use tensor::{Shape, Tensor};

pub(crate) const TOLERANCE: f64 = 1e-14;
/// The tolerance of `f32`: a few roundings, with unit roundoff 6e-8.
const SINGLE: f64 = 1e-6;

/// A function of one argument, for scalars and for tensors; `OfTwo` has two arguments.
pub(crate) type OfOne<T> = (for<'t> fn(Var<'t, T>) -> Var<'t, T>, for<'t> fn(TensorVar<'t, T>) -> TensorVar<'t, T>);
pub(crate) type OfTwo<T> = (
    for<'t> fn(Var<'t, T>, Var<'t, T>) -> Var<'t, T>,
    for<'t> fn(TensorVar<'t, T>, TensorVar<'t, T>) -> TensorVar<'t, T>,
);

/// Asserts rows `[x, value, derivative]` of a function of one argument.
macro_rules! one {
    (|$x:ident| $f:expr; $($rows:tt)*) => {
        $crate::conventions::table::assert_one(stringify!($f), (|$x| $f, |$x| $f), (|$x| $f, |$x| $f), &[$($rows)*])
    };
}

/// Asserts rows `[a, b, value, derivative in a, derivative in b]` of a function of two arguments.
macro_rules! two {
    (|$a:ident, $b:ident| $f:expr; $($rows:tt)*) => {
        $crate::conventions::table::assert_two(stringify!($f), (|$a, $b| $f, |$a, $b| $f), (|$a, $b| $f, |$a, $b| $f), &[$($rows)*])
    };
}
pub(crate) use {one, two};

/// The shapes in which a row is tested: 0-d, a vector with full SIMD lanes and a remainder, and a matrix.
fn shapes() -> [Shape; 3] {
    [Shape::from(()), Shape::from(19), Shape::from([3, 5])]
}

#[track_caller]
pub(crate) fn assert_one(name: &str, f: OfOne<f64>, f32: OfOne<f32>, rows: &[[f64; 3]]) {
    let mut wrong = Vec::new();
    for row in rows {
        for (mode, got) in one_in_all_modes(f, row[0]) {
            note(&mut wrong, &mode, &row[..1], &got, &row[1..], TOLERANCE);
        }
        if row.iter().all(|&x| fits(x)) && row[0] as f32 as f64 == row[0] {
            for (mode, got) in one_in_all_modes(f32, row[0]) {
                note(&mut wrong, &format!("f32 {mode}"), &row[..1], &got, &row[1..], SINGLE);
            }
        }
    }
    assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
}

#[track_caller]
pub(crate) fn assert_two(name: &str, f: OfTwo<f64>, f32: OfTwo<f32>, rows: &[[f64; 5]]) {
    let mut wrong = Vec::new();
    for row in rows {
        for (mode, got) in two_in_all_modes(f, row[0], row[1]) {
            note(&mut wrong, &mode, &row[..2], &got, &row[2..], TOLERANCE);
        }
        if row.iter().all(|&x| fits(x)) && row[..2].iter().all(|&x| x.is_nan() || x as f32 as f64 == x) {
            for (mode, got) in two_in_all_modes(f32, row[0], row[1]) {
                note(&mut wrong, &format!("f32 {mode}"), &row[..2], &got, &row[2..], SINGLE);
            }
        }
    }
    assert!(wrong.is_empty(), "{name}:\n{}", wrong.join("\n"));
}

/// Whether the value is in the range of `f32`, without overflow or underflow.
fn fits(x: f64) -> bool {
    x == 0.0 || !x.is_finite() || (1e-37..1e38).contains(&x.abs())
}

/// Collects differences. `None` stands for a value that is not computed in a mode.
fn note(wrong: &mut Vec<String>, mode: &str, at: &[f64], got: &[Option<f64>], want: &[f64], tolerance: f64) {
    for (what, (got, &want)) in
        ["value", "derivative in the first", "derivative in the second"].iter().zip(got.iter().zip(want))
    {
        if let Some(got) = *got
            && !close(got, want, tolerance)
        {
            wrong.push(format!("  at {at:?}, {mode}: {what} is {got:e}, not {want:e}"));
        }
    }
}

type Values = Vec<(String, Vec<Option<f64>>)>;

fn one_in_all_modes<T: Scalar>((f, of_tensor): OfOne<T>, at: f64) -> Values {
    let mut all = Vec::new();
    let x0 = T::from_f64(at);
    {
        let tape = Tape::default();
        let x = tape.var(x0);
        let y = f(x);
        let value = y.value().to_f64();
        let modes = [
            ("eager", y.backward().wrt(x)),
            ("recorded", y.grad(x).value()),
            ("forward", tape.tangents(|t| t.set(x, T::ONE)).of(y)),
        ];
        all.extend(modes.map(|(mode, d)| (format!("scalar, {mode}"), vec![Some(value), Some(d.to_f64())])));
    }
    for shape in shapes() {
        let tape = Tape::default();
        let x = tape.var(Tensor::full(&shape, x0));
        let y = of_tensor(x);
        let value = y.value();
        let ones = Tensor::ones(&shape);
        let modes = [
            ("eager", y.backward_with(&ones).wrt(x)),
            ("recorded", y.grad_with(x, &ones).value()),
            ("forward", tape.tangents(|t| t.set(x, ones.clone())).of(y)),
        ];
        for (mode, d) in modes {
            for (y, d) in value.to_vec().into_iter().zip(d.to_vec()) {
                all.push((format!("tensor {shape}, {mode}"), vec![Some(y.to_f64()), Some(d.to_f64())]));
            }
        }
    }
    all.dedup_by(|a, b| a.0 == b.0 && same(&a.1, &b.1));
    all
}

fn two_in_all_modes<T: Scalar>((f, of_tensor): OfTwo<T>, a0: f64, b0: f64) -> Values {
    let mut all = Vec::new();
    let (a0, b0) = (T::from_f64(a0), T::from_f64(b0));
    let some = |x: T| Some(x.to_f64());
    {
        let tape = Tape::default();
        let (a, b) = (tape.var(a0), tape.var(b0));
        let y = f(a, b);
        let g = y.backward();
        let value = y.value();
        all.push(("scalar, eager".into(), vec![some(value), some(g.wrt(a)), some(g.wrt(b))]));
        all.push(("scalar, recorded".into(), vec![some(value), some(y.grad(a).value()), some(y.grad(b).value())]));
        let along = |x| tape.tangents(|t| t.set(x, T::ONE)).of(y);
        all.push(("scalar, forward".into(), vec![some(value), some(along(a)), some(along(b))]));
        // with a constant operand, which is another form of node
        let (left, right) = (f(a, tape.constant(b0)), f(tape.constant(a0), b));
        all.push(("scalar, constant b".into(), vec![some(left.value()), some(left.backward().wrt(a))]));
        all.push(("scalar, constant a".into(), vec![some(right.value()), None, some(right.backward().wrt(b))]));
        all.push(("scalar, constant b, recorded".into(), vec![some(left.value()), some(left.grad(a).value())]));
        all.push(("scalar, constant a, recorded".into(), vec![some(right.value()), None, some(right.grad(b).value())]));
    }
    for shape in shapes() {
        let tape = Tape::default();
        let (a, b) = (tape.var(Tensor::full(&shape, a0)), tape.var(Tensor::full(&shape, b0)));
        let y = of_tensor(a, b);
        let ones = Tensor::ones(&shape);
        let g = y.backward_with(&ones);
        let along = |x| tape.tangents(|t| t.set(x, ones.clone())).of(y);
        let value = y.value().to_vec();
        let modes = [
            ("eager", g.wrt(a), g.wrt(b)),
            ("recorded", y.grad_with(a, &ones).value(), y.grad_with(b, &ones).value()),
            ("forward", along(a), along(b)),
        ];
        for (mode, da, db) in modes {
            for ((&y, da), db) in value.iter().zip(da.to_vec()).zip(db.to_vec()) {
                all.push((format!("tensor {shape}, {mode}"), vec![some(y), some(da), some(db)]));
            }
        }
    }
    all.dedup_by(|a, b| a.0 == b.0 && same(&a.1, &b.1));
    all
}

/// Whether all values have the same bits.
fn same(a: &[Option<f64>], b: &[Option<f64>]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.map(f64::to_bits) == b.map(f64::to_bits))
}
