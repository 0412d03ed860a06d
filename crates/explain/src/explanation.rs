//! The derivation as data: what was computed, and how its gradient came about, step by step.

use crate::check::Check;
use crate::formula::Expr;
use crate::symbol::Symbol;
use std::fmt;
use std::panic::Location;
use tensor::{Shape, Tensor};

/// How a derivation of layers is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Convention {
    /// An example is a row: X W + b, with a column of W per neuron. So layers compute.
    #[default]
    Row,
    /// An example is a column: W x + b, with a row of W per neuron. So books write.
    Column,
}

/// What the numbers of a tape are. Those of an explanation are `f64`s that hold the same values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// `f32`
    Single,
    /// `f64`
    Double,
}

/// The derivation of an output: one step for each node that takes part, in the order of backpropagation.
///
/// It is plain data, made by [`Explain`](crate::Explain); `Display` writes it for a terminal.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Explanation {
    /// From the output down to the variables. Operands that lead to nothing that was asked for stand among them, without
    /// an adjoint.
    pub steps: Vec<Step>,
    /// The places in `steps` of what was asked for, in the order of asking. The output is step 0.
    pub wanted: Vec<usize>,
    /// What the sweep began with: 1 for a number.
    pub cotangent: Tensor<f64>,
    /// The name of the number that is differentiated: the output's own, or `s` = ⟨v, y⟩ for an output that is a tensor.
    pub differentiated: Symbol,
    /// The name of the cotangent in formulas: `v`, unless a node is called so.
    pub cotangent_name: Symbol,
    /// By place in `wanted`: the whole gradient against differences of the whole, where that is not too much work.
    pub checks: Vec<Option<Check>>,
    /// How layers are to be written.
    pub convention: Convention,
    /// What the tape computes in.
    pub precision: Precision,
}

/// One node: what it computes, what adjoint arrives, and what it hands on.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Step {
    /// Its index on the tape; `None` for a constant number, which has no node.
    pub node: Option<usize>,
    /// Its name.
    pub symbol: Symbol,
    /// Whether the program gave the name; else it is invented.
    pub is_named: bool,
    /// Where the program recorded it, on a traced tape.
    pub line: Option<Line>,
    /// What it is.
    pub kind: Kind,
    /// The name of the method that recorded it.
    pub operation: String,
    /// What it was computed from.
    pub operands: Vec<Operand>,
    /// What it computes; `None` for a variable or a constant.
    pub formula: Option<Expr>,
    /// Its value; a number as a 0-d tensor.
    pub value: Tensor<f64>,
    /// Whether it holds a number, not a tensor.
    pub is_scalar: bool,
    /// The sum of what came in; `None` where no gradient was followed.
    pub adjoint: Option<Tensor<f64>>,
    /// What the adjoint is the sum of, in the order of adding: (step, place among its edges).
    pub incoming: Vec<(usize, usize)>,
    /// What it hands on, to the operands that lead to something asked for.
    pub edges: Vec<Edge>,
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An independent variable.
    Variable,
    /// A constant, or what was computed from constants alone.
    Constant,
    /// The result of an operation.
    Operation,
}

/// What an operation was applied to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operand {
    /// Another step, by its place in [`Explanation::steps`].
    Step(usize),
    /// A number that has no node.
    Constant(f64),
}

/// What one node hands on to one of its operands.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Edge {
    /// Which operand of the node.
    pub operand: usize,
    /// The operand's place in [`Explanation::steps`].
    pub to: usize,
    /// The local derivative.
    pub factor: Factor,
    /// The incoming adjoint times the local derivative, as a formula; `None` if the operation has none to show.
    pub product: Option<Expr>,
    /// The same as numbers, in the operand's shape.
    pub contribution: Tensor<f64>,
    /// The factor against differences of this operation alone, where that is not too much work.
    pub check: Option<Check>,
}

/// A local derivative ∂y/∂x.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Factor {
    /// How y depends on x.
    pub form: Form,
    /// The formula: of ∂y/∂x, or, for a linear map, of what the adjoint becomes. `None` if the operation has none to show.
    pub formula: Option<Expr>,
    /// The same as a textbook has it, where the engine computes another form that keeps more digits.
    pub textbook: Option<Expr>,
    /// The numbers that the sweep multiplied by: for an elementwise operation in the shape of y, for weights in the shape
    /// of x, for a linear map the Jacobian, with the axes of y before those of x, if it is small; else `None`.
    pub values: Option<Tensor<f64>>,
    /// The shape in which the adjoint meets the numbers: that of y, but for weights with an extent of 1 in place of each
    /// axis that was summed over.
    pub adjoint_shape: Shape,
}

/// How a value depends on an operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Each element on its own element: the adjoint is multiplied element by element.
    Elementwise,
    /// Each element of the operand goes into one element of the value, with a weight.
    Weights,
    /// Each element may depend on all: the adjoint is multiplied by the transposed Jacobian.
    Linear,
}

/// A line of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The file, as the compiler names it.
    pub file: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1.
    pub column: u32,
}

impl From<&Location<'_>> for Line {
    fn from(at: &Location<'_>) -> Line {
        Line { file: at.file().into(), line: at.line(), column: at.column() }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

impl Explanation {
    /// The step of the output.
    pub fn output(&self) -> &Step {
        &self.steps[0]
    }

    /// The step that a name belongs to.
    pub fn step(&self, name: &str) -> Option<&Step> {
        let name = Symbol::new(name); // as names are kept
        self.steps.iter().find(|s| s.symbol == name)
    }

    /// The gradients that were asked for, by name.
    pub fn gradients(&self) -> impl Iterator<Item = (&Symbol, &Tensor<f64>)> {
        self.wanted.iter().filter_map(|&at| Some((&self.steps[at].symbol, self.steps[at].adjoint.as_ref()?)))
    }
}
