//! Formulas of the tensor rules: a rule is run on a second tape, and its record is converted to a formula.

use super::expr::{Expr, Infix};
use super::local::Setting;
use super::value::{self, Argument};
use crate::subgraph::nodes_of;
use crate::symbol::Symbol;
use autograd::inspect::{Node, Operation, Rule};
use autograd::rules::{Arrange, Binary, Op};
use autograd::{Scalar, Tape};
use tensor::{Reduction, Tensor};

/// Parts of a formula that occur twice and have more nodes than this are defined by a name.
const LONG: usize = 5;

/// Returns the contribution to operand `k`, for this formula of the adjoint; `None` for operations whose rule cannot be
/// converted.
pub(crate) fn contribution<T: Scalar>(node: Node<'_, T>, k: usize, s: &Setting<'_>, adjoint: &Expr) -> Option<Expr> {
    let Operation::Tensor(op) = node.operation() else { return None };
    let tape = Tape::default();
    let rule = node.rule(k, &tape)?;
    let uses = uses(&tape, &rule);
    let mut reader = Reader { op: &op, rule: &rule, setting: s, adjoint, written: vec![], definitions: vec![] };
    for node in tape.nodes() {
        let at = node.index();
        let mut formula = if uses[at] == 0 { Expr::Ellipsis } else { reader.read(node) };
        if uses[at] > 1 && formula.size() > LONG {
            formula = reader.define(formula);
        }
        reader.written.push(formula);
    }
    let body = reader.written.swap_remove(rule.contribution.index());
    Some(if reader.definitions.is_empty() { body } else { Expr::With(Box::new(body), reader.definitions) })
}

/// Returns the local derivative, if the contribution is the product of the adjoint and the derivative.
pub(crate) fn factor<T: Scalar>(node: Node<'_, T>, k: usize, s: &Setting<'_>) -> Option<Expr> {
    let adjoint = Expr::from(Symbol::new("the adjoint"));
    contribution(node, k, s, &adjoint)?.without_factor(&adjoint)
}

/// Counts how often each node of the tape is used in the contribution.
fn uses<T: Scalar>(tape: &Tape<T>, rule: &Rule<'_, T>) -> Vec<usize> {
    let mut uses = vec![0; tape.len()];
    uses[rule.contribution.index()] = 1;
    for node in tape.nodes().rev().filter(|n| n.index() <= rule.contribution.index()) {
        if uses[node.index()] > 0 {
            for x in nodes_of(node) {
                uses[x.index()] += 1;
            }
        }
    }
    uses
}

struct Reader<'a, 's, T: Scalar> {
    op: &'a Op<T>,
    rule: &'a Rule<'s, T>,
    setting: &'a Setting<'a>,
    adjoint: &'a Expr,
    /// The formulas of the nodes so far.
    written: Vec<Expr>,
    definitions: Vec<(Symbol, Expr)>,
}

impl<T: Scalar> Reader<'_, '_, T> {
    fn define(&mut self, formula: Expr) -> Expr {
        let taken = |name: &Symbol| {
            let of_argument = self.setting.args.iter().any(|a| a.expr == name.clone().into());
            of_argument || self.definitions.iter().any(|(n, _)| n == name) || self.setting.y == name
        };
        let name = (1..).map(|i| Symbol::new(format!("u{i}"))).find(|name| !taken(name));
        let name = name.unwrap_or_else(|| Symbol::new("u"));
        self.definitions.push((name.clone(), formula));
        name.into()
    }

    fn read(&self, node: Node<'_, T>) -> Expr {
        if let Some(k) = self.rule.operands.iter().position(|x| x.index() == node.index()) {
            return self.setting.x(k);
        }
        if node.index() == self.rule.value.index() {
            return self.setting.y();
        }
        if node.index() == self.rule.adjoint.index() {
            return self.adjoint.clone();
        }
        let xs = nodes_of(node); // the rules record tensors only, so each operand is a node
        let x = |k: usize| self.written[xs[k].index()].clone();
        let op = match node.operation() {
            Operation::Tensor(op) => op,
            _ => return self.constant(&node.value()),
        };
        match &op {
            Op::Arrange(a) => self.arranged(a, node, xs[0]),
            // The mask replaces infinities by 0; the formula is for finite values.
            Op::Where(_) if x(0).is_zero() => x(1),
            // The length is the value of the norm.
            Op::Direction(_) if matches!(self.op, Op::Reduce(Reduction::Norm2, ..)) => {
                x(0).infix(Infix::Over, self.setting.y())
            }
            Op::Concat(_) => self.joined(&xs).unwrap_or_else(|| Expr::call("concat", [x(0), x(1)])),
            // The product of a scalar and a vector; the rule uses matrices with one element.
            Op::MatMul if self.setting.is_scalar => {
                let [a, b] = [0, 1].map(|k| (xs[k].value().size(), x(k).untransposed()));
                if a.0 == 1 { a.1.infix(Infix::Times, b.1) } else { b.1.infix(Infix::Times, a.1) }
            }
            Op::Binary(Binary::Mul) if xs[1].value().rank() == 0 => match x(1) {
                Expr::Number(c) => fraction(c).infix(Infix::Times, x(0)),
                c => c.infix(Infix::Times, x(0)),
            },
            op => {
                let args: Vec<Argument> = xs
                    .iter()
                    .enumerate()
                    .map(|(k, n)| Argument { expr: x(k), shape: n.value().shape().clone() })
                    .collect();
                value::value(&Operation::Tensor(op.clone()), &args).unwrap_or(Expr::Ellipsis)
            }
        }
    }

