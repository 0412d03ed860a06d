//! The direction of each row.

use autograd::{Scalar, TensorVar};
use tensor::keep;

/// The lower bound of the squared length.
const LEAST: f64 = 1e-12;

/// x / |x| along the last axis.
#[track_caller]
pub(crate) fn direction<'t, T: Scalar>(x: TensorVar<'t, T>) -> TensorVar<'t, T> {
    let Some(tape) = x.tape() else { unreachable!("a tensor is on a tape") };
    x * x.square().sum_over(keep(-1)).maximum(tape.constant(T::from_f64(LEAST))).rsqrt()
}
