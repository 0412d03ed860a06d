//! The elementwise primitives of two arguments: each with its value and, below it, both partial derivatives.
//!
//! The table is written like that of the unary primitives, with `a` and `b` the arguments. A derivative that uses the
//! value recomputes it, so that kernels read two operands instead of three.

use tensor::Number;
use tensor::formulas;
use tensor::functions::Function2;

/// The rule of one primitive: f and its two partial derivatives.
pub(crate) trait BinaryRule: Copy + Sync {
    /// f(a, b).
    fn value<N: Number>(a: N, b: N) -> N;
    /// ∂f/∂a.
    fn wrt_a<N: Number>(a: N, b: N) -> N;
    /// ∂f/∂b.
    fn wrt_b<N: Number>(a: N, b: N) -> N;
}

/// A function that is generic over the type of a binary rule, for kernels compiled per primitive.
pub(crate) trait BinaryVisitor {
    type Output;
    fn visit<R: BinaryRule>(self, rule: R) -> Self::Output;
}

macro_rules! binary {
    ($( $(#[$doc:meta])* $op:ident $name:literal $(#$simd:ident)?
        |$a:ident, $b:ident| $value:expr,
        a: $wrt_a:expr,
        b: $wrt_b:expr; )*) => {
        /// An elementwise primitive of two arguments.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum Binary { $( $(#[$doc])* $op, )* }

        /// One type per primitive, carrying its rule.
        pub(crate) mod rule {
            use super::*;
            $(
                #[derive(Clone, Copy, Debug)]
                pub(crate) struct $op;
                impl BinaryRule for $op {
                    #[inline(always)]
                    fn value<N: Number>($a: N, $b: N) -> N { $value }
                    #[inline(always)]
                    #[allow(unused_variables)]
                    fn wrt_a<N: Number>($a: N, $b: N) -> N { $wrt_a }
                    #[inline(always)]
                    #[allow(unused_variables)]
                    fn wrt_b<N: Number>($a: N, $b: N) -> N { $wrt_b }
                }
            )*
        }

        impl Binary {
            /// Every primitive, in the order of their codes.
            pub const ALL: &'static [Binary] = &[$( Binary::$op ),*];

            /// The name of the method or operator that records this primitive.
            pub fn name(self) -> &'static str {
                match self { $( Binary::$op => $name, )* }
            }

            /// f(a, b), for any [`Number`].
            #[inline]
            pub fn value<N: Number>(self, a: N, b: N) -> N {
                match self { $( Binary::$op => rule::$op::value(a, b), )* }
            }

            /// ∂f/∂a, for any [`Number`].
            #[inline]
            pub fn wrt_a<N: Number>(self, a: N, b: N) -> N {
                match self { $( Binary::$op => rule::$op::wrt_a(a, b), )* }
            }

            /// ∂f/∂b, for any [`Number`].
            #[inline]
            pub fn wrt_b<N: Number>(self, a: N, b: N) -> N {
                match self { $( Binary::$op => rule::$op::wrt_b(a, b), )* }
            }

            /// The partial derivative with respect to operand k, for any [`Number`].
            #[inline]
            pub(crate) fn wrt<N: Number>(self, k: usize, a: N, b: N) -> N {
                if k == 0 { self.wrt_a(a, b) } else { self.wrt_b(a, b) }
            }

            /// The function of `tensor` whose vectorized kernel computes the value, if there is one.
            #[inline]
            pub(crate) fn vectorized(self) -> Option<Function2> {
                match self { $( Binary::$op => binary!(@vectorized $op $($simd)?), )* }
            }

            /// Calls the visitor with the type of the rule; `None` if the primitive has no vectorized kernels.
            #[inline]
            pub(crate) fn visit<V: BinaryVisitor>(self, visitor: V) -> Option<V::Output> {
                match self { $( Binary::$op => binary!(@visit visitor $op $($simd)?), )* }
            }
        }
    };
    (@vectorized $op:ident simd) => { Some(Function2::$op) };
    (@vectorized $op:ident) => { None };
    (@visit $visitor:ident $op:ident simd) => { Some($visitor.visit(rule::$op)) };
    (@visit $visitor:ident $op:ident) => { { let _ = &$visitor; None } };
}

