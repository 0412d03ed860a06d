//! One rate after the other.

use super::Schedule;
use crate::setting;

/// Value i while b₍ᵢ₋₁₎ < t <= bᵢ: a step that stands on a boundary still has the old rate. Keras's
/// `PiecewiseConstantDecay`.
///
/// ```
/// use optim::{Piecewise, Schedule};
/// let schedule = Piecewise::new([50_000, 75_000], [0.01, 0.005, 0.001]);
/// assert_eq!((schedule.rate(50_000), schedule.rate(50_001), schedule.rate(99_999)), (0.01, 0.005, 0.001));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Piecewise {
    boundaries: Vec<u64>,
    rates: Vec<f64>,
}

impl Piecewise {
    /// The last steps of all rates but the last, and the rates.
    ///
    /// # Panics
    /// If there is not one rate more than there are boundaries, the boundaries do not rise, or a rate is negative,
    /// infinite or NaN.
    #[track_caller]
    pub fn new(boundaries: impl Into<Vec<u64>>, rates: impl Into<Vec<f64>>) -> Self {
        let (boundaries, rates) = (boundaries.into(), rates.into());
        let (b, r) = (boundaries.len(), rates.len());
        assert!(r == b + 1, "{b} boundaries part {} rates, but there are {r}", b + 1);
        assert!(boundaries.is_sorted_by(|a, b| a < b), "boundaries must rise, but are {boundaries:?}");
        for &rate in &rates {
            setting::from_zero("a learning rate", rate);
        }
        Piecewise { boundaries, rates }
    }
}

impl Schedule for Piecewise {
    fn rate(&self, step: u64) -> f64 {
        self.rates[self.boundaries.partition_point(|&boundary| boundary < step)]
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::rates;
    use super::*;

    #[test]
    fn a_boundary_keeps_the_old_rate() {
        let schedule = Piecewise::new([5, 15], [0.01, 0.005, 0.001]);
        rates(schedule, &[(0, 0.01), (5, 0.01), (6, 0.005), (15, 0.005), (16, 0.001), (u64::MAX, 0.001)]);
        rates(Piecewise::new([], [0.5]), &[(0, 0.5), (9, 0.5)]);
    }

    #[test]
    #[should_panic(expected = "2 boundaries part 3 rates, but there are 2")]
    fn too_few_rates() {
        Piecewise::new([5, 15], [0.01, 0.005]);
    }

    #[test]
    #[should_panic(expected = "boundaries must rise, but are [5, 5]")]
    fn boundaries_that_stand_still() {
        Piecewise::new([5, 5], [0.1, 0.2, 0.3]);
    }
}
