//! Notations for formulas. Operator precedence is shared; each notation defines its symbols.

mod latex;
mod mathml;
mod number;
mod tensor;
mod text;

pub use latex::Latex;
pub use mathml::MathMl;
pub(crate) use number::number;
pub(crate) use tensor::is_small;
pub use text::Text;

use crate::formula::{Comparison, Condition, Expr, Infix};
use crate::symbol::Symbol;
use ::tensor::Tensor;
use std::fmt;

/// The number of significant digits of numbers in formulas.
const DIGITS: usize = 6;

/// A notation: writes each kind of formula, given its parts in written form.
pub trait Notation {
    /// Writes a number with this many significant digits.
    fn number(&self, x: f64, digits: usize) -> String;
    /// Writes rows of numbers, for a tensor of this rank; a vector is one row.
    fn rows(&self, rank: usize, rows: Vec<Vec<String>>) -> String;
    /// Writes the summary of a large tensor.
    fn summary(&self, text: String) -> String;
    /// Writes a name.
    fn symbol(&self, s: &Symbol) -> String;
    /// Writes ∂of/∂wrt.
    fn partial(&self, of: &Symbol, wrt: &Symbol) -> String;
    /// Writes -x.
    fn neg(&self, x: String) -> String;
    /// Writes a binary operator with its operands.
    fn infix(&self, op: Infix, a: String, b: String) -> String;
    /// Writes xⁿ.
    fn power(&self, x: String, n: &Expr) -> String;
    /// Writes xᵀ.
    fn transpose(&self, x: String) -> String;
    /// Writes a function call.
    fn call(&self, name: &str, args: Vec<String>) -> String;
    /// Writes a comparison.
    fn comparison(&self, a: String, c: Comparison, b: String) -> String;
    /// Writes a conjunction of conditions.
    fn all(&self, conditions: Vec<String>) -> String;
    /// Writes a function that is 1 where the condition holds, and 0 elsewhere.
    fn indicator(&self, condition: String) -> String;
    /// Writes cases with their conditions, and the value in all other cases.
    fn cases(&self, cases: Vec<(String, String)>, otherwise: String) -> String;
    /// Writes a formula with definitions of names in it.
    fn with(&self, body: String, definitions: Vec<(String, String)>) -> String;
    /// Writes an ellipsis for an omitted part.
    fn ellipsis(&self) -> String;
    /// Writes a formula in brackets.
    fn brackets(&self, x: String) -> String;
    /// Returns whether fractions are written with a bar, so that their parts need no brackets.
    fn has_bars(&self) -> bool;

    /// Writes a tensor with this many significant digits; a large one by a summary.
    fn tensor(&self, x: &Tensor<f64>, digits: usize) -> String {
        tensor::write(self, x, digits)
    }
}

/// The precedence of a formula, from weak to strong.
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

    /// Returns the formula in a notation.
    pub fn write(&self, notation: &dyn Notation) -> String {
        self.write_with(notation, &|_| None)
    }

    /// Returns the formula in a notation, with the parts that have a `value` replaced by it.
    pub(crate) fn write_with(&self, notation: &dyn Notation, value: &dyn Fn(&Expr) -> Option<String>) -> String {
        if let Some(value) = value(self) {
            return value;
        }
        let write = |x: &Expr| x.write_with(notation, value);
        let within = |x: &Expr, least: Bond| {
            let text = write(x);
            if x.bond(notation) < least { notation.brackets(text) } else { text }
        };
        // A value may be negative where its name needs no brackets.
        let signed = |text: String| if text.starts_with('-') { notation.brackets(text) } else { text };
        let condition = |c: &Condition| {
            let each = |(a, c, b): &(Expr, Comparison, Expr)| notation.comparison(write(a), *c, write(b));
            notation.all(c.0.iter().map(each).collect())
        };
        match self {
            Expr::Number(x) => notation.number(*x, DIGITS),
            Expr::Symbol(s) => notation.symbol(s),
            Expr::Partial { of, wrt } => notation.partial(of, wrt),
            Expr::Neg(x) => notation.neg(signed(within(x, Bond::Product))),
            Expr::Infix(op, a, b) => {
                let (left, right) = match op {
                    Infix::Plus => (Bond::Sum, Bond::Product),
                    Infix::Minus => (Bond::Sum, Bond::Product),
                    Infix::Over if notation.has_bars() => (Bond::Sum, Bond::Sum),
                    Infix::Over => (Bond::Product, Bond::Power),
                    Infix::Times | Infix::Hadamard | Infix::Product => (Bond::Product, Bond::Product),
                };
                // A quotient on the right of a product needs brackets.
                let quotient = matches!(**b, Expr::Infix(Infix::Over, ..)) && !notation.has_bars();
                let right = if quotient && right == Bond::Product && *op != Infix::Plus && *op != Infix::Minus {
                    Bond::Power
                } else {
                    right
                };
                // Brackets separate the matrix product from the elementwise product: (W δ) ⊙ f'.
                let side = |x: &Expr, bond: Bond| match (op, x) {
                    (Infix::Hadamard, Expr::Infix(Infix::Product, ..)) => notation.brackets(write(x)),
                    _ => within(x, bond),
                };
                notation.infix(*op, side(a, left), signed(side(b, right)))
            }
            Expr::Power(x, n) => notation.power(signed(within(x, Bond::Atom)), n),
            Expr::Transpose(x) => notation.transpose(within(x, Bond::Atom)),
            Expr::Call(name, args) => notation.call(name, args.iter().map(write).collect()),
            Expr::Cases(cases, otherwise) => match &cases[..] {
                [(one, c)] if one.is_one() && otherwise.is_zero() => notation.indicator(condition(c)),
                cases => {
                    notation.cases(cases.iter().map(|(x, c)| (write(x), condition(c))).collect(), write(otherwise))
                }
            },
            Expr::With(body, definitions) => {
                let each = |(name, x): &(Symbol, Expr)| (notation.symbol(name), write(x));
                notation.with(write(body), definitions.iter().map(each).collect())
            }
            Expr::Ellipsis => notation.ellipsis(),
        }
    }

    /// Returns the formula in LaTeX, for math mode.
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
    /// Writes the formula in plain text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.write(&Text))
    }
}
