//! An interactive page of a derivation, in one HTML file without other resources.
//!
//! The content is HTML and SVG: without its script the page shows the graph and all steps. The script adds the
//! navigation, and reads its data from the elements.

mod delta;
mod step;

use super::color;
use super::svg::svg;
use crate::escape::escaped;
use crate::explanation::{Explanation, Kind};
use crate::notation::{MathMl, Notation};
use std::collections::HashSet;
use tensor::Tensor;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

impl Explanation {
    /// Returns an HTML page with the graph and the derivation, in one file.
    ///
    /// The buttons, the slider and the arrow keys go through the sweep, and adjoints appear step by step. A node under
    /// the mouse or with the keyboard focus opens its step, with its factors and contributions. Formulas are MathML.
    /// The page loads no other files, supports light and dark mode, and is readable without scripts.
    ///
    /// ```no_run
    /// use autograd::Tape;
    /// use explain::Explainable;
    ///
    /// let tape = Tape::new();
    /// let x = tape.var(0.5_f64).named("x");
    /// std::fs::write("derivation.html", (x.tanh() * x).named("y").explain().to_html())?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn to_html(&self) -> String {
        let graph = self.graph();
        let shown: HashSet<&str> = graph.nodes.iter().map(|n| &n.id[..]).collect();
        let is_shown = |at: &usize| shown.contains(&super::contents::id(&self.steps[*at])[..]);
        let (mut sweep, mut given, mut swept) = (String::new(), String::new(), 0);
        for visit in self.trace().filter(|visit| is_shown(&visit.at)) {
            swept += 1;
            sweep += &step::swept(self, &visit, swept);
        }
        for at in (0..self.steps.len()).filter(|at| self.steps[*at].adjoint.is_none() && is_shown(at)) {
            given += &step::given(self, at);
        }
        let left_out = self.steps.iter().filter(|s| s.adjoint.is_some()).count() - swept;
        if left_out > 0 {
            sweep += &format!(
                "<p class=\"note\">{left_out} further steps are not shown: their nodes are folded in the graph.</p>\n"
            );
        }
        if !given.is_empty() {
            given = format!("<h2>Given</h2>\n<p class=\"note\">Nodes without a gradient.</p>\n{given}");
        }
        let title = format!("The chain rule: {}", escaped(self.differentiated.text()));
        format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
             <style>\n{}{STYLE}</style>\n</head>\n<body class=\"cr\">\n<header>\n<h1>The chain rule, step by step</h1>\n\
             <p>{}</p>\n</header>\n<main>\n<section id=\"graph\" aria-label=\"Graph\" tabindex=\"-1\">\n{}</section>\n\
             <section id=\"derivation\" aria-label=\"Derivation\">\n<div id=\"controls\" hidden>\n\
             <div class=\"buttons\" role=\"group\" aria-label=\"Steps of the sweep\">\n\
             <button type=\"button\" id=\"first\" title=\"Home\">|◀<span>to the beginning</span></button>\n\
             <button type=\"button\" id=\"back\" title=\"Left arrow\">◀<span>a step back</span></button>\n\
             <input type=\"range\" id=\"slider\" min=\"0\" max=\"{swept}\" value=\"0\" aria-label=\"Step\">\n\
             <button type=\"button\" id=\"forth\" title=\"Right arrow\">▶<span>a step forward</span></button>\n\
             <button type=\"button\" id=\"last\" title=\"End\">▶|<span>to the end</span></button>\n</div>\n\
             <p id=\"status\" role=\"status\"></p>\n</div>\n<h2>The sweep</h2>\n{sweep}{given}{}</section>\n</main>\n\
             <script>\n{SCRIPT}</script>\n</body>\n</html>\n",
            color::variables(),
            self.summary(),
            svg(&graph, &self.title(), &self.description()),
            delta::section(self),
        )
    }

    /// A sentence about the derivation.
    fn summary(&self) -> String {
        let output = self.output();
        let count = |kind| self.steps.iter().filter(|s| s.kind == kind).count();
        format!(
            "<math><mrow>{}<mo>=</mo>{}</mrow></math>, computed by {} operations from {} variables. Each step takes \
             the adjoint of a node, multiplies it by the local derivatives, and adds the products to the adjoints of \
             the operands.",
            crate::formula::Expr::from(output.symbol.clone()).write(&MathMl),
            tensor(&output.value),
            count(Kind::Operation),
            count(Kind::Variable),
        )
    }
}

/// Writes a tensor in MathML.
fn tensor(x: &Tensor<f64>) -> String {
    MathMl.tensor(x, 6)
}
