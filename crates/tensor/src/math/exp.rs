//! The exponential functions e^x, 2^x and e^x - 1.
//!
//! All split x = n ln 2 + r (see [`reduce`](super::reduce)), approximate e^r by a polynomial, and multiply by 2^n.
//!
//! The polynomials are minimax in relative error over the whole range of r, computed by Lawson's weighted least
//! squares. Each coefficient was rounded to the working precision before the higher ones were fitted again.

use super::reduce::{ROUND32, clamp32, clamp64, power32, power64, reduce32, reduce64, two_powers32, two_powers64};
use super::simd::Arch;

/// e^r - 1 for a reduced r: r + r^2 p(r), p of degree 4, error 3.2e-9 relative to e^r.
///
/// The polynomials in this file are evaluated by Estrin's scheme: its dependency chain is half as long as that of
/// Horner's, which keeps the multipliers busy even if few elements are processed at once.
#[inline(always)]
fn exp_tail32<A: Arch>(r: f32) -> f32 {
    let square = r * r;
    let low = A::fma32(r, 1.666_652e-1, 4.999_999_4e-1);
    let high = A::fma32(r, 8.368_845e-3, 4.166_824e-2);
    let p = A::fma32(square, A::fma32(square, 1.382_339_6e-3, high), low);
    A::fma32(square, p, r)
}

/// e^x.
#[inline(always)]
pub(super) fn exp_f32<A: Arch>(x: f32) -> f32 {
    // Beyond these bounds the result is 0 or infinite, and n would not fit in the exponent field.
    let (bits, r) = reduce32::<A>(clamp32(x, -104.0, 89.0), 254);
    let (first, second) = two_powers32(bits);
    A::fma32(exp_tail32::<A>(r), first, first) * second
}

/// e^x for x <= 0, slightly faster than [`exp_f32`]: for n <= 0, 2^(n + 64) fits in one factor.
#[inline(always)]
pub(super) fn exp_negative_f32<A: Arch>(x: f32) -> f32 {
    let (bits, r) = reduce32::<A>(if x < -104.0 { -104.0 } else { x }, 127 + 64);
    let power = power32(bits);
    A::fma32(exp_tail32::<A>(r), power, power) * power32(127 - 64)
}

/// e^x for -87 <= x <= 88, where 2^n is a normal number and so fits in one factor.
#[inline(always)]
pub(super) fn exp_normal_f32<A: Arch>(x: f32) -> f32 {
    let (bits, r) = reduce32::<A>(x, 127);
    let power = power32(bits);
    A::fma32(exp_tail32::<A>(r), power, power)
}

/// e^x for -700 <= x <= 700, computed in `f64` to the accuracy of `f32`: 1 + r + r^2 p(r), p of degree 5, error
/// 5.2e-11.
#[inline(always)]
pub(super) fn exp_lane<A: Arch>(x: f64) -> f64 {
    let (bits, r) = reduce64::<A>(x, 1023);
    let square = r * r;
    let low = A::fma64(r, 0.16666665867435068, 0.5000000068033079);
    let middle = A::fma64(r, 0.008333497005891395, 0.04166629365760224);
    let high = A::fma64(r, 0.00019790616070942973, 0.0013944756506898215);
    let p = A::fma64(square, A::fma64(square, high, middle), low);
    let power = power64(bits);
    A::fma64(A::fma64(square, p, r), power, power)
}

/// 2^x: x = n + r exactly, 2^r = 1 + r q(r), q of degree 5, error 3.0e-9.
#[inline(always)]
pub(super) fn exp2_f32<A: Arch>(x: f32) -> f32 {
    let x = clamp32(x, -151.0, 129.0);
    let shift = ROUND32 + 254.0;
    let rounded = x + shift;
    let r = x - (rounded - shift);
    let square = r * r;
    let low = A::fma32(r, 2.402_264_8e-1, 6.931_472e-1);
    let middle = A::fma32(r, 9.618_503e-3, 5.550_359_6e-2);
    let high = A::fma32(r, 1.532_789_5e-4, 1.339_100_4e-3);
    let q = A::fma32(square, A::fma32(square, high, middle), low);
    let (first, second) = two_powers32(rounded.to_bits());
    A::fma32(r, q, 1.0) * first * second
}

