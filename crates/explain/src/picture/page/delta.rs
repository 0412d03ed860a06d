//! The layers of the derivation in textbook notation, if there are any.

use super::tensor;
use crate::delta::{DeltaEquation, DeltaLayer};
use crate::explanation::Explanation;
use crate::notation::MathMl;

/// The maximum number of layers; those nearest to the output are shown.
const MOST: usize = 12;

/// Writes a paragraph for each layer, with a line for each equation.
pub(super) fn section(explanation: &Explanation) -> String {
    let Some(delta) = explanation.delta() else { return String::new() };
    let layers: String = delta.layers.iter().take(MOST).map(layer).collect();
    let more = match delta.layers.len().saturating_sub(MOST) {
        0 => String::new(),
        n => format!("<p class=\"note\">{n} further layers, towards the input, are not shown.</p>\n"),
    };
    format!("<h2>In textbook notation</h2>\n{layers}{more}")
}

fn layer(layer: &DeltaLayer) -> String {
    let mut lines = lines(&layer.equations);
    if !layer.unfused.is_empty() {
        lines += "<br><span class=\"note\">In two steps, for loss and activation:</span><br>";
        lines += &self::lines(&layer.unfused);
    }
    format!("<p class=\"layer\"><span class=\"note\">Layer {}</span><br>{lines}</p>\n", layer.number)
}

fn lines(equations: &[DeltaEquation]) -> String {
    let line = |e: &DeltaEquation| {
        let (left, right) = (e.left.write(&MathMl), e.right.write(&MathMl));
        format!("<math><mrow>{left}<mo>=</mo>{right}<mo>=</mo>{}</mrow></math>", tensor(&e.value))
    };
    equations.iter().map(line).collect::<Vec<_>>().join("<br>")
}
