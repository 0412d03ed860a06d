//! The elementwise primitives of one argument: each with its value and, on the next line, its derivative.
//!
//! `x` is the argument and `y` the value. Each rule is written once for any [`Number`]: plain numbers in the scalar
//! sweep, SIMD lanes in the tensor kernels, and variables when a gradient is differentiated again. `x.lit(c)` is the
//! constant c of the same type as x. Where f has no derivative, the numerical conventions apply: the minimum-norm
//! subgradient if f is convex, the supergradient if it is concave, otherwise the limit, otherwise NaN. Outside the
//! domain of f, the value and the derivatives of all orders are NaN.
//!
//! Higher-order derivatives are the derivatives of these formulas. Where differentiating a formula again would lose
//! precision or a NaN, it is written with the primitives of the last section. Two rules follow. A formula that selects
//! NaN uses `nan_unless`, and a constant derivative is `x.flat() + c`, since a literal has derivative 0. A difference
//! that is 0 at some x is a primitive, since the product rule would compute it with cancellation.
//!
//! The values of activations are defined in [`tensor::formulas`]. Primitives marked `#simd` have vectorized tensor
//! kernels, those marked `#simd512` also for AVX-512; the kernels of the values are in [`tensor::functions`]. The others
//! run element by element.

mod derivatives;
mod table;

use derivatives::*;
use std::f64::consts::{LN_2, LOG2_E, LOG10_E, PI};
use table::unary;
pub(crate) use table::{UnaryRule, UnaryVisitor};
use tensor::Number;
use tensor::formulas::{self, SELU_ALPHA, SELU_LAMBDA, gelu_gate, indicator, normal_cdf, present_mul};
use tensor::functions::Function1;

