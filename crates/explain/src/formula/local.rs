//! The local derivative of an operation with respect to one operand, as a formula.
//!
//! It is written by the rules of the engine. Scalar rules are run on symbols; tensor rules are run on a second tape,
//! whose record is converted to a formula.

use super::expr::{Expr, Infix};
use super::recorded;
use super::symbolic::Arena;
use super::value::{Argument, product_operator};
use crate::form::Form;
use crate::symbol::Symbol;
use autograd::inspect::{Node, Operation};
use autograd::rules::{Op, Unary};
use autograd::{Nary, Scalar};
use tensor::Shape;

/// The operation that a rule is applied to.
#[derive(Debug)]
pub(crate) struct Setting<'a> {
    pub(crate) args: &'a [Argument],
    pub(crate) y: &'a Symbol,
    /// Whether the value has rank 0.
    pub(crate) is_scalar: bool,
    /// The formula of the incoming adjoint.
    pub(crate) adjoint: &'a Expr,
}

impl Setting<'_> {
    pub(crate) fn x(&self, k: usize) -> Expr {
        self.args[k].expr.clone()
    }
    pub(crate) fn y(&self) -> Expr {
        self.y.clone().into()
    }
}

/// Returns how the value of an operation depends on its operands.
pub(crate) fn form<T: Scalar>(op: &Operation<T>, args: &[Argument]) -> Form {
    let Operation::Tensor(op) = op else { return Form::Elementwise };
    match op {
        Op::Unary(_) | Op::Binary(_) | Op::MulAdd | Op::Clamp(_) | Op::Where(_) => Form::Elementwise,
        Op::ToTensor => Form::Elementwise,
        Op::Reduce(..) | Op::CrossEntropy(_) | Op::CrossEntropySoft => Form::Weights,
        Op::MatMul if args.iter().all(|a| a.rank() == 1) => Form::Weights,
        _ => Form::Linear,
    }
}

/// The shape of the value of an operation with weights, with size 1 for each axis of `x` that is summed over.
pub(crate) fn kept_shape<T: Scalar>(op: &Operation<T>, x: &Shape) -> Shape {
    let is_summed = |axis: usize| match op {
        Operation::Tensor(Op::Reduce(_, axes, _)) => axes.contains(&axis),
        _ => axis + 1 == x.rank(), // dot products, and losses of one example each
    };
    let dims: Vec<usize> = x.iter().enumerate().map(|(axis, &n)| if is_summed(axis) { 1 } else { n }).collect();
    dims.into()
}

/// Returns the formulas of the derivatives with respect to the operands at these positions; for a linear map, those of
/// the contributions. `None` for an operation without a formula.
pub(crate) fn locals<T: Scalar>(
    node: Node<'_, T>,
    op: &Operation<T>,
    form: Form,
    positions: &[usize],
    s: &Setting<'_>,
) -> Vec<Option<Expr>> {
    let weights = match op {
        Operation::Nary(op) => weights(*op, s),
        Operation::Tensor(Op::MulAdd) => weights(Nary::MulAdd, s),
        Operation::Tensor(Op::Clamp(bounds)) => weights(bounds.scalars(), s),
        _ => vec![],
    };
    let local = |k: usize| {
        let arena = Arena::default();
        let one = Expr::Number(1.0);
        Some(match op {
            Operation::Unary(op) | Operation::Tensor(Op::Unary(op)) => {
                op.derivative(arena.add(s.x(0)), arena.add(s.y())).expr()
            }
            Operation::Binary(op) | Operation::Tensor(Op::Binary(op)) => {
                let (a, b) = (arena.add(s.x(0)), arena.add(s.x(1)));
                if k == 0 { op.wrt_a(a, b).expr() } else { op.wrt_b(a, b).expr() }
            }
            Operation::Nary(_) | Operation::Tensor(Op::MulAdd | Op::Clamp(_)) => weights[k].clone(),
            Operation::Tensor(Op::Where(_)) if k == 0 => Symbol::new("mask").into(),
            Operation::Tensor(Op::Where(_)) => one.infix(Infix::Minus, Symbol::new("mask").into()),
            Operation::Tensor(_) if form == Form::Linear => recorded::contribution(node, k, s, s.adjoint)?,
            Operation::Tensor(_) => recorded::factor(node, k, s)?,
            _ => return None,
        })
    };
    positions.iter().map(|&k| local(k)).collect()
}

/// The weights of an operation with many scalar operands, one for each operand.
fn weights(op: Nary, s: &Setting<'_>) -> Vec<Expr> {
    let arena = Arena::default();
    let mut weights = Vec::with_capacity(s.args.len());
    op.weights(s.args.len(), arena.add(s.y()), |i| arena.add(s.x(i)), |_, w| weights.push(w.expr()));
    weights
}

/// The derivative in textbook form, if the rule computes another form that keeps more digits.
pub(crate) fn textbook<T: Scalar>(op: &Operation<T>, y: &Symbol) -> Option<Expr> {
    let (Operation::Unary(op) | Operation::Tensor(Op::Unary(op))) = op else { return None };
    let y = || Expr::from(y.clone());
    let one = Expr::Number(1.0);
    match op {
        Unary::Sigmoid => Some(y().infix(Infix::Times, one.infix(Infix::Minus, y()))),
        Unary::Tanh => Some(one.infix(Infix::Minus, y().power(2.0.into()))),
        _ => None,
    }
}

/// Multiplies an adjoint by a derivative, element by element or weight by weight.
pub(crate) fn times_adjoint(adjoint: &Expr, derivative: &Expr, y: &Argument, x: &Argument) -> Expr {
    if adjoint.is_one() {
        return derivative.clone();
    }
    match derivative {
        derivative if derivative.is_one() => adjoint.clone(),
        Expr::Number(-1.0) => adjoint.clone().negated(),
        // The adjoint comes first, in the order of the chain rule.
        derivative => Expr::Infix(product_operator(y, x), Box::new(adjoint.clone()), Box::new(derivative.clone())),
    }
}

/// Sums a contribution over the axes along which the operand was broadcast.
pub(crate) fn summed_to_operand(contribution: Expr, y: &Shape, x: &Shape) -> Expr {
    if x == y {
        contribution
    } else if x.rank() > 0 && x.rank() + 1 == y.rank() && y[1..] == x[..] {
        Expr::call("sum_rows", [contribution])
    } else {
        Expr::call("sum", [contribution])
    }
}
