//! The elementwise methods of `Real`, named like those of `f64` and of [`Var`].

use super::Real;
use super::apply::apply;
use crate::core::var::Var;
use crate::rules::{Binary, Unary};
use num_traits::Float;

macro_rules! unary_methods {
    ($($name:ident)*) => {
        /// The elementwise functions of one argument. Values, derivatives and conventions are those of the methods of
        /// [`Var`] with the same names.
        ///
        /// ```
        /// use autograd::Real;
        /// let g = Real::record(|scope| scope.grad(scope.input(0.5).tanh().ln()));
        /// assert!((g[0] - 2.0 / 1.0_f64.sinh()).abs() < 1e-15);
        /// ```
        impl Real {
            $(
                #[doc = concat!("The same as [`Var::", stringify!($name), "`].")]
                #[inline(always)]
                #[track_caller]
                #[allow(clippy::should_implement_trait)] // `neg` is also an operator
                pub fn $name(self) -> Real {
                    apply!(x = self => x.$name())
                }
            )*
        }
    };
}
unary_methods! {
    neg recip square sqrt rsqrt cbrt exp exp2 exp_m1 ln log2 log10 ln_1p sin cos tan asin acos atan sinh cosh tanh asinh
    acosh atanh sigmoid log_sigmoid softplus relu relu6 selu gelu gelu_tanh silu mish softsign hard_tanh abs sign floor
    ceil round trunc heaviside erf erfc ln_gamma
}

macro_rules! binary_methods {
    ($($name:ident)*) => {
        /// The elementwise functions of two arguments. The second one is a `Real` or an `f64`.
        ///
        /// ```
        /// use autograd::Real;
        /// let g = Real::record(|scope| {
        ///     let (x, y) = (scope.input(3.0), scope.input(4.0));
        ///     scope.grad(x.hypot(y).maximum(1.0))
        /// });
        /// assert_eq!(g, [0.6, 0.8]);
        /// ```
        impl Real {
            $(
                #[doc = concat!("The same as [`Var::", stringify!($name), "`].")]
                #[inline]
                #[track_caller]
                pub fn $name(self, other: impl Into<Real>) -> Real {
                    apply!(x = self, y = other.into() => x.$name(y))
                }
            )*
        }
    };
}
binary_methods!(pow atan2 hypot maximum minimum log_add_exp xlogy leaky_relu elu);

/// The other methods of `f64` and [`Var`].
impl Real {
    /// Applies a unary primitive, for code that selects it at run time: `x.unary(Unary::Sin)` is `x.sin()`.
    ///
    /// ```
    /// use autograd::{Real, rules::Unary};
    /// assert_eq!(Real::from(4.0).unary(Unary::Sqrt), 2.0);
    /// ```
    #[inline]
    #[track_caller]
    pub fn unary(self, op: Unary) -> Real {
        apply!(x = self => x.unary(op))
    }

    /// Applies a binary primitive to this number and another one: `x.binary(Binary::Pow, y)` is `x.pow(y)`.
    ///
    /// ```
    /// use autograd::{Real, rules::Binary};
    /// assert_eq!(Real::from(4.0).binary(Binary::Maximum, 5.0), 5.0);
    /// ```
    #[inline]
    #[track_caller]
    pub fn binary(self, op: Binary, other: impl Into<Real>) -> Real {
        apply!(x = self, y = other.into() => x.binary(op, y))
    }

