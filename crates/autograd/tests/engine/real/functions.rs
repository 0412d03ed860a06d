//! Every function of `Real` has the value and the gradient of the same function of `Var`, bit for bit.

use autograd::{Real, Tape, Var};
use num_traits::Float;
use proptest::prelude::*;

/// Values, with the special ones often.
fn number() -> impl Strategy<Value = f64> {
    let special =
        [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -2.5, 6.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e-320, 1e200];
    prop_oneof![2 => -3.0..3.0_f64, 1 => proptest::num::f64::ANY, 1 => proptest::sample::select(special.to_vec())]
}

/// The bits of a number; those of NaN count as equal.
fn bits(x: f64) -> u64 {
    if x.is_nan() { f64::NAN.to_bits() } else { x.to_bits() }
}

/// A value and its gradient in three inputs.
type Derivatives = [u64; 4];

fn of_var(f: impl for<'t> Fn([Var<'t, f64>; 3]) -> Var<'t, f64>, x: [f64; 3]) -> Derivatives {
    let tape = Tape::new();
    let x = x.map(|x| tape.var(x));
    let y = f(x);
    let on_tape = y + tape.constant(0.0); // a result such as that of `signum` may be without a tape
    let g = on_tape.backward();
    [bits(y.value()), bits(g.wrt(x[0])), bits(g.wrt(x[1])), bits(g.wrt(x[2]))]
}

fn of_real(f: impl Fn([Real; 3]) -> Real, x: [f64; 3]) -> Derivatives {
    Real::record(|scope| {
        let x = x.map(|x| scope.input(x));
        let y = f(x);
        let g = scope.grad(y + 0.0);
        [bits(y.value()), bits(g[0]), bits(g[1]), bits(g[2])]
    })
}

/// Compares functions, each written once for both types.
macro_rules! equal {
    ($point:expr; |$x:ident, $y:ident, $z:ident| $($f:expr),* $(,)?) => { $(
        prop_assert_eq!(
            of_real(|[$x, $y, $z]| { let _ = ($y, $z); $f }, $point),
            of_var(|[$x, $y, $z]| { let _ = ($y, $z); $f }, $point),
            "{} at {:?}", stringify!($f), $point
        );
    )* };
}

