//! Formulas as trees, which can be written in any notation.

use crate::symbol::{Symbol, printable};

/// A formula.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Expr {
    /// A number.
    Number(f64),
    /// A name.
    Symbol(Symbol),
    /// ∂of/∂wrt.
    Partial {
        /// The function.
        of: Symbol,
        /// The variable.
        wrt: Symbol,
    },
    /// -x
    Neg(Box<Expr>),
    /// A binary operator and its operands.
    Infix(Infix, Box<Expr>, Box<Expr>),
    /// xⁿ
    Power(Box<Expr>, Box<Expr>),
    /// xᵀ
    Transpose(Box<Expr>),
    /// A function call: the name of the method that records it, and its arguments.
    Call(String, Vec<Expr>),
    /// A formula for each case with its condition, and the formula for all other cases.
    Cases(Vec<(Expr, Condition)>, Box<Expr>),
    /// A formula, and definitions of names that occur only in it. A definition may refer to those before it.
    With(Box<Expr>, Vec<(Symbol, Expr)>),
    /// The omitted part of a long formula: …
    Ellipsis,
}

/// A binary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Infix {
    /// a + b
    Plus,
    /// a - b
    Minus,
    /// a · b: a product of scalars, or of a scalar and a tensor.
    Times,
    /// a ⊙ b: the elementwise product.
    Hadamard,
    /// A b: the matrix product.
    Product,
    /// a / b
    Over,
}

/// A condition: the conjunction of these comparisons.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition(pub Vec<(Expr, Comparison, Expr)>);

/// A comparison operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// a > b
    Greater,
    /// a ≥ b
    GreaterOrEqual,
    /// a = b
    Equal,
}

impl Comparison {
    /// Returns the sign: `>`, `≥` or `=`.
    pub fn sign(self) -> &'static str {
        match self {
            Comparison::Greater => ">",
            Comparison::GreaterOrEqual => "≥",
            Comparison::Equal => "=",
        }
    }
}

/// The maximum number of terms or arguments that are written.
pub(crate) const FEW: usize = 6;

impl From<f64> for Expr {
    fn from(x: f64) -> Expr {
        Expr::Number(x)
    }
}

impl From<Symbol> for Expr {
    fn from(s: Symbol) -> Expr {
        Expr::Symbol(s)
    }
}

impl Expr {
    /// Creates a function call.
    pub fn call(name: impl Into<String>, args: impl Into<Vec<Expr>>) -> Expr {
        Expr::Call(printable(&name.into()), args.into())
    }

    /// Returns `self`ᵀ.
    pub fn transpose(self) -> Expr {
        Expr::Transpose(Box::new(self))
    }

    pub(super) fn between(self, op: Infix, other: Expr) -> Expr {
        Expr::Infix(op, Box::new(self), Box::new(other))
    }

    pub(super) fn is(&self, x: f64) -> bool {
        *self == Expr::Number(x)
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.is(0.0)
    }

    pub(crate) fn is_one(&self) -> bool {
        self.is(1.0)
    }

    /// Calls `see` with this formula and each of its parts.
    pub(crate) fn visit<'a>(&'a self, see: &mut dyn FnMut(&'a Expr)) {
        see(self);
        match self {
            Expr::Neg(x) | Expr::Transpose(x) => x.visit(see),
            Expr::Infix(_, a, b) | Expr::Power(a, b) => [a, b].into_iter().for_each(|x| x.visit(see)),
            Expr::Call(_, args) => args.iter().for_each(|x| x.visit(see)),
            Expr::Cases(cases, rest) => {
                for (x, Condition(all)) in cases {
                    x.visit(see);
                    all.iter().flat_map(|(a, _, b)| [a, b]).for_each(|x| x.visit(see));
                }
                rest.visit(see);
            }
            Expr::With(body, definitions) => {
                body.visit(see);
                definitions.iter().for_each(|(_, x)| x.visit(see));
            }
            Expr::Number(_) | Expr::Symbol(_) | Expr::Partial { .. } | Expr::Ellipsis => {}
        }
    }

    /// Returns the number of nodes of the tree.
    pub(crate) fn size(&self) -> usize {
        let mut pieces = 0;
        self.visit(&mut |_| pieces += 1);
        pieces
    }

    /// Returns whether this formula or one of its parts has a property.
    pub(crate) fn has(&self, is: impl Fn(&Expr) -> bool) -> bool {
        let mut found = false;
        self.visit(&mut |x| found |= is(x));
        found
    }

    /// Divides a product by one of its factors; `None` if the formula is not such a product.
    pub(crate) fn without_factor(self, factor: &Expr) -> Option<Expr> {
        Some(match self {
            x if x == *factor => 1.0.into(),
            Expr::Infix(Infix::Times | Infix::Hadamard, a, b) if *a == *factor => *b,
            Expr::Infix(Infix::Times | Infix::Hadamard, a, b) if *b == *factor => *a,
            Expr::Infix(op @ (Infix::Times | Infix::Hadamard), a, b) => match a.clone().without_factor(factor) {
                Some(a) => a.infix(op, *b),
                None => a.infix(op, b.without_factor(factor)?),
            },
            Expr::Infix(Infix::Over, a, b) => a.without_factor(factor)?.infix(Infix::Over, *b),
            Expr::Neg(x) => x.without_factor(factor)?.negated(),
            Expr::With(body, definitions) => Expr::With(Box::new(body.without_factor(factor)?), definitions),
            _ => return None,
        })
    }

    /// Removes the outer transposition, if there is one.
    pub(crate) fn untransposed(self) -> Expr {
        if let Expr::Transpose(x) = self { *x } else { self }
    }

    /// Returns 1/n where this equals `other`, and 0 elsewhere.
    pub(crate) fn where_equal(self, other: Expr, n: Expr) -> Expr {
        let part = Expr::Number(1.0).infix(Infix::Over, n);
        Expr::choose(Condition(vec![(self, Comparison::Equal, other)]), part, 0.0.into())
    }

    /// Shortens a sum with many terms to its first two terms and the last.
    pub(crate) fn shortened(self) -> Expr {
        let mut terms = vec![];
        let mut rest = self;
        while let Expr::Infix(Infix::Plus, a, b) = rest {
            terms.push(*b);
            rest = *a;
        }
        terms.push(rest);
        terms.reverse();
        if terms.len() > FEW || terms.len() > 3 && terms[terms.len() - 3..].contains(&Expr::Ellipsis) {
            let last = terms.pop().unwrap_or(Expr::Ellipsis);
            terms.truncate(2);
            terms.extend([Expr::Ellipsis, last]);
        }
        let sum = terms.into_iter().reduce(|a, b| a.between(Infix::Plus, b));
        sum.unwrap_or(Expr::Number(0.0))
    }
}
