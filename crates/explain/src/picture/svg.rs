//! The graph as SVG. Every shape and text has its color as a plain attribute, for renderers without CSS; browsers
//! replace the colors in dark mode.

use super::color::{self, Color};
use super::graph::{Edge, Graph, Line, Node, Part, Role};
use super::layout::{Layout, PADDING, Rect, Route, layout};
use super::text::{FONT_SIZE, LINE_HEIGHT};
use crate::escape::escaped;
use crate::report::variant_name;
use std::fmt::Write;

/// The first font is monospaced, too, for renderers that read only the first name, such as CairoSVG.
const FONTS: &str = "'DejaVu Sans Mono', Menlo, Consolas, monospace";

/// Returns a picture with a title and a description for screen readers.
pub(crate) fn svg(graph: &Graph, title: &str, description: &str) -> String {
    let Layout { width, height, boxes, routes } = layout(graph);
    let bottom = if graph.note.is_some() { 2.0 * LINE_HEIGHT } else { 0.0 };
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"cr\" role=\"img\" aria-labelledby=\"cr-title cr-desc\" \
         viewBox=\"0 0 {width:.0} {tall:.0}\" width=\"{width:.0}\" height=\"{tall:.0}\" \
         style=\"--wide:{width:.0}px\" \
         font-family=\"{FONTS}\" font-size=\"{FONT_SIZE}\">\n\
         <title id=\"cr-title\">{}</title>\n<desc id=\"cr-desc\">{}</desc>\n<style>\n{}</style>\n\
         <defs><marker id=\"cr-head\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"9\" markerHeight=\"9\" \
         markerUnits=\"userSpaceOnUse\" orient=\"auto\"><path fill=\"{}\" d=\"M0 0.5L8 4L0 7.5z\"/></marker></defs>\n\
         <rect fill=\"{}\" width=\"100%\" height=\"100%\"/>\n",
        escaped(title),
        escaped(description),
        color::dark_style(),
        color::LINE,
        color::PAPER,
        tall = height + bottom,
    );
    for (edge, route) in graph.edges.iter().zip(&routes) {
        draw_edge(&mut out, graph, edge, route);
    }
    for (node, rect) in graph.nodes.iter().zip(&boxes) {
        draw_node(&mut out, node, rect);
    }
    if let Some(note) = &graph.note {
        let _ = writeln!(
            out,
            "<text fill=\"{}\" x=\"10\" y=\"{:.1}\">{}</text>",
            color::SOFT,
            height + FONT_SIZE,
            escaped(note)
        );
    }
    out + "</svg>\n"
}

fn draw_node(out: &mut String, node: &Node, rect: &Rect) {
    let Rect { x, y, width, height } = rect;
    let _ = writeln!(
        out,
        "<g class=\"cr-node {}\" id=\"{}\">\n<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" \
         rx=\"6\" {}/>",
        variant_name(node.role),
        escaped(&node.id),
        box_style(node.role)
    );
    draw_lines(out, &node.lines, x + width / 2.0, y + PADDING);
    out.push_str("</g>\n");
}

fn draw_edge(out: &mut String, graph: &Graph, edge: &Edge, route: &Route) {
    let to = &graph.nodes[edge.to].id;
    let (from, position) = (&graph.nodes[edge.from].id, edge.position);
    let _ = writeln!(
        out,
        "<g class=\"cr-edge\" data-from=\"{}\" data-to=\"{}\" data-position=\"{position}\">\n<path d=\"{}\" fill=\"none\" \
         stroke=\"{}\" stroke-width=\"1.3\" marker-end=\"url(#cr-head)\"/>",
        escaped(from),
        escaped(to),
        path(&route.points),
        color::LINE
    );
    if let Some(Rect { x, y, width, height }) = route.label {
        let _ = writeln!(
            out,
            "<rect fill=\"{}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>",
            color::PAPER
        );
        let inset = (height - edge.lines.len() as f64 * LINE_HEIGHT) / 2.0;
        draw_lines(out, &edge.lines, x + width / 2.0, y + inset);
    }
    out.push_str("</g>\n");
}

fn draw_lines(out: &mut String, lines: &[Line], middle: f64, top: f64) {
    for (i, line) in lines.iter().enumerate() {
        let baseline = top + i as f64 * LINE_HEIGHT + 0.8 * LINE_HEIGHT;
        let _ = writeln!(
            out,
            "<text class=\"{}\" {} x=\"{middle:.1}\" y=\"{baseline:.1}\" text-anchor=\"middle\">{}</text>",
            variant_name(line.part),
            text_style(line.part),
            escaped(&line.text)
        );
    }
}

