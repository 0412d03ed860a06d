//! Construction of formulas with simplification: x + 0, 1 · x, and cases that occur only for NaN and infinities.

use super::expr::{Comparison, Condition, Expr, Infix};

impl Expr {
    /// Combines two formulas by an operator, and simplifies 0 and 1.
    pub fn infix(self, op: Infix, other: Expr) -> Expr {
        match op {
            Infix::Plus => self.plus(other),
            Infix::Minus => self.minus(other),
            Infix::Times | Infix::Hadamard => self.times(op, other),
            Infix::Over => self.over(other),
            Infix::Product => self.between(op, other),
        }
    }

    fn plus(self, other: Expr) -> Expr {
        match (self, other) {
            (a, b) if a.is_zero() => b,
            (a, b) if b.is_zero() => a,
            (a, b) if a == b => Expr::Number(2.0).times(Infix::Times, b),
            (a, Expr::Neg(b)) => a.minus(*b),
            (a, b) => a.between(Infix::Plus, b),
        }
    }

    fn minus(self, other: Expr) -> Expr {
        match (self, other) {
            (a, b) if b.is_zero() => a,
            (a, b) if a.is_zero() => b.negated(),
            (a, Expr::Neg(b)) => a.plus(*b),
            (a, b) => a.between(Infix::Minus, b),
        }
    }

    /// Returns -x, or x for -(-x).
    pub(crate) fn negated(self) -> Expr {
        match self {
            Expr::Number(x) => Expr::Number(-x),
            Expr::Neg(x) => *x,
            x => Expr::Neg(Box::new(x)),
        }
    }

    fn times(self, op: Infix, other: Expr) -> Expr {
        match (self, other) {
            (a, b) if a.is_one() => b,
            (a, b) if b.is_one() => a,
            (a, b) if a.is(-1.0) => b.negated(),
            (a, b) if b.is(-1.0) => a.negated(),
            (Expr::Number(a), Expr::Number(b)) => Expr::Number(a * b),
            // Numbers come first, and are multiplied.
            (a, b @ Expr::Number(_)) => b.times(op, a),
            (Expr::Number(c), Expr::Infix(Infix::Times, a, b)) if matches!(*a, Expr::Number(_)) => {
                Expr::Number(c).times(Infix::Times, *a).times(Infix::Times, *b)
            }
            (Expr::Number(c), Expr::Neg(b)) => Expr::Number(-c).times(op, *b),
            (Expr::Neg(a), b) => a.times(op, b).negated(),
            (a, Expr::Neg(b)) => a.times(op, *b).negated(),
            (a, b) if op == Infix::Times && a == b => a.power(Expr::Number(2.0)),
            (Expr::Power(x, n), b) if op == Infix::Times && *x == b && matches!(*n, Expr::Number(_)) => {
                let Expr::Number(n) = *n else { unreachable!("the guard requires a number") };
                x.power(Expr::Number(n + 1.0))
            }
            (a, Expr::Infix(Infix::Over, one, b)) if op == Infix::Times && one.is_one() => a.over(*b),
            (a, b) => a.between(op, b),
        }
    }

    fn over(self, other: Expr) -> Expr {
        match (self, other) {
            (a, b) if b.is_one() => a,
            (Expr::Neg(a), b) => a.over(b).negated(),
            (Expr::Infix(Infix::Over, a, b), c) if *b == c => a.over(c.power(2.0.into())),
            (a, b) => a.between(Infix::Over, b),
        }
    }

    /// Returns xⁿ.
    pub(crate) fn power(self, n: Expr) -> Expr {
        if n.is_one() { self } else { Expr::Power(Box::new(self), Box::new(n)) }
    }

    /// Returns whether a formula is a factor of this one.
    fn has_factor(&self, factor: &Expr) -> bool {
        match self {
            x if x == factor => true,
            Expr::Infix(Infix::Times | Infix::Hadamard, a, b) => a.has_factor(factor) || b.has_factor(factor),
            _ => false,
        }
    }

    /// Returns the formula that is `yes` if the condition holds, and `no` otherwise.
    ///
    /// Cases that occur only for NaN and infinities are removed: formulas are for finite values.
    pub(crate) fn choose(condition: Condition, yes: Expr, no: Expr) -> Expr {
        use Comparison::{Equal, Greater, GreaterOrEqual};
        if let [(a, comparison, b)] = &condition.0[..] {
            match comparison {
                // a = a is false for NaN only.
                Equal if a == b => return yes,
                Equal if matches!(b, Expr::Number(x) if x.is_infinite()) => return no,
                // The value is 0 where a factor is 0.
                Equal if b.is_zero() && (yes.is_zero() || yes == *a) && no.has_factor(a) => return no,
                // a > b, and otherwise a <= b: no other case is left.
                Greater => {
                    if let Expr::Cases(cases, _) = &no
                        && let [(value, Condition(second))] = &cases[..]
                        && second[..] == [(b.clone(), GreaterOrEqual, a.clone())]
                    {
                        return Expr::choose(condition.clone(), yes, value.clone());
                    }
                }
                _ => {}
            }
        }
        if yes == no {
            return yes;
        }
        // 0 where a > b equals 1 where b ≥ a.
        if let ([(a, Greater, b)], true, true) = (&condition.0[..], yes.is_zero(), no.is_one()) {
            let inside = Condition(vec![(b.clone(), GreaterOrEqual, a.clone())]);
            return Expr::choose(inside, no, yes);
        }
        if let (Expr::Cases(inner, rest), [(a, Greater, b)]) = (&no, &condition.0[..])
            && let [(value, second)] = &inner[..]
            && yes.is_zero()
            && rest.is_zero()
        {
            let first = Condition(vec![(b.clone(), GreaterOrEqual, a.clone())]);
            let all = first.0.into_iter().chain(second.0.clone()).collect();
            return Expr::Cases(vec![(value.clone(), Condition(all))], rest.clone());
        }
        // Two conditions with the same alternative are one.
        if let Expr::Cases(inner, rest) = &yes
            && let [(value, second)] = &inner[..]
            && **rest == no
        {
            let all = condition.0.iter().chain(&second.0).cloned().collect();
            return Expr::Cases(vec![(value.clone(), Condition(all))], rest.clone());
        }
        match no {
            Expr::Cases(mut cases, rest) => {
                cases.insert(0, (yes, condition));
                Expr::Cases(cases, rest)
            }
            no => Expr::Cases(vec![(yes, condition)], Box::new(no)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::symbol::Symbol;

    fn x() -> Expr {
        Symbol::new("x").into()
    }

    #[test]
    fn zeros_and_ones_are_simplified() {
        assert_eq!(x().infix(Infix::Plus, 0.0.into()), x());
        assert_eq!(x().infix(Infix::Hadamard, 1.0.into()), x());
        assert_eq!(x().infix(Infix::Plus, x()).to_string(), "2 · x");
        assert_eq!(x().infix(Infix::Times, x()).infix(Infix::Times, x()).to_string(), "x³");
        assert_eq!(x().infix(Infix::Minus, x().negated()).to_string(), "2 · x");
    }

    #[test]
    fn cases() {
        let is = |a: Expr, c, b: f64| Condition(vec![(a, c, b.into())]);
        let above = Expr::choose(is(x(), Comparison::Greater, 0.0), 1.0.into(), 0.0.into());
        assert_eq!(above.to_string(), "[x > 0]");
    }
}