binary! {
    // --- arithmetic
    /// a + b
    Add "add" #simd
        |a, b| a + b,
        a: a.lit(1.0),
        b: b.lit(1.0);
    /// a - b
    Sub "sub" #simd
        |a, b| a - b,
        a: a.lit(1.0),
        b: b.lit(-1.0);
    /// a b
    Mul "mul" #simd
        |a, b| a * b,
        a: b,
        b: a;
    /// a / b
    Div "div" #simd
        |a, b| a / b,
        a: a.quotient_derivative(b),
        b: -((a / b) / b);
    /// aᵇ
    Pow "pow"
        |a, b| a.powf(b),
        a: a.pow_base(b),
        b: a.pow_exponent(b);
    /// the remainder of a / b with the sign of a; the derivative in b is -trunc(a / b), computed from a minus the
    /// remainder, since a / b may round up to the next integer
    Rem "rem"
        |a, b| a.rem(b),
        a: rem_wrt_a(a, b),
        b: -((a - a.rem(b)) / b).round();

    // --- geometry
    /// the angle of the point (b, a)
    Atan2 "atan2"
        |a, b| a.atan2(b),
        a: b.inversion(a),
        b: -a.inversion(b);
    /// √(a² + b²), without intermediate overflow or underflow
    Hypot "hypot"
        |a, b| a.hypot(b),
        a: a.direction(b),
        b: b.direction(a);

    // --- maximum and minimum; on a tie each side gets half of the derivative, a NaN operand gets all of it
    /// max(a, b)
    Maximum "maximum" #simd
        |a, b| a.maximum(b),
        a: selected(a, b, a.is_gt(b)),
        b: selected(b, a, b.is_gt(a));
    /// min(a, b)
    Minimum "minimum" #simd
        |a, b| a.minimum(b),
        a: selected(a, b, b.is_gt(a)),
        b: selected(b, a, a.is_gt(b));

    // --- logarithms
    /// ln(eᵃ + eᵇ)
    LogAddExp "log_add_exp"
        |a, b| a.log_add_exp(b),
        a: log_add_exp_wrt_a(a, b),
        b: log_add_exp_wrt_a(b, a);
    /// a ln b, and 0 where a is 0
    Xlogy "xlogy"
        |a, b| formulas::xlogy(a, b),
        a: xlogy_wrt_a(a, b),
        b: xlogy_wrt_b(a, b);

    // --- activations with a parameter
    /// x above 0, s x below; derivative s at the kink
    LeakyRelu "leaky_relu" #simd
        |x, s| formulas::leaky_relu(x, s),
        a: N::select(x.is_gt(x.lit(0.0)), x.lit(1.0), s) + x.flat(),
        b: N::select(x.is_gt(x.lit(0.0)), x.lit(0.0), x);
    /// x above 0, α (eˣ - 1) below; derivative α at the kink
    Elu "elu" #simd
        |x, alpha| formulas::elu(x, alpha),
        a: N::select(x.is_gt(x.lit(0.0)), x.lit(1.0), alpha * x.exp()),
        b: N::select(x.is_gt(x.lit(0.0)), x.lit(0.0), x.exp_m1());

    // --- losses, elementwise
    /// (a - b)²
    SquaredError "squared_error" #simd
        |a, b| formulas::squared_error(a, b),
        a: (a - b).twice(),
        b: (b - a).twice();
    /// |a - b|; derivative 0 at the kink
    AbsoluteError "absolute_error" #simd
        |a, b| formulas::absolute_error(a, b),
        a: (a - b).sign(),
        b: (b - a).sign();
    /// the Huber loss of an error e: e²/2 for |e| <= δ, δ|e| - δ²/2 beyond
    Huber "huber"
        |e, delta| N::select(
            delta.is_ge(e.abs()), e * e * e.lit(0.5), delta * (e.abs() - delta * e.lit(0.5))),
        a: N::select(delta.is_ge(e.abs()), e, delta * e.sign()),
        b: N::select(delta.is_ge(e.abs()), e.lit(0.0), e.abs() - delta);
    /// the binary cross-entropy of logit z and target t: (1 - t) softplus(z) + t softplus(-z)
    BceWithLogits "bce_with_logits" #simd
        |z, t| formulas::bce_with_logits(z, t),
        a: (t.lit(1.0) - t) * z.sigmoid() - t * (-z).sigmoid(),
        b: -z;

    // --- primitives that occur in the derivatives of the others, like the last section of the unary ones
    /// a b, and 0 if a factor is exactly 0: how adjoints are multiplied by partial derivatives
    AbsentMul "absent_mul" #simd
        |a, b| a.absent_mul(b),
        a: b,
        b: a;
    /// a / √(a² + b²); the derivatives use the square of the other coordinate, since 1 - a²/r² would cancel
    Direction "direction"
        |a, b| a.direction(b),
        a: over_radius(b.direction(a), a, b) * b.direction(a),
        b: -over_radius(a.direction(b) * b.direction(a), a, b);
    /// a / (a² + b²); the derivatives write the difference of squares as a product, which does not cancel
    Inversion "inversion"
        |a, b| a.inversion(b),
        a: over_square(b - a, a, b) * over_square(b + a, a, b) + a.inversion(b).flat(),
        b: a.inversion(b) * b.inversion(a) * a.lit(-2.0);
    /// b aᵇ⁻¹
    PowBase "pow_base"
        |a, b| a.pow_base(b),
        a: b.absent_mul(a.pow_base(b - b.lit(1.0))) + a.pow_base(b).flat(),
        b: pow_mixed(a, b);
    /// aᵇ ln a
    PowExponent "pow_exponent"
        |a, b| a.pow_exponent(b),
        a: pow_mixed(a, b),
        b: a.pow_exponent(b).absent_mul(a.ln());
}

