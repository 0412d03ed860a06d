//! A line search that satisfies the strong Wolfe conditions.

/// An evaluation of a line search: α, φ(α), φ'(α) and the gradient at this point.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    pub(super) alpha: f64,
    pub(super) value: f64,
    pub(super) derivative: f64,
    pub(super) gradient: Vec<f64>,
}

/// The strong Wolfe conditions on a step α along a direction, where φ(α) is the loss after the step:
///
/// * sufficient decrease: φ(α) <= φ(0) + c₁ α φ'(0)
/// * curvature: |φ'(α)| <= c₂ |φ'(0)|
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Wolfe {
    pub(super) c1: f64,
    pub(super) c2: f64,
    pub(super) max_evaluations: u64,
}

impl Wolfe {
    /// Searches for a step from `start`, where φ' is negative, beginning with a guess; Nocedal and Wright (2006),
    /// algorithm 3.5. A value that is not finite counts as too large. If the evaluations run out, returns the best step
    /// with sufficient decrease, or none.
    pub(super) fn search(self, start: &Trial, guess: f64, phi: impl FnMut(f64) -> Trial) -> Option<Trial> {
        let mut search = Search { wolfe: self, start, phi, evaluations: 0 };
        let (mut last, mut alpha) = (start.clone(), guess);
        while search.evaluations < self.max_evaluations {
            let here = search.evaluate(alpha);
            if !search.decreases(&here) || (last.alpha > 0.0 && here.value >= last.value) {
                return search.zoom(last, here);
            }
            if search.is_flat(&here) {
                return Some(here);
            }
            if here.derivative >= 0.0 {
                return search.zoom(here, last);
            }
            // Still downhill: continue to the extrapolated minimum, within 2 to 10 times the current step.
            let guess = cubic_minimum(&last, &here).filter(|&a| a > here.alpha).unwrap_or(f64::INFINITY);
            alpha = guess.clamp(2.0 * here.alpha, 10.0 * here.alpha);
            last = here;
        }
        (last.alpha > 0.0).then_some(last)
    }
}

struct Search<'a, F> {
    wolfe: Wolfe,
    start: &'a Trial,
    phi: F,
    evaluations: u64,
}

impl<F: FnMut(f64) -> Trial> Search<'_, F> {
    fn evaluate(&mut self, alpha: f64) -> Trial {
        self.evaluations += 1;
        let mut trial = (self.phi)(alpha);
        if !(trial.value.is_finite() && trial.derivative.is_finite()) {
            trial.value = f64::INFINITY;
        }
        trial
    }

    /// The condition of sufficient decrease.
    fn decreases(&self, trial: &Trial) -> bool {
        trial.value <= self.start.value + self.wolfe.c1 * trial.alpha * self.start.derivative
    }

    /// The condition on the curvature.
    fn is_flat(&self, trial: &Trial) -> bool {
        trial.derivative.abs() <= -self.wolfe.c2 * self.start.derivative
    }

    /// Searches between `low`, the best step with sufficient decrease so far, and `high`, such that the interval
    /// contains a step with both conditions; algorithm 3.6.
    fn zoom(mut self, mut low: Trial, mut high: Trial) -> Option<Trial> {
        while self.evaluations < self.wolfe.max_evaluations {
            let width = high.alpha - low.alpha;
            // The step must stay away from both ends, so that the interval shrinks.
            let inside = |alpha: &f64| (0.1..=0.9).contains(&((alpha - low.alpha) / width));
            let alpha = cubic_minimum(&low, &high).filter(inside).unwrap_or(low.alpha + 0.5 * width);
            if alpha == low.alpha || alpha == high.alpha {
                break; // no representable value lies between them
            }
            let here = self.evaluate(alpha);
            if !self.decreases(&here) || here.value >= low.value {
                high = here;
                continue;
            }
            if self.is_flat(&here) {
                return Some(here);
            }
            if here.derivative * width >= 0.0 {
                high = low;
            }
            low = here;
        }
        (low.alpha > 0.0).then_some(low)
    }
}

