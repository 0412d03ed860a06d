//! Formulas of scalars, evaluated and compared with the values of the engine.

use autograd::{Tape, Var};
use explain::{Comparison, Condition, Explainable, Explanation, Expr, Infix};
use std::collections::HashMap;
use tensor::Number;

/// Evaluates a formula of scalars.
fn eval(e: &Expr, names: &HashMap<&str, f64>) -> f64 {
    let value = |e: &Expr| eval(e, names);
    match e {
        Expr::Number(x) => *x,
        Expr::Symbol(s) => *names.get(s.text()).unwrap_or_else(|| panic!("{s} is not in the derivation")),
        Expr::Neg(x) => -value(x),
        Expr::Infix(op, a, b) => match op {
            Infix::Plus => value(a) + value(b),
            Infix::Minus => value(a) - value(b),
            Infix::Times | Infix::Hadamard | Infix::Product => value(a) * value(b),
            Infix::Over => value(a) / value(b),
        },
        Expr::Power(x, n) => value(x).powf(value(n)),
        Expr::Cases(cases, otherwise) => {
            let holds = |Condition(all): &Condition| {
                all.iter().all(|(a, c, b)| match c {
                    Comparison::Greater => value(a) > value(b),
                    Comparison::GreaterOrEqual => value(a) >= value(b),
                    Comparison::Equal => value(a) == value(b),
                })
            };
            cases.iter().find(|(_, c)| holds(c)).map_or_else(|| value(otherwise), |(x, _)| value(x))
        }
        Expr::Call(name, args) => call(name, &args.iter().map(value).collect::<Vec<_>>()),
        other => panic!("not a formula of scalars: {other}"),
    }
}

fn call(name: &str, args: &[f64]) -> f64 {
    macro_rules! functions {
        ($($f:ident)*) => { match (name, args) {
            $( (stringify!($f), &[x]) => Number::$f(x), )*
            ("max" | "maximum", &[a, b]) => a.max(b),
            ("min" | "minimum", &[a, b]) => a.min(b),
            ("atan2", &[a, b]) => a.atan2(b),
            ("hypot", &[a, b]) => a.hypot(b),
            ("rem", &[a, b]) => a % b,
            ("log_add_exp", &[a, b]) => Number::log_add_exp(a, b),
            ("polygamma", &[n, x]) => Number::polygamma(x, n as u32),
            ("logsumexp", xs) => xs.iter().map(|x| x.exp()).sum::<f64>().ln(),
            ("clamp", &[x, low, high]) => x.max(low).min(high),
            _ => f64::NAN, // named after the operation itself, as activations are
        } };
    }
    functions!(sqrt cbrt exp exp2 exp_m1 ln log2 log10 ln_1p sin cos tan asin acos atan sinh cosh tanh abs floor ceil
        round trunc asinh acosh atanh sigmoid softplus erf erfc ln_gamma sign heaviside)
}

/// Compares every formula of a derivation with its value. Returns the number of formulas.
fn consistent(e: &Explanation) -> usize {
    let names: HashMap<&str, f64> = e.steps.iter().map(|s| (s.symbol.text(), s.value.item())).collect();
    let mut seen = 0;
    let mut same = |what: String, formula: &Expr, number: f64, may_be_named: bool| {
        let found = eval(formula, &names);
        if found.is_nan() && may_be_named {
            return;
        }
        assert!((found - number).abs() <= 1e-12 * number.abs().max(1.0), "{what}: {formula} is {found}, not {number}");
        seen += 1;
    };
    for step in &e.steps {
        if let Some(formula) = &step.formula {
            same(format!("the value of {}", step.operation), formula, step.value.item(), true);
        }
        for edge in &step.edges {
            let slope = edge.factor.values.as_ref().expect("a scalar has a derivative").item();
            for formula in edge.factor.formula.iter().chain(&edge.factor.textbook) {
                same(format!("a derivative of {}", step.operation), formula, slope, false);
            }
        }
    }
    seen
}

#[test]
fn unary_functions() {
    type Function = for<'t> fn(Var<'t, f64>) -> Var<'t, f64>;
    macro_rules! methods { ($($name:ident)*) => { vec![$( |x| x.$name() ),*] }; }
    let functions: Vec<Function> = methods![
        recip square sqrt rsqrt cbrt exp exp2 exp_m1 ln log2 log10 ln_1p sin cos tan asin acos atan sinh cosh tanh asinh
        atanh sigmoid log_sigmoid softplus relu relu6 selu gelu gelu_tanh silu mish softsign hard_tanh abs sign floor
        ceil round trunc heaviside erf erfc ln_gamma
    ];
    for at in [0.3, 0.8, -0.4, 2.5] {
        for f in &functions {
            let tape = Tape::new();
            let y = f(tape.var(at));
            if y.value().is_finite() {
                assert!(consistent(&y.explain()) > 0);
            }
        }
    }
}

#[test]
fn functions_of_several_scalars() {
    for (a, b) in [(0.7, 1.3), (2.5, -0.6), (1.1, 1.1)] {
        let tape = Tape::new();
        let (x, y, z) = (tape.var(a), tape.var(b), tape.var(0.4_f64));
        let all: Vec<Var<f64>> = vec![
            x + y,
            x - y,
            x * y,
            x / y,
            x.maximum(y),
            x.minimum(y),
            x.atan2(y),
            x.hypot(y),
            x % y,
            x.powi(3),
            x.powf(2.5),
            x.log_add_exp(y),
            x.mul_add(y, z),
            x.clamp(z, y),
            tape.sum(&[x, y, z]),
            tape.dot(&[x, y], &[z, x]),
            tape.norm_squared(&[x, y]),
            tape.logsumexp(&[x, y, z]),
            tape.polynomial(&[y, z, y, z], x),
        ];
        for f in all {
            assert!(consistent(&f.explain()) > 1, "{}", f.explain());
        }
    }
}
