//! Values of an explanation, which equal those of the engine bit for bit.

use autograd::{Tape, TensorVar, Var, bce_with_logits, softmax_cross_entropy};
use explain::{Explain, Explainable, Explanation, Form, Target};
use tensor::{Tensor, tensor};

fn bits(x: &Tensor<f64>) -> Vec<u64> {
    x.to_vec().iter().map(|x| x.to_bits()).collect()
}

/// Compares an adjoint with that of the engine.
fn same(e: &Explanation, name: &str, engine: Tensor<f64>) {
    let found = e.step(name).and_then(|s| s.adjoint.clone()).unwrap_or_else(|| panic!("{name} has no adjoint"));
    assert_eq!(bits(&found), bits(&engine), "{name}: {found} against {engine}");
}

#[test]
fn shared_and_repeated_operands() {
    let tape = Tape::default();
    let x = tape.var(0.7_f64).named("x");
    let w = tape.var(tensor![[0.5, -1.0], [2.0, 0.25]]).named("w");
    let b = tape.var(tensor![0.1, 0.2]).named("b");
    let z = (w.matmul(w) * x + b).named("z");
    let a = z.tanh().named("a");
    let s = ((x * x).sin() / 3.0 + tape.sum(&[x, x, x])).named("s");
    let zero = x.relu() * 0.0;
    let loss = softmax_cross_entropy(a, [1, 0]) * s - x.powi(3) + zero.sqrt() * x;
    let e = loss.explain();
    let g = loss.backward();
    same(&e, "x", Tensor::scalar(g.wrt(x)));
    same(&e, "s", Tensor::scalar(g.wrt(s)));
    same(&e, "w", g.wrt(w));
    same(&e, "b", g.wrt(b));
    same(&e, "z", g.wrt(z));
    same(&e, "a", g.wrt(a));
    assert!(e.step("x").unwrap().incoming.len() > 4);
}

#[test]
fn single_precision() {
    let tape = Tape::default();
    let w = tape.var(tensor![[0.3_f32, -1.1], [2.0, 0.7]]).named("w");
    let t = tape.constant(tensor![[1.0_f32, 0.0], [0.0, 1.0]]).named("t");
    let loss = bce_with_logits(w.sigmoid().matmul(w), t);
    let e = loss.explain();
    same(&e, "w", loss.backward().wrt(w).cast());
    assert_eq!(e.precision, explain::Precision::Single);
}

#[test]
fn a_cotangent_of_a_tensor() {
    let tape = Tape::default();
    let x = tape.var(tensor![1.0, -2.0, 0.5]).named("x");
    let y = (x.softmax(0) * x).exp();
    let v = tensor![1.0, 0.0, -3.0];
    let e = Explain::of(y).wrt(&[x.into()]).with_cotangent(v.clone()).run().unwrap();
    same(&e, "x", y.backward_with(&v).wrt(x));
}

fn times(a: &Tensor<f64>, b: &Tensor<f64>) -> Tensor<f64> {
    let a = a.broadcast_to(b.shape().clone()).to_vec();
    let product: Vec<f64> = a.iter().zip(b.to_vec()).map(|(a, b)| a * b).collect();
    Tensor::from_vec(b.shape().clone(), product)
}

