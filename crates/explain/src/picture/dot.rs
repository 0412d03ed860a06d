//! The graph in the DOT language of Graphviz.

use super::graph::{Graph, Line};
use crate::report::variant_name;
use std::fmt::Write;

/// Returns a `digraph` with the boxes and arrows in their order.
pub(crate) fn dot(graph: &Graph) -> String {
    let mut out = String::from(
        "digraph chain_rule {\n  node [shape=box, style=rounded, fontname=monospace, fontsize=11];\n  \
         edge [fontname=monospace, fontsize=10];\n",
    );
    let mut line = |text: std::fmt::Arguments| {
        let _ = writeln!(out, "  {text}"); // writing to a string does not fail
    };
    if let Some(note) = &graph.note {
        line(format_args!("label=\"{}\";", quoted(note)));
    }
    for node in &graph.nodes {
        let class = variant_name(node.role);
        line(format_args!("\"{}\" [label=\"{}\", class={class}];", quoted(&node.id), label(&node.lines)));
    }
    for edge in &graph.edges {
        let (from, to) = (&graph.nodes[edge.from].id, &graph.nodes[edge.to].id);
        line(format_args!("\"{}\" -> \"{}\" [label=\"{}\"];", quoted(from), quoted(to), label(&edge.lines)));
    }
    out + "}\n"
}

fn label(lines: &[Line]) -> String {
    lines.iter().map(|line| quoted(&line.text)).collect::<Vec<_>>().join("\\n")
}

/// Escapes text between quotation marks.
fn quoted(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.collect::<String>().replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::graph::Part;

    #[test]
    fn names_are_escaped() {
        let mut graph = Graph::plain(2, &[(0, 1)]);
        graph.nodes[0].lines = vec![Line::new(Part::Heading, "a\"];\\"), Line::new(Part::Value, "1")];
        let text = dot(&graph);
        assert!(text.contains(r#""n0" [label="a\"];\\\n1", class=variable];"#), "{text}");
        assert!(text.contains(r#""n0" -> "n1" [label="0-1"];"#), "{text}");
        assert!(text.starts_with("digraph chain_rule {\n") && text.ends_with("}\n"));
    }
}
