//! Unusual graphs and hostile names, in every output format.

use autograd::{CustomOp, Tape, Var, checkpoint};
use explain::{Explain, Explainable, Explanation, Symbol, Verdict};
use tensor::{Tensor, tensor};

/// Writes a derivation in all formats. None may panic, and the JSON must be valid.
fn written(e: &Explanation) -> [String; 7] {
    let json: serde_json::Value = serde_json::from_str(&e.to_json()).expect("it is JSON");
    assert_eq!(json["steps"].as_array().map(Vec::len), Some(e.steps.len()));
    let _ = (e.diagnose().to_string(), e.delta().map(|d| d.to_string() + &d.to_latex()));
    [e.to_string(), e.to_markdown(), e.to_latex_document(), e.to_dot(), e.to_svg(), e.to_html(), e.to_json()]
}

#[test]
fn tensors_without_elements() {
    for shape in [vec![0], vec![0, 3], vec![3, 0], vec![2, 0, 4]] {
        let tape = Tape::default();
        let x = tape.var(Tensor::<f64>::zeros(&shape[..])).named("x");
        let loss = (x.exp() * x + 1.0).sum() + x.square().sum();
        let e = loss.explain();
        written(&e);
        assert!(e.diagnose().is_healthy(), "{}", e.diagnose());
        let tensor = x.tanh();
        written(&Explain::of(tensor).with_cotangent(Tensor::zeros(&shape[..])).run().unwrap());
    }
    let tape = Tape::default();
    let (a, b) = (tape.var(Tensor::<f64>::zeros([2, 0])).named("A"), tape.var(Tensor::zeros([0, 3])).named("B"));
    written(&a.matmul(b).sum().explain());
}

#[test]
fn a_leaf() {
    let tape = Tape::default();
    let x = tape.var(3.0_f64).named("x");
    let e = x.explain();
    written(&e);
    assert_eq!((e.steps.len(), e.wanted.clone()), (1, vec![0]));
    let paths = e.paths(0, 5);
    assert_eq!((paths.count, paths.gradient, paths.paths.len()), (1.0, 1.0, 1));
    let w = tape.var(tensor![1.0, 2.0]).named("w");
    written(&Explain::of(w).wrt(&[w.into(), w.into()]).with_cotangent(tensor![1.0, -1.0]).run().unwrap());
}

#[test]
fn a_limit_of_no_paths() {
    let tape = Tape::default();
    let x = tape.var(1.0_f64);
    let y = (0..60).fold(x, |y, _| y * 0.75 + y * 0.25);
    let e = y.explain();
    assert_eq!(e.paths(e.wanted[0], 0).paths, []);
}

#[test]
fn names_used_by_the_notation() {
    let tape = Tape::default();
    let v = tape.var(tensor![5.0, 7.0]).named("v");
    let s = tape.var(tensor![[1.0, 2.0], [3.0, 4.0]]).named("s");
    let y = s.matmul(v).named("y");
    let e = Explain::of(y).with_cotangent(tensor![1.0, 10.0]).run().unwrap();
    let names: Vec<&str> = e.steps.iter().map(|s| s.symbol.text()).collect();
    assert!(!names.contains(&e.differentiated.text()), "{}", e.differentiated);
    let text = e.to_string();
    assert!(text.contains("[1, 10]"), "{text}");
    let of_v = text.lines().skip_while(|l| !l.contains("Backward")).find(|l| l.contains("∂v = ")).unwrap();
    assert!(!of_v.contains("[5, 7]"), "{text}");
}

#[test]
fn two_names_that_print_alike() {
    let tape = Tape::default();
    let (a, b) = (tape.var(2.0_f64).named("a"), tape.var(3.0).named("a\u{7}"));
    let c = tape.var(5.0).named("\u{1}");
    let e = (a * b * c).explain();
    let mut names: Vec<&str> = e.steps.iter().map(|s| s.symbol.text()).collect();
    assert!(names.iter().all(|n| !n.is_empty()), "{names:?}");
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), e.steps.len());
}

