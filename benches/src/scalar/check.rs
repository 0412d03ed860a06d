//! Checks of gradients against the results of four independent programs.

/// The expected result of a workload.
#[derive(Debug)]
pub(super) struct Expected {
    /// The number of elementary operations that a plain tape executes.
    pub(super) ops: u64,
    /// The value.
    pub(super) value: f64,
    /// The sum of the gradient.
    pub(super) sum: f64,
    /// The Euclidean norm of the gradient.
    pub(super) norm: f64,
    /// The first entries of the gradient.
    pub(super) first: &'static [f64],
    /// The tolerance of the first entry, which may be ill-conditioned.
    pub(super) first_tolerance: f64,
}

impl Expected {
    /// Returns the largest relative error of the sum, the norm and the first entries of the gradient, or an error if it
    /// is too large.
    pub(super) fn error(&self, value: f64, g: &[f64]) -> Result<f64, String> {
        let (sum, norm) = (g.iter().sum::<f64>(), g.iter().map(|g| g * g).sum::<f64>().sqrt());
        let scale = 1e-3 * g.iter().fold(0.0, |m: f64, g| m.max(g.abs()));
        let off = |got: f64, want: f64, least: f64| (got - want).abs() / want.abs().max(least).max(f64::MIN_POSITIVE);
        let mut worst: f64 = 0.0;
        let mut hold = |name: &str, error: f64, tolerance: f64| match error <= tolerance {
            true => {
                worst = worst.max(error);
                Ok(())
            }
            false => Err(format!("{name}: the relative error {error:e} exceeds the tolerance {tolerance:e}")),
        };
        hold("the value", off(value, self.value, 0.0), 1e-10)?;
        // The entries may cancel in the sum.
        hold("the gradient's sum", off(sum, self.sum, self.norm), 1e-8)?;
        hold("the gradient's norm", off(norm, self.norm, 0.0), 1e-8)?;
        for (i, (&got, &want)) in g.iter().zip(self.first).enumerate() {
            if i == 0 && self.first_tolerance > 1e-8 {
                hold("the ill-conditioned entry 0", off(got, want, 0.0), self.first_tolerance)?;
                continue;
            }
            hold(&format!("entry {i}"), off(got, want, scale), 1e-8)?;
        }
        Ok(worst)
    }
}

/// Returns the distance of two gradients, relative to the larger of an entry and a thousandth of the largest entry.
pub(super) fn distance(a: &[f64], b: &[f64]) -> f64 {
    let scale = 1e-3 * b.iter().fold(0.0, |m: f64, b| m.max(b.abs()));
    a.iter().zip(b).fold(0.0, |worst: f64, (a, b)| {
        let d = (a - b).abs() / b.abs().max(scale).max(f64::MIN_POSITIVE);
        if d > worst || d.is_nan() { d } else { worst }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tolerances() {
        let e = Expected { ops: 1, value: 2.0, sum: 7.0, norm: 5.0, first: &[3.0, 4.0], first_tolerance: 1e-8 };
        assert!(e.error(2.0, &[3.0, 4.0]).unwrap() < 1e-15);
        assert!(e.error(2.0 + 1e-9, &[3.0, 4.0]).unwrap_err().contains("value"));
        assert!(e.error(2.0, &[4.0, 3.0]).unwrap_err().contains("entry 0"));
        assert!(e.error(2.0, &[3.0, 4.1]).is_err());
        assert!(distance(&[1.0, 2.0], &[1.0, 2.0]) == 0.0 && distance(&[1.0, 2.2], &[1.0, 2.0]) > 0.09);
    }
}
