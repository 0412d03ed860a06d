//! Bounds on weights, restored after each step.

use crate::named::{UnknownName, split};
use autograd::Scalar;
use std::fmt;
use std::str::FromStr;
use tensor::Tensor;

/// What keeps divisors away from 0: Keras's `epsilon()`.
const EPSILON: f64 = 1e-7;

/// A bound that weights are brought back to after each step of training.
///
/// A norm is that of all weights that feed one neuron: of a column of a kernel (in, out). A vector counts as one column.
///
/// ```
/// use nn::Constraint;
/// use tensor::tensor;
/// let mut w = tensor![[3.0_f64, 0.0], [4.0, -1.0]];
/// Constraint::MaxNorm(1.0).apply(&mut w);
/// assert!((w.at([1, 0]) - 0.8).abs() < 1e-7);
/// assert_eq!(w.at([1, 1]), -1.0); // a column within the bound stays as it is, to the bit
/// assert_eq!("non_neg".parse(), Ok(Constraint::NonNeg));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Constraint {
    /// Norms up to this one: larger ones are scaled down; Keras's default is 2.
    MaxNorm(f64),
    /// Norms between two bounds; Keras's defaults are 0 and 1.
    MinMaxNorm {
        /// The smallest norm.
        min: f64,
        /// The largest norm.
        max: f64,
    },
    /// Norms of 1.
    UnitNorm,
    /// No weight below 0.
    NonNeg,
}

impl Constraint {
    const ALL: [Constraint; 4] = [
        Constraint::MaxNorm(2.0),
        Constraint::MinMaxNorm { min: 0.0, max: 1.0 },
        Constraint::UnitNorm,
        Constraint::NonNeg,
    ];

    /// The norm that a column of this norm is given.
    fn norm(self, norm: f64) -> f64 {
        match self {
            Constraint::MaxNorm(max) => norm.min(max),
            Constraint::MinMaxNorm { min, max } => norm.max(min).min(max),
            Constraint::UnitNorm => 1.0,
            Constraint::NonNeg => norm,
        }
    }

    /// Brings weights back within the bound.
    pub fn apply<T: Scalar>(self, w: &mut Tensor<T>) {
        if self == Constraint::NonNeg {
            w.data_mut().iter_mut().filter(|w| **w < T::ZERO).for_each(|w| *w = T::ZERO);
            return;
        }
        let columns = if w.rank() < 2 { 1 } else { w.shape().last().copied().unwrap_or(1) };
        let data = w.data_mut();
        for column in 0..columns {
            let squares = data.iter().skip(column).step_by(columns).map(|w| w.to_f64() * w.to_f64());
            let norm = squares.sum::<f64>().sqrt();
            let wanted = self.norm(norm);
            if wanted != norm {
                let factor = T::from_f64(wanted / (norm + EPSILON));
                data.iter_mut().skip(column).step_by(columns).for_each(|w| *w *= factor);
            }
        }
    }

    fn name(self) -> &'static str {
        match self {
            Constraint::MaxNorm(_) => "max_norm",
            Constraint::MinMaxNorm { .. } => "min_max_norm",
            Constraint::UnitNorm => "unit_norm",
            Constraint::NonNeg => "non_neg",
        }
    }
}

impl fmt::Display for Constraint {
    /// Keras's name, with its numbers if it has any: what [`FromStr`] reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match *self {
            Constraint::MaxNorm(max) => write!(f, "({max})"),
            Constraint::MinMaxNorm { min, max } => write!(f, "({min}, {max})"),
            Constraint::UnitNorm | Constraint::NonNeg => Ok(()),
        }
    }
}

impl FromStr for Constraint {
    type Err = UnknownName;

    /// Keras's name, with numbers in brackets where they are not Keras's defaults: `max_norm(3)`. They are not negative.
    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let read = || {
            let (name, numbers) = split(text)?;
            let default = Constraint::ALL.into_iter().find(|c| c.name() == name)?;
            Some(match (default, &numbers[..]) {
                (default, []) => default,
                (Constraint::MaxNorm(_), &[max]) if max >= 0.0 => Constraint::MaxNorm(max),
                (Constraint::MinMaxNorm { .. }, &[min, max]) if 0.0 <= min && min <= max => {
                    Constraint::MinMaxNorm { min, max }
                }
                _ => return None,
            })
        };
        read().ok_or_else(|| UnknownName::new("constraint", text, Constraint::ALL.iter()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tensor::tensor;

    #[test]
    fn norms_of_columns() {
        let w = tensor![[3.0_f64, 0.3, 0.0], [4.0, 0.4, 0.0]];
        for (constraint, norms) in [
            (Constraint::MaxNorm(2.0), [2.0, 0.5, 0.0]),
            (Constraint::MinMaxNorm { min: 1.0, max: 3.0 }, [3.0, 1.0, 0.0]),
            (Constraint::UnitNorm, [1.0, 1.0, 0.0]),
        ] {
            let mut bounded = w.clone();
            constraint.apply(&mut bounded);
            for (got, want) in bounded.norm_over(0).to_vec().into_iter().zip(norms) {
                assert!((got - want).abs() < 1e-6, "{constraint}: {got}, not {want}");
            }
        }
        let mut vector = tensor![3.0_f64, -4.0];
        Constraint::NonNeg.apply(&mut vector);
        assert_eq!(vector, tensor![3.0, 0.0]);
    }

    #[test]
    fn names_there_and_back() {
        for c in Constraint::ALL.into_iter().chain([Constraint::MaxNorm(0.5)]) {
            assert_eq!(c.to_string().parse(), Ok(c));
        }
        for bad in ["", "max_norm(-1)", "min_max_norm(2, 1)", "unit_norm(1)"] {
            assert!(bad.parse::<Constraint>().is_err(), "{bad}");
        }
    }
}