/// Each contribution is the product of factor and adjoint.
#[test]
fn factors_times_adjoints_are_contributions() {
    let tape = Tape::default();
    let x = tape.var(tensor![[1.0, -2.0, 0.5], [0.1, 0.2, 3.0]]).named("x");
    let b = tape.var(tensor![0.5, -1.0, 0.25]).named("b");
    let scaled: TensorVar = (x + b) * b;
    let y = (scaled.sigmoid() / (b + 3.0)).softmax(1).ln() * x;
    let loss = y.square().max_over(1).mean() + x.at([0, 1]) * tape.dot(&[x.at([0, 0])], &[x.at([1, 1])]);
    let e = loss.explain();
    let mut seen = [0; 3];
    for step in &e.steps {
        let Some(g) = &step.adjoint else { continue };
        for edge in &step.edges {
            let values = edge.factor.values.as_ref().unwrap_or_else(|| panic!("{}: no factor", step.symbol));
            let to = &e.steps[edge.to];
            let product: Vec<f64> = match edge.factor.form {
                Form::Elementwise => {
                    let g = g.broadcast_to(values.shape().clone());
                    let all = times(&g, values);
                    seen[0] += 1;
                    all.sum_to(to.value.shape()).to_vec()
                }
                Form::Weights => {
                    seen[1] += 1;
                    times(&g.reshape(edge.factor.adjoint_shape.clone()), values).to_vec()
                }
                Form::Linear => {
                    seen[2] += 1;
                    let (n, m) = (step.value.size(), to.value.size());
                    g.reshape(n).matmul(&values.reshape([n, m])).to_vec()
                }
            };
            for (a, b) in product.iter().zip(edge.contribution.to_vec()) {
                assert!((a - b).abs() <= 1e-15 * b.abs(), "{} -> {}: {a} against {b}", step.symbol, to.symbol);
            }
        }
    }
    assert!(seen.iter().all(|&n| n > 0), "{seen:?}");
}

#[test]
fn an_adjoint_is_the_sum_of_its_contributions() {
    let tape = Tape::default();
    let x = tape.var(0.3_f64).named("x");
    let loss = (x * x.sin() + x.exp() * x) * x;
    let e = loss.explain();
    for step in &e.steps[1..] {
        let parts = step.incoming.iter().map(|&(from, edge)| e.steps[from].edges[edge].contribution.item());
        let sum = parts.fold(0.0, |a, b| a + b);
        assert_eq!(step.adjoint.as_ref().map(|g| g.item()), (!step.incoming.is_empty()).then_some(sum));
    }
}

#[test]
fn errors() {
    let (tape, other) = (Tape::default(), Tape::default());
    let x = tape.var(tensor![1.0, 2.0]).named("x");
    let unused = tape.var(3.0_f64).named("unused");
    let foreign = other.var(1.0_f64);
    let loss = x.sum();
    let asked =
        |output: Target<'_, f64>, x: Target<'_, f64>| Explain::of(output).wrt(&[x]).run().unwrap_err().to_string();
    assert!(asked(loss.into(), unused.into()).contains("does not depend on requested node 0, \"unused\""));
    assert!(asked(loss.into(), foreign.into()).contains("another tape"));
    assert!(asked(x.into(), x.into()).contains("shape (2,)"));
    let short = Explain::of(x).with_cotangent(tensor![1.0]).run().unwrap_err().to_string();
    assert_eq!(short, "expected a cotangent of shape (2,), that of the output, got (1,)");
    let constant: Var<'_, f64> = tape.constant(2.0);
    assert!(Explain::of(constant).run().unwrap_err().to_string().contains("constant without a node"));
    assert_eq!(constant.explain().output().value.item(), 2.0);
}

#[test]
fn nan_does_not_panic() {
    let tape = Tape::default();
    let x = tape.var(-1.0_f64).named("x");
    let e = (x.ln() * x).explain();
    assert!(e.step("x").unwrap().adjoint.as_ref().unwrap().item().is_nan());
}

proptest::proptest! {
    /// The gradient of every variable of a random program equals that of `backward`.
    #[test]
    fn random_programs(p in autograd::strategies::program(1..4, 1..20)) {
        let tape = Tape::default();
        let (numbers, tensors) = p.point();
        let numbers: Vec<Var<f64>> = numbers.into_iter().map(|x| tape.var(x)).collect();
        let tensors: Vec<TensorVar> = tensors.into_iter().map(|x| tape.var(x)).collect();
        let loss = p.run((numbers.clone(), tensors.clone()));
        let (e, g) = (loss.explain(), loss.backward());
        for (name, engine) in numbers.iter().map(|&x| (x.node(), Tensor::scalar(g.wrt(x))))
            .chain(tensors.iter().map(|&x| (x.node(), g.wrt(x)))) {
            if let Some(step) = e.steps.iter().find(|s| s.node.is_some() && s.node == name) {
                proptest::prop_assert_eq!(bits(step.adjoint.as_ref().unwrap()), bits(&engine));
            }
        }
    }
}

