//! Scalar functions of many operands, which record one node each: weights, second order, repeated operands, no
//! operands.

use crate::common::Numbers;
use autograd::{Tape, Var, grad, hessian};
use tensor::Tensor;

/// A function of scalars in two forms: as one n-ary node, and composed of unary and binary nodes.
type Of = for<'t, 'a> fn(&'t Tape, &'a [Var<'t, f64>]) -> Var<'t, f64>;

const FUNCTIONS: [(&str, Of, Of); 7] = [
    ("sum", |t, x| t.sum(x), |t, x| x.iter().fold(t.constant(0.0), |s, &x| s + x)),
    ("dot", |t, x| t.dot(&x[..3], &x[3..]), |_, x| x[0] * x[3] + x[1] * x[4] + x[2] * x[5]),
    ("norm_squared", |t, x| t.norm_squared(x), |t, x| x.iter().fold(t.constant(0.0), |s, &x| s + x * x)),
    ("logsumexp", |t, x| t.logsumexp(x), |t, x| x.iter().fold(t.constant(0.0), |s, x| s + x.exp()).ln()),
    (
        "polynomial",
        |t, x| t.polynomial(&x[1..], x[0]),
        |_, x| x[1] + x[2] * x[0] + x[3] * x[0].powi(2) + x[4] * x[0].powi(3) + x[5] * x[0].powi(4),
    ),
    ("mul_add", |t, x| x[0].mul_add(x[1], x[2]) * t.sum(&x[3..]), |_, x| (x[0] * x[1] + x[2]) * (x[3] + x[4] + x[5])),
    (
        "clamp",
        |t, x| {
            t.sum(&[
                x[0].clamp(x[1] - 9.0, x[2] + 9.0),
                x[3].clamp(x[4] + 9.0, x[5] + 20.0).square(),
                x[5].clamp(-9.0, x[1] - 9.0),
            ])
        },
        |_, x| x[0] + (x[4] + 9.0).square() + (x[1] - 9.0),
    ),
];

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-13 * a.abs().max(b.abs()).max(1.0)
}

#[test]
fn an_n_ary_node_equals_its_composition_at_all_orders() {
    let mut numbers = Numbers::new(3);
    for (name, one, many) in FUNCTIONS {
        for _ in 0..5 {
            let tape = Tape::default();
            let x: Vec<_> = (0..6).map(|_| tape.var(numbers.between(-2.0, 2.0))).collect();
            let u: Vec<_> = (0..6).map(|_| numbers.between(-1.0, 1.0)).collect();
            let (a, b) = (one(&tape, &x), many(&tape, &x));
            assert!(near(a.value(), b.value()), "{name}: {} and {}", a.value(), b.value());
            let (ga, gb) = (a.backward(), b.backward());
            let (da, db): (Vec<_>, Vec<_>) = x.iter().map(|&x| (a.grad(x), b.grad(x))).unzip();
            let t = tape.tangents(|t| x.iter().zip(&u).for_each(|(&x, &u)| t.set(x, u)));
            assert!(near(t.of(a), t.of(b)), "{name}, forward");
            let adjoint: f64 = x.iter().zip(&u).map(|(&x, u)| ga.wrt(x) * u).sum();
            assert!(near(t.of(a), adjoint), "{name}: <v, J u> = {}, <Jᵀ v, u> = {adjoint}", t.of(a));
            for k in 0..6 {
                assert!(near(ga.wrt(x[k]), gb.wrt(x[k])), "{name}, operand {k}: {} {}", ga.wrt(x[k]), gb.wrt(x[k]));
                assert!(near(da[k].value(), gb.wrt(x[k])), "{name}, operand {k}, recorded");
                assert!(near(t.of(da[k]), t.of(db[k])), "{name}, operand {k}, forward over reverse");
                let (second, want) = (da[k].backward(), db[k].backward());
                for &x in &x {
                    assert!(near(second.wrt(x), want.wrt(x)), "{name}, operand {k}, reverse over reverse");
                }
            }
        }
    }
}

#[test]
fn one_variable_for_all_operands() {
    for (name, one, many) in FUNCTIONS {
        let tape = Tape::default();
        let x = tape.var(0.75);
        let (a, b) = (one(&tape, &[x; 6]), many(&tape, &[x; 6]));
        assert!(near(a.backward().wrt(x), b.backward().wrt(x)), "{name}");
        assert!(near(a.grad(x).grad(x).value(), b.grad(x).grad(x).value()), "{name}, second order");
    }
}

#[test]
fn constant_operands_get_no_contribution() {
    for (name, one, _) in FUNCTIONS {
        let tape = Tape::default();
        let x: Vec<_> = (0..6).map(|k| tape.var(0.25 * k as f64 - 0.5)).collect();
        let whole = one(&tape, &x).backward();
        for k in 0..6 {
            let mixed: Vec<_> = (0..6).map(|j| if j == k { x[j] } else { tape.constant(x[j].value()) }).collect();
            let g = one(&tape, &mixed).backward();
            assert_eq!(g.wrt(x[k]), whole.wrt(x[k]), "{name}, operand {k}");
        }
        let constants: Vec<_> = x.iter().map(|x| tape.constant(x.value())).collect();
        let before = tape.len();
        assert!(one(&tape, &constants).is_constant());
        assert_eq!(tape.len(), before, "{name} of constants records no node");
    }
}

#[test]
fn without_operands() {
    let tape: Tape = Tape::default();
    assert_eq!((tape.sum(&[]).value(), tape.dot(&[], &[]).value(), tape.norm_squared(&[]).value()), (0.0, 0.0, 0.0));
    assert_eq!(tape.logsumexp(&[]).value(), f64::NEG_INFINITY);
    let x = tape.var(3.0);
    assert_eq!(tape.polynomial(&[], x).value(), 0.0);
    assert_eq!(tape.polynomial(&[], x).backward().wrt(x), 0.0);
    let none: Var<'_, f64> = std::iter::empty::<Var<'_, f64>>().sum();
    assert_eq!(none.value(), 0.0);
}

#[test]
fn in_single_precision() {
    let tape = Tape::single();
    let x: Vec<_> = [0.5_f32, -1.25, 2.0].iter().map(|&x| tape.var(x)).collect();
    let y = tape.dot(&x, &x) + tape.logsumexp(&x) + tape.polynomial(&x, x[0]);
    let double = Tape::<f64>::new();
    let z: Vec<_> = [0.5, -1.25, 2.0].iter().map(|&x| double.var(x)).collect();
    let w = double.dot(&z, &z) + double.logsumexp(&z) + double.polynomial(&z, z[0]);
    let (g, h) = (y.backward(), w.backward());
    for (&x, &z) in x.iter().zip(&z) {
        assert!((g.wrt(x) as f64 - h.wrt(z)).abs() < 2e-6, "{} {}", g.wrt(x), h.wrt(z));
    }
}

#[test]
fn through_a_tensor_and_back() {
    // The elements of a tensor as scalars, and scalars stacked to a tensor.
    let h = hessian(
        |x| {
            let tape = x.tape().unwrap();
            let parts = [x.at([0]), x.at([1]), x.at([2])];
            tape.stack(&[tape.dot(&parts, &parts), parts[0] * parts[1], parts[2].exp()]).prod()
        },
        &Tensor::from([0.5, -1.0, 0.25]),
    );
    let plain = |v: [f64; 3]| (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]) * v[0] * v[1] * v[2].exp();
    let step = 1e-3;
    let at = |i: usize, a: f64, j: usize, b: f64| {
        let mut v = [0.5, -1.0, 0.25];
        v[i] += a;
        v[j] += b;
        plain(v)
    };
    for i in 0..3 {
        for j in 0..3 {
            let cross = at(i, step, j, step) - at(i, step, j, -step) - at(i, -step, j, step) + at(i, -step, j, -step);
            let want = cross / (4.0 * step * step);
            assert!((h.at([i as isize, j as isize]) - want).abs() < 1e-5, "({i}, {j})");
        }
    }
    assert_eq!(grad(|[a, b]| a.to_tensor().item() * b, [2.0_f64, 5.0]), [5.0, 2.0]);
}
