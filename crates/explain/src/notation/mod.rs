//! How formulas are written: the order of operations once, the marks of each notation beside it.

mod latex;
mod mathml;
mod number;
mod text;

pub use latex::Latex;
pub use mathml::MathMl;
pub(crate) use number::number;
pub use text::Text;

use crate::formula::{Comparison, Condition, Expr, Infix};
use crate::symbol::Symbol;
use std::fmt;

/// A notation: how each kind of formula is written when its parts are.
pub trait Notation {
    /// A number.
    fn number(&self, x: f64) -> String;
    /// A name.
    fn symbol(&self, s: &Symbol) -> String;
    /// ∂of/∂wrt.
    fn partial(&self, of: &Symbol, wrt: &Symbol) -> String;
    /// -x.
    fn neg(&self, x: String) -> String;
    /// An operator between two formulas.
    fn infix(&self, op: Infix, a: String, b: String) -> String;
    /// xⁿ.
    fn power(&self, x: String, n: &Expr) -> String;
    /// xᵀ.
    fn transpose(&self, x: String) -> String;
    /// A function of arguments.
    fn call(&self, name: &str, args: Vec<String>) -> String;
    /// A comparison.
    fn comparison(&self, a: String, c: Comparison, b: String) -> String;
    /// Conditions that hold together.
    fn all(&self, conditions: Vec<String>) -> String;
    /// 1 where a condition holds, 0 elsewhere.
    fn indicator(&self, condition: String) -> String;
    /// Cases, and all others.
    fn cases(&self, cases: Vec<(String, String)>, otherwise: String) -> String;
    /// A formula, and what the names in it stand for.
    fn with(&self, body: String, definitions: Vec<(String, String)>) -> String;
    /// What was left out.
    fn ellipsis(&self) -> String;
    /// A formula in brackets.
    fn brackets(&self, x: String) -> String;
    /// Whether a fraction is drawn with a bar, so that its parts need no brackets.
    fn has_bars(&self) -> bool;
}

/// How tightly a formula is bound: definitions, sums, products, signs, powers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Bond {
    Definition,
    Sum,
    Product,
    Power,
    Atom,
}

impl Expr {
    fn bond(&self, notation: &dyn Notation) -> Bond {
        match self {
            Expr::Number(x) if *x < 0.0 => Bond::Sum,
            Expr::With(..) => Bond::Definition,
            Expr::Neg(_) | Expr::Infix(Infix::Plus | Infix::Minus, ..) => Bond::Sum,
            Expr::Infix(Infix::Over, ..) if notation.has_bars() => Bond::Power,
            Expr::Infix(..) => Bond::Product,
            Expr::Power(..) | Expr::Transpose(_) => Bond::Power,
            _ => Bond::Atom,
        }
    }

    /// The formula in a notation.
    pub fn write(&self, notation: &dyn Notation) -> String {
        let within = |x: &Expr, least: Bond| {
            let text = x.write(notation);
            if x.bond(notation) < least { notation.brackets(text) } else { text }
        };
        let condition = |c: &Condition| {
            let each =
                |(a, c, b): &(Expr, Comparison, Expr)| notation.comparison(a.write(notation), *c, b.write(notation));
            notation.all(c.0.iter().map(each).collect())
        };
        match self {
            Expr::Number(x) => notation.number(*x),
            Expr::Symbol(s) => notation.symbol(s),
            Expr::Partial { of, wrt } => notation.partial(of, wrt),
            Expr::Neg(x) => notation.neg(within(x, Bond::Product)),
            Expr::Infix(op, a, b) => {
                let (left, right) = match op {
                    Infix::Plus => (Bond::Sum, Bond::Product),
                    Infix::Minus => (Bond::Sum, Bond::Product),
                    Infix::Over if notation.has_bars() => (Bond::Sum, Bond::Sum),
                    Infix::Over => (Bond::Product, Bond::Power),
                    Infix::Times | Infix::Hadamard | Infix::Product => (Bond::Product, Bond::Product),
                };
                // a sum that ends in a negative number, or a quotient after a product, would be misread
                let quotient = matches!(**b, Expr::Infix(Infix::Over, ..)) && !notation.has_bars();
                let right = if quotient && right == Bond::Product && *op != Infix::Plus && *op != Infix::Minus {
                    Bond::Power
                } else {
                    right
                };
                // (W δ) ⊙ f': a product of matrices is set off from one element by element
                let side = |x: &Expr, bond: Bond| match (op, x) {
                    (Infix::Hadamard, Expr::Infix(Infix::Product, ..)) => notation.brackets(x.write(notation)),
                    _ => within(x, bond),
                };
                notation.infix(*op, side(a, left), side(b, right))
            }
            Expr::Power(x, n) => notation.power(within(x, Bond::Atom), n),
            Expr::Transpose(x) => notation.transpose(within(x, Bond::Atom)),
            Expr::Call(name, args) => notation.call(name, args.iter().map(|a| a.write(notation)).collect()),
            Expr::Cases(cases, otherwise) => match &cases[..] {
                [(one, c)] if one.is_one() && otherwise.is_zero() => notation.indicator(condition(c)),
                cases => notation.cases(
                    cases.iter().map(|(x, c)| (x.write(notation), condition(c))).collect(),
                    otherwise.write(notation),
                ),
            },
            Expr::With(body, definitions) => {
                let each = |(name, x): &(Symbol, Expr)| (notation.symbol(name), x.write(notation));
                notation.with(body.write(notation), definitions.iter().map(each).collect())
            }
            Expr::Ellipsis => notation.ellipsis(),
        }
    }

    /// The formula in LaTeX, for mathematical mode.
    ///
    /// ```
    /// use explain::{Expr, Symbol};
    /// let power = Expr::Power(Box::new(Symbol::new("z1").into()), Box::new(2.0.into()));
    /// assert_eq!(power.to_latex(), "z_{1}^{2}");
    /// ```
    pub fn to_latex(&self) -> String {
        self.write(&Latex)
    }
}

impl fmt::Display for Expr {
    /// The formula in plain text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.write(&Text))
    }
}