/// The derivative with respect to `a` of the choice between `a` and `b`: 1 where `wins`, 1/2 on a tie, 0 elsewhere; 1
/// if `a` alone is NaN, 1/2 if both are.
#[inline(always)]
pub(super) fn selected<N: Number>(a: N, b: N, wins: N::Mask) -> N {
    let (zero, half, one) = (a.lit(0.0), a.lit(0.5), a.lit(1.0));
    let ordered = N::select(wins, one, N::select(a.is_eq(b), half, zero));
    let a_is_nan = N::select(b.is_eq(b), one, half);
    N::select(a.is_eq(a), ordered, a_is_nan)
}

/// e^a / (e^a + e^b): 1/2 on a tie, 0 if both are -inf.
#[inline(always)]
fn log_add_exp_wrt_a<N: Number>(a: N, b: N) -> N {
    let none = a.is_eq(a.lit(f64::NEG_INFINITY));
    let tie = N::select(none, a.lit(0.0), a.lit(0.5));
    let weight = (a - b).sigmoid();
    // The difference of equal infinities is NaN. Finite ties keep the sigmoid, which higher orders differentiate.
    N::select(weight.is_eq(weight), weight, N::select(a.is_eq(b), tie, weight))
}

/// 1, and NaN where the remainder is NaN.
#[inline(always)]
fn rem_wrt_a<N: Number>(a: N, b: N) -> N {
    // The remainder is NaN for an infinite a and for b = 0.
    let domain = a * a.lit(0.0) / b;
    a.lit(1.0).nan_unless(domain.is_eq(domain), [a, b])
}

/// x / r with r = √(a² + b²), and 0 where r is 0.
#[inline(always)]
fn over_radius<N: Number>(x: N, a: N, b: N) -> N {
    let r = a.hypot(b);
    N::select(r.is_eq(r.lit(0.0)), r.lit(0.0), x / r)
}

/// x / r² with r = √(a² + b²), and 0 where r is 0 or infinite.
#[inline(always)]
fn over_square<N: Number>(x: N, a: N, b: N) -> N {
    let r = a.hypot(b);
    N::select(r.is_eq(r.lit(f64::INFINITY)), r.lit(0.0), over_radius(over_radius(x, a, b), a, b))
}