/// e^r - 1 for a reduced r: r + r^2 p(r), p of degree 5, error 4.3e-10 relative to the result.
#[inline(always)]
pub(super) fn exp_m1_reduced32<A: Arch>(r: f32) -> f32 {
    let square = r * r;
    let low = A::fma32(r, 1.666_666_7e-1, 0.5);
    let middle = A::fma32(r, 8.333_198e-3, 4.166_648_5e-2);
    let high = A::fma32(r, 1.995_343_3e-4, 1.393_303_5e-3);
    let p = A::fma32(square, A::fma32(square, high, middle), low);
    A::fma32(square, p, r)
}

/// e^x - 1 = 2^n (e^r - 1) + (2^n - 1), which for n = 0 is the polynomial itself, without cancellation near 0.
#[inline(always)]
pub(super) fn exp_m1_f32<A: Arch>(x: f32) -> f32 {
    // Half the result is computed and then doubled, because 2^128 overflows and 2^127 does not.
    let (bits, r) = reduce32::<A>(clamp32(x, -30.0, 89.0), 126);
    let half = power32(bits);
    let y = A::fma32(half, exp_m1_reduced32::<A>(r), half - 0.5) * 2.0;
    y.copysign(x) // restores the sign of -0
}

/// e^r - 1 for a reduced r: r + r^2 p(r), p of degree 9, error 3.8e-18 relative to e^r.
#[inline(always)]
fn exp_tail64<A: Arch>(r: f64) -> f64 {
    let square = r * r;
    let p0 = A::fma64(r, 1.666666666666643e-1, 5.000000000000011e-1);
    let p2 = A::fma64(r, 8.333333333483706e-3, 4.166666666652662e-2);
    let p4 = A::fma64(r, 1.984126952981985e-4, 1.3888888944500288e-3);
    let p6 = A::fma64(r, 2.7557565389768827e-6, 2.4801492233663015e-5);
    let p8 = A::fma64(r, 2.5006816821281168e-8, 2.7630548811006903e-7);
    let fourth = square * square;
    let high = A::fma64(fourth, p8, A::fma64(square, p6, p4));
    let p = A::fma64(fourth, high, A::fma64(square, p2, p0));
    A::fma64(square, p, r)
}

/// e^x.
#[inline(always)]
pub(super) fn exp_f64<A: Arch>(x: f64) -> f64 {
    let (bits, r) = reduce64::<A>(clamp64(x, -746.0, 710.0), 2046);
    let (first, second) = two_powers64(bits);
    A::fma64(exp_tail64::<A>(r), first, first) * second
}

/// e^x for x <= 0; see [`exp_negative_f32`].
#[inline(always)]
pub(super) fn exp_negative_f64<A: Arch>(x: f64) -> f64 {
    let (bits, r) = reduce64::<A>(if x < -746.0 { -746.0 } else { x }, 1023 + 512);
    let power = power64(bits);
    A::fma64(exp_tail64::<A>(r), power, power) * power64(1023 - 512)
}

/// e^r - 1 for a reduced r: r + r^2 p(r), p of degree 10, error 2.7e-19 relative to the result.
#[inline(always)]
pub(super) fn exp_m1_reduced64<A: Arch>(r: f64) -> f64 {
    let square = r * r;
    let p0 = A::fma64(r, 1.6666666666666677e-1, 0.5);
    let p2 = A::fma64(r, 8.333333333321421e-3, 4.166666666666668e-2);
    let p4 = A::fma64(r, 1.984126988665092e-4, 1.388888888887708e-3);
    let p6 = A::fma64(r, 2.7557243682072686e-6, 2.4801587341946074e-5);
    let p8 = A::fma64(r, 2.5109221694971307e-8, 2.75572576664346e-7);
    let fourth = square * square;
    let high = A::fma64(square, 2.092007370363689e-9, p8);
    let high = A::fma64(fourth, high, A::fma64(square, p6, p4));
    let p = A::fma64(fourth, high, A::fma64(square, p2, p0));
    A::fma64(square, p, r)
}