proptest! {
    #[test]
    fn methods_of_one_argument(x in number()) {
        equal! { [x, 0.0, 0.0]; |x, _y, _z|
            x.neg(), x.recip(), x.square(), x.sqrt(), x.rsqrt(), x.cbrt(), x.exp(), x.exp2(), x.exp_m1(), x.ln(),
            x.log2(), x.log10(), x.ln_1p(), x.sin(), x.cos(), x.tan(), x.asin(), x.acos(), x.atan(), x.sinh(),
            x.cosh(), x.tanh(), x.asinh(), x.acosh(), x.atanh(), x.sigmoid(), x.log_sigmoid(), x.softplus(), x.relu(),
            x.relu6(), x.selu(), x.gelu(), x.gelu_tanh(), x.silu(), x.mish(), x.softsign(), x.hard_tanh(), x.abs(),
            x.sign(), x.floor(), x.ceil(), x.round(), x.trunc(), x.heaviside(), x.erf(), x.erfc(), x.ln_gamma(), -x,
            x.powi(3), x.powi(-2), x.powi(0), x.powf(2.5), x.clamp(-1.0, 1.5), x.unary(autograd::rules::Unary::Atan),
        }
    }

    #[test]
    fn methods_of_more_arguments(x in number(), y in number(), z in number()) {
        equal! { [x, y, z]; |x, y, z|
            x.pow(y), x.pow(0.5), x.atan2(y), x.hypot(y), x.maximum(y), x.minimum(y), x.log_add_exp(y), x.xlogy(y),
            x.leaky_relu(y), x.leaky_relu(0.1), x.elu(y), x.maximum(x), x.hypot(3.0), x.mul_add(y, z),
            x.mul_add(2.0, z), x.clamp(y, z), x.clamp(y, 1.0), x.clamp(-1.0, y),
            x.binary(autograd::rules::Binary::Hypot, y),
        }
    }

    #[test]
    fn operators(x in number(), y in number()) {
        equal! { [x, y, 0.0]; |x, y, _z|
            x + y, x - y, x * y, x / y, x % y, x + x, x * x, x / x, x + 0.3, x - 0.3, x * 0.3, x / 0.3, x % 0.3,
            0.3 + x, 0.3 - x, 0.3 * x, 0.3 / x, 0.3 % x, x + 2.0, 2.0 - x, x * 0.5, 2.0 / x,
            { let mut s = x; s += y; s -= 0.3; s *= y; s /= 2.0; s %= y; s }, [x, y, x * y].into_iter().sum(),
        }
    }

    #[test]
    fn float_functions(x in number(), y in number(), z in number()) {
        equal! { [x, y, z]; |x, y, z|
            Float::floor(x), Float::ceil(x), Float::round(x), Float::trunc(x), Float::fract(x), Float::abs(x),
            Float::signum(x), Float::recip(x), Float::sqrt(x), Float::cbrt(x), Float::exp(x), Float::exp2(x),
            Float::exp_m1(x), Float::ln(x), Float::ln_1p(x), Float::log2(x), Float::log10(x), Float::sin(x),
            Float::cos(x), Float::tan(x), Float::asin(x), Float::acos(x), Float::atan(x), Float::sinh(x),
            Float::cosh(x), Float::tanh(x), Float::asinh(x), Float::acosh(x), Float::atanh(x), Float::to_degrees(x),
            Float::to_radians(x), Float::sin_cos(x).0, Float::sin_cos(x).1, Float::powi(x, 3), Float::powf(x, y),
            Float::log(x, y), Float::max(x, y), Float::min(x, y), Float::abs_sub(x, y), Float::hypot(x, y),
            Float::atan2(x, y), Float::copysign(x, y), Float::mul_add(x, y, z),
        }
        let r = Real::from(x);
        prop_assert_eq!(
            (r.is_nan(), Float::is_infinite(r), r.is_finite(), Float::is_normal(r), Float::is_sign_positive(r),
                Float::is_sign_negative(r), Float::classify(r), Float::integer_decode(r)),
            (x.is_nan(), x.is_infinite(), x.is_finite(), x.is_normal(), x.is_sign_positive(), x.is_sign_negative(),
                x.classify(), Float::integer_decode(x))
        );
        prop_assert_eq!(Float::is_subnormal(r), x.is_subnormal());
    }

    /// The methods that `Var` has as functions of `Float` only.
    #[test]
    fn methods_and_float_functions_agree(x in number(), y in number()) {
        let at = [x, y, 0.0];
        type Function = fn([Real; 3]) -> Real;
        let same: [(Function, Function); 7] = [
            (|[x, y, _]| x.max(y), |[x, y, _]| Float::max(x, y)),
            (|[x, y, _]| x.min(y), |[x, y, _]| Float::min(x, y)),
            (|[x, y, _]| x.log(y), |[x, y, _]| Float::log(x, y)),
            (|[x, y, _]| x.copysign(y), |[x, y, _]| Float::copysign(x, y)),
            (|[x, ..]| x.signum(), |[x, ..]| Float::signum(x)),
            (|[x, ..]| x.fract(), |[x, ..]| Float::fract(x)),
            (|[x, ..]| x.sin_cos().0 * x.sin_cos().1, |[x, ..]| x.sin() * x.cos()),
        ];
        for (i, (method, function)) in same.into_iter().enumerate() {
            prop_assert_eq!(of_real(method, at), of_real(function, at), "pair {}", i);
        }
    }
}

/// By value and by reference, each pair of operands gives the same result.
#[test]
#[allow(clippy::op_ref)] // the operators of references are what is tested
fn references() {
    Real::record(|scope| {
        let (x, y) = (scope.input(3.0), scope.input(2.0));
        for value in
            [x * y, x * &y, &x * y, &x * &y, x * 2.0, &x * 2.0, x * &2.0, &x * &2.0, 3.0 * y, &3.0 * &y, 3.0 * &y]
        {
            assert_eq!(value, 6.0);
        }
        for value in [&x + &y, &x - &y + 4.0, &10.0 / &y, 11.0 % &6.0 - Real::from(0.0), -&x + 8.0] {
            assert_eq!(value, 5.0);
        }
        let mut z = x;
        z += &y;
        z *= &2.0;
        assert_eq!((z.value(), scope.grad(z)), (10.0, vec![2.0, 2.0]));
    });
}