    /// xⁿ by multiplication; the same as [`Var::powi`].
    ///
    /// ```
    /// use autograd::Real;
    /// let g = Real::record(|scope| scope.grad(scope.input(-2.0).powi(3)));
    /// assert_eq!(g, [12.0]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn powi(self, n: i32) -> Real {
        apply!(x = self => x.powi(n))
    }

    /// x to the power of `exponent`, which may be a variable; the same as [`Var::pow`].
    ///
    /// ```
    /// use autograd::Real;
    /// let g = Real::record(|scope| scope.grad(scope.input(4.0).powf(1.5)));
    /// assert_eq!(g, [3.0]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn powf(self, exponent: impl Into<Real>) -> Real {
        self.pow(exponent)
    }

    /// The logarithm to a base, ln x / ln base.
    ///
    /// ```
    /// use autograd::Real;
    /// assert_eq!(Real::from(8.0).log(2.0), 3.0);
    /// ```
    #[inline]
    #[track_caller]
    pub fn log(self, base: impl Into<Real>) -> Real {
        apply!(x = self, base = base.into() => Float::log(x, base))
    }

    /// x·a + b, rounded once if the hardware supports it.
    ///
    /// ```
    /// use autograd::Real;
    /// assert_eq!(Real::from(3.0).mul_add(2.0, 1.0), 7.0);
    /// ```
    #[inline]
    #[track_caller]
    pub fn mul_add(self, a: impl Into<Real>, b: impl Into<Real>) -> Real {
        apply!(x = self, a = a.into(), b = b.into() => Var::mul_add(x, a, b))
    }

    /// sin x and cos x.
    ///
    /// ```
    /// use autograd::Real;
    /// let (sin, cos) = Real::from(0.0).sin_cos();
    /// assert_eq!((sin.value(), cos.value()), (0.0, 1.0));
    /// ```
    #[inline]
    #[track_caller]
    pub fn sin_cos(self) -> (Real, Real) {
        (self.sin(), self.cos())
    }

    /// The maximum, ignoring NaN as `f64::max` does; [`maximum`](Real::maximum) returns NaN. On a tie each operand gets
    /// half of the derivative.
    ///
    /// ```
    /// use autograd::Real;
    /// assert_eq!(Real::from(f64::NAN).max(1.0), 1.0);
    /// ```
    #[inline]
    #[track_caller]
    pub fn max(self, other: impl Into<Real>) -> Real {
        apply!(x = self, y = other.into() => Float::max(x, y))
    }

    /// The minimum, ignoring NaN as `f64::min` does; [`minimum`](Real::minimum) returns NaN. On a tie each operand gets
    /// half of the derivative.
    ///
    /// ```
    /// use autograd::Real;
    /// assert_eq!(Real::from(f64::NAN).min(1.0), 1.0);
    /// ```
    #[inline]
    #[track_caller]
    pub fn min(self, other: impl Into<Real>) -> Real {
        apply!(x = self, y = other.into() => Float::min(x, y))
    }

    /// min(max(x, lo), hi); the same as [`Var::clamp`], where a constant bound counts as a plain number.
    ///
    /// ```
    /// use autograd::Real;
    /// let g = Real::record(|scope| {
    ///     let (x, bound) = (scope.input(3.0), scope.input(2.0));
    ///     scope.grad(x.clamp(0.0, bound))
    /// });
    /// assert_eq!(g, [0.0, 1.0]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn clamp(self, lo: impl Into<Real>, hi: impl Into<Real>) -> Real {
        let (low, high): (Real, Real) = (lo.into(), hi.into());
        apply!(x = self, lo = low, hi = high => match (low.is_constant(), high.is_constant()) {
            (false, false) => x.clamp(lo, hi),
            (false, true) => x.clamp(lo, high.value),
            (true, false) => x.clamp(low.value, hi),
            (true, true) => x.clamp(low.value, high.value),
        })
    }

    /// x, or -x if its sign bit differs from that of `sign`; derivative 1 or -1.
    ///
    /// ```
    /// use autograd::Real;
    /// let g = Real::record(|scope| scope.grad(scope.input(3.0).copysign(-2.0)));
    /// assert_eq!(g, [-1.0]);
    /// ```
    #[inline]
    #[track_caller]
    pub fn copysign(self, sign: impl Into<Real>) -> Real {
        apply!(x = self, sign = sign.into() => Float::copysign(x, sign))
    }

    /// ±1 by the sign bit, as `f64::signum`; a constant. [`sign`](Real::sign) is 0 at 0.
    ///
    /// ```
    /// use autograd::Real;
    /// assert_eq!(Real::from(-0.0).signum(), -1.0);
    /// ```
    #[inline]
    #[track_caller]
    pub fn signum(self) -> Real {
        apply!(x = self => Float::signum(x))
    }

    /// The fractional part; derivative 1 between the integers.
    ///
    /// ```
    /// use autograd::Real;
    /// assert_eq!(Real::from(-2.5).fract(), -0.5);
    /// ```
    #[inline]
    #[track_caller]
    pub fn fract(self) -> Real {
        apply!(x = self => Float::fract(x))
    }

    /// Whether the value is NaN.
    ///
    /// ```
    /// use autograd::Real;
    /// assert!(Real::from(-1.0).ln().is_nan());
    /// ```
    #[inline]
    pub fn is_nan(self) -> bool {
        self.value.is_nan()
    }

    /// Whether the value is neither infinite nor NaN.
    ///
    /// ```
    /// use autograd::Real;
    /// assert!(!Real::from(0.0).recip().is_finite());
    /// ```
    #[inline]
    pub fn is_finite(self) -> bool {
        self.value.is_finite()
    }
}