proptest::proptest! {
    /// The contribution of each edge of a random program is its adjoint times the factor, bit for bit.
    #[test]
    fn factors_times_adjoints_of_random_programs(p in autograd::strategies::program(1..4, 1..20)) {
        let tape = Tape::default();
        let e = p.record(&tape).explain();
        for step in &e.steps {
            let Some(g) = &step.adjoint else { continue };
            for edge in step.edges.iter().filter(|edge| edge.factor.form == Form::Elementwise) {
                let values = edge.factor.values.as_ref().expect("an elementwise factor has values");
                // A factor of 0 gives 0, also for an infinite adjoint.
                let products = g.to_vec().into_iter().zip(values.to_vec()).map(|(g, d)| {
                    if g == 0.0 || d == 0.0 { 0.0 } else { g * d }
                });
                let product = Tensor::from_vec(values.shape().clone(), products.collect::<Vec<f64>>());
                if product.shape() == edge.contribution.shape() {
                    let plain = |x: &Tensor<f64>| x.to_vec().iter().map(|x| (x + 0.0).to_bits()).collect::<Vec<_>>();
                    proptest::prop_assert_eq!(plain(&product), plain(&edge.contribution), "{}", step.operation);
                }
            }
        }
    }
}

/// A chain of random operations on scalars; each has two earlier values as operands.
fn random_graph<'t>(tape: &'t Tape<f64>, ops: &[(u8, usize, usize)]) -> Var<'t, f64> {
    let mut values = vec![tape.var(0.7), tape.var(-1.3)];
    for &(op, a, b) in ops {
        let (x, y) = (values[a % values.len()], values[b % values.len()]);
        values.push(match op % 5 {
            0 => x + y,
            1 => x * y,
            2 => x.sin(),
            3 => x.tanh() * y,
            _ => x - y,
        });
    }
    tape.sum(&values)
}

/// Asserts that the contributions of all paths add up to each gradient. Returns the number of variables for which all
/// paths are listed.
fn adds_up(e: &Explanation) -> usize {
    let all = e.wanted.iter().map(|&at| e.paths(at, 2000)).filter(|paths| paths.is_complete() && paths.count > 0.0);
    all.map(|paths| {
        let sum: f64 = paths.paths.iter().map(|p| p.contribution).sum();
        let size: f64 = paths.paths.iter().map(|p| p.contribution.abs()).sum();
        let tolerance = 1e-12 * size.max(paths.gradient.abs()).max(1.0);
        let same = sum.is_nan() && paths.gradient.is_nan() || sum == paths.gradient;
        assert!(same || (sum - paths.gradient).abs() <= tolerance, "{sum} {}: {e}", paths.gradient);
    })
    .count()
}

#[test]
fn paths_through_every_kind_of_factor() {
    let tape = Tape::default();
    let x = tape.var(tensor![[1.0, -2.0], [0.5, 0.25]]).named("x");
    let b = tape.var(tensor![0.5, -1.0]).named("b");
    let rows = (x * b).exp().mean_over(0) + x.max_over(1) * x.at([0, 0]);
    let y = x.matmul(rows).softmax(0) * b + x.transpose().cumsum(0).sum_over(0);
    let loss = y.dot(b) + softmax_cross_entropy(x, [1, 0]) * b.norm();
    assert_eq!(adds_up(&loss.explain()), 2);
}

proptest::proptest! {
    /// The same for programs with tensors.
    #[test]
    fn paths_add_up_through_tensors(p in autograd::strategies::program(1..4, 1..12)) {
        let tape = Tape::default();
        adds_up(&p.record(&tape).explain());
    }
}

proptest::proptest! {
    /// The contributions of all paths add up to the gradient.
    #[test]
    fn paths_add_up(ops in proptest::collection::vec((0u8..5, 0usize..8, 0usize..8), 1..8)) {
        let tape = Tape::default();
        let loss = random_graph(&tape, &ops);
        let e = loss.explain();
        let reached = e.wanted.iter().filter(|&&at| e.paths(at, 1).count <= 2000.0).count();
        proptest::prop_assert_eq!(adds_up(&e), reached);
    }
}
