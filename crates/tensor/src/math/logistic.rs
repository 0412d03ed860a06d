//! The logistic function and related functions: sigmoid, its integral softplus, and
//! ln(e^a + e^b) = a + softplus(b - a).

use super::exp::{exp_negative_f32, exp_negative_f64};
use super::log_1p::ln_1p_unit64;
use super::simd::Arch;

/// 1 / (1 + e^-x) = e^x / (1 + e^x), in the form whose exponential is e = e^-|x| <= 1.
///
/// The rounding error of 1 + e is corrected; without this the error would be 2.4 units in the last place. To first
/// order it changes the quotient y by -y error / (1 + e). The division by 1 + e <= 2 is omitted: for small e it makes
/// no difference, and for e near 1 the error is only half as large.
#[inline(always)]
pub(super) fn sigmoid_f32<A: Arch>(x: f32) -> f32 {
    let e = exp_negative_f32::<A>(-x.abs());
    let denominator = 1.0 + e;
    let error = e - (denominator - 1.0);
    let y = (if x < 0.0 { e } else { 1.0 }) / denominator;
    A::fma32(-y, error, y)
}

/// Like [`sigmoid_f32`], without the correction.
#[inline(always)]
pub(super) fn sigmoid_f64<A: Arch>(x: f64) -> f64 {
    let e = exp_negative_f64::<A>(-x.abs());
    (if x < 0.0 { e } else { 1.0 }) / (1.0 + e)
}

/// e / (1 + e)^2 with e = e^-|x|: the product of two sigmoids, with one exponential. The error is at most 3 units in
/// the last place. A correction as in [`sigmoid_f32`] is not worth its cost for a derivative.
#[inline(always)]
pub(super) fn bell_f32<A: Arch>(x: f32) -> f32 {
    let e = exp_negative_f32::<A>(-x.abs());
    e / A::fma32(e, e + 2.0, 1.0)
}

/// Like [`bell_f32`].
#[inline(always)]
pub(super) fn bell_f64<A: Arch>(x: f64) -> f64 {
    let e = exp_negative_f64::<A>(-x.abs());
    e / A::fma64(e, e + 2.0, 1.0)
}

/// a + ln(1 + e) for e in [0, 1]: ln(1 + e) = e + e^2 q(e), q of degree 8 (minimax in relative error, by Lawson's
/// weighted least squares: 5.3e-9). This needs no exponent, and the relative error vanishes as e goes to 0.
///
/// The last sums are computed in `f64`; in `f32` each would add an error of half a unit in the last place.
#[inline(always)]
fn add_ln_1p_unit32<A: Arch>(a: f32, e: f32) -> f32 {
    let square = e * e;
    let q0 = A::fma32(e, 3.333_047e-1, -4.999_993e-1);
    let q2 = A::fma32(e, 1.969_309_7e-1, -2.495_814_7e-1);
    let q4 = A::fma32(e, 1.066_913_6e-1, -1.534_869_5e-1);
    let q6 = A::fma32(e, 2.014_379_2e-2, -5.755_104e-2);
    let fourth = square * square;
    let high = A::fma32(square, A::fma32(square, -3.304_874e-3, q6), q4);
    let q = f64::from(A::fma32(fourth, high, A::fma32(square, q2, q0)));
    let e = f64::from(e);
    (f64::from(a) + A::fma64(e * e, q, e)) as f32
}

/// ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|).
#[inline(always)]
pub(super) fn softplus_f32<A: Arch>(x: f32) -> f32 {
    let positive = if x < 0.0 { 0.0 } else { x };
    add_ln_1p_unit32::<A>(positive, exp_negative_f32::<A>(-x.abs()))
}

/// Like [`softplus_f32`].
#[inline(always)]
pub(super) fn softplus_f64<A: Arch>(x: f64) -> f64 {
    (if x < 0.0 { 0.0 } else { x }) + ln_1p_unit64::<A>(exp_negative_f64::<A>(-x.abs()))
}

/// ln(e^a + e^b) = max(a, b) + ln(1 + e^-|a - b|). The difference of equal infinities is taken as 0.
#[inline(always)]
pub(super) fn log_add_exp_f32<A: Arch>(a: f32, b: f32) -> f32 {
    let difference = if a == b { 0.0 } else { a - b };
    let larger = if a > b { a } else { b };
    add_ln_1p_unit32::<A>(larger, exp_negative_f32::<A>(-difference.abs()))
}

/// Like [`log_add_exp_f32`].
#[inline(always)]
pub(super) fn log_add_exp_f64<A: Arch>(a: f64, b: f64) -> f64 {
    let difference = if a == b { 0.0 } else { a - b };
    (if a > b { a } else { b }) + ln_1p_unit64::<A>(exp_negative_f64::<A>(-difference.abs()))
}

