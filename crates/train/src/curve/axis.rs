//! An axis: a range of values with ticks.

/// A non-empty range of values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Axis {
    low: f64,
    high: f64,
}

/// The minimum width of a range, relative to its values. Narrower ranges are widened, because their labels would need
/// too many digits.
const NARROWEST: f64 = 1e-6;

impl Axis {
    /// The range of these finite values, widened if they are equal; 0 to 1 without values.
    pub(super) fn of(values: impl Iterator<Item = f64>) -> Self {
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        if low > high {
            return Axis { low: 0.0, high: 1.0 };
        }
        let size = low.abs().max(high.abs());
        if high / 2.0 - low / 2.0 > NARROWEST / 2.0 * size && size > f64::MIN_POSITIVE {
            return Axis { low, high };
        }
        let margin = if size > f64::MIN_POSITIVE { size / 2.0 } else { 0.5 };
        Axis { low: (low - margin).max(f64::MIN), high: (high + margin).min(f64::MAX) }
    }

    /// The relative position of a value: 0 at the low end, 1 at the high end.
    pub(super) fn place(&self, value: f64) -> f64 {
        let Axis { low, high } = self;
        (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0) // halved, because differences of large values overflow
    }

    /// About five ticks within the range, with a step of 1, 2 or 5 times a power of ten.
    pub(super) fn ticks(&self) -> Vec<f64> {
        let Axis { low, high } = self;
        let rough = high / 5.0 - low / 5.0;
        let power = rough.log10().floor() as i32;
        let steps =
            [(1, power), (2, power), (5, power), (1, power + 1)].map(|(m, p)| (m, p, f64::from(m) * scale(1.0, p)));
        let Some(&(digit, power, step)) = steps.iter().find(|s| s.2 >= rough).or(steps.last()) else {
            return Vec::new();
        };
        let (from, to) = ((low / step).ceil() as i64, (high / step).floor() as i64);
        // Computed from an integer, so that 3 steps of 0.1 are 0.3 and not 0.30000000000000004.
        (from..=to).take(20).map(|k| scale((k * i64::from(digit)) as f64, power)).collect()
    }
}

/// x · 10^power.
fn scale(x: f64, power: i32) -> f64 {
    if power < 0 { x / 10f64.powi(-power) } else { x * 10f64.powi(power) }
}

/// The label of a tick, with an exponent if it is very small or very large.
pub(super) fn label(tick: f64) -> String {
    if tick == 0.0 || (1e-4..1e6).contains(&tick.abs()) { format!("{tick}") } else { format!("{tick:e}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ticks_are_round() {
        let ticks = |low, high| Axis { low, high }.ticks();
        assert_eq!(ticks(0.0, 1.0), [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]);
        assert_eq!(ticks(0.13, 0.92), [0.2, 0.4, 0.6, 0.8]);
        assert_eq!(ticks(0.0, 30.0), [0.0, 10.0, 20.0, 30.0]);
        assert_eq!(ticks(0.0, 4e-15), [0.0, 1e-15, 2e-15, 3e-15, 4e-15]);
        assert_eq!([0.0, 0.3, 3e4, 2e-15, -5e6].map(label), ["0", "0.3", "30000", "2e-15", "-5e6"]);
    }

    #[test]
    fn ranges_of_equal_values_are_widened() {
        assert_eq!(Axis::of([2.0, 2.0].into_iter()), Axis { low: 1.0, high: 3.0 });
        assert_eq!(Axis::of([0.0].into_iter()), Axis { low: -0.5, high: 0.5 });
        assert_eq!(Axis::of([].into_iter()), Axis { low: 0.0, high: 1.0 });
    }

    proptest! {
        #[test]
        fn finite_values_are_within_their_axis(values in prop::collection::vec(prop::num::f64::ANY, 0..5)) {
            let values: Vec<f64> = values.into_iter().filter(|v| v.is_finite()).collect();
            let axis = Axis::of(values.iter().copied());
            prop_assert!(values.iter().all(|&v| (0.0..=1.0).contains(&axis.place(v))), "{axis:?}");
            let ticks = axis.ticks();
            let within = ticks.iter().all(|t| (-1e-6..=1.000001).contains(&axis.place(*t)));
            prop_assert!(ticks.len() <= 20 && within, "{axis:?} {ticks:?}");
        }
    }
}
