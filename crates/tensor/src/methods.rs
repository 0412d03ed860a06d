//! The elementwise methods of tensors: functions of `f64`, activations, and choices. Those of two arguments are in
//! `operand.rs`.
//!
//! They are named like the methods of variables in the `autograd` crate and have the same values to the bit.

use crate::elementwise::each1;
use crate::formulas;
use crate::functions::{Function1, Function3, apply1, apply3};
use crate::math::POLYGAMMA_LIMIT;
use crate::real::Real;
use crate::tensor::Tensor;

impl<T: Real> From<T> for Tensor<T> {
    /// A 0-d tensor.
    #[inline]
    fn from(x: T) -> Self {
        Tensor::scalar(x)
    }
}

impl<T: Real> From<&Tensor<T>> for Tensor<T> {
    /// The same tensor; the buffer is shared.
    #[inline]
    fn from(x: &Tensor<T>) -> Self {
        x.clone()
    }
}

macro_rules! methods {
    // Vectorized functions, by their names in the table of kernels; then functions computed one element at a time.
    (one argument: $($name:ident $op:ident $doc:literal $example:literal;)*) => {$(
        methods! { @method $name $doc $example |x| apply1(Function1::$op, x) }
    )*};
    (one argument, each: $($name:ident |$x:ident| $value:expr, $doc:literal $example:literal;)*) => {$(
        methods! { @method $name $doc $example |x| each1(&|$x: T| $value, x) }
    )*};
    (@method $name:ident $doc:literal $example:literal |$x:ident| $result:expr) => {
        impl<T: Real> Tensor<T> {
            #[doc = $doc]
            ///
            /// ```
            /// # use tensor::tensor;
            #[doc = concat!("assert_eq!(", $example, ");")]
            /// ```
            #[track_caller]
            #[allow(clippy::should_implement_trait)] // `neg` is also an operator
            pub fn $name(&self) -> Tensor<T> {
                let $x = self;
                $result
            }
        }
    };
}

methods! { one argument:
    neg Neg "The negative, -x."
        "tensor![1.0, -2.0].neg(), tensor![-1.0, 2.0]";
    recip Recip "The reciprocal 1/x."
        "tensor![4.0].recip(), tensor![0.25]";
    square Square "x²."
        "tensor![3.0].square(), tensor![9.0]";
    sqrt Sqrt "√x; NaN below 0."
        "tensor![9.0].sqrt(), tensor![3.0]";
    exp Exp "eˣ."
        "tensor![0.0, f64::NEG_INFINITY].exp(), tensor![1.0, 0.0]";
    ln Ln "The natural logarithm; -inf at 0, NaN below."
        "tensor![1.0, 0.0].ln(), tensor![0.0, f64::NEG_INFINITY]";
    sin Sin "The sine."
        "tensor![0.0].sin(), tensor![0.0]";
    cos Cos "The cosine."
        "tensor![0.0].cos(), tensor![1.0]";
    tanh Tanh "The hyperbolic tangent."
        "tensor![0.0, 30.0].tanh(), tensor![0.0, 1.0]";
    sigmoid Sigmoid "The logistic function 1/(1 + e⁻ˣ)."
        "tensor![0.0, 50.0].sigmoid(), tensor![0.5, 1.0]";
    log_sigmoid LogSigmoid "The logarithm of the logistic function, -ln(1 + e⁻ˣ)."
        "tensor![-1e4].log_sigmoid(), tensor![-1e4]";
    softplus Softplus "ln(1 + eˣ), without a threshold."
        "tensor![0.0, 1e4].softplus(), tensor![std::f64::consts::LN_2, 1e4]";
    relu Relu "max(x, 0); NaN for NaN."
        "tensor![-2.0, 3.0].relu(), tensor![0.0, 3.0]";
    selu Selu "The self-normalizing activation: λx above 0, λα(eˣ - 1) below (Klambauer et al. 2017)."
        "tensor![0.0, 1.0].selu(), tensor![0.0, tensor::formulas::SELU_LAMBDA]";
    gelu Gelu "x Φ(x), with Φ the standard normal cumulative distribution function (Hendrycks and Gimpel 2016)."
        "tensor![0.0, 50.0].gelu(), tensor![0.0, 50.0]";
    silu Silu "x/(1 + e⁻ˣ), also called swish."
        "tensor![0.0, 50.0].silu(), tensor![0.0, 50.0]";
    hard_tanh HardTanh "min(max(x, -1), 1); NaN for NaN."
        "tensor![-3.0, 0.5].hard_tanh(), tensor![-1.0, 0.5]";
    abs Abs "The absolute value."
        "tensor![-3.0, 3.0].abs(), tensor![3.0, 3.0]";
}

