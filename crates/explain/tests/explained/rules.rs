//! Formulas of tensors, evaluated and compared with the contributions of the sweep.

use autograd::{Tape, TensorVar, Var, softmax_cross_entropy, softmax_cross_entropy_soft};
use explain::{Explain, Explanation, Expr, Form, Infix, Verdict};
use std::collections::HashMap;
use tensor::{Tensor, tensor};

type Values<'t> = HashMap<String, TensorVar<'t>>;

/// Evaluates a formula of tensors. Sums and means are over the last axis; transposed vectors are columns.
fn eval<'t>(tape: &'t Tape<f64>, e: &Expr, names: &Values<'t>) -> TensorVar<'t> {
    let value = |e: &Expr| eval(tape, e, names);
    let number = |x: f64| tape.constant(Tensor::scalar(x));
    match e {
        Expr::Number(x) => number(*x),
        Expr::Symbol(s) => *names.get(s.text()).unwrap_or_else(|| panic!("{s} is not known in {e}")),
        Expr::Partial { wrt, .. } => names[&format!("∂{wrt}")],
        Expr::Neg(x) => -value(x),
        Expr::Infix(Infix::Product, a, b) => value(a).matmul(value(b)),
        Expr::Infix(op, a, b) => {
            let (a, b) = (value(a), value(b));
            match op {
                Infix::Plus => a + b,
                Infix::Minus => a - b,
                Infix::Over => a / b,
                _ => a * b,
            }
        }
        Expr::Power(x, n) if **n == Expr::Number(2.0) => value(x).square(),
        Expr::Transpose(x) => value(x).transpose(),
        Expr::Cases(cases, otherwise) if **otherwise == Expr::Number(0.0) => {
            let [(x, c)] = &cases[..] else { panic!("one case: {e}") };
            let (a, _, b) = &c.0[0];
            let (a, b) = (value(a).value(), value(b).value().broadcast_to(value(a).shape()).to_vec());
            let hits = a.to_vec().iter().zip(b).map(|(a, b)| f64::from(*a == b)).collect::<Vec<f64>>();
            let mask = Tensor::from_vec(a.shape().clone(), hits);
            // `ties` is the number of maxima.
            let ties: f64 = mask.to_vec().iter().sum();
            let x = if x.to_string() == "1 / ties" { number(1.0 / ties) } else { value(x) };
            tape.constant(mask) * x
        }
        Expr::With(body, definitions) => {
            let mut names = names.clone();
            for (name, x) in definitions {
                let x = eval(tape, x, &names);
                names.insert(name.text().into(), x);
            }
            eval(tape, body, &names)
        }
        Expr::Call(name, args) => call(tape, name, &args.iter().map(value).collect::<Vec<_>>()),
        other => panic!("not a formula of arrays: {other}"),
    }
}

