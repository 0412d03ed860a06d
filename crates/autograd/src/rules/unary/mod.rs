//! The elementwise primitives of one argument: each with its value and, on the next line, its derivative.
//!
//! `x` is the argument and `y` the value. A rule is written once, over any [`Number`]: plain numbers run it in the
//! scalar sweep, lanes in the tensor kernels, recorded variables when a gradient is differentiated again.
//! Constants are spelled `x.lit(c)`: the number c, living where x lives. Where f has no derivative the rules of
//! the numerical conventions decide: the minimum-norm subgradient if f is convex, the supergradient if concave,
//! else the limit, else NaN; outside its domain a derivative is NaN like the value, and so are those of higher order.
//!
//! Derivatives of higher order are the derivatives of these formulas. So where a formula as it stands would lose digits
//! or a NaN when it is differentiated again, it is made of the primitives of the last section. Two rules follow. A NaN
//! that a formula chooses is spelled `nan_unless`, and a constant derivative `x.flat() + c`, since a literal has derivative
//! 0. A difference that vanishes at some x is a primitive, since the product rule would compute it by cancelling.
//!
//! Those marked `#wide` are compiled into vectorized tensor kernels, the `#heavy` ones also for AVX-512; the others run
//! element by element.

mod formulas;
mod table;

use formulas::*;
use std::f64::consts::{LN_2, LOG2_E, LOG10_E, PI};
use table::unary;
pub(crate) use table::{UnaryRule, UnaryVisitor};
use tensor::Number;

