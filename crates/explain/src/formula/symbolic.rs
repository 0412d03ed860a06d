//! A number type for formulas: run on it, a rule writes down what it computes.

use super::expr::{Comparison, Condition, Expr, Infix};
use std::cell::RefCell;
use std::ops::{Add, Div, Mul, Neg, Sub};
use tensor::Number;

/// Stores the formulas of one run, so that a number is a handle that can be copied.
#[derive(Debug, Default)]
pub(crate) struct Arena {
    exprs: RefCell<Vec<Expr>>,
    conditions: RefCell<Vec<Condition>>,
}

impl Arena {
    /// Adds a formula and returns its handle. Very long formulas are shortened.
    pub(crate) fn add(&self, expr: Expr) -> Symbolic<'_> {
        let expr = match expr {
            Expr::Infix(Infix::Plus, ..) => expr.shortened(),
            expr => expr,
        };
        let expr = if expr.size() > LONG { Expr::Ellipsis } else { expr };
        let mut exprs = self.exprs.borrow_mut();
        exprs.push(expr);
        Symbolic { arena: self, index: exprs.len() - 1 }
    }
}

/// Formulas with more nodes are replaced by `…`.
const LONG: usize = 250;

/// A handle to a formula.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Symbolic<'a> {
    arena: &'a Arena,
    index: usize,
}

/// A handle to a comparison of two formulas.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConditionId(usize);

impl<'a> Symbolic<'a> {
    /// Returns the formula.
    pub(crate) fn expr(self) -> Expr {
        self.arena.exprs.borrow()[self.index].clone()
    }

    fn call(self, name: &str, others: &[Self]) -> Self {
        let args: Vec<Expr> = std::iter::once(self).chain(others.iter().copied()).map(Self::expr).collect();
        self.arena.add(Expr::call(name, args))
    }

    fn infix(self, op: Infix, other: Self) -> Self {
        self.arena.add(self.expr().infix(op, other.expr()))
    }

    fn compare(self, comparison: Comparison, other: Self) -> ConditionId {
        let mut conditions = self.arena.conditions.borrow_mut();
        conditions.push(Condition(vec![(self.expr(), comparison, other.expr())]));
        ConditionId(conditions.len() - 1)
    }
}

macro_rules! operator {
    ($($trait:ident $method:ident $infix:ident;)*) => { $(
        impl $trait for Symbolic<'_> {
            type Output = Self;
            fn $method(self, other: Self) -> Self { self.infix(Infix::$infix, other) }
        }
    )* };
}
operator! { Add add Plus; Sub sub Minus; Mul mul Times; Div div Over; }

impl Neg for Symbolic<'_> {
    type Output = Self;
    fn neg(self) -> Self {
        self.arena.add(self.expr().negated())
    }
}

macro_rules! calls {
    ($($name:ident)*) => { $( fn $name(self) -> Self { self.call(stringify!($name), &[]) } )* };
}

