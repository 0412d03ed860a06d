//! Early artificial neurons.
//!
//! | year | neuron | learning rule |
//! |---|---|---|
//! | 1943 | [`McCullochPitts`] | none; the best threshold is found by trying all |
//! | 1958 | [`Perceptron`] | adds misclassified positive examples to the weights, subtracts negative ones |
//! | 1960 | [`Adaline`] | the delta rule: gradient descent on the squared error |
//!
//! The McCulloch-Pitts neuron has a *threshold* (Σ x ≥ b), the others have a *bias* (w x + b ≥ 0): threshold = -bias.
//!
//! ```
//! use nn::classic::{Perceptron, Status, boolean_inputs};
//!
//! let x = boolean_inputs(2); // 00, 01, 10, 11
//! let mut and = Perceptron::new(2);
//! let report = and.fit(&x, &[false, false, false, true])?;
//! assert_eq!(report.status, Status::Converged);
//! assert_eq!(and.predict(&x)?, [false, false, false, true]);
//! # Ok::<(), nn::classic::ClassicError>(())
//! ```

mod adaline;
mod error;
mod mcculloch_pitts;
mod novikoff;
mod one_versus_rest;
mod perceptron;
mod report;

pub use adaline::{Adaline, AdalineReport};
pub use error::ClassicError;
pub use mcculloch_pitts::{McCullochPitts, ThresholdTable};
pub use novikoff::novikoff_bound;
pub use one_versus_rest::OneVersusRest;
pub use perceptron::Perceptron;
pub use report::{FitReport, Keep, Order, Rule, Status, Update};

use tensor::Tensor;

/// Returns the 2ⁿ rows of n Boolean inputs, as 0 and 1, in lexicographic order: 00, 01, 10, 11. The shape is (2ⁿ, n).
///
/// ```
/// use tensor::tensor;
/// assert_eq!(nn::classic::boolean_inputs(1), tensor![[0.0], [1.0]]);
/// ```
///
/// # Panics
/// If n is greater than 20, which would give more than a million rows.
#[track_caller]
pub fn boolean_inputs(n: usize) -> Tensor<f64> {
    assert!(n <= 20, "boolean_inputs: expected at most 20 inputs, got {n}");
    Tensor::from_fn([1 << n, n], |at| f64::from(u8::from(at[0] >> (n - 1 - at[1]) & 1 == 1)))
}

/// Returns the rows of a table of examples, after checking the number of inputs and labels, and that values are finite.
fn rows(x: &Tensor<f64>, inputs: usize, labels: Option<usize>) -> Result<Vec<Vec<f64>>, ClassicError> {
    let [examples, columns] = x.shape()[..] else {
        return Err(ClassicError::Shape { found: x.shape().clone(), inputs });
    };
    if columns != inputs {
        return Err(ClassicError::Shape { found: x.shape().clone(), inputs });
    }
    if let Some(labels) = labels.filter(|&labels| labels != examples) {
        return Err(ClassicError::Labels { examples, labels });
    }
    let data = x.to_vec();
    if let Some(at) = data.iter().position(|x| !x.is_finite()) {
        return Err(ClassicError::NotFinite { example: at / columns, column: at % columns, value: data[at] });
    }
    Ok((0..examples).map(|i| data[i * columns..(i + 1) * columns].to_vec()).collect())
}

/// The dot product w x, summed from the left.
fn dot(w: &[f64], x: &[f64]) -> f64 {
    w.iter().zip(x).map(|(w, x)| w * x).sum()
}