unary! {
    // --- arithmetic
    /// -x
    Neg "neg" #wide
        |x| -x,
        |x, _y| x.lit(-1.0);
    /// 1 / x
    Recip "recip" #wide
        |x| x.recip(),
        |_x, y| -(y * y);
    /// x²
    Square "square" #wide
        |x| x * x,
        |x, _y| x.twice();
    /// √x; +inf derivative at 0
    Sqrt "sqrt" #wide
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
            1 => x.flat() + x.lit(1.0), // and not x⁰, which is 1 at NaN too
            i32::MIN => x.lit(n as f64) * (y / x),
            _ => x.lit(n as f64) * x.powi(n - 1),
        };

    // --- exponentials and logarithms
    /// eˣ
    Exp "exp" #heavy
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
    Ln "ln" #heavy
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
    Sin "sin" #heavy
        |x| x.sin(),
        |x, _y| x.cos();
    /// cos x
    Cos "cos" #heavy
        |x| x.cos(),
        |x, _y| -x.sin();
    /// tan x
    Tan "tan"
        |x| x.tan(),
        |_x, y| y * y + y.lit(1.0);
    /// arcsin x; the product (1-x)(1+x) keeps its digits near ±1
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
    /// tanh x; its derivative is 1 - y² written so that both tails keep their digits
    Tanh "tanh" #heavy
        |x| x.tanh(),
        |x, _y| x.lit(4.0) * (x + x).bell();
    /// arsinh x
    Asinh "asinh"
        |x| x.asinh(),
        |x, _y| x.hypot(x.lit(1.0)).recip();
    /// arcosh x; two roots, since the square of x may overflow
    Acosh "acosh"
        |x| x.acosh(),
        |x, _y| ((x - x.lit(1.0)).sqrt() * (x + x.lit(1.0)).sqrt()).recip();
    /// artanh x
    Atanh "atanh"
        |x| x.atanh(),
        |x, _y| recip_of_positive(x.one_minus_square());

    // --- activations
    /// σ(x) = 1 / (1 + e⁻ˣ); its derivative is σ(x) σ(-x), not y (1 - y), which cancels in the right tail
    Sigmoid "sigmoid" #heavy
        |x| x.sigmoid(),
        |x, _y| x.bell();
    /// ln σ(x)
    LogSigmoid "log_sigmoid" #heavy
        |x| -(-x).softplus(),
        |x, _y| (-x).sigmoid();
    /// ln(1 + eˣ), without a threshold
    Softplus "softplus" #heavy
        |x| x.softplus(),
        |x, _y| x.sigmoid();
    /// max(x, 0); derivative 0 at the kink
    Relu "relu" #wide
        |x| x.maximum(x.lit(0.0)),
        |x, _y| indicator(x, x.is_gt(x.lit(0.0))) + x.flat();
    /// min(max(x, 0), 6); derivative 0 at both kinks
    Relu6 "relu6"
        |x| x.maximum(x.lit(0.0)).minimum(x.lit(6.0)),
        |x, _y| indicator(x, x.is_gt(x.lit(0.0))) * indicator(x, x.lit(6.0).is_gt(x)) + x.flat();
    /// λx above 0, λα(eˣ - 1) below, with the constants of self-normalising networks
    Selu "selu" #heavy
        |x| N::select(x.is_gt(x.lit(0.0)), x, x.exp_m1() * x.lit(SELU_ALPHA)) * x.lit(SELU_LAMBDA),
        |x, _y| N::select(x.is_gt(x.lit(0.0)), x.lit(1.0), x.exp() * x.lit(SELU_ALPHA)) * x.lit(SELU_LAMBDA);
    /// x Φ(x), Φ the normal distribution
    Gelu "gelu" #heavy
        |x| present_mul(x, normal_cdf(x)),
        |x, _y| normal_cdf(x) + present_mul(x, normal_density(x));
    /// GELU with Φ(x) ≈ σ(2u), u = √(2/π) (x + 0.044715 x³)
    GeluTanh "gelu_tanh"
        |x| present_mul(x, gelu_gate(x).sigmoid()),
        |x, _y| gelu_gate(x).sigmoid() + present_mul(x * gelu_gate_derivative(x), gelu_gate(x).bell());
    /// x σ(x), also called swish
    Silu "silu" #heavy
        |x| present_mul(x, x.sigmoid()),
        |x, _y| x.sigmoid() + present_mul(x, x.bell());
    /// x tanh(softplus(x))
    Mish "mish"
        |x| present_mul(x, x.softplus().tanh()),
        |x, _y| x.softplus().tanh()
            + present_mul(x, x.lit(4.0) * (x.softplus() + x.softplus()).bell() * x.sigmoid());
    /// x / (1 + |x|)
    Softsign "softsign"
        |x| N::select(x.abs().is_eq(x.lit(f64::INFINITY)), x.sign(), x / (x.abs() + x.lit(1.0))),
        |x, _y| (x.abs() + x.lit(1.0)).recip() * (x.abs() + x.lit(1.0)).recip();
    /// min(max(x, -1), 1); derivative 0 at both kinks
    HardTanh "hard_tanh" #wide
        |x| x.maximum(x.lit(-1.0)).minimum(x.lit(1.0)),
        |x, _y| indicator(x, x.is_gt(x.lit(-1.0))) * indicator(x, x.lit(1.0).is_gt(x)) + x.flat();

    // --- steps and corners: derivatives that are constant but for NaN
    /// |x|; derivative 0 at the kink
    Abs "abs" #wide
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
    /// the nearest integer, halves away from zero
    Round "round"
        |x| x.round(),
        |x, _y| x.flat();
    /// the integer part
    Trunc "trunc"
        |x| x.trunc(),
        |x, _y| x.flat();
    /// 0 below zero, 1 from zero on: trains nothing, since its derivative is 0 everywhere
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
    /// ψ⁽ⁿ⁾(x), the derivative of order n + 1 of ln Γ; at a pole between +inf and -inf it is NaN, and so is its derivative
    Polygamma(n: u32) "polygamma"
        |x| x.polygamma(n),
        |x, y| x.polygamma(n.saturating_add(1)).nan_unless(y.is_eq(y), [x]);

    // --- what derivatives of the others are made of, with the digits and NaNs of higher orders
    /// 0, and NaN at NaN
    Flat "flat" #wide
        |x| x.flat(),
        |x, _y| x.flat();
    /// 2x
    Twice "twice" #wide
        |x| x.twice(),
        |x, _y| x.flat() + x.lit(2.0);
    /// (1 - x)(1 + x); the product rule would cancel near 0
    OneMinusSquare "one_minus_square" #wide
        |x| x.one_minus_square(),
        |x, _y| -x.twice();
    /// 1 / (1 + x²); multiplied in an order that does not underflow on the way
    Lorentzian "lorentzian" #wide
        |x| x.lorentzian(),
        |x, y| present_mul(x, y) * y * x.lit(-2.0);
    /// σ(x) σ(-x); its derivative is -y (σ(x) - σ(-x)) written so that it keeps its digits near 0
    Bell "bell" #heavy
        |x| x.bell(),
        |x, y| -y * (x * x.lit(0.5)).tanh();
}

/// α of SELU (Klambauer et al. 2017).
pub const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;
/// λ of SELU (Klambauer et al. 2017).
pub const SELU_LAMBDA: f64 = 1.050_700_987_355_480_5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_go_there_and_back() {
        for op in Unary::all(3) {
            let (code, bits) = op.code();
            assert_eq!(Unary::from_code(code, bits), op);
        }
        assert_eq!(Unary::from_code(Unary::Powi(-2).code().0, Unary::Powi(-2).code().1), Unary::Powi(-2));
    }

    #[test]
    fn both_tails_keep_their_digits() {
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
    fn activations_hold_at_infinity() {
        for op in [Unary::Gelu, Unary::GeluTanh, Unary::Silu, Unary::Mish] {
            for (x, value, derivative) in [(f64::NEG_INFINITY, 0.0, 0.0), (f64::INFINITY, f64::INFINITY, 1.0)] {
                assert_eq!((op.value(x), op.derivative(x, op.value(x))), (value, derivative), "{op:?} at {x}");
            }
        }
    }
}
