//! The hyperbolic functions and their inverses.

use super::exp::exp_m1_reduced64;
use super::reduce::{ROUND32, power32, power64, reduce64};
use super::simd::Arch;
use std::f32::consts::{LN_2, LOG2_E};

/// tanh x: for |x| < 0.55, x + x^3 p(x^2), p of degree 3 (minimax in relative error, by Lawson's weighted least
/// squares: 3.7e-8); otherwise 1 - 2 / (e^(2|x|) + 1). For |x| > 10 the result rounds to 1.
///
/// The formula of [`tanh_f64`] would have an error of 2.4 units in the last place, from its denominator. The two
/// formulas here are independent of each other, so the CPU evaluates them in parallel.
#[inline(always)]
pub(super) fn tanh_f32<A: Arch>(x: f32) -> f32 {
    let size = x.abs();
    let far = 1.0 - 1.0 / exp2x_plus_1_over_2::<A>(if size > 10.0 { 10.0 } else { size });

    let z = size * size;
    let p = A::fma32(z, 1.643_679_1e-2, -5.267_155_5e-2);
    let p = A::fma32(z, p, 1.332_072_5e-1);
    let p = A::fma32(z, p, -3.333_294_7e-1);
    let near = A::fma32(size * z, p, size);

    (if size < 0.55 { near } else { far }).copysign(x)
}

/// (e^(2x) + 1) / 2 for 0 <= x <= 10, to the accuracy that is needed for x >= 0.55.
///
/// x = n ln(2)/2 + r, and half of e^(2r) - 1 is r + r^2 p(r), p the polynomial of e^x with its coefficients times
/// powers of two: error 3.2e-9. ln 2 is not split into two parts, since the error of r is multiplied by a small
/// derivative.
#[inline(always)]
fn exp2x_plus_1_over_2<A: Arch>(x: f32) -> f32 {
    let rounded = A::fma32(x, 2.0 * LOG2_E, ROUND32 + 127.0);
    let n = rounded - (ROUND32 + 127.0);
    let r = A::fma32(n, -0.5 * LN_2, x);
    let square = r * r;
    let low = A::fma32(r, 4.0 * 1.666_652e-1, 2.0 * 4.999_999_4e-1);
    let high = A::fma32(r, 16.0 * 8.368_845e-3, 8.0 * 4.166_824e-2);
    let p = A::fma32(square, A::fma32(square, 32.0 * 1.382_339_6e-3, high), low);
    let half = A::fma32(square, p, r);
    let power = power32(rounded.to_bits());
    A::fma32(power, half, A::fma32(power, 0.5, 0.5))
}

/// tanh x = sign(x) m / (m + 2) with m = e^(2|x|) - 1.
///
/// Near 0, the relative error of the quotient is that of m. For large |x|, the error of m cancels between m and m + 2
/// (with e^(-2|x|) - 1 it would count twice). For |x| > 20 the result rounds to 1, so 2|x| is limited to 40.
#[inline(always)]
pub(super) fn tanh_f64<A: Arch>(x: f64) -> f64 {
    let twice = 2.0 * x.abs();
    let (bits, r) = reduce64::<A>(if twice > 40.0 { 40.0 } else { twice }, 1023);
    let power = power64(bits);
    let m = A::fma64(power, exp_m1_reduced64::<A>(r), power - 1.0);
    (m / (m + 2.0)).copysign(x)
}

/// Declares the `f32` version of a scalar function, computed in `f64` and rounded once.
macro_rules! through_f64 {
    ($($name:ident => $function:path;)*) => {
        $(#[inline(always)]
        pub(super) fn $name(x: f32) -> f32 {
            $function(f64::from(x)) as f32
        })*
    };
}

through_f64! {
    sinh_f32 => f64::sinh;
    cosh_f32 => f64::cosh;
    asinh_f32 => libm::asinh;
    acosh_f32 => libm::acosh;
    atanh_f32 => libm::atanh;
}

#[cfg(test)]
mod tests {
    use crate::math::testing::{edges, known, sweep};

    sweep!(tanh, f64::tanh);
    sweep!(sinh, f64::sinh);
    sweep!(cosh, f64::cosh);
    sweep!(asinh, libm::asinh);
    sweep!(acosh, libm::acosh);
    sweep!(atanh, libm::atanh);

