//! The derivation in LaTeX.

use super::equations::{Equation, Equations};
use super::excerpt::{Item, excerpt};
use crate::explanation::{Explanation, Step};
use crate::notation::Latex;
use crate::symbol::escaped;

const DIGITS: usize = 6;

/// Writes an equation with one stage on each line.
pub(crate) fn aligned(equation: &Equation) -> String {
    let (first, rest) = equation.stages.split_first().map_or((String::new(), &[][..]), |(f, r)| (f.clone(), r));
    let rest: String = rest.iter().map(|stage| format!(" \\\\\n&= {stage}")).collect();
    let with: String = equation.definitions.iter().map(|d| format!(" \\\\\n&\\quad \\text{{with }} {d}")).collect();
    format!("\\begin{{aligned}}\n{} &= {first}{rest}{with}\n\\end{{aligned}}", equation.left)
}

impl Explanation {
    /// Returns the derivation as the body of a LaTeX document with `amsmath` and `amssymb`: displayed equations in two
    /// sections, for values and for adjoints.
    ///
    /// [`to_latex_document`](Explanation::to_latex_document) returns a complete document.
    pub fn to_latex(&self) -> String {
        let equations = Equations { explanation: self, notation: &Latex, digits: DIGITS };
        let section = |title: &str, items: Vec<Item<'_>>, write: &dyn Fn(&Step) -> Option<Equation>| {
            let mut out = format!("\\subsection*{{{title}}}\n");
            for item in items {
                match item {
                    Item::Omitted(text) => out += &format!("{}\n", escaped(&text)),
                    Item::Step(step) => {
                        let equation = write(step).map(|equation| format!("\\[\n{}\n\\]\n", aligned(&equation)));
                        out += &equation.unwrap_or_default();
                    }
                }
            }
            out
        };
        let forward = section("Forward", excerpt(self, |_| true, true), &|step| Some(equations.forward(step)));
        let followed = excerpt(self, |s| s.adjoint.is_some(), false);
        forward + &section("Backward", followed, &|step| equations.backward(step))
    }

    /// Returns the derivation as a complete LaTeX document, with the layers in textbook notation if there are any.
    pub fn to_latex_document(&self) -> String {
        let layers = self.delta().map(|d| format!("\\subsection*{{In textbook notation}}\n{}", d.to_latex()));
        let body = self.to_latex() + &layers.unwrap_or_default();
        format!(
            "\\documentclass{{article}}\n\\usepackage{{amsmath,amssymb}}\n\\begin{{document}}\n{body}\\end{{document}}\n"
        )
    }
}
