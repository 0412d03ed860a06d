//! Elementwise methods of scalar and tensor variables, named as the methods of `f64`.

use super::Operand;
use super::nary::ternary;
use crate::core::record::{self, Erased, common};
use crate::core::value::{Scalar, Value};
use crate::core::var::{TensorVar, Var};
use crate::rules::Nary;
use crate::rules::select::Compare;
use crate::rules::unary::{UnaryRule, rule};
use crate::rules::{Binary, Bounds, Op, Unary};
use tensor::elementwise::map2;
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
    /// eˣ - 1, exact near 0; derivative eˣ.
    exp_m1 ExpM1;
    /// The natural logarithm; derivative 1/x, NaN below 0.
    ln Ln;
    /// The logarithm to base 2; derivative 1/(x ln 2).
    log2 Log2;
    /// The logarithm to base 10; derivative 1/(x ln 10).
    log10 Log10;
    /// ln(1 + x), exact near 0; derivative 1/(1 + x).
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
    /// The hyperbolic tangent; derivative 4 σ(2x) σ(-2x), precise in both tails.
    tanh Tanh;
    /// The inverse of sinh; derivative 1/√(1 + x²).
    asinh Asinh;
    /// The inverse of cosh; derivative 1/√((x-1)(x+1)).
    acosh Acosh;
    /// The inverse of tanh; derivative 1/((1-x)(1+x)).
    atanh Atanh;
    /// The logistic function σ(x) = 1/(1 + e⁻ˣ); derivative σ(x) σ(-x), precise in both tails.
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
    /// x Φ(x) with the normal distribution Φ (Hendrycks and Gimpel 2016), by the error function.
    gelu Gelu;
    /// GELU by its tanh approximation, as in GPT-2.
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
    /// -1, 0 or 1; derivative 0. (`f64` calls a variant of it `signum`, which is ±1 at ±0.)
    sign Sign;
    /// The largest integer not above x; derivative 0.
    floor Floor;
    /// The smallest integer not below x; derivative 0.
    ceil Ceil;
    /// The nearest integer, halves away from zero; derivative 0.
    round Round;
    /// The integer part; derivative 0.
    trunc Trunc;
    /// The step function: 0 for x < 0, 1 for x >= 0. Its derivative is 0 everywhere, so no gradient passes through it.
    heaviside Heaviside;
    /// The error function; derivative 2/√π e^(-x²).
    erf Erf;
    /// 1 - erf x, precise in the right tail.
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
    /// x to the power of `other`, a variable or a plain number; derivatives p xᵖ⁻¹ and xᵖ ln x, with the conventions at 0.
    pow Pow;
    /// The angle of the point (`other`, x), in -π..π; derivatives 0 at the origin.
    atan2 Atan2;
    /// √(x² + other²) without overflow or underflow on the way; derivatives 0 at the origin.
    hypot Hypot;
    /// The larger of both; NaN if either is NaN. On a tie each side gets half of the derivative.
    maximum Maximum;
    /// The smaller of both; NaN if either is NaN. On a tie each side gets half of the derivative.
    minimum Minimum;
    /// ln(eˣ + e^other) without overflow on the way.
    log_add_exp LogAddExp;
    /// x ln(other), and 0 where x is 0.
    xlogy Xlogy;
    /// x above 0, `slope`·x below; the derivative at 0 is that of the side below. Differentiable in the slope (PReLU).
    leaky_relu LeakyRelu;
    /// x above 0, `alpha`·(eˣ - 1) below; the derivative at 0 is alpha.
    elu Elu;
}

impl<'t, V: Value> Var<'t, V> {
    /// Applies a unary primitive, for code that chooses one at run time: `x.unary(Unary::Sin)` is `x.sin()`.
    #[inline]
    #[track_caller]
    pub fn unary(self, op: Unary) -> Self {
        record::unary(op, self, |x| op.value(x))
    }

    /// Applies a binary primitive to this and another operand: `x.binary(Binary::Pow, y)` is `x.pow(y)`.
    #[inline]
    #[track_caller]
    pub fn binary(self, op: Binary, other: impl Operand<'t, V>) -> Self {
        record::binary(op, self.erase(), other.operand(), |a, b| op.value(a, b))
    }

    /// Applies a binary primitive to this and a plain number of the element type.
    #[inline]
    #[track_caller]
    pub fn binary_with(self, op: Binary, number: V::Elem) -> Self {
        record::binary(op, self.erase(), Erased::number(number), |a, b| op.value(a, b))
    }

    /// xⁿ by multiplication; derivative n xⁿ⁻¹, right for negative x at every order.
    #[inline]
    #[track_caller]
    pub fn powi(self, n: i32) -> Self {
        record::unary(Unary::Powi(n), self, |x| Number::powi(x, n))
    }

    /// x to the power of a plain number, as `f64`'s own method. For a variable exponent see [`pow`](Var::pow).
    #[inline]
    #[track_caller]
    pub fn powf(self, exponent: V::Elem) -> Self {
        self.binary_with(Binary::Pow, exponent)
    }

