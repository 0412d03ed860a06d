//! Pictures of a derivation: the graph in DOT and as SVG, and an interactive page.
//!
//! | file | contents |
//! |---|---|
//! | `graph.rs`, `contents.rs` | boxes and arrows, and their text |
//! | `fold.rs` | folding of large graphs |
//! | `layout/` | the layout |
//! | `color.rs` | the colors in light and dark mode |
//! | `dot.rs`, `svg.rs` | the graph in DOT and as SVG |
//! | `page/` | the interactive page |
//! | `text.rs` | the size of text, and escaping |

pub(crate) mod color;
mod contents;
mod dot;
mod fold;
mod graph;
mod layout;
mod page;
mod svg;
pub(crate) mod text;

use crate::explanation::Explanation;
use graph::Graph;

/// The maximum number of boxes of a readable picture.
const MOST_BOXES: usize = 100;

impl Explanation {
    /// Returns the graph in the DOT language of Graphviz, with values and gradients on the nodes, local derivatives and
    /// contributions on the edges.
    ///
    /// In a graph of more than 100 nodes, those far from the output are folded into a few boxes, and the label says so.
    /// The result is deterministic.
    ///
    /// ```
    /// use autograd::Tape;
    /// use explain::Explainable;
    ///
    /// let tape = Tape::new();
    /// let x = tape.var(3.0_f64).named("x");
    /// let dot = (x * x).named("y").explain().to_dot();
    /// assert!(dot.contains(r#""n0" [label="x\n3\n∂y/∂x = 6", class=variable];"#));
    /// assert!(dot.contains(r#""n0" -> "n1" [label="× 3\n= 3"];"#));
    /// ```
    pub fn to_dot(&self) -> String {
        dot::dot(&self.graph())
    }

    /// Returns the graph as an SVG picture, with the variables at the top and the output at the bottom.
    ///
    /// It shows the same as [`to_dot`](Explanation::to_dot), without another program. The colors are plain attributes,
    /// which every SVG renderer supports; browsers that prefer dark mode use dark colors. A description is included for
    /// screen readers.
    ///
    /// ```
    /// use autograd::Tape;
    /// use explain::Explainable;
    ///
    /// let tape = Tape::new();
    /// let svg = tape.var(3.0_f64).named("<script>").sin().explain().to_svg();
    /// assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
    /// assert!(svg.contains("&lt;script&gt;") && !svg.contains("<script"));
    /// ```
    pub fn to_svg(&self) -> String {
        svg::svg(&self.graph(), &self.title(), &self.description())
    }

    fn graph(&self) -> Graph {
        fold::folded(contents::graph(self), MOST_BOXES)
    }

    fn title(&self) -> String {
        format!("The graph of {}", self.differentiated)
    }

    /// Describes the gradients in words.
    fn description(&self) -> String {
        const LISTED: usize = 20;
        let gradients = self.gradients().take(LISTED);
        let list: Vec<String> = gradients
            .map(|(name, g)| format!("∂{}/∂{name} = {}", self.differentiated, contents::tensor_text(g, 60)))
            .collect();
        let more = if self.wanted.len() > LISTED { "; and more" } else { "" };
        format!("{} nodes. {}{more}.", self.steps.len(), list.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use crate::Explainable;
    use autograd::Tape;

    #[test]
    fn ten_thousand_nodes_fold_into_a_small_picture() {
        let tape = Tape::new();
        let mut x = tape.var(0.5_f64);
        for _ in 0..5000 {
            x = (x * 1.001).sin();
        }
        let explanation = x.explain();
        let svg = explanation.to_svg();
        assert!(svg.len() < 200_000 && svg.contains("are folded into"), "{}", svg.len());
        assert_eq!(svg, explanation.to_svg());
    }
}