fn call<'t>(tape: &'t Tape<f64>, name: &str, xs: &[TensorVar<'t>]) -> TensorVar<'t> {
    let x = xs[0];
    let last = x.shape().rank() as isize - 1;
    let shifted = |edge: f64, up: bool| {
        let n = x.shape()[last as usize];
        let v = x.value().to_vec();
        assert_eq!(v.len(), n, "scans are tested on vectors");
        let out: Vec<f64> = if up {
            v[1..].iter().copied().chain([edge]).collect()
        } else {
            std::iter::once(edge).chain(v[..n - 1].iter().copied()).collect()
        };
        tape.constant(Tensor::from_vec(x.shape(), out))
    };
    let edge = xs.get(1).map_or(0.0, |e| e.value().to_vec()[0]);
    match name {
        "sum" => x.sum_over(tensor::keep(last)),
        "mean" => x.mean_over(tensor::keep(last)),
        "sum_rows" => x.sum_over(0),
        "exp" => x.exp(),
        "rsqrt" => x.rsqrt(),
        "abs" => x.abs(),
        "sign" => x.sign(),
        "softmax" => x.softmax(-1),
        "log_softmax" => x.log_softmax(-1),
        "flip" => x.flip(-1),
        "cumprod" => x.cumprod(-1),
        "cumsum_from_end" => x.flip(-1).cumsum(-1).flip(-1),
        "linear_scan" => x.linear_scan(xs[1], -1),
        "linear_scan_from_end" => x.flip(-1).linear_scan(xs[1].flip(-1), -1).flip(-1),
        "previous" => shifted(edge, false),
        "next" => shifted(edge, true),
        name => panic!("{name} is not evaluated here"),
    }
}

/// Compares the formulas of the output with their values. Returns the products as text.
fn consistent(e: &Explanation, extra: &[(&str, Tensor<f64>)]) -> Vec<String> {
    let tape = Tape::new();
    let mut names: Values<'_> = HashMap::new();
    for step in &e.steps {
        names.insert(step.symbol.text().into(), tape.constant(step.value.clone()));
        if let Some(g) = &step.adjoint {
            names.insert(format!("∂{}", step.symbol), tape.constant(g.clone()));
        }
    }
    names.insert("v".into(), tape.constant(e.cotangent.clone()));
    for (name, x) in extra {
        names.insert(name.to_string(), tape.constant(x.clone()));
    }
    let same = |formula: &Expr, numbers: &Tensor<f64>| {
        let found = eval(&tape, formula, &names).value();
        let found = if found.size() == 1 { found.reshape(()).broadcast_to(numbers.shape().clone()) } else { found };
        assert_eq!(found.size(), numbers.size(), "{formula}");
        for (a, b) in found.to_vec().into_iter().zip(numbers.to_vec()) {
            assert!((a - b).abs() <= 4e-16 * b.abs().max(1.0), "{formula} is {found}, not {numbers}");
        }
    };
    let step = e.output();
    assert!(!step.edges.is_empty());
    for edge in &step.edges {
        let check = edge.check.as_ref().expect("it is small");
        assert!(!matches!(check.verdict, Verdict::Differs | Verdict::Unresolved), "{check:?}");
        same(edge.product.as_ref().expect("a formula"), &edge.contribution);
        if edge.factor.form == Form::Weights {
            let (formula, values) = (edge.factor.formula.as_ref(), edge.factor.values.as_ref());
            let values = values.expect("weights have values");
            let whole = eval(&tape, formula.expect("a formula"), &names).value().broadcast_to(values.shape().clone());
            assert_eq!(whole.to_vec(), values.to_vec(), "{}", step.operation);
        }
    }
    step.edges.iter().map(|edge| edge.product.as_ref().map(|p| p.to_string()).unwrap_or_default()).collect()
}

fn read(f: impl for<'t> Fn(TensorVar<'t>, TensorVar<'t>) -> TensorVar<'t>) -> Vec<String> {
    let tape = Tape::new();
    let a = tape.var(tensor![0.5, -1.25, 2.0]).named("a");
    let b = tape.var(tensor![1.5, 0.75, -0.5]).named("b");
    let y = f(a, b).named("y");
    let v = Tensor::from_vec(y.shape(), (0..y.value().size()).map(|i| 1.0 + 0.25 * i as f64).collect::<Vec<_>>());
    let e = Explain::of(y).with_cotangent(v).run().expect("y depends on a or b");
    consistent(&e, &[])
}

#[test]
fn normalizations() {
    assert_eq!(read(|a, _| a.softmax(0)), ["(v - sum(v ⊙ y)) ⊙ y"]);
    assert_eq!(read(|a, _| a.log_softmax(0)), ["v - sum(v) ⊙ exp(y)"]);
    let norm = read(|a, b| a.layer_norm(b, a.detach(), 1e-5));
    assert_eq!(norm.len(), 2);
    assert!(norm[0].starts_with("(v ⊙ b - mean(v ⊙ b) - mean(v ⊙ b ⊙ u2) ⊙ u2) ⊙ u1 with u1 = rsqrt("), "{}", norm[0]);
}

#[test]
fn recurrences() {
    assert_eq!(read(|a, _| a.cumprod(0)), ["linear_scan_from_end(next(a), v) ⊙ previous(y, 1)"]);
    assert_eq!(read(|a, _| a.cumsum(0)), ["cumsum_from_end(v)"]);
    assert_eq!(
        read(|a, b| a.linear_scan(b, 0)),
        ["linear_scan_from_end(next(a), v) ⊙ previous(y)", "linear_scan_from_end(next(a), v)"]
    );
}

/// The value is a scalar, and each element of the operand has a weight.
#[test]
fn reductions() {
    let tape = Tape::new();
    let x = tape.var(tensor![3.0, -1.0, 3.0, 0.5]).named("x");
    let t = tape.constant(tensor![0.25, 0.5, 0.125, 0.125]).named("t");
    let all: Vec<(Var<'_, f64>, &str)> = vec![
        (x.sum(), "1"),
        (x.mean(), "1 / 4"),
        (x.prod(), "cumprod(previous(x, 1)) ⊙ flip(cumprod(previous(flip(x), 1)))"),
        (x.max(), "{1 / ties if x = L; 0 otherwise}"),
        (x.var(1), "0.666667 · (x - mean(x))"),
        (x.std(1), "1 / 3 · (x - mean(x)) / L"),
        (x.norm(), "x / L"),
        (x.logsumexp(), "exp(x - L) / sum(exp(x - L))"),
        (softmax_cross_entropy(x.reshape([1, 4]), [2]), ""),
        (softmax_cross_entropy_soft(x.reshape([1, 4]), t.reshape([1, 4])), ""),
    ];
    for (y, formula) in all {
        let e = Explain::of(y).run().expect("it depends on x");
        let class = tensor![[0.0, 0.0, 1.0, 0.0]];
        consistent(&e, &[("t", class)]);
        if !formula.is_empty() {
            assert_eq!(e.output().edges[0].factor.formula.as_ref().expect("a formula").to_string(), formula);
        }
    }
}

#[test]
fn products_in_textbook_notation() {
    let tape = Tape::new();
    let w = tape.var(tensor![[0.5, -1.0], [2.0, 0.25]]).named("W");
    let b = tape.var(tensor![0.1, 0.2]).named("b");
    let x = tape.var(tensor![[1.0, 2.0], [3.0, 4.0]]).named("X");
    let products = |y: TensorVar<'_>| {
        let v = Tensor::ones(y.shape());
        consistent(&Explain::of(y).with_cotangent(v).run().expect("it depends on them"), &[])
    };
    assert_eq!(products(x.matmul(w)), ["v Wᵀ", "Xᵀ v"]);
    assert_eq!(products(x.linear(w, b)), ["v Wᵀ", "Xᵀ v", "sum_rows(v)"]);
    assert_eq!(products(x.transpose()), ["vᵀ"]);
    let e = Explain::of(b.dot(b)).run().expect("it depends on b");
    assert_eq!(e.output().edges[0].factor.formula.as_ref().map(|f| f.to_string()).as_deref(), Some("b"));
}

