//! Penalties on weights, added to the loss.

use crate::direction::direction;
use crate::named::{UnknownName, split};
use autograd::rules::Binary;
use autograd::{Scalar, TensorVar, Var};
use std::fmt;
use std::str::FromStr;
use tensor::Shape;

/// A penalty on the size of a parameter's numbers, added to the loss and reported inside it.
///
/// Unlike weight decay, which an optimizer takes off the weights directly, a penalty goes through the gradient, and so
/// through whatever an adaptive optimizer makes of it. There is no factor 1/2: the slope of L2 is 2λw (Keras's
/// convention).
///
/// What a penalty on the outputs of a layer would be (Keras's `activity_regularizer`) is a term of the model, from
/// [`Model::add_loss`](crate::Model::add_loss): it is given the outputs.
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
    /// λ times the mean of |cos| of the angles between the rows of a matrix; Keras's default λ is 0.01.
    OrthogonalRows(f64),
    /// λ times the mean of |cos| of the angles between the columns of a matrix: between the neurons of a kernel.
    OrthogonalColumns(f64),
}

impl Regularizer {
    const ALL: [Regularizer; 5] = [
        Regularizer::L1(0.01),
        Regularizer::L2(0.01),
        Regularizer::L1L2 { l1: 0.0, l2: 0.0 },
        Regularizer::OrthogonalRows(0.01),
        Regularizer::OrthogonalColumns(0.01),
    ];

    /// The penalty on these numbers, recorded.
    ///
    /// # Panics
    /// If λ is negative, infinite or NaN, or an orthogonal penalty is asked for of what is no matrix.
    #[track_caller]
    pub fn penalty<'t, T: Scalar>(self, w: TensorVar<'t, T>) -> Var<'t, T> {
        assert!(self.makes_sense(), "Regularizer: the numbers of {self} must be finite, from 0 on");
        let times = |x: Var<'t, T>, c: f64| x.binary_with(Binary::Mul, T::from_f64(c));
        match self {
            Regularizer::L1(l1) => times(w.norm1(), l1),
            Regularizer::L2(l2) => times(w.square().sum(), l2),
            Regularizer::L1L2 { l1, l2 } => times(w.norm1(), l1) + times(w.square().sum(), l2),
            Regularizer::OrthogonalRows(l) => times(mean_cosine(w), l),
            Regularizer::OrthogonalColumns(l) => times(mean_cosine(w.transpose()), l),
        }
    }

    /// Refuses a penalty that there is none of on a parameter of this shape.
    pub(crate) fn check(self, param: &str, shape: &Shape) -> Result<(), String> {
        if matches!(self, Regularizer::OrthogonalRows(_) | Regularizer::OrthogonalColumns(_)) && shape.rank() != 2 {
            return Err(format!("`{param}` has shape {shape}, but {self} is of matrices"));
        }
        Ok(())
    }

    fn makes_sense(self) -> bool {
        let from_zero = |l: f64| l >= 0.0 && l.is_finite();
        match self {
            Regularizer::L1(l)
            | Regularizer::L2(l)
            | Regularizer::OrthogonalRows(l)
            | Regularizer::OrthogonalColumns(l) => from_zero(l),
            Regularizer::L1L2 { l1, l2 } => from_zero(l1) && from_zero(l2),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Regularizer::L1(_) => "l1",
            Regularizer::L2(_) => "l2",
            Regularizer::L1L2 { .. } => "l1_l2",
            Regularizer::OrthogonalRows(_) => "orthogonal_rows",
            Regularizer::OrthogonalColumns(_) => "orthogonal_columns",
        }
    }
}

/// The mean of |cos| over all pairs of rows; 0 of a single row.
#[track_caller]
fn mean_cosine<'t, T: Scalar>(w: TensorVar<'t, T>) -> Var<'t, T> {
    let shape = w.shape();
    let [rows, _] = shape[..] else { panic!("Regularizer: rows are those of a matrix, but the shape is {shape}") };
    let unit = direction(w);
    // Each pair stands above the diagonal once.
    let pairs = (rows * rows.saturating_sub(1) / 2).max(1);
    let sum = unit.matmul(unit.transpose()).triu(1).norm1();
    sum.binary_with(Binary::Div, T::from_usize(pairs))
}

impl fmt::Display for Regularizer {
    /// Keras's name, with its numbers: what [`FromStr`] reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Regularizer::L1(l)
            | Regularizer::L2(l)
            | Regularizer::OrthogonalRows(l)
            | Regularizer::OrthogonalColumns(l) => write!(f, "{}({l})", self.name()),
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
            let regularizer = match (default, &numbers[..]) {
                (default, []) => default,
                (Regularizer::L1(_), &[l]) => Regularizer::L1(l),
                (Regularizer::L2(_), &[l]) => Regularizer::L2(l),
                (Regularizer::OrthogonalRows(_), &[l]) => Regularizer::OrthogonalRows(l),
                (Regularizer::OrthogonalColumns(_), &[l]) => Regularizer::OrthogonalColumns(l),
                (Regularizer::L1L2 { .. }, &[l1, l2]) => Regularizer::L1L2 { l1, l2 },
                _ => return None,
            };
            regularizer.makes_sense().then_some(regularizer)
        };
        read().ok_or_else(|| UnknownName::new("regularizer", text, Regularizer::ALL.iter()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use autograd::Tape;
    use tensor::{Tensor, tensor};

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
    fn rows_and_columns_that_are_orthogonal_cost_nothing() {
        let tape = Tape::new();
        let w = tape.var(tensor![[2.0, 0.0], [3.0, 3.0], [0.0, -5.0]]);
        // The cosines of the rows are 1/√2, 0 and -1/√2.
        let rows = Regularizer::OrthogonalRows(0.5).penalty(w).value();
        assert!((rows - 0.5 * 2.0_f64.sqrt() / 3.0).abs() < 1e-15, "{rows}");
        let columns = Regularizer::OrthogonalColumns(2.0).penalty(w).value();
        assert!((columns - 2.0 * 9.0 / (13.0_f64 * 34.0).sqrt()).abs() < 1e-15, "{columns}");
        let eye = tape.var(Tensor::eye(3));
        assert_eq!(Regularizer::OrthogonalRows(1.0).penalty(eye).value(), 0.0);
    }

    #[test]
    #[should_panic(expected = "Regularizer: the numbers of l2(-1) must be finite, from 0 on")]
    fn a_penalty_that_rewards() {
        Regularizer::L2(-1.0).penalty(Tape::new().var(tensor![1.0]));
    }

    #[test]
    fn names_there_and_back() {
        for r in Regularizer::ALL.into_iter().chain([Regularizer::L2(1e-4), Regularizer::L1L2 { l1: 0.5, l2: 0.0 }]) {
            assert_eq!(r.to_string().parse(), Ok(r));
        }
        assert_eq!("l2".parse(), Ok(Regularizer::L2(0.01)));
        for bad in ["", "l3", "l2(-1)", "l1(1, 2)", "l1_l2(1)"] {
            let e = bad.parse::<Regularizer>().unwrap_err().to_string();
            assert!(e.starts_with(&format!("`{bad}` is no regularizer; there are l1(0.01), l2(0.01), l1_l2(0, 0), ")));
        }
    }
}
