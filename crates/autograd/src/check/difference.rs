//! Derivatives by finite differences, for a sequence of steps.
//!
//! For a function φ of one variable, a `Rung` of step h evaluates φ at x ± h and x ± 2h and computes
//!
//! | estimate | formula | error |
//! |---|---|---|
//! | central | D(h) = (φ(x+h) - φ(x-h)) / 2h | h² φ‴/6 |
//! | five-point | (4 D(h) - D(2h)) / 3 | h⁴ φ⁽⁵⁾/30 |
//! | right | (-3φ(x) + 4φ(x+h) - φ(x+2h)) / 2h | h² φ‴/3 |
//! | left | (3φ(x) - 4φ(x-h) + φ(x-2h)) / 2h | h² φ‴/3 |
//!
//! Each estimate also has a rounding error of about ε|φ|/h. The total error is smallest near h = ε^(1/3) for the
//! central and ε^(1/5) for the five-point formula, in units of the length over which φ varies. That length is unknown,
//! so the steps start at a multiple of max(|x|, scale) and then decrease and increase by factors of eight, including
//! steps relative to |x| alone. Each step is rounded to h ← (x + h) - x before use, so that x + h is exact.
//!
//! The right and left estimates agree to O(h³) where φ is smooth, and differ by the same amount for all steps at a
//! kink.

/// The formula that approximates a derivative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Method {
    /// Two points, with error h² φ‴/6: accurate to about 1e-10.
    Central,
    /// Five points, with error h⁴ φ⁽⁵⁾/30: accurate to about 1e-13. The default.
    #[default]
    FivePoint,
}

impl Method {
    /// The first step, relative to the scale of the input, for a function evaluated with precision `epsilon`.
    fn first_step(self, epsilon: f64) -> f64 {
        match self {
            Method::Central => epsilon.cbrt(),
            Method::FivePoint => epsilon.powf(0.2),
        }
    }
}

/// A value of a function. The expected rounding error is ε·size.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// The value.
    pub value: f64,
    /// The sum of the absolute values of its terms.
    pub size: f64,
}

impl Sample {
    /// Computes Σ a·w. Terms with weight 0 are left out, even if a is infinite.
    pub fn dot(terms: impl Iterator<Item = (f64, f64)>) -> Sample {
        terms.filter(|&(_, w)| w != 0.0).map(|(a, w)| a * w).fold(Sample { value: 0.0, size: 0.0 }, |s, term| Sample {
            value: s.value + term,
            size: s.size + term.abs(),
        })
    }
}

/// The estimates for one step; NaN or infinite where φ is not finite.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rung {
    pub(crate) step: f64,
    pub(crate) both: f64,
    pub(crate) left: f64,
    pub(crate) right: f64,
    /// The difference quotients between x ± h and x ± 2h, which do not use the value at x.
    pub(crate) outer_left: f64,
    pub(crate) outer_right: f64,
    /// |φ(x+h) - 2φ(x) + φ(x-h)|: for the shortest steps only rounding error.
    bend: f64,
    /// Whether all five values are equal.
    pub(crate) flat: bool,
    /// The expected rounding error of the values, divided by the step, and that of the step.
    value_noise: f64,
    step_noise: f64,
}

impl Rung {
    /// The expected rounding error of one of the estimates.
    pub(crate) fn noise_of(&self, derivative: f64) -> f64 {
        self.value_noise + if derivative.is_finite() { self.step_noise * derivative.abs() } else { 0.0 }
    }

    /// The expected rounding error of the two-sided estimate.
    pub(crate) fn noise(&self) -> f64 {
        self.noise_of(self.both)
    }

    /// The difference between the one-sided estimates.
    pub(crate) fn gap(&self) -> f64 {
        self.right - self.left
    }

    /// The larger absolute value of the one-sided estimates.
    pub(crate) fn steepest(&self) -> f64 {
        self.right.abs().max(self.left.abs())
    }
}

/// A function φ of one variable, and the point x of the differences.
#[allow(missing_debug_implementations)] // a closure has no useful form
pub struct Differences<'a> {
    /// φ.
    pub function: &'a dyn Fn(f64) -> Sample,
    /// x.
    pub x: f64,
    /// φ(x).
    pub here: Sample,
    /// The formula.
    pub method: Method,
    /// The length scale of the input.
    pub scale: f64,
    /// The relative precision in which φ is evaluated.
    pub epsilon: f64,
}