/// For broadcast operands: the values have the shape of y, and the contribution is their sum.
#[test]
fn broadcast_operands_have_values() {
    let tape = Tape::new();
    let x = tape.var(tensor![[1.0, -2.0, 0.5], [0.25, 3.0, 4.0]]).named("x");
    let s = tape.var(tensor![2.0, 0.5, -1.0]).named("s");
    let low = tape.var(tensor![0.0]).named("low");
    let mask = tensor![[1.0, 0.0, 1.0], [0.0, 0.0, 1.0]];
    let high = tape.constant(tensor![1.0, 1.0, 1.0]);
    let all = [x.mul_add(s, low), x.clamp(low, high), x.where_(&mask, s)];
    for y in all {
        let e = Explain::of(y).with_cotangent(Tensor::ones([2, 3])).run().expect("it depends on them");
        for edge in &e.output().edges {
            let values = edge.factor.values.as_ref().expect("numbers");
            assert_eq!(values.shape(), y.value().shape());
            let shape = edge.contribution.shape();
            assert_eq!(values.sum_to(shape).to_vec(), edge.contribution.to_vec(), "{}", e.output().operation);
        }
    }
    let e = Explain::of(all[2]).with_cotangent(Tensor::ones([2, 3])).run().expect("it depends on them");
    assert_eq!(e.output().edges[0].factor.values.as_ref().map(|m| m.to_vec()), Some(mask.to_vec()));
}