#[test]
fn many_nodes_with_the_same_name() {
    let tape = Tape::default();
    let mut h = tape.var(0.5_f64).named("h");
    for _ in 0..5_000 {
        h = (h * 1.001).named("h");
    }
    let e = Explain::of(h).checked(false).run().unwrap();
    let mut names: Vec<&str> = e.steps.iter().map(|step| step.symbol.text()).collect();
    assert!(names.len() >= 5_000 && names.iter().all(|name| name.starts_with('h')));
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), e.steps.len(), "each step has a name that tells it from the others");
}

#[test]
fn a_wide_sum_and_a_value_used_often() {
    let tape = Tape::default();
    let all: Vec<Var<f64>> = (0..1_500).map(|i| tape.var(f64::from(i))).collect();
    let x = tape.var(2.0);
    let same = vec![x; 1_500];
    let squares = (0..1_500).map(|_| x * x).collect::<Vec<_>>();
    for (what, e) in [
        ("wide", tape.sum(&all).explain()),
        ("same", tape.sum(&same).explain()),
        ("squares", tape.sum(&squares).explain()),
    ] {
        let texts = written(&e);
        assert!(what == "same" || texts[0].contains("were not checked"), "{what}: {}", texts[0]);
        let sizes = texts.map(|text| text.len());
        assert!(sizes[0] < 20_000 && sizes[4] < 200_000 && sizes[5] < 300 << 10, "{what}: {sizes:?}");
    }
}

#[test]
fn pages_of_large_networks() {
    for (layers, width) in [(3, 4), (20, 32), (100, 12)] {
        let tape = Tape::default();
        let mut a = tape.constant(Tensor::from_fn([4, width], |i| (i[0] + i[1]) as f64 / width as f64)).named("X");
        for layer in 0..layers {
            let w = Tensor::from_fn([width, width], |i| ((i[0] * 7 + i[1] * 3) % 11) as f64 / 55.0 - 0.1);
            let (w, b) = (tape.var(w), tape.var(Tensor::zeros([width])));
            a = a.linear(w.named(format!("W{layer}")), b.named(format!("b{layer}"))).tanh();
        }
        let e = a.square().mean().explain();
        let sizes = written(&e).map(|text| text.len());
        assert!(sizes[5] < 300 << 10, "{layers} x {width}: {sizes:?}");
    }
    let tape = Tape::default();
    let x: Vec<Var<f64>> = (0..8).map(|i| tape.var(f64::from(i) / 8.0)).collect();
    let mut a = x;
    for layer in 0..4 {
        a = (0..8)
            .map(|k| {
                let w: Vec<Var<f64>> = (0..8).map(|i| tape.var(f64::from((layer + i * k) % 5) / 5.0 - 0.4)).collect();
                tape.dot(&w, &a).tanh()
            })
            .collect();
    }
    let e = tape.sum(&a).explain();
    let sizes = written(&e).map(|text| text.len());
    assert!(sizes[5] < 300 << 10, "{sizes:?}");
}

#[test]
fn dense_graphs() {
    let tape = Tape::default();
    let mut all = vec![tape.var(0.5_f64)];
    for _ in 0..90 {
        all.push(tape.sum(&all).tanh());
    }
    let e = all[90].explain();
    let sizes = written(&e).map(|text| text.len());
    assert!(sizes[4] < 600 << 10 && sizes[5] < 1 << 20, "{sizes:?}");
}

#[test]
fn long_names() {
    let tape = Tape::default();
    let x = tape.var(2.0_f64).named("x".repeat(100_000));
    let e = (x * x).named("y_".repeat(50_000)).explain();
    let sizes = written(&e).map(|text| text.len());
    assert!(sizes.iter().all(|&n| n < 60_000), "{sizes:?}");
    assert!(e.step(&"x".repeat(100_000)).is_some());
}

