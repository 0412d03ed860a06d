//! Scalar functions of many operands, one node each.

use crate::core::tape::Tape;
use crate::core::value::Scalar;
use crate::core::var::Var;
use crate::rules::Nary;
use smallvec::SmallVec;
use std::iter::Sum;

impl<T: Scalar> Tape<T> {
    /// x₁ + ... + xₙ as one node.
    ///
    /// ```
    /// use autograd::Tape;
    /// let tape = Tape::new();
    /// let x: Vec<_> = (0..1000).map(|i| tape.var(i as f64)).collect();
    /// let before = tape.len();
    /// let s = tape.sum(&x);
    /// assert_eq!((s.value(), tape.len() - before), (499500.0, 1));
    /// ```
    #[track_caller]
    pub fn sum<'t>(&'t self, x: &[Var<'t, T>]) -> Var<'t, T> {
        self.nary(Nary::Sum, x.len(), |i| x[i].erase())
    }

    /// a₁b₁ + ... + aₙbₙ as one node.
    ///
    /// # Panics
    /// If the lengths differ.
    #[track_caller]
    pub fn dot<'t>(&'t self, a: &[Var<'t, T>], b: &[Var<'t, T>]) -> Var<'t, T> {
        if a.len() != b.len() {
            panic!("dot: {} numbers cannot be multiplied with {}", a.len(), b.len());
        }
        self.nary(Nary::Dot, 2 * a.len(), |i| if i % 2 == 0 { a[i / 2].erase() } else { b[i / 2].erase() })
    }

    /// x₁² + ... + xₙ² as one node.
    #[track_caller]
    pub fn norm_squared<'t>(&'t self, x: &[Var<'t, T>]) -> Var<'t, T> {
        self.nary(Nary::NormSquared, x.len(), |i| x[i].erase())
    }

    /// ln(e^x₁ + ... + e^xₙ) as one node, without overflow on the way; -inf of nothing.
    #[track_caller]
    pub fn logsumexp<'t>(&'t self, x: &[Var<'t, T>]) -> Var<'t, T> {
        self.nary(Nary::LogSumExp, x.len(), |i| x[i].erase())
    }

    /// c₀ + c₁x + ... + cₙxⁿ as one node, by Horner's scheme; differentiable in x and in the coefficients.
    #[track_caller]
    pub fn polynomial<'t>(&'t self, coefficients: &[Var<'t, T>], x: Var<'t, T>) -> Var<'t, T> {
        self.nary(Nary::Polynomial, 1 + coefficients.len(), |i| {
            if i == 0 { x.erase() } else { coefficients[i - 1].erase() }
        })
    }
}

impl<'t, T: Scalar> Sum for Var<'t, T> {
    /// One node for the whole sum.
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        let terms: SmallVec<[Var<'t, T>; 16]> = iter.collect();
        match terms.iter().find_map(|x| x.tape) {
            Some(tape) => tape.sum(&terms),
            None => Var { tape: None, id: crate::fast::nodes::NONE, carried: terms.iter().map(|x| x.carried).sum() },
        }
    }
}
