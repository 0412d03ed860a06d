//! Formulas in LaTeX, for math mode, with `amsmath`.

use super::{Notation, number};
use crate::formula::{Comparison, Expr, Infix};
use crate::symbol::Symbol;

/// LaTeX.
#[derive(Clone, Copy, Debug, Default)]
pub struct Latex;

impl Notation for Latex {
    fn number(&self, x: f64, digits: usize) -> String {
        let text = number(x, digits);
        match text.split_once('e') {
            Some((mantissa, exponent)) => format!(r"{mantissa} \times 10^{{{exponent}}}"),
            None => text.replace('∞', r"\infty").replace("NaN", r"\mathrm{NaN}"),
        }
    }
    fn rows(&self, rank: usize, rows: Vec<Vec<String>>) -> String {
        let lines: Vec<String> = match rank {
            1 => rows.into_iter().flatten().collect(), // a vector is a column
            _ => rows.into_iter().map(|row| row.join(" & ")).collect(),
        };
        format!(r"\begin{{pmatrix}} {} \end{{pmatrix}}", lines.join(r" \\ "))
    }
    fn summary(&self, text: String) -> String {
        format!(r"\text{{{}}}", crate::symbol::escaped(&text))
    }
    fn symbol(&self, s: &Symbol) -> String {
        s.latex()
    }
    fn partial(&self, of: &Symbol, wrt: &Symbol) -> String {
        format!(r"\frac{{\partial {}}}{{\partial {}}}", of.latex(), wrt.latex())
    }
    fn neg(&self, x: String) -> String {
        format!("-{x}")
    }
    fn infix(&self, op: Infix, a: String, b: String) -> String {
        match op {
            Infix::Plus => format!("{a} + {b}"),
            Infix::Minus => format!("{a} - {b}"),
            Infix::Times => format!(r"{a} \cdot {b}"),
            Infix::Hadamard => format!(r"{a} \odot {b}"),
            Infix::Product => format!(r"{a}\,{b}"),
            Infix::Over => format!(r"\frac{{{a}}}{{{b}}}"),
        }
    }
    fn power(&self, x: String, n: &Expr) -> String {
        // The braces keep the exponent apart from an index: z_{1}^{\top}.
        format!("{x}^{{{}}}", n.to_latex())
    }
    fn transpose(&self, x: String) -> String {
        format!(r"{x}^{{\top}}")
    }
    fn call(&self, name: &str, args: Vec<String>) -> String {
        let all = args.join(", ");
        if let Some(function) = name.strip_suffix('\'') {
            return format!(r"{}'\left({all}\right)", head(function));
        }
        match (name, &args[..]) {
            ("abs", [x]) => format!(r"\left|{x}\right|"),
            ("sqrt", [x]) => format!(r"\sqrt{{{x}}}"),
            ("cbrt", [x]) => format!(r"\sqrt[3]{{{x}}}"),
            ("exp", [x]) => format!("e^{{{x}}}"),
            ("exp2", [x]) => format!("2^{{{x}}}"),
            ("sum", [x]) => format!(r"\sum {x}"),
            _ => format!(r"{}\left({all}\right)", head(name)),
        }
    }
    fn comparison(&self, a: String, c: Comparison, b: String) -> String {
        format!("{a} {} {b}", c.sign().replace('≥', r"\ge"))
    }
    fn all(&self, conditions: Vec<String>) -> String {
        conditions.join(r" \text{ and } ")
    }
    fn indicator(&self, condition: String) -> String {
        format!(r"\mathbf{{1}}\left[{condition}\right]")
    }
    fn cases(&self, cases: Vec<(String, String)>, otherwise: String) -> String {
        let cases: String = cases.iter().map(|(x, c)| format!(r"{x} & \text{{if }} {c} \\ ")).collect();
        format!(r"\begin{{cases}} {cases}{otherwise} & \text{{otherwise}} \end{{cases}}")
    }
    fn with(&self, body: String, definitions: Vec<(String, String)>) -> String {
        let all: Vec<String> = definitions.iter().map(|(name, x)| format!("{name} = {x}")).collect();
        format!(r"{body} \quad\text{{with }} {}", all.join(r",\quad "))
    }
    fn ellipsis(&self) -> String {
        r"\dots".into()
    }
    fn brackets(&self, x: String) -> String {
        format!(r"\left({x}\right)")
    }
    fn has_bars(&self) -> bool {
        true
    }
}

/// Returns the command of a function.
fn head(name: &str) -> String {
    match name {
        "sigmoid" => r"\sigma".into(),
        "ln_gamma" => r"\ln\Gamma".into(),
        "ln" | "sin" | "cos" | "tan" | "sinh" | "cosh" | "tanh" | "max" | "min" => format!(r"\{name}"),
        _ => format!(r"\operatorname{{{}}}", crate::symbol::escaped(name)),
    }
}
