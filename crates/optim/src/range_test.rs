//! The learning rate range test, which finds an initial learning rate.

use crate::schedule::{ExponentialDecay, Schedule};
use crate::setting;

/// The learning rate range test (Smith 2015), known as the "learning rate finder" in fastai and Lightning.
///
/// Train while the learning rate grows geometrically from a value that is much too small, and record the loss at each
/// rate. A suitable rate lies below the one where the loss is smallest.
///
/// ```
/// use autograd::{Params, Tape};
/// use optim::{Optimizer, LrRangeTest, Sgd};
/// use tensor::tensor;
///
/// let mut params = Params::new();
/// let w = params.add("w", tensor![3.0, -2.0]);
/// let mut sgd = Sgd::new(0.0);
/// let mut test = LrRangeTest::new(1e-4, 10.0, 200);
/// while let Some(rate) = test.next_rate() {
///     sgd.set_learning_rate(rate)?;
///     let tape = Tape::new();
///     let loss = params.bind(&tape).var(w).square().sum();
///     let grads = loss.backward();
///     sgd.step(&mut params, &grads);
///     test.record(loss.value());
/// }
/// // Gradient descent on w² diverges for rates above 1.
/// let rate = test.suggestion().unwrap();
/// assert!(rate > 0.01 && rate < 1.0, "{rate}");
/// # Ok::<(), optim::LearningRateError>(())
/// ```
///
/// Run the test on a copy of the parameters (`params.clone()`), because the large rates at the end ruin them.
#[derive(Clone, Debug, PartialEq)]
pub struct LrRangeTest {
    ramp: ExponentialDecay,
    max_steps: u64,
    divergence_factor: f64,
    curve: Vec<(f64, f64)>,
    best: f64,
    finished: bool,
}

impl LrRangeTest {
    /// Creates a test with learning rates from `lowest` to `highest` in `steps` steps.
    ///
    /// # Panics
    /// If not 0 < `lowest` < `highest`, or if `steps` is less than 2.
    #[track_caller]
    pub fn new(lowest: f64, highest: f64, steps: u64) -> Self {
        setting::positive("the lowest rate", lowest);
        setting::positive("the highest rate", highest);
        assert!(lowest < highest, "the lowest rate, {lowest}, must be less than the highest rate, {highest}");
        assert!(steps >= 2, "the number of steps must be at least 2, got {steps}");
        LrRangeTest::along(ExponentialDecay::new(lowest, steps - 1, highest / lowest), steps)
    }

    /// Creates a test whose learning rate starts at `lowest` and is multiplied by `factor` in each step, until the loss
    /// diverges. Géron uses 1e-3 and 1.005.
    ///
    /// # Panics
    /// If not `lowest` > 0, or not `factor` > 1.
    #[track_caller]
    pub fn with_factor(lowest: f64, factor: f64) -> Self {
        setting::positive("the lowest rate", lowest);
        setting::above_one("the factor", factor);
        LrRangeTest::along(ExponentialDecay::new(lowest, 1, factor), u64::MAX)
    }

    fn along(ramp: ExponentialDecay, max_steps: u64) -> Self {
        LrRangeTest { ramp, max_steps, divergence_factor: 4.0, curve: Vec::new(), best: f64::INFINITY, finished: false }
    }

    /// Ends the test when the loss exceeds the smallest loss so far by this factor. Default: 4.
    ///
    /// # Panics
    /// If it is not finite and greater than 1.
    #[track_caller]
    pub fn divergence_factor(mut self, factor: f64) -> Self {
        self.divergence_factor = setting::above_one("the divergence factor", factor);
        self
    }

    /// Returns the learning rate of the next step; none if the test has ended.
    pub fn next_rate(&self) -> Option<f64> {
        let step = self.curve.len() as u64;
        let rate = self.ramp.rate(step);
        (!self.finished && step < self.max_steps && rate.is_finite()).then_some(rate)
    }

    /// Records the loss of a step with the rate [`next_rate`](LrRangeTest::next_rate). The test ends at a loss that is
    /// not finite or has diverged.
    pub fn record(&mut self, loss: impl Into<f64>) {
        let Some(rate) = self.next_rate() else { return };
        let loss = loss.into();
        self.curve.push((rate, loss));
        // A factor makes no sense for a loss below 0; then only a loss that is not finite ends the test.
        self.finished = !loss.is_finite() || (self.best > 0.0 && loss > self.divergence_factor * self.best);
        self.best = self.best.min(loss);
    }

    /// Returns the pairs (learning rate, loss), to be plotted over a logarithmic axis.
    pub fn curve(&self) -> &[(f64, f64)] {
        &self.curve
    }

