//! The elementwise methods of scalar and tensor variables, named like the methods of `f64`.

use super::Operand;
use super::nary::ternary;
use crate::core::record::{self, Erased, common};
use crate::core::value::{Scalar, Value};
use crate::core::var::{TensorVar, Var};
use crate::rules::Nary;
use crate::rules::unary::{UnaryRule, rule};
use crate::rules::{Binary, Bounds, Op, Unary};
use tensor::functions::{Function2, apply2};
use tensor::math::POLYGAMMA_LIMIT;
use tensor::{Number, Real, Tensor};

macro_rules! unary_methods {
    ($( $(#[$doc:meta])* $name:ident $op:ident; )*) => {
        impl<'t, V: Value> Var<'t, V> {
            $( $(#[$doc])*
               #[inline(always)]
               #[track_caller]
               #[allow(clippy::should_implement_trait)] // `neg` is also an operator
               pub fn $name(self) -> Self { record::unary(Unary::$op, self, |x| rule::$op.value(x)) } )*
        }
    };
}

unary_methods! {
    /// The negative, -x.
    neg Neg;
    /// The reciprocal 1/x; derivative -1/x².
    recip Recip;
    /// x²; derivative 2x.
    square Square;
    /// √x; derivative 1/(2√x), +inf at 0.
    sqrt Sqrt;
    /// 1/√x; derivative -1/(2x√x).
    rsqrt Rsqrt;
    /// ∛x; derivative 1/(3∛x²), +inf at 0.
    cbrt Cbrt;
    /// eˣ; derivative eˣ.
    exp Exp;
    /// 2ˣ; derivative 2ˣ ln 2.
    exp2 Exp2;
    /// eˣ - 1, accurate near 0; derivative eˣ.
    exp_m1 ExpM1;
    /// The natural logarithm; derivative 1/x, NaN below 0.
    ln Ln;
    /// The logarithm to base 2; derivative 1/(x ln 2).
    log2 Log2;
    /// The logarithm to base 10; derivative 1/(x ln 10).
    log10 Log10;
    /// ln(1 + x), accurate near 0; derivative 1/(1 + x).
    ln_1p Ln1p;
    /// The sine; derivative cos x.
    sin Sin;
    /// The cosine; derivative -sin x.
    cos Cos;
    /// The tangent; derivative 1 + tan² x.
    tan Tan;
    /// The inverse sine; derivative 1/√((1-x)(1+x)).
    asin Asin;
    /// The inverse cosine; derivative -1/√((1-x)(1+x)).
    acos Acos;
    /// The inverse tangent; derivative 1/(1 + x²).
    atan Atan;
    /// The hyperbolic sine; derivative cosh x.
    sinh Sinh;
    /// The hyperbolic cosine; derivative sinh x.
    cosh Cosh;
    /// The hyperbolic tangent; derivative 4 σ(2x) σ(-2x), accurate in both tails.
    tanh Tanh;
    /// The inverse of sinh; derivative 1/√(1 + x²).
    asinh Asinh;
    /// The inverse of cosh; derivative 1/√((x-1)(x+1)).
    acosh Acosh;
    /// The inverse of tanh; derivative 1/((1-x)(1+x)).
    atanh Atanh;
    /// The logistic function σ(x) = 1/(1 + e⁻ˣ); derivative σ(x) σ(-x), accurate in both tails.
    sigmoid Sigmoid;
    /// ln σ(x); derivative σ(-x).
    log_sigmoid LogSigmoid;
    /// ln(1 + eˣ), without a threshold; derivative σ(x).
    softplus Softplus;
    /// max(x, 0); derivative 0 at 0 (PyTorch's and Keras's convention).
    relu Relu;
    /// min(max(x, 0), 6); derivative 0 at 0 and 6.
    relu6 Relu6;
    /// The self-normalizing activation λ (x or α (eˣ - 1)) of Klambauer et al. 2017.
    selu Selu;
    /// x Φ(x), with Φ the standard normal cumulative distribution function (Hendrycks and Gimpel 2016).
    gelu Gelu;
    /// The tanh approximation of GELU, as in GPT-2.
    gelu_tanh GeluTanh;
    /// x σ(x), also called swish.
    silu Silu;
    /// x tanh(softplus(x)) (Misra 2019).
    mish Mish;
    /// x / (1 + |x|).
    softsign Softsign;
    /// min(max(x, -1), 1); derivative 0 at -1 and 1.
    hard_tanh HardTanh;
    /// |x|; derivative 0 at 0.
    abs Abs;
    /// The sign: -1, 0 or 1; derivative 0. Unlike `f64::signum`, it is 0 at ±0.
    sign Sign;
    /// The largest integer not above x; derivative 0.
    floor Floor;
    /// The smallest integer not below x; derivative 0.
    ceil Ceil;
    /// The nearest integer, half-way cases away from zero; derivative 0.
    round Round;
    /// The integer part; derivative 0.
    trunc Trunc;
    /// The step function: 0 for x < 0, 1 for x >= 0. Its derivative is 0 everywhere, so no gradient passes through it.
    heaviside Heaviside;
    /// The error function; derivative 2/√π e^(-x²).
    erf Erf;
    /// 1 - erf x, accurate in the right tail.
    erfc Erfc;
    /// ln |Γ(x)|; derivative ψ(x), the digamma function.
    ln_gamma LnGamma;
}

macro_rules! binary_methods {
    ($( $(#[$doc:meta])* $name:ident $op:ident; )*) => {
        impl<'t, V: Value> Var<'t, V> {
            $( $(#[$doc])*
               #[inline]
               #[track_caller]
               pub fn $name(self, other: impl Operand<'t, V>) -> Self { self.binary(Binary::$op, other) } )*
        }
    };
}

binary_methods! {
    /// x to the power p = `other`, a variable or a plain number; derivatives p xᵖ⁻¹ and xᵖ ln x, with
    /// conventions at x = 0.
    pow Pow;
    /// The angle of the point (`other`, x), in -π..π; derivatives 0 at the origin.
    atan2 Atan2;
    /// √(x² + other²) without intermediate overflow or underflow; derivatives 0 at the origin.
    hypot Hypot;
    /// The maximum; NaN if either operand is NaN. On a tie each operand gets half of the derivative.
    maximum Maximum;
    /// The minimum; NaN if either operand is NaN. On a tie each operand gets half of the derivative.
    minimum Minimum;
    /// ln(eˣ + e^other) without intermediate overflow.
    log_add_exp LogAddExp;
    /// x ln(other), and 0 where x is 0.
    xlogy Xlogy;
    /// x for x > 0, `other`·x otherwise; the derivative at 0 is `other`. Differentiable in both (PReLU).
    leaky_relu LeakyRelu;
    /// x for x > 0, `other`·(eˣ - 1) otherwise; the derivative at 0 is `other`. Differentiable in both.
    elu Elu;
}

impl<'t, V: Value> Var<'t, V> {
    /// Applies a unary primitive, for code that selects it at run time: `x.unary(Unary::Sin)` is `x.sin()`.
    #[inline]
    #[track_caller]
    pub fn unary(self, op: Unary) -> Self {
        record::unary(op, self, |x| op.value(x))
    }

    /// Applies a binary primitive to this variable and another operand: `x.binary(Binary::Pow, y)` is `x.pow(y)`.
    #[inline]
    #[track_caller]
    pub fn binary(self, op: Binary, other: impl Operand<'t, V>) -> Self {
        record::binary(op, self.erase(), other.operand(self.tape), |a, b| op.value(a, b))
    }

    /// Applies a binary primitive to this variable and a plain number of the element type.
    #[inline]
    #[track_caller]
    pub fn binary_with(self, op: Binary, number: V::Elem) -> Self {
        record::binary(op, self.erase(), Erased::number(number), |a, b| op.value(a, b))
    }

    /// xⁿ by multiplication; derivative n xⁿ⁻¹. Derivatives of all orders are right for negative x.
    #[inline]
    #[track_caller]
    pub fn powi(self, n: i32) -> Self {
        record::unary(Unary::Powi(n), self, |x| Number::powi(x, n))
    }

    /// x to the power of a plain number, like `f64::powf`. For a variable exponent see [`pow`](Var::pow).
    #[inline]
    #[track_caller]
    pub fn powf(self, exponent: V::Elem) -> Self {
        self.binary_with(Binary::Pow, exponent)
    }

    /// The n-th derivative of the digamma function ψ: `polygamma(0)` is ψ itself, the derivative of
    /// [`ln_gamma`](Var::ln_gamma). Each derivative of it raises the order by one.
    ///
    /// # Panics
    /// If `n` is not less than [`POLYGAMMA_LIMIT`] (150), since the derivative, of order n + 1, could not be computed.
    #[track_caller]
    pub fn polygamma(self, n: u32) -> Self {
        assert!(
            n < POLYGAMMA_LIMIT,
            "polygamma: expected an order of at most {}, so that its derivative exists, got order {n}",
            POLYGAMMA_LIMIT - 1
        );
        record::unary(Unary::Polygamma(n), self, |x| Number::polygamma(x, n))
    }

    /// min(max(x, lo), hi). The derivative is 1 in x between the bounds, and 1 in the bound that applies outside them.
    ///
    /// The bounds may be plain numbers or variables. Where x equals a bound, the derivative in x is 0 if the
    /// bound is a plain number, as for [`hard_tanh`](Var::hard_tanh); if the bound is a variable, x and the bound get
    /// 1/2 each, as for [`maximum`](Var::maximum). The result is `hi` if `lo > hi`.
    #[track_caller]
    pub fn clamp<L: Operand<'t, V>, H: Operand<'t, V>>(self, lo: L, hi: H) -> Self {
        let bounds = Bounds { lo_is_plain: L::IS_PLAIN, hi_is_plain: H::IS_PLAIN };
        ternary(bounds.scalars(), Op::Clamp(bounds), [self.erase(), lo.operand(self.tape), hi.operand(self.tape)])
    }

    /// x·a + b, rounded once if the hardware supports it.
    #[track_caller]
    pub fn mul_add(self, a: impl Operand<'t, V>, b: impl Operand<'t, V>) -> Self {
        ternary(Nary::MulAdd, Op::MulAdd, [self.erase(), a.operand(self.tape), b.operand(self.tape)])
    }
}

/// Comparisons, masks and argmax. A comparison returns a plain tensor, 1 where it holds and 0 elsewhere; no gradient
/// flows through it.
impl<'t, T: Scalar> TensorVar<'t, T> {
    /// 1 where x > other, 0 elsewhere.
    ///
    /// ```
    /// use autograd::Tape;
    /// use tensor::tensor;
    /// let tape = Tape::new();
    /// let x = tape.var(tensor![-1.0, 4.0]);
    /// let y = x.sqrt().where_(&x.gt(0.0), 0.0);
    /// assert_eq!(y.sum().backward().wrt(x), tensor![0.0, 0.25]);
    /// ```
    #[track_caller]
    pub fn gt(self, other: impl Operand<'t, Tensor<T>>) -> Tensor<T> {
        self.compare(Function2::Gt, other)
    }

    /// 1 where x >= other, 0 elsewhere.
    #[track_caller]
    pub fn ge(self, other: impl Operand<'t, Tensor<T>>) -> Tensor<T> {
        self.compare(Function2::Ge, other)
    }

    /// 1 where x < other, 0 elsewhere.
    #[track_caller]
    pub fn lt(self, other: impl Operand<'t, Tensor<T>>) -> Tensor<T> {
        self.compare(Function2::Lt, other)
    }

    /// 1 where x <= other, 0 elsewhere.
    #[track_caller]
    pub fn le(self, other: impl Operand<'t, Tensor<T>>) -> Tensor<T> {
        self.compare(Function2::Le, other)
    }

    /// 1 where x == other, 0 elsewhere.
    #[track_caller]
    pub fn equals(self, other: impl Operand<'t, Tensor<T>>) -> Tensor<T> {
        self.compare(Function2::Equals, other)
    }

    #[track_caller]
    fn compare(self, f: Function2, other: impl Operand<'t, Tensor<T>>) -> Tensor<T> {
        let (tape, other) = (self.on_tape(), other.operand(self.tape));
        common(Some(tape), other.tape, f.name());
        let other = if other.is_scalar { Tensor::scalar(other.scalar) } else { tape.value_of(other.id) };
        apply2(f, &self.value(), &other)
    }

    /// x where the mask is not 0, `other` elsewhere. An element that is not selected gets a contribution of exactly 0.
    /// Except on a strict tape, this stays 0 when it is multiplied by infinite or NaN derivatives.
    ///
    /// # Panics
    /// If the three shapes do not broadcast.
    #[track_caller]
    pub fn where_(self, mask: &Tensor<T>, other: impl Operand<'t, Tensor<T>>) -> Self {
        record::tensor(Op::Where(mask.clone()), &[self.erase(), other.operand(self.tape)])
    }

    /// `value` where the mask is not 0, x elsewhere.
    #[track_caller]
    pub fn masked_fill(self, mask: &Tensor<T>, value: T) -> Self {
        record::tensor(Op::Where(mask.clone()), &[Erased::number(value), self.erase()])
    }

    /// The row-major index of the largest element, the first one on ties. Not differentiable.
    #[track_caller]
    pub fn argmax(self) -> usize {
        self.value().argmax()
    }

    /// The row-major index of the smallest element, the first one on ties. Not differentiable.
    #[track_caller]
    pub fn argmin(self) -> usize {
        self.value().argmin()
    }

    /// The indices of the largest elements along an axis, in row-major order of the other axes. Not differentiable.
    #[track_caller]
    pub fn argmax_over(self, axis: isize) -> Vec<usize> {
        self.value().argmax_over(axis)
    }

    /// The indices of the smallest elements along an axis, in row-major order of the other axes. Not differentiable.
    #[track_caller]
    pub fn argmin_over(self, axis: isize) -> Vec<usize> {
        self.value().argmin_over(axis)
    }
}

impl<V: Value> PartialEq for Var<'_, V>
where
    V: PartialEq,
{
    /// Whether the values are equal.
    fn eq(&self, other: &Self) -> bool {
        self.value() == other.value()
    }
}

impl<T: Scalar> PartialOrd for Var<'_, T> {
    /// Compares the values. The result is a plain `bool`, so only the branch that is taken is recorded.
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        self.carried.partial_cmp(&other.carried)
    }
}

macro_rules! compare_with_number {
    ($($t:ident),*) => {$(
        impl PartialEq<$t> for Var<'_, $t> {
            fn eq(&self, other: &$t) -> bool { self.carried == *other }
        }
        impl PartialOrd<$t> for Var<'_, $t> {
            fn partial_cmp(&self, other: &$t) -> Option<std::cmp::Ordering> { self.carried.partial_cmp(other) }
        }
    )*};
}
compare_with_number!(f32, f64);

impl<T: Scalar> Var<'_, T> {
    /// Whether the value is NaN.
    pub fn is_nan(self) -> bool {
        Real::is_nan(self.carried)
    }
}