impl Differences<'_> {
    /// The number of evaluations to expect if the function has kinks near x: those of the first four steps.
    ///
    /// A smooth function is evaluated 4 times. At a kink, or if the derivative is wrong, all steps are tried: at most 68
    /// evaluations.
    pub const EVALUATIONS: usize = 16;

    /// The steps to try, those expected to be most accurate first.
    pub(crate) fn steps(&self) -> Vec<f64> {
        let x = self.x.abs();
        let unit = x.max(self.scale);
        let first = self.method.first_step(self.epsilon);
        let rung = |k: i32| first * 8f64.powi(k);
        let mut steps: Vec<f64> = [0, -1, 1].iter().map(|&k| unit * rung(k)).collect();
        if x > 0.0 && x < unit * rung(-1) {
            steps.extend((0..4).map(|k| x * rung(-k)));
        }
        // A step of a few ε gives no digit of the derivative. In double precision no step is that short.
        let precise =
            [-2, 2, 3, 4, -3, -4, -5, -6, -7, -8].iter().map(|&k| rung(k)).filter(|h| *h >= 64.0 * self.epsilon);
        steps.extend(precise.map(|h| unit * h));
        steps
    }

    /// Computes the estimates for a step; `None` if the step is below the precision of x.
    pub(crate) fn rung(&self, step: f64) -> Option<Rung> {
        let x = self.x;
        let h = (x + step) - x;
        if h <= 0.0 || !h.is_finite() || x - 2.0 * h == x {
            return None;
        }
        let [l2, l1, r1, r2] = [-2.0, -1.0, 1.0, 2.0].map(|k| (self.function)(x + k * h));
        let c = self.here.value;
        let central = (r1.value - l1.value) / (2.0 * h);
        let double = (r2.value - l2.value) / (4.0 * h);
        let both = match self.method {
            Method::Central => central,
            Method::FivePoint => (4.0 * central - double) / 3.0,
        };
        let size = [l2, l1, self.here, r1, r2].iter().map(|s| s.size).filter(|s| s.is_finite()).fold(0.0, f64::max);
        Some(Rung {
            step: h,
            both,
            left: (3.0 * c - 4.0 * l1.value + l2.value) / (2.0 * h),
            right: (-3.0 * c + 4.0 * r1.value - r2.value) / (2.0 * h),
            outer_left: (l1.value - l2.value) / h,
            outer_right: (r2.value - r1.value) / h,
            bend: (r1.value - 2.0 * c + l1.value).abs(),
            flat: [l2, l1, r1, r2].iter().all(|s| s.value == c),
            value_noise: 4.0 * self.epsilon * size / h,
            step_noise: 2.0 * self.epsilon * x.abs() / h,
        })
    }
}

/// Raises the expected rounding error to the error observed at the shortest steps: a function may have more rounding
/// error than its value suggests, as ln(1 + t) does.
///
/// There φ(x+h) - 2φ(x) + φ(x-h) is the sum of rounding error and curvature. The curvature, ∝ h², is known from the
/// previous step. More than a millionth of the value is neither, but a jump. The rungs are sorted by decreasing step.
pub(crate) fn add_observed_noise(rungs: &mut [Rung], size: f64) {
    let shortest = &rungs[rungs.len().saturating_sub(5)..];
    let noise = |w: &[Rung]| w[1].bend - 2.0 * w[0].bend * (w[1].step / w[0].step).powi(2);
    let observed = shortest.windows(2).map(noise).filter(|&noise| noise <= 1e-6 * size).fold(0.0, f64::max);
    for rung in rungs {
        rung.value_noise += 4.0 * observed / rung.step;
    }
}

/// Returns the derivative on which the estimates of two neighboring steps agree best, and its expected error.
///
/// `estimates` are pairs (derivative, rounding error), sorted by decreasing step.
pub(crate) fn best(estimates: &[(f64, f64)]) -> Option<(f64, f64)> {
    let finite: Vec<(f64, f64)> = estimates.iter().copied().filter(|(d, _)| d.is_finite()).collect();
    if let [(d, noise)] = finite[..] {
        return Some((d, noise.max(1e-3 * d.abs())));
    }
    let pairs = finite.windows(2).map(|w| (w[1].0, (w[0].0 - w[1].0).abs() + w[0].1.max(w[1].1)));
    pairs.min_by(|a, b| a.1.total_cmp(&b.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Calls `test` with the differences of `f` at `x`.
    fn with<R>(f: impl Fn(f64) -> f64, x: f64, method: Method, test: impl FnOnce(Differences<'_>) -> R) -> R {
        let function = |t: f64| Sample { value: f(t), size: f(t).abs() };
        let here = function(x);
        test(Differences { function: &function, x, here, method, scale: 1.0, epsilon: f64::EPSILON })
    }

    fn first_error(f: impl Fn(f64) -> f64, x: f64, want: f64, method: Method) -> f64 {
        let rung = with(f, x, method, |differences| differences.rung(differences.steps()[0]).unwrap());
        (rung.both - want).abs() / want.abs()
    }

    #[test]
    fn the_first_step_is_accurate_for_ordinary_functions() {
        for x in [-1.3, 0.2, 0.9, 5.0] {
            assert!(first_error(f64::exp, x, x.exp(), Method::FivePoint) < 1e-9);
            assert!(first_error(f64::exp, x, x.exp(), Method::Central) < 1e-8);
        }
    }

    #[test]
    fn steps_are_exact() {
        with(
            |t| t,
            0.1,
            Method::FivePoint,
            |differences| {
                for rung in differences.steps().into_iter().filter_map(|h| differences.rung(h)) {
                    assert_eq!(0.1 + rung.step - 0.1, rung.step);
                    assert!((rung.both - 1.0).abs() <= rung.noise(), "{rung:?}");
                }
            },
        );
    }

    #[test]
    fn the_best_pair_balances_truncation_and_rounding() {
        let estimates = [(1.5, 1e-14), (1.01, 1e-13), (1.0001, 1e-12), (1.00000001, 1e-9), (1.0, 1e-8), (0.9, 1e-2)];
        let (d, error) = best(&estimates).unwrap();
        assert!((d - 1.0).abs() <= error && error < 1e-7, "{d} {error}");
        assert!(best(&[(f64::NAN, 0.0)]).is_none());
    }
}
