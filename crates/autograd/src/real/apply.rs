//! One operation on `Real`s: its operands become variables of the open scope's tape, its result becomes a `Real`.
//!
//! So every value and every derivative is that of a [`Var`](crate::Var).

use super::Real;
use super::scope::Open;
use smallvec::SmallVec;
use std::iter::Sum;

/// `apply!(x = a, y = b => x.pow(y))`: applies an operation of variables to `Real`s. Panics at the caller's line if an
/// operand does not belong to the open scope.
///
/// A macro, because a closure would hide the caller's line, and the compiler would not inline every one.
macro_rules! apply {
    ($($x:ident = $real:expr),* => $y:expr) => {{
        $( let $x: Real = $real; )*
        // SAFETY: what is borrowed from the scope ends with this block, in which the scope does not end.
        let open = unsafe { crate::real::scope::Open::here() };
        $( open.require($x); )*
        $( let $x = open.var($x); )*
        open.real($y)
    }};
}
pub(super) use apply;

impl Sum for Real {
    /// Records one node for the whole sum.
    ///
    /// ```
    /// use autograd::Real;
    /// let g = Real::record(|scope| {
    ///     let x = scope.inputs(&[1.0, 2.0]);
    ///     scope.grad(x.iter().map(|&x| x * x).sum())
    /// });
    /// assert_eq!(g, [2.0, 4.0]);
    /// ```
    fn sum<I: Iterator<Item = Real>>(terms: I) -> Real {
        let terms: SmallVec<[Real; 16]> = terms.collect();
        // SAFETY: what is borrowed from the scope ends with this function, in which the scope does not end.
        let open = unsafe { Open::here() };
        for &x in &terms {
            open.require(x);
        }
        open.real(terms.iter().map(|&x| open.var(x)).sum())
    }
}