/// Returns the minimum of the cubic through two values with their derivatives (equation 3.59); none if it has no
/// minimum.
fn cubic_minimum(a: &Trial, b: &Trial) -> Option<f64> {
    let d1 = a.derivative + b.derivative - 3.0 * (a.value - b.value) / (a.alpha - b.alpha);
    let square = d1 * d1 - a.derivative * b.derivative;
    let d2 = (b.alpha - a.alpha).signum() * square.sqrt();
    let at = b.alpha - (b.alpha - a.alpha) * (b.derivative + d2 - d1) / (b.derivative - a.derivative + 2.0 * d2);
    at.is_finite().then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULT: Wolfe = Wolfe { c1: 1e-4, c2: 0.9, max_evaluations: 25 };

    /// Searches along a function of one variable, from 0; also returns the number of evaluations.
    fn search(wolfe: Wolfe, guess: f64, f: impl Fn(f64) -> (f64, f64)) -> (Option<Trial>, u64) {
        let mut evaluations = 0;
        let mut trial = |alpha| {
            let (value, derivative) = f(alpha);
            evaluations += 1;
            Trial { alpha, value, derivative, gradient: vec![derivative] }
        };
        let start = trial(0.0);
        let found = wolfe.search(&start, guess, trial);
        (found, evaluations - 1)
    }

    #[test]
    fn the_minimum_of_a_cubic_is_exact() {
        // x³ - 3x has its minimum at 1.
        let f = |x: f64| (x * x * x - 3.0 * x, 3.0 * x * x - 3.0);
        let at = |alpha: f64| Trial { alpha, value: f(alpha).0, derivative: f(alpha).1, gradient: vec![] };
        for (a, b) in [(0.0, 2.0), (2.0, 0.0), (0.5, 3.0), (0.0, 0.5)] {
            assert!((cubic_minimum(&at(a), &at(b)).unwrap() - 1.0).abs() < 1e-12);
        }
        let line = |alpha: f64| Trial { alpha, value: alpha, derivative: 1.0, gradient: vec![] };
        assert_eq!(cubic_minimum(&line(0.0), &line(1.0)), None);
    }

    #[test]
    fn the_conditions_hold_for_any_first_guess() {
        let valley = |x: f64| (-x / (x * x + 2.0), (x * x - 2.0) / ((x * x + 2.0) * (x * x + 2.0)));
        let quartic = |x: f64| ((x - 3.0).powi(4), 4.0 * (x - 3.0).powi(3));
        for guess in [1e-3, 0.1, 1.0, 10.0, 1e3] {
            for f in [valley as fn(f64) -> (f64, f64), quartic] {
                let strict = Wolfe { c2: 0.1, ..DEFAULT };
                let (found, evaluations) = search(strict, guess, f);
                let (found, start) = (found.unwrap(), f(0.0));
                assert!(found.value <= start.0 + 1e-4 * found.alpha * start.1);
                assert!(found.derivative.abs() <= 0.1 * start.1.abs(), "{found:?}");
                assert!(evaluations <= 15, "{evaluations}");
            }
        }
    }

    #[test]
    fn a_good_guess_takes_one_evaluation() {
        assert_eq!(search(DEFAULT, 1.0, |x| ((x - 1.0) * (x - 1.0), 2.0 * (x - 1.0))).1, 1);
    }

    #[test]
    fn infinite_values_and_nan_count_as_too_large() {
        for wall in [f64::INFINITY, f64::NAN] {
            let f = |x: f64| if x > 2.0 { (wall, wall) } else { ((x - 1.5) * (x - 1.5), 2.0 * (x - 1.5)) };
            let found = search(DEFAULT, 100.0, f).0.unwrap();
            assert!(found.alpha <= 2.0 && found.value < 2.25);
        }
    }

    #[test]
    fn a_wrong_derivative_gives_no_step() {
        let (found, evaluations) = search(DEFAULT, 1.0, |x| (x, -1.0));
        assert!(found.is_none() && evaluations <= 25);
    }
}