unary! {
    // --- arithmetic
    /// -x
    Neg "neg" #simd
        |x| -x,
        |x, _y| x.lit(-1.0);
    /// 1 / x
    Recip "recip" #simd
        |x| x.recip(),
        |_x, y| -(y * y);
    /// x²
    Square "square" #simd
        |x| x * x,
        |x, _y| x.twice();
    /// √x; +inf derivative at 0
    Sqrt "sqrt" #simd
        |x| x.sqrt(),
        |_x, y| y.lit(0.5) / (y + y.lit(0.0)); // the root of -0 is -0
    /// 1 / √x
    Rsqrt "rsqrt"
        |x| x.sqrt().recip(),
        |_x, y| y.lit(-0.5) * (y * y * y);
    /// ∛x; +inf derivative at 0
    Cbrt "cbrt"
        |x| x.cbrt(),
        |_x, y| y.recip() * y.recip() / y.lit(3.0);
    /// xⁿ by multiplication, never by exp and log
    Powi(n: i32) "powi"
        |x| x.powi(n),
        |x, y| match n {
            0 => x.lit(0.0),
            1 => x.flat() + x.lit(1.0), // not x⁰, which is 1 at NaN
            i32::MIN => x.lit(n as f64) * (y / x),
            _ => x.lit(n as f64) * x.powi(n - 1),
        };

    // --- exponentials and logarithms
    /// eˣ
    Exp "exp" #simd512
        |x| x.exp(),
        |_x, y| y;
    /// 2ˣ
    Exp2 "exp2"
        |x| x.exp2(),
        |_x, y| y * y.lit(LN_2);
    /// eˣ - 1; its derivative is eˣ, not y + 1, which cancels in the left tail
    ExpM1 "exp_m1"
        |x| x.exp_m1(),
        |x, _y| x.exp();
    /// ln x
    Ln "ln" #simd512
        |x| x.ln(),
        |x, _y| recip_of_positive(x);
    /// log₂ x
    Log2 "log2"
        |x| x.log2(),
        |x, _y| recip_of_positive(x) * x.lit(LOG2_E);
    /// log₁₀ x
    Log10 "log10"
        |x| x.log10(),
        |x, _y| recip_of_positive(x) * x.lit(LOG10_E);
    /// ln(1 + x)
    Ln1p "ln_1p"
        |x| x.ln_1p(),
        |x, _y| recip_of_positive(x + x.lit(1.0));

    // --- circular functions
    /// sin x
    Sin "sin" #simd512
        |x| x.sin(),
        |x, _y| x.cos();
    /// cos x
    Cos "cos" #simd512
        |x| x.cos(),
        |x, _y| -x.sin();
    /// tan x
    Tan "tan"
        |x| x.tan(),
        |_x, y| y * y + y.lit(1.0);
    /// arcsin x; the product (1-x)(1+x) is accurate near ±1
    Asin "asin"
        |x| x.asin(),
        |x, _y| x.one_minus_square().sqrt().recip();
    /// arccos x
    Acos "acos"
        |x| x.acos(),
        |x, _y| -x.one_minus_square().sqrt().recip();
    /// arctan x
    Atan "atan"
        |x| x.atan(),
        |x, _y| x.lorentzian();

    // --- hyperbolic functions
    /// sinh x
    Sinh "sinh"
        |x| x.sinh(),
        |x, _y| x.cosh();
    /// cosh x
    Cosh "cosh"
        |x| x.cosh(),
        |x, _y| x.sinh();
    /// tanh x; its derivative 1 - y² is written without cancellation in the tails
    Tanh "tanh" #simd512
        |x| x.tanh(),
        |x, _y| x.lit(4.0) * (x + x).bell();
    /// arsinh x
    Asinh "asinh"
        |x| x.asinh(),
        |x, _y| x.hypot(x.lit(1.0)).recip();
    /// arcosh x; two square roots, since x² may overflow
    Acosh "acosh"
        |x| x.acosh(),
        |x, _y| ((x - x.lit(1.0)).sqrt() * (x + x.lit(1.0)).sqrt()).recip();
    /// artanh x
    Atanh "atanh"
        |x| x.atanh(),
        |x, _y| recip_of_positive(x.one_minus_square());

    // --- activations
    /// σ(x) = 1 / (1 + e⁻ˣ); its derivative is σ(x) σ(-x), not y (1 - y), which cancels in the right tail
    Sigmoid "sigmoid" #simd512
        |x| x.sigmoid(),
        |x, _y| x.bell();
    /// ln σ(x)
    LogSigmoid "log_sigmoid" #simd512
        |x| formulas::log_sigmoid(x),
        |x, _y| (-x).sigmoid();
    /// ln(1 + eˣ), without a threshold
    Softplus "softplus" #simd512
        |x| x.softplus(),
        |x, _y| x.sigmoid();
    /// max(x, 0); derivative 0 at the kink
    Relu "relu" #simd
        |x| formulas::relu(x),
        |x, _y| indicator(x, x.is_gt(x.lit(0.0))) + x.flat();
    /// min(max(x, 0), 6); derivative 0 at both kinks
    Relu6 "relu6"
        |x| formulas::relu6(x),
        |x, _y| indicator(x, x.is_gt(x.lit(0.0))) * indicator(x, x.lit(6.0).is_gt(x)) + x.flat();
    /// λx above 0, λα(eˣ - 1) below, with the constants of self-normalizing networks
    Selu "selu" #simd512
        |x| formulas::selu(x),
        |x, _y| N::select(x.is_gt(x.lit(0.0)), x.lit(1.0), x.exp() * x.lit(SELU_ALPHA)) * x.lit(SELU_LAMBDA);
    /// x Φ(x), with Φ the standard normal cumulative distribution function
    Gelu "gelu" #simd512
        |x| formulas::gelu(x),
        |x, _y| normal_cdf(x) + present_mul(x, normal_density(x));
    /// GELU with Φ(x) ≈ σ(2u), u = √(2/π) (x + 0.044715 x³)
    GeluTanh "gelu_tanh"
        |x| formulas::gelu_tanh(x),
        |x, _y| gelu_gate(x).sigmoid() + present_mul(x * gelu_gate_derivative(x), gelu_gate(x).bell());
    /// x σ(x), also called swish
    Silu "silu" #simd512
        |x| formulas::silu(x),
        |x, _y| x.sigmoid() + present_mul(x, x.bell());
    /// x tanh(softplus(x))
    Mish "mish"
        |x| formulas::mish(x),
        |x, _y| x.softplus().tanh()
            + present_mul(x, x.lit(4.0) * (x.softplus() + x.softplus()).bell() * x.sigmoid());
    /// x / (1 + |x|)
    Softsign "softsign"
        |x| formulas::softsign(x),
        |x, _y| (x.abs() + x.lit(1.0)).recip() * (x.abs() + x.lit(1.0)).recip();
    /// min(max(x, -1), 1); derivative 0 at both kinks
    HardTanh "hard_tanh" #simd
        |x| formulas::hard_tanh(x),
        |x, _y| indicator(x, x.is_gt(x.lit(-1.0))) * indicator(x, x.lit(1.0).is_gt(x)) + x.flat();

    // --- steps and kinks, with piecewise constant derivatives
    /// |x|; derivative 0 at the kink
    Abs "abs" #simd
        |x| x.abs(),
        |x, _y| x.sign();
    /// -1, 0 or 1
    Sign "sign"
        |x| x.sign(),
        |x, _y| x.flat();
    /// the largest integer not above x
    Floor "floor"
        |x| x.floor(),
        |x, _y| x.flat();
    /// the smallest integer not below x
    Ceil "ceil"
        |x| x.ceil(),
        |x, _y| x.flat();
    /// the nearest integer, half-way cases away from zero
    Round "round"
        |x| x.round(),
        |x, _y| x.flat();
    /// the integer part
    Trunc "trunc"
        |x| x.trunc(),
        |x, _y| x.flat();
    /// 0 for x < 0, 1 for x >= 0; its derivative is 0 everywhere, so no gradient passes through it
    Heaviside "heaviside"
        |x| x.heaviside(),
        |x, _y| x.flat();

    // --- special functions
    /// 2/√π ∫₀ˣ e^(-t²) dt
    Erf "erf"
        |x| x.erf(),
        |x, _y| (-(x * x)).exp() * x.lit(2.0 / PI.sqrt());
    /// 1 - erf x
    Erfc "erfc"
        |x| x.erfc(),
        |x, _y| (-(x * x)).exp() * x.lit(-2.0 / PI.sqrt());
    /// ln |Γ(x)|
    LnGamma "ln_gamma"
        |x| x.ln_gamma(),
        |x, _y| x.polygamma(0);
    /// ψ⁽ⁿ⁾(x), the derivative of order n + 1 of ln Γ; NaN, with a NaN derivative, at poles where the sign changes
    Polygamma(n: u32) "polygamma"
        |x| x.polygamma(n),
        |x, y| x.polygamma(n.saturating_add(1)).nan_unless(y.is_eq(y), [x]);

    // --- primitives that occur in the derivatives of the others and keep precision and NaN at higher orders
    /// 0, and NaN for NaN
    Flat "flat" #simd
        |x| x.flat(),
        |x, _y| x.flat();
    /// 2x
    Twice "twice" #simd
        |x| x.twice(),
        |x, _y| x.flat() + x.lit(2.0);
    /// (1 - x)(1 + x); a primitive, since the product rule would cancel near 0
    OneMinusSquare "one_minus_square" #simd
        |x| x.one_minus_square(),
        |x, _y| -x.twice();
    /// 1 / (1 + x²); its derivative multiplies in an order without intermediate underflow
    Lorentzian "lorentzian" #simd
        |x| x.lorentzian(),
        |x, y| present_mul(x, y) * y * x.lit(-2.0);
    /// σ(x) σ(-x); its derivative -y (σ(x) - σ(-x)) is written without cancellation near 0
    Bell "bell" #simd512
        |x| x.bell(),
        |x, y| -y * (x * x.lit(0.5)).tanh();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_round_trip() {
        for op in Unary::all(3) {
            let (code, bits) = op.code();
            assert_eq!(Unary::from_code(code, bits), op);
        }
        assert_eq!(Unary::from_code(Unary::Powi(-2).code().0, Unary::Powi(-2).code().1), Unary::Powi(-2));
    }

    #[test]
    fn derivatives_are_accurate_in_both_tails() {
        let d = |op: Unary, x: f64| op.derivative(x, op.value(x));
        for (op, x, want) in [
            (Unary::Sigmoid, 40.0, 4.248354255291589e-18),
            (Unary::Tanh, 20.0, 1.6993417021166356e-17),
            (Unary::ExpM1, -40.0, 4.248354255291589e-18),
            (Unary::Asin, 1.0 - 1e-12, 707114.60252564535),
            (Unary::Gelu, 1.0, 1.0833154705876863),
            (Unary::LnGamma, 1.0, -0.57721566490153286),
        ] {
            assert!(((d(op, x) - want) / want).abs() < 1e-14, "{op:?}'({x}) = {}", d(op, x));
        }
    }

    #[test]
    fn activations_at_infinity() {
        for op in [Unary::Gelu, Unary::GeluTanh, Unary::Silu, Unary::Mish] {
            for (x, value, derivative) in [(f64::NEG_INFINITY, 0.0, 0.0), (f64::INFINITY, f64::INFINITY, 1.0)] {
                assert_eq!((op.value(x), op.derivative(x, op.value(x))), (value, derivative), "{op:?} at {x}");
            }
        }
    }
}