impl Number for Symbolic<'_> {
    type Mask = ConditionId;

    fn lit(self, value: f64) -> Self {
        self.arena.add(value.into())
    }
    fn is_gt(self, other: Self) -> ConditionId {
        self.compare(Comparison::Greater, other)
    }
    fn is_ge(self, other: Self) -> ConditionId {
        self.compare(Comparison::GreaterOrEqual, other)
    }
    fn is_eq(self, other: Self) -> ConditionId {
        self.compare(Comparison::Equal, other)
    }
    fn select(mask: ConditionId, yes: Self, no: Self) -> Self {
        let condition = yes.arena.conditions.borrow()[mask.0].clone();
        yes.arena.add(Expr::choose(condition, yes.expr(), no.expr()))
    }

    calls!(sqrt cbrt exp exp2 exp_m1 ln log2 log10 ln_1p sin cos tan asin acos atan sinh cosh tanh
           abs floor ceil round trunc asinh acosh atanh sigmoid softplus erf erfc ln_gamma sign heaviside);

    fn powi(self, n: i32) -> Self {
        self.arena.add(self.expr().power(f64::from(n).into()))
    }
    fn powf(self, exponent: Self) -> Self {
        self.arena.add(self.expr().power(exponent.expr()))
    }
    fn atan2(self, other: Self) -> Self {
        self.call("atan2", &[other])
    }
    fn hypot(self, other: Self) -> Self {
        self.call("hypot", &[other])
    }
    fn rem(self, other: Self) -> Self {
        self.call("rem", &[other])
    }
    fn log_add_exp(self, other: Self) -> Self {
        self.call("log_add_exp", &[other])
    }
    fn polygamma(self, n: u32) -> Self {
        let order = self.lit(f64::from(n));
        order.call("polygamma", &[self])
    }
    fn mul_add(self, other: Self, addend: Self) -> Self {
        self * other + addend
    }
    // The helper functions of derivatives, for finite values.
    fn flat(self) -> Self {
        self.lit(0.0)
    }
    fn nan_unless<const K: usize>(self, _: ConditionId, _: [Self; K]) -> Self {
        self
    }
    fn direction(self, other: Self) -> Self {
        self / self.hypot(other)
    }
    fn inversion(self, other: Self) -> Self {
        self / self.hypot(other) / self.hypot(other)
    }
    fn pow_base(self, exponent: Self) -> Self {
        exponent * self.powf(exponent - exponent.lit(1.0))
    }
    fn pow_exponent(self, exponent: Self) -> Self {
        self.powf(exponent) * self.ln()
    }
    fn maximum(self, other: Self) -> Self {
        self.call("max", &[other])
    }
    fn minimum(self, other: Self) -> Self {
        self.call("min", &[other])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::symbol::Symbol;
    use autograd::rules::{Binary, Unary};

    fn derivative(op: Unary) -> String {
        let arena = Arena::default();
        let [x, y] = ["x", "y"].map(|s| arena.add(Symbol::new(s).into()));
        op.derivative(x, y).expr().to_string()
    }

    fn derivatives(op: Binary) -> [String; 2] {
        let arena = Arena::default();
        let [a, b] = ["a", "b"].map(|s| arena.add(Symbol::new(s).into()));
        [op.wrt_a(a, b), op.wrt_b(a, b)].map(|d| d.expr().to_string())
    }

    #[test]
    fn formulas_of_unary_rules() {
        assert_eq!(derivative(Unary::Sin), "cos(x)");
        assert_eq!(derivative(Unary::Exp), "y");
        assert_eq!(derivative(Unary::Ln), "1 / x");
        assert_eq!(derivative(Unary::Recip), "-y²");
        assert_eq!(derivative(Unary::Sqrt), "0.5 / y");
        assert_eq!(derivative(Unary::Powi(3)), "3 · x²");
        assert_eq!(derivative(Unary::Sigmoid), "σ(x) · σ(-x)");
        assert_eq!(derivative(Unary::Tanh), "4 · σ(2 · x) · σ(-2 · x)");
        assert_eq!(derivative(Unary::Relu), "[x > 0]");
        assert_eq!(derivative(Unary::Relu6), "[x > 0] · [6 > x]");
        assert_eq!(derivative(Unary::Heaviside), "0");
        assert_eq!(derivative(Unary::Silu), "σ(x) + x · σ(x) · σ(-x)");
    }

    #[test]
    fn formulas_of_binary_rules() {
        assert_eq!(derivatives(Binary::Mul), ["b", "a"]);
        assert_eq!(derivatives(Binary::Div), ["1 / b", "-a / b²"]);
        assert_eq!(derivatives(Binary::Maximum)[0], "{1 if a > b; 0.5 if a = b; 0 otherwise}");
        assert_eq!(derivatives(Binary::LogAddExp)[0], "σ(a - b)");
        assert_eq!(derivatives(Binary::SquaredError)[0], "2 · (a - b)");
        assert_eq!(derivatives(Binary::BceWithLogits)[0], "(1 - b) · σ(a) - b · σ(-a)");
        assert_eq!(derivatives(Binary::AbsentMul), ["b", "a"]);
        assert_eq!(derivatives(Binary::Pow), ["b · a^(b - 1)", "a^b · ln(a)"]);
        assert_eq!(derivatives(Binary::Hypot), ["a / hypot(a, b)", "b / hypot(b, a)"]);
        assert_eq!(derivatives(Binary::Atan2), ["b / hypot(b, a)²", "-a / hypot(a, b)²"]);
        assert_eq!(derivatives(Binary::LeakyRelu)[0], "{1 if a > 0; b otherwise}");
        assert_eq!(derivatives(Binary::Xlogy)[1], "a / b");
    }
}
