//! Pictures of a derivation: the graph for Graphviz, as SVG, and on a page beside the derivation.
//!
//! | file | idea |
//! |---|---|
//! | `graph.rs`, `contents.rs` | boxes and arrows, and what is written on them |
//! | `fold.rs` | large graphs made small |
//! | `layout/` | where everything goes |
//! | `color.rs` | the colors, on a light background and on a dark one |
//! | `dot.rs`, `svg.rs` | the graph written down |
//! | `page/` | a page to step through |
//! | `text.rs` | how much room text takes, and how it is made harmless |

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

/// As many boxes can be read in one picture.
const MOST_BOXES: usize = 100;

impl Explanation {
    /// The graph in the language of Graphviz: values and gradients on the nodes, local derivatives and contributions on
    /// the edges.
    ///
    /// Of more than 100 nodes those far from the output are folded into a few boxes, and the label says so. The same
    /// explanation always gives the same text.
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

    /// The graph as an SVG picture, from the variables at the top to the output at the bottom.
    ///
    /// It shows what [`to_dot`](Explanation::to_dot) tells, and needs no other program. Its colors are plain attributes, which
    /// any program that draws SVG understands; browsers switch to dark colors if the reader prefers them. A description is
    /// included for screen readers.
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

    /// The gradients in words.
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
