//! Elementwise primitives of two and three arguments, with all combinations of shapes that broadcast.

use crate::common::close;
use crate::rules::case::{Case, Of, check, input};
use autograd::{Tape, Var};
use tensor::{Tensor, tensor};

struct Binary {
    name: &'static str,
    scalar: for<'t, 'a> fn(&'a [Var<'t, f64>]) -> Var<'t, f64>,
    double: Of<f64>,
    single: Of<f32>,
    left: (f64, f64),
    right: (f64, f64),
}

macro_rules! binary {
    ($($name:literal |$x:ident| $f:expr, $a:literal .. $b:literal, $c:literal .. $d:literal;)*) => {
        vec![$(Binary { name: $name, scalar: |$x| $f, double: |$x| $f, single: |$x| $f, left: ($a, $b), right: ($c, $d) }),*]
    };
}

#[rustfmt::skip]
fn all() -> Vec<Binary> {
    // Ranges that exclude ties, kinks and the ends of domains.
    binary! {
        "add" |x| x[0] + x[1], -2.0..2.0, -2.0..2.0;
        "sub" |x| x[0] - x[1], -2.0..2.0, -2.0..2.0;
        "mul" |x| x[0] * x[1], -2.0..2.0, -2.0..2.0;
        "div" |x| x[0] / x[1], -2.0..2.0, 0.5..2.0;
        "pow" |x| x[0].pow(x[1]), 0.4..2.0, -2.0..2.0;
        "rem" |x| x[0] % x[1], 1.1..1.4, 0.8..1.0;
        "rem, negative" |x| x[0] % x[1], -2.3..-2.1, 0.8..1.0;
        "atan2" |x| x[0].atan2(x[1]), 0.3..2.0, -2.0..2.0;
        "hypot" |x| x[0].hypot(x[1]), 0.3..2.0, -2.0..2.0;
        "maximum, left" |x| x[0].maximum(x[1]), 1.0..2.0, -2.0..0.9;
        "maximum, right" |x| x[0].maximum(x[1]), -2.0..0.9, 1.0..2.0;
        "minimum, left" |x| x[0].minimum(x[1]), -2.0..0.9, 1.0..2.0;
        "minimum, right" |x| x[0].minimum(x[1]), 1.0..2.0, -2.0..0.9;
        "log_add_exp" |x| x[0].log_add_exp(x[1]), -2.0..2.0, -2.0..2.0;
        "xlogy" |x| x[0].xlogy(x[1]), -2.0..2.0, 0.5..3.0;
        "leaky_relu, above" |x| x[0].leaky_relu(x[1]), 0.1..2.0, -1.0..1.0;
        "leaky_relu, below" |x| x[0].leaky_relu(x[1]), -2.0..-0.1, -1.0..1.0;
        "elu, above" |x| x[0].elu(x[1]), 0.1..2.0, 0.5..1.5;
        "elu, below" |x| x[0].elu(x[1]), -2.0..-0.1, 0.5..1.5;
    }
}

#[test]
fn every_primitive_of_two_arguments_in_every_pairing_of_shapes() {
    let pairs: [(&[usize], &[usize]); 12] = [
        (&[2, 3], &[2, 3]),
        (&[2, 3], &[3]),
        (&[3], &[2, 3]),
        (&[2, 1], &[1, 3]),
        (&[4, 1, 2], &[3, 1]),
        (&[], &[2, 3]),
        (&[2, 3], &[]),
        (&[], &[]),
        (&[1], &[4]),
        (&[17], &[17]),
        (&[0, 3], &[1, 3]),
        (&[2, 0], &[]),
    ];
    for op in all() {
        for (a, b) in pairs {
            let inputs = vec![input(a, op.left.0, op.left.1), input(b, op.right.0, op.right.1)];
            Case { name: op.name, inputs, avoid: &[], double: op.double, single: op.single }.run();
        }
    }
}

#[test]
fn scalars_on_either_side() {
    check!("2 - x", [[2, 3] in -2.0..2.0], |x| 2.0 - x[0]);
    check!("2 / x", [[2, 3] in 0.5..2.0], |x| 2.0 / x[0]);
    check!("x / 3", [[2, 3] in -2.0..2.0], |x| x[0] / 3.0);
    check!("x - 0.1", [[2, 3] in -2.0..2.0], |x| x[0] - 0.1);
    check!("5 % x", [[2, 3] in 1.3..1.6], |x| 5.0 % x[0]);
    check!("scalar variables", [[2, 3] in 0.5..2.0, [] in 0.5..2.0], |x| {
        let s = x[1].item();
        s * x[0] + x[0] / s - s.sin() - (s - x[0]) + x[0].pow(s)
    });
}

