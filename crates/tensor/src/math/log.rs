//! Logarithms.
//!
//! x = 2^k m with m in [sqrt(1/2), sqrt 2), and ln x = k ln 2 + ln(1 + f) with f = m - 1. f is exact, and k = 0 around
//! 1, so the result is accurate near the zero of the logarithm. ln(1 + f) is approximated by a polynomial that is
//! minimax in relative error (by Lawson's weighted least squares).

use super::reduce::{LN2_HI_32, LN2_HI_64, LN2_LO_32, LN2_LO_64};
use super::simd::Arch;
use std::f64::consts::LOG2_E;

/// The bits of sqrt(1/2), the lower bound of m in [sqrt(1/2), sqrt 2).
const BASE32: u32 = 0x3f35_04f3;
const BASE64: u64 = 0x3fe6_a09e_667f_3bcd;

/// The bits of 2^52. With a small integer in the low bits they represent 2^52 plus that integer. So a subtraction
/// converts an integer to a float, for which 64-bit lanes have no instruction before AVX-512.
const TWO_52_BITS: u64 = 0x4330_0000_0000_0000;

/// Returns `(k, m)` for a positive normal x.
#[inline(always)]
fn split32(x: f32) -> (f32, f32) {
    let offset = x.to_bits().wrapping_sub(BASE32);
    let k = (offset as i32) >> 23;
    (k as f32, f32::from_bits(x.to_bits().wrapping_sub((k << 23) as u32)))
}

/// Returns `(k, m)` for a positive normal x.
#[inline(always)]
pub(super) fn split64(x: f64) -> (f64, f64) {
    // Adding 1024 to the exponent keeps k positive in the logical shift.
    let offset = x.to_bits().wrapping_sub(BASE64).wrapping_add(1024 << 52);
    let k = offset >> 52;
    let m = (offset & ((1 << 52) - 1)).wrapping_add(BASE64);
    (f64::from_bits(TWO_52_BITS | k) - (4_503_599_627_370_496.0 + 1024.0), f64::from_bits(m))
}

/// Replaces y by the logarithm of special values: -inf at 0, NaN for negative x and NaN, and infinity at infinity.
///
/// In this order, the compiler does not merge the comparisons into a slower test of the bits.
#[inline(always)]
fn edges32(x: f32, y: f32) -> f32 {
    let outside = if x == 0.0 { f32::NEG_INFINITY } else { f32::NAN };
    let y = if x > 0.0 { y } else { outside };
    if x == f32::INFINITY { x } else { y }
}

/// Like [`edges32`].
#[inline(always)]
pub(super) fn edges64(x: f64, y: f64) -> f64 {
    let outside = if x == 0.0 { f64::NEG_INFINITY } else { f64::NAN };
    let y = if x > 0.0 { y } else { outside };
    if x == f64::INFINITY { x } else { y }
}

/// ln x: ln(1 + f) = f - f^2/2 + f^3 p(f), p of degree 8, error 7.8e-10.
#[inline(always)]
pub(super) fn ln_f32<A: Arch>(x: f32) -> f32 {
    // A subnormal number is scaled by 2^23, which makes it normal.
    let (scale, back) = if x < f32::MIN_POSITIVE { (8_388_608.0, 23.0) } else { (1.0, 0.0) };
    let (k, m) = split32(x * scale);
    let k = k - back;
    let f = m - 1.0;
    let square = f * f;
    let p0 = A::fma32(f, -2.500_001_2e-1, 3.333_331_3e-1);
    let p2 = A::fma32(f, -1.666_785_5e-1, 2.000_207_6e-1);
    let p4 = A::fma32(f, -1.240_812_8e-1, 1.422_013_8e-1);
    let p6 = A::fma32(f, -1.166_159_3e-1, 1.188_700_4e-1);
    let high = A::fma32(square, A::fma32(square, 6.732_256e-2, p6), p4);
    let p = A::fma32(square, A::fma32(square, high, p2), p0);
    // Add the small terms first, so that the rounding of the last sums dominates the error.
    let small = A::fma32(k, LN2_LO_32, square * A::fma32(f, p, -0.5));
    let y = A::fma32(k, LN2_HI_32, f + small);
    edges32(x, y)
}

/// Returns `(k, ln m)` for a positive normal x, computed in `f64` to the accuracy of `f32`: ln(1 + f) = f q(f), q of
/// degree 11, error 1.0e-10.
#[inline(always)]
pub(super) fn ln_lane<A: Arch>(x: f64) -> (f64, f64) {
    let (k, m) = split64(x);
    let f = m - 1.0;
    let square = f * f;
    let q0 = A::fma64(f, -0.5000000033098589, 1.0000000000351);
    let q2 = A::fma64(f, -0.24999933391768958, 0.3333333149803234);
    let q4 = A::fma64(f, -0.1667048396613239, 0.20000114715201994);
    let q6 = A::fma64(f, -0.12410479441500247, 0.1428546951034448);
    let q8 = A::fma64(f, -0.10882169115606151, 0.11021467263344288);
    let q10 = A::fma64(f, -0.05982271889844389, 0.10733000420415925);
    let fourth = square * square;
    let high = A::fma64(fourth, A::fma64(square, q10, q8), A::fma64(square, q6, q4));
    let q = A::fma64(fourth, high, A::fma64(square, q2, q0));
    (k, f * q)
}

