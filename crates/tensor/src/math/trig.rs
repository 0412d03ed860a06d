//! Sine, cosine and tangent, and the inverse functions.
//!
//! The `f32` functions compute in `f64`. In units of a quarter turn, x is n + t with |t| <= 1/2. Polynomials
//! approximate sin and cos of t quarter turns, and n mod 4 determines which of the two is the result, and its sign. The
//! polynomials are minimax in relative error (by Lawson's weighted least squares).

use super::reduce::ROUND64;
use super::simd::Arch;

/// 2/pi in three parts, the first two of 28 bits each, for five ranges of |x|.
///
/// For |x| >= 2^T, the last bit of an `f32` is worth at least 2^(T - 23). So the bits of 2/pi worth 2^(25 - T) or more
/// contribute whole turns to the product and are omitted (Payne and Hanek). The product of a part of 28 bits and the 24
/// bits of x is exact.
const QUARTER_TURNS: [[f64; 3]; 5] = [
    [0.6366197690367699, 3.3308114738561656e-9, 2.276010073078396e-18],
    [0.13661977089941502, 1.4681663246252086e-9, 2.276010073078396e-18],
    [3.330811459978378e-9, 1.6153797803925804e-17, 7.696704864039572e-26],
    [7.166494882838848e-17, 2.83762200841452e-25, 9.372006544409767e-34],
    [1.1109428103129918e-24, 4.018688549560441e-33, 1.590011303568902e-41],
];
const TWO_26: f64 = 67_108_864.0;
const TWO_52: f64 = TWO_26 * TWO_26;
const TWO_78: f64 = TWO_52 * TWO_26;
const TWO_104: f64 = TWO_52 * TWO_52;

/// Returns `(bits, t)`, where x is n + t quarter turns and the low bits of `bits` are n mod 4. `x` must be an `f32`
/// value.
#[inline(always)]
fn reduce<A: Arch>(x: f64) -> (u64, f64) {
    let size = x.abs();
    let [near, middle, far, farther, farthest] = QUARTER_TURNS;
    // Selections instead of an indexed load, because lanes may be in different ranges.
    let parts = if size < TWO_26 { near } else { middle };
    let parts = if size < TWO_52 { parts } else { far };
    let parts = if size < TWO_78 { parts } else { farther };
    let [first, second, third] = if size < TWO_104 { parts } else { farthest };

    let (bits1, rest1) = round(x * first);
    let (bits2, rest2) = round(x * second);
    let (bits3, t) = round(A::fma64(x, third, rest1 + rest2));
    (bits1.wrapping_add(bits2).wrapping_add(bits3), t)
}

/// Returns the nearest integer in the low bits, and the exact remainder. A zero remainder has the sign of y.
#[inline(always)]
fn round(y: f64) -> (u64, f64) {
    let rounded = y + ROUND64;
    (rounded.to_bits(), y - (rounded - ROUND64))
}

/// sin and cos of t quarter turns, |t| <= 1/2: t S(t^2), error 4.6e-12, and C(t^2), error 5.6e-11.
#[inline(always)]
fn sin_cos<A: Arch>(t: f64) -> (f64, f64) {
    let z = t * t;
    let s = A::fma64(z, 0.0001581939038210492, -0.004681260193549533);
    let s = A::fma64(z, s, 0.07969258180392759);
    let s = A::fma64(z, s, -0.645964096102718);
    let s = A::fma64(z, s, 1.570796326787814);
    let c = A::fma64(z, 0.0009033547389128445, -0.02085993290661075);
    let c = A::fma64(z, c, 0.25366918230605995);
    let c = A::fma64(z, c, -1.2337005395664653);
    let c = A::fma64(z, c, 0.9999999999444252);
    (t * s, c)
}

/// Negates y in the quadrants 2 and 3.
#[inline(always)]
fn signed(y: f64, quadrant: u64) -> f64 {
    f64::from_bits(y.to_bits() ^ ((quadrant & 2) << 62))
}

/// sin x.
#[inline(always)]
pub(super) fn sin_f32<A: Arch>(x: f32) -> f32 {
    let (n, t) = reduce::<A>(f64::from(x));
    let (sin, cos) = sin_cos::<A>(t);
    signed(if n & 1 == 0 { sin } else { cos }, n) as f32
}

/// cos x = sin(x + pi/2).
#[inline(always)]
pub(super) fn cos_f32<A: Arch>(x: f32) -> f32 {
    let (n, t) = reduce::<A>(f64::from(x));
    let (sin, cos) = sin_cos::<A>(t);
    signed(if n & 1 == 0 { cos } else { sin }, n.wrapping_add(1)) as f32
}

/// tan x = sin t / cos t, or -cos t / sin t in the odd quadrants.
#[inline(always)]
pub(super) fn tan_f32<A: Arch>(x: f32) -> f32 {
    let (n, t) = reduce::<A>(f64::from(x));
    let (sin, cos) = sin_cos::<A>(t);
    let (numerator, denominator) = if n & 1 == 0 { (sin, cos) } else { (-cos, sin) };
    (numerator / denominator) as f32
}