fn box_style(role: Role) -> String {
    let (fill, more) = match role {
        Role::Variable => (color::VARIABLE, ""),
        Role::Constant => (color::CONSTANT, " stroke-dasharray=\"4 3\""),
        Role::Step => (color::FILL, ""),
        Role::Output => (color::OUTPUT, " stroke-width=\"2\""),
        Role::Folded => (color::FOLDED, " stroke-dasharray=\"2 2\""),
    };
    format!("fill=\"{fill}\" stroke=\"{}\"{more}", color::LINE)
}

fn text_style(part: Part) -> String {
    let fill: Color = match part {
        Part::Heading => return format!("fill=\"{}\" font-weight=\"bold\"", color::INK),
        Part::Value => color::INK,
        Part::Formula => color::SOFT,
        Part::Adjoint | Part::Contribution => color::ADJOINT,
        Part::Derivative => color::DERIVATIVE,
    };
    format!("fill=\"{fill}\"")
}

/// Returns a curve through the points that is vertical at each of them.
fn path(points: &[(f64, f64)]) -> String {
    let mut d = String::new();
    let apart = |i: usize, k: usize| points.get(k).is_none_or(|p| (p.0 - points[i].0).abs() >= 0.05);
    for (i, &(x, y)) in points.iter().enumerate() {
        if i > 0 && !apart(i, i - 1) && !apart(i, i + 1) {
            continue; // inside a straight segment
        }
        let _ = match i.checked_sub(1).map(|before| points[before]) {
            None => write!(d, "M{x:.1} {y:.1}"),
            Some((from, _)) if (from - x).abs() < 0.05 => write!(d, "V{y:.1}"),
            Some((from, top)) => {
                let middle = (top + y) / 2.0;
                write!(d, "C{from:.1} {middle:.1} {x:.1} {middle:.1} {x:.1} {y:.1}")
            }
        };
    }
    d
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::color::assert_plain_colors;
    #[test]
    fn names_are_escaped() {
        let mut graph = Graph::plain(2, &[(0, 1)]);
        graph.nodes[0].lines = vec![Line::new(Part::Heading, "<script>alert(1)</script>")];
        graph.edges[0].lines = vec![Line::new(Part::Derivative, "\"><script>")];
        let picture = svg(&graph, "</title><script>", "</desc><script>");
        assert!(!picture.contains("<script"), "{picture}");
        assert!(picture.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{picture}");
    }

    #[test]
    fn elements_are_closed_and_pictures_are_deterministic() {
        let graph = Graph::plain(4, &[(0, 2), (1, 2), (2, 3), (0, 3)]);
        let picture = svg(&graph, "t", "d");
        for element in ["g", "text", "svg", "title", "desc", "style", "defs", "marker"] {
            let opened =
                picture.matches(&format!("<{element} ")).count() + picture.matches(&format!("<{element}>")).count();
            assert_eq!(opened, picture.matches(&format!("</{element}>")).count(), "{element}");
        }
        assert_eq!(picture, svg(&graph, "t", "d"));
        assert!(!picture.contains("NaN") && picture.matches("cr-edge\"").count() == 4);
    }

    #[test]
    fn every_role_and_part_has_a_plain_color() {
        let mut graph = Graph::plain(5, &[(0, 2), (1, 2), (2, 3), (0, 3), (3, 4)]);
        let roles = [Role::Variable, Role::Constant, Role::Step, Role::Folded, Role::Output];
        graph.nodes.iter_mut().zip(roles).for_each(|(node, role)| node.role = role);
        let parts = [Part::Heading, Part::Formula, Part::Value, Part::Adjoint, Part::Derivative, Part::Contribution];
        graph.nodes[0].lines = parts.map(|part| Line::new(part, "x")).into();
        graph.note = Some("folded".into());
        let picture = svg(&graph, "t", "d");
        assert_plain_colors(&picture);
    }

    #[test]
    fn curves_are_vertical_at_their_points() {
        assert_eq!(path(&[(1.0, 0.0), (1.0, 10.0), (5.0, 20.0)]), "M1.0 0.0V10.0C1.0 15.0 5.0 15.0 5.0 20.0");
        assert_eq!(path(&[(1.0, 0.0), (1.0, 10.0), (1.0, 20.0), (1.0, 30.0)]), "M1.0 0.0V30.0");
    }
}
