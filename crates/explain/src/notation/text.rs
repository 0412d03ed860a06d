//! Formulas in plain text, as in `∂L/∂z2 · (1 - a2²)`.

use super::{Notation, number};
use crate::formula::{Comparison, Expr, Infix};
use crate::symbol::Symbol;

/// Plain text with mathematical symbols.
#[derive(Clone, Copy, Debug, Default)]
pub struct Text;

impl Notation for Text {
    fn number(&self, x: f64, digits: usize) -> String {
        number(x, digits)
    }
    fn rows(&self, rank: usize, rows: Vec<Vec<String>>) -> String {
        let rows: Vec<String> = rows.into_iter().map(|row| format!("[{}]", row.join(", "))).collect();
        if rank == 1 { rows.concat() } else { format!("[{}]", rows.join(", ")) }
    }
    fn summary(&self, text: String) -> String {
        format!("‹{text}›")
    }
    fn symbol(&self, s: &Symbol) -> String {
        s.text().to_string()
    }
    fn partial(&self, of: &Symbol, wrt: &Symbol) -> String {
        format!("∂{of}/∂{wrt}")
    }
    fn neg(&self, x: String) -> String {
        format!("-{x}")
    }
    fn infix(&self, op: Infix, a: String, b: String) -> String {
        let sign = match op {
            Infix::Plus => " + ",
            Infix::Minus => " - ",
            Infix::Times => " · ",
            Infix::Hadamard => " ⊙ ",
            Infix::Product => " ",
            Infix::Over => " / ",
        };
        format!("{a}{sign}{b}")
    }
    fn power(&self, x: String, n: &Expr) -> String {
        match n {
            Expr::Number(n) if n.fract() == 0.0 && n.abs() < 1e6 => {
                let raised = |c: char| match c {
                    '-' => '⁻',
                    c => "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().nth(c as usize - '0' as usize).unwrap_or(c),
                };
                let digits: String = format!("{n}").chars().map(raised).collect();
                format!("{x}{digits}")
            }
            Expr::Symbol(_) | Expr::Number(_) => format!("{x}^{n}"),
            n => format!("{x}^({n})"),
        }
    }
    fn transpose(&self, x: String) -> String {
        format!("{x}ᵀ")
    }
    fn call(&self, name: &str, args: Vec<String>) -> String {
        match (name, &args[..]) {
            ("abs", [x]) => format!("|{x}|"),
            ("sqrt", [x]) => format!("√({x})"),
            ("sigmoid", [x]) => format!("σ({x})"),
            ("sigmoid'", [x]) => format!("σ'({x})"),
            _ => format!("{name}({})", args.join(", ")),
        }
    }
    fn comparison(&self, a: String, c: Comparison, b: String) -> String {
        format!("{a} {} {b}", c.sign())
    }
    fn all(&self, conditions: Vec<String>) -> String {
        conditions.join(" and ")
    }
    fn indicator(&self, condition: String) -> String {
        format!("[{condition}]")
    }
    fn cases(&self, cases: Vec<(String, String)>, otherwise: String) -> String {
        let cases: String = cases.iter().map(|(x, c)| format!("{x} if {c}; ")).collect();
        format!("{{{cases}{otherwise} otherwise}}")
    }
    fn with(&self, body: String, definitions: Vec<(String, String)>) -> String {
        let all: Vec<String> = definitions.iter().map(|(name, x)| format!("{name} = {x}")).collect();
        format!("{body} with {}", all.join(", "))
    }
    fn ellipsis(&self) -> String {
        "…".into()
    }
    fn brackets(&self, x: String) -> String {
        format!("({x})")
    }
    fn has_bars(&self) -> bool {
        false
    }
}