/// The inverse sine, computed in `f64` and rounded once.
#[inline(always)]
pub(super) fn asin_f32(x: f32) -> f32 {
    f64::from(x).asin() as f32
}

/// The inverse cosine, computed in `f64`.
#[inline(always)]
pub(super) fn acos_f32(x: f32) -> f32 {
    f64::from(x).acos() as f32
}

/// The inverse tangent, computed in `f64`.
#[inline(always)]
pub(super) fn atan_f32(x: f32) -> f32 {
    f64::from(x).atan() as f32
}

/// The angle of (x, y), computed in `f64`.
#[inline(always)]
pub(super) fn atan2_f32(y: f32, x: f32) -> f32 {
    f64::from(y).atan2(f64::from(x)) as f32
}

#[cfg(test)]
mod tests {
    use crate::math::testing::{edges, known, sweep};

    sweep!(sin, f64::sin);
    sweep!(cos, f64::cos);
    sweep!(tan, f64::tan);
    sweep!(asin, f64::asin);
    sweep!(acos, f64::acos);
    sweep!(atan, f64::atan);

    known!(
        sin_f64,
        sin,
        [
            (0.5, 0.47942553860420300027328794),
            (-1.0, -0.84147098480789650665250232),
            (3.0, 0.1411200080598672221007448),
            (1e-20, 9.9999999999999994515327145e-21),
            (100.0, -0.50636564110975879365655761),
            (3.141592653589793, 1.2246467991473531772260659e-16),
            (1e22, -0.85220084976718880177270589),
        ]
    );

    known!(
        cos_f64,
        cos,
        [
            (0.5, 0.87758256189037271611628158),
            (-1.0, 0.54030230586813971740093661),
            (3.0, -0.98999249660044545727157279),
            (1e-20, 1.0),
            (100.0, 0.86231887228768393410193851),
            (1.5707963267948966, 6.1232339957367658861303297e-17),
            (1e22, 0.52321478539513894549759447),
        ]
    );

    known!(
        tan_f64,
        tan,
        [
            (0.5, 0.54630248984379051325517947),
            (-1.0, -1.5574077246549022305069748),
            (3.0, -0.14254654307427780529563541),
            (1e-20, 9.9999999999999994515327145e-21),
            (100.0, -0.58721391515692907667780964),
            (1.5707963267948966, 16331239353195369.755967737),
            (1e22, -1.6287782256068988785493759),
        ]
    );

    known!(
        asin_f64,
        asin,
        [
            (0.5, 0.52359877559829887307710723),
            (-0.9, -1.119769514998634237627203),
            (1e-20, 9.9999999999999994515327145e-21),
            (0.999999, 1.5693821131146520341377898),
        ]
    );

    known!(
        acos_f64,
        acos,
        [
            (0.5, 1.0471975511965977461542145),
            (-0.9, 2.6905658417935308568585247),
            (1e-20, 1.5707963267948966192213217),
            (0.999999, 0.0014142136802445850935319212),
        ]
    );

    known!(
        atan_f64,
        atan,
        [
            (0.5, 0.46364760900080611621425623),
            (-0.9, -0.7328151017865066039084498),
            (1e-20, 9.9999999999999994515327145e-21),
            (1e20, 1.5707963267948966192213217),
        ]
    );

    edges!(
        sin_edges,
        sin,
        [(0.0, 0.0), (-0.0, -0.0), (f64::INFINITY, f64::NAN), (f64::NEG_INFINITY, f64::NAN), (f64::NAN, f64::NAN),]
    );

    edges!(
        cos_edges,
        cos,
        [(0.0, 1.0), (-0.0, 1.0), (f64::INFINITY, f64::NAN), (f64::NEG_INFINITY, f64::NAN), (f64::NAN, f64::NAN),]
    );

    edges!(
        tan_edges,
        tan,
        [(0.0, 0.0), (-0.0, -0.0), (f64::INFINITY, f64::NAN), (f64::NEG_INFINITY, f64::NAN), (f64::NAN, f64::NAN),]
    );

    edges!(asin_edges, asin, [(0.0, 0.0), (-0.0, -0.0), (2.0, f64::NAN), (f64::NAN, f64::NAN),]);

    edges!(acos_edges, acos, [(1.0, 0.0), (-1.5, f64::NAN), (f64::NAN, f64::NAN),]);

    edges!(atan_edges, atan, [(0.0, 0.0), (-0.0, -0.0), (f64::NAN, f64::NAN),]);

    #[test]
    fn atan2_of_four_quadrants_and_signed_zeros() {
        use crate::math::{Math, simd::Plain};
        use std::f64::consts::PI;
        let points = [
            (1.0, 1.0, PI / 4.0),
            (1.0, -1.0, 3.0 * PI / 4.0),
            (-1.0, -1.0, -3.0 * PI / 4.0),
            (-1.0, 1.0, -PI / 4.0),
            (0.0, -1.0, PI),
            (-0.0, -1.0, -PI),
            (0.0, 0.0, 0.0),
        ];
        for (y, x, want) in points {
            assert_eq!(Math::atan2::<Plain>(y, x), want);
            assert_eq!(Math::atan2::<Plain>(y as f32, x as f32), want as f32);
        }
    }
}