methods! { one argument, each:
    rsqrt |x| x.sqrt().recip(), "1/√x."
        "tensor![4.0].rsqrt(), tensor![0.5]";
    cbrt |x| x.cbrt(), "∛x."
        "tensor![-8.0].cbrt(), tensor![-2.0]";
    exp2 |x| x.exp2(), "2ˣ."
        "tensor![3.0].exp2(), tensor![8.0]";
    exp_m1 |x| x.exp_m1(), "eˣ - 1, accurate near 0."
        "tensor![1e-20].exp_m1(), tensor![1e-20]";
    log2 |x| x.log2(), "The logarithm to base 2."
        "tensor![8.0].log2(), tensor![3.0]";
    log10 |x| x.log10(), "The logarithm to base 10."
        "tensor![100.0].log10(), tensor![2.0]";
    ln_1p |x| x.ln_1p(), "ln(1 + x), accurate near 0."
        "tensor![1e-20].ln_1p(), tensor![1e-20]";
    tan |x| x.tan(), "The tangent."
        "tensor![0.0].tan(), tensor![0.0]";
    asin |x| x.asin(), "The inverse sine; NaN outside -1..=1."
        "tensor![0.0].asin(), tensor![0.0]";
    acos |x| x.acos(), "The inverse cosine; NaN outside -1..=1."
        "tensor![1.0].acos(), tensor![0.0]";
    atan |x| x.atan(), "The inverse tangent."
        "tensor![0.0].atan(), tensor![0.0]";
    sinh |x| x.sinh(), "The hyperbolic sine."
        "tensor![0.0].sinh(), tensor![0.0]";
    cosh |x| x.cosh(), "The hyperbolic cosine."
        "tensor![0.0].cosh(), tensor![1.0]";
    asinh |x| x.asinh(), "The inverse of sinh."
        "tensor![0.0].asinh(), tensor![0.0]";
    acosh |x| x.acosh(), "The inverse of cosh; NaN below 1."
        "tensor![1.0].acosh(), tensor![0.0]";
    atanh |x| x.atanh(), "The inverse of tanh; NaN outside -1..=1."
        "tensor![0.0].atanh(), tensor![0.0]";
    relu6 |x| formulas::relu6(x), "min(max(x, 0), 6); NaN for NaN."
        "tensor![-2.0, 9.0].relu6(), tensor![0.0, 6.0]";
    gelu_tanh |x| formulas::gelu_tanh(x), "The tanh approximation of [`gelu`](Tensor::gelu), as in GPT-2."
        "tensor![0.0, 50.0].gelu_tanh(), tensor![0.0, 50.0]";
    mish |x| formulas::mish(x), "x tanh(softplus(x)) (Misra 2019)."
        "tensor![0.0, 50.0].mish(), tensor![0.0, 50.0]";
    softsign |x| formulas::softsign(x), "x/(1 + |x|)."
        "tensor![-3.0, 1.0].softsign(), tensor![-0.75, 0.5]";
    sign |x| x.sign(), "The sign: -1, 0 or 1. Unlike `f64::signum`, it is 0 at ±0."
        "tensor![-3.0, 0.0].sign(), tensor![-1.0, 0.0]";
    floor |x| x.floor(), "The largest integer not above x."
        "tensor![-1.5].floor(), tensor![-2.0]";
    ceil |x| x.ceil(), "The smallest integer not below x."
        "tensor![-1.5].ceil(), tensor![-1.0]";
    round |x| x.round(), "The nearest integer, half-way cases away from zero."
        "tensor![-1.5, 0.4].round(), tensor![-2.0, 0.0]";
    trunc |x| x.trunc(), "The integer part."
        "tensor![-1.5].trunc(), tensor![-1.0]";
    heaviside |x| x.heaviside(), "The step function: 0 for x < 0, 1 for x >= 0."
        "tensor![-1.0, 0.0].heaviside(), tensor![0.0, 1.0]";
    erf |x| x.erf(), "The error function."
        "tensor![0.0, 9.0].erf(), tensor![0.0, 1.0]";
    erfc |x| x.erfc(), "1 - erf x, accurate in the right tail."
        "tensor![0.0].erfc(), tensor![1.0]";
    ln_gamma |x| x.ln_gamma(), "ln |Γ(x)|."
        "tensor![1.0, 2.0].ln_gamma(), tensor![0.0, 0.0]";
}

