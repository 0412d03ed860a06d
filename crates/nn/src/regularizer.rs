//! Penalties on weights, added to the loss.

use crate::named::{UnknownName, split};
use autograd::ledger::Binary;
use autograd::{Scalar, Value, Var};
use std::fmt;
use std::str::FromStr;
use tensor::Tensor;

/// A penalty on the size of a parameter's numbers, added to the loss and reported inside it.
///
/// Unlike weight decay, which an optimiser takes off the weights directly, a penalty goes through the gradient, and so
/// through whatever an adaptive optimiser makes of it. There is no factor 1/2: the slope of L2 is 2λw (Keras's
/// convention).
///
/// ```
/// use autograd::Tape;
/// use nn::Regularizer;
/// use tensor::tensor;
/// let tape = Tape::new();
/// let w = tape.var(tensor![3.0_f64, -4.0]);
/// assert_eq!(Regularizer::L2(0.5).penalty(w).value(), 12.5);
/// assert_eq!(Regularizer::L2(0.5).penalty(w).backward().wrt(w), tensor![3.0, -4.0]);
/// assert_eq!("l1_l2(0.01, 0.1)".parse(), Ok(Regularizer::L1L2 { l1: 0.01, l2: 0.1 }));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Regularizer {
    /// λ Σ |w|; Keras's default λ is 0.01.
    L1(f64),
    /// λ Σ w²; Keras's default λ is 0.01.
    L2(f64),
    /// λ₁ Σ |w| + λ₂ Σ w²; Keras's defaults are 0.
    L1L2 {
        /// λ₁.
        l1: f64,
        /// λ₂.
        l2: f64,
    },
}

impl Regularizer {
    const ALL: [Regularizer; 3] =
        [Regularizer::L1(0.01), Regularizer::L2(0.01), Regularizer::L1L2 { l1: 0.0, l2: 0.0 }];

    /// λ₁ and λ₂.
    pub fn weights(self) -> (f64, f64) {
        match self {
            Regularizer::L1(l1) => (l1, 0.0),
            Regularizer::L2(l2) => (0.0, l2),
            Regularizer::L1L2 { l1, l2 } => (l1, l2),
        }
    }

    /// The penalty on these numbers, recorded.
    #[track_caller]
    pub fn penalty<'t, T: Scalar>(self, w: Var<'t, Tensor<T>>) -> Var<'t, T> {
        let (l1, l2) = self.weights();
        let times = |x: Var<'t, T>, c: f64| Value::with_number(x, T::from_f64(c), Binary::Mul);
        match (l1, l2) {
            (l1, 0.0) => times(w.norm1(), l1),
            (0.0, l2) => times(w.square().sum(), l2),
            (l1, l2) => times(w.norm1(), l1) + times(w.square().sum(), l2),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Regularizer::L1(_) => "l1",
            Regularizer::L2(_) => "l2",
            Regularizer::L1L2 { .. } => "l1_l2",
        }
    }
}

impl fmt::Display for Regularizer {
    /// Keras's name, with its numbers: what [`FromStr`] reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Regularizer::L1(l) | Regularizer::L2(l) => write!(f, "{}({l})", self.name()),
            Regularizer::L1L2 { l1, l2 } => write!(f, "l1_l2({l1}, {l2})"),
        }
    }
}

impl FromStr for Regularizer {
    type Err = UnknownName;

    /// Keras's name, with numbers in brackets where they are not Keras's defaults: `l2(0.001)`. They are not negative.
    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let read = || {
            let (name, numbers) = split(text)?;
            let default = Regularizer::ALL.into_iter().find(|r| r.name() == name)?;
            if numbers.iter().any(|&l| l < 0.0) {
                return None;
            }
            Some(match (default, &numbers[..]) {
                (default, []) => default,
                (Regularizer::L1(_), &[l]) => Regularizer::L1(l),
                (Regularizer::L2(_), &[l]) => Regularizer::L2(l),
                (Regularizer::L1L2 { .. }, &[l1, l2]) => Regularizer::L1L2 { l1, l2 },
                _ => return None,
            })
        };
        read().ok_or_else(|| UnknownName::new("regulariser", text, Regularizer::ALL.iter()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autograd::Tape;
    use tensor::tensor;

    #[test]
    fn penalties_and_their_slopes() {
        let tape = Tape::new();
        let w = tape.var(tensor![[1.0, -2.0], [0.0, 3.0]]);
        for (regularizer, value, slope) in [
            (Regularizer::L1(0.5), 3.0, tensor![[0.5, -0.5], [0.0, 0.5]]),
            (Regularizer::L2(0.25), 3.5, tensor![[0.5, -1.0], [0.0, 1.5]]),
            (Regularizer::L1L2 { l1: 0.5, l2: 0.25 }, 6.5, tensor![[1.0, -1.5], [0.0, 2.0]]),
        ] {
            let penalty = regularizer.penalty(w);
            assert_eq!((penalty.value(), penalty.backward().wrt(w)), (value, slope), "{regularizer}");
        }
    }

    #[test]
    fn names_there_and_back() {
        for r in Regularizer::ALL.into_iter().chain([Regularizer::L2(1e-4), Regularizer::L1L2 { l1: 0.5, l2: 0.0 }]) {
            assert_eq!(r.to_string().parse(), Ok(r));
        }
        assert_eq!("l2".parse(), Ok(Regularizer::L2(0.01)));
        for bad in ["", "l3", "l2(-1)", "l1(1, 2)", "l1_l2(1)"] {
            let e = bad.parse::<Regularizer>().unwrap_err().to_string();
            assert_eq!(e, format!("`{bad}` is no regulariser; there are l1(0.01), l2(0.01), l1_l2(0, 0)"));
        }
    }
}
