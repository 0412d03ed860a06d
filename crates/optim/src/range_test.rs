//! Which learning rate to begin with.

use crate::schedule::{Exponential, Schedule};
use crate::setting;

/// The learning-rate range test (Smith 2015): train while the rate rises geometrically from one that is far too small,
/// and watch where the loss falls, and where it blows up.
///
/// ```
/// use autograd::{Params, Tape};
/// use optim::{Optimizer, RangeTest, Sgd};
/// use tensor::tensor;
///
/// let mut params = Params::new();
/// let w = params.add("w", tensor![3.0, -2.0]);
/// let mut sgd = Sgd::new(0.0);
/// let mut test = RangeTest::over(1e-4, 10.0, 200);
/// while let Some(rate) = test.next_rate() {
///     sgd.set_learning_rate(rate)?;
///     let tape = Tape::new();
///     let loss = params.bind(&tape).var(w).square().sum();
///     let grads = loss.backward();
///     sgd.step(&mut params, &grads);
///     test.record(loss.value());
/// }
/// // On w² gradient descent diverges from a rate of 1 on.
/// let rate = test.suggestion().unwrap();
/// assert!(rate > 0.01 && rate < 1.0, "{rate}");
/// # Ok::<(), optim::RateError>(())
/// ```
///
/// Do it with a copy of the parameters (`params.clone()`): what it leaves of them is no good.
#[derive(Clone, Debug, PartialEq)]
pub struct RangeTest {
    ramp: Exponential,
    /// How many steps at most.
    steps: u64,
    blow_up: f64,
    curve: Vec<(f64, f64)>,
    best: f64,
    over: bool,
}

impl RangeTest {
    /// From `lowest` to `highest` in so many steps.
    ///
    /// # Panics
    /// If not 0 < `lowest` < `highest`, or there are fewer than 2 steps.
    #[track_caller]
    pub fn over(lowest: f64, highest: f64, steps: u64) -> Self {
        setting::positive("the lowest rate", lowest);
        setting::positive("the highest rate", highest);
        assert!(lowest < highest, "the lowest rate, {lowest}, must lie below the highest, {highest}");
        assert!(steps >= 2, "a ramp takes at least 2 steps, not {steps}");
        RangeTest::along(Exponential::new(lowest, steps - 1, highest / lowest), steps)
    }

    /// From `lowest`, times `factor` with each step, until the loss blows up. Géron: from 1e-3, times 1.005.
    ///
    /// # Panics
    /// If the rate is not above 0 or the factor not above 1.
    #[track_caller]
    pub fn from(lowest: f64, factor: f64) -> Self {
        setting::positive("the lowest rate", lowest);
        assert!(factor > 1.0 && factor.is_finite(), "the factor must be a number above 1, but is {factor}");
        RangeTest::along(Exponential::new(lowest, 1, factor), u64::MAX)
    }

    fn along(ramp: Exponential, steps: u64) -> Self {
        RangeTest { ramp, steps, blow_up: 4.0, curve: Vec::new(), best: f64::INFINITY, over: false }
    }

    /// The test ends when the loss exceeds the best so far by this factor: 4 unless set.
    ///
    /// # Panics
    /// If it is not above 1.
    #[track_caller]
    pub fn blow_up(mut self, factor: f64) -> Self {
        assert!(factor > 1.0, "the factor must be a number above 1, but is {factor}");
        self.blow_up = factor;
        self
    }

    /// The rate to train with in the next step; none when the test is over.
    pub fn next_rate(&self) -> Option<f64> {
        let step = self.curve.len() as u64;
        let rate = self.ramp.rate(step);
        (!self.over && step < self.steps && rate.is_finite()).then_some(rate)
    }

    /// Takes in the loss of a step with [`next_rate`](RangeTest::next_rate). A loss that is not finite, or exceeds the
    /// best by far, ends the test.
    pub fn record(&mut self, loss: impl Into<f64>) {
        let Some(rate) = self.next_rate() else { return };
        let loss = loss.into();
        self.curve.push((rate, loss));
        // Below 0 there is no factor of a loss: there only what is not finite ends the test.
        self.over = !loss.is_finite() || (self.best > 0.0 && loss > self.blow_up * self.best);
        self.best = self.best.min(loss);
    }

    /// Each rate with the loss that was met there: to be drawn over the logarithm of the rate.
    pub fn curve(&self) -> &[(f64, f64)] {
        &self.curve
    }

