//! How far to go along a direction: a line search to the strong Wolfe conditions.

/// Where a line search looked: α, φ(α) and φ'(α), with the gradient there.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    pub(super) alpha: f64,
    pub(super) value: f64,
    pub(super) slope: f64,
    pub(super) gradient: Vec<f64>,
}

/// The strong Wolfe conditions on a step α along a direction, where φ(α) is the loss there:
///
/// * it pays: φ(α) <= φ(0) + c₁ α φ'(0)
/// * the slope is spent: |φ'(α)| <= c₂ |φ'(0)|
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Wolfe {
    pub(super) c1: f64,
    pub(super) c2: f64,
    pub(super) max_evaluations: u64,
}

impl Wolfe {
    /// A step from φ(0), of which the slope is negative, with a first guess; Nocedal and Wright (2006), algorithm 3.5. A
    /// value that is not finite counts as too large. If the evaluations run out, the best step that pays; none if none
    /// does.
    pub(super) fn search(self, start: &Trial, guess: f64, phi: impl FnMut(f64) -> Trial) -> Option<Trial> {
        let mut search = Search { wolfe: self, start, phi, evaluations: 0 };
        let (mut last, mut alpha) = (start.clone(), guess);
        while search.evaluations < self.max_evaluations {
            let here = search.look(alpha);
            if !search.pays(&here) || (last.alpha > 0.0 && here.value >= last.value) {
                return search.zoom(last, here);
            }
            if search.is_spent(&here) {
                return Some(here);
            }
            if here.slope >= 0.0 {
                return search.zoom(here, last);
            }
            // Still downhill: farther, by the extrapolated minimum, but not too far.
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
    fn look(&mut self, alpha: f64) -> Trial {
        self.evaluations += 1;
        let mut trial = (self.phi)(alpha);
        if !(trial.value.is_finite() && trial.slope.is_finite()) {
            trial.value = f64::INFINITY;
        }
        trial
    }

    fn pays(&self, trial: &Trial) -> bool {
        trial.value <= self.start.value + self.wolfe.c1 * trial.alpha * self.start.slope
    }

    fn is_spent(&self, trial: &Trial) -> bool {
        trial.slope.abs() <= -self.wolfe.c2 * self.start.slope
    }

    /// Between a step that pays best so far and one such that a good step lies between them; algorithm 3.6.
    fn zoom(mut self, mut low: Trial, mut high: Trial) -> Option<Trial> {
        while self.evaluations < self.wolfe.max_evaluations {
            let width = high.alpha - low.alpha;
            // Away from both ends, so that the interval shrinks.
            let inside = |alpha: &f64| (0.1..=0.9).contains(&((alpha - low.alpha) / width));
            let alpha = cubic_minimum(&low, &high).filter(inside).unwrap_or(low.alpha + 0.5 * width);
            if alpha == low.alpha || alpha == high.alpha {
                break; // no number lies between them
            }
            let here = self.look(alpha);
            if !self.pays(&here) || here.value >= low.value {
                high = here;
                continue;
            }
            if self.is_spent(&here) {
                return Some(here);
            }
            if here.slope * width >= 0.0 {
                high = low;
            }
            low = here;
        }
        (low.alpha > 0.0).then_some(low)
    }
}

/// Where the cubic through two values and slopes has its minimum (equation 3.59); none if it has none.
fn cubic_minimum(a: &Trial, b: &Trial) -> Option<f64> {
    let d1 = a.slope + b.slope - 3.0 * (a.value - b.value) / (a.alpha - b.alpha);
    let square = d1 * d1 - a.slope * b.slope;
    let d2 = (b.alpha - a.alpha).signum() * square.sqrt();
    let at = b.alpha - (b.alpha - a.alpha) * (b.slope + d2 - d1) / (b.slope - a.slope + 2.0 * d2);
    at.is_finite().then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: Wolfe = Wolfe { c1: 1e-4, c2: 0.9, max_evaluations: 25 };

    /// A search along a function of one number, from 0; and how often it looked.
    fn search(wolfe: Wolfe, guess: f64, f: impl Fn(f64) -> (f64, f64)) -> (Option<Trial>, u64) {
        let mut looks = 0;
        let mut trial = |alpha| {
            let (value, slope) = f(alpha);
            looks += 1;
            Trial { alpha, value, slope, gradient: vec![slope] }
        };
        let start = trial(0.0);
        let found = wolfe.search(&start, guess, trial);
        (found, looks - 1)
    }

    #[test]
    fn a_cubic_is_met_at_once() {
        // x³ - 3x has its minimum at 1.
        let f = |x: f64| (x * x * x - 3.0 * x, 3.0 * x * x - 3.0);
        let at = |alpha: f64| Trial { alpha, value: f(alpha).0, slope: f(alpha).1, gradient: vec![] };
        for (a, b) in [(0.0, 2.0), (2.0, 0.0), (0.5, 3.0), (0.0, 0.5)] {
            assert!((cubic_minimum(&at(a), &at(b)).unwrap() - 1.0).abs() < 1e-12);
        }
        let line = |alpha: f64| Trial { alpha, value: alpha, slope: 1.0, gradient: vec![] };
        assert_eq!(cubic_minimum(&line(0.0), &line(1.0)), None);
    }

    #[test]
    fn the_conditions_hold_wherever_it_begins() {
        let valley = |x: f64| (-x / (x * x + 2.0), (x * x - 2.0) / ((x * x + 2.0) * (x * x + 2.0)));
        let quartic = |x: f64| ((x - 3.0).powi(4), 4.0 * (x - 3.0).powi(3));
        for guess in [1e-3, 0.1, 1.0, 10.0, 1e3] {
            for f in [valley as fn(f64) -> (f64, f64), quartic] {
                let strict = Wolfe { c2: 0.1, ..USUAL };
                let (found, looks) = search(strict, guess, f);
                let (found, start) = (found.unwrap(), f(0.0));
                assert!(found.value <= start.0 + 1e-4 * found.alpha * start.1);
                assert!(found.slope.abs() <= 0.1 * start.1.abs(), "{found:?}");
                assert!(looks <= 15, "{looks}");
            }
        }
    }

    #[test]
    fn a_good_guess_takes_one_look() {
        assert_eq!(search(USUAL, 1.0, |x| ((x - 1.0) * (x - 1.0), 2.0 * (x - 1.0))).1, 1);
    }

    #[test]
    fn walls_of_infinity_and_nan_are_turned_back_from() {
        for wall in [f64::INFINITY, f64::NAN] {
            let f = |x: f64| if x > 2.0 { (wall, wall) } else { ((x - 1.5) * (x - 1.5), 2.0 * (x - 1.5)) };
            let found = search(USUAL, 100.0, f).0.unwrap();
            assert!(found.alpha <= 2.0 && found.value < 2.25);
        }
    }

    #[test]
    fn a_slope_that_lies_is_no_step() {
        let (found, looks) = search(USUAL, 1.0, |x| (x, -1.0));
        assert!(found.is_none() && looks <= 25);
    }
}
