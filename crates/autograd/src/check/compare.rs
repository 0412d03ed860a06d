//! The comparison of a derivative with the differences: right, wrong, or at a kink.
//!
//! At a kink, the right and left derivatives differ by an amount that does not decrease with the step. The derivative
//! there is a convention. A value between the two one-sided derivatives (for a convex function, a subgradient) counts
//! as a kink, a value outside as an error. At a jump, the one-sided derivatives are those of the two pieces.

use super::difference::{Differences, Method, Rung, add_observed_noise, best};

/// How far a derivative may be from its difference: |a - n| <= absolute + relative · max(|a|, |n|).
#[derive(Clone, Copy, Debug)]
pub struct Tolerance {
    /// The absolute tolerance.
    pub absolute: f64,
    /// The tolerance relative to max(|a|, |n|).
    pub relative: f64,
}

impl Tolerance {
    /// The default tolerance for a formula.
    pub fn default_for(method: Method) -> Tolerance {
        let relative = match method {
            Method::Central => 1e-6,
            Method::FivePoint => 1e-8,
        };
        Tolerance { absolute: 1e-14, relative }
    }

    fn of(self, a: f64, n: f64) -> f64 {
        self.absolute + self.relative * a.abs().max(n.abs())
    }
}

/// The result of comparing a derivative with finite differences.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// The derivative agrees.
    Agrees,
    /// The derivative is wrong. At a kink: it is not between the one-sided derivatives.
    Differs,
    /// The function has a kink, and the derivative is between the one-sided derivatives.
    Kink {
        /// The derivative from the left.
        left: f64,
        /// The derivative from the right.
        right: f64,
    },
    /// The differences are too inaccurate to confirm the derivative, or not finite.
    Unresolved,
}

/// A derivative by differences, and the verdict on the derivative it was compared with.
#[derive(Clone, Copy, Debug)]
pub struct Comparison {
    /// The derivative by differences: at a kink the mean of the one-sided derivatives, or the nearer one if the verdict
    /// is [`Verdict::Differs`]. NaN if there is none.
    pub numeric: f64,
    /// The difference relative to the larger of both, 0 if it is within the absolute tolerance.
    pub relative_error: f64,
    /// The result.
    pub verdict: Verdict,
    /// Whether the function has a kink at x.
    pub at_kink: bool,
}

/// A gap between the one-sided derivatives of more than this multiple of the rounding error is significant.
const SIGNIFICANT: f64 = 50.0;
/// Differences with a larger relative error than this are reported as unresolved.
const RESOLVED: f64 = 1e-3;

