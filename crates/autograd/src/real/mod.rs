//! `Real`: a scalar variable without a lifetime, for code that is generic over the type of its numbers.
//!
//! | file | idea |
//! |---|---|
//! | `scope.rs` | the recording scope: which tape a `Real` is recorded on, and gradients |
//! | `apply.rs` | one operation: operands become variables of the scope's tape, the result a `Real` |
//! | `operators.rs`, `methods.rs`, `traits.rs` | arithmetic, methods, and the traits of `num_traits` and `std::iter` |
//! | `nalgebra.rs`, `ndarray.rs` | the traits of these crates, behind features |

mod apply;
mod methods;
#[cfg(feature = "nalgebra")]
mod nalgebra;
#[cfg(feature = "ndarray")]
mod ndarray;
mod operators;
mod scope;
mod traits;

pub use scope::Scope;

use crate::fast::nodes::NONE;
use std::cmp::Ordering;
use std::fmt;

/// A scalar variable without a lifetime: `Copy + Send + Sync + 'static`, 16 bytes.
///
/// Libraries that are generic over the type of their numbers often require `'static`, which a [`Var`](crate::Var) is
/// not, because it borrows its tape. A `Real` does not borrow: it belongs to the scope of the [`Real::record`] that
/// created it, and operations on it are recorded on the tape of that scope. Values and derivatives are those of
/// `Var<f64>`, bit for bit.
///
/// ```
/// use autograd::Real;
///
/// fn norm<T: num_traits::Float + 'static>(x: &[T]) -> T {
///     x.iter().fold(T::zero(), |s, &v| s + v * v).sqrt()
/// }
/// let (value, gradient) = Real::record(|scope| {
///     let x = scope.inputs(&[3.0, 4.0]);
///     scope.value_and_grad(norm(&x))
/// });
/// assert_eq!((value, gradient), (5.0, vec![0.6000000000000001, 0.8]));
/// ```
///
/// Constants are made from an `f64`, anywhere. Values can be read anywhere too: [`value`](Real::value), comparisons and
/// formatting need no scope. Any other operation on a `Real` that is not a constant panics unless its scope is the
/// innermost one that is open on this thread:
///
/// ```should_panic
/// use autograd::Real;
/// let x = Real::record(|scope| scope.input(3.0));
/// assert_eq!(x.value(), 3.0);
/// let y = x * 2.0; // panics: the scope of `x` has ended
/// ```
///
/// Comparisons return a plain `bool`, so only the branch that is taken is recorded.
///
/// # Features
/// `nalgebra` implements `RealField` and `ComplexField`, so that `lu`, `cholesky`, `determinant` and other functions of
/// nalgebra 0.35 are differentiated. Where an algorithm of nalgebra takes a shortcut because a value is exactly 0, the
/// derivatives are those of the shortcut, and may be wrong without notice: the eigenvectors that `symmetric_eigen`
/// returns for an exactly diagonal matrix are constants, so their derivatives are 0. Its eigenvalues are right.
///
/// `ndarray` (for version 0.17) allows `array * real`, and conversions between arrays and tensors. Arrays of `Real`s
/// need no feature: ndarray's `LinalgScalar` holds for `Real` by itself.
#[derive(Clone, Copy)]
pub struct Real {
    value: f64,
    /// The node on the tape of its scope, or `NONE` for a constant.
    id: u32,
    /// The number of its scope; unused for a constant.
    scope: u32,
}

impl Real {
    /// A constant: no gradient flows to it, and it can be used in every scope.
    ///
    /// ```
    /// use autograd::Real;
    /// const HALF: Real = Real::constant(0.5);
    /// assert_eq!((HALF * 4.0).value(), 2.0);
    /// ```
    #[inline(always)]
    pub const fn constant(value: f64) -> Real {
        Real { value, id: NONE, scope: 0 }
    }

    /// The value. It can be read anywhere, also after the scope has ended and on other threads.
    ///
    /// ```
    /// use autograd::Real;
    /// let y = Real::record(|scope| scope.input(3.0).powi(2));
    /// assert_eq!(y.value(), 9.0);
    /// ```
    #[inline(always)]
    pub const fn value(self) -> f64 {
        self.value
    }

    /// Whether it depends on no input of a scope, so that no gradient flows through it.
    ///
    /// ```
    /// use autograd::Real;
    /// Real::record(|scope| {
    ///     let x = scope.input(3.0);
    ///     assert!(Real::from(2.0).is_constant() && !(x * 2.0).is_constant());
    /// });
    /// ```
    #[inline]
    pub const fn is_constant(self) -> bool {
        self.id == NONE
    }
}

impl From<f64> for Real {
    /// A constant.
    #[inline(always)]
    fn from(value: f64) -> Real {
        Real::constant(value)
    }
}

impl Default for Real {
    /// The constant 0.
    fn default() -> Real {
        Real::constant(0.0)
    }
}

impl PartialEq for Real {
    /// Whether the values are equal.
    #[inline]
    fn eq(&self, other: &Real) -> bool {
        self.value == other.value
    }
}

impl PartialEq<f64> for Real {
    #[inline]
    fn eq(&self, other: &f64) -> bool {
        self.value == *other
    }
}

impl PartialOrd for Real {
    /// Compares the values.
    #[inline]
    fn partial_cmp(&self, other: &Real) -> Option<Ordering> {
        self.value.partial_cmp(&other.value)
    }
}

impl PartialOrd<f64> for Real {
    #[inline]
    fn partial_cmp(&self, other: &f64) -> Option<Ordering> {
        self.value.partial_cmp(other)
    }
}

macro_rules! formats {
    ($($trait:ident)*) => { $(
        impl fmt::$trait for Real {
            /// Formats the value as an `f64`.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::$trait::fmt(&self.value, f)
            }
        }
    )* };
}
formats!(Display Debug LowerExp UpperExp);
