//! From a tape to an explanation: the nodes that take part, the reverse sweep, and the steps.

mod factor;
mod sweep;

use crate::check;
use crate::error::ExplainError;
use crate::explanation::{Convention, Edge, Explanation, Factor, Kind, Line, Operand, Precision, Step};
use crate::form::Form;
use crate::formula::{self, Argument, Expr, Setting};
use crate::naming;
use crate::subgraph::Subgraph;
use crate::symbol::{Symbol, printable};
use crate::target::Target;
use autograd::Scalar;
use autograd::inspect::{self, Node, Operation};
use sweep::Swept;
use tensor::Tensor;

/// Creates the explanation of an output for a cotangent of the same shape.
pub(crate) fn derive<T: Scalar>(
    output: Node<'_, T>,
    wanted: Option<&[Target<'_, T>]>,
    cotangent: Tensor<T>,
    convention: Convention,
    checked: bool,
) -> Result<Explanation, ExplainError> {
    let subgraph = Subgraph::of(output, wanted)?;
    let swept = sweep::sweep(&subgraph, cotangent.clone());
    let names = {
        let forwards: Vec<Node<'_, T>> = subgraph.nodes.iter().rev().copied().collect();
        let mut names = naming::names(&forwards, output);
        names.reverse();
        names
    };
    let cotangent = cotangent.cast();
    let is_scalar = output.is_scalar();
    let differentiated = if cotangent.size() == 1 { names[0].0.clone() } else { naming::beside(&names, "s") };
    let cotangent_name = naming::beside(&names, "v");
    let seed: Expr = if is_scalar { Expr::Number(cotangent.item()) } else { cotangent_name.clone().into() };
    let writer = Writer { subgraph: &subgraph, names: &names, differentiated: &differentiated, seed, checked };
    let mut steps: Vec<Step> = swept.into_iter().enumerate().map(|(at, swept)| writer.step(at, swept)).collect();
    for at in 0..steps.len() {
        for edge in 0..steps[at].edges.len() {
            let to = steps[at].edges[edge].to;
            steps[to].incoming.push((at, edge));
        }
    }
    let v = cotangent.to_vec();
    let mut budget = check::Budget::new(&subgraph);
    let mut check = |&at: &usize| check::whole(&subgraph, at, steps[at].adjoint.as_ref()?, &v, &mut budget);
    let checks = subgraph.wanted.iter().map(|at| if checked { check(at) } else { None }).collect();
    let precision = precision::<T>();
    let wanted = subgraph.wanted.clone();
    Ok(Explanation { steps, wanted, cotangent, differentiated, cotangent_name, checks, convention, precision })
}

/// Creates the explanation of a scalar without a node.
pub(crate) fn constant<T: Scalar>(value: T) -> Explanation {
    let symbol = Symbol::new("L");
    let mut step = leaf(symbol.clone(), Kind::Constant, "constant".into(), Tensor::scalar(value).cast());
    step.adjoint = Some(Tensor::scalar(1.0));
    Explanation {
        steps: vec![step],
        wanted: vec![],
        cotangent: Tensor::scalar(1.0),
        differentiated: symbol,
        cotangent_name: Symbol::new("v"),
        checks: vec![],
        convention: Convention::default(),
        precision: precision::<T>(),
    }
}

/// A step without operands, adjoint and node.
fn leaf(symbol: Symbol, kind: Kind, operation: String, value: Tensor<f64>) -> Step {
    Step {
        node: None,
        symbol,
        is_named: false,
        line: None,
        kind,
        operation,
        operands: vec![],
        formula: None,
        is_scalar: value.rank() == 0,
        value,
        adjoint: None,
        incoming: vec![],
        edges: vec![],
    }
}

fn precision<T: Scalar>() -> Precision {
    if size_of::<T>() == 4 { Precision::Single } else { Precision::Double }
}

/// The data from which a step is written.
struct Writer<'a, 't, T: Scalar> {
    subgraph: &'a Subgraph<'t, T>,
    names: &'a [(Symbol, bool)],
    differentiated: &'a Symbol,
    /// The formula of the adjoint of the output.
    seed: Expr,
    checked: bool,
}

impl<'t, T: Scalar> Writer<'_, 't, T> {
    fn step(&self, at: usize, swept: Swept<'t, T>) -> Step {
        let node = self.subgraph.nodes[at];
        let (symbol, is_named) = self.names[at].clone();
        let operation = node.operation();
        let kind = match operation {
            Operation::Variable => Kind::Variable,
            Operation::Constant => Kind::Constant,
            _ => Kind::Operation,
        };
        let value = node.value();
        let mut step = Step {
            node: Some(node.index()),
            is_named,
            line: node.line().map(Line::from),
            is_scalar: node.is_scalar(),
            adjoint: swept.adjoint.as_ref().map(Tensor::cast),
            ..leaf(symbol.clone(), kind, printable(&operation.name()), value.cast())
        };
        if !self.subgraph.is_on_path(at) {
            return step; // only an operand of other steps
        }
        let operands = node.operands();
        step.operands = operands.iter().map(|x| self.operand(x)).collect();
        let args: Vec<Argument> = operands.iter().zip(&step.operands).map(|(x, o)| self.argument(x, o)).collect();
        step.formula = formula::value(&operation, &args);
        let adjoint = if at == 0 {
            self.seed.clone()
        } else {
            Expr::Partial { of: self.differentiated.clone(), wrt: symbol.clone() }
        };
        let setting = Setting { args: &args, y: &symbol, is_scalar: value.rank() == 0, adjoint: &adjoint };
        let y = Argument { expr: symbol.clone().into(), shape: value.shape().clone() };
        let form = formula::form(&operation, &args);
        let positions: Vec<usize> = swept.contributions.iter().map(|s| s.position).collect();
        let none = || vec![None; positions.len()];
        let checks = if self.checked { check::local(node, &operation, &positions) } else { none() };
        let formulas = formula::locals(node, &operation, form, &positions, &setting);
        let factors = factor::values(node, &operation, form, swept.contributions);
        for (((contribution, values), check), formula) in factors.into_iter().zip(checks).zip(formulas) {
            let (k, x) = (contribution.position, &args[contribution.position]);
            let textbook = formula::textbook(&operation, &symbol);
            let adjoint_shape =
                if form == Form::Weights { formula::kept_shape(&operation, &x.shape) } else { y.shape.clone() };
            let product = formula.as_ref().map(|f| match form {
                Form::Elementwise => {
                    formula::summed_to_operand(formula::times_adjoint(&adjoint, f, &y, x), &y.shape, &x.shape)
                }
                Form::Weights => formula::times_adjoint(&adjoint, f, &y, x),
                Form::Linear => f.clone(),
            });
            step.edges.push(Edge {
                operand: k,
                to: self.subgraph.place[contribution.node.index()].unwrap_or(0),
                factor: Factor { form, formula, textbook, values: values.map(|v| v.cast()), adjoint_shape },
                product,
                contribution: contribution.adjoint.cast(),
                check,
            });
        }
        step
    }

    fn operand(&self, operand: &inspect::Operand<'t, T>) -> Operand {
        match operand {
            inspect::Operand::Constant(x) => Operand::Constant(Tensor::scalar(*x).cast::<f64>().item()),
            inspect::Operand::Node(n) => match self.subgraph.place[n.index()] {
                Some(at) => Operand::Step(at),
                None => Operand::Constant(n.value().cast::<f64>().item()),
            },
        }
    }

    fn argument(&self, operand: &inspect::Operand<'t, T>, shown: &Operand) -> Argument {
        let shape = match operand {
            inspect::Operand::Node(n) => n.value().shape().clone(),
            inspect::Operand::Constant(_) => ().into(),
        };
        let expr = match shown {
            Operand::Step(at) => self.names[*at].0.clone().into(),
            Operand::Constant(x) => Expr::Number(*x),
        };
        Argument { expr, shape }
    }
}
