//! The derivation as data: what was computed, and how its gradient is computed, step by step.

use crate::check::Check;
use crate::form::Form;
use crate::formula::Expr;
use crate::symbol::Symbol;
use std::fmt;
use std::panic::Location;
use tensor::{Shape, Tensor};

/// The convention in which layers are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Convention {
    /// An example is a row: X W + b, with a column of W per neuron. Layers compute in this convention.
    #[default]
    Row,
    /// An example is a column: W x + b, with a row of W per neuron. Textbooks use this convention.
    Column,
}

/// The element type of the tape. An explanation holds the same values as `f64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// `f32`
    Single,
    /// `f64`
    Double,
}

/// The derivation of an output: one step for each node that takes part, in the order of backpropagation.
///
/// An explanation is plain data, created by [`Explain`](crate::Explain). `Display` writes it for a terminal.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Explanation {
    /// The steps, from the output down to the variables. Operands that do not lead to a requested node are included,
    /// without an adjoint.
    pub steps: Vec<Step>,
    /// The indices in `steps` of the requested nodes, in the order of the request. The output is step 0.
    pub wanted: Vec<usize>,
    /// The cotangent that the reverse sweep starts with; 1 for a scalar.
    pub cotangent: Tensor<f64>,
    /// The name of the differentiated scalar: that of the output, or `s` = ⟨v, y⟩ if the output is a tensor.
    pub differentiated: Symbol,
    /// The name of the cotangent in formulas: `v`, or another one if a node has this name.
    pub cotangent_name: Symbol,
    /// For each element of `wanted`: the check of its gradient by differences of the whole computation; `None` if that
    /// is too expensive.
    pub checks: Vec<Option<Check>>,
    /// The convention in which layers are written.
    pub convention: Convention,
    /// The precision of the tape.
    pub precision: Precision,
}

/// One node: what it computes, its adjoint, and its contributions to the adjoints of its operands.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Step {
    /// The index of the node on the tape; `None` for a constant scalar without a node.
    pub node: Option<usize>,
    /// The name.
    pub symbol: Symbol,
    /// Whether the program gave the name. Otherwise it is generated.
    pub is_named: bool,
    /// The source line that recorded the node, on a traced tape.
    pub line: Option<Line>,
    /// The kind of node.
    pub kind: Kind,
    /// The name of the method that recorded the node.
    pub operation: String,
    /// The operands.
    pub operands: Vec<Operand>,
    /// The formula; `None` for a variable or a constant.
    pub formula: Option<Expr>,
    /// The value; a 0-d tensor for a scalar.
    pub value: Tensor<f64>,
    /// Whether the node is a scalar, not a tensor.
    pub is_scalar: bool,
    /// The adjoint, the sum of the incoming contributions; `None` if no gradient was computed.
    pub adjoint: Option<Tensor<f64>>,
    /// The contributions that the adjoint is the sum of, in the order of addition: (index of the step, index of its
    /// edge).
    pub incoming: Vec<(usize, usize)>,
    /// The edges to the operands that lead to a requested node.
    pub edges: Vec<Edge>,
}

/// The kind of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An independent variable.
    Variable,
    /// A constant, or a value computed from constants alone.
    Constant,
    /// The result of an operation.
    Operation,
}

/// An operand of an operation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operand {
    /// Another step, by its index in [`Explanation::steps`].
    Step(usize),
    /// A constant scalar without a node.
    Constant(f64),
}

/// The edge from a node to one of its operands, with the contribution to the operand's adjoint.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Edge {
    /// The position of the operand in the operation.
    pub operand: usize,
    /// The index of the operand in [`Explanation::steps`].
    pub to: usize,
    /// The local derivative.
    pub factor: Factor,
    /// The formula of the contribution, the incoming adjoint times the local derivative; `None` if there is no formula.
    pub product: Option<Expr>,
    /// The value of the contribution, in the shape of the operand.
    pub contribution: Tensor<f64>,
    /// The check of the factor by differences of this operation alone; `None` if that is too expensive.
    pub check: Option<Check>,
}

/// A local derivative ∂y/∂x.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Factor {
    /// How y depends on x.
    pub form: Form,
    /// The formula of ∂y/∂x; for a linear map, that of the contribution. `None` if there is no formula.
    pub formula: Option<Expr>,
    /// The formula in textbook form, if the engine computes another form that keeps more digits.
    pub textbook: Option<Expr>,
    /// The values that the sweep multiplied by: for an elementwise operation in the shape of y, for weights in the
    /// shape of x. For a linear map the Jacobian, with the axes of y before those of x, if it is small; otherwise
    /// `None`.
    pub values: Option<Tensor<f64>>,
    /// The shape in which the adjoint is multiplied by the values: that of y. For weights, each axis that was summed
    /// over is kept with size 1.
    pub adjoint_shape: Shape,
}

/// A source line.
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
    /// Returns the step of the output.
    pub fn output(&self) -> &Step {
        &self.steps[0]
    }

    /// Returns the step with this name.
    pub fn step(&self, name: &str) -> Option<&Step> {
        let name = Symbol::new(name); // the form in which names are stored
        self.steps.iter().find(|s| s.symbol == name)
    }

    /// Returns the requested gradients, with their names.
    pub fn gradients(&self) -> impl Iterator<Item = (&Symbol, &Tensor<f64>)> {
        self.wanted.iter().filter_map(|&at| Some((&self.steps[at].symbol, self.steps[at].adjoint.as_ref()?)))
    }
}
