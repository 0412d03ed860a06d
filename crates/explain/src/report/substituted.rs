//! A notation with values instead of names.

use crate::formula::{Comparison, Expr, Infix};
use crate::notation::Notation;
use crate::symbol::Symbol;

/// Returns the value of a name in written form; `None` keeps the name.
type Lookup<'a, T> = Box<dyn Fn(&T) -> Option<String> + 'a>;

/// Another notation, with values instead of names, partial derivatives and derivatives such as f'(z).
pub(crate) struct Substituted<'a> {
    pub(crate) inner: &'a dyn Notation,
    pub(crate) symbol: Lookup<'a, Symbol>,
    pub(crate) partial: Lookup<'a, Symbol>,
    pub(crate) derivative: Lookup<'a, str>,
}

impl Substituted<'_> {
    /// Adds brackets to a negative number, since a name has none.
    fn signed(&self, x: String) -> String {
        if x.starts_with('-') { self.inner.brackets(x) } else { x }
    }
}

impl Notation for Substituted<'_> {
    fn symbol(&self, s: &Symbol) -> String {
        (self.symbol)(s).unwrap_or_else(|| self.inner.symbol(s))
    }
    fn partial(&self, of: &Symbol, wrt: &Symbol) -> String {
        (self.partial)(wrt).unwrap_or_else(|| self.inner.partial(of, wrt))
    }
    fn call(&self, name: &str, args: Vec<String>) -> String {
        (self.derivative)(name).unwrap_or_else(|| self.inner.call(name, args))
    }
    fn infix(&self, op: Infix, a: String, b: String) -> String {
        self.inner.infix(op, a, self.signed(b))
    }
    fn number(&self, x: f64) -> String {
        self.inner.number(x)
    }
    fn neg(&self, x: String) -> String {
        self.inner.neg(self.signed(x))
    }
    fn power(&self, x: String, n: &Expr) -> String {
        self.inner.power(self.signed(x), n)
    }
    fn transpose(&self, x: String) -> String {
        self.inner.transpose(x)
    }
    fn comparison(&self, a: String, c: Comparison, b: String) -> String {
        self.inner.comparison(a, c, b)
    }
    fn all(&self, conditions: Vec<String>) -> String {
        self.inner.all(conditions)
    }
    fn indicator(&self, condition: String) -> String {
        self.inner.indicator(condition)
    }
    fn cases(&self, cases: Vec<(String, String)>, otherwise: String) -> String {
        self.inner.cases(cases, otherwise)
    }
    fn with(&self, body: String, definitions: Vec<(String, String)>) -> String {
        self.inner.with(body, definitions)
    }
    fn ellipsis(&self) -> String {
        self.inner.ellipsis()
    }
    fn brackets(&self, x: String) -> String {
        self.inner.brackets(x)
    }
    fn has_bars(&self) -> bool {
        self.inner.has_bars()
    }
}