impl<T: Real> Tensor<T> {
    /// xⁿ by multiplication, never by exp and log.
    ///
    /// ```
    /// # use tensor::tensor;
    /// assert_eq!(tensor![-2.0, 3.0].powi(3), tensor![-8.0, 27.0]);
    /// ```
    #[track_caller]
    pub fn powi(&self, n: i32) -> Tensor<T> {
        each1(&|x: T| x.powi(n), self)
    }

    /// x to the power of a number. For one exponent per element see [`pow`](Tensor::pow).
    ///
    /// ```
    /// # use tensor::tensor;
    /// assert_eq!(tensor![4.0, 9.0].powf(0.5), tensor![2.0, 3.0]);
    /// ```
    #[track_caller]
    pub fn powf(&self, exponent: T) -> Tensor<T> {
        each1(&|x: T| x.powf(exponent), self)
    }

    /// The n-th derivative of the digamma function: `polygamma(0)` is the derivative of
    /// [`ln_gamma`](Tensor::ln_gamma).
    ///
    /// ```
    /// # use tensor::tensor;
    /// let psi = tensor![1.0_f64].polygamma(0).item();
    /// assert!((psi + 0.5772156649015329).abs() < 1e-15); // minus the Euler-Mascheroni constant
    /// ```
    ///
    /// # Panics
    /// If `n` is above [`POLYGAMMA_LIMIT`] (150).
    #[track_caller]
    pub fn polygamma(&self, n: u32) -> Tensor<T> {
        if n > POLYGAMMA_LIMIT {
            panic!("polygamma: expected an order of at most {POLYGAMMA_LIMIT}, got order {n}");
        }
        each1(&|x: T| x.polygamma(n), self)
    }

    /// min(max(x, lo), hi): `hi` if `lo > hi`, and NaN if an argument is NaN. The bounds are tensors or numbers. For
    /// variables of the `autograd` crate as bounds, write `x.maximum(lo).minimum(hi)`.
    ///
    /// ```
    /// # use tensor::tensor;
    /// assert_eq!(tensor![-3.0, 0.5, 9.0].clamp(0.0, 1.0), tensor![0.0, 0.5, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn clamp(&self, lo: impl Into<Tensor<T>>, hi: impl Into<Tensor<T>>) -> Tensor<T> {
        apply3(Function3::Clamp, self, &lo.into(), &hi.into())
    }

    /// x·a + b, rounded once if the hardware supports it; `a` and `b` are tensors or numbers.
    ///
    /// ```
    /// # use tensor::tensor;
    /// assert_eq!(tensor![1.0, 2.0].mul_add(10.0, tensor![0.5, 0.25]), tensor![10.5, 20.25]);
    /// ```
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn mul_add(&self, a: impl Into<Tensor<T>>, b: impl Into<Tensor<T>>) -> Tensor<T> {
        apply3(Function3::MulAdd, self, &a.into(), &b.into())
    }

    /// `value` where the mask is not 0, x elsewhere.
    ///
    /// ```
    /// # use tensor::tensor;
    /// let x = tensor![-1.0, 4.0];
    /// assert_eq!(x.masked_fill(&x.lt(0.0), 0.0), tensor![0.0, 4.0]);
    /// ```
    ///
    /// # Panics
    /// If the shapes do not broadcast.
    #[track_caller]
    pub fn masked_fill(&self, mask: &Tensor<T>, value: T) -> Tensor<T> {
        apply3(Function3::Where, mask, &Tensor::scalar(value), self)
    }
}
