//! Numbers: away from kinks, and of very different size.

use proptest::prelude::*;

/// Numbers of `values`, moved out of the neighborhood of each kink: at least `gap` away from it.
///
/// For functions whose derivative jumps, as `abs` at 0 or `clamp` at its bounds. Kinks closer to each other than twice
/// the gap leave a number where the last of them puts it.
///
/// ```
/// use autograd::strategies::away_from;
/// use proptest::prelude::*;
/// proptest! {
///     # #![proptest_config(ProptestConfig::with_cases(8))]
///     fn smooth(x in away_from(&[-1.0, 1.0], 0.01, -2.0..2.0)) {
///         prop_assert!((x.abs() - 1.0).abs() >= 0.01);
///     }
/// }
/// # smooth();
/// ```
pub fn away_from(kinks: &[f64], gap: f64, values: impl Strategy<Value = f64>) -> impl Strategy<Value = f64> {
    let kinks = kinks.to_vec();
    // one more part in 2^40: so that rounding does not bring it back
    let moved = gap * (1.0 + 1e-12);
    values.prop_map(move |x| {
        kinks.iter().fold(x, |x, &kink| {
            if (x - kink).abs() >= gap {
                x
            } else if x < kink {
                kink - moved
            } else {
                kink + moved
            }
        })
    })
}

/// Numbers of either sign whose size is anywhere from 10^low to 10^high, as likely in each power of ten.
pub fn scales(low: i32, high: i32) -> impl Strategy<Value = f64> {
    (f64::from(low)..=f64::from(high), any::<bool>()).prop_map(|(e, negative)| {
        let size = 10f64.powf(e);
        if negative { -size } else { size }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest! {
        #[test]
        fn no_number_is_near_a_kink(x in away_from(&[0.0, 3.0], 0.1, -4.0..4.0)) {
            prop_assert!(x.abs() >= 0.1 && (x - 3.0).abs() >= 0.1);
        }

        #[test]
        fn scales_are_kept(x in scales(-6, 6)) {
            prop_assert!((0.99e-6..1.01e6).contains(&x.abs()));
        }
    }
}
