//! Validation of the tensors that go into a data set.

use crate::error::DataError;
use tensor::{Real, Tensor};

/// A contiguous tensor with one finite row per example; a vector becomes a column.
pub(crate) fn table<T: Real>(what: &'static str, x: Tensor<T>) -> Result<Tensor<T>, DataError> {
    let axes = |expected| DataError::Axes { what, shape: x.shape().clone(), expected };
    let expected = "at least one axis, with one example per index of axis 0";
    let n = *x.shape().first().ok_or_else(|| axes(expected))?;
    if n == 0 {
        return Err(DataError::Empty);
    }
    let width = x.size() / n;
    if width == 0 {
        return Err(axes("at least one element per example"));
    }
    let x = if x.rank() == 1 { x.reshape([n, 1]) } else { x.packed() };
    let data = x.as_slice().unwrap_or(&[]);
    match data.iter().position(|v| !v.is_finite()) {
        Some(at) => {
            Err(DataError::NotFinite { what, example: at / width, column: at % width, value: data[at].to_f64() })
        }
        None => Ok(x),
    }
}
