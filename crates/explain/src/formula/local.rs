//! The local derivative of an operation with respect to one operand, as a formula.
//!
//! Elementwise operations run the ledger's own rule on formulas. The other rules of the ledger are programs on arrays;
//! here stands what they compute, as a book would write it.

use super::expr::{Comparison, Condition, Expr, Infix};
use super::pullback;
use super::symbolic::Paper;
use super::value::{Argument, between};
use crate::explanation::Form;
use crate::symbol::Symbol;
use autograd::ledger::{Op, Unary};
use autograd::view::Operation;
use autograd::{Nary, Scalar};
use tensor::{Reduction, Shape};

/// What a rule may refer to.
#[derive(Debug)]
pub(crate) struct Setting<'a> {
    pub(crate) args: &'a [Argument],
    pub(crate) y: &'a Symbol,
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
    pub(crate) fn g(&self) -> Expr {
        self.adjoint.clone()
    }
}

/// How the value of an operation depends on its operands.
pub(crate) fn form<T: Scalar>(op: &Operation<T>, args: &[Argument]) -> Form {
    let Operation::Tensor(op) = op else { return Form::Elementwise };
    match op {
        Op::Unary(_) | Op::Binary(_) | Op::MulAdd | Op::Clamp | Op::Where(_) => Form::Elementwise,
        Op::Stack { lift: true } => Form::Elementwise,
        Op::Reduce(..) | Op::CrossEntropy(_) | Op::CrossEntropySoft => Form::Weights,
        Op::MatMul if args.iter().all(|a| a.rank() == 1) => Form::Weights,
        _ => Form::Linear,
    }
}

/// The formula of the derivative; `None` where the operation has none to show.
pub(crate) fn local<T: Scalar>(op: &Operation<T>, k: usize, s: &Setting<'_>) -> Option<Expr> {
    let paper = Paper::default();
    let one = Expr::Number(1.0);
    Some(match op {
        Operation::Unary(op) | Operation::Tensor(Op::Unary(op)) => {
            op.derivative(paper.write(s.x(0)), paper.write(s.y())).expr()
        }
        Operation::Binary(op) | Operation::Tensor(Op::Binary(op)) => {
            let (a, b) = (paper.write(s.x(0)), paper.write(s.x(1)));
            if k == 0 { op.wrt_a(a, b).expr() } else { op.wrt_b(a, b).expr() }
        }
        Operation::Nary(op) => nary(*op, k, s)?,
        Operation::Tensor(op) => match op {
            Op::MulAdd => nary(Nary::MulAdd, k, s)?,
            Op::Clamp => nary(Nary::Clamp, k, s)?,
            Op::Where(_) if k == 0 => Symbol::new("mask").into(),
            Op::Where(_) => one.infix(Infix::Minus, Symbol::new("mask").into()),
            Op::Stack { lift: true } => one,
            Op::Reduce(r, axes, _) => weight(*r, axes.iter().map(|&a| s.args[0].shape[a]).product(), s),
            Op::CrossEntropy(_) => Expr::call("softmax", [s.x(0)]).infix(Infix::Minus, Symbol::new("t").into()),
            Op::CrossEntropySoft if k == 0 => Expr::call("softmax", [s.x(0)]).infix(Infix::Minus, s.x(1)),
            Op::CrossEntropySoft => Expr::call("log_softmax", [s.x(0)]).negated(),
            Op::MatMul if s.args.iter().all(|a| a.rank() == 1) => s.x(1 - k),
            Op::Custom(_) | Op::CustomVjp(..) => return None,
            op => pullback::product(op, k, s),
        },
        _ => return None,
    })
}

/// The derivative in the form of textbooks, where the ledger has another one that keeps its digits in the tails.
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

