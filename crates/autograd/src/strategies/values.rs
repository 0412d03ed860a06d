//! Values away from kinks, and values of many orders of magnitude.

use proptest::prelude::*;

/// Values of the strategy `values`, moved to a distance of at least `gap` from each kink.
///
/// For functions whose derivative jumps, such as `abs` at 0 or `clamp` at its bounds. If two kinks are closer than
/// twice the gap, only the distance to the last one is guaranteed.
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
    // Slightly more than the gap, so that rounding does not reduce the distance below it.
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

/// Values of either sign with absolute values from 10^low to 10^high, uniform in the logarithm.
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
        fn no_value_is_near_a_kink(x in away_from(&[0.0, 3.0], 0.1, -4.0..4.0)) {
            prop_assert!(x.abs() >= 0.1 && (x - 3.0).abs() >= 0.1);
        }

        #[test]
        fn values_are_within_the_scales(x in scales(-6, 6)) {
            prop_assert!((0.99e-6..1.01e6).contains(&x.abs()));
        }
    }
}