    /// The formula of a value that depends on no variable: a number, or a name for what is known of it.
    fn constant(&self, x: &Tensor<T>) -> Expr {
        let most = |size: Expr| size.where_equal(self.setting.y(), Symbol::new("ties").into());
        match self.op {
            Op::Reduce(Reduction::Max | Reduction::Min, ..) if x.rank() > 0 => return most(self.setting.x(0)),
            Op::Reduce(Reduction::NormInf, ..) if x.rank() > 0 => {
                return most(Expr::call("abs", [self.setting.x(0)]));
            }
            Op::CrossEntropy(_) => return Symbol::new("t").into(),
            _ => {}
        }
        let numbers = x.cast::<f64>().to_vec();
        match numbers.first() {
            Some(&first) if numbers.iter().all(|&x| x == first) => first.into(),
            _ => Symbol::new("c").into(),
        }
    }

    fn arranged(&self, a: &Arrange, node: Node<'_, T>, from: Node<'_, T>) -> Expr {
        let (x, old) = (self.written[from.index()].clone(), from.value());
        let new = node.value();
        let squeezed = |x: &Tensor<T>| x.shape().iter().copied().filter(|&n| n != 1).collect::<Vec<_>>();
        match a {
            // Axes of size 1 are not shown.
            Arrange::Reshape(_) if squeezed(&old) == squeezed(&new) => x,
            Arrange::Permute(axes) if axes.iter().copied().eq(0..axes.len()) => x,
            Arrange::Permute(axes) if swaps_last(axes) => x.transpose(),
            // Arithmetic broadcasts implicitly.
            Arrange::BroadcastTo(_) if matches!(self.op, Op::Reduce(..) | Op::Einsum(_)) => x,
            Arrange::SumTo(shape) => super::local::summed_to_operand(x, old.shape(), shape),
            Arrange::Slice(_) => taken(node, &old, x),
            a => Expr::call(value::arrange_name(a), [x]),
        }
    }

    /// Recognizes a shift by one element, with a border value at the free end: `previous` or `next`.
    fn joined(&self, xs: &[Node<'_, T>]) -> Option<Expr> {
        let [a, b] = xs else { return None };
        let whole = |n: &Node<'_, T>| match n.operation() {
            Operation::Tensor(Op::Arrange(Arrange::Slice(_))) => Some(self.written[nodes_of(*n)[0].index()].clone()),
            _ => None,
        };
        let border = |n: &Node<'_, T>| match (n.operation(), &self.written[n.index()]) {
            (Operation::Constant, &Expr::Number(c)) => Some(c),
            _ => None,
        };
        let shifted = |name: &str, x: Expr, edge: f64| match edge {
            0.0 => Expr::call(name, [x]),
            edge => Expr::call(name, [x, edge.into()]),
        };
        match (border(a), whole(b), whole(a), border(b)) {
            (Some(edge), Some(x), ..) => Some(shifted("previous", x, edge)),
            (_, _, Some(x), Some(edge)) => Some(shifted("next", x, edge)),
            _ => None,
        }
    }
}

/// Writes c, as 1/n if it is the reciprocal of an integer.
fn fraction(c: f64) -> Expr {
    let n = (1.0 / c).round();
    if n > 1.0 && 1.0 / n == c { Expr::Number(1.0).infix(Infix::Over, n.into()) } else { c.into() }
}

fn swaps_last(axes: &[usize]) -> bool {
    let n = axes.len();
    n > 1 && axes[..n - 2].iter().copied().eq(0..n - 2) && axes[n - 2..] == [n - 1, n - 2]
}

/// The part of `x` that a slice selects, found by slicing the indices.
fn taken<T: Scalar>(node: Node<'_, T>, from: &Tensor<T>, x: Expr) -> Expr {
    let positions: Vec<f64> = (0..from.size()).map(|i| i as f64).collect();
    let positions = Tensor::from_vec(from.shape().clone(), positions).cast::<T>();
    let shown: Vec<f64> = node.evaluate(&[positions]).map_or(vec![], |y| y.cast::<f64>().to_vec());
    match (&shown[..], from.rank()) {
        (&[i], _) if node.value().rank() == 0 => Expr::call(format!("element[{i}]"), [x]),
        (&[first, .., last], 1) if last - first + 1.0 == shown.len() as f64 => {
            Expr::call(format!("part[{first}..{}]", last + 1.0), [x])
        }
        _ => Expr::call("part", [x]),
    }
}