#[cfg(test)]
mod tests {
    use crate::math::testing::{check_within, edges, known, relative, sweep, ulps};
    use crate::math::{Math, simd::Plain};
    use std::f64::consts::LN_2;

    sweep!(sigmoid, |x: f64| (if x < 0.0 { x.exp() } else { 1.0 }) / (1.0 + (-x.abs()).exp()));
    #[test]
    fn bell() {
        crate::math::testing::function!(bell);
        let truth = |x: f64| {
            let e = (-x.abs()).exp();
            e / ((1.0 + e) * (1.0 + e))
        };
        check_within(3.0, "bell", Function, truth);
    }

    sweep!(softplus, |x: f64| (if x < 0.0 { 0.0 } else { x }) + (-x.abs()).exp().ln_1p());

    known!(
        sigmoid_f64,
        sigmoid,
        [
            (0.5, 0.62245933120185456463890057),
            (-0.5, 0.37754066879814543536109943),
            (1e-20, 0.5000000000000000000025),
            (1.0, 0.73105857863000487925115924),
            (-1.0, 0.26894142136999512074884076),
            (5.0, 0.99330714907571514444063802),
            (-5.0, 0.0066928509242848555593619804),
            (-20.0, 2.0611536181902035814308621e-9),
            (40.0, 0.99999999999999999575164574),
            (-40.0, 4.2483542552915889772807209e-18),
            (-700.0, 9.8596765437597708567053729e-305),
            (-708.0, 3.3075530036384079962011743e-308),
            (700.0, 1.0),
        ]
    );

    known!(
        bell_f64,
        bell,
        [
            (0.5, 0.2350037122015944890693027),
            (-0.5, 0.2350037122015944890693027),
            (1.0, 0.19661193324148185253742473),
            (5.0, 0.0066480566707901549139985345),
            (40.0, 4.248354255291588959232207e-18),
            (-40.0, 4.248354255291588959232207e-18),
            (700.0, 9.8596765437597708567053729e-305),
        ]
    );

    known!(
        softplus_f64,
        softplus,
        [
            (0.5, 0.97407698418010668087299736),
            (-0.5, 0.47407698418010668087299736),
            (1e-20, 0.69314718055994530942223212),
            (1.0, 1.3132616875182228340489955),
            (-1.0, 0.31326168751822283404899549),
            (5.0, 5.0067153484891180686164167),
            (-5.0, 0.0067153484891180686164166877),
            (21.0, 21.000000000758256042503715),
            (-20.0, 2.0611536203143807032389828e-9),
            (-40.0, 4.2483542552915889863049778e-18),
            (-700.0, 9.8596765437597708567053729e-305),
            (700.0, 700.0),
            (1e300, 1.0000000000000000525047603e300),
        ]
    );

    edges!(
        sigmoid_edges,
        sigmoid,
        [
            (0.0, 0.5),
            (-0.0, 0.5),
            (f64::INFINITY, 1.0),
            (f64::NEG_INFINITY, 0.0),
            (1000.0, 1.0),
            (-1000.0, 0.0),
            (f64::NAN, f64::NAN),
        ]
    );

    edges!(
        bell_edges,
        bell,
        [(0.0, 0.25), (-0.0, 0.25), (f64::INFINITY, 0.0), (f64::NEG_INFINITY, 0.0), (f64::NAN, f64::NAN),]
    );

    edges!(
        softplus_edges,
        softplus,
        [
            (f64::INFINITY, f64::INFINITY),
            (f64::NEG_INFINITY, 0.0),
            (1000.0, 1000.0),
            (-1000.0, 0.0),
            (f64::NAN, f64::NAN),
        ]
    );

    #[test]
    fn log_add_exp_of_large_and_infinite_arguments() {
        let (inf, nan) = (f64::INFINITY, f64::NAN);
        let points = [
            (1e4, 1e4, 10000.69314718056),
            (-1e4, -1e4, -9999.30685281944),
            (0.0, 0.0, LN_2),
            (1.0, 3.0, 3.1269280110429726),
            (5.0, -1000.0, 5.0),
            (-inf, -inf, -inf),
            (inf, inf, inf),
            (-inf, 2.0, 2.0),
            (inf, -inf, inf),
            (nan, 1.0, nan),
            (1.0, nan, nan),
        ];
        for (a, b, want) in points {
            for (a, b) in [(a, b), (b, a)] {
                let got = Math::log_add_exp::<Plain>(a, b);
                assert!(relative(got, want) <= 4e-16, "({a}, {b}): got {got}, expected {want}");
                let got = Math::log_add_exp::<Plain>(a as f32, b as f32);
                assert!(ulps(got, want) <= 2.0, "f32 ({a}, {b}): got {got}, expected {want}");
            }
        }
    }
}
