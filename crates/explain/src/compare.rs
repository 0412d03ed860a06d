//! Comparison of two sets of gradients by name, such as reference values and those of the tape.

use std::collections::BTreeMap;
use std::fmt;
use tensor::{Shape, Tensor};

/// |a - b| <= 1e-8 + 1e-5 |b| counts as approximately equal: the tolerance of NumPy's and PyTorch's `allclose`.
const ABSOLUTE: f64 = 1e-8;
const RELATIVE: f64 = 1e-5;

/// The comparison of two sets of gradients. See [`compare`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GradientComparison {
    /// One row for each name in either set, in alphabetical order.
    pub rows: Vec<GradientDiff>,
}

/// The comparison of one gradient.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GradientDiff {
    /// The name of the gradient.
    pub name: String,
    /// The result.
    pub result: DiffResult,
}

/// The difference between two gradients of the same name.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum DiffResult {
    /// They have the same shape.
    Values {
        /// Whether all elements are equal; NaN equals NaN.
        exact: bool,
        /// Whether |a - b| <= 1e-8 + 1e-5 |b| for all elements.
        approximate: bool,
        /// The largest absolute difference; NaN if one element is NaN and the other is not.
        largest_difference: f64,
    },
    /// They have different shapes.
    Shapes(Shape, Shape),
    /// The gradient is only in the first set.
    OnlyFirst,
    /// The gradient is only in the second set.
    OnlySecond,
}

/// Compares two sets of gradients by name.
///
/// ```
/// use explain::compare;
/// use tensor::tensor;
/// let reference = [("W", tensor![1.0, 2.0]), ("b", tensor![0.5])];
/// let computed = [("W", tensor![1.0, 2.0 + 1e-12]), ("b", tensor![0.5])];
/// let table = compare(reference, computed);
/// assert!(table.agrees());
/// assert_eq!(table.to_string(), "\
/// W  exact: no   approximate: yes  largest difference: 1.00009e-12
/// b  exact: yes  approximate: yes  largest difference: 0");
/// ```
pub fn compare<A: Into<String>, B: Into<String>>(
    first: impl IntoIterator<Item = (A, Tensor<f64>)>,
    second: impl IntoIterator<Item = (B, Tensor<f64>)>,
) -> GradientComparison {
    let mut both: BTreeMap<String, [Option<Tensor<f64>>; 2]> = BTreeMap::new();
    for (name, x) in first {
        both.entry(name.into()).or_default()[0] = Some(x);
    }
    for (name, x) in second {
        both.entry(name.into()).or_default()[1] = Some(x);
    }
    let row = |(name, pair): (String, [Option<Tensor<f64>>; 2])| {
        let result = match pair {
            [Some(a), Some(b)] if a.shape() != b.shape() => DiffResult::Shapes(a.shape().clone(), b.shape().clone()),
            [Some(a), Some(b)] => values(&a, &b),
            [Some(_), None] => DiffResult::OnlyFirst,
            _ => DiffResult::OnlySecond,
        };
        GradientDiff { name, result }
    };
    GradientComparison { rows: both.into_iter().map(row).collect() }
}

fn values(a: &Tensor<f64>, b: &Tensor<f64>) -> DiffResult {
    let (mut exact, mut approximate, mut largest_difference) = (true, true, 0.0_f64);
    for (a, b) in a.to_vec().into_iter().zip(b.to_vec()) {
        if a == b || a.is_nan() && b.is_nan() {
            continue;
        }
        let difference = (a - b).abs();
        exact = false;
        approximate &= difference <= ABSOLUTE + RELATIVE * b.abs();
        let is_larger = difference > largest_difference || difference.is_nan();
        largest_difference = if is_larger { difference } else { largest_difference };
    }
    DiffResult::Values { exact, approximate, largest_difference }
}

impl GradientComparison {
    /// Returns whether both sets have the same names and approximately equal values.
    pub fn agrees(&self) -> bool {
        self.rows.iter().all(|row| matches!(row.result, DiffResult::Values { approximate: true, .. }))
    }
}

impl fmt::Display for GradientComparison {
    /// Writes one line for each name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
        let yes = |is| if is { "yes" } else { "no " };
        for (i, row) in self.rows.iter().enumerate() {
            let end = if i == 0 { "" } else { "\n" };
            write!(f, "{end}{:width$}  ", row.name)?;
            match &row.result {
                DiffResult::Values { exact, approximate, largest_difference } => write!(
                    f,
                    "exact: {}  approximate: {}  largest difference: {}",
                    yes(*exact),
                    yes(*approximate),
                    crate::notation::number(*largest_difference, 6)
                )?,
                DiffResult::Shapes(a, b) => write!(f, "has shape {a} in the first set and {b} in the second")?,
                DiffResult::OnlyFirst => f.write_str("is missing in the second set")?,
                DiffResult::OnlySecond => f.write_str("is missing in the first set")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::tensor;

    #[test]
    fn differences_are_reported() {
        let first = [("a", tensor![1.0]), ("b", tensor![1.0, 2.0]), ("c", tensor![f64::NAN]), ("d", tensor![1.0])];
        let second = [("a", tensor![1.1]), ("b", tensor![1.0]), ("c", tensor![0.0]), ("e", tensor![1.0])];
        let table = compare(first, second);
        assert!(!table.agrees());
        let text = table.to_string();
        for part in [
            "a  exact: no   approximate: no   largest difference: 0.1",
            "shape (2,)",
            "c  exact: no   approximate: no   largest difference: NaN",
        ] {
            assert!(text.contains(part), "{text}");
        }
        assert!(text.contains("d  is missing in the second set") && text.contains("e  is missing in the first set"));
    }
}