/// log2 x = k + ln(m) / ln 2, computed in `f64`, where subnormal `f32` are normal.
#[inline(always)]
pub(super) fn log2_f32<A: Arch>(x: f32) -> f32 {
    let wide = f64::from(x);
    let (k, ln_m) = ln_lane::<A>(wide);
    edges64(wide, A::fma64(ln_m, LOG2_E, k)) as f32
}

/// log10 x, computed in `f64`.
#[inline(always)]
pub(super) fn log10_f32(x: f32) -> f32 {
    f64::from(x).log10() as f32
}

/// k ln 2 + ln(1 + f + low), for an exact f, and `low` smaller than its last place.
///
/// ln(1 + f) = f - (f^2/2 - s (f^2/2 + z R(z))) with s = f / (2 + f), z = s^2; R of degree 6, error 1.3e-18.
#[inline(always)]
pub(super) fn ln_split64<A: Arch>(k: f64, f: f64, low: f64) -> f64 {
    let s = f / (2.0 + f);
    let z = s * s;
    let square = z * z;
    let p0 = A::fma64(z, 0.3999999999940971, 0.6666666666666735);
    let p2 = A::fma64(z, 0.22222198452465225, 0.28571428743529076);
    let p4 = A::fma64(z, 0.15313881362124135, 0.1818357077493332);
    let high = A::fma64(square, 0.14797682391409706, p4);
    let p = A::fma64(square, A::fma64(square, high, p2), p0);
    let half_square = 0.5 * f * f;
    // k times the low part of ln 2, plus low / (1 + f) to first order.
    let small = A::fma64(k, LN2_LO_64, A::fma64(-f, low, low));
    let correction = half_square - A::fma64(s, A::fma64(z, p, half_square), small);
    A::fma64(k, LN2_HI_64, f - correction)
}

/// ln x.
#[inline(always)]
pub(super) fn ln_f64<A: Arch>(x: f64) -> f64 {
    let (scale, back) = if x < f64::MIN_POSITIVE { (4_503_599_627_370_496.0, 52.0) } else { (1.0, 0.0) };
    let (k, m) = split64(x * scale);
    let k = k - back;
    edges64(x, ln_split64::<A>(k, m - 1.0, 0.0))
}

#[cfg(test)]
mod tests {
    use crate::math::testing::{edges, known, sweep};

    sweep!(ln, f64::ln);
    sweep!(log2, f64::log2);
    sweep!(log10, f64::log10);

    known!(
        ln_f64,
        ln,
        [
            (0.5, -0.69314718055994530941723212),
            (2.0, 0.69314718055994530941723212),
            (3.0, 1.0986122886681096913952452),
            (10.0, 2.3025850929940456840179915),
            (0.7071, -0.34658318037194200027813636),
            (0.7072, -0.34644176765870330084482274),
            (1.4142, 0.34656400018800330913909576),
            (1.4143, 0.34663470904431701146443326),
            (1.0000000001, 1.0000000826903709908196694e-10),
            (0.9999999999, -1.0000000827903710073677443e-10),
            (1e300, 690.7755278982137052579022),
            (1e-300, -690.77552789821370518033834),
            (5e-324, -744.4400719213812623141073),
            (1e-310, -713.8013788281541651006446),
            (1.7976931348623157e308, 709.78271289338399673222339),
        ]
    );

    known!(
        log2_f64,
        log2,
        [
            (0.3, -1.7369655941662062198070222),
            (3.0, 1.5849625007211561814537389),
            (1.0000000001, 1.4426951601859515650840612e-10),
            (0.9999999999, -1.4426951603302210930467831e-10),
            (1e300, 996.57842846620870443684419),
            (1e-310, -1029.7977094150823322473294),
        ]
    );

    known!(
        log10_f64,
        log10,
        [
            (0.3, -0.52287874528033757877709654),
            (3.0, 0.4771212547196624372950279),
            (1.0000000001, 4.3429451781522365549684174e-11),
            (0.9999999999, -4.3429451785865311087390453e-11),
            (1e300, 300.00000000000000002280253),
            (1e-310, -310.00000000000000132679885),
        ]
    );

    edges!(
        ln_edges,
        ln,
        [
            (0.0, f64::NEG_INFINITY),
            (-0.0, f64::NEG_INFINITY),
            (1.0, 0.0),
            (-1.0, f64::NAN),
            (f64::INFINITY, f64::INFINITY),
            (f64::NEG_INFINITY, f64::NAN),
            (f64::NAN, f64::NAN),
        ]
    );

    edges!(
        log2_edges,
        log2,
        [
            (0.0, f64::NEG_INFINITY),
            (-0.0, f64::NEG_INFINITY),
            (1.0, 0.0),
            (1024.0, 10.0),
            (0.25, -2.0),
            (-1.0, f64::NAN),
            (f64::INFINITY, f64::INFINITY),
            (f64::NEG_INFINITY, f64::NAN),
            (f64::NAN, f64::NAN),
        ]
    );

    edges!(
        log10_edges,
        log10,
        [
            (0.0, f64::NEG_INFINITY),
            (-0.0, f64::NEG_INFINITY),
            (1.0, 0.0),
            (1000.0, 3.0),
            (-1.0, f64::NAN),
            (f64::INFINITY, f64::INFINITY),
            (f64::NEG_INFINITY, f64::NAN),
            (f64::NAN, f64::NAN),
        ]
    );
}
