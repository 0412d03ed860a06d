//! The text of boxes and arrows.

use super::graph::{Edge, Graph, Line, Node, Part, Role};
use super::text::shortened;
use crate::explanation::{self, Explanation, Kind, Operand, Step};
use crate::form::Form;
use crate::notation::{Notation, Text, number};
use tensor::Tensor;

/// The maximum number of characters in a line of a box, and of an arrow.
const BOX: usize = 30;
const ARROW: usize = 22;
/// The number of significant digits.
const DIGITS: usize = 4;

/// Returns the graph of an explanation, in the order of the computation.
pub(crate) fn graph(explanation: &Explanation) -> Graph {
    let mut order: Vec<usize> = (0..explanation.steps.len()).collect();
    order.sort_by_key(|&at| explanation.steps[at].node);
    let mut place = vec![0; order.len()];
    order.iter().enumerate().for_each(|(box_, &at)| place[at] = box_);
    let mut graph = Graph::default();
    for &at in &order {
        let step = &explanation.steps[at];
        graph.nodes.push(Node {
            id: id(step),
            role: role(step, at),
            operation: step.operation.clone(),
            lines: lines(explanation, step),
        });
        for (position, operand) in step.operands.iter().enumerate() {
            let Operand::Step(from) = *operand else { continue };
            let lines = step.edges.iter().find(|e| e.operand == position).map(arrow).unwrap_or_default();
            graph.edges.push(Edge { from: place[from], to: place[at], position, lines });
        }
    }
    graph
}

/// Returns the id of a step, the same in all pictures of the tape.
pub(crate) fn id(step: &Step) -> String {
    match step.node {
        Some(node) => format!("n{node}"),
        None => "n".into(), // a constant without a node is the only step
    }
}

fn role(step: &Step, at: usize) -> Role {
    match step.kind {
        _ if at == 0 => Role::Output,
        Kind::Variable => Role::Variable,
        Kind::Constant => Role::Constant,
        Kind::Operation => Role::Step,
    }
}

fn lines(explanation: &Explanation, step: &Step) -> Vec<Line> {
    let name = shortened(step.symbol.text(), BOX - 8);
    let heading = if step.is_scalar { name.clone() } else { format!("{name} {}", step.value.shape()) };
    let mut lines = vec![Line::new(Part::Heading, heading)];
    if let Some(formula) = &step.formula {
        lines.push(Line::new(Part::Formula, shortened(&format!("= {formula}"), BOX)));
    } else if step.kind == Kind::Operation {
        lines.push(Line::new(Part::Formula, shortened(&format!("{}(…)", step.operation), BOX)));
    }
    lines.push(Line::new(Part::Value, tensor_text(&step.value, BOX)));
    if let Some(adjoint) = &step.adjoint {
        lines.push(Line::new(Part::Adjoint, adjoint_line(explanation, step, adjoint)));
    }
    lines
}

/// Writes ∂L/∂z = -0.1446.
pub(crate) fn adjoint_line(explanation: &Explanation, step: &Step, adjoint: &Tensor<f64>) -> String {
    let of = format!("∂{}/∂{}", shortened(explanation.differentiated.text(), 6), shortened(step.symbol.text(), 8));
    format!("{of} = {}", tensor_text(adjoint, BOX))
}

/// Returns the text of an arrow: the local derivative, and the contribution.
fn arrow(edge: &explanation::Edge) -> Vec<Line> {
    let factor = &edge.factor;
    let formula = factor.textbook.as_ref().or(factor.formula.as_ref());
    let by = match (&factor.values, factor.form, formula) {
        (Some(values), Form::Elementwise, _) if values.size() == 1 => {
            format!("× {}", number(values.to_vec()[0], DIGITS))
        }
        (_, Form::Elementwise, Some(formula)) => format!("⊙ {formula}"),
        (_, Form::Weights, Some(formula)) => format!("× {formula}"),
        (_, Form::Linear, Some(formula)) => formula.to_string(),
        (Some(values), Form::Elementwise | Form::Weights, None) => format!("⊙ {}", tensor_text(values, ARROW)),
        _ => "local derivative".into(),
    };
    vec![
        Line::new(Part::Derivative, shortened(&by, ARROW)),
        Line::new(Part::Contribution, shortened(&format!("= {}", tensor_text(&edge.contribution, ARROW)), ARROW)),
    ]
}

/// Writes a tensor in at most `most` characters.
pub(crate) fn tensor_text(x: &Tensor<f64>, most: usize) -> String {
    shortened(&Text.tensor(x, DIGITS), most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::Explainable;
    use autograd::Tape;
    use tensor::tensor;

    #[test]
    fn text_of_boxes_and_arrows() {
        let tape = Tape::new();
        let x = tape.var(3.0_f64).named("x");
        let y = tape.var(4.0).named("y");
        let graph = graph(&((x * y).named("p") * 2.0).named("f").explain());
        let text = |lines: &[Line]| lines.iter().map(|l| l.text.clone()).collect::<Vec<_>>();
        assert_eq!(text(&graph.nodes[0].lines), ["x", "3", "∂f/∂x = 8"]);
        assert_eq!(text(&graph.nodes[2].lines), ["p", "= x · y", "12", "∂f/∂p = 2"]);
        assert_eq!(text(&graph.edges[0].lines), ["× 4", "= 8"]);
        assert_eq!(graph.nodes.last().map(|n| n.role), Some(Role::Output));
        assert!(graph.edges.iter().all(|e| e.from < e.to));
    }

    #[test]
    fn tensors_are_shortened() {
        assert_eq!(tensor_text(&tensor![[1.0, -0.25], [3.0, 4.0]], 30), "[[1, -0.25], [3, 4]]");
        assert_eq!(tensor_text(&Tensor::ones([1000]), 20), "‹(1000,) from 1 to …");
        assert_eq!(tensor_text(&Tensor::scalar(f64::NAN), 9), "NaN");
        assert_eq!(tensor_text(&Tensor::zeros([0, 3]), 9), "[]");
    }
}
