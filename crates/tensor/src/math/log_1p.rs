//! ln(1 + x), computed as the logarithm of the rounded sum u = 1 + x, corrected for the rounding error.

use super::log::{edges64, ln_lane, ln_split64, split64};
use super::simd::Arch;
use std::f64::consts::{LN_2, SQRT_2};

/// ln(1 + x), computed in `f64`.
#[inline(always)]
pub(super) fn ln_1p_f32<A: Arch>(x: f32) -> f32 {
    let wide = f64::from(x);
    let u = 1.0 + wide;
    let (k, ln_m) = ln_lane::<A>(u);
    let error = if wide < 1.0 { wide - (u - 1.0) } else { 0.0 }; // negligible for larger x
    let y = A::fma64(k, LN_2, ln_m + error);
    let y = edges64(u, y) as f32;
    if x == 0.0 { x } else { y }
}

/// ln(1 + x).
#[inline(always)]
pub(super) fn ln_1p_f64<A: Arch>(x: f64) -> f64 {
    let u = 1.0 + x;
    let (k, m) = split64(u);
    // The exact rounding error of 1 + x, whichever of the two terms is larger.
    let back = u - x;
    let error = (1.0 - back) + (x - (u - back));
    // Scaled like m: times 2^-k = m / u.
    let low = error * f64::from_bits(m.to_bits().wrapping_sub(u.to_bits()).wrapping_add(1.0_f64.to_bits()));
    let y = edges64(u, ln_split64::<A>(k, m - 1.0, low));
    if x == 0.0 { x } else { y }
}

/// ln(1 + e) for e in [0, 1]. The exponent k is 0 or 1, so a comparison determines it.
#[inline(always)]
pub(super) fn ln_1p_unit64<A: Arch>(e: f64) -> f64 {
    let u = 1.0 + e;
    let error = e - (u - 1.0);
    let (k, scale) = if u < SQRT_2 { (0.0, 1.0) } else { (1.0, 0.5) };
    ln_split64::<A>(k, A::fma64(u, scale, -1.0), error * scale)
}

#[cfg(test)]
mod tests {
    use crate::math::testing::{edges, known, sweep};

    sweep!(ln_1p, f64::ln_1p);

    known!(
        ln_1p_f64,
        ln_1p,
        [
            (0.5, 0.40546510810816438197801312),
            (-0.5, -0.69314718055994530941723212),
            (1.0, 0.69314718055994530941723212),
            (3.0, 1.3862943611198906188344642),
            (0.41421, 0.34657107129862741433645446),
            (0.41422, 0.34657814235925114987618551),
            (1e-20, 9.9999999999999994514827145e-21),
            (-1e-20, -9.9999999999999994515827145e-21),
            (1e-300, 1.0000000000000000250590918e-300),
            (1e-8, 9.999999950000000542558937e-9),
            (-1e-8, -1.0000000050000000542558946e-8),
            (1e-5, 9.9999500003333316513756921e-6),
            (-0.99999, -11.512925464974779446312511),
            (-0.2928, -0.34644176765870337933909767),
            (1e16, 36.841361487904731044287863),
            (1e300, 690.7755278982137052579022),
        ]
    );

    edges!(
        ln_1p_edges,
        ln_1p,
        [
            (0.0, 0.0),
            (-0.0, -0.0),
            (-1.0, f64::NEG_INFINITY),
            (-2.0, f64::NAN),
            (f64::INFINITY, f64::INFINITY),
            (f64::NEG_INFINITY, f64::NAN),
            (f64::NAN, f64::NAN),
        ]
    );
}
