//! Piecewise constant learning rates.

use super::Schedule;
use crate::setting;

/// The i-th rate while b₍ᵢ₋₁₎ < t <= bᵢ, so a step that equals a boundary still has the earlier rate. Keras:
/// `PiecewiseConstantDecay`.
///
/// ```
/// use optim::{PiecewiseConstantDecay, Schedule};
/// let schedule = PiecewiseConstantDecay::new([50_000, 75_000], [0.01, 0.005, 0.001]);
/// assert_eq!((schedule.rate(50_000), schedule.rate(50_001), schedule.rate(99_999)), (0.01, 0.005, 0.001));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PiecewiseConstantDecay {
    boundaries: Vec<u64>,
    rates: Vec<f64>,
}

impl PiecewiseConstantDecay {
    /// Creates a schedule from the boundaries bᵢ and one rate more than there are boundaries.
    ///
    /// # Panics
    /// If the number of rates is not the number of boundaries plus one, if the boundaries are not strictly increasing,
    /// or if a rate is negative, infinite or NaN.
    #[track_caller]
    pub fn new(boundaries: impl Into<Vec<u64>>, rates: impl Into<Vec<f64>>) -> Self {
        let (boundaries, rates) = (boundaries.into(), rates.into());
        let (b, r) = (boundaries.len(), rates.len());
        assert!(r == b + 1, "{b} boundaries need {} rates, got {r}", b + 1);
        assert!(
            boundaries.is_sorted_by(|a, b| a < b),
            "the boundaries must be strictly increasing, got {boundaries:?}"
        );
        for &rate in &rates {
            setting::non_negative("a learning rate", rate);
        }
        PiecewiseConstantDecay { boundaries, rates }
    }
}

impl Schedule for PiecewiseConstantDecay {
    fn rate(&self, step: u64) -> f64 {
        self.rates[self.boundaries.partition_point(|&boundary| boundary < step)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::rates;
    use super::*;

    #[test]
    fn a_boundary_has_the_earlier_rate() {
        let schedule = PiecewiseConstantDecay::new([5, 15], [0.01, 0.005, 0.001]);
        rates(schedule, &[(0, 0.01), (5, 0.01), (6, 0.005), (15, 0.005), (16, 0.001), (u64::MAX, 0.001)]);
        rates(PiecewiseConstantDecay::new([], [0.5]), &[(0, 0.5), (9, 0.5)]);
    }

    #[test]
    #[should_panic(expected = "2 boundaries need 3 rates, got 2")]
    fn too_few_rates_are_rejected() {
        PiecewiseConstantDecay::new([5, 15], [0.01, 0.005]);
    }

    #[test]
    #[should_panic(expected = "the boundaries must be strictly increasing, got [5, 5]")]
    fn equal_boundaries_are_rejected() {
        PiecewiseConstantDecay::new([5, 5], [0.1, 0.2, 0.3]);
    }
}