impl Differences<'_> {
    /// Compares the derivative `a` with the differences.
    ///
    /// If a step agrees within the tolerance and shows no kink, the derivative is right. Otherwise all steps are
    /// evaluated, and the estimate is the one on which two neighboring steps agree best; their difference is added to
    /// the tolerance.
    pub fn compare(&self, a: f64, tolerance: Tolerance) -> Comparison {
        let result = |numeric: f64, verdict| {
            let error = (a - numeric).abs();
            let is_equal = a == numeric || error <= tolerance.absolute;
            let relative_error = if is_equal { 0.0 } else { error / a.abs().max(numeric.abs()) };
            Comparison { numeric, relative_error, verdict, at_kink: false }
        };
        if self.here.value.is_nan() {
            return result(f64::NAN, Verdict::Unresolved);
        }
        if self.here.value.is_infinite() {
            let (numeric, verdict) = self.compare_at_infinity(a);
            return result(numeric, verdict);
        }
        let mut rungs: Vec<Rung> = Vec::new();
        for step in self.steps() {
            let Some(rung) = self.rung(step) else { continue };
            if a.is_finite() && (a - rung.both).abs() <= tolerance.of(a, rung.both) && is_smooth(&rung, &rungs) {
                return result(rung.both, Verdict::Agrees);
            }
            rungs.push(rung);
        }
        rungs.sort_by(|a, b| b.step.total_cmp(&a.step));
        add_observed_noise(&mut rungs, self.here.size);
        if a.is_infinite() && diverges(&rungs, a) {
            return result(a, Verdict::Agrees);
        }
        if let Some((left, right)) = kink(&rungs).filter(|_| a.is_finite()) {
            let (low, high) = (left.0.min(right.0), left.0.max(right.0));
            let slack = tolerance.of(low, high) + 1e-4 * (high - low) + left.1 + right.1;
            let (left, right) = (left.0, right.0);
            let compared = if a >= low - slack && a <= high + slack {
                result((left + right) / 2.0, Verdict::Kink { left, right })
            } else {
                result(if (a - left).abs() < (a - right).abs() { left } else { right }, Verdict::Differs)
            };
            return Comparison { at_kink: true, ..compared };
        }
        let (n, error) = estimate(&rungs);
        let resolved = RESOLVED.max(tolerance.relative) * a.abs().max(n.abs());
        let verdict = if n.is_nan() && !a.is_infinite() {
            Verdict::Unresolved
        } else if !a.is_finite() || (a - n).abs() > tolerance.of(a, n) + 4.0 * error {
            Verdict::Differs
        } else if error > tolerance.absolute + resolved {
            Verdict::Unresolved
        } else {
            Verdict::Agrees
        };
        result(n, verdict)
    }

    /// Compares where the value is infinite: an infinite derivative must have the sign of a one-sided difference.
    fn compare_at_infinity(&self, a: f64) -> (f64, Verdict) {
        let Some(rung) = self.steps().first().and_then(|&h| self.rung(h)) else {
            return (f64::NAN, Verdict::Unresolved);
        };
        let h = rung.step;
        let right = ((self.function)(self.x + h).value - self.here.value) / h;
        let left = (self.here.value - (self.function)(self.x - h).value) / h;
        match (left.is_nan(), right.is_nan()) {
            _ if a == left || a == right => (a, Verdict::Agrees),
            (true, true) => (f64::NAN, Verdict::Unresolved), // ∞ - ∞: the value is infinite on both sides too
            (true, _) => (right, Verdict::Differs),
            _ => (left, Verdict::Differs),
        }
    }
}

/// Whether a rung shows no kink: its one-sided derivatives agree, or agree much better than those of the step eight
/// times as long.
fn is_smooth(rung: &Rung, before: &[Rung]) -> bool {
    let gap = rung.gap().abs();
    let larger = before.iter().find(|r| (r.step / rung.step - 8.0).abs() < 0.1);
    gap <= 1e-2 * rung.steepest() + SIGNIFICANT * rung.noise() || larger.is_some_and(|r| gap <= 0.25 * r.gap().abs())
}

/// The two-sided derivative and its error, or the one-sided derivative at the edge of the domain. NaN if there is none.
///
/// The error includes the difference between the one-sided derivatives, caused by a kink near x or by rounding. Steps
/// so short that all values are equal are ignored if longer steps agree on a derivative.
fn estimate(rungs: &[Rung]) -> (f64, f64) {
    let derivatives = |derivative: fn(&Rung) -> f64, error: fn(&Rung) -> f64| {
        best(&rungs.iter().map(|r| (derivative(r), error(r))).collect::<Vec<_>>())
    };
    let error = |r: &Rung| r.noise() + if r.gap().is_nan() { r.both.abs() } else { r.gap().abs() };
    let steep: Vec<(f64, f64)> = rungs.iter().filter(|r| !r.flat).map(|r| (r.both, error(r))).collect();
    let steep = best(&steep).filter(|&(derivative, error)| error <= 0.05 * derivative.abs());
    steep
        .or_else(|| derivatives(|r| r.both, error))
        .or_else(|| derivatives(|r| r.right, |r| r.noise_of(r.right)))
        .or_else(|| derivatives(|r| r.left, |r| r.noise_of(r.left)))
        .unwrap_or((f64::NAN, 0.0))
}