/// ∂y/∂x_k of the operations of many numbers.
fn nary(op: Nary, k: usize, s: &Setting<'_>) -> Option<Expr> {
    let one = Expr::Number(1.0);
    let below = |a: Expr, b: Expr| (b, Comparison::GreaterOrEqual, a);
    let indicator = |all: Vec<_>| Expr::Cases(vec![(Expr::Number(1.0), Condition(all))], Box::new(0.0.into()));
    Some(match op {
        Nary::Sum => one,
        Nary::Dot => s.x(k ^ 1),
        Nary::NormSquared => Expr::Number(2.0).infix(Infix::Times, s.x(k)),
        Nary::LogSumExp => Expr::call("exp", [s.x(k).infix(Infix::Minus, s.y())]),
        Nary::Polynomial if k == 0 => {
            let term = |i: usize| {
                let power = s.x(0).power((i as f64 - 1.0).into());
                let power = if i == 1 { Expr::Number(1.0) } else { power };
                Expr::Number(i as f64).infix(Infix::Times, s.x(i + 1)).infix(Infix::Times, power)
            };
            let terms = (1..s.args.len() - 1).map(term);
            terms.reduce(|a, b| a.infix(Infix::Plus, b)).unwrap_or(Expr::Number(0.0))
        }
        Nary::Polynomial if k == 1 => one,
        Nary::Polynomial => s.x(0).power(((k - 1) as f64).into()),
        Nary::MulAdd if k < 2 => s.x(1 - k),
        Nary::MulAdd => one,
        Nary::Clamp => match k {
            0 => indicator(vec![below(s.x(1), s.x(0)), below(s.x(0), s.x(2))]),
            1 => indicator(vec![(s.x(1), Comparison::Greater, s.x(0)), below(s.x(1), s.x(2))]),
            _ => indicator(vec![(Expr::call("max", [s.x(0), s.x(1)]), Comparison::Greater, s.x(2))]),
        },
        _ => return None,
    })
}

/// ∂y/∂x of a reduction over n elements, for each of them.
fn weight(r: Reduction, n: usize, s: &Setting<'_>) -> Expr {
    let (x, y) = (s.x(0), s.y());
    let ties = |value: Expr| {
        let most = Condition(vec![(value, Comparison::Equal, y.clone())]);
        let share = Expr::Number(1.0).infix(Infix::Over, Symbol::new("ties").into());
        Expr::Cases(vec![(share, most)], Box::new(0.0.into()))
    };
    let centred = || x.clone().infix(Infix::Minus, Expr::call("mean", [x.clone()]));
    match r {
        Reduction::Sum => 1.0.into(),
        Reduction::Mean => Expr::Number(1.0).infix(Infix::Over, (n as f64).into()),
        Reduction::Prod => Expr::call("product_of_others", [x.clone()]),
        Reduction::Max | Reduction::Min => ties(x.clone()),
        Reduction::Var(ddof) => {
            let over = Expr::Number(n as f64 - ddof as f64);
            Expr::Number(2.0).infix(Infix::Times, centred()).infix(Infix::Over, over)
        }
        Reduction::Std(ddof) => {
            let over = Expr::Number(n as f64 - ddof as f64).infix(Infix::Times, y.clone());
            centred().infix(Infix::Over, over)
        }
        Reduction::Norm1 => Expr::call("sign", [x.clone()]),
        Reduction::Norm2 => x.clone().infix(Infix::Over, y),
        Reduction::NormInf => {
            let sign = Expr::call("sign", [x.clone()]);
            sign.infix(Infix::Times, ties(Expr::call("abs", [x.clone()])))
        }
        Reduction::LogSumExp => Expr::call("exp", [x.clone().infix(Infix::Minus, y)]),
    }
}

/// An adjoint times a derivative, element by element or weight by weight.
pub(crate) fn chained(adjoint: &Expr, slope: &Expr, y: &Argument, x: &Argument) -> Expr {
    if adjoint.is_one() {
        return slope.clone();
    }
    match slope {
        slope if slope.is_one() => adjoint.clone(),
        Expr::Number(-1.0) => adjoint.clone().negated(),
        // the adjoint stands first, as the chain rule is spoken
        slope => Expr::Infix(between(y, x), Box::new(adjoint.clone()), Box::new(slope.clone())),
    }
}

/// A share in the operand's shape: summed over what was stretched.
pub(crate) fn gathered(share: Expr, y: &Shape, x: &Shape) -> Expr {
    if x == y {
        share
    } else if x.rank() + 1 == y.rank() && y[1..] == x[..] {
        Expr::call("sum_rows", [share])
    } else {
        Expr::call("sum", [share])
    }
}
