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

impl Verdict {
    /// How much it asks for attention, from 0 on.
    pub(crate) fn badness(&self) -> u8 {
        match self {
            Verdict::Agrees => 0,
            Verdict::Unresolved => 1,
            Verdict::Kink { .. } => 2,
            Verdict::Differs => 3,
        }
    }
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

/// About how often [`measure`] evaluates its function.
pub(super) const EVALUATIONS: usize = 16;
/// What is less than this counts as nothing.
const ABSOLUTE: f64 = 1e-12;
/// Steps as multiples of the first, longest first.
const LADDER: [f64; 6] = [100.0, 10.0, 1.0, 0.1, 1e-2, 1e-3];

/// The slopes from one step.
#[derive(Clone, Copy, Debug)]
struct Rung {
    both: f64,
    left: f64,
    right: f64,
    /// The rounding error to expect of a slope.
    noise: f64,
}

impl Rung {
    fn of(phi: &mut dyn FnMut(f64) -> f64, x: f64, here: f64, step: f64, epsilon: f64) -> Rung {
        let h = (x + step) - x; // a step that x can take exactly
        let (before, after) = (phi(x - h), phi(x + h));
        Rung {
            both: (after - before) / (2.0 * h),
            left: (here - before) / h,
            right: (after - here) / h,
            noise: 4.0 * epsilon * before.abs().max(after.abs()).max(here.abs()) / h,
        }
    }

    fn gap(&self) -> f64 {
        (self.right - self.left).abs()
    }

    /// Whether left and right differ by more than rounding, and by a part that counts.
    fn is_bent(&self) -> bool {
        self.gap() > ABSOLUTE + 1e-2 * self.left.abs().max(self.right.abs()) + 10.0 * self.noise
    }

    fn agrees(&self, a: f64, tolerance: f64) -> bool {
        let size = a.abs().max(self.both.abs());
        // noise may excuse an error only while it is small itself, or there is nothing else to see
        let excused = if self.noise <= 1e-2 * size || size <= 1e-8 { self.noise } else { 0.0 };
        (a - self.both).abs() <= ABSOLUTE + tolerance * size + excused
    }

    fn relative_error(&self, a: f64) -> f64 {
        let error = (a - self.both).abs();
        if error <= ABSOLUTE { 0.0 } else { error / a.abs().max(self.both.abs()) }
    }

    fn measured(&self, a: f64, verdict: Verdict) -> Measured {
        Measured { numeric: self.both, relative_error: self.relative_error(a), verdict }
    }
}

/// Measures φ at `x` and compares with the derivative `a`.
pub(crate) fn measure(phi: &mut dyn FnMut(f64) -> f64, x: f64, a: f64, precise: Precise) -> Measured {
    let first = precise.epsilon.cbrt() * x.abs().max(1.0);
    let here = phi(x);
    let once = Rung::of(phi, x, here, first, precise.epsilon);
    if once.agrees(a, precise.tolerance) && !once.is_bent() {
        return once.measured(a, Verdict::Agrees);
    }
    let rungs: Vec<Rung> = LADDER.iter().map(|s| Rung::of(phi, x, here, first * s, precise.epsilon)).collect();
    let is_between = |kink: &Rung| {
        let slack = 1e-3 * kink.gap();
        a >= kink.left.min(kink.right) - slack && a <= kink.left.max(kink.right) + slack
    };
    let named = |kink: Rung| kink.measured(a, Verdict::Kink { left: kink.left, right: kink.right });
    if let Some(kink) = kink(&rungs) {
        return if is_between(&kink) { named(kink) } else { kink.measured(a, Verdict::Differs) };
    }
    let finite = || rungs.iter().filter(|r| (a - r.both).is_finite());
    if let Some(rung) = finite().find(|r| r.agrees(a, precise.tolerance)) {
        return rung.measured(a, Verdict::Agrees);
    }
    if let Some(kink) = kink_beside(&rungs).filter(is_between) {
        return named(kink);
    }
    match finite().min_by(|r, s| r.relative_error(a).total_cmp(&s.relative_error(a))) {
        Some(best) => best.measured(a, if within_doubt(&rungs, a) { Verdict::Unresolved } else { Verdict::Differs }),
        None => Measured { numeric: once.both, relative_error: f64::NAN, verdict: Verdict::Unresolved },
    }
}

/// Slopes that stay apart down to a step that ends within the kink's distance from x.
fn kink_beside(rungs: &[Rung]) -> Option<Rung> {
    let stays = |pair: &&[Rung]| pair.iter().all(Rung::is_bent) && pair[1].gap() > 0.5 * pair[0].gap();
    rungs.windows(2).rev().find(stays).map(|pair| pair[1])
}

/// Whether `a` is no further from the differences than they are from each other: where the values are large beside their
/// change, a long step bends and a short one is rounding.
fn within_doubt(rungs: &[Rung], a: f64) -> bool {
    let doubt = |far: &Rung, near: &Rung| (far.both - near.both).abs() + far.noise + near.noise;
    let pairs =
        rungs.windows(2).map(|pair| (&pair[0], doubt(&pair[0], &pair[1]))).filter(|(_, doubt)| doubt.is_finite());
    let clearest = pairs.min_by(|a, b| a.1.total_cmp(&b.1));
    clearest.is_some_and(|(rung, doubt)| (a - rung.both).abs() <= doubt)
}

/// The closest look at slopes left and right that stay apart as the step shrinks.
fn kink(rungs: &[Rung]) -> Option<Rung> {
    let last = rungs.iter().rposition(Rung::is_bent)?;
    let (near, far) = (rungs[last], rungs[last.checked_sub(1)?]);
    // a curve is less bent from nearer; and what a closer look does not show lies beside x
    let shrinks = near.gap() <= 0.5 * far.gap();
    let hidden = rungs[last + 1..].iter().any(|r| 10.0 * r.noise < 0.5 * near.gap());
    (!shrinks && !hidden).then_some(near)
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

    /// A slope of 1e-6 beside a value of 1000: rounding hides a tenth of a percent of it, but not all.
    #[test]
    fn small_slopes_of_large_values() {
        let phi = |x: f64| 1e3 + 1e-6 * (3.0 * x).sin();
        let slope = 3e-6 * 3.0_f64.cos();
        assert_ne!(verdict(phi, 1.0, slope), Verdict::Differs);
        assert_ne!(verdict(phi, 1.0, slope * (1.0 + 2e-3)), Verdict::Differs);
        assert_eq!(verdict(phi, 1.0, slope * 1.1), Verdict::Differs);
    }

    #[test]
    fn corners_and_cliffs() {
        assert!(matches!(verdict(f64::abs, 0.0, 0.0), Verdict::Kink { left: -1.0, right: 1.0 }));
        assert_eq!(verdict(f64::abs, 0.0, 2.0), Verdict::Differs);
        // one beside x, nearer than most steps are long
        assert!(matches!(verdict(|x| x.min(5.6e-9), 0.0, 1.0), Verdict::Kink { .. }));
        assert_eq!(verdict(|x| x.min(5.6e-9), 0.0, 2.0), Verdict::Differs);
        assert_eq!(verdict(f64::sqrt, 0.0, f64::INFINITY), Verdict::Unresolved);
        assert_eq!(verdict(|_| f64::NAN, 0.0, f64::NAN), Verdict::Unresolved);
    }
}
