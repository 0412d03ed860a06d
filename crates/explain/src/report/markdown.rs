//! The derivation in Markdown, with formulas in LaTeX between dollar signs.

use super::equations::Equations;
use super::excerpt::{Item, excerpt};
use super::latex::aligned;
use super::table;
use crate::explanation::Explanation;
use crate::notation::{Latex, Notation};

const DIGITS: usize = 6;

impl Explanation {
    /// Returns the derivation in Markdown: a table of the values, the adjoints as displayed formulas, and a table of
    /// the checks. Formulas are LaTeX between dollar signs, as supported by GitHub, Jupyter and mdBook with a plugin.
    pub fn to_markdown(&self) -> String {
        let equations = Equations { explanation: self, notation: &Latex, digits: DIGITS };
        let mut out = format!("## The gradient of ${}$\n\n", Latex.symbol(&self.differentiated));
        out.push_str("| quantity | formula | value | recorded |\n|---|---|---|---|\n");
        for item in excerpt(self, |_| true, true) {
            match item {
                Item::Omitted(text) => out.push_str(&format!("| … | {} | | |\n", cell(&plain(&text)))),
                Item::Step(step) => {
                    let formula = step.formula.as_ref().map(|f| format!("${}$", f.to_latex())).unwrap_or_default();
                    let line = step.line.as_ref().map(|l| plain(&l.to_string())).unwrap_or_default();
                    let (name, value) = (step.symbol.latex(), Latex.tensor(&step.value, DIGITS));
                    out.push_str(&format!(
                        "| ${}$ | {} | ${}$ | {} |\n",
                        cell(&name),
                        cell(&formula),
                        cell(&value),
                        cell(&line)
                    ));
                }
            }
        }
        out.push('\n');
        for item in excerpt(self, |s| s.adjoint.is_some(), false) {
            match item {
                Item::Omitted(text) => out.push_str(&format!("{}\n\n", plain(&text))),
                Item::Step(step) => {
                    if let Some(equation) = equations.backward(step) {
                        out.push_str(&format!("$$\n{}\n$$\n\n", aligned(&equation)));
                    }
                }
            }
        }
        let (rows, omitted) = table::rows(self);
        if !rows.is_empty() {
            out.push_str(&format!("{}.\n\n", table::verdict(self)));
            out.push_str(
                "| derivative | of | by the rules | by differences | error | |\n|---|---|---:|---:|---:|---|\n",
            );
            for row in rows {
                let [analytic, numeric, error, mark] = row.cells(DIGITS);
                let (factor, of) = (cell(&row.latex), cell(&plain(row.operation)));
                out.push_str(&format!(
                    "| ${factor}$ | {of} | {analytic} | {numeric} | {error} | {} |\n",
                    cell(&plain(&mark))
                ));
            }
            if omitted > 0 {
                out.push_str(&format!("\n… {omitted} more, none with a larger error.\n"));
            }
            if let Some(key) = table::key(self) {
                out.push_str(&format!("\n{}\n", plain(key)));
            }
        }
        out
    }
}

/// Escapes the syntax of Markdown. Underscores within words have no meaning.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if matches!(c, '\\' | '`' | '*' | '[' | ']' | '$' | '~') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Escapes the end of a table cell and the start of an HTML element.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;").replace('\n', " ")
}