    /// The n-th derivative of the digamma function ψ: `polygamma(0)` is ψ itself, the derivative of
    /// [`ln_gamma`](Var::ln_gamma). Each derivative of it raises the order by one.
    ///
    /// # Panics
    /// If `n` is not below [`POLYGAMMA_LIMIT`] (150): its derivative, of order n + 1, could not be computed.
    #[track_caller]
    pub fn polygamma(self, n: u32) -> Self {
        assert!(
            n < POLYGAMMA_LIMIT,
            "polygamma: order {n} is too high; with its derivative, the highest order is {}",
            POLYGAMMA_LIMIT - 1
        );
        record::unary(Unary::Polygamma(n), self, |x| Number::polygamma(x, n))
    }

    /// min(max(x, lo), hi). The derivative along x is 1 between the bounds and 0 outside, where it goes to the bound that
    /// applies.
    ///
    /// The bounds may be plain numbers or variables. At a bound the derivative is 0 if the bound is a plain number, as for
    /// [`hard_tanh`](Var::hard_tanh); if it is a variable, x and the bound get half each, as for [`maximum`](Var::maximum). `lo > hi`
    /// gives `hi`.
    #[track_caller]
    pub fn clamp<L: Operand<'t, V>, H: Operand<'t, V>>(self, lo: L, hi: H) -> Self {
        let bounds = Bounds { lo_is_plain: L::IS_PLAIN, hi_is_plain: H::IS_PLAIN };
        ternary(bounds.scalars(), Op::Clamp(bounds), [self.erase(), lo.operand(), hi.operand()])
    }

    /// x·a + b, rounded once where the hardware can.
    #[track_caller]
    pub fn mul_add(self, a: impl Operand<'t, V>, b: impl Operand<'t, V>) -> Self {
        ternary(Nary::MulAdd, Op::MulAdd, [self.erase(), a.operand(), b.operand()])
    }
}

/// Comparisons give masks, 1 where they hold and 0 elsewhere: plain tensors, through which no gradient flows.
impl<'t, T: Scalar> TensorVar<'t, T> {
    /// Where x > other.
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
        self.compare(Compare::Gt, other)
    }

    /// Where x >= other.
    #[track_caller]
    pub fn ge(self, other: impl Operand<'t, Tensor<T>>) -> Tensor<T> {
        self.compare(Compare::Ge, other)
    }

    /// Where x < other.
    #[track_caller]
    pub fn lt(self, other: impl Operand<'t, Tensor<T>>) -> Tensor<T> {
        self.compare(Compare::Lt, other)
    }

    /// Where x <= other.
    #[track_caller]
    pub fn le(self, other: impl Operand<'t, Tensor<T>>) -> Tensor<T> {
        self.compare(Compare::Le, other)
    }

    /// Where x == other.
    #[track_caller]
    pub fn equals(self, other: impl Operand<'t, Tensor<T>>) -> Tensor<T> {
        self.compare(Compare::Eq, other)
    }

    #[track_caller]
    fn compare(self, c: Compare, other: impl Operand<'t, Tensor<T>>) -> Tensor<T> {
        let (tape, other) = (self.on_tape(), other.operand());
        common(Some(tape), other.tape, "compare");
        let other = if other.is_scalar { Tensor::scalar(other.scalar) } else { tape.value_of(other.id) };
        map2("compare", &c, &self.value(), &other)
    }

    /// x where the mask is not 0, `other` elsewhere. The side that is not selected gets a gradient of exactly 0, whatever its derivative.
    ///
    /// # Panics
    /// If the three shapes do not broadcast.
    #[track_caller]
    pub fn where_(self, mask: &Tensor<T>, other: impl Operand<'t, Tensor<T>>) -> Self {
        record::tensor(Op::Where(mask.clone()), &[self.erase(), other.operand()])
    }

    /// `value` where the mask is not 0, x elsewhere.
    #[track_caller]
    pub fn masked_fill(self, mask: &Tensor<T>, value: T) -> Self {
        record::tensor(Op::Where(mask.clone()), &[Erased::number(value), self.erase()])
    }

    /// The position of the largest element in row-major order, the first one on ties. Not differentiable.
    #[track_caller]
    pub fn argmax(self) -> usize {
        self.value().argmax()
    }

    /// The position of the smallest element in row-major order, the first one on ties. Not differentiable.
    #[track_caller]
    pub fn argmin(self) -> usize {
        self.value().argmin()
    }

    /// The positions of the largest elements along an axis; the result lacks that axis. Not differentiable.
    #[track_caller]
    pub fn argmax_over(self, axis: isize) -> Vec<usize> {
        self.value().argmax_over(axis)
    }

    /// The positions of the smallest elements along an axis; the result lacks that axis. Not differentiable.
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
    /// The order of the values. A comparison gives a plain `bool`, and only the branch taken is recorded.
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