/// aᵇ⁻¹ (1 + b ln a), the mixed second derivative of aᵇ, the same in either order. At a = 0 it is the limit from a > 0
/// for a fixed b: 0 for b > 1, -inf for 0 < b <= 1, +inf for b <= 0.
#[inline(always)]
fn pow_mixed<N: Number>(a: N, b: N) -> N {
    let one = b.lit(1.0);
    a.powf(b - one).absent_mul(one + b.absent_mul(a.ln())) + a.ln().flat()
}

/// ln b, and 0 at the origin.
#[inline(always)]
fn xlogy_wrt_a<N: Number>(a: N, b: N) -> N {
    let (zero, log) = (a.lit(0.0), b.ln());
    let log = log.nan_unless(log.is_eq(log), [a, b]);
    N::select(b.is_eq(zero), N::select(a.is_eq(zero), zero, log), log)
}

/// a / b, and NaN where a ln b is NaN and at the origin.
#[inline(always)]
fn xlogy_wrt_b<N: Number>(a: N, b: N) -> N {
    // The square root is NaN where the logarithm is. Adding 0 turns -0 into +0.
    let domain = a.absent_mul(b.sqrt());
    (a / (b + b.lit(0.0))).nan_unless(domain.is_eq(domain), [a, b])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(op: Binary, a: f64, b: f64) -> [f64; 3] {
        [op.value(a, b), op.wrt_a(a, b), op.wrt_b(a, b)]
    }

    #[test]
    fn powers_at_zero_and_of_negative_bases() {
        let inf = f64::INFINITY;
        assert_eq!(all(Binary::Pow, 0.0, 0.0), [1.0, 0.0, 0.0]);
        assert_eq!(all(Binary::Pow, 0.0, 1.0), [0.0, 1.0, 0.0]);
        assert_eq!(all(Binary::Pow, 0.0, 0.5), [0.0, inf, 0.0]);
        assert_eq!(all(Binary::Pow, 0.0, -1.0), [inf, -inf, -inf]);
        let [y, da, db] = all(Binary::Pow, -2.0, 3.0);
        assert!(y == -8.0 && da == 12.0 && db.is_nan());
    }

    #[test]
    fn ties_split_the_derivative_and_nan_takes_it() {
        assert_eq!(all(Binary::Maximum, 2.0, 2.0), [2.0, 0.5, 0.5]);
        assert_eq!(all(Binary::Minimum, 1.0, 2.0), [1.0, 1.0, 0.0]);
        let [y, da, db] = all(Binary::Maximum, f64::NAN, 1.0);
        assert!(y.is_nan() && (da, db) == (1.0, 0.0));
    }

    #[test]
    fn values_at_the_origin_and_near_overflow() {
        assert_eq!(all(Binary::Hypot, 0.0, 0.0), [0.0; 3]);
        assert_eq!(all(Binary::Atan2, 0.0, 0.0), [0.0; 3]);
        let [y, da, _] = all(Binary::Hypot, 3e200, 4e200);
        assert!((y / 5e200 - 1.0).abs() < 1e-15 && (da - 0.6).abs() < 1e-15);
        let [y, da, db] = all(Binary::Xlogy, 0.0, 0.0);
        assert!((y, da) == (0.0, 0.0) && db.is_nan());
        assert_eq!(all(Binary::LogAddExp, f64::NEG_INFINITY, f64::NEG_INFINITY), [f64::NEG_INFINITY, 0.0, 0.0]);
    }

    #[test]
    fn cross_entropy_from_logits_in_both_tails() {
        for (z, t, value, derivative) in [(1e4, 1.0, 0.0, 0.0), (1e4, 0.0, 1e4, 1.0), (-1e4, 1.0, 1e4, -1.0)] {
            assert_eq!(all(Binary::BceWithLogits, z, t)[..2], [value, derivative]);
        }
        assert!((all(Binary::BceWithLogits, 40.0, 1.0)[1] + 4.248354255291589e-18).abs() < 1e-32);
    }
}