    known!(
        sinh_f64,
        sinh,
        [
            (0.5, 0.52109530549374736162242563),
            (-2.0, -3.626860407847018767668214),
            (1e-20, 9.9999999999999994515327145e-21),
            (710.0, 1.1169973830808555156268222e308),
        ]
    );

    known!(
        cosh_f64,
        cosh,
        [
            (0.5, 1.1276259652063807852262252),
            (-2.0, 3.7621956910836314595622135),
            (1e-20, 1.0),
            (710.0, 1.1169973830808555156268222e308),
        ]
    );

    known!(
        tanh_f64,
        tanh,
        [
            (0.5, 0.46211715726000975850231848),
            (-0.5, -0.46211715726000975850231848),
            (1.0, 0.76159415595576488811945828),
            (-2.0, -0.96402758007581688394641372),
            (1e-20, 9.9999999999999994515327145e-21),
            (-1e-20, -9.9999999999999994515327145e-21),
            (1e-300, 1.0000000000000000250590918e-300),
            (1e-5, 9.9999999996666674847105391e-6),
            (1e-3, 0.00099999966666680002076269266),
            (0.1, 0.099667994624955822614277044),
            (0.17328, 0.17156628013637958215123024),
            (0.17330, 0.17158569137000115379997782),
            (0.3, 0.29131261245159089565816002),
            (5.0, 0.99990920426259513121099045),
            (15.0, 0.99999999999981284754062321),
            (18.5, 0.99999999999999982933904749),
            (19.5, 0.99999999999999997690355165),
            (30.0, 0.99999999999999999999999998),
        ]
    );

    known!(
        asinh_f64,
        asinh,
        [
            (0.5, 0.48121182505960344749775891),
            (-2.0, -1.4436354751788103424932767),
            (1e-20, 9.9999999999999994515327145e-21),
            (1e-5, 9.9999999998333341513713724e-6),
            (1e300, 691.46867507877365056731943),
        ]
    );

    known!(
        acosh_f64,
        acosh,
        [
            (1.0000000001, 1.4142136208675861354593558e-5),
            (1.5, 0.96242365011920689499551783),
            (2.0, 1.3169578969248167086250463),
            (100.0, 5.2982923656104845907016668),
            (1e300, 691.46867507877365056731943),
        ]
    );

    known!(
        atanh_f64,
        atanh,
        [
            (0.5, 0.54930614433405484569762262),
            (-0.9, -1.4722194895832203468700953),
            (1e-20, 9.9999999999999994515327145e-21),
            (1e-5, 1.0000000000333334151383873e-5),
            (0.9999999999, 11.859499013855017284676406),
        ]
    );

    edges!(
        sinh_edges,
        sinh,
        [
            (0.0, 0.0),
            (-0.0, -0.0),
            (f64::INFINITY, f64::INFINITY),
            (f64::NEG_INFINITY, f64::NEG_INFINITY),
            (f64::NAN, f64::NAN),
        ]
    );

    edges!(
        cosh_edges,
        cosh,
        [
            (0.0, 1.0),
            (-0.0, 1.0),
            (f64::INFINITY, f64::INFINITY),
            (f64::NEG_INFINITY, f64::INFINITY),
            (f64::NAN, f64::NAN),
        ]
    );

    edges!(
        tanh_edges,
        tanh,
        [
            (0.0, 0.0),
            (-0.0, -0.0),
            (f64::INFINITY, 1.0),
            (f64::NEG_INFINITY, -1.0),
            (1000.0, 1.0),
            (-1000.0, -1.0),
            (f64::NAN, f64::NAN),
        ]
    );

    edges!(
        asinh_edges,
        asinh,
        [
            (0.0, 0.0),
            (-0.0, -0.0),
            (f64::INFINITY, f64::INFINITY),
            (f64::NEG_INFINITY, f64::NEG_INFINITY),
            (f64::NAN, f64::NAN),
        ]
    );

    edges!(
        acosh_edges,
        acosh,
        [
            (1.0, 0.0),
            (0.5, f64::NAN),
            (f64::INFINITY, f64::INFINITY),
            (f64::NEG_INFINITY, f64::NAN),
            (f64::NAN, f64::NAN),
        ]
    );

    edges!(
        atanh_edges,
        atanh,
        [
            (0.0, 0.0),
            (-0.0, -0.0),
            (1.0, f64::INFINITY),
            (-1.0, f64::NEG_INFINITY),
            (2.0, f64::NAN),
            (f64::NAN, f64::NAN),
        ]
    );
}
