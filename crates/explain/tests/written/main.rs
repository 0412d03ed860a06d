//! Snapshots of the derivations of ten graphs. Their LaTeX is balanced, and compiles if an engine is installed.

mod graphs;
mod latex;

use explain::Explanation;

/// Compares the text of a graph with its snapshot, and checks its LaTeX.
fn look(name: &str, e: &Explanation) {
    insta::assert_snapshot!(format!("{name}.text"), e.to_string());
    latex::balanced(&e.to_latex());
    latex::balanced(&e.to_markdown());
    latex::compiles(name, &e.to_latex_document());
    let json: serde_json::Value = serde_json::from_str(&e.to_json()).expect("it is JSON");
    assert_eq!(json["steps"].as_array().map(Vec::len), Some(e.steps.len()));
}

macro_rules! graphs {
    ($($name:ident)*) => { $( #[test] fn $name() { look(stringify!($name), &graphs::$name()); } )* };
}
graphs! { polynomial two_layers diamond cross_entropy kink custom cotangent broadcast not_a_number long }

#[test]
fn markdown_and_latex_of_two_layers() {
    let e = graphs::two_layers();
    insta::assert_snapshot!("two_layers.latex", e.to_latex());
    insta::assert_snapshot!("two_layers.markdown", e.to_markdown());
}

#[test]
fn width_and_digits() {
    let text = format!("{:60.12}", graphs::two_layers());
    insta::assert_snapshot!("two_layers.narrow", text);
}

#[test]
fn json_has_every_digit() {
    let e = graphs::two_layers();
    let json: serde_json::Value = serde_json::from_str(&e.to_json()).expect("it is JSON");
    for (step, written) in e.steps.iter().zip(json["steps"].as_array().expect("a list")) {
        let Some(x) = step.adjoint.as_ref().filter(|x| x.rank() == 0) else { continue };
        assert_eq!(written["adjoint"].as_f64().map(f64::to_bits), Some(x.item().to_bits()));
    }
}

#[test]
fn long_derivations_are_shortened() {
    let e = graphs::long();
    let text = e.to_string();
    assert!(e.steps.len() >= 10_000, "{}", e.steps.len());
    assert!(text.lines().count() < 120, "{} lines", text.lines().count());
}

#[test]
fn hostile_names_are_escaped() {
    let tape = autograd::Tape::new();
    let x = tape.var(2.0_f64).named("a}$|_\\end{aligned}<script>\u{1b}[31m");
    let e = explain::Explainable::explain(x * x);
    assert!(!e.to_string().contains('\u{1b}'));
    latex::balanced(&e.to_latex());
    latex::balanced(&e.to_markdown());
    assert!(!e.to_markdown().contains("<script>"));
    latex::compiles("hostile", &e.to_latex_document());
}

#[test]
fn names_of_all_alphabets_compile() {
    let tape = autograd::Tape::new();
    let names = ["αβ", "权重", "größe", "x̄", "100 %", "~^#&", "W_out", "Σπκ", "κ", "[a]|`b`", &"x".repeat(99)];
    let all: Vec<_> = names.iter().map(|&name| tape.var(1.5_f64).named(name)).collect();
    let e = explain::Explainable::explain(tape.sum(&all).sin());
    latex::balanced(&e.to_latex());
    latex::compiles("alphabets", &e.to_latex_document());
}

#[test]
fn definitions_follow_the_sum() {
    let e = graphs::normalized();
    for width in [80, 100] {
        let text = format!("{e:width$}");
        assert!(text.lines().all(|line| unicode_width::UnicodeWidthStr::width(line) <= width), "{text}");
    }
    latex::balanced(&e.to_latex());
    latex::compiles("normalized", &e.to_latex_document());
    insta::assert_snapshot!("normalized.text", e.to_string());
}
