//! The layers of the derivation in the notation of books, if there are any.

use crate::delta::{DeltaEquation, DeltaLayer};
use crate::explanation::Explanation;
use crate::notation::MathMl;
use crate::report::Values;

/// Layers that are shown; of more those nearest to the output, as in the graph.
const MOST: usize = 12;

/// A paragraph for each layer, a line for each equation.
pub(super) fn section(explanation: &Explanation) -> String {
    let Some(delta) = explanation.delta() else { return String::new() };
    let layers: String = delta.layers.iter().take(MOST).map(layer).collect();
    let more = match delta.layers.len().saturating_sub(MOST) {
        0 => String::new(),
        n => format!("<p class=\"note\">And {n} further layers, towards the input.</p>\n"),
    };
    format!("<h2>In the notation of books</h2>\n{layers}{more}")
}

fn layer(layer: &DeltaLayer) -> String {
    let mut lines = lines(&layer.equations);
    if !layer.unfused.is_empty() {
        lines += "<br><span class=\"note\">The same by the long way:</span><br>";
        lines += &self::lines(&layer.unfused);
    }
    format!("<p class=\"layer\"><span class=\"note\">Layer {}</span><br>{lines}</p>\n", layer.number)
}

fn lines(equations: &[DeltaEquation]) -> String {
    let line = |e: &DeltaEquation| {
        let (left, right) = (e.left.write(&MathMl), e.right.write(&MathMl));
        format!("<math><mrow>{left}<mo>=</mo>{right}<mo>=</mo>{}</mrow></math>", MathMl.tensor(&e.value))
    };
    equations.iter().map(line).collect::<Vec<_>>().join("<br>")
}