#[test]
fn three_arguments() {
    check!("mul_add", [[2, 3] in -2.0..2.0, [2, 3] in -2.0..2.0, [2, 3] in -2.0..2.0], |x| x[0].mul_add(x[1], x[2]));
    check!("mul_add, broadcast", [[2, 1] in -2.0..2.0, [3] in -2.0..2.0, [] in -2.0..2.0], |x| x[0].mul_add(x[1], x[2]));
    check!("mul_add, larger addend", [[3] in -2.0..2.0, [] in -2.0..2.0, [2, 3] in -2.0..2.0], |x| x[0].mul_add(x[1], x[2]));
    check!("mul_add, nothing", [[0, 3] in -2.0..2.0, [1, 3] in -2.0..2.0, [] in -2.0..2.0], |x| x[0].mul_add(x[1], x[2]));
    check!("clamp, inside", [[2, 3] in 0.1..0.9, [3] in -2.0..0.0, [] in 1.0..2.0], |x| x[0].clamp(x[1], x[2]));
    check!("clamp, below", [[2, 3] in -2.0..-1.0, [2, 1] in -0.9..0.0, [] in 1.0..2.0], |x| x[0].clamp(x[1], x[2]));
    check!("clamp, above", [[3] in 2.1..3.0, [] in -0.9..0.0, [2, 3] in 1.0..2.0], |x| x[0].clamp(x[1], x[2]));
    check!("clamp, lo > hi", [[2, 3] in -2.0..2.0, [3] in 0.6..1.0, [] in 0.0..0.5], |x| x[0].clamp(x[1], x[2]));
    check!("where_", [[2, 3] in -2.0..2.0, [2, 3] in -2.0..2.0], |x| x[0].where_(&mask(), x[1]));
    check!("where_, broadcast", [[3] in -2.0..2.0, [2, 1] in -2.0..2.0], |x| x[0].where_(&mask(), x[1]));
    check!("where_, wider than its mask", [[4, 2, 3] in -2.0..2.0, [] in -2.0..2.0], |x| x[0].where_(&mask(), x[1]));
    check!("where_ with a plain number", [[2, 3] in -2.0..2.0], |x| x[0].square().where_(&mask(), 3.0));
    check!("masked_fill", [[2, 3] in -2.0..2.0], |x| x[0].square().masked_fill(&mask(), 3.0));
    check!("where_, nothing", [[0, 3] in -2.0..2.0, [1, 3] in -2.0..2.0], |x| x[0].where_(&Tensor::zeros([0, 3]), x[1]));
}

fn mask<T: tensor::Real>() -> Tensor<T> {
    tensor![[1.0, 0.0, 1.0], [0.0, 0.0, 1.0]].cast::<f32>().cast()
}

/// For large arguments, 0, infinities and NaN all modes give the same values, for scalars and for tensors.
#[test]
fn modes_agree_at_the_edges_of_every_domain() {
    let edges = [0.0, -0.0, 1.0, -1.0, 2.5, 1e-300, -1e300, 1e300, 700.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN];
    let mut wrong = Vec::new();
    for op in all() {
        for (a, b) in edges.iter().flat_map(|&a| edges.iter().map(move |&b| (a, b))) {
            let tape = Tape::new();
            let (x, t) = ([a, b].map(|x| tape.var(x)), [a, b].map(|x| tape.var(Tensor::full(9, x))));
            let (y, z) = ((op.scalar)(&x), (op.double)(&t));
            let (g, h) = (y.backward(), z.sum().backward());
            let same = |p: f64, q: f64| close(p, q, 1e-13) || (p - q).abs() < 1e-300;
            if !same(z.value().at([8]), y.value()) {
                wrong.push(format!(
                    "{} at {a:e}, {b:e}: tensor {:e}, scalar {:e}",
                    op.name,
                    z.value().at([8]),
                    y.value()
                ));
            }
            for k in 0..2 {
                let eager = g.wrt(x[k]);
                let tangents = tape.tangents(|s| {
                    s.set(x[k], 1.0);
                    s.set(t[k], Tensor::ones(9));
                });
                for (mode, derivative) in [
                    ("recorded", y.grad(x[k]).value()),
                    ("forward", tangents.of(y)),
                    ("tensor, eager", h.wrt(t[k]).at([8])),
                    ("tensor, recorded", z.sum().grad(t[k]).value().at([8])),
                    ("tensor, forward", tangents.of(z).at([8])),
                ] {
                    if !same(derivative, eager) {
                        wrong.push(format!(
                            "{} at {a:e}, {b:e}, operand {k}: {mode} {derivative:e}, eager {eager:e}",
                            op.name
                        ));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