/// The left and right derivatives, each with its error, if they differ at x itself. The rungs are sorted by decreasing
/// step.
fn kink(rungs: &[Rung]) -> Option<((f64, f64), (f64, f64))> {
    let finite: Vec<&Rung> = rungs.iter().filter(|r| r.gap().is_finite()).collect();
    // The shortest step at which the gap is significant.
    let k = finite.iter().rposition(|r| r.gap().abs() > SIGNIFICANT * r.noise())?;
    let (near, gap) = (finite[k], finite[k].gap());
    // If a shorter step could resolve the gap but does not show it, the kink is near x, not at x.
    if finite[k + 1..].iter().any(|r| SIGNIFICANT * r.noise() < 0.5 * gap.abs()) {
        return None;
    }
    let longer = finite[k.checked_sub(1)?];
    let growth = gap / longer.gap();
    if growth > 4.0 {
        // The gap grows like 1/h: a jump. The one-sided derivatives are those of the pieces, over steps without
        // another jump.
        let alone = &finite[k.saturating_sub(3)..=k];
        let derivative =
            |side: fn(&Rung) -> f64| best(&alone.iter().map(|r| (side(r), r.noise_of(side(r)))).collect::<Vec<_>>());
        return Some((derivative(|r| r.outer_left)?, derivative(|r| r.outer_right)?));
    }
    let derivative = |near: f64, longer: f64| (near, (near - longer).abs() + SIGNIFICANT * finite[k].noise());
    (growth > 0.25).then(|| (derivative(near.left, longer.left), derivative(near.right, longer.right)))
}

/// Whether a one-sided or two-sided difference grows without bound towards the infinity `a` as the step decreases.
fn diverges(rungs: &[Rung], a: f64) -> bool {
    let sides: [fn(&Rung) -> f64; 3] = [|r| r.both, |r| r.left, |r| r.right];
    sides.iter().any(|side| {
        let seen: Vec<f64> = rungs.iter().filter(|r| side(r).abs() > 100.0 * r.noise()).map(side).collect();
        let grows = |w: &[f64]| w[1] * a.signum() > 1.5 * w[0] * a.signum() && w[0] * a > 0.0;
        seen.contains(&a) || (seen.len() >= 4 && seen[seen.len() - 4..].windows(2).all(grows))
    })
}

#[cfg(test)]
mod tests {
    use super::super::difference::Sample;
    use super::*;

    fn compare(f: impl Fn(f64) -> f64, x: f64, a: f64) -> Comparison {
        let function = |t: f64| Sample { value: f(t), size: f(t).abs() };
        let (here, method, epsilon) = (function(x), Method::FivePoint, f64::EPSILON);
        Differences { function: &function, x, here, method, scale: 1.0, epsilon }
            .compare(a, Tolerance::default_for(method))
    }

    fn verdict(f: impl Fn(f64) -> f64, x: f64, a: f64) -> Verdict {
        compare(f, x, a).verdict
    }

    fn agrees(v: Verdict) -> bool {
        v == Verdict::Agrees
    }

    fn is_kink(c: Comparison) -> bool {
        matches!(c.verdict, Verdict::Kink { .. })
    }

    /// Whether the derivative is outside the interval between the one-sided derivatives.
    fn is_outside(c: Comparison) -> bool {
        c.at_kink && c.verdict == Verdict::Differs
    }

    #[test]
    fn smooth_functions_at_all_scales() {
        for e in -6..=6 {
            let x = 10f64.powi(e);
            assert!(agrees(verdict(f64::ln, x, 1.0 / x)), "ln {x}");
            assert!(agrees(verdict(|t| t * t * t, x, 3.0 * x * x)), "cube {x}");
            assert!(agrees(verdict(|t| 1.0 / t, x, -1.0 / (x * x))), "1/x {x}");
            assert!(agrees(verdict(|t| (t / x).sin(), x, 1f64.cos() / x)), "sin {x}");
            for wrong in [0.5, -1.0, 1.0 + 1e-6] {
                assert!(matches!(verdict(f64::ln, x, wrong / x), Verdict::Differs), "ln {x}");
            }
        }
        assert!(agrees(verdict(f64::sin, 1e6, 1e6_f64.cos())));
    }

