//! Scalar functions of many operands, each of which records one node.

use crate::core::record::{self, Erased, common, common_tape};
use crate::core::tape::Tape;
use crate::core::value::{Scalar, Value};
use crate::core::var::Var;
use crate::fast::code;
use crate::fast::nodes::NONE;
use crate::rules::{Nary, Op};
use smallvec::SmallVec;
use std::iter::{Product, Sum};
use tensor::Real;

/// Records an operation on three operands: one n-ary node for scalars, otherwise the tensor operation.
#[track_caller]
pub(crate) fn ternary<'t, V: Value>(nary: Nary, op: Op<V::Elem>, operands: [Erased<'t, V::Elem>; 3]) -> Var<'t, V> {
    if !V::IS_SCALAR {
        return record::tensor(op, &operands);
    }
    match common_tape(&operands, nary.name()) {
        Some(tape) => tape.nary(nary, 3, |i| operands[i]).erase().var(),
        None => Erased::number(nary.value(<V::Elem as Real>::ZERO, 3, |i| operands[i].scalar)).var(),
    }
}

impl<T: Scalar> Tape<T> {
    /// Records an n-ary scalar node of the operands `x(0)` to `x(n - 1)`.
    #[track_caller]
    #[inline]
    fn nary<'t>(&'t self, op: Nary, n: usize, x: impl Fn(usize) -> Erased<'t, T>) -> Var<'t, T> {
        let mut constant = true;
        for i in 0..n {
            common(Some(self), x(i).tape, op.name());
            constant &= x(i).id == NONE;
        }
        let value = op.value(T::ZERO, n, |i| x(i).scalar);
        if constant || self.nodes.is_paused() {
            return Var { tape: Some(self), id: NONE, carried: value };
        }
        let mut lists = self.lists.borrow_mut();
        let start = lists.len() as u32;
        for i in 0..n {
            lists.push(self.node_of(x(i)));
        }
        let id = self.nodes.push(code::NARY + op as u8, [start, n as u32], value);
        Var { tape: Some(self), id, carried: value }
    }

    /// x₁ + ... + xₙ as one node; 0 for an empty slice.
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
            panic!("dot: expected slices of the same length, got {} and {}", a.len(), b.len());
        }
        self.nary(Nary::Dot, 2 * a.len(), |i| if i % 2 == 0 { a[i / 2].erase() } else { b[i / 2].erase() })
    }

    /// x₁² + ... + xₙ² as one node.
    #[track_caller]
    pub fn norm_squared<'t>(&'t self, x: &[Var<'t, T>]) -> Var<'t, T> {
        self.nary(Nary::NormSquared, x.len(), |i| x[i].erase())
    }

    /// ln(e^x₁ + ... + e^xₙ) as one node, without intermediate overflow; -inf for an empty slice.
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

impl<'a, 't, T: Scalar> Sum<&'a Var<'t, T>> for Var<'t, T> {
    fn sum<I: Iterator<Item = &'a Self>>(iter: I) -> Self {
        iter.copied().sum()
    }
}

impl<'t, T: Scalar> Product for Var<'t, T> {
    /// Records one node per factor after the first.
    fn product<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.reduce(|x, y| x * y).unwrap_or(Var { tape: None, id: NONE, carried: T::ONE })
    }
}

impl<'a, 't, T: Scalar> Product<&'a Var<'t, T>> for Var<'t, T> {
    fn product<I: Iterator<Item = &'a Self>>(iter: I) -> Self {
        iter.copied().product()
    }
}

impl<'t, T: Scalar> Sum for Var<'t, T> {
    /// Records one node for the whole sum.
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        let terms: SmallVec<[Var<'t, T>; 16]> = iter.collect();
        match terms.iter().find_map(|x| x.tape) {
            Some(tape) => tape.sum(&terms),
            None => Var { tape: None, id: NONE, carried: terms.iter().map(|x| x.carried).sum() },
        }
    }
}
