//! Powers and roots.

/// The cube root, computed in `f64` and rounded once.
#[inline(always)]
pub(super) fn cbrt_f32(x: f32) -> f32 {
    libm::cbrt(f64::from(x)) as f32
}

/// x^y, computed in `f64`.
#[inline(always)]
pub(super) fn powf_f32(x: f32, y: f32) -> f32 {
    f64::from(x).powf(f64::from(y)) as f32
}

/// x^n: a product if it rounds at most twice, otherwise the library's `powf`, which supports integer exponents of
/// negative numbers. Repeated squaring would have an error of about n / 2 units in the last place.
#[inline(always)]
pub(super) fn powi_f64(x: f64, n: i32) -> f64 {
    match n {
        0 => 1.0,
        1 => x,
        2 => x * x,
        3 => x * x * x,
        -1 => 1.0 / x,
        _ => x.powf(f64::from(n)),
    }
}

/// x^n, computed in `f64`, with products for common exponents.
#[inline(always)]
pub(super) fn powi_f32(x: f32, n: i32) -> f32 {
    let x = f64::from(x);
    let y = match n {
        -2 => 1.0 / (x * x),
        4 => (x * x) * (x * x),
        _ => powi_f64(x, n),
    };
    y as f32
}

/// sqrt(x^2 + y^2), computed in `f64`, where the squares of `f32` values neither overflow nor underflow.
#[inline(always)]
pub(super) fn hypot_f32(x: f32, y: f32) -> f32 {
    f64::from(x).hypot(f64::from(y)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::math::testing::{edges, relative, sweep, ulps};
    use crate::math::{Math, simd::Plain};

    sweep!(cbrt, libm::cbrt);
    sweep!(sqrt, f64::sqrt);

    edges!(
        cbrt_edges,
        cbrt,
        [
            (-8.0, -2.0),
            (0.0, 0.0),
            (-0.0, -0.0),
            (f64::INFINITY, f64::INFINITY),
            (f64::NEG_INFINITY, f64::NEG_INFINITY),
            (f64::NAN, f64::NAN),
        ]
    );

    edges!(
        sqrt_edges,
        sqrt,
        [(4.0, 2.0), (-0.0, -0.0), (-1.0, f64::NAN), (f64::INFINITY, f64::INFINITY), (f64::NAN, f64::NAN)]
    );

    #[test]
    #[allow(clippy::excessive_precision)] // all digits of the reference values are kept
    fn powers_with_integer_exponents() {
        let points = [
            (-2.0, 3, -8.0),
            (1.1, 2, 1.2100000000000001953992523),
            (1.1, 3, 1.3310000000000003224087664),
            (1.1, 7, 1.9487171000000011014235746),
            (-1.1, 7, -1.9487171000000011014235746),
            (1.1, -1, 0.90909090909090901750591573),
            (1.1, -2, 0.82644628099173540372976413),
            (1.1, -3, 0.75131480090157757909054989),
            (-1.1, -3, -0.75131480090157757909054989),
            (1.1, 4, 1.4641000000000004728661906),
            (0.99, 1000, 4.3171247410657863677821701e-5),
            (1.0000001, 1000000, 1.1051709126143207122499114),
            (3.7, -200, 2.2890495123265548175116484e-114),
            (-1.3, 101, -322313564425.57754141286956),
        ];
        for (x, n, want) in points {
            assert!(relative(powi_f64(x, n), want) <= 4e-16, "{x}^{n}");
            let narrow = x as f32;
            let error = ulps(powi_f32(narrow, n), f64::from(narrow).powf(n.into()));
            assert!(error <= 1.0, "{narrow}^{n}: {error} ulp");
        }
        for x in [0.0, -0.0, 3.0, f64::INFINITY, f64::NAN] {
            assert_eq!(powi_f64(x, 0), 1.0);
        }
        assert_eq!(powi_f64(-0.0, 3).to_bits(), (-0.0_f64).to_bits());
        assert_eq!(powi_f64(0.0, -1), f64::INFINITY);
        assert_eq!(powi_f64(-2.0, i32::MIN), 0.0);
        assert_eq!(powi_f32(2.0, 128), f32::INFINITY);
    }

    #[test]
    fn powers_of_negative_and_zero_bases() {
        assert!(Math::powf::<Plain>(-2.0_f64, 0.5).is_nan());
        assert!(Math::powf::<Plain>(-2.0_f32, 0.5).is_nan());
        assert_eq!(Math::powf::<Plain>(-2.0_f32, 3.0), -8.0);
        assert_eq!(Math::powf::<Plain>(0.0_f64, 0.0), 1.0);
        assert_eq!(Math::powf::<Plain>(0.0_f32, -1.0), f32::INFINITY);
    }

    #[test]
    fn hypot_avoids_intermediate_overflow_and_underflow() {
        assert!(relative(Math::hypot::<Plain>(3e200_f64, 4e200), 5e200) <= 2.3e-16);
        assert!(relative(Math::hypot::<Plain>(3e-200_f64, 4e-200), 5e-200) <= 2.3e-16);
        assert!(ulps(Math::hypot::<Plain>(3e30_f32, 4e30), 5e30) <= 1.0);
        assert!(ulps(Math::hypot::<Plain>(3e-30_f32, 4e-30), 5e-30) <= 1.0);
        assert_eq!(Math::hypot::<Plain>(f32::INFINITY, f32::NAN), f32::INFINITY);
    }
}
