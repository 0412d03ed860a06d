//! A derivative against central differences: (φ(x+h) - φ(x-h)) / 2h with h = ε^(1/3) max(1, |x|).
//!
//! Where that step is too long for the function (1/x near 0) or too short (a sum of large terms), shorter and longer
//! ones are tried before a verdict. One-sided slopes that stay apart as the step shrinks are a kink.

/// What a difference says of a derivative.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Verdict {
    /// They agree.
    Agrees,
    /// They do not.
    Differs,
    /// The slopes left and right differ, and the derivative is a convention between them.
    Kink {
        /// The slope to the left.
        left: f64,
        /// The slope to the right.
        right: f64,
    },
    /// Differences say nothing here: a derivative that is infinite or no number, or values too large for their change.
    Unresolved,
}

/// How exactly a function is evaluated, and how exactly its derivative is to be met.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Precise {
    pub(crate) epsilon: f64,
    pub(crate) tolerance: f64,
}

/// A difference, and what it means for the derivative.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub(crate) numeric: f64,
    pub(crate) relative_error: f64,
    pub(crate) verdict: Verdict,
}

/// What is less than this counts as nothing.
const ABSOLUTE: f64 = 1e-12;
/// Further steps, as multiples of the first.
const LADDER: [f64; 6] = [1.0, 0.1, 10.0, 1e-2, 1e-3, 100.0];

/// Measures φ at `x` and compares with the derivative `a`.
pub(crate) fn measure(phi: &mut dyn FnMut(f64) -> f64, x: f64, a: f64, precise: Precise) -> Measured {
    let first = precise.epsilon.cbrt() * x.abs().max(1.0);
    let here = phi(x);
    let mut best = Measured { numeric: f64::NAN, relative_error: f64::INFINITY, verdict: Verdict::Unresolved };
    let mut sides: Vec<(f64, f64)> = Vec::new();
    for scale in LADDER {
        let h = (x + first * scale) - x; // a step that x can take exactly
        let (before, after) = (phi(x - h), phi(x + h));
        let numeric = (after - before) / (2.0 * h);
        let (left, right) = ((here - before) / h, (after - here) / h);
        let noise = 4.0 * precise.epsilon * before.abs().max(after.abs()).max(here.abs()) / h;
        let error = (a - numeric).abs();
        let size = a.abs().max(numeric.abs());
        let relative_error = if error <= ABSOLUTE { 0.0 } else { error / size };
        if !error.is_finite() {
            continue;
        }
        let gap = (right - left).abs();
        // a curve looks bent as well, but less so from nearer
        let nearer = sides.first().is_some_and(|(l, r): &(f64, f64)| scale < 1.0 && gap <= 0.5 * (r - l).abs());
        let bent = gap > 1e-2 * left.abs().max(right.abs()) + 4.0 * noise && !nearer;
        // noise may excuse an error only while it is small itself, or there is nothing else to see
        let excused = if noise <= 1e-2 * size || size <= 1e-8 { noise } else { 0.0 };
        if error <= ABSOLUTE + precise.tolerance * size + excused && !bent {
            return Measured { numeric, relative_error, verdict: Verdict::Agrees };
        }
        if best.numeric.is_nan() || relative_error < best.relative_error {
            best = Measured { numeric, relative_error, verdict: Verdict::Differs };
        }
        if scale <= 1.0 && bent {
            sides.push((left, right));
        }
    }
    // a gap that does not shrink with the step
    if let (Some(&(left, right)), Some(&(l, r))) = (sides.first(), sides.get(1))
        && (r - l).abs() > 0.5 * (right - left).abs()
    {
        let slack = 1e-3 * (right - left).abs();
        let between = a >= left.min(right) - slack && a <= left.max(right) + slack;
        let verdict = if between { Verdict::Kink { left, right } } else { Verdict::Differs };
        return Measured { verdict, ..best };
    }
    if !a.is_finite() {
        best.verdict = Verdict::Unresolved;
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(phi: impl Fn(f64) -> f64, x: f64, a: f64) -> Verdict {
        measure(&mut |x| phi(x), x, a, Precise { epsilon: f64::EPSILON, tolerance: 1e-6 }).verdict
    }

    #[test]
    fn right_and_wrong_slopes() {
        assert_eq!(verdict(f64::sin, 0.7, 0.7_f64.cos()), Verdict::Agrees);
        assert_eq!(verdict(f64::sin, 0.7, 0.7_f64.cos() + 1e-4), Verdict::Differs);
        assert_eq!(verdict(f64::recip, 1e-3, -1e6), Verdict::Agrees);
        assert_eq!(verdict(|x| 3.0 * x + 1e6, 2.0, 3.0), Verdict::Agrees);
        assert_eq!(verdict(|_| 4.0, 2.0, 0.0), Verdict::Agrees);
        assert_eq!(verdict(|x| x * x, 0.0, 0.0), Verdict::Agrees);
        assert_eq!(verdict(|x| x * x * x, 0.0, 0.0), Verdict::Agrees);
        assert_eq!(verdict(|_| 4.0, 2.0, 1e-3), Verdict::Differs);
    }

    #[test]
    fn corners_and_cliffs() {
        assert!(matches!(verdict(f64::abs, 0.0, 0.0), Verdict::Kink { left: -1.0, right: 1.0 }));
        assert_eq!(verdict(f64::abs, 0.0, 2.0), Verdict::Differs);
        assert_eq!(verdict(f64::sqrt, 0.0, f64::INFINITY), Verdict::Unresolved);
        assert_eq!(verdict(|_| f64::NAN, 0.0, f64::NAN), Verdict::Unresolved);
    }
}