    #[test]
    fn flat_points_are_not_kinks() {
        assert!(agrees(verdict(|t| t.powi(4), 0.0, 0.0)));
        assert!(agrees(verdict(f64::cos, 0.0, 0.0)));
        assert!(agrees(verdict(|t| 3.0 + t * 0.0, 7.0, 0.0)));
    }

    #[test]
    fn at_a_kink_values_between_the_one_sided_derivatives_pass() {
        let relu = |t: f64| t.max(0.0);
        for a in [0.0, 0.5, 1.0] {
            assert!(is_kink(compare(relu, 0.0, a)), "{a} {:?}", verdict(relu, 0.0, a));
        }
        for a in [-0.1, 1.1, 2.0] {
            assert!(is_outside(compare(relu, 0.0, a)), "{a} {:?}", verdict(relu, 0.0, a));
        }
        assert!(is_kink(compare(|t: f64| t.abs() + t.exp(), 0.0, 1.0)));
        assert!(is_kink(compare(|t: f64| (t - 3.0).abs(), 3.0, 0.0)));
    }

    #[test]
    fn near_a_kink_the_derivative_is_checked() {
        for d in [1e-1, 1e-3, 1e-5, 1e-7] {
            let f = |t: f64| (t - 1.0).max(0.0) * t;
            assert!(agrees(verdict(f, 1.0 + d, 1.0 + 2.0 * d)), "{d} {:?}", verdict(f, 1.0 + d, 1.0 + 2.0 * d));
            assert!(agrees(verdict(f, 1.0 - d, 0.0)), "{d}");
            assert!(!agrees(verdict(f, 1.0 - d, 0.5)), "{d}");
        }
    }

    #[test]
    fn jumps_have_the_derivatives_of_their_pieces() {
        assert!(is_kink(compare(f64::floor, 3.0, 0.0)), "{:?}", verdict(f64::floor, 3.0, 0.0));
        assert!(is_outside(compare(f64::floor, 3.0, 1.0)));
        assert!(agrees(verdict(f64::floor, 3.5, 0.0)));
        for x in [20.0, -20.0, 1000.0] {
            assert!(is_kink(compare(f64::floor, x, 0.0)), "{x} {:?}", verdict(f64::floor, x, 0.0));
        }
        let sign = |t: f64| if t == 0.0 { 0.0 } else { t.signum() };
        assert!(!matches!(verdict(sign, 0.0, 1.0), Verdict::Agrees));
    }

    #[test]
    fn infinite_derivatives() {
        assert!(agrees(verdict(f64::sqrt, 0.0, f64::INFINITY)));
        assert!(agrees(verdict(f64::cbrt, 0.0, f64::INFINITY)));
        assert!(agrees(verdict(f64::ln, 0.0, f64::INFINITY)));
        assert!(agrees(verdict(f64::acos, 1.0, f64::NEG_INFINITY)));
        assert!(matches!(verdict(f64::sqrt, 0.0, f64::NEG_INFINITY), Verdict::Differs));
        assert!(matches!(verdict(f64::exp, 0.0, f64::INFINITY), Verdict::Differs));
        assert!(matches!(verdict(f64::exp, 0.0, f64::NAN), Verdict::Differs));
        assert_eq!(verdict(|_| f64::NAN, 0.0, f64::NAN), Verdict::Unresolved);
    }

    #[test]
    fn at_the_edge_of_a_domain_the_one_sided_derivative_is_checked() {
        assert!(agrees(verdict(|t: f64| t.powf(1.5) + 2.0 * t, 0.0, 2.0)));
        assert!(matches!(verdict(|t: f64| t.powf(1.5) + 2.0 * t, 0.0, 2.1), Verdict::Differs));
    }