/// e^x - 1; see [`exp_m1_f32`].
#[inline(always)]
pub(super) fn exp_m1_f64<A: Arch>(x: f64) -> f64 {
    let (bits, r) = reduce64::<A>(clamp64(x, -60.0, 710.0), 1022);
    let half = power64(bits);
    let y = A::fma64(half, exp_m1_reduced64::<A>(r), half - 0.5) * 2.0;
    y.copysign(x)
}

#[cfg(test)]
mod tests {
    use crate::math::testing::{edges, known, sweep};

    sweep!(exp, f64::exp);
    sweep!(exp2, f64::exp2);
    sweep!(exp_m1, f64::exp_m1);

    known!(
        exp_f64,
        exp,
        [
            (1.0, 2.7182818284590452353602875),
            (-1.0, 0.36787944117144232159552377),
            (0.5, 1.6487212707001281468486508),
            (1e-20, 1.00000000000000000001),
            (-1e-5, 0.99999000004999983333293198),
            (0.34657, 1.4142084849595796621916101),
            (-0.34658, 0.70710224884457621896981542),
            (10.0, 22026.465794806716516957901),
            (88.5, 2.7230878250681116121060206e38),
            (-88.5, 3.6723016819150420212044081e-39),
            (700.0, 1.0142320547350045094553296e304),
            (-700.0, 9.8596765437597708567053729e-305),
            (709.7, 1.6549840276802644030802503e308),
            (-745.0, 2.8223507304719370763534401e-324),
        ]
    );

    known!(
        exp2_f64,
        exp2,
        [
            (0.5, 1.4142135623730950488016887),
            (-0.5, 0.70710678118654752440084436),
            (1e-20, 1.0000000000000000000069315),
            (10.25, 1217.74808576278637231872),
            (1023.5, 1.2711610061536462836605203e308),
            (-1021.5, 3.1467296279827173104584707e-308),
        ]
    );

    known!(
        exp_m1_f64,
        exp_m1,
        [
            (1.0, 1.7182818284590452353602875),
            (-1.0, -0.63212055882855767840447623),
            (0.5, 0.64872127070012814684865079),
            (1e-20, 9.9999999999999994515827145e-21),
            (-1e-20, -9.9999999999999994514827145e-21),
            (1e-300, 1.0000000000000000250590918e-300),
            (-1e-5, -9.9999500001666670680231922e-6),
            (0.34657, 0.41420848495957966219161013),
            (-0.34658, -0.29289775115542378103018458),
            (3.0, 19.08553692318766774092853),
            (-3.0, -0.95021293163213605702065758),
            (-40.0, -0.99999999999999999575164574),
            (50.0, 5.1847055285870724640864533e21),
            (709.7, 1.6549840276802644030802503e308),
        ]
    );

    edges!(
        exp_edges,
        exp,
        [
            (0.0, 1.0),
            (-0.0, 1.0),
            (f64::INFINITY, f64::INFINITY),
            (f64::NEG_INFINITY, 0.0),
            (f64::NAN, f64::NAN),
            (1000.0, f64::INFINITY),
            (-1000.0, 0.0),
        ]
    );

    edges!(
        exp2_edges,
        exp2,
        [
            (0.0, 1.0),
            (-0.0, 1.0),
            (10.0, 1024.0),
            (-10.0, 0.0009765625),
            (f64::INFINITY, f64::INFINITY),
            (f64::NEG_INFINITY, 0.0),
            (f64::NAN, f64::NAN),
            (1024.0, f64::INFINITY),
            (-1100.0, 0.0),
        ]
    );

    edges!(
        exp_m1_edges,
        exp_m1,
        [
            (0.0, 0.0),
            (-0.0, -0.0),
            (f64::INFINITY, f64::INFINITY),
            (f64::NEG_INFINITY, -1.0),
            (f64::NAN, f64::NAN),
            (1000.0, f64::INFINITY),
            (-1000.0, -1.0),
        ]
    );
}
