//! The graph of a picture: boxes with lines of text, and arrows between them.

/// A graph. The boxes are in the order of the computation: every edge leads from an earlier box to a later one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Graph {
    pub(crate) nodes: Vec<Node>,
    pub(crate) edges: Vec<Edge>,
    /// A note about nodes that were folded.
    pub(crate) note: Option<String>,
}

/// A box.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    /// The id, derived from the index on the tape, so that it is the same in all pictures.
    pub(crate) id: String,
    pub(crate) role: Role,
    /// The operation, for the counts in folded boxes.
    pub(crate) operation: String,
    pub(crate) lines: Vec<Line>,
}

/// The role of a box, which determines its color. The name of the variant is the CSS class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Variable,
    Constant,
    Step,
    Output,
    /// Several nodes in one box.
    Folded,
}

/// An arrow with its text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Edge {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// The position of the operand in the operation.
    pub(crate) position: usize,
    pub(crate) lines: Vec<Line>,
}

/// A line of text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) part: Part,
    pub(crate) text: String,
}

/// The contents of a line. The name of the variant is the CSS class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Heading,
    Formula,
    Value,
    Adjoint,
    Derivative,
    Contribution,
}

impl Line {
    pub(crate) fn new(part: Part, text: impl Into<String>) -> Self {
        Line { part, text: text.into() }
    }
}

#[cfg(test)]
impl Graph {
    /// Creates boxes and arrows with one line of text each. Boxes without incoming arrows are variables.
    pub(crate) fn plain(nodes: usize, edges: &[(usize, usize)]) -> Self {
        let role = |i| if edges.iter().any(|e| e.1 == i) { Role::Step } else { Role::Variable };
        let lines = |text| vec![Line::new(Part::Heading, text)];
        let node =
            |i| Node { id: format!("n{i}"), role: role(i), operation: "mul".into(), lines: lines(format!("node {i}")) };
        let edge = |&(from, to): &(usize, usize)| Edge { from, to, position: 0, lines: lines(format!("{from}-{to}")) };
        Graph { nodes: (0..nodes).map(node).collect(), edges: edges.iter().map(edge).collect(), note: None }
    }
}