    /// The losses, smoothed: an exponential moving average, corrected for its start. It leaves out what is not finite.
    pub fn smoothed(&self) -> Vec<(f64, f64)> {
        // A tenth of what was recorded, but no more than some twenty losses, count.
        let keep = 1.0 - 1.0 / (self.curve.len() as f64 / 10.0).clamp(1.0, 20.0);
        let (mut sum, mut weight) = (0.0, 0.0);
        let finite = self.curve.iter().filter(|(_, loss)| loss.is_finite());
        finite
            .map(|&(rate, loss)| {
                sum = keep * sum + (1.0 - keep) * loss;
                weight = keep * weight + (1.0 - keep);
                (rate, sum / weight)
            })
            .collect()
    }

    /// A rate to train with: a tenth of that at which the smoothed loss was least. None if no loss was finite, or
    /// none was less than the first.
    pub fn suggestion(&self) -> Option<f64> {
        let smoothed = self.smoothed();
        let (first, _) = smoothed.first()?;
        let (rate, _) = smoothed.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
        (rate > first).then_some(rate / 10.0)
    }

    /// The rate at which the smoothed loss fell fastest, over the logarithm of the rate: bolder than
    /// [`suggestion`](RangeTest::suggestion). None if it never fell.
    pub fn steepest(&self) -> Option<f64> {
        let smoothed = self.smoothed();
        let slopes = smoothed.windows(2).map(|pair| (pair[1].0, pair[1].1 - pair[0].1));
        slopes.filter(|(_, slope)| *slope < 0.0).min_by(|a, b| a.1.total_cmp(&b.1)).map(|(rate, _)| rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(mut test: RangeTest, loss: impl Fn(f64) -> f64) -> RangeTest {
        while let Some(rate) = test.next_rate() {
            test.record(loss(rate));
        }
        test
    }

    #[test]
    fn a_geometric_ramp() {
        let test = run(RangeTest::over(1e-3, 10.0, 5), |_| 1.0);
        let rates: Vec<f64> = test.curve().iter().map(|(rate, _)| *rate).collect();
        for (got, expected) in rates.iter().zip([1e-3, 1e-2, 0.1, 1.0, 10.0]) {
            assert!((got / expected - 1.0).abs() < 1e-12, "{rates:?}");
        }
        assert_eq!((rates.len(), test.suggestion(), test.steepest()), (5, None, None));
    }

    /// 1719 batches from 1e-3 by 1.005 end at 5.29, as in Géron's chapter 11.
    #[test]
    fn the_last_rate_of_an_epoch() {
        let mut test = RangeTest::from(1e-3, 1.005);
        for _ in 0..1719 {
            test.record(1.0);
        }
        assert!((test.next_rate().unwrap() - 5.29).abs() < 0.005);
    }

    #[test]
    fn a_loss_that_blows_up_ends_the_test() {
        let test =
            run(RangeTest::from(1e-3, 1.1).blow_up(3.0), |rate| if rate < 0.5 { 1.0 - rate } else { 8.0 * rate });
        let (before, last) = (test.curve()[test.curve().len() - 2], test.curve()[test.curve().len() - 1]);
        assert!(before.0 < 0.5 && last.0 >= 0.5 && test.next_rate().is_none());
        let suggestion = test.suggestion().unwrap();
        assert!(suggestion > 0.03 && suggestion < 0.05, "{suggestion}");
        assert!(test.steepest().unwrap() > suggestion);
        let mut ended = test.clone();
        ended.record(0.0);
        assert_eq!(ended, test, "what comes after the end does not count");
    }

    #[test]
    fn a_loss_that_is_not_finite_ends_the_test() {
        for bad in [f64::NAN, f64::INFINITY] {
            let test = run(RangeTest::over(1e-3, 1.0, 50), |rate| if rate < 0.1 { 1.0 - rate } else { bad });
            assert!(test.curve().len() < 50 && test.smoothed().len() == test.curve().len() - 1);
            assert!(test.suggestion().unwrap() < 0.01);
        }
        assert_eq!(run(RangeTest::over(1e-3, 1.0, 50), |_| f64::NAN).suggestion(), None);
    }

    #[test]
    #[should_panic(expected = "the lowest rate, 1, must lie below the highest, 0.1")]
    fn a_ramp_downwards() {
        RangeTest::over(1.0, 0.1, 10);
    }
}
