//! The error function and the complementary error function.
//!
//! The polynomials are minimax in the error relative to the result, computed by Lawson's weighted least squares.

use super::exp::{exp_lane, exp_normal_f32};
use super::simd::Arch;

/// erf x: for |x| < 15/16, x + x p(x^2), p of degree 6, error 8.6e-10; otherwise 1 - e^(-q(|x|)), q of degree 6, error
/// 1.7e-9. For |x| > 4 the result rounds to 1.
#[inline(always)]
pub(super) fn erf_f32<A: Arch>(x: f32) -> f32 {
    let size = x.abs();
    let size = if size > 4.0 { 4.0 } else { size };

    let z = size * size;
    let p = A::fma32(z, 8.204_333_4e-5, -8.103_299e-4);
    let p = A::fma32(z, p, 5.197_562e-3);
    let p = A::fma32(z, p, -2.685_800_8e-2);
    let p = A::fma32(z, p, 1.128_367e-1);
    let p = A::fma32(z, p, -3.761_263_2e-1);
    let p = A::fma32(z, p, 1.283_791_7e-1);
    let near = A::fma32(size, p, size);

    let q = A::fma32(size, -1.982_659_2e-4, 3.065_907_4e-3);
    let q = A::fma32(size, q, -2.231_675e-2);
    let q = A::fma32(size, q, 1.041_166_5e-1);
    let q = A::fma32(size, q, 6.369_729e-1);
    let q = A::fma32(size, q, 1.127_799);
    let q = A::fma32(size, q, 1.660_316_3e-4);
    let far = 1.0 - exp_normal_f32::<A>(-q);

    (if size < 0.9375 { near } else { far }).copysign(x)
}

/// erfc x = e^(-x^2) w(x) for x >= 0, and 2 - erfc |x| for x < 0.
///
/// The scaled complementary error function w decreases smoothly from 1 to 1 / (x sqrt(pi)). It is approximated by a
/// polynomial of degree 10 in (x - 3) / (x + 3), with error 1.4e-9 up to 10.3, where erfc underflows in `f32`. The
/// computation is in `f64`, where x^2 is exact.
#[inline(always)]
pub(super) fn erfc_f32<A: Arch>(x: f32) -> f32 {
    let size = f64::from(x.abs());
    let size = if size > 10.3 { 10.3 } else { size };
    let t = (size - 3.0) / (size + 3.0);
    let w = A::fma64(t, 5.597122323085484e-5, 2.901354994954034e-5);
    let w = A::fma64(t, w, -0.0005945070383448193);
    let w = A::fma64(t, w, 0.000715667781873896);
    let w = A::fma64(t, w, 0.004268827144457143);
    let w = A::fma64(t, w, -0.02439422320487161);
    let w = A::fma64(t, w, 0.0716658739774998);
    let w = A::fma64(t, w, -0.1501157821148724);
    let w = A::fma64(t, w, 0.24560379696351822);
    let w = A::fma64(t, w, -0.32623356382304336);
    let w = A::fma64(t, w, 0.17900115126974503);
    let tail = exp_lane::<A>(-(size * size)) * w;
    (if x < 0.0 { 2.0 - tail } else { tail }) as f32
}

#[cfg(test)]
mod tests {
    use crate::math::testing::{edges, known, sweep};

    sweep!(erf, libm::erf);
    sweep!(erfc, libm::erfc);

    known!(
        erf_f64,
        erf,
        [
            (0.5, 0.52049987781304653768274665),
            (-0.5, -0.52049987781304653768274665),
            (1e-20, 1.128379167095512512008253e-20),
            (0.84, 0.765142711454994517342059),
            (1.0, 0.84270079294971486934122064),
            (2.0, 0.99532226501895273416206926),
            (-3.0, -0.99997790950300141455862722),
            (5.5, 0.99999999999999264215208203),
        ]
    );

    known!(
        erfc_f64,
        erfc,
        [
            (0.5, 0.47950012218695346231725335),
            (-0.5, 1.5204998778130465376827467),
            (1e-20, 0.99999999999999999998871621),
            (0.84, 0.234857288545005482657941),
            (1.0, 0.15729920705028513065877936),
            (2.0, 0.0046777349810472658379307436),
            (-3.0, 1.9999779095030014145586272),
            (5.0, 1.5374597944280348501883435e-12),
            (10.0, 2.0884875837625447570007863e-45),
            (26.0, 5.6631924088561428464757279e-296),
        ]
    );

    edges!(
        erf_edges,
        erf,
        [(0.0, 0.0), (-0.0, -0.0), (f64::INFINITY, 1.0), (f64::NEG_INFINITY, -1.0), (100.0, 1.0), (f64::NAN, f64::NAN),]
    );

    edges!(
        erfc_edges,
        erfc,
        [
            (0.0, 1.0),
            (-0.0, 1.0),
            (f64::INFINITY, 0.0),
            (f64::NEG_INFINITY, 2.0),
            (100.0, 0.0),
            (-100.0, 2.0),
            (f64::NAN, f64::NAN),
        ]
    );
}
