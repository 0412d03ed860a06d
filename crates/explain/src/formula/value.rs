//! The formula of the value of a node.

use super::expr::{Expr, FEW, Infix};
use super::symbolic::Arena;
use crate::symbol::Symbol;
use autograd::inspect::Operation;
use autograd::rules::{Arrange, Binary, Op, Unary};
use autograd::{Nary, Scalar};
use tensor::Shape;

/// An operand: its formula and its shape.
#[derive(Clone, Debug)]
pub(crate) struct Argument {
    pub(crate) expr: Expr,
    pub(crate) shape: Shape,
}

impl Argument {
    pub(crate) fn rank(&self) -> usize {
        self.shape.rank()
    }
}

/// Returns the formula of an operation; `None` for variables and constants.
pub(crate) fn value<T: Scalar>(op: &Operation<T>, args: &[Argument]) -> Option<Expr> {
    let x = |k: usize| args[k].expr.clone();
    Some(match op {
        Operation::Variable | Operation::Constant => return None,
        Operation::Unary(op) | Operation::Tensor(Op::Unary(op)) => unary(*op, x(0)),
        Operation::Binary(op) | Operation::Tensor(Op::Binary(op)) => binary(*op, args),
        Operation::Nary(op) => nary(*op, args),
        Operation::Tensor(op) => match op {
            Op::MulAdd => x(0).infix(product_operator(&args[0], &args[1]), x(1)).infix(Infix::Plus, x(2)),
            Op::MatMul if args[0].rank() == 1 && args[1].rank() == 1 => x(0).transpose().infix(Infix::Product, x(1)),
            Op::MatMul => x(0).infix(Infix::Product, x(1)),
            Op::Affine => {
                let product = x(0).infix(Infix::Product, x(1));
                if args.len() > 2 { product.infix(Infix::Plus, x(2)) } else { product }
            }
            Op::Arrange(Arrange::Permute(axes)) if axes.len() == 2 => x(0).transpose(),
            Op::Arrange(a) => Expr::call(arrange_name(a), [x(0)]),
            Op::Scan { reverse: true, .. } => Expr::call(format!("{}_from_end", op.name()), few(args)),
            Op::Einsum(spec) => Expr::call(format!("{}[{spec}]", op.name()), few(args)),
            Op::CrossEntropy(_) => Expr::call(op.name(), [x(0), Symbol::new("t").into()]),
            // The targets of each row sum to 1.
            Op::SoftmaxMinus => Expr::call("softmax", [x(0)]).infix(Infix::Minus, x(1)),
            Op::ToTensor => x(0),
            Op::Reduce(r, axes, _) => {
                let along = axes.iter().filter(|_| axes.len() < args[0].rank()).map(|&a| Expr::from(a as f64));
                Expr::call(r.name(), std::iter::once(x(0)).chain(along).collect::<Vec<_>>())
            }
            _ => Expr::call(op.name(), few(args)),
        },
        _ => Expr::call(op.name(), few(args)),
    })
}

/// The name of a rearrangement, with a suffix for reversed cumulative sums.
pub(crate) fn arrange_name(a: &Arrange) -> String {
    match a {
        Arrange::CumSum(_, true) => format!("{}_from_end", a.name()),
        a => a.name().into(),
    }
}

/// The operator of an elementwise product: ⊙, or · if one operand is a scalar.
pub(crate) fn product_operator(a: &Argument, b: &Argument) -> Infix {
    if a.rank() == 0 || b.rank() == 0 { Infix::Times } else { Infix::Hadamard }
}

/// Arithmetic is written in full, as the rule computes it; functions are written by their names.
fn unary(op: Unary, x: Expr) -> Expr {
    match op {
        Unary::Neg | Unary::Recip | Unary::Square | Unary::Sqrt | Unary::Cbrt | Unary::Powi(_)
        // These occur in recorded derivatives.
        | Unary::Flat | Unary::Twice | Unary::OneMinusSquare | Unary::Lorentzian | Unary::Bell => {
            let arena = Arena::default();
            op.value(arena.add(x)).expr()
        }
        Unary::Polygamma(n) => Expr::call("polygamma", [f64::from(n).into(), x]),
        op => Expr::call(op.name(), [x]),
    }
}

fn binary(op: Binary, args: &[Argument]) -> Expr {
    let (a, b) = (args[0].expr.clone(), args[1].expr.clone());
    match op {
        Binary::Mul => a.infix(product_operator(&args[0], &args[1]), b),
        Binary::Add
        | Binary::Sub
        | Binary::Div
        | Binary::Pow
        | Binary::SquaredError
        | Binary::AbsoluteError
        | Binary::Direction
        | Binary::Inversion
        | Binary::PowBase
        | Binary::PowExponent => {
            let arena = Arena::default();
            op.value(arena.add(a), arena.add(b)).expr()
        }
        op => Expr::call(op.name(), [a, b]),
    }
}

fn nary(op: Nary, args: &[Argument]) -> Expr {
    let x = |k: usize| args[k].expr.clone();
    let times = |a: Expr, b: Expr| a.infix(Infix::Times, b);
    match op {
        Nary::Sum => sum(args.len(), x),
        Nary::Dot => sum(args.len() / 2, |i| times(x(2 * i), x(2 * i + 1))),
        Nary::NormSquared => sum(args.len(), |i| x(i).power(2.0.into())),
        Nary::Polynomial if args.len() > 1 => {
            sum(args.len() - 1, |i| if i == 0 { x(1) } else { times(x(i + 1), x(0).power((i as f64).into())) })
        }
        Nary::MulAdd => times(x(0), x(1)).infix(Infix::Plus, x(2)),
        op => Expr::call(op.name(), few(args)),
    }
}

fn sum(n: usize, term: impl Fn(usize) -> Expr) -> Expr {
    let terms: Vec<Expr> =
        if n <= FEW { (0..n).map(term).collect() } else { vec![term(0), term(1), Expr::Ellipsis, term(n - 1)] };
    terms.into_iter().reduce(|a, b| Expr::Infix(Infix::Plus, Box::new(a), Box::new(b))).unwrap_or(Expr::Number(0.0))
}

fn few(args: &[Argument]) -> Vec<Expr> {
    let x = |k: usize| args[k].expr.clone();
    if args.len() <= FEW {
        return (0..args.len()).map(x).collect();
    }
    vec![x(0), x(1), Expr::Ellipsis, x(args.len() - 1)]
}