    /// Returns the pairs (learning rate, smoothed loss): an exponential moving average of the finite losses, with bias
    /// correction.
    pub fn smoothed(&self) -> Vec<(f64, f64)> {
        // Averages over about a tenth of the losses, but at most 20.
        let beta = 1.0 - 1.0 / (self.curve.len() as f64 / 10.0).clamp(1.0, 20.0);
        let (mut sum, mut weight) = (0.0, 0.0);
        let finite = self.curve.iter().filter(|(_, loss)| loss.is_finite());
        finite
            .map(|&(rate, loss)| {
                sum = beta * sum + (1.0 - beta) * loss;
                weight = beta * weight + (1.0 - beta);
                (rate, sum / weight)
            })
            .collect()
    }

    /// Returns the suggested learning rate, a tenth of the rate with the smallest smoothed loss. None if the smoothed
    /// loss never decreased below its first value.
    pub fn suggestion(&self) -> Option<f64> {
        let smoothed = self.smoothed();
        let (first, _) = smoothed.first()?;
        let (rate, _) = smoothed.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
        (rate > first).then_some(rate / 10.0)
    }

    /// Returns the learning rate at which the smoothed loss decreased fastest over the logarithm of the rate. It is
    /// usually larger than [`suggestion`](LrRangeTest::suggestion). None if the loss never decreased.
    pub fn steepest(&self) -> Option<f64> {
        let smoothed = self.smoothed();
        let changes = smoothed.windows(2).map(|pair| (pair[1].0, pair[1].1 - pair[0].1));
        changes.filter(|(_, change)| *change < 0.0).min_by(|a, b| a.1.total_cmp(&b.1)).map(|(rate, _)| rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(mut test: LrRangeTest, loss: impl Fn(f64) -> f64) -> LrRangeTest {
        while let Some(rate) = test.next_rate() {
            test.record(loss(rate));
        }
        test
    }

    #[test]
    fn rates_grow_geometrically() {
        let test = run(LrRangeTest::new(1e-3, 10.0, 5), |_| 1.0);
        let rates: Vec<f64> = test.curve().iter().map(|(rate, _)| *rate).collect();
        for (got, expected) in rates.iter().zip([1e-3, 1e-2, 0.1, 1.0, 10.0]) {
            assert!((got / expected - 1.0).abs() < 1e-12, "{rates:?}");
        }
        assert_eq!((rates.len(), test.suggestion(), test.steepest()), (5, None, None));
    }

    /// From 1e-3 with factor 1.005, 1719 batches end at 5.29, as in Géron's chapter 11.
    #[test]
    fn the_last_rate_of_an_epoch_matches_geron() {
        let mut test = LrRangeTest::with_factor(1e-3, 1.005);
        for _ in 0..1719 {
            test.record(1.0);
        }
        assert!((test.next_rate().unwrap() - 5.29).abs() < 0.005);
    }

    #[test]
    fn a_diverging_loss_ends_the_test() {
        let test = run(LrRangeTest::with_factor(1e-3, 1.1).divergence_factor(3.0), |rate| {
            if rate < 0.5 { 1.0 - rate } else { 8.0 * rate }
        });
        let (before, last) = (test.curve()[test.curve().len() - 2], test.curve()[test.curve().len() - 1]);
        assert!(before.0 < 0.5 && last.0 >= 0.5 && test.next_rate().is_none());
        let suggestion = test.suggestion().unwrap();
        assert!(suggestion > 0.03 && suggestion < 0.05, "{suggestion}");
        assert!(test.steepest().unwrap() > suggestion);
        let mut ended = test.clone();
        ended.record(0.0);
        assert_eq!(ended, test, "losses after the end are ignored");
    }

    #[test]
    fn a_loss_that_is_not_finite_ends_the_test() {
        for bad in [f64::NAN, f64::INFINITY] {
            let test = run(LrRangeTest::new(1e-3, 1.0, 50), |rate| if rate < 0.1 { 1.0 - rate } else { bad });
            assert!(test.curve().len() < 50 && test.smoothed().len() == test.curve().len() - 1);
            assert!(test.suggestion().unwrap() < 0.01);
        }
        assert_eq!(run(LrRangeTest::new(1e-3, 1.0, 50), |_| f64::NAN).suggestion(), None);
    }

    #[test]
    #[should_panic(expected = "the lowest rate, 1, must be less than the highest rate, 0.1")]
    fn the_lowest_rate_must_be_less_than_the_highest() {
        LrRangeTest::new(1.0, 0.1, 10);
    }
}
