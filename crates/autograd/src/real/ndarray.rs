//! `Real` beside arrays of the crate ndarray.
//!
//! ```
//! use autograd::Real;
//! use ndarray::Array;
//! let g = Real::record(|scope| {
//!     let x = Array::from(scope.inputs(&[1.0, 2.0]));
//!     scope.grad((&x * Real::from(3.0)).dot(&x))
//! });
//! assert_eq!(g, [6.0, 12.0]);
//! ```

use super::Real;
use ndarray::ScalarOperand;

/// `array * real` and the other operators with a `Real` on the right.
impl ScalarOperand for Real {}