    /// Functions such as Σ softmax = 1 have a gradient that is only rounding error, of a size that the terms do not
    /// predict.
    #[test]
    fn rounding_error_alone_is_not_a_wrong_derivative() {
        let jitter = |t: f64| 1e-17 * ((t * 1e15).sin() * 1e3).fract();
        for x in [0.0, 0.077, 0.23, 1.55, 3.0] {
            let v = verdict(jitter, x, 1.8e-17);
            assert!(!matches!(v, Verdict::Differs), "{x} {v:?}");
        }
    }

    /// ln(1 + t), where 1 + t keeps only two digits of t, is constant over short steps.
    #[test]
    fn steps_caused_by_rounding_do_not_count_as_flat() {
        let stepped = |t: f64| (1.0 + 2e-14 * t * t).ln();
        assert!(
            !matches!(verdict(stepped, 1.02, 4.08e-14), Verdict::Differs),
            "{:?}",
            verdict(stepped, 1.02, 4.08e-14)
        );
        assert!(matches!(verdict(stepped, 1.02, -2e-13), Verdict::Differs));
        let v = verdict(|t: f64| (1.0 + t.powi(6)).ln(), 0.0159, 6.0 * 0.0159_f64.powi(5));
        assert!(!matches!(v, Verdict::Differs), "{v:?}");
        for x in [0.0159, 0.0558, 0.1, 0.2] {
            let v = verdict(|t: f64| (1.0 + t.powi(6)).ln(), x, 6.0 * x.powi(5) / (1.0 + x.powi(6)));
            assert!(matches!(v, Verdict::Agrees | Verdict::Unresolved), "{x} {v:?}");
        }
    }

    #[test]
    fn derivatives_below_the_rounding_error_are_unresolved() {
        let f = |t: f64| 1e18 + t;
        assert_eq!(verdict(f, 1.0, 1.0), Verdict::Unresolved);
    }

    /// A derivative of 1e-6 and a value of 1000: rounding hides a tenth of a percent of the derivative, but not more.
    #[test]
    fn small_derivatives_of_large_values() {
        let f = |x: f64| 1e3 + 1e-6 * (3.0 * x).sin();
        let derivative = 3e-6 * 3.0_f64.cos();
        assert_ne!(verdict(f, 1.0, derivative), Verdict::Differs);
        assert_eq!(verdict(f, 1.0, derivative * 1.1), Verdict::Differs);
    }

    #[test]
    fn a_kink_closer_than_most_steps() {
        let f = |x: f64| x.min(5.6e-9);
        assert_eq!(verdict(f, 0.0, 1.0), Verdict::Agrees);
        assert_eq!(verdict(f, 0.0, 2.0), Verdict::Differs);
        assert_eq!(compare(f64::abs, 0.0, 0.0).numeric, 0.0);
    }

    /// A function evaluated in single precision.
    #[test]
    fn single_precision() {
        let verdict = |f: fn(f32) -> f32, x: f64, a: f64| {
            let function = |t: f64| Sample { value: f64::from(f(t as f32)), size: f64::from(f(t as f32)).abs() };
            let (here, method, epsilon) = (function(x), Method::FivePoint, f64::from(f32::EPSILON));
            Differences { function: &function, x, here, method, scale: 1.0, epsilon }
                .compare(a, Tolerance { absolute: 1e-12, relative: 2e-2 })
                .verdict
        };
        for x in [0.01, 0.3, 2.0, 40.0] {
            assert_eq!(verdict(f32::tanh, x, 1.0 - x.tanh().powi(2)), Verdict::Agrees, "tanh {x}");
            assert_eq!(verdict(f32::ln, x, x.recip()), Verdict::Agrees, "ln {x}");
            assert_eq!(verdict(f32::ln, x, 1.1 * x.recip()), Verdict::Differs, "ln {x}");
            assert_eq!(verdict(|t| 3.0 * t, x, 3.3), Verdict::Differs, "3x {x}");
        }
        assert!(matches!(verdict(f32::abs, 0.0, 0.0), Verdict::Kink { .. }));
        assert_eq!(verdict(f32::abs, 0.0, 1.5), Verdict::Differs);
    }
}