#[test]
fn non_finite_and_extreme_values() {
    for x0 in [0.0, -0.0, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e308, -1e-320, 1e-200] {
        let tape = Tape::default();
        let x = tape.var(x0).named("x");
        let w = tape.var(tensor![[x0, 1.0], [2.0, x0]]).named("W");
        let y = w.matmul(tape.constant(tensor![x0, 1.0])).named("y");
        written(&(x * x + x.exp() / x + x.sqrt()).explain());
        written(&(y.softmax(0) * y).sum().explain());
        written(&y.layer_norm(tape.constant(tensor![1.0, x0]), tape.constant(tensor![x0, 0.0]), 1e-5).sum().explain());
        let tape = Tape::default();
        let x = tape.var(x0 as f32).named("x");
        written(&((x * 3.0).tanh() + x.powi(3)).explain());
    }
}

#[test]
fn second_order_tapes() {
    let tape = Tape::default();
    let x = tape.var(0.7_f64).named("x");
    let w = tape.var(tensor![[0.5, -1.0], [2.0, 0.25]]).named("W");
    let y = (w.matmul(tape.constant(tensor![1.0, 2.0])) * x).tanh().square().sum();
    let slope = y.grad(x);
    let e = (slope.square() + y.grad(w).square().sum()).explain();
    written(&e);
    let wrong = e.steps.iter().flat_map(|s| &s.edges).filter_map(|x| x.check.as_ref());
    assert!(wrong.chain(e.checks.iter().flatten()).all(|c| c.verdict != Verdict::Differs));
}

#[derive(Debug)]
struct Odd;
impl CustomOp<f64> for Odd {
    fn name(&self) -> &str {
        "a|b\n<img src=x onerror=alert(1)>\"`![i](http://x)$\\end{document}"
    }
    fn forward(&self, x: &[&Tensor<f64>]) -> Tensor<f64> {
        Tensor::scalar(x[0].to_vec().iter().map(|x| x * x).sum())
    }
    fn vjp(&self, g: &Tensor<f64>, x: &[&Tensor<f64>], _y: &Tensor<f64>) -> Vec<Tensor<f64>> {
        vec![x[0].to_vec().iter().map(|x| 2.0 * x * g.item()).collect()]
    }
}

#[test]
fn hostile_names_and_checkpoints() {
    let tape = Tape::new().traced();
    let x = tape.var(tensor![1.0, 2.0]).named("a|b\n| c | d\u{202e}\u{2028}`![i](http://x)");
    let y: Var<f64> = tape.apply(Odd, &[x]);
    let again = checkpoint(|x| x[0].sin() * x[0], &[x]);
    let e = (y + again.sum()).explain();
    let [text, markdown, latex, dot, svg, html, _] = written(&e);
    for page in [&markdown, &svg, &html] {
        assert!(!page.contains("<img"), "{page}");
    }
    assert!(!latex.contains("\\end{document}$") && latex.matches("\\end{document}").count() == 1, "{latex}");
    assert!(!text.contains('\u{202e}') && !text.contains('\u{2028}'), "{text}");
    assert!(!dot.contains('\u{202e}'));
    assert!(!markdown.contains("![i]("), "{markdown}");
    let rows = markdown.lines().filter(|l| l.starts_with('|'));
    for row in rows {
        let cells = row.replace("\\|", "").matches('|').count();
        assert!(cells == 5 || cells == 7, "{row}");
    }
    assert!(text.lines().all(|line| !line.starts_with('<')), "{text}");
}

#[test]
fn a_reset_tape() {
    let mut tape = Tape::default();
    let _ = tape.var(1.0_f64).named("old").sin().named("older").detach();
    tape.reset();
    let x = tape.var(2.0).named("new");
    let e = (x * x).explain();
    assert!(e.step("old").is_none() && e.step("new").is_some());
    assert!(e.diagnose().is_healthy());
}

#[test]
fn greek_letters() {
    for (name, latex) in [("π", r"\pi"), ("Σ", r"\Sigma"), ("κ1", r"\kappa_{1}"), ("Θ", r"\Theta"), ("χ", r"\chi")]
    {
        assert_eq!(Symbol::new(name).latex(), latex);
    }
}
