//! What a picture shows: boxes with lines of text, and arrows between them.

/// A graph to be drawn. Boxes stand in the order of the computation: every edge leads from an earlier one to a later.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Graph {
    pub(crate) nodes: Vec<Node>,
    pub(crate) edges: Vec<Edge>,
    /// What was left out to keep the picture readable, in words.
    pub(crate) note: Option<String>,
}

/// A box.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    /// What stays the same from picture to picture: made of the place on the tape.
    pub(crate) id: String,
    pub(crate) role: Role,
    /// The operation, by which folded nodes are counted.
    pub(crate) operation: String,
    pub(crate) lines: Vec<Line>,
}

/// What a box stands for, and so its color.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Variable,
    Constant,
    Step,
    Output,
    /// Many nodes as one box.
    Folded,
}

/// An arrow, and the text on it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Edge {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// Which operand of `to` it is.
    pub(crate) position: usize,
    pub(crate) lines: Vec<Line>,
}

/// A line of text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) part: Part,
    pub(crate) text: String,
}

/// What a line tells.
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

impl Role {
    /// Its name in style sheets.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Role::Variable => "variable",
            Role::Constant => "constant",
            Role::Step => "step",
            Role::Output => "output",
            Role::Folded => "folded",
        }
    }
}

impl Part {
    /// Its name in style sheets.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Part::Heading => "heading",
            Part::Formula => "formula",
            Part::Value => "value",
            Part::Adjoint => "adjoint",
            Part::Derivative => "derivative",
            Part::Contribution => "contribution",
        }
    }
}

#[cfg(test)]
impl Graph {
    /// Boxes and arrows with a line of text each; what nothing leads to is a variable.
    pub(crate) fn plain(nodes: usize, edges: &[(usize, usize)]) -> Self {
        let role = |i| if edges.iter().any(|e| e.1 == i) { Role::Step } else { Role::Variable };
        let lines = |text| vec![Line::new(Part::Heading, text)];
        let node =
            |i| Node { id: format!("n{i}"), role: role(i), operation: "mul".into(), lines: lines(format!("node {i}")) };
        let edge = |&(from, to): &(usize, usize)| Edge { from, to, position: 0, lines: lines(format!("{from}-{to}")) };
        Graph { nodes: (0..nodes).map(node).collect(), edges: edges.iter().map(edge).collect(), note: None }
    }
}
